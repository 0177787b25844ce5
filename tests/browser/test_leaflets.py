"""Leaflets from a folder of files to everyone's hands, as those concerned live through it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pikepdf import Dictionary, Name
from playwright.sync_api import FilePayload, Page, Route, expect

from tests.browser import looks
from tests.browser.conftest import Browse
from tests.browser.people import REBUILT_WITHIN_MILLISECONDS, Organizer, Person, owner_link
from tests.browser.watch import Watch
from tests.media import corpus, pages
from tests.served import environment, flask, serving

pytestmark = pytest.mark.browser

ZONE = ZoneInfo("America/Los_Angeles")
START = (
    *("--group", "East Bay Letters", "--city", "Oakland", "--region", "California", "--country", "US"),
    *("--zone", ZONE.key, "--language", "en", "--name", "Fern"),
)
FONTS = Dictionary(Font=Dictionary(F=Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)))
LEAFLET = re.compile(r"/leaflets/[a-z2-7]{26}$")
SECRET = "Marigold Street 12"
BLACKED_OUT = b"BT /F 12 Tf 20 50 Td (%s) Tj ET 0 g 10 40 180 30 re f" % SECRET.encode()


@dataclass(frozen=True)
class Market:
    """A site with one coming action, its organizer, and somebody who passes by."""

    has_script: bool
    organizer: Organizer
    reader: Person
    action: str


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def market(request: pytest.FixtureRequest, tmp_path: Path, browse: Browse) -> Iterator[Market]:
    started = flask(environment(tmp_path), "start", *START)
    with serving(tmp_path, "--no-demo") as site:
        url = f"http://127.0.0.1:{site.port}"
        organizer, reader = (browse(url, java_script_enabled=request.param) for _person in range(2))
        fern = Organizer(organizer)
        fern.chooses_a_password(owner_link(started.stdout))
        action = fern.publishes(
            title="Leaflets at the farmers' market",
            what_for="In solidarity with political prisoners.",
            starts_on=(datetime.now(ZONE).date() + timedelta(days=9)).isoformat(),
            starts_time="10:00",
            ends_time="13:00",
            place="Farmers' market",
        )
        yield Market(request.param, fern, Person(reader), action)
        # A page that looks again by itself would miss the site.
        fern.opens("about:blank")
        assert "level=error" not in site.log.read_text()


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
        _pdf("letters-to-prisoners.pdf", corpus.planted_pdf()),
        _pdf("names.pdf", pages.made(BLACKED_OUT, resources=FONTS)),
    ]
    organizer.page.locator("[name=file]").set_input_files(files)
    organizer.presses("Upload")
    organizer.sees("Letters to prisoners", "Names")
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
    looks_at(organizer, "Letters to prisoners")
    organizer.sees(corpus.VISIBLE, "Attached files", "https://example.org/take-part")
    organizer.presses("Publish")
    organizer.sees("Published.")


def blackens_the_second(market: Market) -> None:
    organizer = market.organizer
    organizer.opens(market.action)
    organizer.follows("Leaflets")
    looks_at(organizer, "Names")
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
    reader.sees("Letters to prisoners", "Names")
    reader.follows("Names")
    reader.does_not_see(SECRET)
    assert SECRET.encode() not in reader.downloads("Download")


def test_what_cannot_be_taken_comes_back_and_says_which(market: Market) -> None:
    organizer = market.organizer
    opens_the_form(organizer, market.action)
    organizer.fills(title="Our flyer")
    files = [_pdf("good.pdf", corpus.planted_pdf()), _pdf("letter.pdf", b"PK\x03\x04")]
    organizer.page.locator("[name=file]").set_input_files(files)
    organizer.presses("Upload")
    organizer.sees("letter.pdf: Office files and archives are not accepted.")
    expect(organizer.page.locator("[name=title]")).to_have_value("Our flyer")
    if market.has_script:
        expect(organizer.page.get_by_role("alert")).to_be_focused()
        assert looks.quick_faults(organizer.page) == []
    organizer.page.locator("[name=file]").set_input_files(files[:1])
    organizer.presses("Upload")
    organizer.sees("Our flyer")
    expect(organizer.page.get_by_role("button", name="Publish", exact=True)).to_be_visible(
        timeout=REBUILT_WITHIN_MILLISECONDS
    )


# What script adds.


@pytest.fixture
def form(market: Market) -> Page:
    """The page of an upload with a file chosen, where there is script."""
    if not market.has_script:
        pytest.skip("Without script the form is sent as any other.")
    opens_the_form(market.organizer, market.action)
    page = market.organizer.page
    page.locator("[name=file]").set_input_files(_pdf("letters.pdf", b"%PDF-1.7" + bytes(2_000_000)))
    return page


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


def test_when_the_connection_breaks_the_browser_sends_it_itself(form: Page, watch: Watch) -> None:
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


def test_too_much_at_once_is_not_even_sent(form: Page) -> None:
    files = [_pdf(f"{number}.pdf", b"%PDF-") for number in range(11)]
    form.locator("[name=file]").set_input_files(files)
    form.get_by_role("button", name="Upload", exact=True).click()
    expect(form.locator("[data-told]")).to_contain_text("10 files and 32 MB at most")
    form.locator("[name=file]").set_input_files(files[:1])
    form.get_by_role("button", name="Upload", exact=True).click()
    form.wait_for_url(LEAFLET)
