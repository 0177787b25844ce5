"""When an event is: wall time in a zone, the instants derived from it, what is no time, and what a move tells. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo

from organizer.errors import RuleError
from organizer.groups.rules import known_zones

if TYPE_CHECKING:
    from organizer.events.rules import EventDetails

FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2099, 12, 31)
LONGEST = timedelta(days=60)
OFFERED_LENGTH = timedelta(hours=2)


class AmbiguousTime(RuleError):
    """The wall clock shows this time twice that night; the person must say which."""


@dataclass(frozen=True)
class When:
    """Local wall time in an IANA zone. No `ends_time` means that nobody knows the end.

    `ends_on` is the last day, None for the same day. `starts_fold`, `ends_fold`: 0 the first, 1 the second time that
    the clock shows it, None when not said.
    """

    zone: str
    starts_on: date
    starts_time: time | None = None
    ends_on: date | None = None
    ends_time: time | None = None
    is_all_day: bool = False
    starts_fold: int | None = None
    ends_fold: int | None = None

    @property
    def starts_at(self) -> datetime:
        return _instant(self.starts_on, self.starts_time or time(), self.zone, self.starts_fold)

    @property
    def ends_at(self) -> datetime:
        """The end; the end of the last day when it is all-day or nobody knows."""
        last_day = self.ends_on or self.starts_on
        if self.is_all_day or self.ends_time is None:
            return _instant(last_day + timedelta(days=1), time(), self.zone, 0)
        return _instant(last_day, self.ends_time, self.zone, self.ends_fold)

    @property
    def has_end(self) -> bool:
        return self.is_all_day or self.ends_time is not None

    @property
    def start(self) -> Start:
        return Start(self.starts_on, None if self.is_all_day else self.starts_time)


@dataclass(frozen=True)
class Start:
    """When something begins, as the wall clock says it. No `starts_time` means that it lasts all day."""

    starts_on: date
    starts_time: time | None


def former_start(before: When, after: When) -> Start | None:
    """Where a time was moved, its earlier start on the clock of the present zone; None when it starts as before."""
    former = before.start
    if former.starts_time is not None:
        local = before.starts_at.astimezone(ZoneInfo(after.zone))
        former = Start(local.date(), local.time())
    return None if former == after.start else former


def offered_length(like: When | None) -> timedelta | None:
    """How long something is taken to last whose end nobody gave, on the wall clock: as long as `like`.

    Two hours when there is no `like`, or it lasted all day; None when nobody knew its end either.
    """
    if like is None or like.is_all_day or like.starts_time is None:
        return OFFERED_LENGTH
    if like.ends_time is None:
        return None
    starts = datetime.combine(like.starts_on, like.starts_time)
    return datetime.combine(like.ends_on or like.starts_on, like.ends_time) - starts


def with_offered_end(when: When, like: When | None = None) -> When:
    """The time with the end that is offered where none was given; all-day, as many days as `like`."""
    if when.ends_on is not None or not FIRST_DAY <= when.starts_on <= LAST_DAY:
        return when
    if when.is_all_day:
        further_days = like.ends_on - like.starts_on if like and like.is_all_day and like.ends_on else None
        return replace(when, ends_on=when.starts_on + further_days) if further_days else when
    length = offered_length(like)
    if when.starts_time is None or when.ends_time is not None or length is None:
        return when
    ends = datetime.combine(when.starts_on, when.starts_time) + length
    return replace(when, ends_on=None if ends.date() == when.starts_on else ends.date(), ends_time=ends.time())


def check_when(when: When) -> None:
    """Raise RuleError with its field for a time that is no time, AmbiguousTime for one that is two."""
    if when.zone not in known_zones():
        raise RuleError("We do not know this time zone. Choose one from the list.", field="zone")
    for name, day in (("starts_on", when.starts_on), ("ends_on", when.ends_on)):
        if day is not None and not FIRST_DAY <= day <= LAST_DAY:
            raise RuleError("Give a year between 1990 and 2099.", field=name)
    if not when.is_all_day:
        _check_clock_times(when)
    if when.ends_on is not None and when.ends_on < when.starts_on:
        raise RuleError("The last day is before the first.", field="ends_on")
    if when.has_end and when.ends_at <= when.starts_at:
        raise RuleError(
            "It ends before it starts. If it ends on a later day, give the last day too.",
            field="ends_time",
        )
    if when.ends_at - when.starts_at > LONGEST:
        raise RuleError("An event lasts 60 days at most. Make several of it.", field="ends_on")


def _check_clock_times(when: When) -> None:
    if when.starts_time is None:
        raise RuleError("From when? Give a time, or say that it lasts all day.", field="starts_time")
    if when.ends_on is not None and when.ends_on != when.starts_on and when.ends_time is None:
        raise RuleError("Until when on the last day? Give a time, or say that it lasts all day.", field="ends_time")
    _check_clock_time(when.starts_on, when.starts_time, when.zone, when.starts_fold, "starts")
    if when.ends_time is not None:
        _check_clock_time(when.ends_on or when.starts_on, when.ends_time, when.zone, when.ends_fold, "ends")


def _check_clock_time(day: date, at: time, zone: str, fold: int | None, prefix: str) -> None:
    local = datetime.combine(day, at, ZoneInfo(zone))
    first, second = local.replace(fold=0).utcoffset(), local.replace(fold=1).utcoffset()
    if first == second:
        return
    if local.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise RuleError(
            "That night the clocks are put forward and %(time)s does not exist. Take an hour earlier or later.",
            field=f"{prefix}_time",
            time=at.strftime("%H:%M"),
        )
    if fold is None:
        raise AmbiguousTime(
            "That night the clocks are put back and %(time)s comes twice. Say which one you mean.",
            field=f"{prefix}_fold",
            time=at.strftime("%H:%M"),
        )


def _instant(day: date, at: time, zone: str, fold: int | None) -> datetime:
    return datetime.combine(day, at, ZoneInfo(zone)).replace(fold=fold or 0).astimezone(UTC)


class Timed(Protocol):
    """Anything that carries the eight columns of a time."""

    zone: str
    starts_on: date
    starts_time: time | None
    ends_on: date | None
    ends_time: time | None
    is_all_day: bool
    starts_fold: int | None
    ends_fold: int | None


def when_of(source: Timed | EventDetails) -> When:
    """The time of an event, without clock times when it lasts all day."""
    return When(
        zone=source.zone,
        starts_on=source.starts_on,
        starts_time=None if source.is_all_day else source.starts_time,
        ends_on=source.ends_on,
        ends_time=None if source.is_all_day else source.ends_time,
        is_all_day=source.is_all_day,
        starts_fold=source.starts_fold,
        ends_fold=source.ends_fold,
    )
