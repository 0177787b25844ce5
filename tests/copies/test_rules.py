"""What follows from the numbers."""

from __future__ import annotations

from organizer.copies.rules import CopiesDetails


def test_more_left_than_printed_suggests_nothing() -> None:
    assert CopiesDetails(printed=400, left_over=450).likely_handed_out is None
