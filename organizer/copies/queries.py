"""Reading copies: what is known for each leaflet of an event. The name is for the event's organizers only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import select

from organizer import clock, vault
from organizer.copies.rules import COUNTS, CopiesDetails
from organizer.db import db, is_id
from organizer.errors import Gone
from organizer.events import queries as events
from organizer.events.models import Event
from organizer.events.rules import purge_at
from organizer.leaflets.models import EventLeaflet, Leaflet, LeafletVersion
from organizer.leaflets.rules import State
from organizer.policy import Viewer

NOT_IN_USE = (State.REPLACED, State.WITHDRAWN)


@dataclass(frozen=True)
class Copies:
    """What is known of a leaflet's copies for one event."""

    leaflet_id: str
    title: str
    language: str
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
    in_use = (LeafletVersion.leaflet_id == Leaflet.id, LeafletVersion.state.not_in(NOT_IN_USE))
    query = (
        select(EventLeaflet, Leaflet.title, Leaflet.language)
        .join(Leaflet, Leaflet.id == EventLeaflet.leaflet_id)
        .where(EventLeaflet.event_id.in_(event_ids), select(LeafletVersion.id).where(*in_use).exists())
        .order_by(Leaflet.created_at.desc(), Leaflet.id)
    )
    found: dict[str, tuple[Copies, ...]] = {}
    # For this one look: no key outlives its file.
    key_of = cache(_key)
    for row, title, language in db.session.execute(query):
        copies = Copies(row.leaflet_id, title, language, _known(row, key_of))
        found[row.event_id] = (*found.get(row.event_id, ()), copies)
    return found


def known(row: EventLeaflet) -> CopiesDetails:
    """What the row says, its name opened; no name when the event's key is gone."""
    return _known(row, _key)


def _known(row: EventLeaflet, key_of: Callable[[str], bytes | None]) -> CopiesDetails:
    sealed = row.brought_by
    key = key_of(row.event_id) if sealed else None
    name = vault.open_sealed(key, sealed, name_aad(row)) if key and sealed else ""
    return CopiesDetails(**{column: getattr(row, column) for column in COUNTS}, brought_by=name)


def _key(event_id: str) -> bytes | None:
    try:
        return vault.event_key(event_id)
    except vault.KeyGone:
        return None


def keeps_name(event: Event) -> bool:
    """Whether a name may be kept with the event, and is not deleted already."""
    return clock.now() < purge_at(event.occurrence, event.ends_at, event.cancelled_at)


def name_aad(row: EventLeaflet) -> str:
    """What binds a sealed name to its table, row and column."""
    return f"event_leaflet|{row.event_id}.{row.leaflet_id}|brought_by"
