"""What follows for answers from what happens to their event."""

from __future__ import annotations

from sqlalchemy import exists, or_, select

from organizer import clock, outbox
from organizer.copies import models as copies
from organizer.db import db
from organizer.events import rules as event_rules
from organizer.events.models import Event
from organizer.events.rules import EVENT_FACTS, TAKES_PLACE
from organizer.outbox import Fact
from organizer.rsvps import rules
from organizer.rsvps.models import Capacity, Rsvp


@outbox.within(*EVENT_FACTS, "rsvps.purged")
def keep_capacity(fact: Fact) -> None:
    """Give a new event its way of asking, by kind; move the day of the purge with the event."""
    event = db.session.get_one(Event, fact.subject_id)
    row = db.session.get(Capacity, event.id)
    if row is None:
        row = _capacity(event)
        db.session.add(row)
    _date_purge(row, event)


def _date_purge(row: Capacity, event: Event) -> None:
    """Let the purge follow the event, but never keep what was told about one that is over for longer than was said."""
    now = clock.now()
    purge_at = event_rules.purge_at(event.occurrence, event.ends_at, event.cancelled_at)
    if row.settled_at is not None and row.settled_at <= now and _is_told(event.id):
        row.purge_at = min(row.purge_at, purge_at)
        return
    row.purge_at, row.settled_at = purge_at, rules.settled_at(event.occurrence, event.ends_at, purge_at)
    if event.occurrence in TAKES_PLACE and purge_at > now:  # an event with a new date is asked for anew
        row.purged_at = None


def _is_told(event_id: str) -> bool:
    """Whether there is anything that the purge would destroy."""
    has_answers = exists().where(Rsvp.event_id == event_id)
    return db.session.scalar(select(or_(has_answers, copies.has_names(event_id)))) or False


def _capacity(event: Event) -> Capacity:
    """How a new event asks: by its kind, or as the one did that it is a copy of."""
    row = Capacity(event_id=event.id, level=rules.LEVEL_BY_KIND[event.kind], shown="0")
    source = db.session.get(Capacity, event.copied_from_id) if event.copied_from_id else None
    if source is not None:
        row.level, row.places, row.party_max = source.level, source.places, source.party_max
        row.has_public_count = source.has_public_count
        row.shown = rules.public_view(row.places, 0, has_public_count=row.has_public_count)
    return row
