"""Codes of leaflets and consent slips as one page to print."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pypdfium2
import pytest
from flask import Flask
from playwright.sync_api import Browser, expect
from playwright.sync_api import Page as Paper

from organizer import outbox, storage
from organizer.codes import service as codes
from organizer.db import db, new_id, writing
from organizer.events.models import Event
from organizer.leaflets.models import Leaflet
from organizer.statements import drafting, slips
from organizer.statements.rules import StatementDetails
from organizer.statements.slips import ConsentSlip
from tests import factories, querying
from tests.codes import coding, printing
from tests.factories import Person

DOTS_PER_POINT = 3


@pytest.fixture(autouse=True)
def blobs(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.extensions, "storage", storage.open_storage(tmp_path.as_uri()))


@pytest.fixture
def event(organizer: Person) -> Event:
    return factories.event(organizer.group)


@pytest.fixture
def leaflet(event: Event) -> Leaflet:
    """One with codes for two places."""
    made = coding.leaflet(event)
    for place in ("The north gate", "The south gate"):
        coding.code(made, place)
    return made


def sheet(event: Event) -> list[ConsentSlip]:
    sheet_id = slips.make_sheet(event, new_id())
    return db.session.query(ConsentSlip).filter_by(sheet_id=sheet_id).all()


def page(person: Person, event: Event, *parts: str) -> str:
    """What stands there; with parts, after these were ticked."""
    query = {"chosen": "1", "part": list(parts)} if parts else {}
    answer = person.client.get(f"/events/{event.id}/print", query_string=query)
    assert answer.status_code == 200
    return answer.text


def shown(text: str) -> tuple[int, int]:
    """How many codes and slips."""
    return text.count('class="code-card"'), text.count('class="slip"')


def test_codes_and_the_latest_slips_stand_there_at_first(organizer: Person, event: Event, leaflet: Leaflet) -> None:
    sheet(event)
    sheet(event)
    text = page(organizer, event)
    assert shown(text) == (2, slips.ON_A_SHEET)
    assert "The north gate" in text
    assert f"/events/{event.id}/print" in organizer.client.get(f"/events/{event.id}/leaflets").text


def test_the_organizer_ticks_what_she_needs(organizer: Person, event: Event, leaflet: Leaflet) -> None:
    names = [f"slips-{sheet(event)[0].sheet_id}" for _ in range(2)]
    assert shown(page(organizer, event, *names)) == (0, 2 * slips.ON_A_SHEET)
    assert shown(page(organizer, event, f"codes-{leaflet.id}")) == (2, 0)
    text = page(organizer, event, "nonsense")
    assert shown(text) == (0, 0)
    assert "Nothing is ticked." in text


def test_with_nothing_there_it_says_where_things_are_made(organizer: Person, event: Event) -> None:
    text = page(organizer, event)
    assert "There is nothing to print yet" in text
    assert f"/events/{event.id}/slips" in text


def test_a_used_slip_and_the_code_of_an_older_version_are_not_printed(
    organizer: Person, event: Event, leaflet: Leaflet
) -> None:
    used = sheet(event)[0]
    with writing():
        slips.bind(drafting.begin(event, StatementDetails(text="They feel.", language="en")), event, used.number)
        outbox.commit()
    coding.code(leaflet, "The bridge", coding.replaced(leaflet))
    text = page(organizer, event)
    assert shown(text) == (1, slips.ON_A_SHEET - 1)
    assert "The bridge" in text
    assert used.shown_number not in text


def test_codes_of_other_actions_are_left_to_those(organizer: Person, event: Event, leaflet: Leaflet) -> None:
    other = factories.event(organizer.group)
    assert shown(page(organizer, other)) == (0, 0)
    codes.make(coding.leaflet(other, title="Bread and letters").shown, "The bakery", other.id, new_id())
    assert "The bakery" in page(organizer, other)
    assert "The bakery" not in page(organizer, event)


def test_more_leaflets_and_sheets_ask_the_database_no_more(organizer: Person, event: Event, leaflet: Leaflet) -> None:
    sheet(event)
    asked = {}
    for round_ in ("one", "more"):
        page(organizer, event)
        asked[round_] = querying.asked(lambda: page(organizer, event))
        for title in ("A", "B"):
            coding.code(coding.leaflet(event, title=title))
            sheet(event)
    assert asked["one"] == asked["more"]


# On paper.


@pytest.fixture
def paper(chromium: Browser, organizer: Person) -> Iterator[Paper]:
    with printing.opened(chromium, organizer.client) as page:
        yield page


def codes_on(printed: pypdfium2.PdfPage) -> set[str]:
    """What a reader that knows nothing of us reads on a printed page."""
    pixels = np.asarray(printed.render(scale=DOTS_PER_POINT).to_pil().convert("L"))
    return set(cv2.QRCodeDetectorAruco().detectAndDecodeMulti(pixels)[1])


@pytest.mark.browser
@pytest.mark.parametrize("size", ["A4", "Letter"])
def test_each_part_has_paper_of_its_own_and_every_code_leads_where_it_should(
    app: Flask, organizer: Person, event: Event, leaflet: Leaflet, paper: Paper, size: str
) -> None:
    second = coding.leaflet(event, title="نامه به زندانیان", language="fa")
    at_bridge = coding.code(second, "کنار پل")
    sheets = [sheet(event), sheet(event)]
    parts = [f"codes-{each.id}" for each in (leaflet, second)] + [f"slips-{each[0].sheet_id}" for each in sheets]
    paper.goto(f"http://localhost/events/{event.id}/print?chosen=1&{'&'.join(f'part={name}' for name in parts)}")
    printed = list(pypdfium2.PdfDocument(paper.pdf(format=size, prefer_css_page_size=False)))
    found = [codes_on(each) for each in printed]
    links = [{f"http://localhost/s/slip/{slips.link_token(each)}" for each in made} for made in sheets]
    assert len(found) == 4
    assert sorted(len(each) for each in found) == [1, 2, slips.ON_A_SHEET, slips.ON_A_SHEET]
    assert {frozenset(each) for each in found[2:]} == {frozenset(each) for each in links}
    assert {f"http://localhost/l/{at_bridge.code}"} in found[:2]
    for address in set().union(*found[:2]):
        followed = app.test_client().get(address)
        assert followed.status_code == 303
        assert re.fullmatch(rf"/leaflets/({leaflet.id}|{second.id})", followed.location)
    assert organizer.client.get(next(iter(links[0]))).status_code == 200


# The button.


def sheets(event: Event, leaflet: Leaflet) -> list[str]:
    """The pages that are made to be printed."""
    slip, code = sheet(event)[0], coding.code(leaflet, "The bridge")
    own = f"/leaflets/{leaflet.id}/codes"
    return [
        f"{own}/sheet",
        f"{own}/{code.id}/sheet",
        f"/events/{event.id}/slips/{slip.sheet_id}",
        f"/events/{event.id}/print",
    ]


@pytest.mark.browser
def test_a_page_made_for_paper_is_printed_with_one_press(event: Event, leaflet: Leaflet, paper: Paper) -> None:
    paper.add_init_script("window.printed = 0; window.print = () => { window.printed += 1; };")
    for path in sheets(event, leaflet):
        paper.emulate_media(media="screen")
        paper.goto(f"http://localhost{path}")
        button = paper.get_by_role("button", name="Print", exact=True)
        button.click()
        assert paper.evaluate("window.printed") == 1
        paper.emulate_media(media="print")
        expect(button).to_be_hidden()


@pytest.mark.browser
def test_no_button_is_there_that_could_do_nothing(
    chromium: Browser, organizer: Person, event: Event, leaflet: Leaflet
) -> None:
    with printing.opened(chromium, organizer.client, java_script_enabled=False) as page:
        for path in sheets(event, leaflet):
            page.goto(f"http://localhost{path}")
            expect(page.locator("[data-print]")).to_be_hidden()
        page.goto(f"http://localhost/events/{event.id}/print?chosen=1")
        expect(page.get_by_text("Nothing is ticked.")).to_be_visible()
        expect(page.locator("[data-print]")).to_have_count(0)
