"""Nothing is public without consent to exactly it; who may do what when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from organizer.errors import RuleError
from organizer.photos.rules import OWN_PAGE
from organizer.statements import rules
from organizer.statements.rules import (
    BylineKind,
    ConsentDetails,
    Move,
    ReadBack,
    State,
    StatementDetails,
    Use,
    Way,
)

DAY = date(2023, 1, 21)
TEXTS = ("I came.", "I came. ", "Я пришла.")
BYLINES = [(BylineKind.NONE, ""), (BylineKind.PSEUDONYM, "Leek"), (BylineKind.FULL_NAME, "Leek")]


@dataclass
class Facts:
    text: str
    byline_kind: BylineKind
    byline: str
    affiliation: str = ""
    state: State = State.PUBLISHED
    is_signer_known: bool = False


@dataclass
class Agreed:
    text_hash: str
    byline_kind: BylineKind
    byline: str
    uses: frozenset[Use] = frozenset(Use)
    affiliation: str = ""
    edited_hash: str | None = None
    expires_on: date | None = None


def agreed(text: str, byline: tuple[BylineKind, str], uses: frozenset[Use] = frozenset(Use)) -> Agreed:
    return Agreed(rules.text_hash(text), *byline, uses)


said = st.tuples(st.sampled_from(TEXTS), st.sampled_from(BYLINES))


@given(now=said, consents=st.lists(said), state=st.sampled_from(State), use=st.sampled_from([None, *Use]))
def test_public_is_what_was_published_and_agreed_to_exactly(
    now: tuple[str, tuple[BylineKind, str]],
    consents: list[tuple[str, tuple[BylineKind, str]]],
    state: State,
    use: Use | None,
) -> None:
    statement = Facts(now[0], *now[1], state=state)
    is_public = rules.is_public(statement, [agreed(*consent) for consent in consents], DAY, use)
    assert is_public == (state == State.PUBLISHED and now in consents)


@given(granted=st.frozensets(st.sampled_from(Use)), asked=st.sampled_from(Use))
def test_it_stands_only_where_its_author_said(granted: frozenset[Use], asked: Use) -> None:
    statement = Facts("I came.", BylineKind.NONE, "")
    consent = agreed("I came.", BYLINES[0], granted)
    assert rules.is_public(statement, [consent], DAY, asked) == (asked in granted)
    assert rules.is_public(statement, [consent], DAY) == bool(granted & OWN_PAGE)


@given(one=said, other=said)
def test_what_was_shown_is_told_from_anything_else(
    one: tuple[str, tuple[BylineKind, str]], other: tuple[str, tuple[BylineKind, str]]
) -> None:
    assume(one != other)
    assert rules.fingerprint(Facts(one[0], *one[1])) != rules.fingerprint(Facts(other[0], *other[1]))


def test_a_full_name_is_withheld_until_its_signer_is_known() -> None:
    named = Facts("I came.", BylineKind.FULL_NAME, "Juniper Vale")
    assert rules.is_name_withheld(named)
    assert rules.shown_byline(named) == ""
    named.is_signer_known = True
    assert rules.shown_byline(named) == "Juniper Vale"


@pytest.mark.parametrize("kind", [BylineKind.PSEUDONYM, BylineKind.FIRST_NAME])
def test_other_names_are_shown_as_they_are(kind: BylineKind) -> None:
    assert rules.shown_byline(Facts("I came.", kind, "Juniper")) == "Juniper"


@pytest.mark.parametrize(
    ("text", "byline", "needed"),
    [
        ("I came.", BYLINES[1], False),
        ("I came.", BYLINES[0], False),
        ("I came.", BYLINES[2], True),
        ("I came!", BYLINES[1], True),
        ("I came!", BYLINES[0], True),
    ],
)
def test_only_taking_the_name_away_needs_no_review(text: str, byline: tuple[BylineKind, str], needed: bool) -> None:
    old, new = Facts("I came.", *BYLINES[1]), StatementDetails(text, "en", *byline)
    assert rules.needs_review(old, new) == needed


@pytest.mark.parametrize("move", Move)
def test_nothing_leads_back_from_withdrawn(move: Move) -> None:
    with pytest.raises(RuleError):
        rules.moved(State.WITHDRAWN, move)


@pytest.mark.parametrize("move", [move for move in Move if move not in (Move.PUBLISH, Move.RELEASE)])
def test_only_publishing_makes_public(move: Move) -> None:
    assert all(target != State.PUBLISHED or source == State.PUBLISHED for source, target in rules.MOVES[move].items())


@pytest.mark.parametrize("state", [state for state in State if state != State.WITHDRAWN])
@pytest.mark.parametrize("move", [Move.TAKE_NAME_BACK, Move.WITHDRAW])
def test_less_public_is_always_possible(state: State, move: Move) -> None:
    assert rules.moved(state, move) in (state, State.WITHDRAWN)


@pytest.mark.parametrize(
    ("details", "field"),
    [
        (StatementDetails("", "en"), "text"),
        (StatementDetails("I came.", "en", BylineKind.NONE, "Juniper"), "byline"),
        (StatementDetails("I came.", "en", BylineKind.PSEUDONYM, ""), "byline"),
    ],
)
def test_a_signature_must_not_contradict_itself(details: StatementDetails, field: str) -> None:
    with pytest.raises(RuleError) as refused:
        rules.check_details(details)
    assert refused.value.field == field


def in_person(**changes: object) -> ConsentDetails:
    fields: dict[str, object] = {
        "uses": frozenset(Use),
        "given_on": DAY,
        "way": Way.IN_PERSON,
        "heard_by": "Wren",
        "read_back": frozenset({ReadBack.TEXT, ReadBack.BYLINE}),
    }
    return ConsentDetails(**{**fields, **changes})  # type: ignore[arg-type] # the fields are named by the tests


@pytest.mark.parametrize(
    ("consent", "field"),
    [
        (in_person(given_on=DAY - timedelta(days=1)), "given_on"),
        (in_person(given_on=DAY + timedelta(days=2)), "given_on"),
        (in_person(heard_by=""), "heard_by"),
        (in_person(read_back=frozenset()), "read_back"),
        (in_person(read_back=frozenset({ReadBack.TEXT})), "read_back"),
    ],
)
def test_consent_in_person_names_day_hearer_and_what_was_read(consent: ConsentDetails, field: str) -> None:
    named = StatementDetails("I came.", "en", BylineKind.FIRST_NAME, "Juniper")
    with pytest.raises(RuleError) as refused:
        rules.check_in_person(consent, named, DAY, DAY + timedelta(days=1))
    assert refused.value.field == field


def test_without_a_name_reading_the_text_back_is_enough() -> None:
    unsigned = StatementDetails("I came.", "en")
    rules.check_in_person(in_person(read_back=frozenset({ReadBack.TEXT})), unsigned, DAY, DAY)


def test_a_city_that_was_not_agreed_to_is_another_signature() -> None:
    statement = Facts("I came.", BylineKind.NONE, "", affiliation="Oakland")
    assert not rules.is_public(statement, [agreed("I came.", BYLINES[0])], DAY)


def test_a_consent_ends_with_its_last_day() -> None:
    statement, consent = Facts("I came.", BylineKind.NONE, ""), agreed("I came.", BYLINES[0])
    consent.expires_on = DAY
    assert rules.is_public(statement, [consent], DAY)
    assert not rules.is_public(statement, [consent], DAY + timedelta(days=1))


def test_consent_to_search_engines_alone_is_consent_to_no_place() -> None:
    with pytest.raises(RuleError) as refused:
        rules.check_consent(ConsentDetails(frozenset({Use.SEARCH})), DAY)
    assert refused.value.field == "uses"


def test_a_consent_does_not_begin_after_its_end() -> None:
    with pytest.raises(RuleError) as refused:
        rules.check_consent(ConsentDetails(frozenset(Use), expires_on=DAY - timedelta(days=1)), DAY)
    assert refused.value.field == "expires_on"
