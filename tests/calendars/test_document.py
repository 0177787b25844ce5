from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import perf_counter

import pytest

from organizer.calendars.document import ENTRIES_BYTES, FeedHeader, Stored, within, write
from organizer.calendars.entry import Entry, Hours, Status, shorten
from organizer.calendars.entry import write as write_entry
from organizer.calendars.zones import vtimezone
from tests.calendars.linter import problems

NOW = datetime(2026, 6, 1, tzinfo=UTC)
DAY = timedelta(days=1)
HEADER = FeedHeader(
    name="Oakland, and around",
    description="What is on;\nall of it",
    url="https://organizer.example/cities/oakland-ca-us",
    source_url="https://organizer.example/cities/oakland-ca-us.ics",
    changed_at=datetime(2026, 5, 31, 12, 0, 1, tzinfo=UTC),
    zone="America/Los_Angeles",
)


def entry_text(number: int, zone: str = "America/Los_Angeles", words: int = 100) -> str:
    starts_local = datetime.fromisoformat("2026-06-01 18:00") + timedelta(days=number)
    return write_entry(
        Entry(
            uid=f"{number}@organizer.example",
            sequence=0,
            created_at=NOW,
            changed_at=NOW,
            status=Status.CONFIRMED,
            when=Hours(starts_local, starts_local + timedelta(hours=2), zone),
            summary=f"Vigil {number}",
            url=f"https://organizer.example/events/{number}",
            description="word " * words,
        )
    )


def stored(number: int, text: str) -> Stored:
    """An entry that starts `number` days from NOW."""
    return Stored(NOW + number * DAY, NOW + number * DAY + timedelta(hours=2), text)


def test_an_empty_feed_still_holds_its_zone() -> None:
    zone = vtimezone("America/Los_Angeles").splitlines()
    assert write(HEADER, [], []).decode().split("\r\n") == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Organizer//Calendars//EN",
        "CALSCALE:GREGORIAN",
        r"NAME:Oakland\, and around",
        r"X-WR-CALNAME:Oakland\, and around",
        r"DESCRIPTION:What is on\;\nall of it",
        r"X-WR-CALDESC:What is on\;\nall of it",
        "X-WR-TIMEZONE:America/Los_Angeles",
        "LAST-MODIFIED:20260531T120001Z",
        "URL:https://organizer.example/cities/oakland-ca-us",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
        "SOURCE;VALUE=URI:https://organizer.example/cities/oakland-ca-us.ics",
        *zone,
        "END:VCALENDAR",
        "",
    ]
    assert problems(write(HEADER, [], [])) == []


def test_a_feed_is_its_header_its_zones_sorted_and_its_entries_in_their_order() -> None:
    entries = [entry_text(2, "Europe/Kyiv"), entry_text(1), entry_text(3, "Asia/Tokyo")]
    feed = write(HEADER, entries, ["Europe/Kyiv", "America/Los_Angeles", "Asia/Tokyo", "Europe/Kyiv"])
    text = feed.decode()
    assert re.findall("TZID:(.*)\r", text) == ["America/Los_Angeles", "Asia/Tokyo", "Europe/Kyiv"]
    assert text.endswith("".join(entries) + "END:VCALENDAR\r\n")
    assert problems(feed) == []


def test_a_feed_may_have_a_color() -> None:
    feed = write(replace(HEADER, color="firebrick"), [], [])
    assert b"COLOR:firebrick\r\n" in feed
    assert problems(feed) == []


def test_the_same_facts_give_the_same_bytes_in_any_order_of_zones() -> None:
    entries = [entry_text(1), entry_text(2, "Asia/Tokyo")]
    one = write(HEADER, entries, ["Asia/Tokyo", "America/Los_Angeles"])
    other = write(replace(HEADER), iter(entries), {"America/Los_Angeles", "Asia/Tokyo"})
    assert one == other


def test_a_feed_of_a_thousand_entries_is_a_join() -> None:
    entries, zones = [entry_text(number) for number in range(1000)], ["America/Los_Angeles"] * 1000
    write(HEADER, entries, zones)
    seconds = []
    for _ in range(10):
        begun = perf_counter()
        write(HEADER, entries, zones)
        seconds.append(perf_counter() - begun)
    assert min(seconds) <= 0.005


def test_what_fits_stays_whole() -> None:
    entries = [stored(number, entry_text(number)) for number in (3, -3, 1)]
    assert within(entries, NOW) == [entry.text for entry in entries]
    assert within([], NOW) == []


def sizes(texts: list[str]) -> int:
    return sum(len(text.encode()) for text in texts)


def test_past_entries_go_first_and_the_oldest_of_them_before_others() -> None:
    entries = [stored(number, entry_text(number)) for number in (1, -1, 2, -9, -5)]
    limit = sizes([entry.text for entry in entries]) - 1
    assert within(entries, NOW, limit) == [entries[place].text for place in (0, 1, 2, 4)]
    limit = sizes([entries[0].text, entries[2].text])
    assert within(entries, NOW, limit) == [entries[0].text, entries[2].text]


def test_descriptions_go_next_from_the_furthest_ahead() -> None:
    entries = [stored(number, entry_text(number)) for number in (2, -1, 1)]
    limit = sizes([entries[0].text, entries[2].text]) - 1
    assert within(entries, NOW, limit) == [shorten(entries[0].text), entries[2].text]


def test_the_furthest_ahead_go_last() -> None:
    entries = [stored(number, entry_text(number)) for number in (3, 1, -1, 2)]
    soonest = [shorten(entries[1].text), shorten(entries[3].text)]
    assert within(entries, NOW, sizes(soonest)) == soonest
    assert within(entries, NOW, 0) == []


@pytest.mark.parametrize("count", [1_000, 3_000])
def test_a_feed_of_long_entries_in_many_bytes_a_character_stays_under_900_kb(count: int) -> None:
    long = [stored(number, entry_text(number).replace("word", "слово")) for number in range(count)]
    feed = write(HEADER, within(long, NOW), ["America/Los_Angeles", "America/Santiago", "Asia/Gaza"])
    assert ENTRIES_BYTES - 2_000 < len(feed) <= 900_000


def test_what_was_shortened_is_still_a_clean_feed() -> None:
    entries = [stored(number, entry_text(number)) for number in range(50)]
    kept = within(entries, NOW, 30_000)
    assert problems(write(HEADER, kept, [])) == []
    assert len(kept) == 50
