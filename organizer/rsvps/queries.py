"""Reading answers: counts for pages, and what one secret link opens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import or_, select

from organizer import clock, vault
from organizer.accounts import links
from organizer.copies import models as copies
from organizer.db import db, peek
from organizer.events import queries as events
from organizer.events.gate import Clearance, VisibleEvent, may_see, visible
from organizer.events.models import Event
from organizer.events.rules import Editorial, EventState
from organizer.policy import Viewer
from organizer.rsvps import rules
from organizer.rsvps.models import Capacity, Counter, Rsvp
from organizer.rsvps.rules import Availability, Coming, Level

LINK_COOKIE = "answer"


@dataclass(frozen=True)
class Tally:
    """What organizers see of an event's answers, in people; after the purge only the rounded total.

    `is_asked` is also true where answers came before nothing was asked any more.
    """

    is_asked: bool
    going: int
    maybe: int
    places: int | None
    deleted_on: date
    is_emptied: bool
    total_rounded: int | None


@dataclass(frozen=True)
class Asking:
    """What an event's page says about answering; `count` is the public step, 0 for none."""

    level: Level
    availability: Availability
    count: int
    can_answer: bool
    deleted_on: date


@dataclass(frozen=True)
class Held:
    """All that is held about one answer, opened for whoever has its link or organizes the event."""

    id: str
    number: int
    coming: Coming
    party_size: int
    nickname: str
    answered_on: date
    is_set_aside: bool


@dataclass(frozen=True)
class OpenedRsvp:
    """An answer reached by its secret link, with the event as far as the answer opens it."""

    rsvp: Rsvp
    held: Held
    event: VisibleEvent
    link_token: str


class Asks(NamedTuple):
    """Of how an event asks, what decides whether answers are taken."""

    level: str
    is_open: bool
    purged_at: object


def capacity(event_id: str) -> Capacity:
    """How the event asks; every event has one from its creation."""
    return db.session.get_one(Capacity, event_id)


def asks(event_id: str) -> Asks:
    """Whether the event asks at all, by one look."""
    found = peek("SELECT level, is_open, purged_at FROM capacity WHERE event_id = :event_id", event_id=event_id)
    return Asks(*found) if found else Asks(Level.NONE, is_open=False, purged_at=None)


def asking(event: VisibleEvent) -> Asking:
    """What the event's page says about answering."""
    row = capacity(event.id)
    return Asking(
        level=row.level,
        availability=rules.availability(row.places, row.going),
        count=rules.public_count(row.going) if row.has_public_count else 0,
        can_answer=can_answer(event, row),
        deleted_on=row.purge_at.date(),
    )


def can_answer(event: VisibleEvent | EventState, row: Capacity | Counter | Asks) -> bool:
    """Whether new answers are taken now, places aside."""
    is_coming = event.editorial == Editorial.PUBLISHED and event.takes_place and not event.is_over
    return is_coming and row.is_open and row.level != Level.NONE and row.purged_at is None


def availabilities(event_ids: Sequence[str]) -> dict[str, str]:
    """free, few or full by event id, in one query; events without a limit are left out."""
    query = select(Capacity.event_id, Capacity.places, Capacity.going).where(
        Capacity.event_id.in_(event_ids), Capacity.places.is_not(None)
    )
    return {event_id: rules.availability(places, going).value for event_id, places, going in db.session.execute(query)}


def tallies(event_ids: Sequence[str]) -> dict[str, Tally]:
    """People by event id, for the organizers, in one query."""
    query = select(Capacity).where(Capacity.event_id.in_(event_ids))
    return {row.event_id: _tally(row) for row in db.session.scalars(query)}


def held_answers(event_id: str, before: int | None = None, limit: int = 200) -> list[Held]:
    """An event's answers for its organizers, the newest first, nicknames opened; `before` is a number to go on from."""
    query = select(Rsvp).where(Rsvp.event_id == event_id).order_by(Rsvp.number.desc()).limit(limit)
    if before is not None:
        query = query.where(Rsvp.number < before)
    if not vault.has_event_key(event_id):
        return []
    key = vault.event_key(event_id)
    return [_held(rsvp, key) for rsvp in db.session.scalars(query)]


