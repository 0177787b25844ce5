"""The organizers' page of a leaflet's codes, their sheet on paper, and the leaflet with a code stamped on.

Every code that is shown is read again from the rendered page, by a reader that knows nothing of us.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from playwright.sync_api import Page as Paper
from playwright.sync_api import Route, ViewportSize, sync_playwright

from organizer import languages, storage
from organizer.db import db
from organizer.events.models import Event
from organizer.leaflets import code_service, codes
from organizer.leaflets.models import Leaflet, LeafletCode
from organizer.leaflets.rules import Purpose
from organizer.media.corners import Corner
from tests import factories
from tests.browser.conftest import ARGUMENTS
from tests.factories import Person, post
from tests.leaflets import coding, sending
from tests.media import qr

WITHIN_MARGINS = ViewportSize(width=755, height=995)
PLACES = ("The north gate", "The south gate", "Молоко и хлеб", "کنار پل")


@pytest.fixture
def leaflet(event: Event) -> Leaflet:
    return coding.leaflet(event)


def page_of(leaflet: Leaflet) -> str:
    return f"/leaflets/{leaflet.id}/codes"


def made(leaflet: Leaflet) -> list[LeafletCode]:
    db.session.rollback()
    return [code for version in leaflet.versions for code in codes.of_version(version.id)]


# The page.


def test_an_organizer_makes_a_code_and_sees_it(organizer: Person, leaflet: Leaflet, event: Event) -> None:
    assert page_of(leaflet) in organizer.client.get(f"/leaflets/{leaflet.id}").text
    answer = post(organizer.client, page_of(leaflet), {"place": " Market,  north gate ", "event": event.id})
    assert (answer.status_code, answer.location) == (303, page_of(leaflet))
    (code,) = made(leaflet)
    assert (code.place, code.event_id, code.version_id) == ("Market, north gate", event.id, leaflet.versions[0].id)
    page = organizer.client.get(page_of(leaflet)).text
    assert "Market, north gate" in page
    assert codes.shown(code.code) in page
    assert f"<bdi>{event.title}</bdi>" in page
    assert "not yet" in page
    assert page.count('<svg class="qr-code"') == 1


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(organizer: Person, leaflet: Leaflet, event: Event) -> None:
    coding.code(leaflet, "The north gate")
    for typed, words in (("", "Say where"), ("x" * 81, "80"), ("The North Gate", "already")):
        refused = post(organizer.client, page_of(leaflet), {"place": typed, "event": ""})
        assert refused.status_code == 422
        assert words in refused.text
        assert f'value="{typed}"' in refused.text
    foreign = factories.event(factories.group())
    assert post(organizer.client, page_of(leaflet), {"place": "East", "event": foreign.id}).status_code == 422
    assert len(made(leaflet)) == 1


def test_counts_are_shown_by_day_and_small_ones_are_a_few(organizer: Person, leaflet: Leaflet) -> None:
    coding.count(coding.code(leaflet), 12, 3, 7)
    page = organizer.client.get(page_of(leaflet)).text
    assert re.findall(r"<td>([^<]+)</td>", page) == ["7 times", "a few", "12 times"]
    assert "<strong>19 and more</strong>" in page
    assert '<th scope="row">' in page
    assert not re.search(r">\s*(22|3)\b", page)


def test_a_long_table_ends_and_the_total_goes_on(organizer: Person, leaflet: Leaflet) -> None:
    coding.count(coding.code(leaflet), *[10] * 40)
    page = organizer.client.get(page_of(leaflet)).text
    assert page.count("<td>10 times</td>") == 31
    assert "<strong>400 times</strong>" in page
    assert "The total has the days before as well." in page


def test_codes_of_an_older_version_say_so(organizer: Person, leaflet: Leaflet) -> None:
    coding.code(leaflet)
    coding.replaced(leaflet)
    page = organizer.client.get(page_of(leaflet)).text
    assert "version 1, leads to the current one" in page
    assert f"{page_of(leaflet)}/sheet" not in page
    coding.code(leaflet, version=leaflet.versions[-1])
    assert f"{page_of(leaflet)}/sheet" in organizer.client.get(page_of(leaflet)).text


def test_an_upload_that_is_not_checked_yet_has_no_codes(organizer: Person, event: Event) -> None:
    sent = sending.send(organizer, event, sending.plain_pdf())
    page = organizer.client.get(f"{sent.location}/codes")
    assert page.status_code == 200
    assert "As soon as the leaflet has been checked" in page.text
    assert "Make a code" not in page.text


def test_codes_are_the_organizers_own(app: Flask, client: FlaskClient, leaflet: Leaflet, event: Event) -> None:
    code = coding.code(leaflet)
    stranger = factories.person(app).client
    for path in (page_of(leaflet), f"{page_of(leaflet)}/sheet", f"{page_of(leaflet)}/{code.id}/stamped"):
        assert stranger.get(path).status_code == 404
        assert code.code not in client.get(path).text
    other = coding.leaflet(event)
    assert factories.person(app, of=event.group).client.get(f"{page_of(other)}/{code.id}/stamped").status_code == 404


def test_looking_makes_no_code(organizer: Person, leaflet: Leaflet) -> None:
    organizer.client.get(page_of(leaflet))
    organizer.client.get(f"{page_of(leaflet)}/sheet")
    assert made(leaflet) == []


# Stamped on.


def stamped(organizer: Person, code: LeafletCode, leaflet: Leaflet, query: str = "") -> bytes:
    answer = organizer.client.get(f"{page_of(leaflet)}/{code.id}/stamped{query}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    extension = {"application/pdf": "pdf", "image/jpeg": "jpg"}[answer.content_type]
    name = f"letters-to-prisoners-{code.code.lower()}.{extension}"
    assert answer.headers["Content-Disposition"] == f"attachment; filename={name}"
    return answer.data


@pytest.mark.parametrize("corner", Corner)
def test_a_picture_is_stamped_with_the_code_that_leads_to_it(
    client: FlaskClient, organizer: Person, leaflet: Leaflet, corner: Corner
) -> None:
    code = coding.code(leaflet)
    found = qr.codes_on(qr.picture(stamped(organizer, code, leaflet, f"?corner={corner}")))
    assert set(found) == {f"http://localhost/l/{code.code}"}
    (x, y) = next(iter(found.values()))
    assert (x < 0.5, y < 0.5) == (corner.endswith("left"), corner.startswith("top"))
    assert client.get(urlsplit(next(iter(found))).path).location == f"/leaflets/{leaflet.id}"


@pytest.mark.parametrize(
    ("query", "on"), [("", [False, True]), ("?pages=first", [True, False]), ("?pages=all", [True] * 2)]
)
def test_a_pdf_is_stamped_on_the_pages_that_were_chosen(
    organizer: Person, event: Event, query: str, on: list[bool]
) -> None:
    address = sending.sent(organizer, event, sending.plain_pdf(pages=2))
    leaflet = db.session.get_one(Leaflet, address.rpartition("/")[2])
    code = coding.code(leaflet)
    form = organizer.client.get(page_of(leaflet)).text
    assert 'name="pages"' in form
    assert form.count('name="corner"') == 4
    shown = qr.pages(stamped(organizer, code, leaflet, query))
    assert [f"http://localhost/l/{code.code}" in qr.codes_on(page) for page in shown] == on


def test_a_code_of_an_older_version_is_stamped_on_that_version(organizer: Person, leaflet: Leaflet) -> None:
    old = coding.code(leaflet)
    coding.replaced(leaflet)
    pixel = qr.picture(stamped(organizer, old, leaflet)).convert("RGB").getpixel((600, 100))
    assert pixel == (255, 255, 255)


def test_a_corner_that_no_page_has_is_said_in_a_sentence(organizer: Person, leaflet: Leaflet) -> None:
    code = coding.code(leaflet)
    for query in ("?corner=middle", "?pages=second", "?corner=%00"):
        refused = organizer.client.get(f"{page_of(leaflet)}/{code.id}/stamped{query}")
        assert refused.status_code == 422
        assert "Choose one of the four corners" in refused.text


def test_a_page_without_room_is_said_in_a_sentence(organizer: Person, leaflet: Leaflet) -> None:
    code = coding.code(leaflet)
    file = next(each for each in leaflet.versions[0].renditions if each.purpose == Purpose.FILE)
    storage.current().put(file.blob_key, qr.jpeg(Image.new("RGB", (300, 200))))
    refused = organizer.client.get(f"{page_of(leaflet)}/{code.id}/stamped")
    assert refused.status_code == 422
    assert "There is no room on this page" in refused.text
    assert codes.shown(code.code) in refused.text


# On paper.


@pytest.fixture
def paper(organizer: Person) -> Iterator[Paper]:
    """A page in Chromium, dark as some have it, whose requests the organizer's client answers."""

    def answer(route: Route) -> None:
        parts = urlsplit(route.request.url)
        served = organizer.client.get(f"{parts.path}?{parts.query}")
        route.fulfill(status=served.status_code, body=served.data, content_type=served.content_type)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        page = browser.new_page(viewport=WITHIN_MARGINS, device_scale_factor=3, color_scheme="dark")
        page.route("**/*", answer)
        yield page
        browser.close()


