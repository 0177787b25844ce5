"""What follows from the numbers."""

from __future__ import annotations

import pytest

from organizer.copies.rules import CopiesDetails, Taken


def test_more_left_than_printed_suggests_nothing() -> None:
    assert CopiesDetails(printed=400, left_over=450).likely_handed_out is None


@pytest.mark.parametrize(
    ("left_over", "handed_out", "is_more"),
    [
        (401, None, True),
        (None, 401, True),
        (100, 301, True),
        (100, 300, False),
        (400, None, False),
        (None, 400, False),
        (None, None, False),
    ],
)
def test_more_than_were_printed_is_noticed(left_over: int | None, handed_out: int | None, *, is_more: bool) -> None:
    assert CopiesDetails(printed=400, left_over=left_over, handed_out=handed_out).is_more_than_printed is is_more
    assert not CopiesDetails(needed=10, left_over=left_over, handed_out=handed_out).is_more_than_printed


@pytest.mark.parametrize(
    ("before", "left_over", "is_one_press"),
    [
        (400, 350, True),
        (400, 390, True),
        (400, 389, False),
        (50, 0, True),
        (1, 0, True),
        (51, 0, False),
        (0, 0, False),
        (None, 350, True),
        (None, 300, False),
    ],
)
def test_one_press_takes_ten_or_fifty_or_all_that_is_there(
    before: int | None, left_over: int, *, is_one_press: bool
) -> None:
    """400 were printed, from which it begins where nobody had counted."""
    known = CopiesDetails(printed=400, left_over=left_over)
    assert Taken("a" * 26, before, left_over).led_to(known) is is_one_press


def test_what_was_counted_since_is_not_where_the_press_led() -> None:
    assert not Taken("a" * 26, 400, 350).led_to(CopiesDetails(printed=400, left_over=340))
    assert not Taken("a" * 26, None, 350).led_to(CopiesDetails(left_over=350))
