"""Copies counted as an organizer does in her browser, and as they lie in the database."""

from __future__ import annotations

import re

from organizer.copies import queries
from organizer.copies import service as copies
from organizer.copies.rules import CopiesDetails
from organizer.db import db
from organizer.events.models import Event
from organizer.leaflets import service as leaflets
from organizer.leaflets.models import EventLeaflet, Leaflet
from organizer.leaflets.rules import Kind, LeafletDetails, Upload
from tests.factories import Person, post
from tests.leaflets import sending

NAME = "Wren with the red bicycle"
FIELDS = CopiesDetails.__dataclass_fields__
SHOWN = re.compile(r'name="shown"[^>]*value="([^"]*)"')


def leaflet(event: Event, title: str = "Letters to prisoners") -> Leaflet:
    """One that was sent in for the event."""
    return leaflets.upload(event, Upload(LeafletDetails(title, "en"), Kind.PICTURE, sending.jpeg()), "a" * 26)


def row(event: Event, title: str = "Letters to prisoners") -> EventLeaflet:
    """A leaflet of the event's, of whose copies nothing is known."""
    return db.session.get_one(EventLeaflet, (event.id, leaflet(event, title).id))


def path(row: EventLeaflet, act: str = "copies") -> str:
    return f"/events/{row.event_id}/leaflets/{row.leaflet_id}/{act}"


def known(row: EventLeaflet) -> CopiesDetails:
    """What is known by now."""
    db.session.rollback()
    db.session.expire_all()
    return queries.known(row)


def shown(page: str) -> str:
    """What the form says that it began from."""
    found = SHOWN.search(page)
    return found[1] if found else ""


def save(person: Person, row: EventLeaflet, **typed: str) -> str:
    """Open the form, write this and nothing else into it, and send it; returns the page that follows."""
    sent = {"shown": shown(person.client.get(path(row)).text), **dict.fromkeys(FIELDS, ""), **typed}
    return post(person.client, path(row), sent, follow_redirects=True).text


def seal(row: EventLeaflet, name: str = NAME) -> bytes:
    """Who brings them, as it lies in the database."""
    details = CopiesDetails(needed=500, printed=400, brought_by=name)
    copies.change(row, details, queries.known(row).fingerprint, "a" * 26)
    return row.brought_by or b""
