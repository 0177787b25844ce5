"""What may be public: by tables, and whatever is thrown at it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from organizer.errors import RuleError
from organizer.photos import rules
from organizer.photos.rules import AgreementDetails, Faces, Move, State, Use

TODAY = date(2023, 2, 27)
EVERYWHERE = frozenset(Use)


@dataclass
class Seen:
    state: State = State.PUBLISHED
    picture_hash: str = "a"
    checked_hash: str = "a"
    faces: Faces | None = Faces.ASKED
    granted: frozenset[Use] = EVERYWHERE


@dataclass
class Somebody:
    picture_hash: str = "a"
    granted: frozenset[Use] = EVERYWHERE
    expires_on: date | None = None


def _is_public(photo: Seen, *persons: Somebody, use: Use | None = None) -> bool:
    return rules.is_public(photo, persons, use, TODAY)


@pytest.mark.parametrize("move", Move)
@pytest.mark.parametrize("state", State)
def test_only_the_moves_of_the_table_are_made(move: Move, state: State) -> None:
    if state in rules.MOVES[move]:
        assert rules.moved(state, move) == rules.MOVES[move][state]
    else:
        with pytest.raises(RuleError):
            rules.moved(state, move)


def test_nothing_leads_out_of_a_withdrawal() -> None:
    assert all(State.WITHDRAWN not in table for table in rules.MOVES.values())
    assert all(state in rules.MOVES[Move.WITHDRAW] for state in State if state != State.WITHDRAWN)


def test_a_picture_is_published_only_from_under_its_boxes() -> None:
    assert rules.MOVES[Move.PUBLISH] == {State.DRAFT: State.PUBLISHED}
    assert [state for table in rules.MOVES.values() for state, then in table.items() if then == State.DRAFT] == [
        State.COVERING
    ]


@pytest.mark.parametrize(
    ("photo", "persons", "public"),
    [
        (Seen(), [Somebody()], True),
        (Seen(faces=Faces.NOBODY), [], True),
        (Seen(state=State.DRAFT), [Somebody()], False),
        (Seen(checked_hash="b"), [Somebody()], False),
        (Seen(picture_hash="", checked_hash=""), [Somebody("")], False),
        (Seen(), [], False),
        (Seen(faces=None), [], False),
        (Seen(), [Somebody("b")], False),
        (Seen(), [Somebody(""), Somebody()], False),
        (Seen(), [Somebody(expires_on=TODAY)], True),
        (Seen(), [Somebody(expires_on=TODAY - timedelta(days=1))], False),
        (Seen(faces=Faces.NOBODY), [Somebody("b")], False),
        (Seen(granted=frozenset()), [Somebody()], False),
        (Seen(faces=Faces.NOBODY, granted=frozenset()), [], False),
    ],
)
def test_what_readers_see(photo: Seen, persons: list[Somebody], public: bool) -> None:
    assert _is_public(photo, *persons) == public
    for use in Use:
        assert _is_public(photo, *persons, use=use) == public


def test_it_stands_only_where_everyone_lets_it() -> None:
    photo = Seen(granted=frozenset({Use.SITE, Use.PRESS, Use.EVENT_PAGE}))
    persons = [Somebody(granted=frozenset({Use.SITE, Use.PRESS})), Somebody(granted=frozenset({Use.SITE, Use.SEARCH}))]
    assert {use for use in Use if _is_public(photo, *persons, use=use)} == {Use.SITE}
    assert _is_public(photo, *persons)
    assert not _is_public(photo, *persons, Somebody(granted=frozenset({Use.PRESS})))


HASHES = st.sampled_from(["", "a", "b"])
GRANTS = st.frozensets(st.sampled_from(list(Use)))
DAYS = st.none() | st.sampled_from([TODAY - timedelta(days=1), TODAY, TODAY + timedelta(days=1)])


@given(
    st.builds(Seen, st.sampled_from(list(State)), HASHES, HASHES, st.sampled_from([None, *Faces]), GRANTS),
    st.lists(st.builds(Somebody, HASHES, GRANTS, DAYS), max_size=3),
    st.sampled_from(list(Use)),
)
def test_public_means_live_consent_of_each_to_exactly_that(photo: Seen, persons: list[Somebody], use: Use) -> None:
    if rules.is_public(photo, persons, use, TODAY):
        assert photo.state == State.PUBLISHED
        assert photo.picture_hash
        assert photo.picture_hash == photo.checked_hash
        assert persons or photo.faces == Faces.NOBODY
        assert all(person.picture_hash == photo.picture_hash for person in persons)
        assert all(person.expires_on is None or person.expires_on >= TODAY for person in persons)
        assert use in photo.granted
        assert all(use in person.granted for person in persons)
        assert rules.is_public(photo, persons, None, TODAY) or use not in rules.OWN_PAGE


@pytest.mark.parametrize(
    ("photo", "persons", "alt", "sentence"),
    [
        (Seen(), [Somebody()], "", "Say first what is seen"),
        (Seen(granted=frozenset()), [Somebody()], "Hands", "where the photographer lets it stand"),
        (Seen(), [], "Hands", "Add everyone below"),
        (Seen(), [Somebody("b")], "Hands", "has not agreed to it"),
        (Seen(), [Somebody(granted=frozenset())], "Hands", "no place where all of them"),
    ],
)
def test_what_is_missing_is_said(photo: Seen, persons: list[Somebody], alt: str, sentence: str) -> None:
    with pytest.raises(RuleError, match=sentence):
        rules.check_publishable(photo, persons, alt, TODAY)


def test_nothing_is_missing() -> None:
    rules.check_publishable(Seen(), [Somebody()], "Hands", TODAY)
    rules.check_publishable(Seen(faces=Faces.NOBODY), [], "Hands", TODAY)


# The grid.


@pytest.mark.parametrize(
    ("width", "height", "rows"),
    [(1200, 800, 8), (800, 1200, 18), (2560, 1920, 9), (1080, 2400, 26), (5000, 100, 1), (10, 4000, 36), (0, 0, 1)],
)
def test_cells_are_about_square_and_never_too_many(width: int, height: int, rows: int) -> None:
    assert rules.rows_of(width, height) == rows


@given(st.integers(1, 6000), st.integers(1, 6000))
def test_a_cell_is_large_enough_for_a_finger_on_the_smallest_phone(width: int, height: int) -> None:
    """On 288 pixels of page, which is what is left of 320."""
    rows = rules.rows_of(width, height)
    assert 288 / rules.COLUMNS >= 24
    assert rows == 1 or 288 * height / width / rows >= 24


@given(st.integers(1, rules.MOST_ROWS))
def test_all_cells_together_cover_all_of_it(rows: int) -> None:
    boxes = [rules.cell_box(name, rows) for name in rules.cells(rows)]
    rules.check_boxes(boxes)
    assert len(boxes) == rows * rules.COLUMNS
    for place in range(rules.WHOLE):
        assert any(left <= place < left + width for left, _top, width, _height in boxes[: rules.COLUMNS])
        assert any(top <= place < top + height for _left, top, _width, height in boxes[:: rules.COLUMNS])


def test_cells_are_named_like_squares() -> None:
    names = rules.cells(3)
    assert names[:2] == ["A1", "B1"]
    assert names[12] == "A2"
    assert names[-1] == "L3"
    assert rules.cell_box("B2", 8) == (83, 125, 84, 125)


@pytest.mark.parametrize(
    "box",
    [
        (-1, 0, 10, 10),
        (0, -1, 10, 10),
        (0, 0, 0, 10),
        (0, 0, 10, 0),
        (995, 0, 10, 10),
        (0, 995, 10, 10),
        (0, 0, 1001, 1),
    ],
)
def test_a_box_lies_in_the_picture(box: rules.Box) -> None:
    with pytest.raises(RuleError, match="not in the picture"):
        rules.check_boxes([box])


def test_boxes_have_an_end() -> None:
    rules.check_boxes([(0, 0, 1, 1)] * rules.MOST_BOXES)
    with pytest.raises(RuleError, match="too many"):
        rules.check_boxes([(0, 0, 1, 1)] * (rules.MOST_BOXES + 1))


# Consent.


def test_consent_is_to_something_and_not_over_already() -> None:
    with pytest.raises(RuleError, match="where it may stand"):
        rules.check_agreement(AgreementDetails(frozenset(), TODAY), TODAY)
    with pytest.raises(RuleError, match="This day has passed"):
        rules.check_agreement(AgreementDetails(EVERYWHERE, TODAY, expires_on=TODAY - timedelta(days=1)), TODAY)
    rules.check_agreement(AgreementDetails(EVERYWHERE, TODAY, expires_on=TODAY), TODAY)


def test_consent_in_person_was_heard_on_a_day_that_can_be() -> None:
    began_on = TODAY - timedelta(days=1)
    for day in (began_on - timedelta(days=1), TODAY + timedelta(days=1), date.min):
        with pytest.raises(RuleError, match="Give a day"):
            rules.check_in_person(AgreementDetails(EVERYWHERE, day, heard_by="Rowan"), began_on, TODAY)
    with pytest.raises(RuleError, match="Who heard it"):
        rules.check_in_person(AgreementDetails(EVERYWHERE, TODAY), began_on, TODAY)
    rules.check_in_person(AgreementDetails(EVERYWHERE, began_on, heard_by="Rowan"), began_on, TODAY)
