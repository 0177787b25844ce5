"""Copies of a leaflet for an event: how many there are, and who brings them. Each write is one commit.

The name is for the event's organizers only. `keeping` has it emptied together with the answers to the event.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, update

from organizer import audit, clock, outbox, vault
from organizer.db import db, is_id, writing
from organizer.errors import Gone, RuleError
from organizer.events import queries as events
from organizer.events.models import Event
from organizer.events.rules import purge_at
from organizer.leaflets.models import EventLeaflet, Leaflet, LeafletVersion
from organizer.leaflets.rules import COUNTS, CopiesDetails, State
from organizer.outbox import Fact
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


# What organizers see.


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
    for row, title, language in db.session.execute(query):
        copies = Copies(row.leaflet_id, title, language, known(row))
        found[row.event_id] = (*found.get(row.event_id, ()), copies)
    return found


def known(row: EventLeaflet) -> CopiesDetails:
    """What the row says, its name opened."""
    sealed = row.brought_by
    name = vault.open_sealed(_name_key(), sealed, _name_aad(row)) if sealed else ""
    return CopiesDetails(**{column: getattr(row, column) for column in COUNTS}, brought_by=name)


def keeps_name(event: Event) -> bool:
    """Whether a name may be kept with the event, and is not deleted already."""
    return clock.now() < purge_at(event.occurrence, event.ends_at, event.cancelled_at)


# Changing.


def change(row: EventLeaflet, details: CopiesDetails, shown: str, actor_id: str) -> EventLeaflet:
    """Replace what is known. A name that may no longer be kept is not.

    `shown` is the fingerprint that the form began from. Raises RuleError when somebody has changed it since.
    """
    with writing(lock=row):
        if known(row).fingerprint != shown:
            raise RuleError("Somebody has changed this since you opened the form. Save again to put yours in place.")
        for name in COUNTS:
            setattr(row, name, getattr(details, name))
        row.brought_by = _sealed(row, details.brought_by)
        _record(row, actor_id)
    return row


def set_left(row: EventLeaflet, left_over: int, shown: int | None, actor_id: str) -> EventLeaflet:
    """Say how many are left. Raises RuleError when somebody has said so since it was `shown`."""
    with writing(lock=row):
        if row.left_over != shown:
            raise RuleError("Somebody has counted since you looked. Set it again to put yours in place.")
        row.left_over = left_over
        _record(row, actor_id)
    return row


def hand_out(row: EventLeaflet, count: int, actor_id: str) -> EventLeaflet:
    """Take `count` copies from what is left, or from what was printed where nobody has counted yet; none at the least.

    Two who do so at once are both counted.
    """
    with writing(lock=row):
        there = row.printed if row.left_over is None else row.left_over
        if there is None:
            raise RuleError("Say first how many are left now.", field="left_over")
        row.left_over = max(0, there - count)
        _record(row, actor_id)
    return row


def forget_names(event_id: str) -> None:
    """Leave nothing of who brings an event's leaflets. Safe to run again."""
    with writing():
        db.session.execute(update(EventLeaflet).where(EventLeaflet.event_id == event_id).values(brought_by=None))
        outbox.commit()


def _record(row: EventLeaflet, actor_id: str) -> None:
    audit.write(actor_id, "leaflet.counted", row.leaflet_id)
    outbox.commit(Fact("leaflet.counted", row.leaflet_id))


def _sealed(row: EventLeaflet, name: str) -> bytes | None:
    if not name or not keeps_name(db.session.get_one(Event, row.event_id)):
        return None
    return vault.seal(_name_key(), name, _name_aad(row))


def _name_key() -> bytes:
    """Seals who brings leaflets."""
    return vault.derive("leaflet-bringers")


def _name_aad(row: EventLeaflet) -> str:
    """What binds a sealed name to its table, row and column."""
    return f"event_leaflet|{row.event_id}.{row.leaflet_id}|brought_by"
