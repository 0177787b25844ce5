"""Codes stamped on leaflets: on which pages and corners, and what is said where it cannot be."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from PIL import Image

from organizer import limits, storage
from organizer.codes import rules
from organizer.codes.models import LeafletCode
from organizer.codes.views import STAMPED
from organizer.db import db
from organizer.errors import TooMany
from organizer.events.models import Event
from organizer.leaflets.models import Leaflet
from organizer.leaflets.rules import Purpose
from organizer.media import sandbox
from organizer.media.corners import Corner
from tests.codes import coding
from tests.factories import Person
from tests.leaflets import sending
from tests.media import qr


def page_of(leaflet: Leaflet) -> str:
    return f"/leaflets/{leaflet.id}/codes"


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


def test_nobody_keeps_the_site_busy_with_stamps(organizer: Person, leaflet: Leaflet) -> None:
    code = coding.code(leaflet)
    for _ in range(20):
        with suppress(TooMany):
            limits.take("stamps", organizer.account_id, STAMPED)
    assert organizer.client.get(f"{page_of(leaflet)}/{code.id}/stamped").status_code == 429


def test_where_others_take_all_places_one_may_try_again_later(
    organizer: Person, leaflet: Leaflet, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, hasty = coding.code(leaflet), replace(sandbox.LIMITS["stamps"], waiting_seconds=0.01)
    monkeypatch.setitem(sandbox.LIMITS, "stamps", hasty)
    with sandbox._place(hasty), sandbox._place(hasty):
        answer = organizer.client.get(f"{page_of(leaflet)}/{code.id}/stamped")
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == str(sandbox.RETRY_SECONDS)


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
    assert rules.shown(code.code) in refused.text
