from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from organizer.collections import rules
from organizer.collections.rules import GONE, NO_TRACE, Change, Kind, Move, State, Trace
from organizer.errors import RuleError
from tests.collections.collecting import DETAILS

THEN = Trace("words", "name", has_name=True)


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("title", {"title": ""}),
        ("publication", {"issue": "May"}),
        ("publication", {"published_on": date(2023, 3, 1)}),
        ("publication", {"link": "https://bridge.example/3"}),
        ("published_on", {"publication": "Bridge", "published_on": date(23, 3, 1)}),
        ("ready_by", {"ready_by": date(9999, 1, 1)}),
    ],
)
def test_details_that_no_collection_has_are_refused_beside_their_field(field: str, changes: dict[str, object]) -> None:
    with pytest.raises(RuleError) as refused:
        rules.check_details(replace(DETAILS, **changes))  # type: ignore[arg-type] # named above
    assert refused.value.field == field


@pytest.mark.parametrize(
    "link",
    [
        "http://bridge.example/",
        "javascript:alert(1)",
        "https://",
        "https://bridge",
        "https://me@bridge.example/",
        "https://bridge.example:many/",
        "https://bridge.example/a b",
        'https://bridge.example/"><b>',
        "//bridge.example",
        "https://[bridge.example",
    ],
)
def test_a_link_is_a_whole_https_address(link: str) -> None:
    with pytest.raises(RuleError) as refused:
        rules.check_link(link)
    assert refused.value.field == "link"


@given(st.text())
def test_any_text_for_a_link_is_refused_with_a_sentence_or_is_one(link: str) -> None:
    try:
        rules.check_link(link)
    except RuleError:
        return
    assert link == "" or link.lower().startswith("https://")


def test_moves_that_the_table_does_not_have_are_refused() -> None:
    assert rules.moved(State.WITHDRAWN, Move.PUBLISH) == State.PUBLISHED
    with pytest.raises(RuleError):
        rules.moved(State.PUBLISHED, Move.PUBLISH)


@given(st.integers(1, 8), st.integers(0, 7), st.integers(-3, 20))
def test_moving_keeps_all_items_and_the_order_of_the_others(count: int, index: int, position: int) -> None:
    ids = [str(number) for number in range(count)]
    item = ids[index % count]
    moved = rules.reordered(ids, item, position)
    assert sorted(moved) == sorted(ids)
    assert [each for each in moved if each != item] == [each for each in ids if each != item]
    assert moved.index(item) == min(max(position, 1), count) - 1


@pytest.mark.parametrize(
    ("then", "now", "is_withdrawn", "change"),
    [
        (THEN, THEN, False, None),
        (THEN, None, True, Change.WITHDRAWN),
        (Trace(GONE, GONE), None, False, Change.WITHDRAWN),
        (THEN, None, False, Change.NOT_FOR_PRESS),
        (THEN, replace(THEN, words="others"), False, Change.CHANGED),
        (THEN, Trace("words", "none"), False, Change.NAME_TAKEN_BACK),
        (THEN, replace(THEN, name="another"), False, Change.NAME_CHANGED),
        (NO_TRACE, THEN, False, Change.ADDED),
        (NO_TRACE, None, False, None),
        (NO_TRACE, None, True, None),
    ],
)
def test_an_editor_is_told_what_became_of_what_she_was_shown(
    then: Trace, now: Trace | None, is_withdrawn: bool, change: Change | None
) -> None:
    assert rules.change_of(then, now, is_withdrawn=is_withdrawn) == change


def test_a_full_collection_takes_no_more() -> None:
    rules.check_room([Kind.STATEMENT] * (rules.MOST_ITEMS - 1), Kind.PHOTO)
    for kinds, kind in (([Kind.QUOTE] * rules.MOST_ITEMS, Kind.QUOTE), ([Kind.PHOTO] * rules.MOST_PHOTOS, Kind.PHOTO)):
        with pytest.raises(RuleError):
            rules.check_room(kinds, kind)


@pytest.mark.parametrize("days", [-1, 0, 91, 10**9])
def test_a_link_works_for_one_day_to_ninety(days: int) -> None:
    with pytest.raises(RuleError) as refused:
        rules.check_days(days)
    assert refused.value.field == "days"


def test_reserved_words_are_no_addresses() -> None:
    assert [rules.slug_stem(title) for title in ("New", "For print", "Письма", "Eleven letters")] == [
        "",
        "",
        "",
        "eleven-letters",
    ]
