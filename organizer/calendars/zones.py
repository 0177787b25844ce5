"""VTIMEZONE texts for IANA zones.

Outlook reads a zone best as one STANDARD and at most one DAYLIGHT, each with a yearly rule of one numbered weekday.
Where the zone's law is of that form, the two observances begin with the law (not before 1970), so an action recorded
from years ago has its right time too. The law is the POSIX rule at the end of the zone's TZif file; it is written only
if zoneinfo agrees with every onset that it gives from EXACT_FROM until EXACT_UNTIL.

Elsewhere (Ramadan in Morocco, days counted from a Thursday in Gaza, a law made after EXACT_FROM) each onset stands by
itself, after one observance for all that came before. EXACT_FROM is the yardstick's first action: starting earlier
would give every zone whose law has changed since a tail of observances that Outlook stumbles over. EXACT_UNTIL is far
beyond the twelve months that a feed looks ahead, and the last year that older tz tools know.
"""

from __future__ import annotations

import calendar
import re
import zoneinfo
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from zoneinfo import ZoneInfo

EXACT_FROM = datetime(2023, 1, 1, tzinfo=UTC)
EXACT_UNTIL = datetime(2038, 1, 1, tzinfo=UTC)
_FIRST = datetime(1970, 1, 1, tzinfo=UTC)
# No zone has kept an offset for less than a week since 1970.
_STEP = timedelta(days=7)
_SECOND = timedelta(seconds=1)
_WEEKDAYS = ("SU", "MO", "TU", "WE", "TH", "FR", "SA")
_LAST_WEEK = 5
_RULE = re.compile(r",M(\d+)\.(\d)\.(\d)(?:/([-+]?\d+)(?::(\d+))?)?")


@dataclass(frozen=True)
class _Rule:
    """A yearly onset: the `week`th (5 is the last) `weekday` (0 is Sunday) of `month`, `after_midnight`."""

    month: int
    week: int
    weekday: int
    after_midnight: timedelta

    @property
    def has_a_time_of_day(self) -> bool:
        """Whether it falls on that weekday itself; POSIX also counts hours into the days around it."""
        return timedelta() <= self.after_midnight < timedelta(days=1)

    @property
    def recurrence(self) -> str:
        number = -1 if self.week == _LAST_WEEK else self.week
        return f"FREQ=YEARLY;BYMONTH={self.month};BYDAY={number}{_WEEKDAYS[self.weekday]}"

    def onset(self, year: int) -> datetime:
        """Return its naive local time in that year."""
        month_days = range(1, calendar.monthrange(year, self.month)[1] + 1)
        days = [day for day in month_days if date(year, self.month, day).isoweekday() % 7 == self.weekday]
        day = days[-1 if self.week == _LAST_WEEK else self.week - 1]
        return datetime.combine(date(year, self.month, day), time()) + self.after_midnight


@dataclass(frozen=True)
class _Onset:
    """A moment (naive local time, by the clock before it) from which a zone counts, or calls itself, otherwise."""

    local: datetime
    before: timedelta
    after: timedelta
    name: str
    is_daylight: bool
    recurrence: str = ""

    def is_again(self, earlier: _Onset) -> bool:
        return (self.before, self.after, self.name) == (earlier.before, earlier.after, earlier.name)

    @property
    def text(self) -> str:
        kind = "DAYLIGHT" if self.is_daylight else "STANDARD"
        lines = [
            f"BEGIN:{kind}",
            f"DTSTART:{self.local:%Y%m%dT%H%M%S}",
            *([f"RRULE:{self.recurrence}"] if self.recurrence else []),
            f"TZNAME:{self.name}",
            f"TZOFFSETFROM:{_offset(self.before)}",
            f"TZOFFSETTO:{_offset(self.after)}",
            f"END:{kind}",
        ]
        return "".join(f"{line}\r\n" for line in lines)


@cache
def vtimezone(zone: str) -> str:
    """Return the zone as CRLF text, TZID and all. Raises ZoneInfoNotFoundError for an unknown name.

    Kept for the life of the process, as zoneinfo keeps its own: new zone data are seen after a restart.
    """
    observances = "".join(onset.text for onset in _observances(zone))
    return f"BEGIN:VTIMEZONE\r\nTZID:{zone}\r\n{observances}END:VTIMEZONE\r\n"


