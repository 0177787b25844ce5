"""How a page is looked at: by axe in light and dark, and by a ruler, narrow and wide."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Literal

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import BrowserContext, Page

MEASURE = (Path(__file__).parent / "measure.js").read_text().partition("*/")[2].strip().rstrip(";")
Size = tuple[int, int]
Scheme = Literal["light", "dark"]
SMALLEST: Size = (320, 640)
PHONE: Size = (375, 812)
DESK: Size = (1440, 900)
# Further widths and schemes in the long run.
SIGHTS: list[tuple[Size, Scheme]] = [(PHONE, "light"), (PHONE, "dark"), (DESK, "light")]
# What lies between the margins of A4.
PAPER = (680, 1000)
TARGET_PIXELS = 44
# Nothing of ours is in a frame or plays, and axe would fetch the style sheets once more for rules that it leaves out.
EVERYTHING: dict[str, Any] = {"resultTypes": ["violations"], "preload": False}
# What may differ between schemes; the rest is the same page, but for its sizes, which the ruler takes at each width.
BY_SCHEME = {**EVERYTHING, "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
LOOK = f"""async ([options, least]) => {{
  const found = await axe.run(document, options);
  const told = (rule) => `${{rule.id}}: ` + rule.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ");
  return [found.violations.map(told), ({MEASURE})(least)];
}}"""
# Numbers all that Tab should reach; of several radio buttons Tab reaches one.
NUMBER = """() => {
  const controls = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
  const isReached = (element) =>
    element.checkVisibility({ visibilityProperty: true }) && !element.disabled &&
    !element.closest("[aria-hidden=true]") && !(element.type === "radio" && !element.checked);
  const found = [...document.querySelectorAll(controls)].filter(isReached);
  found.forEach((element, number) => { element.dataset.number = number; });
  document.activeElement.blur();
  return found.map((element) => element.outerHTML.slice(0, 120));
}"""
FOCUSED = """() => {
  const element = document.activeElement;
  const isMarked = (marked) => marked && getComputedStyle(marked).outlineStyle !== "none" &&
    parseFloat(getComputedStyle(marked).outlineWidth) >= 2;
  return [element.dataset.number ?? "", isMarked(element) || isMarked(element.closest(".card"))];
}"""


def prepare(context: BrowserContext) -> None:
    """Give axe to each page of a browser that is to look at many."""
    context.add_init_script(AXE_SCRIPT)


def faults(page: Page) -> list[str]:
    """All that is wrong with how the page looks: narrow and light, wide and dark.

    It begins as the page stands, and leaves it in the other way, for the page after it.
    """
    _bring_axe(page)
    sights: list[tuple[Size, Scheme, dict[str, Any]]] = [(SMALLEST, "light", EVERYTHING), (DESK, "dark", BY_SCHEME)]
    if _size(page) == DESK:
        sights.reverse()
    if os.environ.get("ORGANIZER_SOAK"):
        sights += [(size, scheme, EVERYTHING) for size, scheme in SIGHTS]
    return [fault for size, scheme, options in sights for fault in _seen(page, size, scheme, options)]


def quick_faults(page: Page) -> list[str]:
    """The same narrow and in the light only, for a language that turns the page around."""
    _bring_axe(page)
    return _seen(page, SMALLEST, "light", EVERYTHING)


def _bring_axe(page: Page) -> None:
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE_SCRIPT)


def keyboard_faults(page: Page) -> list[str]:
    """What Tab does not reach, and what does not show that it is reached."""
    controls = page.evaluate(NUMBER)
    missed = {str(number): html for number, html in enumerate(controls)}
    unmarked = []
    for _press in range(4 * len(controls)):  # a date takes several
        if not missed:
            break
        page.keyboard.press("Tab")
        number, is_marked = page.evaluate(FOCUSED)
        html = missed.pop(number, "")
        if html and not is_marked:
            unmarked.append(html)
    return [*(f"not reached: {html}" for html in missed.values()), *(f"no focus seen: {html}" for html in unmarked)]


def _seen(page: Page, size: Size, scheme: Scheme, options: dict[str, Any]) -> list[str]:
    resize(page, size)
    page.emulate_media(color_scheme=scheme)
    violations, misfits = page.evaluate(LOOK, [options, TARGET_PIXELS])
    return [
        *(f"{scheme}, {size[0]} px: {found}" for found in violations),
        *(f"{size[0]} px: {found}" for found in misfits),
    ]


def resize(page: Page, size: Size) -> None:
    if size != _size(page):
        page.set_viewport_size({"width": size[0], "height": size[1]})


def _size(page: Page) -> Size | None:
    size = page.viewport_size
    return (size["width"], size["height"]) if size else None
