"""One event as a calendar entry: a VEVENT text. Pure; equal entries give equal text, in any process.

An entry holds only what the PUBLIC may see. Words that need a language come translated: the caller puts "Cancelled: "
or "Postponed: " before the summary (some clients hide STATUS, Google hides cancelled entries), and a postponed event
stays at its old time as TENTATIVE.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from urllib.parse import quote
from zoneinfo import ZoneInfo

from organizer.calendars import lines

DESCRIPTION_CHARACTERS = 1_000
_DESCRIPTION = re.compile("^DESCRIPTION:(?:[^\r]|\r\n )*\r\n", re.MULTILINE)


class Status(StrEnum):
    CONFIRMED = "CONFIRMED"
    TENTATIVE = "TENTATIVE"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True)
class Days:
    """Whole days. `until_on` is the first day after them."""

    starts_on: date
    until_on: date


@dataclass(frozen=True)
class Hours:
    """Naive wall times in an IANA zone; `fold=1` is the second time that the clock shows an hour.

    `ends_local` is later than the start, None when nobody knows it.
    """

    starts_local: datetime
    ends_local: datetime | None
    zone: str


@dataclass(frozen=True)
class Entry:
    """What one VEVENT says.

    `created_at`, `changed_at`: aware. `geo`: latitude, longitude in degrees. `organizer`: name and address that the
    group made public. `leaflets`: words and the page's address of each; `attachments`: address and media type of their
    files. Empty texts and tuples are left out; only a discreet entry has no `url`.
    """

    uid: str
    sequence: int
    created_at: datetime
    changed_at: datetime
    status: Status
    when: Days | Hours
    summary: str
    url: str = ""
    description: str = ""
    location: str = ""
    geo: tuple[float, float] | None = None
    categories: tuple[str, ...] = ()
    organizer: tuple[str, str] | None = None
    leaflets: tuple[tuple[str, str], ...] = ()
    attachments: tuple[tuple[str, str], ...] = ()


def write(entry: Entry) -> str:
    """Return the entry as CRLF text from BEGIN:VEVENT to END:VEVENT.

    DTSTAMP is the last change, not now: RFC 5545 §3.8.7.2, no METHOD. No VALARM and no ATTENDEE, ever: a feed neither
    rings on strangers' phones nor tells who comes. TRANSP is TRANSPARENT because who follows a feed is not thereby
    busy.
    """
    properties = [
        lines.text("UID", entry.uid),
        lines.utc("DTSTAMP", entry.changed_at),
        *_times(entry.when),
        lines.utc("CREATED", entry.created_at),
        lines.utc("LAST-MODIFIED", entry.changed_at),
        lines.line("SEQUENCE", str(entry.sequence)),
        lines.line("STATUS", entry.status),
        lines.text("SUMMARY", entry.summary),
        *_told(entry),
        *_place(entry),
        *([lines.uri("URL", entry.url)] if entry.url else []),
        *([lines.texts("CATEGORIES", entry.categories)] if entry.categories else []),
        *_organizer(entry.organizer),
        *(lines.uri("ATTACH", url, FMTTYPE=media_type) for url, media_type in entry.attachments),
        lines.line("CLASS", "PUBLIC"),
        lines.line("TRANSP", "TRANSPARENT"),
    ]
    return f"BEGIN:VEVENT\r\n{''.join(properties)}END:VEVENT\r\n"


def shorten(text: str) -> str:
    """Return a written entry with nothing but the page's address as its description.

    Taken from the text itself, so that only one text per event is stored.
    """
    return _DESCRIPTION.sub(lambda found: _address_only(found[0]), text, count=1)


def _address_only(description: str) -> str:
    unfolded = description.replace("\r\n ", "").removesuffix("\r\n")
    address = unfolded.removeprefix("DESCRIPTION:").split("\\n", 1)[0]
    return lines.line("DESCRIPTION", address)


def _times(when: Days | Hours) -> list[str]:
    """Return DTSTART and DTEND.

    When nobody knows the end there is no DTEND: an invented one would be read as a promise. Clients show the start.
    """
    if isinstance(when, Days):
        return [
            lines.line("DTSTART", f"{when.starts_on:%Y%m%d}", VALUE="DATE"),
            lines.line("DTEND", f"{when.until_on:%Y%m%d}", VALUE="DATE"),
        ]
    zone = ZoneInfo(when.zone)
    # By way of UTC, so that a time which the clock skips becomes the one that it shows instead.
    walls = {
        name: local.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)
        for name, local in (("DTSTART", when.starts_local), ("DTEND", when.ends_local))
        if local
    }
    # Of an hour shown twice a local time means the first (RFC 5545 §3.3.5), but Thunderbird takes the second.
    if any(map(_is_shown_twice, walls.values())):
        return [lines.utc(name, wall) for name, wall in walls.items()]
    return [lines.line(f"{name};TZID={when.zone}", f"{wall:%Y%m%dT%H%M%S}") for name, wall in walls.items()]


def _is_shown_twice(wall: datetime) -> bool:
    return wall.replace(fold=0).utcoffset() != wall.replace(fold=1).utcoffset()


def _told(entry: Entry) -> list[str]:
    description = _description(entry)
    return [lines.text("DESCRIPTION", description)] if description else []


def _description(entry: Entry) -> str:
    """Return the page's address first, since clients show it where they hide URL, and leaflets last, for ATTACH."""
    leaflets = "\n".join(f"{_one_line(words)}\n{url}" for words, url in entry.leaflets)
    return "\n\n".join(part for part in (entry.url, _cut(entry.description), leaflets) if part)


def _cut(text: str) -> str:
    """Return at most DESCRIPTION_CHARACTERS of the text, ended at a word."""
    text = lines.clean(text).strip()
    if len(text) <= DESCRIPTION_CHARACTERS:
        return text
    start = text[:DESCRIPTION_CHARACTERS]
    at_word = re.sub(r"\s+\S*$", "", start)
    return f"{at_word} …"


def _place(entry: Entry) -> list[str]:
    place = [lines.text("LOCATION", entry.location)] if entry.location else []
    if entry.geo is None:
        return place
    latitude, longitude = (f"{round(degrees, 6) + 0.0:.6f}" for degrees in entry.geo)
    title = _one_line(entry.location)
    return [
        *place,
        lines.line("GEO", f"{latitude};{longitude}"),
        lines.line("X-APPLE-STRUCTURED-LOCATION", f"geo:{latitude},{longitude}", VALUE="URI", X_TITLE=title),
    ]


def _organizer(organizer: tuple[str, str] | None) -> list[str]:
    if organizer is None:
        return []
    name, address = organizer
    return [lines.line("ORGANIZER", f"mailto:{quote(address, safe='@+')}", CN=_one_line(name))]


def _one_line(text: str) -> str:
    return " ".join(lines.clean(text).split())
