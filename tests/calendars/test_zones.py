"""Every zone's text, read by an evaluator that shares no code with the writer, against zoneinfo."""

from __future__ import annotations

import hashlib
import importlib
import re
import zoneinfo
from bisect import bisect_right
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import StringIO
from itertools import chain, pairwise
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from dateutil import tz
from dateutil.rrule import rrulestr

from organizer.calendars.zones import EXACT_FROM, EXACT_UNTIL, tzdata_version, vtimezone
from tests.calendars.processes import printed

SECOND = timedelta(seconds=1)
OUTLOOK_READS = re.compile(r"FREQ=YEARLY;BYMONTH=\d+;BYDAY=(-1|[1-4])[A-Z]{2}")
ONE_OF_EACH_KIND = (
    "Africa/Cairo",
    "Africa/Casablanca",
    "America/Asuncion",
    "America/Los_Angeles",
    "America/Nuuk",
    "America/Santiago",
    "America/St_Johns",
    "Asia/Gaza",
    "Asia/Jerusalem",
    "Asia/Kathmandu",
    "Asia/Tehran",
    "Asia/Tokyo",
    "Australia/Lord_Howe",
    "Europe/Dublin",
    "Europe/Kyiv",
    "Pacific/Chatham",
    "UTC",
)


@pytest.fixture(params=["system", "package"])
def tzdata(request: pytest.FixtureRequest) -> Iterator[str]:
    """The zone data of the tzdata package, which we use, and the system's, often of another release."""
    if request.param == "system":
        zoneinfo.reset_tzpath()
    _forget_zones()
    yield request.param
    zoneinfo.reset_tzpath(to=())
    _forget_zones()


def _forget_zones() -> None:
    ZoneInfo.clear_cache()
    vtimezone.cache_clear()
    tzdata_version.cache_clear()


class Evaluator:
    """What a client understands of a VTIMEZONE: the latest onset before an instant gives its offset and name."""

    def __init__(self, text: str) -> None:
        observances = re.findall("BEGIN:(?:STANDARD|DAYLIGHT)\r\n(.*?)END", text, re.DOTALL)
        self.onsets = sorted(chain.from_iterable(map(self._onsets, observances)))

    @staticmethod
    def _onsets(observance: str) -> Iterator[tuple[datetime, timedelta, str]]:
        values = dict(line.split(":", 1) for line in observance.split("\r\n") if line)
        assert values.keys() - {"RRULE"} == {"DTSTART", "TZNAME", "TZOFFSETFROM", "TZOFFSETTO"}
        assert values.get("RRULE") is None or OUTLOOK_READS.fullmatch(values["RRULE"])
        before, after = (_offset(values[name]) for name in ("TZOFFSETFROM", "TZOFFSETTO"))
        first = datetime.strptime(values["DTSTART"] + "+0000", "%Y%m%dT%H%M%S%z")
        rule = values.get("RRULE", "FREQ=YEARLY;COUNT=1")
        for local in rrulestr(rule, dtstart=first).between(first, EXACT_UNTIL, inc=True):
            yield local - before, after, values["TZNAME"]

    def at(self, instant: datetime) -> tuple[timedelta, str]:
        place = bisect_right(self.onsets, instant, key=lambda onset: onset[0]) - 1
        _, offset, name = self.onsets[max(place, 0)]
        return offset, name


def _offset(text: str) -> timedelta:
    assert re.fullmatch(r"[-+]\d{4}", text)
    return int(text[0] + "1") * timedelta(hours=int(text[1:3]), minutes=int(text[3:5]))


def _zoneinfo_at(zone: str, instant: datetime) -> tuple[timedelta | None, str | None]:
    local = instant.astimezone(ZoneInfo(zone))
    return local.utcoffset(), local.tzname()


def _instants(onsets: list[datetime]) -> Iterator[datetime]:
    """Every fifth day and the seconds around each onset, from EXACT_FROM until EXACT_UNTIL."""
    days = (EXACT_UNTIL - EXACT_FROM).days
    yield from (EXACT_FROM + timedelta(days=day, hours=day % 24) for day in range(0, days, 5))
    yield from (moment for onset in onsets for moment in (onset - SECOND, onset) if EXACT_FROM <= moment < EXACT_UNTIL)


