from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import icalendar
import pytest
import vobject
from hypothesis import example, given, settings
from hypothesis import strategies as st

from organizer.calendars import lines
from organizer.calendars.document import FeedHeader
from organizer.calendars.document import write as write_document
from organizer.calendars.entry import Days, Entry, Hours, Status, shorten, write
from tests.calendars.linter import problems
from tests.calendars.processes import printed

wall = datetime.fromisoformat
LEAFLETING = Entry(
    uid="4f2kq7@organizer.example",
    sequence=2,
    created_at=datetime(2023, 1, 2, 9, 30, tzinfo=UTC),
    changed_at=datetime(2023, 1, 19, 8, 0, 5, tzinfo=timezone(timedelta(hours=-8))),
    status=Status.CONFIRMED,
    when=Hours(wall("2023-01-21 10:00"), wall("2023-01-21 13:00"), "America/Los_Angeles"),
    summary="Leafleting, with tea; come!",
    url="https://organizer.example/events/e1",
    description="We hand out leaflets.\nBring a friend.",
    location="Farmers' market\nOakland",
    geo=(37.8, -122.2727),
    categories=("solidarity", "one, two"),
    organizer=('East Bay "Friends"', "friends@organizer.example"),
    leaflets=(("Leaflet: How to write (English)", "https://organizer.example/l1"),),
    attachments=(("https://organizer.example/l1.pdf", "application/pdf"),),
)
HEADER = FeedHeader(
    name="All",
    description="Everything",
    url="https://organizer.example/",
    source_url="https://organizer.example/events.ics",
    changed_at=datetime(2023, 1, 19, 16, 0, 5, tzinfo=UTC),
    zone="America/Los_Angeles",
)


def unfolded(text: str) -> list[str]:
    return text.replace("\r\n ", "").split("\r\n")[:-1]


def value(text: str, name: str) -> str:
    """The one property of that name, with its parameters."""
    (found,) = [line for line in unfolded(text) if re.match(rf"{name}[;:]", line)]
    return found.removeprefix(name).removeprefix(":")


def feed(entry: Entry) -> bytes:
    return write_document(HEADER, [write(entry)], [entry.when.zone] if isinstance(entry.when, Hours) else [])


def read_by_icalendar(data: bytes) -> icalendar.Event:
    (event,) = icalendar.Calendar.from_ical(data).walk("VEVENT")
    assert isinstance(event, icalendar.Event)
    return event


