"""Leaflets from a folder of files to everyone's hands, as those concerned live through it."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
from pikepdf import Dictionary, Name
from playwright.sync_api import FilePayload, Page, Route, expect

from tests.browser import looks
from tests.browser.conftest import Browse
from tests.browser.letters import Letters, in_days
from tests.browser.people import REBUILT_WITHIN_MILLISECONDS, Organizer, Person
from tests.browser.watch import Watch
from tests.media import corpus, pages
from tests.served import Site

pytestmark = pytest.mark.browser

FONTS = Dictionary(Font=Dictionary(F=Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)))
LEAFLET = re.compile(r"/leaflets/[a-z2-7]{26}$")
SECRET = "Marigold Street 12"
ACTIONS = count(1)
BLACKED_OUT = b"BT /F 12 Tf 20 50 Td (%s) Tj ET 0 g 10 40 180 30 re f" % SECRET.encode()


@dataclass(frozen=True)
class Market:
    """A coming action, its organizer, and somebody who passes by."""

    has_script: bool
    organizer: Organizer
    reader: Person
    action: str
    number: int
    site: Site

    @property
    def titles(self) -> tuple[str, str]:
        """Of its two leaflets, told from those of other actions in the library."""
        return f"Letters to prisoners {self.number}", f"Names {self.number}"


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def market(request: pytest.FixtureRequest, letters: Letters, browse: Browse) -> Market:
    organizer, reader = (browse(letters.url, java_script_enabled=request.param) for _person in range(2))
    letters.let_in(organizer)
    fern, number = Organizer(organizer), next(ACTIONS)
    action = fern.publishes(
        title=f"At the farmers' market, number {number}",
        what_for="In solidarity with political prisoners.",
        starts_on=in_days(9),
        starts_time="10:00",
        ends_time="13:00",
        place="Farmers' market",
    )
    return Market(request.param, fern, Person(reader), action, number, letters.site)


def _pdf(name: str, data: bytes) -> FilePayload:
    return FilePayload(name=name, mimeType="application/pdf", buffer=data)


def test_two_files_at_once_are_looked_at_and_published(market: Market) -> None:
    sends_two_files(market)
    publishes_the_first(market)
    blackens_the_second(market)
    everyone_has_them(market)


def sends_two_files(market: Market) -> None:
    organizer = market.organizer
    opens_the_form(organizer, market.action)
    files = [
        _pdf(f"letters-to-prisoners_{market.number}.pdf", corpus.planted_pdf()),
        _pdf(f"names_{market.number}.pdf", pages.made(BLACKED_OUT, resources=FONTS)),
    ]
    organizer.page.locator("[name=file]").set_input_files(files)
    organizer.presses("Upload")
    organizer.sees(*market.titles)
    # The page looks again by itself.
    expect(organizer.page.get_by_text("To be looked at")).to_have_count(2, timeout=REBUILT_WITHIN_MILLISECONDS)
    if market.has_script:
        assert looks.quick_faults(organizer.page) == []


def opens_the_form(organizer: Organizer, action: str) -> None:
    organizer.opens(action)
    organizer.follows("Leaflets")
    organizer.follows("Upload a leaflet")


def looks_at(organizer: Organizer, title: str) -> None:
    organizer.page.locator(".needs li").filter(has_text=title).get_by_role("link", name="Look at it").click()


def publishes_the_first(market: Market) -> None:
    organizer = market.organizer
    looks_at(organizer, market.titles[0])
    organizer.sees(corpus.VISIBLE, "Attached files", "https://example.org/take-part")
    organizer.presses("Publish")
    organizer.sees("Published.")


def blackens_the_second(market: Market) -> None:
    organizer = market.organizer
    organizer.opens(market.action)
    organizer.follows("Leaflets")
    looks_at(organizer, market.titles[1])
    organizer.sees(SECRET)
    organizer.follows("Make pictures of its pages")
    organizer.presses("Make pictures")
    publish = organizer.page.get_by_role("button", name="Publish", exact=True)
    expect(publish).to_be_visible(timeout=REBUILT_WITHIN_MILLISECONDS)
    organizer.does_not_see(SECRET)
    organizer.sees("Words and links: its pages are pictures now", "Write down what they say")
    if market.has_script:
        assert looks.quick_faults(organizer.page) == []
    publish.click()
    organizer.sees("Published.")


def everyone_has_them(market: Market) -> None:
    reader = market.reader
    reader.opens("/leaflets")
    reader.sees(*market.titles)
    reader.follows(market.titles[1])
    reader.does_not_see(SECRET)
    assert SECRET.encode() not in reader.downloads("Download")


def test_what_cannot_be_taken_comes_back_and_says_which(market: Market) -> None:
    organizer = market.organizer
    opens_the_form(organizer, market.action)
    organizer.fills(title="Our flyer")
    files = [_pdf("drawing.pdf", b"<svg>"), _pdf("letter.pdf", b"PK\x03\x04")]
    organizer.page.locator("[name=file]").set_input_files(files)
    organizer.presses("Upload")
    organizer.sees("letter.pdf: Office files and archives are not accepted.")
    expect(organizer.page.locator("[name=title]")).to_have_value("Our flyer")
    if market.has_script:
        expect(organizer.page.get_by_role("alert")).to_be_focused()
        assert looks.quick_faults(organizer.page) == []
    organizer.page.locator("[name=file]").set_input_files([_pdf("good.pdf", corpus.planted_pdf())])
    organizer.presses("Upload")
    organizer.sees("Our flyer")
    expect(organizer.page.get_by_role("button", name="Publish", exact=True)).to_be_visible(
        timeout=REBUILT_WITHIN_MILLISECONDS
    )


def test_what_cannot_be_taken_among_others_is_told_beside_it_and_sent_again(market: Market) -> None:
    organizer = market.organizer
    opens_the_form(organizer, market.action)
    files = [_pdf("leaflet-ru.pdf", corpus.planted_pdf()), _pdf("letter.pdf", b"PK\x03\x04")]
    organizer.page.locator("[name=file]").set_input_files(files)
    organizer.presses("Upload")
    organizer.sees("русский", "Office files and archives are not accepted.")
    organizer.follows("Send another file")
    expect(organizer.page.locator("[name=title]")).to_have_value("Letter")
    organizer.page.locator("[name=file]").set_input_files([_pdf("letter.pdf", corpus.planted_pdf())])
    organizer.presses("Upload")
    expect(organizer.page.get_by_role("button", name="Publish", exact=True)).to_be_visible(
        timeout=REBUILT_WITHIN_MILLISECONDS
    )


# What script adds.

with_script = pytest.mark.parametrize("market", [True], indirect=True, ids=["script"])


@pytest.fixture
def form(market: Market) -> Page:
    """The page of an upload with a file chosen, where there is script."""
    opens_the_form(market.organizer, market.action)
    page = market.organizer.page
    page.locator("[name=file]").set_input_files(_pdf("letters.pdf", b"%PDF-1.7" + bytes(2_000_000)))
    return page


@pytest.fixture
def posts(form: Page) -> list[str]:
    """The address of everything that the page sends."""
    sent: list[str] = []
    form.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    return sent


@with_script
def test_an_upload_says_how_far_it_is_and_can_be_stopped(form: Page) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    form.route("**/leaflets/new", hold)
    form.get_by_role("button", name="Upload", exact=True).press("Enter")
    bar, stop = form.get_by_role("progressbar", name="On its way"), form.get_by_role("button", name="Stop")
    expect(bar).to_be_visible()
    expect(stop).to_be_focused()
    expect(form.locator("[data-told]")).to_contain_text("Sent: ")
    assert looks.quick_faults(form) == []
    stop.press("Enter")
    expect(form.get_by_text("Stopped. Nothing is kept of it.")).to_be_visible()
    expect(bar).to_be_hidden()
    expect(form.get_by_role("button", name="Upload", exact=True)).to_be_focused()
    assert len(held) == 1


@with_script
def test_when_the_connection_breaks_on_the_way_the_browser_sends_it_itself(form: Page, watch: Watch) -> None:
    sent: list[str] = []

    def break_the_first(route: Route) -> None:
        sent.append(route.request.resource_type)
        if route.request.resource_type == "xhr":
            route.abort()
        else:
            route.continue_()

    form.route("**/leaflets/new", break_the_first)
    form.get_by_role("button", name="Upload", exact=True).click()
    form.wait_for_url(LEAFLET)
    expect(form.locator("main")).to_contain_text("Letters")
    assert sent == ["xhr", "document"]
    assert len(watch.faults) == 1
    watch.faults.clear()


@contextmanager
def all_is_sent(market: Market, form: Page) -> Iterator[None]:
    """The browser has sent the file, and the site takes it when the block is left."""
    market.site.process.send_signal(signal.SIGSTOP)
    try:
        form.locator("[name=file]").set_input_files(_pdf("letters.pdf", corpus.planted_pdf()))
        form.get_by_role("button", name="Upload", exact=True).click()
        expect(form.get_by_text("All is sent. One moment.")).to_be_visible()
        yield
    finally:
        market.site.process.send_signal(signal.SIGCONT)


def it_is_looked_for_and_not_sent_again(form: Page, posts: list[str]) -> None:
    expect(form.locator("[data-told]")).to_contain_text("All was sent, but no answer came.")
    expect(form.get_by_role("link", name="See whether it has arrived")).to_be_focused()
    expect(form.get_by_role("button", name="Upload", exact=True)).to_be_disabled()
    expect(form.get_by_role("progressbar")).to_be_hidden()
    assert looks.quick_faults(form) == []
    assert len(posts) == 1


def it_has_arrived_once(form: Page, posts: list[str]) -> None:
    form.get_by_role("link", name="See whether it has arrived").click()
    expect(form.locator(".needs li")).to_have_count(1)
    expect(form.locator(".needs li")).to_contain_text("Letters")
    form.go_back()
    expect(form.get_by_role("button", name="Upload", exact=True)).to_be_enabled()
    expect(form.get_by_role("link", name="See whether it has arrived")).to_be_hidden()
    assert len(posts) == 1


@with_script
def test_what_has_arrived_is_never_sent_again(market: Market, form: Page, posts: list[str], watch: Watch) -> None:
    with all_is_sent(market, form):
        # The page that follows cannot be had any more.
        form.context.set_offline(True)
    it_is_looked_for_and_not_sent_again(form, posts)
    form.context.set_offline(False)
    it_has_arrived_once(form, posts)
    assert [fault.partition(" ")[0] for fault in watch.faults] == ["failed:"]
    watch.faults.clear()


@with_script
def test_what_has_arrived_cannot_be_stopped_any_more(market: Market, form: Page, posts: list[str]) -> None:
    with all_is_sent(market, form):
        form.get_by_role("button", name="Stop").press("Enter")
        it_is_looked_for_and_not_sent_again(form, posts)


@with_script
def test_a_new_version_is_sent_as_the_first_one_is(market: Market, form: Page, tmp_path: Path) -> None:
    large = tmp_path / "large.pdf"
    large.write_bytes(b"%PDF-1.7" + bytes(25_000_000))
    form.get_by_role("button", name="Upload", exact=True).click()
    form.wait_for_url(LEAFLET)
    form.goto(f"{form.url}/versions/new")
    form.locator("[name=file]").set_input_files(large)
    form.get_by_role("button", name="Upload", exact=True).click()
    expect(form.locator("[data-told]")).to_contain_text("This file is too large. A PDF may have 25 MB")
    form.route("**/versions/new", lambda _route: None)
    form.locator("[name=file]").set_input_files(_pdf("letters.pdf", b"%PDF-1.7" + bytes(2_000_000)))
    form.get_by_role("button", name="Upload", exact=True).click()
    expect(form.get_by_role("progressbar", name="On its way")).to_be_visible()
    form.get_by_role("button", name="Stop").click()
    expect(form.get_by_text("Stopped. Nothing is kept of it.")).to_be_visible()


@with_script
def test_too_much_at_once_is_not_even_sent(form: Page) -> None:
    files = [_pdf(f"{number}.pdf", b"%PDF-") for number in range(11)]
    form.locator("[name=file]").set_input_files(files)
    form.get_by_role("button", name="Upload", exact=True).click()
    expect(form.locator("[data-told]")).to_contain_text("10 files and 32 MB at most")
    form.locator("[name=file]").set_input_files(files[:1])
    form.get_by_role("button", name="Upload", exact=True).click()
    form.wait_for_url(LEAFLET)
