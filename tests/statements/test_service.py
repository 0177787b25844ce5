"""Whatever is done in whatever order: only what its author agreed to, and an editor read, is public."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from organizer import clock, outbox, policy
from organizer.db import db, new_id
from organizer.errors import Gone, RuleError
from organizer.events import queries as events
from organizer.events.gate import VisibleEvent
from organizer.events.models import Event
from organizer.statements import jobs, queries, rules
from organizer.statements import service as statements
from organizer.statements.models import Consent, ConsentUse, Statement
from organizer.statements.rules import BylineKind, ConsentDetails, ReadBack, ReviewDetails, StatementDetails, Use, Way
from tests import factories
from tests.conftest import DATABASE_URL

ACTOR = new_id()
EVERYWHERE = frozenset(Use)
ANA = (BylineKind.FULL_NAME, "Ana Ferro")
WORDS = [
    StatementDetails(text, "en", *byline)
    for text in ("I came because of the letters.", "I came for my brother.")
    for byline in [(BylineKind.NONE, ""), (BylineKind.PSEUDONYM, "Leek"), ANA]
]


def past_event() -> Event:
    return factories.event(starts_on=factories.past_day())


def seen(event: Event) -> VisibleEvent:
    found = events.seen_by(policy.NOBODY, event, "en")
    assert found
    return found


def submitted(event: Event, words: StatementDetails = WORDS[0], uses: frozenset[Use] = EVERYWHERE) -> Statement:
    return statements.submit(seen(event), replace(words), uses)


def review(statement: Statement, known_by: str = "") -> ReviewDetails:
    return ReviewDetails(rules.fingerprint(statement), known_by)


def published(event: Event, words: StatementDetails = WORDS[0], uses: frozenset[Use] = EVERYWHERE) -> Statement:
    statement = submitted(event, words, uses)
    statements.publish(statement, seen(event), review(statement), ACTOR)
    return statement


def in_person(words: StatementDetails, uses: frozenset[Use] = EVERYWHERE) -> ConsentDetails:
    read_back = frozenset({ReadBack.TEXT, ReadBack.BYLINE})
    return ConsentDetails(uses, factories.past_day(), Way.IN_PERSON, "Wren", read_back)


Said = tuple[str, BylineKind, str]


def said(words: StatementDetails | Statement) -> Said:
    return (words.text, BylineKind(words.byline_kind), words.byline)


@dataclass
class Ghost:
    """What ought to hold, kept by the test: what is said now, what was agreed to, what an editor let pass."""

    now: Said
    agreed: dict[Said, frozenset[Use]] = field(default_factory=dict)
    passed: Said | None = None
    has_known_signer: bool = False
    is_gone: bool = False

    def change(self, new: Said, uses: frozenset[Use]) -> None:
        if new[1:] != self.now[1:]:
            self.has_known_signer = False
        is_only_less = new == self.now or new == (self.now[0], BylineKind.NONE, "")
        self.passed = new if is_only_less and self.passed else None
        self.now, self.agreed = new, {new: uses}

    def take_name_back(self) -> None:
        unsigned = (self.now[0], BylineKind.NONE, "")
        self.agreed = {unsigned: self.agreed[self.now]} if self.now in self.agreed else {}
        self.passed = unsigned if self.passed else None
        self.now, self.has_known_signer = unsigned, False

    def public(self, use: Use | None) -> tuple[str, str] | None:
        """The text and byline that ought to be seen."""
        uses = self.agreed.get(self.now, frozenset())
        if self.is_gone or self.passed != self.now or not (use in uses if use else uses):
            return None
        is_withheld = self.now[1] == BylineKind.FULL_NAME and not self.has_known_signer
        return (self.now[0], "Name withheld" if is_withheld else self.now[2])


def seen_publicly(statement_id: str, event_id: str) -> dict[Use | None, tuple[str, str] | None]:
    """The text and byline that readers see, by where they look."""
    try:
        page = queries.published(policy.NOBODY, statement_id)
    except Gone:
        page = None
    found = {None: page, Use.EVENT_PAGE: None, Use.SITE: None}
    for use, quotes in ((Use.EVENT_PAGE, queries.on_event(event_id)), (Use.SITE, queries.latest(50))):
        found[use] = next((quote for quote in quotes if quote.url.endswith(statement_id)), None)
    return {use: (quote.text, quote.byline) if quote else None for use, quote in found.items()}


uses_given = st.frozensets(st.sampled_from(Use), min_size=1)
words_given = st.sampled_from(WORDS)
act = st.one_of(
    st.tuples(st.just("change"), words_given, uses_given),
    st.tuples(st.just("agree"), uses_given, st.booleans()),
    st.tuples(st.just("publish"), st.sampled_from(["", "from the choir"]), st.booleans()),
    st.tuples(st.just("know"), st.just("from the choir"), st.booleans()),
    st.tuples(st.just("take_name_back")),
    st.tuples(st.just("reject")),
    st.tuples(st.just("withdraw")),
)
begin = st.tuples(words_given, uses_given, st.sampled_from(["form", "in_person", "later"]))
PUBLISH = ("publish", "", False)


def do(step: tuple, statement: Statement, event: Event, ghost: Ghost) -> None:  # type: ignore[type-arg] # as drawn
    """Do it, and let the ghost know what it ought to do; whatever is refused must change nothing."""
    name, *given_with = step
    is_stale = bool(given_with) and given_with[-1] is True
    shown = "what stood there before" if is_stale else rules.fingerprint(statement)
    try:
        if name == "change":
            statements.change(statement, replace(given_with[0]), given_with[1])
            ghost.change(said(given_with[0]), given_with[1])
        elif name == "agree":
            statements.agree(statement, given_with[0], shown)
            ghost.agreed = {ghost.now: given_with[0]}
        elif name == "publish":
            statements.publish(statement, seen(event), ReviewDetails(shown, given_with[0]), ACTOR)
            ghost.passed = ghost.now
            ghost.has_known_signer |= ghost.now[1] == BylineKind.FULL_NAME and bool(given_with[0])
        elif name == "know":
            statements.know_signer(statement, ReviewDetails(shown, given_with[0]), ACTOR)
            ghost.has_known_signer |= ghost.now[1] == BylineKind.FULL_NAME
        elif name == "take_name_back":
            statements.take_name_back(statement)
            ghost.take_name_back()
        elif name == "reject":
            statements.reject(statement, ACTOR)
            ghost.passed = None
        else:
            statements.withdraw(statement)
            ghost.is_gone = True
    except RuleError:
        return
    assert not is_stale


@given(first=begin, steps=st.lists(act, max_size=8).flatmap(lambda steps: st.sampled_from([steps, [PUBLISH, *steps]])))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_order_of_acts_shows_what_was_not_agreed_to_or_hides_what_was(
    app: Flask,
    first: tuple[StatementDetails, frozenset[Use], str],
    steps: list,  # type: ignore[type-arg] # as drawn
) -> None:
    words, uses, way = first
    with app.test_request_context():
        event = past_event()
        if way == "form":
            statement = submitted(event, words, uses)
        else:
            consent = in_person(words, uses) if way == "in_person" else None
            statement = statements.note_down(event, replace(words), consent, ACTOR)
        ghost = Ghost(said(words), {} if way == "later" else {said(words): uses})
        for step in [None, *steps]:
            if step is not None:
                do(step, statement, event, ghost)
            db.session.rollback()
            expected = {use: ghost.public(use) for use in (None, *Use)}
            assert seen_publicly(statement.id, event.id) == expected, step
        if not ghost.is_gone:
            statements.withdraw(statement)


@pytest.fixture
def event(app: Flask) -> Event:
    return past_event()


@pytest.fixture(autouse=True)
def in_a_request(app: Flask) -> object:
    """Cards build addresses."""
    with app.test_request_context():
        yield


def test_agreeing_to_less_is_less_public_at_once(event: Event) -> None:
    statement = published(event)
    statements.agree(statement, frozenset({Use.EVENT_PAGE}), rules.fingerprint(statement))
    assert queries.on_event(event.id)
    assert queries.latest(1) == ()


def test_a_withdrawal_leaves_only_id_day_state_and_place(event: Event) -> None:
    statement = published(event, WORDS[5])
    statements.know_signer(statement, review(statement, "from the choir"), ACTOR)
    statements.withdraw(statement)
    db.session.rollback()
    row = db.session.get_one(Statement, statement.id)
    assert (row.text, row.text_hash, row.language, row.byline, row.known_by) == ("", "", "", "", None)
    assert (row.byline_kind, row.state, row.state_on) == ("none", "withdrawn", clock.today())
    assert row.published_at is None
    assert db.session.query(Consent).count() == db.session.query(ConsentUse).count() == 0


def test_the_name_leaves_the_consent_too(event: Event) -> None:
    statement = published(event, WORDS[5])
    statements.take_name_back(statement)
    db.session.rollback()
    assert [consent.byline for consent in db.session.query(Consent)] == [""]
    assert queries.on_event(event.id)[0].text == WORDS[5].text


def test_what_editors_note_about_people_is_sealed(event: Event) -> None:
    statement = statements.note_down(event, replace(WORDS[5]), in_person(WORDS[5]), ACTOR)
    statements.publish(statement, seen(event), review(statement, "from the choir"), ACTOR)
    assert b"choir" not in (statement.known_by or b"")
    assert b"Wren" not in (statement.consents[0].heard_by or b"Wren")


def test_a_note_about_one_signer_does_not_vouch_for_another_name(event: Event) -> None:
    statement = published(event, WORDS[5])
    statements.know_signer(statement, review(statement, "from the choir"), ACTOR)
    other = replace(WORDS[5], byline="Ines Prado")
    statements.change(statement, other, EVERYWHERE)
    statements.publish(statement, seen(event), review(statement), ACTOR)
    assert queries.on_event(event.id)[0].byline == "Name withheld"


def test_an_editor_publishes_only_what_she_read(event: Event) -> None:
    statement = submitted(event)
    read = review(statement)
    statements.change(statement, replace(WORDS[3]), EVERYWHERE)
    with pytest.raises(RuleError):
        statements.publish(statement, seen(event), read, ACTOR)


def test_nothing_is_handed_in_before_the_action_begins(app: Flask) -> None:
    coming = factories.event()
    with pytest.raises(RuleError):
        submitted(coming)
    with pytest.raises(RuleError):
        statements.note_down(coming, replace(WORDS[0]), None, ACTOR)


def test_a_flood_is_refused(event: Event) -> None:
    most = int(statements.MOST_HANDED_IN.partition("/")[0])
    for _ in range(most):
        submitted(event)
    with pytest.raises(RuleError):
        submitted(event)
    assert submitted(past_event()).state == "submitted"


def test_what_was_rejected_is_emptied_after_a_month(event: Event, time_machine: object) -> None:
    rejected, kept = submitted(event, WORDS[1]), published(event)
    statements.reject(rejected, ACTOR)
    assert jobs.expire_rejected() == 0
    time_machine.move_to(clock.now() + rules.KEPT_WHEN_REJECTED + timedelta(days=1))  # type: ignore[attr-defined]
    assert jobs.expire_rejected() == 1
    db.session.rollback()
    assert rejected.byline == ""
    assert kept.text


def test_a_published_statement_never_expires(event: Event) -> None:
    statement = published(event)
    with pytest.raises(RuleError):
        statements.expire(statement)


def test_a_new_link_makes_the_old_one_void(event: Event) -> None:
    statement = submitted(event)
    old = queries.link_token(statement)
    assert queries.by_token(policy.NOBODY, old)
    statements.renew_link(statement)
    assert queries.by_token(policy.NOBODY, old) is None
    assert queries.by_token(policy.NOBODY, queries.link_token(statement))


def test_taking_back_is_owed_a_wipe_of_the_files(event: Event) -> None:
    statement = published(event, WORDS[5])
    statements.take_name_back(statement)
    statements.withdraw(statement)
    owed = [row.fact for row in db.session.query(outbox.OutboxRow)]
    assert {"statement.byline_removed", "statement.withdrawn"} <= set(owed)
    assert outbox.run_owed() == len(owed)
    assert db.session.query(outbox.OutboxRow).count() == 0


def test_the_queue_counts_what_waits(event: Event) -> None:
    other = past_event()
    submitted(event)
    submitted(event)
    published(event)
    assert queries.waiting([event.id, other.id]) == {event.id: 2}


@pytest.mark.skipif(bool(DATABASE_URL), reason="PostgreSQL keeps plain text in its log until that is recycled")
def test_nothing_of_what_was_taken_back_is_left_in_the_files(event: Event) -> None:
    canary = new_id()
    statement = published(event, replace(WORDS[5], text=f"I came {canary}.", byline=f"Ana {canary}"))
    path = Path(str(db.engine.url.database))
    files = [path, path.with_name(f"{path.name}-wal")]
    assert any(canary.encode() in file.read_bytes() for file in files)
    statements.withdraw(statement)
    outbox.run_owed()
    assert not any(canary.encode() in file.read_bytes() for file in files if file.exists())
