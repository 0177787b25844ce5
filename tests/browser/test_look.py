"""Every page in every state: what axe, a ruler, a keyboard, a printer and a slow line have to say of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO

import pikepdf
import pypdfium2 as pdfium
import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser import gallery, looks
from tests.browser.conftest import Browse
from tests.browser.gallery import Gallery
from tests.browser.watch import Watch

pytestmark = pytest.mark.browser

SHARES = 6
Look = Callable[[Page], list[str]]
MOST_BYTES, MOST_REQUESTS = 60_000, 6
# What was said at an action that is over is printed with it.
MOST_SHEETS = {"in three languages": 2, "with a notice": 2, "over": 3}


@pytest.fixture(autouse=True)
def nothing_is_refused(seen: Watch) -> Iterator[None]:
    """No console error, no violation of the CSP, no request that fails or goes elsewhere."""
    seen.faults.clear()
    yield
    assert seen.faults == []


def wrong(page: Page, path: str, look: Look = looks.faults, status: int = 200) -> list[str]:
    """What is wrong with the page at a path, a line for each."""
    answer = page.goto(path)
    other = [f"answers {answer.status}"] if answer and answer.status != status else []
    return [f"{path}: {fault}" for fault in (*other, *look(page))]


# By axe and by a ruler


@pytest.mark.parametrize("share", range(SHARES))
def test_every_page_of_a_group_is_sound(share: int, rooms: Gallery) -> None:
    """Every route that shows a page, as the one sees it who may see all; downloads and feeds aside."""
    pages = rooms.plan.pages[share::SHARES]
    found = [fault for path in pages for fault in wrong(rooms.owner, path)]
    assert not found, "\n".join(found)


EVERYONES = {
    **dict.fromkeys(("home", "leaflet", "answer", "my answer", "say why", "my statement"), 200),
    **dict.fromkeys(("cancelled", "postponed", "rescheduled", "in three languages", "in Ukrainian", "full"), 200),
    **dict.fromkeys(("all day", "several days", "without an end", "with a notice", "with a hidden spot"), 200),
    **dict.fromkeys(("over", "long words"), 200),
    **dict.fromkeys(("a translation", "words and a photo", "asked to remove", "a photo", "my mended words"), 200),
    **dict.fromkeys(("library", "found", "nothing found", "an unused slip", "a photo with me"), 200),
    **dict.fromkeys(("collections", "a collection", "for print"), 200),
    "nothing here": 404,
    "taken back": 410,
}


@pytest.mark.parametrize("state", EVERYONES)
def test_every_state_is_sound(state: str, rooms: Gallery) -> None:
    found = wrong(rooms.everyone, rooms.states[state], status=EVERYONES[state])
    assert not found, "\n".join(found)


OWNERS = (
    *("scheduled", "rejected", "no consent"),
    *("to cover", "to cover, tall", "being rebuilt", "being covered", "not taken", "hidden", "to be taken away"),
    *("offered", "an empty collection", "a draft"),
)


@pytest.mark.parametrize("state", OWNERS)
def test_every_state_before_an_organizer_is_sound(state: str, rooms: Gallery) -> None:
    found = wrong(rooms.owner, rooms.states[state])
    assert not found, "\n".join(found)


def test_boxes_over_a_picture_are_sound(rooms: Gallery) -> None:
    page = rooms.owner
    page.goto(rooms.states["to cover"])
    picture = page.locator("[data-cover]")
    picture.scroll_into_view_if_needed()
    frame = picture.bounding_box()
    assert frame
    page.mouse.move(frame["x"] + 20, frame["y"] + 20)
    page.mouse.down()
    page.mouse.move(frame["x"] + 90, frame["y"] + 100, steps=3)
    page.mouse.up()
    expect(page.get_by_role("button", name="Remove box 1")).to_be_visible()
    drag, choose = page.get_by_text("Drag over each face"), page.get_by_text("Choose each square")
    assert (drag.is_visible(), choose.is_visible()) == (True, False)
    found = looks.faults(page)
    page.get_by_role("button", name="Use the numbered squares").click()
    assert (drag.is_visible(), choose.is_visible()) == (False, True)
    found += looks.faults(page)
    assert not found, "\n".join(found)


TRANSCRIPT = (
    "Why we came\n\nThey feel.\n\n—Juniper Vale, Oakland\n\nPhoto: Leek\n\nI came.\n\nMaria K.\n\nI have no words."
)


def test_each_step_from_a_transcript_to_statements_is_sound(rooms: Gallery) -> None:
    page = rooms.owner
    page.goto(rooms.path("/events/{past_id}/statements/paste"))
    page.locator("[name=text]").fill(TRANSCRIPT)
    found = []
    for button in ("Split it", "Go on", "Back to the words"):
        page.get_by_role("button", name=button, exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        found += [f"{button}: {fault}" for fault in looks.faults(page)]
    assert not found, "\n".join(found)


def test_thanks_for_asking_to_remove_something_are_sound(rooms: Gallery) -> None:
    page = rooms.everyone
    page.goto(rooms.states["asked to remove"])
    page.get_by_role("button", name="Ask us to remove this", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
    found = looks.faults(page)
    assert not found, "\n".join(found)


ROUND_THE_OTHER_WAY = (
    *("home", "with a notice", "over", "long words", "answer", "my answer", "leaflet"),
    *("/groups/{slug}/desk", "/events/new", "/events/{event_id}/answers", "/privacy"),
)
TOLD_ROUND_THE_OTHER_WAY = (
    *("words and a photo", "found", "a collection", "for print", "my mended words", "a photo with me", "to cover"),
    *("offered", "scheduled"),
)


def test_pages_turn_around_for_who_reads_from_right_to_left(rooms: Gallery, browse: Browse) -> None:
    context = browse(rooms.url)
    gallery.let_in(rooms.plan, context, rooms.url)
    looks.prepare(context)
    page = context.new_page()
    page.goto("/?lang=fa")
    assert page.evaluate("() => [document.documentElement.dir, document.documentElement.lang]") == ["rtl", "fa"]
    paths = [rooms.path(name) for name in (*ROUND_THE_OTHER_WAY, *TOLD_ROUND_THE_OTHER_WAY)]
    found = [fault for path in paths for fault in wrong(page, path, looks.quick_faults)]
    assert not found, "\n".join(found)


# Where room is short

# Words of an element that are cut in two, or stand on several lines.
CUT_WORDS = """element => element.innerText.split(/\\s+/).filter(word => {
  const range = document.createRange(), text = element.firstChild, at = text.data.toUpperCase().indexOf(word);
  range.setStart(text, at);
  range.setEnd(text, at + word.length);
  return new Set([...range.getClientRects()].map(box => Math.round(box.top))).size > 1;
})"""


@pytest.mark.parametrize("state", ["in Ukrainian", "over"])
def test_no_word_of_a_title_is_cut(state: str, rooms: Gallery) -> None:
    page = rooms.everyone
    page.goto(rooms.states[state])
    cut = {}
    for width in (320, 375, 768, 900, 1030, 1100, 1440):
        looks.resize(page, (width, 800))
        cut[width] = page.locator("h1").evaluate(CUT_WORDS)
    assert {width: words for width, words in cut.items() if words} == {}
    looks.resize(page, looks.PHONE)


@pytest.mark.parametrize("language", ["en", "uk", "fa"])
def test_on_a_phone_the_head_of_every_page_is_one_line(language: str, rooms: Gallery, browse: Browse) -> None:
    context = browse(rooms.url)
    gallery.let_in(rooms.plan, context, rooms.url)
    page = context.new_page()
    page.goto(f"/privacy?lang={language}")
    for width in (375, 320):
        looks.resize(page, (width, 800))
        parts = [part.bounding_box() for part in page.locator(".masthead > *").all()]
        middles = {round(box["y"] + box["height"] / 2) for box in parts if box}
        assert max(middles) - min(middles) <= 1, width
    assert not looks.quick_faults(page)


def test_answers_stand_on_a_phone_without_scrolling_sideways(rooms: Gallery) -> None:
    page = rooms.owner
    page.goto(rooms.path("/events/{event_id}/answers"))
    looks.resize(page, looks.SMALLEST)
    name = page.locator(".answers bdi").first
    name.evaluate("element => { element.textContent = 'W'.repeat(40); }")
    assert page.evaluate("() => document.documentElement.scrollWidth") == looks.SMALLEST[0]
    expect(page.get_by_role("table").get_by_role("row").last).to_be_visible()
    looks.resize(page, looks.PHONE)


# Forms that are refused

REFUSED: dict[str, tuple[str, dict[str, str], str]] = {
    "/sign-in": ("everyone", {"name": ""}, "Sign in"),
    "answer": ("everyone", {"party_size": "0"}, "Tell them"),
    "say why": ("everyone", {"text": ""}, "Hand it in"),
    "/events/new": ("owner", {"title": "", "starts_on": "2027-01-01"}, "Publish"),
    "/events/{event_id}/edit": ("owner", {"title": "", "place": ""}, "Save"),
    "/events/{event_id}/notice": ("owner", {"text": ""}, "Tell everyone"),
    "/events/{event_id}/cancel": ("owner", {"reason": ""}, "Cancel"),
    "/events/{event_id}/reschedule": ("owner", {"starts_on": "1066-10-14"}, "Save the new time"),
    "/events/{event_id}/leaflets/new": ("owner", {"title": ""}, "Upload"),
    "/groups/{slug}/edit": ("owner", {"name": ""}, "Save"),
    "/events/{past_id}/statements/take": ("owner", {"text": "", "heard_by": "Wren"}, "Keep it"),
    "/events/{past_id}/statements/paste": ("owner", {"text": ""}, "Split it"),
    "/events/{past_id}/statements/{statement_id}/words": ("owner", {"text": ""}, "Suggest it to its author"),
    "/events/{past_id}/statements/{statement_id}/quotes": ("owner", {"quotes": "Not in it"}, "Keep it"),
    "/events/{past_id}/statements/{statement_id}/translate": ("owner", {"text": ""}, "Put it beside"),
    "/events/{past_id}/photos/new": ("owner", {}, "Send"),
    "/photos/{photo_id}/edit": ("owner", {"alt": ""}, "Save"),
    "/groups/{slug}/collections/new": ("owner", {"title": ""}, "Save the draft"),
    "offered": ("owner", {"days": "0"}, "Make the link"),
    "to cover": ("owner", {}, "Burn the boxes in"),
    "/account/password": ("owner", {"password": "short", "password_again": "shorter"}, "Change it"),
}


@pytest.mark.parametrize("path", REFUSED)
def test_a_refused_form_is_sound_and_leads_to_what_is_wrong(path: str, rooms: Gallery) -> None:
    viewer, fields, button = REFUSED[path]
    page: Page = getattr(rooms, viewer)
    page.goto(rooms.path(path))
    for name, value in fields.items():
        page.locator(f"main form [name={name}]").first.fill(value)
    page.get_by_role("button", name=button, exact=True).click()
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    found = looks.faults(page)
    assert not found, "\n".join(found)
    summary.get_by_role("link").first.click()
    # Of a group of choices all are wrong together, and the group says so.
    assert page.evaluate("() => document.activeElement.matches('[aria-invalid=true], .choices.has-error input')")


def test_the_summary_of_what_is_wrong_takes_the_focus_without_script(rooms: Gallery, browse: Browse) -> None:
    page = browse(rooms.url, java_script_enabled=False).new_page()
    page.goto("/sign-in")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("alert")).to_be_focused()


# By keyboard


def test_the_first_tab_leads_past_what_is_on_every_page(rooms: Gallery) -> None:
    page = rooms.everyone
    page.goto("/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


BY_KEYBOARD = {
    "home": "everyone",
    "in three languages": "everyone",
    "over": "everyone",
    "answer": "everyone",
    "my answer": "everyone",
    "/groups/{slug}/desk": "owner",
    "/events/new": "owner",
    "/events/{event_id}/answers": "owner",
    "/groups/{slug}/people": "owner",
    "found": "everyone",
    "my mended words": "everyone",
    "a collection": "everyone",
    "to cover": "owner",
    "/groups/{slug}/statements": "owner",
    "/events/{past_id}/statements/{statement_id}": "owner",
}


@pytest.mark.parametrize("path", BY_KEYBOARD)
def test_every_control_is_reached_by_tab_and_shows_it(path: str, rooms: Gallery) -> None:
    page: Page = getattr(rooms, BY_KEYBOARD[path])
    page.goto(rooms.path(path))
    page.evaluate("() => document.querySelectorAll('main details').forEach(fold => { fold.open = true; })")
    found = looks.keyboard_faults(page)
    assert not found, "\n".join(found)


# On paper


@pytest.mark.parametrize("state", MOST_SHEETS)
def test_an_event_prints_as_a_sheet(state: str, rooms: Gallery) -> None:
    page = rooms.everyone
    page.goto(rooms.states[state])
    looks.resize(page, looks.PAPER)
    page.emulate_media(media="print")
    for part in ("nav", "form", ".button", ".skip", ".languages", ".demo", ".copy-row"):
        assert [element for element in page.locator(part).all() if element.is_visible()] == [], part
    for part in ("h1", ".when", ".where", ".event-what", *(("#hosts",) if state != "over" else ())):
        expect(page.locator(part).first).to_be_visible()
    expect(page.locator("footer").get_by_text(f"{rooms.url}{rooms.states[state]}")).to_be_visible()
    for paper in ("A4", "Letter"):
        with pikepdf.open(BytesIO(page.pdf(format=paper))) as printed:
            assert len(printed.pages) <= MOST_SHEETS[state]
    page.emulate_media(media="screen")


@pytest.mark.parametrize("state", ["words and a photo", "a collection"])
def test_what_was_said_prints_as_a_text(state: str, rooms: Gallery) -> None:
    """As many sheets as it takes, without anything to press, and with the words."""
    page = rooms.everyone
    page.goto(rooms.states[state])
    looks.resize(page, looks.PAPER)
    page.emulate_media(media="print")
    for part in ("nav", "form", ".button", ".more-link", ".skip", ".languages", ".demo"):
        assert [element for element in page.locator(part).all() if element.is_visible()] == [], part
    for part in ("h1", ".statement", ".byline", ".photo img"):
        expect(page.locator(part).first).to_be_visible()
    words = page.locator(".statement").first.inner_text().split()
    for paper in ("A4", "Letter"):
        with pdfium.PdfDocument(page.pdf(format=paper)) as printed:
            text = "\n".join(sheet.get_textpage().get_text_range() for sheet in printed)
        assert [word for word in words if word not in text] == []
    page.emulate_media(media="screen")


# Over a slow line


@pytest.mark.parametrize(
    "state", ["home", "in three languages", "over", "words and a photo", "library", "a collection"]
)
def test_a_first_visit_is_small(state: str, rooms: Gallery, browse: Browse) -> None:
    page = browse(rooms.url).new_page()
    asked: list[Request] = []
    page.on("requestfinished", lambda request: asked.append(request))  # noqa: PLW0108 - it marks what it calls
    page.goto(rooms.states[state], wait_until="networkidle")
    counted = [request for request in asked if request.resource_type != "image"]
    sizes = [request.sizes() for request in counted]
    assert 3 <= len(counted) <= MOST_REQUESTS
    assert min(size["responseBodySize"] for size in sizes) > 0
    assert sum(size["responseHeadersSize"] + size["responseBodySize"] for size in sizes) <= MOST_BYTES
