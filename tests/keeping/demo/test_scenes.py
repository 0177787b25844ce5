"""On whatever day the demo is filled, its dates are dates."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from organizer.events.times import check_when
from organizer.keeping.demo.past import PAST
from organizer.keeping.demo.scenes import FRIDAY, MONDAY, SATURDAY, day_of
from organizer.keeping.demo.upcoming import MARKET, UPCOMING

DAYS = [date(2026, 1, 1) + timedelta(days=number) for number in range(800)]


@pytest.mark.parametrize(
    ("today", "weekday", "weeks", "expected"),
    [
        (date(2026, 11, 26), SATURDAY, 0, date(2026, 11, 28)),
        (date(2026, 11, 27), SATURDAY, 0, date(2026, 12, 5)),
        (date(2026, 11, 28), SATURDAY, 0, date(2026, 12, 5)),
        (date(2026, 12, 31), MONDAY, 2, date(2027, 1, 18)),
    ],
)
def test_a_weekday_is_the_next_one_that_leaves_two_days(today: date, weekday: int, weeks: int, expected: date) -> None:
    assert day_of(today, weekday, weeks) == expected


def test_no_scene_ever_falls_into_an_hour_that_is_none_or_comes_twice() -> None:
    for today in DAYS:
        for scene in (*PAST, *UPCOMING):
            check_when(scene.details("city", "contact", today).when)


def test_the_leafleting_is_always_the_next_action() -> None:
    for today in DAYS:
        first = min(UPCOMING, key=lambda scene: scene.details("", "", today).when.starts_at)
        assert first is MARKET


def test_titles_are_told_apart_by_whoever_looks_for_one() -> None:
    titles = [scene.title for scene in (*PAST, *UPCOMING)]
    assert len(set(titles)) == len(titles)
    assert day_of(date(2026, 1, 1), FRIDAY, 0).weekday() == FRIDAY
