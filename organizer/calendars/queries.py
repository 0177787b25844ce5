"""Reading feeds: their versions by one primary key, their texts by one join."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from flask_babel import force_locale, gettext
from sqlalchemy import select

from organizer import clock, config, vault
from organizer.calendars import addresses, atom, document, rendering, zones
from organizer.calendars.document import FeedHeader, Stored
from organizer.calendars.models import FeedEntry, StoredEntry
from organizer.db import db, instant, peek
from organizer.events import queries as events
from organizer.events.gate import VisibleEvent
from organizer.events.models import Tag
from organizer.events.queries import EVERYTHING, Listing
from organizer.events.rules import Editorial, Visibility
from organizer.groups import queries as groups
from organizer.groups.models import City, Group
from organizer.kept import Version
from organizer.policy import Viewer
from organizer.rsvps.queries import OpenedRsvp

KEPT_AFTER_END = timedelta(days=90)
AHEAD = timedelta(days=365)


@dataclass(frozen=True)
class FeedVersion:
    """A feed at its version. `bucket_at` is 00:00 UTC today, from which the window counts."""

    key: str
    version: Version
    bucket_at: datetime


@dataclass(frozen=True)
class Follow:
    """The ways to subscribe to a feed."""

    name: str
    url: str
    webcal_url: str
    google_url: str
    outlook_url: str
    atom_url: str


@dataclass(frozen=True)
class EventCalendar:
    """What an event's page offers: the entry to download, and its group's feed."""

    download_url: str
    follow: Follow


def follow(key: str, name: str) -> Follow:
    """The ways to subscribe to the feed with this key; `name` is what a calendar may call it."""
    url = addresses.feed(key)
    webcal_url = f"webcal://{url.partition('://')[2]}"
    outlook = urlencode({"url": url, "name": name})
    return Follow(
        name=name,
        url=url,
        webcal_url=webcal_url,
        google_url=f"https://calendar.google.com/calendar/r?{urlencode({'cid': webcal_url})}",
        outlook_url=f"https://outlook.live.com/calendar/0/addfromweb?{outlook}",
        atom_url=addresses.atom(key),
    )


def page_address(event: VisibleEvent) -> str:
    """The absolute address of an event's page, to share and to print."""
    return addresses.event_page(event)


def event_calendar(event: VisibleEvent) -> EventCalendar | None:
    """What the event's page offers; nothing for an event that the public may not see."""
    if event.editorial != Editorial.PUBLISHED or event.visibility == Visibility.PRIVATE:
        return None
    return EventCalendar(addresses.feed(f"event:{event.id}"), follow(f"group:{event.group_slug}", event.group_name))


def feed_version(key: str) -> FeedVersion | None:
    """The version of a feed that has ever held something, by one look-up."""
    row = peek("SELECT version, changed_at, is_served FROM feed WHERE key = :key", key=key)
    if row is None or not row[2]:
        return None
    return _version(key, row[0], row[1], clock.today())


def feed_bytes(feed: FeedVersion) -> bytes:
    """The whole feed as iCalendar: what ended less than 90 days ago or starts within a year, and fits.

    Its words are in the site's own language, whoever asks: the bytes are the same for all.
    """
    rows = _stored(feed)
    header = _header(feed, addresses.feed(feed.key), rows[0].zone if rows else "UTC")
    texts = document.within([Stored(row.starts_at, row.ends_at, row.text) for row in rows], feed.bucket_at)
    return document.write(header, texts, {row.zone for row in rows})


def _stored(feed: FeedVersion) -> list[Any]:
    """The feed's stored entries, the soonest first: those within its window, and no more of them than could fit."""
    query = (
        select(StoredEntry.event_id, StoredEntry.starts_at, StoredEntry.ends_at, StoredEntry.text, StoredEntry.zone)
        .join(FeedEntry, FeedEntry.event_id == StoredEntry.event_id)
        .where(FeedEntry.feed_key == feed.key)
    )
    if feed.key.startswith("event:"):
        return list(db.session.execute(query))
    starts_at, ends_at, bucket_at = StoredEntry.starts_at, StoredEntry.ends_at, feed.bucket_at
    over = query.where(ends_at < bucket_at, ends_at >= bucket_at - KEPT_AFTER_END).order_by(ends_at.desc())
    coming = query.where(ends_at >= bucket_at, starts_at <= bucket_at + AHEAD).order_by(starts_at, StoredEntry.event_id)
    rows = [row for part in (over, coming) for row in db.session.execute(part.limit(document.MOST_ENTRIES))]
    return sorted(rows, key=lambda row: (row.starts_at, row.event_id))


