"""Reading copies: what is known for each leaflet of an event. The name is for the event's organizers only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import select

from organizer import clock, vault
from organizer.copies.rules import COUNTS, CopiesDetails
from organizer.db import db, is_id
from organizer.errors import Gone, Unavailable
from organizer.events import queries as events
from organizer.events.models import Event
from organizer.events.rules import purge_at
from organizer.leaflets.models import EventLeaflet, Leaflet, LeafletVersion
from organizer.leaflets.rules import State
from organizer.policy import Viewer

NOT_IN_USE = (State.REPLACED, State.WITHDRAWN)


@dataclass(frozen=True)
class Copies:
    """What is known of a leaflet's copies for one event; `made_as` is that of its latest version in use."""

    leaflet_id: str
    title: str
    language: str
    made_as: dict[str, str] | None
    known: CopiesDetails


@dataclass(frozen=True)
class HandedOut:
    """A leaflet at an event, before one of the event's organizers."""

    event: Event
    leaflet: Leaflet
    row: EventLeaflet

    @property
    def known(self) -> CopiesDetails:
        return known(self.row)


def organized(viewer: Viewer, event_id: str, leaflet_id: str) -> HandedOut | None:
    """Policy: a leaflet of an event, for the event's organizers. Raises Gone when the leaflet was withdrawn."""
    event = events.organized(viewer, event_id)
    row = db.session.get(EventLeaflet, (event_id, leaflet_id)) if event and is_id(leaflet_id) else None
    if event is None or row is None:
        return None
    leaflet = db.session.get_one(Leaflet, leaflet_id)
    if all(version.state in NOT_IN_USE for version in leaflet.versions):
        raise Gone
    return HandedOut(event, leaflet, row)


def of_event(event_id: str) -> dict[str, CopiesDetails]:
    """What is known of the copies for an event, by leaflet id, in one query."""
    return {copies.leaflet_id: copies.known for copies in of_events([event_id]).get(event_id, ())}


def of_events(event_ids: Sequence[str]) -> dict[str, tuple[Copies, ...]]:
    """The leaflets of several events that are in use, with their copies, by event id, in one query."""
    query = (
        select(EventLeaflet, Leaflet.title, Leaflet.language, LeafletVersion.made_as)
        .join(Leaflet, Leaflet.id == EventLeaflet.leaflet_id)
        .join(LeafletVersion, LeafletVersion.leaflet_id == Leaflet.id)
        .where(EventLeaflet.event_id.in_(event_ids), LeafletVersion.state.not_in((*NOT_IN_USE, State.REFUSED)))
        .order_by(Leaflet.created_at.desc(), Leaflet.id, LeafletVersion.number.desc())
    )
    found: dict[str, tuple[Copies, ...]] = {}
    # For this one look: no key outlives its file.
    key_of = cache(_key)
    for row, title, language, made_as in db.session.execute(query):
        before = found.get(row.event_id, ())
        # One that is published and waits as well comes twice, the latest first.
        if not before or before[-1].leaflet_id != row.leaflet_id:
            copies = Copies(row.leaflet_id, title, language, made_as, _known(row, key_of))
            found[row.event_id] = (*before, copies)
    return found


def known(row: EventLeaflet) -> CopiesDetails:
    """What the row says, its name opened; no name when the key that sealed it is gone."""
    return _known(row, _key)


def _known(row: EventLeaflet, key_of: Callable[[str], bytes | Unavailable | None]) -> CopiesDetails:
    counts = {column: getattr(row, column) for column in COUNTS}
    key = key_of(row.event_id) if row.brought_by else None
    if isinstance(key, Unavailable):
        return CopiesDetails(**counts, brought_by=None)
    return CopiesDetails(**counts, brought_by=_name(row, key) if key else "")


def _name(row: EventLeaflet, key: bytes) -> str:
    try:
        return vault.open_sealed(key, row.brought_by or b"", name_aad(row))
    except vault.Unreadable:  # sealed by the key before, which no backup has: the event has another one since
        return ""


def _key(event_id: str) -> bytes | Unavailable | None:
    """The event's key, None when it is gone. While the key store is out of reach all else is to be read."""
    try:
        return vault.event_key(event_id)
    except vault.KeyGone:
        return None
    except Unavailable as error:
        return error


def keeps_name(event: Event) -> bool:
    """Whether a name may be kept with the event, and is not deleted already."""
    return clock.now() < purge_at(event.occurrence, event.ends_at, event.cancelled_at)


def name_aad(row: EventLeaflet) -> str:
    """What binds a sealed name to its table, row and column."""
    return f"event_leaflet|{row.event_id}.{row.leaflet_id}|brought_by"
