"""Reading events. What leaves here for a page has been through the gate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select

from organizer import clock, languages
from organizer.db import db, instant, peek
from organizer.events.gate import Clearance, VisibleEvent, may_see, visible
from organizer.events.models import Event, EventTag, OldSlug, Tag
from organizer.events.rules import TAKES_PLACE, Editorial, EventState, Occurrence, Visibility
from organizer.groups.models import City
from organizer.policy import Role, Viewer


@dataclass(frozen=True)
class Listing:
    """What a list is about; None does not narrow."""

    group_id: str | None = None
    city_id: str | None = None
    tag_slug: str | None = None


EVERYTHING = Listing()
IS_LISTED = (Event.editorial == Editorial.PUBLISHED, Event.visibility == Visibility.PUBLIC)


def by_address(address: str) -> Event | None:
    """The event with this slug or id, whoever asks."""
    return db.session.scalar(select(Event).where((Event.slug == address) | (Event.id == address)))


def state(address: str) -> EventState | None:
    """What decides about the event with this slug or id, by one look."""
    found = peek(
        "SELECT id, group_id, editorial, visibility, occurrence, ends_at FROM event "
        "WHERE slug = :address OR id = :address",
        address=address,
    )
    if found is None:
        return None
    event_id, group_id, editorial, visibility, occurrence, ends_at = found
    return EventState(
        id=event_id,
        group_id=group_id,
        editorial=Editorial(editorial),
        visibility=Visibility(visibility),
        occurrence=Occurrence(occurrence),
        is_over=instant(ends_at) <= clock.now(),
    )


def by_old_slug(slug: str) -> Event | None:
    """The event that this address once led to."""
    return db.session.scalar(select(Event).join(OldSlug, OldSlug.event_id == Event.id).where(OldSlug.slug == slug))


def clearance(viewer: Viewer, event: Event | EventState) -> Clearance:
    """What the viewer's role in the event's group earns."""
    if viewer.has_role(event.group_id, Role.ORGANIZER):
        return Clearance.ORGANIZER
    if viewer.has_role(event.group_id, Role.MEMBER):
        return Clearance.MEMBER
    return Clearance.PUBLIC


def upcoming(now: datetime, listing: Listing = EVERYTHING, limit: int = 50) -> list[VisibleEvent]:
    """Listed events that are not over, the soonest first, as the public may see them."""
    query = _listed(listing).where(Event.ends_at > now).order_by(Event.starts_at, Event.id).limit(limit)
    return _as_public(query, now)


def next_instead(event: VisibleEvent, now: datetime) -> VisibleEvent | None:
    """The soonest listed event that takes place, for whoever came too late or in vain for this one."""
    coming = _listed(EVERYTHING).where(Event.ends_at > now, Event.occurrence.in_(TAKES_PLACE), Event.id != event.id)
    return next(iter(_as_public(coming.order_by(Event.starts_at, Event.id).limit(1), now)), None)


def past(now: datetime, listing: Listing = EVERYTHING, limit: int = 50, offset: int = 0) -> list[VisibleEvent]:
    """Listed events that are over, the latest first, as the public may see them."""
    query = _listed(listing).where(Event.ends_at <= now).order_by(Event.ends_at.desc(), Event.id)
    return _as_public(query.limit(limit).offset(offset), now)


def latest_changed(now: datetime, listing: Listing = EVERYTHING, limit: int = 50) -> list[VisibleEvent]:
    """Listed events of any time, the last changed first, as the public may see them."""
    return _as_public(_listed(listing).order_by(Event.changed_at.desc(), Event.id).limit(limit), now)


def of_group(group_id: str, now: datetime, limit: int = 100) -> list[VisibleEvent]:
    """All events of a group in every state, the latest start first, as its organizers see them."""
    query = select(Event).where(Event.group_id == group_id).order_by(Event.starts_at.desc(), Event.id).limit(limit)
    return [visible(event, Clearance.ORGANIZER, now) for event in db.session.scalars(query)]


def seen(viewer: Viewer, event_id: str) -> VisibleEvent:
    """An event that is known to be there and to be for this viewer."""
    event = db.session.get_one(Event, event_id)
    return visible(event, clearance(viewer, event), clock.now())


def seen_by(viewer: Viewer, event: Event, language: str) -> VisibleEvent | None:
    """The event as this viewer may see it, in this language where it stands in it; None when it is not for her."""
    earned = clearance(viewer, event)
    if not may_see(event, earned):
        return None
    return visible(event, earned, clock.now()).in_language(language)


def cities_with_upcoming(now: datetime) -> Sequence[tuple[City, int]]:
    """Cities in which something listed is coming, with how many events, the fullest first."""
    count = func.count(Event.id)
    query = (
        select(City, count)
        .join(Event, Event.city_id == City.id)
        .where(*IS_LISTED, Event.ends_at > now)
        .group_by(City.id)
        .order_by(count.desc(), City.name)
        .limit(30)
    )
    return [(city, number) for city, number in db.session.execute(query)]


def tags_with_upcoming(now: datetime) -> Sequence[tuple[Tag, int]]:
    """Tags under which something listed is coming, with how many events, the fullest first."""
    count = func.count(Event.id)
    query = (
        select(Tag, count)
        .join(EventTag, EventTag.tag_slug == Tag.slug)
        .join(Event, Event.id == EventTag.event_id)
        .where(*IS_LISTED, Event.ends_at > now)
        .group_by(Tag.slug)
        .order_by(count.desc(), Tag.slug)
        .limit(30)
    )
    return [(tag, number) for tag, number in db.session.execute(query)]


def tag(slug: str) -> Tag | None:
    """A tag that stands on something listed; one that only a draft has is nobody's business."""
    listed = select(EventTag.event_id).join(Event, Event.id == EventTag.event_id).where(*IS_LISTED)
    query = select(Tag).where(Tag.slug == slug, listed.where(EventTag.tag_slug == Tag.slug).exists())
    return db.session.scalar(query)


