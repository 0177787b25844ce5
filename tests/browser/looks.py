"""How a page is looked at: by axe in light and dark, narrow and wide, and by a ruler."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Literal

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

MEASURE = (Path(__file__).parent / "measure.js").read_text().partition("*/")[2].strip().rstrip(";")
SMALLEST, PHONE, DESK = (320, 640), (375, 812), (1440, 900)
# Each width and each scheme once; all of both in the long run.
SIGHTS: list[tuple[tuple[int, int], Literal["light", "dark"]]] = [(DESK, "dark")]
if os.environ.get("ORGANIZER_SOAK"):
    SIGHTS += [(PHONE, "dark"), (DESK, "light")]
# What lies between the margins of A4.
PAPER = (680, 1000)
TARGET_PIXELS = 44
EVERYTHING: dict[str, Any] = {"resultTypes": ["violations"]}
# What may differ between schemes and widths; the rest is the same page.
BY_SIGHT = {
    **EVERYTHING,
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block", "target-size"]},
}
RUN = """options => axe.run(document, options).then(found => found.violations.map(
  rule => `${rule.id}: ` + rule.nodes.slice(0, 3).map(node => node.html.slice(0, 160)).join(" | ")))"""
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


def faults(page: Page) -> list[str]:
    """All that is wrong with how the page looks now; it is left as it was found, on a phone and in the light."""
    page.evaluate(AXE_SCRIPT)
    found = [
        *_seen(page, PHONE, "light", EVERYTHING),
        *(fault for size, scheme in SIGHTS for fault in _seen(page, size, scheme, BY_SIGHT)),
        *_measured(page, DESK),
        *_measured(page, SMALLEST),
    ]
    resize(page, PHONE)
    return found


def quick_faults(page: Page) -> list[str]:
    """The same on a phone in the light, for a language that turns the page around."""
    page.evaluate(AXE_SCRIPT)
    return [*_seen(page, PHONE, "light", EVERYTHING), *_measured(page, SMALLEST)]


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


def _seen(page: Page, size: tuple[int, int], scheme: Literal["light", "dark"], options: dict[str, Any]) -> list[str]:
    resize(page, size)
    page.emulate_media(color_scheme=scheme)
    return [f"{scheme}, {size[0]} px: {violation}" for violation in page.evaluate(RUN, options)]


def _measured(page: Page, size: tuple[int, int]) -> list[str]:
    resize(page, size)
    return [f"{size[0]} px: {fault}" for fault in page.evaluate(MEASURE, TARGET_PIXELS)]


def resize(page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
