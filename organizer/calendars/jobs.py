"""What follows in the calendars from a change of an event: its entry and the versions of its feeds, in one commit."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete, select, update
from sqlalchemy.exc import SQLAlchemyError

from organizer import clock, outbox
from organizer.calendars import rendering
from organizer.calendars.models import Feed, FeedEntry, StoredEntry
from organizer.db import db, upsert, writing
from organizer.errors import OrganizerError
from organizer.events import gate
from organizer.events.gate import Clearance
from organizer.events.models import Event
from organizer.events.rules import EVENT_FACTS
from organizer.groups.models import Group
from organizer.leaflets import attached
from organizer.outbox import Fact
from organizer.posters import queries as posters
from organizer.posters.rules import MAY_OVERTAKE

SECOND = timedelta(seconds=1)

log = structlog.get_logger()


@outbox.within(*EVENT_FACTS, "event.released", "event.leaflets_changed")
def render_entry(fact: Fact) -> None:
    """Render the entry anew and move the version of every feed that it is in, was in or comes into."""
    event = db.session.get_one(Event, fact.subject_id)
    now = clock.now()
    old_keys = set(db.session.scalars(select(FeedEntry.feed_key).where(FeedEntry.event_id == event.id)))
    new_keys = _feed_keys(event)
    feeds = _locked_feeds(old_keys | new_keys, now)
    db.session.execute(delete(FeedEntry).where(FeedEntry.event_id == event.id))
    if new_keys:
        db.session.merge(_entry(event, now))
        db.session.flush()
        db.session.add_all(FeedEntry(feed_key=key, event_id=event.id) for key in sorted(new_keys))
    else:
        db.session.execute(delete(StoredEntry).where(StoredEntry.event_id == event.id))
    for feed in feeds:
        feed.is_served = feed.key in new_keys or not feed.key.startswith("event:")
        _move(feed, now)


@outbox.within("group.changed")
def rename_feed(fact: Fact) -> None:
    """A group's feed carries its name."""
    now = clock.now()
    for feed in _locked_feeds([f"group:{db.session.get_one(Group, fact.subject_id).slug}"], now):
        _move(feed, now)


@outbox.within(*MAY_OVERTAKE)
def leave_out_overtaken(fact: Fact) -> None:
    """Let other events' entries be looked at again that offer what was made from this one, or from one of the group."""
    ids = [event_id for event_id in posters.events_with(fact.subject_id) if event_id != fact.subject_id]
    if ids:
        due = update(StoredEntry).where(StoredEntry.event_id.in_(ids))
        db.session.execute(due.values(rerender_at=clock.now()))


@outbox.each_minute
def release_due() -> None:
    """Render the entries anew whose exact spot may be shown from now on, or that may offer what was overtaken."""
    due = select(StoredEntry.event_id).where(StoredEntry.rerender_at <= clock.now())
    for event_id in list(db.session.scalars(due)):
        try:
            _render_due(event_id)
        except (OrganizerError, SQLAlchemyError) as error:  # one that fails must not keep the others waiting
            log.error("calendars.release_failed", event_id=event_id, error=type(error).__name__)


def _render_due(event_id: str) -> None:
    """Render an entry anew, unless it would read as before; what is not told by the clock alone is a change."""
    event = db.session.get_one(Event, event_id)
    with writing(lock=event):
        stored, new = db.session.get_one(StoredEntry, event_id), _entry(event, clock.now())
        if new.text == stored.text:
            stored.rerender_at = new.rerender_at
            outbox.commit()
            return
        if stored.rerender_at != gate.spot_released_at(event):
            event.touch(clock.now())
        outbox.commit(Fact("event.released", event_id))


def _entry(event: Event, now: datetime) -> StoredEntry:
    released_at = gate.spot_released_at(event)
    changed_at = event.changed_at if released_at is None or released_at > now else max(event.changed_at, released_at)
    seen = gate.visible(event, Clearance.PUBLIC, now)
    return StoredEntry(
        event_id=event.id,
        text=rendering.entry_text(seen, changed_at, attached.attachments(event.id, posters.overtaken_at(event.id))),
        zone=event.zone,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        rerender_at=gate.next_release(event, now),
    )


def _feed_keys(event: Event) -> set[str]:
    """The feeds in which the public may see the event; unlisted ones have only their own."""
    if not gate.may_see(event, Clearance.PUBLIC):
        return set()
    own = {f"event:{event.id}"}
    if not gate.is_listed(event):
        return own
    return own | {"all", f"group:{event.group.slug}", f"city:{event.city.slug}", *(f"tag:{t.slug}" for t in event.tags)}


def _move(feed: Feed, now: datetime) -> None:
    feed.version += 1
    feed.changed_at = max(now.replace(microsecond=0), feed.changed_at + SECOND)


def _locked_feeds(keys: Iterable[str], now: datetime) -> list[Feed]:
    """The feeds, made where missing, locked in the order of their keys so that two writers cannot block each other."""
    ordered = sorted(keys)
    if ordered:
        fresh = {"version": 0, "is_served": True, "changed_at": now.replace(microsecond=0) - SECOND}
        new = upsert(Feed).values([{"key": key, **fresh} for key in ordered])
        db.session.execute(new.on_conflict_do_nothing())
    return list(db.session.scalars(select(Feed).where(Feed.key.in_(ordered)).order_by(Feed.key).with_for_update()))
