"""Codes as they are written and read, and what of their counts is told."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from organizer.codes import rules
from organizer.codes.rules import ALPHABET, LENGTH, told_days, told_total
from tests.codes import coding

TODAY = date(2027, 6, 13)
BEFORE = [TODAY - timedelta(days=back) for back in (3, 2, 1)]


# As they are written.


def test_a_code_is_short_and_no_word_and_hard_to_guess() -> None:
    made = {rules.new_code() for _ in range(2000)}
    assert len(made) == 2000
    assert all(re.fullmatch(f"[{ALPHABET}]{{{LENGTH}}}", code) for code in made)
    assert all(re.search(r"(.)\1", code) is None for code in made)
    assert not set(ALPHABET) & set("AEIOU0134")
    assert len(ALPHABET) * (len(ALPHABET) - 1) ** (LENGTH - 1) > 10**9


@given(
    between=st.sampled_from(["", " ", "-", "–", "\u00a0", "\u200f"]),
    case=st.sampled_from([str.lower, str.upper, str.title]),
    code=st.text(ALPHABET, min_size=LENGTH, max_size=LENGTH),
    data=st.data(),
)
def test_a_code_is_read_as_people_write_it(
    between: str, case: Callable[[str], str], code: str, data: st.DataObject
) -> None:
    taken_for: dict[str, list[str]] = {char: [char] for char in ALPHABET}
    for wrong, right in rules.LOOK_ALIKES.items():
        taken_for[str(right)].append(chr(wrong))
    for char, digits in zip("256789", ("٢۲２", "٥۵５", "٦۶６", "٧۷７", "٨۸８", "٩۹９"), strict=True):
        taken_for[char] += digits
    written = "".join(data.draw(st.sampled_from(taken_for[char])) for char in code)
    assert rules.read(case(f" {written[:3]}{between}{written[3:]} ")) == code


@pytest.mark.parametrize("typed", coding.NO_CODES)
def test_what_is_no_code_is_none(typed: str) -> None:
    assert rules.read(typed) is None


def test_no_look_alike_is_a_character_of_its_own() -> None:
    assert not {chr(wrong) for wrong in rules.LOOK_ALIKES} & set(ALPHABET)
    assert set(map(str, rules.LOOK_ALIKES.values())) <= set(ALPHABET)


# Small counts.


def told(*counts: int, left_out: int = 0) -> list[int]:
    """What is shown of so many on the days before."""
    kept = dict(zip(BEFORE, counts, strict=True))
    return [count for _day, count in told_days(kept, TODAY - timedelta(days=1), lambda _day: left_out)]


def test_few_are_not_there_and_more_are_told_in_steps() -> None:
    assert told(3, 5, 12) == [10, 5]
    assert told(1, 2, 4) == []
    assert told(4, 9, 14, left_out=4) == [10, 5]
    assert told(4, 8, 13, left_out=4) == [5]


@pytest.mark.parametrize("left_out", range(rules.STEP))
def test_what_is_told_is_never_more_than_there_was_and_nearly_all(left_out: int) -> None:
    for count in range(1, 60):
        shown = sum(told(count, 0, 0, left_out=left_out))
        assert count - 2 * rules.STEP < shown <= count
        assert shown % rules.STEP == 0


def test_a_total_tells_nothing_that_its_days_do_not() -> None:
    days = told_days(dict(zip(BEFORE, (3, 7, 12), strict=True)), TODAY, lambda _day: 0)
    assert told_total(days) == 15
    assert told_total([]) == 0


def test_nothing_is_told_of_a_day_that_lasts_somewhere() -> None:
    day = date(2027, 6, 13)
    for hour in range(72):
        now = datetime(2027, 6, 12, 12, tzinfo=UTC) + timedelta(hours=hour)
        lasts = any(
            now.astimezone(ZoneInfo(zone)).date() <= day for zone in ("Etc/GMT+12", "Pacific/Kiritimati", "UTC")
        )
        assert (told_days({day: 40}, rules.latest_over(now), lambda _day: 0) == []) == lasts