def batches(event_id: str) -> Sequence[int]:
    """The batches of answers that are set aside, the newest first."""
    query = select(Rsvp.set_aside).where(Rsvp.event_id == event_id, Rsvp.set_aside.is_not(None)).distinct()
    return sorted((number for number in db.session.scalars(query) if number is not None), reverse=True)


def due_for_purge(now: datetime) -> Sequence[str]:
    """Ids of events whose answers, or names of who brings leaflets, may be kept no longer."""
    is_owed = or_(Capacity.purged_at.is_(None), copies.has_names(Capacity.event_id))
    query = select(Capacity.event_id).where(Capacity.purge_at <= now, is_owed)
    return list(db.session.scalars(query.order_by(Capacity.purge_at)))


def link_token(rsvp: Rsvp) -> str:
    """What stands behind /r/: derived from the event's key, so it is stored nowhere and dies with the key."""
    return link_token_with(vault.event_key(rsvp.event_id), rsvp.id, rsvp.generation)


def link_token_with(key: bytes, rsvp_id: str, generation: int = 0) -> str:
    """The same, for whoever has the event's key at hand."""
    return f"{rsvp_id}.{vault.mac(key, 'rsvp-link', rsvp_id, str(generation))}"


def answerable(viewer: Viewer, address: str) -> EventState | None:
    """Policy: a published event that the viewer may see."""
    event = events.state(address)
    if event is None or event.editorial != Editorial.PUBLISHED:
        return None
    return event if may_see(event, events.clearance(viewer, event)) else None


def by_token(viewer: Viewer, token: str) -> OpenedRsvp | None:  # noqa: ARG001 - the link alone decides
    """Policy: the answer that a secret link leads to, None for a forged, void or purged one."""
    rsvp_id, _, given = token.partition(".")
    rsvp = db.session.get(Rsvp, rsvp_id)
    if rsvp is None or not vault.has_event_key(rsvp.event_id):
        return None
    expected = link_token(rsvp)
    if not vault.same(expected, f"{rsvp_id}.{given}"):
        return None
    event = db.session.get_one(Event, rsvp.event_id)
    earned = Clearance.ANSWERED if rsvp.set_aside is None else Clearance.PUBLIC
    seen = visible(event, earned, clock.now())
    return OpenedRsvp(rsvp, _held(rsvp, vault.event_key(rsvp.event_id)), seen, expected)


def by_cookie(viewer: Viewer, rsvp_id: str) -> OpenedRsvp | None:
    """Policy: the answer whose secret link this browser has opened."""
    token = links.sent(LINK_COOKIE, rsvp_id)
    return by_token(viewer, token) if token else None


def nickname_aad(rsvp_id: str) -> str:
    """What binds a sealed nickname to its table, row and column."""
    return f"rsvp|{rsvp_id}|nickname"


def _tally(row: Capacity) -> Tally:
    return Tally(
        is_asked=row.level != Level.NONE or row.going + row.maybe > 0,
        going=row.going,
        maybe=row.maybe,
        places=row.places,
        deleted_on=row.purge_at.date(),
        is_emptied=row.purged_at is not None,
        total_rounded=row.total_rounded,
    )


def _held(rsvp: Rsvp, key: bytes) -> Held:
    sealed = rsvp.nickname
    return Held(
        id=rsvp.id,
        number=rsvp.number,
        coming=rsvp.coming,
        party_size=rsvp.party_size,
        nickname=_nickname(rsvp.id, sealed, key) if sealed else "",
        answered_on=rsvp.answered_on,
        is_set_aside=rsvp.set_aside is not None,
    )


def _nickname(rsvp_id: str, sealed: bytes, key: bytes) -> str:
    try:
        return vault.open_sealed(key, sealed, nickname_aad(rsvp_id))
    except vault.Unreadable:  # sealed by the key before, which no backup has: the event has another one since
        return ""


def organized_batch(viewer: Viewer, event_id: str, batch: int) -> tuple[Event, int] | None:
    """Policy: the event and the number of a batch, for the organizers of its group."""
    event = events.organized(viewer, event_id)
    return (event, batch) if event else None