def address(code: LeafletCode) -> str:
    return f"http://localhost/l/{code.code}"


@pytest.mark.browser
@pytest.mark.parametrize("media", ["screen", "print"])
def test_each_card_of_the_sheet_has_its_own_code(
    client: FlaskClient, leaflet: Leaflet, paper: Paper, media: Literal["screen", "print"]
) -> None:
    by_code = {codes.shown(code.code): code for code in (coding.code(leaflet, place) for place in PLACES)}
    paper.emulate_media(media=media, color_scheme="dark")
    paper.goto(f"http://localhost{page_of(leaflet)}/sheet")
    shown = qr.picture(paper.screenshot(full_page=True))
    found = qr.codes_on(shown)
    assert set(found) == {address(code) for code in by_code.values()}
    for card in paper.locator(".code-card").all():
        code, box = by_code.pop(card.locator(".code-short").inner_text()), card.bounding_box()
        assert box
        x, y = found[address(code)][0] * shown.width / 3, found[address(code)][1] * shown.height / 3
        assert box["x"] < x < box["x"] + box["width"]
        assert box["y"] < y < box["y"] + box["height"]
        assert card.locator(".code-place").inner_text() == code.place
        assert card.locator(".code-typed").inner_text() == f"localhost/l/{code.code}"
        assert leaflet.title in card.inner_text()
        assert client.get(f"/l/{code.code}").location == f"/leaflets/{leaflet.id}"
    assert by_code == {}


