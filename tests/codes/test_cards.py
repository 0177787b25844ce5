"""Codes on paper and on pages: each is read again from what is rendered, by a reader that knows nothing of us."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, ViewportSize
from playwright.sync_api import Page as Paper

from organizer import languages
from organizer.codes import rules
from organizer.codes.models import LeafletCode
from organizer.events.models import Event
from organizer.leaflets.models import Leaflet
from tests.codes import coding, printing
from tests.factories import Person
from tests.media import qr

WITHIN_MARGINS = ViewportSize(width=755, height=995)
PLACES = ("The north gate", "The south gate", "Молоко и хлеб", "کنار پل")


def page_of(leaflet: Leaflet) -> str:
    return f"/leaflets/{leaflet.id}/codes"


@pytest.fixture
def paper(chromium: Browser, organizer: Person) -> Iterator[Paper]:
    """A page in Chromium, dark as some have it."""
    options = {"viewport": WITHIN_MARGINS, "device_scale_factor": 3, "color_scheme": "dark"}
    with printing.opened(chromium, organizer.client, **options) as page:
        yield page


def address(code: LeafletCode) -> str:
    return f"http://localhost/l/{code.code}"


@pytest.mark.browser
@pytest.mark.parametrize("media", ["screen", "print"])
def test_each_card_of_the_sheet_has_its_own_code(
    client: FlaskClient, leaflet: Leaflet, paper: Paper, media: Literal["screen", "print"]
) -> None:
    by_code = {rules.shown(code.code): code for code in (coding.code(leaflet, place) for place in PLACES)}
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
    one_page(paper)


def one_page(paper: Paper) -> None:
    paper.emulate_media(media="print")
    for size in ("A4", "Letter"):
        assert len(re.findall(rb"/Type\s*/Page\b", paper.pdf(format=size))) == 1


@pytest.mark.browser
def test_the_codes_on_the_organizers_page_are_read_too(leaflet: Leaflet, paper: Paper) -> None:
    made = [coding.code(leaflet, place) for place in PLACES[:2]]
    paper.goto(f"http://localhost{page_of(leaflet)}")
    assert set(qr.codes_on(qr.picture(paper.screenshot(full_page=True)))) == set(map(address, made))


@pytest.mark.browser
@pytest.mark.parametrize("media", ["screen", "print"])
def test_a_sheet_of_one_place_is_full_of_its_card(
    leaflet: Leaflet, paper: Paper, media: Literal["screen", "print"]
) -> None:
    north, _south = (coding.code(leaflet, place) for place in PLACES[:2])
    paper.goto(f"http://localhost{page_of(leaflet)}")
    paper.locator(f'a[href="{page_of(leaflet)}/{north.id}/sheet"]').click()
    paper.emulate_media(media=media, color_scheme="dark")
    shown, cards = qr.picture(paper.screenshot(full_page=True)), paper.locator(".code-card").all()
    assert len(cards) == 8
    for card in cards:
        assert card.locator(".code-place").inner_text() == north.place
        box = card.bounding_box()
        assert box
        sides = (box["x"], box["y"], box["x"] + box["width"], box["y"] + box["height"])
        assert list(qr.codes_on(shown.crop(tuple(round(3 * side) for side in sides)))) == [address(north)]  # type: ignore[arg-type] # four sides
    one_page(paper)
