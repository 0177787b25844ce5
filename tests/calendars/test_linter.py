"""The linter is fed a clean feed, and the same feed broken in one place."""

from __future__ import annotations

import pytest

from tests.calendars.linter import problems

CLEAN = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Example//Example//EN
CALSCALE:GREGORIAN
NAME:All
X-WR-CALNAME:All
DESCRIPTION:All events
X-WR-CALDESC:All events
X-WR-TIMEZONE:Europe/Kyiv
LAST-MODIFIED:20260601T120000Z
URL:https://organizer.example/
REFRESH-INTERVAL;VALUE=DURATION:PT1H
X-PUBLISHED-TTL:PT1H
SOURCE;VALUE=URI:https://organizer.example/events.ics
BEGIN:VTIMEZONE
TZID:Europe/Kyiv
BEGIN:DAYLIGHT
DTSTART:19960331T030000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZNAME:EEST
TZOFFSETFROM:+0200
TZOFFSETTO:+0300
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19961027T040000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZNAME:EET
TZOFFSETFROM:+0300
TZOFFSETTO:+0200
END:STANDARD
END:VTIMEZONE
BEGIN:VTIMEZONE
TZID:UTC
BEGIN:STANDARD
DTSTART:19700101T000000
TZNAME:UTC
TZOFFSETFROM:+0000
TZOFFSETTO:+0000
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
UID:1@organizer.example
DTSTAMP:20260601T120000Z
DTSTART;TZID=Europe/Kyiv:20260701T180000
DTEND;TZID=Europe/Kyiv:20260701T200000
CREATED:20260501T120000Z
LAST-MODIFIED:20260601T120000Z
SEQUENCE:0
STATUS:CONFIRMED
SUMMARY:Vigil\\, with music
DESCRIPTION:https://organizer.example/events/1\\n\\nSpivaimo
  razom: Співаймо
