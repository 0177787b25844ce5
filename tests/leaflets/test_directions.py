"""Titles and sizes on pages that are read from the other side: each keeps the direction that it has by itself."""

from __future__ import annotations

import re

from flask.testing import FlaskClient

from organizer.events.models import Event
from tests.factories import Person
from tests.leaflets import sending

SIZE = re.compile(r"(?:meta\">|· )PDF, [^<]*صفحه[^<]*, <bdi>[\d.]+ kB</bdi>")
TITLE = "Letters to prisoners?"


def test_a_number_and_its_unit_stay_together(client: FlaskClient, organizer: Person, event: Event) -> None:
    address = sending.sent(organizer, event, sending.pdf(), title=TITLE)
    assert SIZE.search(organizer.client.get(f"{address}?lang=fa").text)
    sending.publish(organizer, address)
    for path in (address, "/leaflets", f"/events/{event.slug}"):
        page = client.get(f"{path}?lang=fa").text
        assert 'dir="rtl"' in page
        assert SIZE.search(page), path


def test_a_title_above_a_heading_keeps_its_direction(organizer: Person, event: Event) -> None:
    address = sending.published(organizer, event, sending.pdf(), title=TITLE)
    for act in ("codes", "edit", "withdraw"):
        page = organizer.client.get(f"{address}/{act}?lang=fa").text
        assert re.search(rf'<p class="kicker"><a [^>]*dir="auto">{re.escape(TITLE)}</a>', page), act