@cache
def tzdata_version() -> str:
    """Return the release that zoneinfo reads, as "2026f": the system's, or the tzdata package's where it has none."""
    release = next(file for folder in _folders() if (file := folder / "tzdata.zi").is_file())
    with release.open(encoding="utf-8") as lines:
        return lines.readline().split()[-1]


def _observances(zone: str) -> Sequence[_Onset]:
    clock = ZoneInfo(zone)
    onsets = list(_onsets(clock))
    rules = _rules(_footer(zone))
    lawful = _lawful(onsets, rules)
    since = _wall(EXACT_FROM, clock)
    single = [onset for onset in onsets[: len(onsets) - len(lawful)] if onset.local >= since]
    yearly = [_yearly(onset, rules) for onset in lawful[:2]]
    if yearly and yearly[0].local < since:
        return yearly
    offset, name, _ = _state(EXACT_FROM, clock)
    earlier = _Onset(_FIRST.replace(tzinfo=None), before=offset, after=offset, name=name, is_daylight=False)
    return [earlier, *single, *yearly]


def _lawful(onsets: Sequence[_Onset], rules: Sequence[_Rule]) -> Sequence[_Onset]:
    """Return the latest onsets, as far back as each is just what the rules give, with the offsets of the last year."""
    given = sorted(rule.onset(year) for rule in rules for year in range(_FIRST.year, EXACT_UNTIL.year))
    count = 0
    for onset, local in zip(reversed(onsets), reversed(given), strict=False):
        last_year = onsets[-1 - count % len(rules)]
        if onset.local != local or not onset.is_again(last_year):
            break
        count += 1
    return onsets[len(onsets) - count :]


def _yearly(onset: _Onset, rules: Sequence[_Rule]) -> _Onset:
    rule = next(rule for rule in rules if rule.onset(onset.local.year) == onset.local)
    # By offset, since Dublin's tz data call the winter its daylight saving time, and clients expect the summer.
    return replace(onset, recurrence=rule.recurrence, is_daylight=onset.after > onset.before)


def _onsets(clock: ZoneInfo) -> Iterator[_Onset]:
    """Yield every change from 1970 until EXACT_UNTIL, oldest first, as zoneinfo has them."""
    moment, state = _FIRST, _state(_FIRST, clock)
    while moment < EXACT_UNTIL:
        following = moment + _STEP
        state_then = _state(following, clock)
        while state != state_then:
            moment = _first_change(moment, following, clock)
            before, state = state[0], _state(moment, clock)
            yield _Onset((moment + before).replace(tzinfo=None), before, *state)
        moment = following


def _first_change(same: datetime, other: datetime, clock: ZoneInfo) -> datetime:
    """Return the second at which the zone's state stops being that of `same`, between it and `other`."""
    state = _state(same, clock)
    while other - same > _SECOND:
        middle = same + (other - same) // _SECOND // 2 * _SECOND
        same, other = (middle, other) if _state(middle, clock) == state else (same, middle)
    return other


def _state(moment: datetime, clock: ZoneInfo) -> tuple[timedelta, str, bool]:
    local = moment.astimezone(clock)
    return local.utcoffset() or timedelta(), local.tzname() or "", bool(local.dst())


def _wall(moment: datetime, clock: ZoneInfo) -> datetime:
    return moment.astimezone(clock).replace(tzinfo=None)


def _rules(footer: str) -> Sequence[_Rule]:
    """Return the yearly rules that a VTIMEZONE can say, none if one of them it cannot."""
    rules = [
        _Rule(int(month), int(week), int(weekday), timedelta(hours=int(hours or 2), minutes=int(minutes or 0)))
        for month, week, weekday, hours, minutes in _RULE.findall(footer)
    ]
    return rules if all(rule.has_a_time_of_day for rule in rules) else []


def _footer(zone: str) -> str:
    """Return the zone's law as a POSIX TZ string, such as "PST8PDT,M3.2.0,M11.1.0"."""
    file = next(file for folder in _folders() if (file := folder / zone).is_file())
    return file.read_bytes().rsplit(b"\n", 2)[1].decode("ascii")


def _folders() -> list[Traversable]:
    """Return where zoneinfo looks for zones, in its order."""
    return [*map(Path, zoneinfo.TZPATH), files("tzdata") / "zoneinfo"]


def _offset(offset: timedelta) -> str:
    hours, minutes = divmod(abs(offset) // timedelta(minutes=1), 60)
    return f"{'-' if offset < timedelta() else '+'}{hours:02}{minutes:02}"