def is_slug_taken(slug: str) -> bool:
    """Whether an event has this address now or once had it."""
    return bool(
        db.session.scalar(select(func.count()).select_from(Event).where(Event.slug == slug))
        or db.session.get(OldSlug, slug)
    )


def _listed(listing: Listing) -> Select[Event]:
    query = select(Event).where(*IS_LISTED)
    if listing.group_id is not None:
        query = query.where(Event.group_id == listing.group_id)
    if listing.city_id is not None:
        query = query.where(Event.city_id == listing.city_id)
    if listing.tag_slug is not None:
        query = query.join(EventTag, EventTag.event_id == Event.id).where(EventTag.tag_slug == listing.tag_slug)
    return query


def _as_public(query: Select[Event], now: datetime) -> list[VisibleEvent]:
    return [visible(event, Clearance.PUBLIC, now) for event in db.session.scalars(query)]


def organized(viewer: Viewer, event_id: str) -> Event | None:
    """Policy: the event, for the organizers of its group."""
    event = db.session.get(Event, event_id)
    return event if event and clearance(viewer, event) >= Clearance.ORGANIZER else None


def organized_draft(viewer: Viewer, event_id: str) -> Event | None:
    """Policy: an event that was never published, for the organizers of its group."""
    event = organized(viewer, event_id)
    return event if event and event.editorial == Editorial.DRAFT else None


def organized_notice(viewer: Viewer, event_id: str, notice_id: str) -> tuple[Event, str] | None:
    """Policy: the event and the id of one of its notices, for the organizers of its group."""
    event = organized(viewer, event_id)
    is_there = event is not None and notice_id in [notice.id for notice in event.notices]
    return (event, notice_id) if event and is_there else None


def organized_in_language(viewer: Viewer, event_id: str, code: str) -> tuple[Event, str] | None:
    """Policy: the event and a language that people write in, for the organizers of its group."""
    event = organized(viewer, event_id)
    return (event, code) if event and code in languages.WRITTEN else None
