"""A feed as one iCalendar object: a header, its zones, and the texts of entries that were written before.

No METHOD: with it DTSTAMP would mean "now" and ORGANIZER be mandatory. No calendar UID: vdirsyncer would take the
feed for one item.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from organizer.calendars import lines
from organizer.calendars.entry import shorten
from organizer.calendars.zones import vtimezone

# Part of every feed's ETag: raised when the same facts give other bytes.
SERIALIZER_VERSION = 1
# Google's limit is 1 MB and ours 900 kB, of which the header and a few zones need some.
ENTRIES_BYTES = 880_000
# No entry is smaller than 250 bytes, so that of more than these the furthest can never be in a feed.
MOST_ENTRIES = ENTRIES_BYTES // 250


@dataclass(frozen=True)
class FeedHeader:
    """What a feed says of itself.

    `url` is its page, `source_url` its own canonical address. `changed_at` is aware. `color` is a CSS3 name, as RFC
    7986 wants. `zone` is where its readers are taken to be; an empty feed still holds it.
    Empty texts are left out: a discreet file does not say where it comes from.
    """

    name: str
    description: str
    url: str
    source_url: str
    changed_at: datetime
    zone: str
    color: str | None = None


class Stored(NamedTuple):
    """A written entry and its times (aware)."""

    starts_at: datetime
    ends_at: datetime
    text: str


def write(feed: FeedHeader, entries: Iterable[str], zones: Iterable[str]) -> bytes:
    """Return the feed as UTF-8; equal arguments give equal bytes.

    `zones` are the IANA names that the entries use, in any order, more than once or not.
    """
    vtimezones = map(vtimezone, sorted({feed.zone, *zones}))
    return "".join([_header(feed), *vtimezones, *entries, "END:VCALENDAR\r\n"]).encode()


def within(entries: Sequence[Stored], now: datetime, limit_bytes: int = ENTRIES_BYTES) -> list[str]:
    """Return the texts, in their order, that fit into `limit_bytes` of UTF-8.

    What is least missed goes first: entries ended before `now`, the oldest first; then descriptions, from the furthest
    ahead; then the furthest ahead themselves. `now` is the window's bucket, so that a feed stays the same all day.
    """
    texts = [entry.text for entry in entries]
    surplus = sum(map(_size, texts)) - limit_bytes
    for place, text in _sacrifices(entries, now):
        if surplus <= 0:
            break
        surplus -= _size(texts[place]) - _size(text)
        texts[place] = text
    return [text for text in texts if text]


def _sacrifices(entries: Sequence[Stored], now: datetime) -> Iterator[tuple[int, str]]:
    """Yield whose text to replace by what, the least missed first."""
    places = range(len(entries))
    oldest_first = sorted(places, key=lambda place: entries[place].ends_at)
    furthest_first = sorted(places, key=lambda place: entries[place].starts_at, reverse=True)
    past = {place for place in places if entries[place].ends_at < now}
    yield from ((place, "") for place in oldest_first if place in past)
    yield from ((place, shorten(entries[place].text)) for place in furthest_first if place not in past)
    yield from ((place, "") for place in furthest_first)


def _size(text: str) -> int:
    return len(text.encode())


def _header(feed: FeedHeader) -> str:
    properties = [
        lines.line("VERSION", "2.0"),
        lines.text("PRODID", "-//Organizer//Calendars//EN"),
        lines.line("CALSCALE", "GREGORIAN"),
        lines.text("NAME", feed.name),
        lines.text("X-WR-CALNAME", feed.name),
        *([lines.text("DESCRIPTION", feed.description)] if feed.description else []),
        *([lines.text("X-WR-CALDESC", feed.description)] if feed.description else []),
        lines.line("X-WR-TIMEZONE", feed.zone),
        lines.utc("LAST-MODIFIED", feed.changed_at),
        *([lines.uri("URL", feed.url)] if feed.url else []),
        lines.line("REFRESH-INTERVAL", "PT1H", VALUE="DURATION"),
        lines.line("X-PUBLISHED-TTL", "PT1H"),
        *([lines.uri("SOURCE", feed.source_url, VALUE="URI")] if feed.source_url else []),
        *([lines.line("COLOR", feed.color)] if feed.color else []),
    ]
    return f"BEGIN:VCALENDAR\r\n{''.join(properties)}"