def test_an_entry_says_everything_once() -> None:
    assert unfolded(write(LEAFLETING)) == [
        "BEGIN:VEVENT",
        "UID:4f2kq7@organizer.example",
        "DTSTAMP:20230119T160005Z",
        "DTSTART;TZID=America/Los_Angeles:20230121T100000",
        "DTEND;TZID=America/Los_Angeles:20230121T130000",
        "CREATED:20230102T093000Z",
        "LAST-MODIFIED:20230119T160005Z",
        "SEQUENCE:2",
        "STATUS:CONFIRMED",
        r"SUMMARY:Leafleting\, with tea\; come!",
        (
            r"DESCRIPTION:https://organizer.example/events/e1\n\nWe hand out leaflets.\nBring a friend.\n\n"
            r"Leaflet: How to write (English)\nhttps://organizer.example/l1"
        ),
        r"LOCATION:Farmers' market\nOakland",
        "GEO:37.800000;-122.272700",
        'X-APPLE-STRUCTURED-LOCATION;VALUE=URI;X-TITLE="Farmers\' market Oakland":geo:37.800000,-122.272700',
        "URL:https://organizer.example/events/e1",
        r"CATEGORIES:solidarity,one\, two",
        "ORGANIZER;CN=\"East Bay ^'Friends^'\":mailto:friends@organizer.example",
        "ATTACH;FMTTYPE=application/pdf:https://organizer.example/l1.pdf",
        "CLASS:PUBLIC",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def test_what_is_not_known_is_left_out() -> None:
    bare = replace(
        LEAFLETING, description="", location="", geo=None, categories=(), organizer=None, leaflets=(), attachments=()
    )
    text = write(bare)
    assert value(text, "DESCRIPTION") == bare.url
    for name in ("LOCATION", "GEO", "X-APPLE", "CATEGORIES", "ORGANIZER", "ATTACH"):
        assert name not in text
    assert problems(feed(bare)) == []


def test_a_discreet_file_tells_a_time_and_a_place_and_no_address() -> None:
    entry = Entry(
        uid="1@appointment",
        sequence=0,
        created_at=LEAFLETING.created_at,
        changed_at=LEAFLETING.changed_at,
        status=Status.CONFIRMED,
        when=LEAFLETING.when,
        summary="Appointment",
        location="Main square",
    )
    header = replace(HEADER, name="Appointment", description="", url="", source_url="")
    data = write_document(header, [write(entry)], [HEADER.zone])
    assert b"DESCRIPTION" not in data
    assert b"http" not in data
    assert problems(data, may_lack={"DESCRIPTION", "URL", "SOURCE"}) == []


def test_whole_days_end_on_the_day_after() -> None:
    text = write(replace(LEAFLETING, when=Days(date(2026, 5, 1), date(2026, 5, 4))))
    assert value(text, "DTSTART") == ";VALUE=DATE:20260501"
    assert value(text, "DTEND") == ";VALUE=DATE:20260504"


def test_nobody_promises_an_end_that_is_not_known() -> None:
    text = write(replace(LEAFLETING, when=Hours(wall("2026-05-01 18:00"), None, "Europe/Kyiv")))
    assert value(text, "DTSTART") == ";TZID=Europe/Kyiv:20260501T180000"
    assert "DTEND" not in text


@pytest.mark.parametrize(
    ("local", "written"),
    [
        pytest.param(wall("2026-03-08 02:30"), ";TZID=America/New_York:20260308T033000", id="skipped"),
        pytest.param(wall("2026-11-01 01:30"), ":20261101T053000Z", id="first"),
        pytest.param(wall("2026-11-01 01:30").replace(fold=1), ":20261101T063000Z", id="second"),
        pytest.param(
            wall("2026-11-01 03:30").replace(fold=1), ";TZID=America/New_York:20261101T033000", id="shown once"
        ),
    ],
)
def test_an_hour_that_is_skipped_or_shown_twice_is_one_instant(local: datetime, written: str) -> None:
    text = write(replace(LEAFLETING, when=Hours(local, None, "America/New_York")))
    assert f"DTSTART{written}\r\n" in text


def test_an_end_in_an_hour_shown_twice_brings_the_start_to_utc_too() -> None:
    vigil = Hours(wall("2026-11-01 00:30"), wall("2026-11-01 01:15").replace(fold=1), "America/New_York")
    text = write(replace(LEAFLETING, when=vigil))
    assert "DTSTART:20261101T043000Z\r\nDTEND:20261101T061500Z\r\n" in text


def test_a_time_in_utc_has_its_zone_as_any_other() -> None:
    entry = replace(LEAFLETING, when=Hours(wall("2026-05-01 18:00"), None, "UTC"))
    assert value(write(entry), "DTSTART") == ";TZID=UTC:20260501T180000"
    assert problems(feed(entry)) == []


def test_a_long_description_ends_kindly_at_a_word() -> None:
    text = write(replace(LEAFLETING, description="together " * 400, leaflets=()))
    address, words = value(text, "DESCRIPTION").split(r"\n\n")
    assert address == LEAFLETING.url
    assert words.endswith(" together …")
    assert 980 < len(words) <= 1_002


def test_a_long_description_without_blanks_is_cut_all_the_same() -> None:
    text = write(replace(LEAFLETING, description="声" * 3_000, leaflets=()))
    assert value(text, "DESCRIPTION").count("声") == 1_000


def test_control_characters_are_dropped_and_line_ends_made_one() -> None:
    entry = replace(
        LEAFLETING,
        summary="a\x00b\x1bc\x7fd\x85e\u2028f\tg\r\nh\ri",
        location="x\ud800y\x07",
        categories=("t\x00ag",),
        organizer=("A\x00\nB", "a@organizer.example"),
    )
    text = write(entry)
    assert value(text, "SUMMARY") == r"abcd\ne\nf g\nh\ni"
    assert value(text, "LOCATION") == "xy"
    assert value(text, "CATEGORIES") == "tag"
    assert value(text, "ORGANIZER") == ';CN="A B":mailto:a@organizer.example'
    assert problems(feed(entry)) == []


def test_nobody_breaks_out_of_a_property() -> None:
    planted = 'x";X=1:y\r\nATTENDEE:mailto:someone@organizer.example\r\nBEGIN:VALARM'
    entry = replace(
        LEAFLETING,
        summary=planted,
        description=planted,
        location=planted,
        categories=(planted,),
        organizer=(planted, planted),
        url=f"https://organizer.example/{planted}",
        leaflets=((planted, f"https://organizer.example/{planted}"),),
        attachments=((f"https://organizer.example/{planted}", planted),),
    )
    event = read_by_icalendar(feed(entry))
    assert "ATTENDEE" not in event
    assert event.subcomponents == []
    assert event["SUMMARY"] == planted.replace("\r\n", "\n")


def test_a_typed_backslash_stays_one() -> None:
    entry = replace(LEAFLETING, summary=r"C:\News\new;\,")
    assert value(write(entry), "SUMMARY") == r"C:\\News\\new\;\\\,"


def test_geo_is_never_in_scientific_notation() -> None:
    assert value(write(replace(LEAFLETING, geo=(-0.00000001, 0.00002))), "GEO") == "0.000000;0.000020"


def test_lines_are_folded_between_characters() -> None:
    text = write(replace(LEAFLETING, summary="🕊️ مسيرة סולידריות " * 30))
    octets = [line.encode() for line in text.split("\r\n")]
    assert max(map(len, octets)) <= 75
    assert problems(feed(replace(LEAFLETING, summary="🕊️ مسيرة סולידריות " * 30))) == []


def test_a_shortened_entry_keeps_the_address_and_nothing_else_of_the_description() -> None:
    long = replace(LEAFLETING, description="DESCRIPTION:x\nEND:VEVENT " * 30)
    assert shorten(write(long)) == write(replace(long, description="", leaflets=()))


def test_a_shortened_entry_has_its_whole_long_address() -> None:
    long = replace(LEAFLETING, url=f"https://organizer.example/events/{'a' * 200}", leaflets=())
    assert value(shorten(write(long)), "DESCRIPTION") == long.url


def test_another_process_writes_the_same_bytes() -> None:
    program = (
        "import hashlib; from organizer.calendars.entry import write;"
        "from tests.calendars.test_entry import LEAFLETING;"
        "print(hashlib.sha256(write(LEAFLETING).encode()).hexdigest())"
    )
    here = hashlib.sha256(write(LEAFLETING).encode()).hexdigest()
    for seed in ("0", "4711"):
        assert printed(program, seed=seed) == here


TEXTS = st.text(st.characters(codec=None), max_size=400)


@settings(deadline=None)
@given(summary=TEXTS, location=TEXTS)
@example(summary="\\n \\N \\\\n", location="\\")
@example(summary="\r\r\n\n", location=" ; ,, ;")
def test_clients_read_the_text_that_was_written(summary: str, location: str) -> None:
    data = feed(replace(LEAFLETING, summary=summary, location=location))
    wanted = lines.clean(summary), lines.clean(location)
    assert problems(data) == []
    event = read_by_icalendar(data)
    assert (str(event["SUMMARY"]), str(event.get("LOCATION", ""))) == wanted
    read = vobject.readOne(data.decode()).vevent
    assert (read.summary.value, read.location.value if location else "") == wanted


@settings(deadline=None)
@example(name="\\", categories=[])
@given(name=TEXTS, categories=st.lists(TEXTS.filter(lines.clean), max_size=4))
def test_clients_read_the_parameters_and_lists_that_were_written(name: str, categories: list[str]) -> None:
    entry = replace(LEAFLETING, organizer=(name, "a@organizer.example"), categories=tuple(categories))
    data = feed(entry)
    assert problems(data) == []
    event = read_by_icalendar(data)
    assert event["ORGANIZER"].params["CN"] == " ".join(lines.clean(name).replace("\\", "/").split())
    assert event.categories == list(map(lines.clean, categories))