def atom_bytes(feed: FeedVersion) -> bytes:
    """The last changed events of the feed for feed readers; of any time, since it has no window."""
    listing = _listing(feed.key)
    changed = events.latest_changed(clock.now(), listing) if listing else []
    header = _header(feed, addresses.atom(feed.key), "UTC")
    return atom.write(header, config.current().default_language, changed)


def discreet_bytes(opened: OpenedRsvp) -> bytes:
    """The calendar file of one answer; its uid dies with the event's key."""
    event = opened.event
    uid = f"{vault.mac(vault.event_key(event.id), 'discreet-entry', opened.held.id)}@appointment"
    header = FeedHeader(
        name=gettext("Appointment"),
        description="",
        url="",
        source_url="",
        changed_at=event.changed_at,
        zone=event.when.zone,
    )
    return document.write(header, [rendering.discreet_text(event, uid)], [event.when.zone])


def everything(viewer: Viewer) -> FeedVersion:  # noqa: ARG001 - open to all
    """Policy: the feed of all listed events."""
    return feed_version("all") or _empty("all")


def of_group(viewer: Viewer, slug: str) -> FeedVersion | None:  # noqa: ARG001 - open to all
    """Policy: the feed of a group."""
    return feed_version(f"group:{slug}") or (_empty(f"group:{slug}") if groups.group(slug) else None)


def of_city(viewer: Viewer, slug: str) -> FeedVersion | None:  # noqa: ARG001 - open to all
    """Policy: the feed of a city."""
    return feed_version(f"city:{slug}") or (_empty(f"city:{slug}") if groups.city(slug) else None)


def of_tag(viewer: Viewer, slug: str) -> FeedVersion | None:  # noqa: ARG001 - open to all
    """Policy: the feed of a tag."""
    return feed_version(f"tag:{slug}") or (_empty(f"tag:{slug}") if events.tag(slug) else None)


def of_event(viewer: Viewer, address: str) -> FeedVersion | None:  # noqa: ARG001 - open to all
    """Policy: the feed of one event that the public may see, by id, slug or a slug that it once had."""
    found = feed_version(f"event:{address}")
    if found is None:
        event = events.by_address(address) or events.by_old_slug(address)
        found = feed_version(f"event:{event.id}") if event else None
    return found


def _header(feed: FeedVersion, source_url: str, zone: str) -> FeedHeader:
    site_name = config.current().site_name
    found = _subject(feed.key)
    with force_locale(config.current().default_language):
        description = gettext("Public actions, as their organizers announce them")
    return FeedHeader(
        name=f"{site_name}: {found.name}" if found else site_name,
        description=description,
        url=addresses.feed_page(feed.key),
        source_url=source_url,
        changed_at=feed.version.changed_at,
        zone=zone,
    )


def _subject(key: str) -> City | Group | Tag | None:
    """Whose feed it is; nobody's for that of all events and for that of one."""
    kind, _, name = key.partition(":")
    if kind == "group":
        return groups.group(name)
    if kind == "city":
        return groups.city(name)
    return events.tag(name) if kind == "tag" else None


def _listing(key: str) -> Listing | None:
    """What the lists beside a feed hold; None when its subject is gone."""
    match _subject(key):
        case Group() as group:
            return Listing(group_id=group.id)
        case City() as city:
            return Listing(city_id=city.id)
        case Tag() as tag:
            return Listing(tag_slug=tag.slug)
    return EVERYTHING if key == "all" else None


def _empty(key: str) -> FeedVersion:
    return _version(key, 0, datetime(1970, 1, 1, tzinfo=UTC), clock.today())


@lru_cache(maxsize=1000)
def _version(key: str, number: int, changed_at: str | datetime, today: date) -> FeedVersion:
    """Kept, since it is asked for with every fetch and seldom another one."""
    bucket_at = datetime.combine(today, time(), UTC)
    tag = f"{number}-{document.SERIALIZER_VERSION}-{zones.tzdata_version()}-{bucket_at:%Y%m%d}"
    return FeedVersion(key, Version(tag, max(instant(changed_at), bucket_at)), bucket_at)
