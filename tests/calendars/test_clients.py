"""Real engines read a corpus of feeds, and every one of them sees every instance where it is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import cycle, islice
from zoneinfo import ZoneInfo

import pytest

from organizer.calendars import lines
from organizer.calendars.document import FeedHeader, write
from organizer.calendars.entry import Days, Entry, Hours, Status
from organizer.calendars.entry import write as write_entry
from tests.calendars.clients import READERS, Instance, moment
from tests.calendars.linter import problems
from tests.calendars.test_zones import ONE_OF_EACH_KIND

WRITTEN_AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
ZONES = (*ONE_OF_EACH_KIND, "America/Mexico_City", "America/New_York", "Europe/Berlin")
ORDINARY = Entry(
    uid="ordinary@organizer.example",
    sequence=0,
    created_at=WRITTEN_AT,
    changed_at=WRITTEN_AT,
    status=Status.CONFIRMED,
    when=Days(date(2026, 7, 1), date(2026, 7, 2)),
    summary="Vigil",
    url="https://organizer.example/events/vigil",
    description="Bring a candle.",
    location="Main square",
    geo=(50.45, 30.523),
    categories=("vigil", "peace, now"),
    organizer=("Choir; \"Kyiv\": 'us', you", "choir@organizer.example"),
    leaflets=(("Leaflet: Letters; to, prisoners (English)", "https://organizer.example/leaflets/1"),),
    attachments=(("https://organizer.example/leaflets/1.pdf", "application/pdf"),),
)


def in_every_zone(year: int) -> Iterable[Entry]:
    """One action in each half of the year in each zone, and one on the days when half the world changes its clocks."""
    days = (date(year, 1, 15), date(year, 3, 29), date(year, 7, 15), date(year, 10, 25), date(year, 11, 1))
    for zone in ZONES:
        for day in days:
            starts = datetime.combine(day, datetime.min.time()) + timedelta(hours=18)
            yield replace(
                ORDINARY, uid=f"{zone}-{day}@organizer.example", when=Hours(starts, starts + timedelta(hours=3), zone)
            )


def clock_changes() -> Iterable[Entry]:
    """Hours that are skipped, and both of those shown twice."""
    for zone, skipped, twice in (
        ("America/Los_Angeles", "2026-03-08 02:30", "2026-11-01 01:30"),
        ("Europe/Berlin", "2026-03-29 02:30", "2026-10-25 02:30"),
        ("Australia/Lord_Howe", "2026-10-04 02:15", "2026-04-05 01:45"),
    ):
        for local, fold in ((skipped, 0), (twice, 0), (twice, 1)):
            starts = datetime.fromisoformat(local)
            when = Hours(starts.replace(fold=fold), starts + timedelta(hours=5), zone)
            yield replace(ORDINARY, uid=f"{zone}-{local.replace(' ', 'T')}-{fold}@organizer.example", when=when)


def peculiar() -> Iterable[Entry]:
    evening = datetime.fromisoformat("2026-07-01 18:00")
    yield ORDINARY
    yield replace(ORDINARY, uid="several-days", when=Days(date(2026, 12, 30), date(2027, 1, 3)))
    yield replace(ORDINARY, uid="no-end", when=Hours(evening, None, "Europe/Kyiv"))
    yield replace(ORDINARY, uid="no-end-utc", when=Hours(evening, None, "UTC"))
    yield replace(ORDINARY, uid="over-midnight", when=Hours(evening, evening + timedelta(days=2), "Europe/Kyiv"))
    yield replace(ORDINARY, uid="cancelled", status=Status.CANCELLED, summary="Cancelled: Vigil", sequence=3)
    yield replace(ORDINARY, uid="postponed", status=Status.TENTATIVE, summary="Postponed: Vigil")
    yield replace(ORDINARY, uid="emoji", summary="🕯️👩‍👩‍👧‍👦 " * 20, location="🏳️‍🌈 " * 30)
    yield replace(ORDINARY, uid="rtl", summary="وقفة احتجاجية, \u200fעצרת; " * 10, description="مسيرة\n" * 200)
    yield replace(ORDINARY, uid="long", summary="solidarity" * 200, description="声援" * 2_000)
    yield replace(ORDINARY, uid="control", summary="a\x00b\x1b[31mc\x7f\x85d\u2028e\tf\rg", location="\x07")
    yield replace(ORDINARY, uid="escapes", summary=r'\n \N \\n C:\News; "a, b": c=d', categories=(r"a\,b;c",))
    yield replace(ORDINARY, uid="lines", summary="BEGIN:VEVENT", description="END:VEVENT\r\nEND:VCALENDAR\r\n")


def a_thousand() -> Iterable[Entry]:
    starts = datetime.fromisoformat("2026-06-01 19:30")
    for number, zone in enumerate(islice(cycle(ZONES), 1_000)):
        day = starts + timedelta(days=number // 3)
        when = Hours(day, day + timedelta(hours=2), zone)
        yield replace(ORDINARY, uid=f"{number}@organizer.example", summary=f"Vigil {number}", when=when)


CORPUS = {
    "zones now": list(in_every_zone(2026)),
    "zones of the yardstick's year": list(in_every_zone(2023)),
    "zones ahead": list(in_every_zone(2028)),
    "clock changes": list(clock_changes()),
    "peculiar": list(peculiar()),
    "nothing": [],
    "a thousand": list(a_thousand()),
}


def feed(entries: list[Entry]) -> bytes:
    header = FeedHeader(
        name="Choir, Kyiv",
        description="All that we do",
        url="https://organizer.example/groups/choir",
        source_url="https://organizer.example/groups/choir.ics",
        changed_at=WRITTEN_AT,
        zone="Europe/Kyiv",
        color="crimson",
    )
    zones = [entry.when.zone for entry in entries if isinstance(entry.when, Hours)]
    return write(header, map(write_entry, entries), zones)


def meant(entry: Entry) -> Instance:
    """What every client should show, by zoneinfo."""
    ends: date | None
    if isinstance(entry.when, Days):
        starts, ends = entry.when.starts_on, entry.when.until_on
    else:
        zone, wall_end = ZoneInfo(entry.when.zone), entry.when.ends_local
        starts, ends = entry.when.starts_local.replace(tzinfo=zone), wall_end and wall_end.replace(tzinfo=zone)
    return Instance(
        entry.uid, moment(starts), moment(ends) if ends else None, lines.clean(entry.summary), entry.status.value
    )


def but_for_its_fault(request: pytest.FixtureRequest, reader: str, part: str) -> None:
    """Expect the one fault that we know of in a client; the test fails once it is mended."""
    if (reader, part) == ("recurring-ical-events", "clock changes"):
        reason = "takes UTC to X-WR-TIMEZONE and forgets which of two equal hours it was"
        request.applymarker(pytest.mark.xfail(reason=reason, strict=True))


@pytest.mark.parametrize("part", CORPUS)
@pytest.mark.parametrize("reader", READERS)
def test_every_client_sees_every_instance_where_it_is(reader: str, part: str, request: pytest.FixtureRequest) -> None:
    but_for_its_fault(request, reader, part)
    assert sorted(READERS[reader](feed(CORPUS[part]))) == sorted(map(meant, CORPUS[part]))


# Home Assistant's library is left out: it takes a zone whose observances have no rule for UTC.
@pytest.mark.parametrize("part", ["zones now", "zones of the yardstick's year", "zones ahead", "clock changes"])
@pytest.mark.parametrize("reader", ["icalendar", "recurring-ical-events", "vobject", "ical.js"])
def test_clients_that_do_not_know_a_zone_read_it_in_the_feed(
    reader: str, part: str, request: pytest.FixtureRequest
) -> None:
    but_for_its_fault(request, reader, part)
    renamed = re.sub(rb"(TZID[=:])", rb"\1Unheard/Of/", feed(CORPUS[part]))
    assert sorted(READERS[reader](renamed)) == sorted(map(meant, CORPUS[part]))


@pytest.mark.parametrize("part", CORPUS)
def test_no_feed_has_what_clients_let_pass(part: str) -> None:
    assert problems(feed(CORPUS[part])) == []