@pytest.mark.load
def test_every_zone_says_what_zoneinfo_says(tzdata: str) -> None:
    wrong = []
    for zone in sorted(zoneinfo.available_timezones()):
        evaluator = Evaluator(vtimezone(zone))
        wrong += [
            f"{zone} at {instant}"
            for instant in _instants([onset for onset, _, _ in evaluator.onsets])
            if evaluator.at(instant) != _zoneinfo_at(zone, instant)
        ]
    assert wrong == []


@pytest.mark.parametrize("zone", ONE_OF_EACH_KIND)
def test_dateutil_reads_the_same_offsets(zone: str) -> None:
    read = tz.tzical(StringIO(vtimezone(zone))).get()
    for instant in _instants([onset for onset, _, _ in Evaluator(vtimezone(zone)).onsets]):
        local = instant.astimezone(ZoneInfo(zone))
        is_shown_twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
        if not is_shown_twice:
            assert local.replace(tzinfo=read).utcoffset() == local.utcoffset(), instant


def test_a_zone_with_a_yearly_rule_is_two_observances_that_begin_with_its_law() -> None:
    assert vtimezone("America/Los_Angeles").splitlines() == [
        "BEGIN:VTIMEZONE",
        "TZID:America/Los_Angeles",
        "BEGIN:DAYLIGHT",
        "DTSTART:20070311T020000",
        "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU",
        "TZNAME:PDT",
        "TZOFFSETFROM:-0800",
        "TZOFFSETTO:-0700",
        "END:DAYLIGHT",
        "BEGIN:STANDARD",
        "DTSTART:20071104T020000",
        "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU",
        "TZNAME:PST",
        "TZOFFSETFROM:-0700",
        "TZOFFSETTO:-0800",
        "END:STANDARD",
        "END:VTIMEZONE",
    ]


@pytest.mark.parametrize("zone", ["America/Phoenix", "America/Mexico_City", "Asia/Tokyo", "Europe/Istanbul", "UTC"])
def test_a_zone_without_daylight_saving_is_one_standard_observance(zone: str) -> None:
    text = vtimezone(zone)
    assert re.findall("BEGIN:(\\w+)", text) == ["VTIMEZONE", "STANDARD"]
    assert "DTSTART:19700101T000000\r\n" in text


def test_dublin_has_its_daylight_saving_in_summer() -> None:
    assert re.findall("BEGIN:DAYLIGHT\r\nDTSTART:....(..)", vtimezone("Europe/Dublin")) == ["03"]


@pytest.mark.parametrize("zone", ["Africa/Cairo", "America/Santiago", "Asia/Jerusalem"])
def test_a_day_that_no_simple_rule_gives_is_written_for_each_year(zone: str) -> None:
    text = vtimezone(zone)
    assert "RRULE" not in text
    assert re.findall("DTSTART:2037", text)


@pytest.mark.parametrize("zone", ONE_OF_EACH_KIND)
def test_observances_are_sorted(zone: str) -> None:
    starts = re.findall("DTSTART:(.*)\r", vtimezone(zone))
    assert all(earlier < later for earlier, later in pairwise(starts))


@pytest.mark.parametrize("name", ["Europe/Atlantis", "../../etc/passwd"])
def test_an_unknown_zone_is_refused(name: str) -> None:
    with pytest.raises((ZoneInfoNotFoundError, ValueError)):
        vtimezone(name)


def test_the_version_is_of_the_data_that_zoneinfo_reads(tzdata: str) -> None:
    releases = [Path(folder, "tzdata.zi") for folder in zoneinfo.TZPATH]
    of_the_system = next((file.read_text().split()[2] for file in releases if file.is_file()), None)
    of_the_package = importlib.import_module("tzdata").IANA_VERSION
    assert tzdata_version() == (of_the_system or of_the_package)
    assert tzdata == "system" or tzdata_version() == of_the_package


@pytest.mark.parametrize("seed", ["0", "1", "4711"])
def test_another_process_writes_the_same_bytes(seed: str) -> None:
    program = (
        "import hashlib, sys; from organizer.calendars.zones import vtimezone;"
        "print(hashlib.sha256(''.join(map(vtimezone, sys.argv[1:])).encode()).hexdigest())"
    )
    here = hashlib.sha256("".join(map(vtimezone, ONE_OF_EACH_KIND)).encode()).hexdigest()
    assert printed(program, *ONE_OF_EACH_KIND, seed=seed) == here