URL:https://organizer.example/events/1
GEO:50.450000;30.523000
CATEGORIES:music,peace\\, now
ORGANIZER;CN="Choir, Kyiv":mailto:choir@organizer.example
CLASS:PUBLIC
TRANSP:TRANSPARENT
END:VEVENT
BEGIN:VEVENT
UID:2@organizer.example
DTSTAMP:20260601T120000Z
DTSTART;VALUE=DATE:20260701
DTEND;VALUE=DATE:20260702
CREATED:20260501T120000Z
LAST-MODIFIED:20260601T120000Z
SEQUENCE:0
STATUS:CANCELLED
SUMMARY:Cancelled: Camp
DESCRIPTION:https://organizer.example/events/2
URL:https://organizer.example/events/2
CLASS:PUBLIC
TRANSP:TRANSPARENT
END:VEVENT
END:VCALENDAR
""".replace("\n", "\r\n").encode()
TIMED = b"DTSTART;TZID=Europe/Kyiv:20260701T180000"
ENDS = b"DTEND;TZID=Europe/Kyiv:20260701T200000"
BYTES = [
    (b"VERSION:2.0\r\n", b"VERSION:2.0\n", "bare LF or CR"),
    (b"VERSION:2.0\r\n", b"VERSION:2.0\r", "bare LF or CR"),
    (b"VERSION:2.0\r\n", b"VERSION:2.0\r\n\r\n", "empty line"),
    (b"BEGIN:VCALENDAR\r\n", b"\xef\xbb\xbfBEGIN:VCALENDAR\r\n", "byte order mark"),
    (b"BEGIN:VCALENDAR\r\n", b" BEGIN:VCALENDAR\r\n", "begins with a folded line"),
    (b"END:VCALENDAR\r\n", b"END:VCALENDAR", "end with CRLF"),
    (b"Spivaimo\r\n  razom", b"Spivaimo r" + b"a" * 30 + b"zom", "has 111 octets"),
    ("Спі".encode(), "Сп".encode() + b"\xd1\r\n \x96", "not UTF-8 by itself"),
    (b"Spivaimo", b"Spiv\x07aimo", "control character"),
    (b"Spivaimo", b"Spiv\x7faimo", "control character"),
]
TEXT = [
    (b"Vigil\\,", b"Vigil,", "SUMMARY may not be"),
    (b"Vigil\\,", b"Vigil;", "SUMMARY may not be"),
    (b"Vigil\\,", b"Vigil\\", "SUMMARY may not be"),
    (b"peace\\, now", b"peace; now", "CATEGORIES may not be"),
    (b'CN="Choir, Kyiv"', b"CN=Choir, Kyiv", "a list in CN"),
    (b'CN="Choir, Kyiv"', b"CN=Choir; Kyiv", "not a content line"),
    (b'CN="Choir, Kyiv"', b"CN=Choir: Kyiv", "ORGANIZER may not be"),
    (b'CN="Choir, Kyiv"', b'CN="Choir ^Kyiv"', "unescaped ^ in CN"),
    (b"mailto:choir@organizer.example", b"Choir", "ORGANIZER may not be"),
    (b"URL:https://organizer.example/events/1", b"URL:/events/1", "URL may not be"),
    (b"URL:https://organizer.example/events/1", b"URL:https://organizer.example/a b", "URL may not be"),
    (b"50.450000;30.523000", b"50.450000,30.523000", "GEO may not be"),
    (b"STATUS:CONFIRMED", b"STATUS:POSTPONED", "STATUS may not be"),
]
CALENDAR = [
    (b"VERSION:2.0\r\n", b"", "has 0 VERSION"),
    (b"PRODID:-//Example//Example//EN\r\n", b"", "has 0 PRODID"),
    (b"VERSION:2.0\r\n", b"VERSION:2.0\r\nMETHOD:PUBLISH\r\n", "has 1 METHOD"),
    (b"VERSION:2.0\r\n", b"VERSION:2.0\r\nUID:x\r\n", "has 1 UID"),
    (b"INTERVAL;VALUE=DURATION:", b"INTERVAL:", "VALUE=DURATION"),
    (b"SOURCE;VALUE=URI:", b"SOURCE:", "VALUE=URI"),
    (b"X-WR-CALNAME:All", b"X-WR-CALNAME:None", "does not mirror NAME"),
    (b"VERSION:2.0\r\n", b"VERSION:2.0\r\nCOLOR:#ff0000\r\n", "COLOR may not be"),
    (b"END:VCALENDAR\r\n", b"END:VCALENDAR\r\nBEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "not just one VCALENDAR"),
    (b"END:VCALENDAR\r\n", b"", "does not end"),
    (b"END:VEVENT", b"END:VTODO", "ends what did not begin"),
    (b"END:VCALENDAR", b"BEGIN:VTODO\r\nEND:VTODO\r\nEND:VCALENDAR", "holds a VTODO"),
]
ZONES = [
    (b"TZID:Europe/Kyiv", b"TZID:Europe/Kiev", "TZID Europe/Kyiv has no VTIMEZONE"),
    (b"X-WR-TIMEZONE:Europe/Kyiv", b"X-WR-TIMEZONE:Asia/Tokyo", "TZID Asia/Tokyo has no VTIMEZONE"),
    (b"TZID:UTC", b"TZID:Africa/Cairo", "not sorted"),
    (b"TZID:UTC", b"TZID:Europe/Kyiv", "each once"),
    (b"RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", b"RDATE:19970330T030000", "has 1 RDATE"),
    (b"BYMONTH=3;BYDAY=-1SU", b"BYMONTH=3;BYDAY=SU;BYMONTHDAY=25", "more than a numbered weekday"),
    (b"DTSTART:19960331T030000", b"DTSTART:19960330T030000", "no day of its RRULE"),
    (b"DTSTART:19960331T030000", b"DTSTART:19960331T030000Z", "not a local time"),
    (b"TZOFFSETFROM:+0200\r\n", b"", "has 0 TZOFFSETFROM"),
    (b"TZOFFSETFROM:+0200", b"TZOFFSETFROM:+02:00", "TZOFFSETFROM may not be"),
    (b"TZOFFSETTO:+0000", b"TZOFFSETTO:-0000", "TZOFFSETTO may not be"),
]
EVENTS = [
    (b"UID:2@", b"UID:1@", "UID 1@organizer.example is there 2 times"),
    (b"UID:1@organizer.example\r\n", b"", "has 0 UID"),
    (b"DTSTAMP:20260601T120000Z\r\n", b"", "has 0 DTSTAMP"),
    (b"DTSTAMP:20260601T120000Z", b"DTSTAMP:20260602T120000Z", "DTSTAMP is not LAST-MODIFIED"),
    (b"DTSTAMP:20260601T120000Z", b"DTSTAMP:20260601T120000", "DTSTAMP may not be"),
    (b"CREATED:2026", b"CREATED:2027", "changed before it was created"),
    (TIMED, TIMED + b"Z", "has a TZID and is no local time"),
    (TIMED, b"DTSTART:20260701T180000", "floating"),
    (TIMED, b"DTSTART;TZID=Europe/Kyiv:20260701", "DTSTART may not be"),
    (TIMED, b"DTSTART;VALUE=DATE:20260701", "not alike"),
    (b"DTEND;VALUE=DATE:20260702\r\n", b"", "not alike"),
    (b"DTEND;VALUE=DATE:20260702", b"DTEND;VALUE=DATE:20260701", "DTEND is not after DTSTART"),
    (ENDS, ENDS.replace(b"T20", b"T17"), "DTEND is not after DTSTART"),
    (ENDS, b"DURATION:PT2H", "has 1 DURATION"),
    (ENDS, ENDS + b"\r\nATTENDEE:mailto:someone@organizer.example", "has 1 ATTENDEE"),
    (ENDS, ENDS + b"\r\nRRULE:FREQ=DAILY", "has 1 RRULE"),
    (ENDS, ENDS + b"\r\nBEGIN:VALARM\r\nEND:VALARM", "holds a VALARM"),
    (b"SEQUENCE:0", b"SEQUENCE:-1", "SEQUENCE may not be"),
]


def test_a_clean_feed_has_no_problem() -> None:
    assert problems(CLEAN) == []


@pytest.mark.parametrize(("clean", "broken", "problem"), [*BYTES, *TEXT, *CALENDAR, *ZONES, *EVENTS])
def test_one_fault_is_found(clean: bytes, broken: bytes, problem: str) -> None:
    assert clean in CLEAN
    assert problem in "; ".join(problems(CLEAN.replace(clean, broken, 1)))


@pytest.mark.parametrize("data", [b"", b"\r\n", b" \n"])
def test_an_empty_calendar_is_found(data: bytes) -> None:
    assert problems(data) == ["the calendar is empty"]


def test_a_file_may_lack_what_its_test_says() -> None:
    discreet = CLEAN.replace(b"URL:https://organizer.example/\r\n", b"")
    assert problems(discreet) == ["VCALENDAR has 0 URL"]
    assert problems(discreet, may_lack={"URL"}) == []


def test_zones_after_events_are_found() -> None:
    begin, end = CLEAN.index(b"BEGIN:VTIMEZONE"), CLEAN.index(b"BEGIN:VEVENT")
    moved = CLEAN[:begin] + CLEAN[end:].replace(b"END:VCALENDAR", CLEAN[begin:end] + b"END:VCALENDAR")
    assert any("do not come first" in problem for problem in problems(moved))


def test_a_feed_without_any_zone_is_found() -> None:
    begin, end = CLEAN.index(b"BEGIN:VTIMEZONE"), CLEAN.index(b"END:VCALENDAR")
    assert any("there is no VTIMEZONE" in problem for problem in problems(CLEAN[:begin] + CLEAN[end:]))