@pytest.mark.browser
@pytest.mark.parametrize("language", languages.INTERFACE)
def test_eight_cards_are_one_page_and_nothing_is_cut_off(
    organizer: Person, event: Event, paper: Paper, language: str
) -> None:
    title = "What we hand out at the market, for whoever has never heard of those who sit for a single sentence"
    leaflet = coding.leaflet(event, language=language, title=title)
    for number in range(8):
        coding.code(leaflet, f"The market by the lake, at the north gate, under the third tree, table {number}")
    paper.emulate_media(media="print")
    paper.goto(f"http://localhost{page_of(leaflet)}/sheet")
    over = "all => all.map(each => each.scrollHeight - each.clientHeight)"
    assert paper.locator(".code-card").evaluate_all(over) == [0] * 8
    for size in ("A4", "Letter"):
        assert len(re.findall(rb"/Type\s*/Page\b", paper.pdf(format=size))) == 1


@pytest.mark.browser
def test_the_codes_on_the_organizers_page_are_read_too(leaflet: Leaflet, paper: Paper) -> None:
    made = [coding.code(leaflet, place) for place in PLACES[:2]]
    paper.goto(f"http://localhost{page_of(leaflet)}")
    assert set(qr.codes_on(qr.picture(paper.screenshot(full_page=True)))) == set(map(address, made))


def test_a_sheet_without_codes_says_what_to_do(organizer: Person, leaflet: Leaflet) -> None:
    page = organizer.client.get(f"{page_of(leaflet)}/sheet")
    assert "There is no code for this version yet." in page.text
    assert "code-cards" not in page.text


def test_a_sheet_speaks_the_language_of_its_leaflet(organizer: Person, event: Event) -> None:
    leaflet = coding.leaflet(event, language="fa")
    coding.code(leaflet)
    page = organizer.client.get(f"{page_of(leaflet)}/sheet").text
    assert '<div class="code-cards" lang="fa" dir="rtl">' in page


def test_places_stay_among_organizers(client: FlaskClient, leaflet: Leaflet) -> None:
    code = code_service.make(leaflet.versions[0], "Zebrafink gate", None, "")
    for path in (f"/leaflets/{leaflet.id}", "/leaflets", "/", f"/l/{code.code}"):
        assert "Zebrafink" not in client.get(path).text
