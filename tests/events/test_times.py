"""Time as people mean it: instants, what is no time, ends that nobody gave, and what a move tells."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from organizer.errors import RuleError
from organizer.events.times import AmbiguousTime, Start, When, check_when, former_start, with_offered_end

OAKLAND = "America/Los_Angeles"


def test_wall_time_becomes_an_instant_by_its_zone() -> None:
    when = When(OAKLAND, date(2023, 1, 21), time(10), ends_time=time(13))
    assert when.starts_at == datetime(2023, 1, 21, 18, tzinfo=UTC)
    assert when.ends_at == datetime(2023, 1, 21, 21, tzinfo=UTC)


def test_without_an_end_it_counts_until_the_end_of_its_day() -> None:
    when = When(OAKLAND, date(2023, 1, 21), time(10))
    assert not when.has_end
    assert when.ends_at == datetime(2023, 1, 22, 8, tzinfo=UTC)


def test_all_day_lasts_to_the_end_of_the_last_day_in_its_own_zone() -> None:
    when = When("Asia/Tokyo", date(2026, 5, 1), ends_on=date(2026, 5, 3), is_all_day=True)
    assert when.starts_at == datetime(2026, 4, 30, 15, tzinfo=UTC)
    assert when.ends_at == datetime(2026, 5, 3, 15, tzinfo=UTC)


def test_a_day_on_which_the_clocks_change_is_as_long_as_it_is() -> None:
    when = When(OAKLAND, date(2026, 3, 8), is_all_day=True)
    assert (when.ends_at - when.starts_at).total_seconds() == 23 * 3600


def test_a_time_in_the_gap_is_explained_beside_its_field() -> None:
    with pytest.raises(RuleError, match="02:30 does not exist") as refused:
        check_when(When(OAKLAND, date(2026, 3, 8), time(2, 30)))
    assert refused.value.field == "starts_time"


def test_a_time_that_comes_twice_asks_which_one() -> None:
    twice = When(OAKLAND, date(2026, 11, 1), time(1, 30), ends_time=time(4))
    with pytest.raises(AmbiguousTime) as refused:
        check_when(twice)
    assert refused.value.field == "starts_fold"


@pytest.mark.parametrize(("fold", "hour"), [(0, 8), (1, 9)])
def test_the_chosen_one_of_two_equal_times_is_meant(fold: int, hour: int) -> None:
    when = When(OAKLAND, date(2026, 11, 1), time(1, 30), starts_fold=fold)
    check_when(when)
    assert when.starts_at == datetime(2026, 11, 1, hour, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("when", "field"),
    [
        (When("Mars/Olympus", date(2026, 5, 1), time(10)), "zone"),
        (When("../etc/passwd", date(2026, 5, 1), time(10)), "zone"),
        (When("", date(2026, 5, 1), time(10)), "zone"),
        (When(OAKLAND, date(1066, 5, 1), time(10)), "starts_on"),
        (When(OAKLAND, date(9999, 12, 31), time(10)), "starts_on"),
        (When(OAKLAND, date(2026, 5, 1)), "starts_time"),
        (When(OAKLAND, date(2026, 5, 1), time(10), ends_time=time(9)), "ends_time"),
        (When(OAKLAND, date(2026, 5, 1), time(10), ends_time=time(10)), "ends_time"),
        (When(OAKLAND, date(2026, 5, 2), time(10), date(2026, 5, 1), time(12)), "ends_on"),
        (When(OAKLAND, date(2026, 5, 1), time(10), date(2026, 5, 3)), "ends_time"),
        (When(OAKLAND, date(2026, 5, 1), ends_on=date(2027, 5, 1), is_all_day=True), "ends_on"),
    ],
)
def test_a_time_that_is_none_is_refused_beside_its_field(when: When, field: str) -> None:
    with pytest.raises(RuleError) as refused:
        check_when(when)
    assert refused.value.field == field


ONE_DAY = date(2027, 3, 6)
TIMED = When(OAKLAND, ONE_DAY, time(10), ends_time=time(13))
WEEKEND = When(OAKLAND, ONE_DAY, time(18), ONE_DAY + timedelta(days=2), time(16))
WHOLE_DAYS = When(OAKLAND, ONE_DAY, ends_on=ONE_DAY + timedelta(days=2), is_all_day=True)
OPEN = When(OAKLAND, ONE_DAY, time(10))


@pytest.mark.parametrize(
    ("given", "like", "ends_on", "ends_time"),
    [
        (When(OAKLAND, ONE_DAY, time(17)), None, None, time(19)),
        (When(OAKLAND, ONE_DAY, time(17)), TIMED, None, time(20)),
        (When(OAKLAND, ONE_DAY, time(23)), TIMED, ONE_DAY + timedelta(days=1), time(2)),
        (When(OAKLAND, ONE_DAY, time(17)), WEEKEND, ONE_DAY + timedelta(days=2), time(15)),
        (When(OAKLAND, ONE_DAY, time(17)), OPEN, None, None),
        (When(OAKLAND, ONE_DAY, time(17)), WHOLE_DAYS, None, time(19)),
        (When(OAKLAND, ONE_DAY, is_all_day=True), WHOLE_DAYS, ONE_DAY + timedelta(days=2), None),
        (When(OAKLAND, ONE_DAY, is_all_day=True), TIMED, None, None),
        (When(OAKLAND, ONE_DAY, time(17), ends_time=time(18)), TIMED, None, time(18)),
        (When(OAKLAND, ONE_DAY, time(17), ONE_DAY), TIMED, ONE_DAY, None),
        (When(OAKLAND, ONE_DAY), TIMED, None, None),
        (When(OAKLAND, date.max, time(23)), TIMED, None, None),
        (When(OAKLAND, date.max, is_all_day=True), WHOLE_DAYS, None, None),
    ],
)
def test_an_end_that_nobody_gave_follows_from_the_length_so_far(
    given: When, like: When | None, ends_on: date | None, ends_time: time | None
) -> None:
    offered = with_offered_end(given, like)
    assert offered == replace(given, ends_on=ends_on, ends_time=ends_time)


@pytest.mark.parametrize(
    ("after", "former"),
    [
        (replace(TIMED, starts_time=time(11)), Start(ONE_DAY, time(10))),
        (replace(TIMED, starts_on=ONE_DAY + timedelta(days=1)), Start(ONE_DAY, time(10))),
        (replace(TIMED, ends_time=time(14)), None),
        (When(OAKLAND, ONE_DAY, is_all_day=True), Start(ONE_DAY, time(10))),
        (replace(TIMED, zone="America/Denver"), Start(ONE_DAY, time(11))),
        (replace(TIMED, zone="America/Denver", starts_time=time(11)), None),
    ],
)
def test_a_move_tells_the_earlier_start_on_the_present_clock(after: When, former: Start | None) -> None:
    assert former_start(TIMED, after) == former


def test_whole_days_start_where_they_did_whatever_their_zone() -> None:
    assert former_start(WHOLE_DAYS, replace(WHOLE_DAYS, zone="Asia/Tokyo")) is None
    assert former_start(WHOLE_DAYS, TIMED) == Start(ONE_DAY, None)
