"""A leaflet with its code, on the sheets and in the grey that people print at home, as an organizer downloads it."""

from __future__ import annotations

import pytest
from PIL import Image

from organizer import outbox
from organizer.codes.models import LeafletCode
from organizer.db import db
from organizer.events.models import Event
from organizer.leaflets.models import Leaflet
from organizer.media.corners import Layout
from tests.codes import coding
from tests.factories import Person
from tests.leaflets import sending
from tests.media import qr

ON_SHEETS = [layout for layout in Layout if layout.copies > 1]
GREY_SENTENCE = "There is no grey file of this version"


def page_of(leaflet: Leaflet) -> str:
    return f"/leaflets/{leaflet.id}/codes"


@pytest.fixture
def sent(organizer: Person, event: Event) -> Leaflet:
    """A PDF of two pages in colour, of which nothing to print is made yet."""
    address = sending.sent(organizer, event, sending.plain_pdf(pages=2))
    return db.session.get_one(Leaflet, address.rpartition("/")[2])


def download(organizer: Person, code: LeafletCode, leaflet: Leaflet, query: str, marks: str) -> list[Image.Image]:
    answer = organizer.client.get(f"{page_of(leaflet)}/{code.id}/stamped?{query}")
    assert answer.status_code == 200, answer.text
    assert answer.content_type == "application/pdf"
    name = f"letters-to-prisoners-{code.code.lower()}-{marks}.pdf"
    assert answer.headers["Content-Disposition"] == f"attachment; filename={name}"
    return qr.pages(answer.data, 300 / 72)


def parts(sheet: Image.Image, layout: Layout) -> list[Image.Image]:
    """Its upper and lower half, or its quarters."""
    width, height = sheet.width // (layout.copies // 2), sheet.height // 2
    return [sheet.crop((x, y, x + width, y + height)) for x in (0, sheet.width - width) for y in (0, height)][
        : layout.copies
    ]


def test_the_form_asks_for_sheets_and_for_grey(organizer: Person, leaflet: Leaflet) -> None:
    coding.code(leaflet)
    page = organizer.client.get(page_of(leaflet)).text
    assert [f'<option value="{layout}"' in page for layout in Layout] == [True] * 5
    assert "Two on a sheet, US Letter" in page
    assert 'type="checkbox"' in page.partition('name="grey"')[0].rpartition("<input")[2]


@pytest.mark.parametrize("layout", ON_SHEETS)
def test_each_copy_has_the_code_of_its_place(organizer: Person, sent: Leaflet, layout: Layout) -> None:
    code = coding.code(sent)
    marks = layout.replace("_", "-")
    front, back = download(organizer, code, sent, f"layout={layout}", marks)
    wanted = {f"http://localhost/l/{code.code}"}
    assert qr.codes_on(front) == {}
    assert [set(qr.codes_on(part)) for part in parts(back, layout)] == [wanted] * layout.copies


def test_it_comes_in_grey_too(organizer: Person, sent: Leaflet) -> None:
    outbox.run_owed()
    code = coding.code(sent)
    for query, marks in (("grey=1", "grey"), ("grey=1&layout=four_up_letter", "four-up-letter-grey")):
        _front, back = download(organizer, code, sent, query, marks)
        assert set(qr.codes_on(back)) == {f"http://localhost/l/{code.code}"}
        red, green, blue = back.split()
        assert red.tobytes() == green.tobytes() == blue.tobytes()


def test_what_is_not_there_in_grey_yet_is_said_in_a_sentence(organizer: Person, leaflet: Leaflet) -> None:
    code = coding.code(leaflet)
    refused = organizer.client.get(f"{page_of(leaflet)}/{code.id}/stamped?grey=1")
    assert refused.status_code == 422
    assert GREY_SENTENCE in refused.text


def test_a_sheet_that_nobody_has_is_said_in_a_sentence(organizer: Person, leaflet: Leaflet) -> None:
    code = coding.code(leaflet)
    for query in ("layout=nine_up", "layout=grey", "layout=%00"):
        refused = organizer.client.get(f"{page_of(leaflet)}/{code.id}/stamped?{query}")
        assert refused.status_code == 422
        assert "Choose how many are on a sheet" in refused.text


@pytest.mark.parametrize("layout", ON_SHEETS)
def test_a_picture_comes_on_sheets_as_well(organizer: Person, leaflet: Leaflet, layout: Layout) -> None:
    code = coding.code(leaflet)
    (sheet,) = download(organizer, code, leaflet, f"layout={layout}", layout.replace("_", "-"))
    assert set(qr.codes_on(sheet)) == {f"http://localhost/l/{code.code}"}
