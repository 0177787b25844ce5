"""What single acts do, and what they leave behind; what follows from any order of them is in test_consent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from time_machine import travel

from organizer import clock, outbox, policy
from organizer.db import db, new_id
from organizer.errors import Gone, RuleError
from organizer.events import service as events
from organizer.events.models import Event
from organizer.events.rules import Visibility
from organizer.statements import editing, jobs, opening, queries, rules
from organizer.statements import service as statements
from organizer.statements.models import Consent, ConsentUse, Statement
from organizer.statements.rules import ConsentDetails, Moment, State, Use
from tests import factories
from tests.conftest import DATABASE_URL
from tests.statements.saying import (
    ACTOR,
    EVERYWHERE,
    WORDS,
    in_person,
    past_event,
    published,
    review,
    seen,
    shown,
    submitted,
)


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
    statements.agree(statement, ConsentDetails(frozenset({Use.EVENT_PAGE})), shown(statement))
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
    statement = statements.note_down(event, replace(WORDS[5]), in_person(), ACTOR)
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
    old = opening.link_token(statement)
    assert opening.by_token(policy.NOBODY, old)
    statements.renew_link(statement)
    assert opening.by_token(policy.NOBODY, old) is None
    assert opening.by_token(policy.NOBODY, opening.link_token(statement))


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


def _another(event: Event, day: date | None = None, **changes: object) -> Event:
    """Another action of the same group that has begun."""
    return factories.event(event.group, starts_on=day or factories.past_day(), **changes)  # type: ignore[arg-type]


def test_its_author_learns_of_no_other_action_that_is_not_open(event: Event) -> None:
    statement = submitted(event)
    before = event.starts_on - timedelta(days=9)
    hidden = [_another(event, before, visibility=Visibility.PRIVATE), _another(event, before, published=False)]
    editing.put_beside(statement, [], [*hidden, event], ACTOR)
    opened = opening.by_token(policy.NOBODY, opening.link_token(statement))
    assert opened
    assert opened.event.id == event.id


def test_what_was_written_down_for_a_deleted_draft_goes_with_it(event: Event) -> None:
    draft = _another(event, published=False)
    lost, kept = statements.note_down(draft, replace(WORDS[0]), None, ACTOR), submitted(event)
    for statement in (lost, kept):
        tomorrow = (clock.now() + timedelta(days=1)).replace(tzinfo=None)
        at = replace(review(statement), moment=Moment.AT, publish_at_local=tomorrow)
        statements.publish(statement, seen(event), at, ACTOR)
    events.delete_draft(draft, ACTOR)
    db.session.expire_all()
    with pytest.raises(Gone):
        opening.by_token(policy.NOBODY, opening.link_token(lost))
    with travel(clock.now() + timedelta(days=2)):
        assert jobs.publish_due() == 1
    outbox.run_owed()
    db.session.expire_all()
    assert (lost.state, lost.text) == (State.WITHDRAWN, "")
    assert kept.state == State.PUBLISHED


def test_what_speaks_of_several_actions_waits_for_the_last(event: Event) -> None:
    going_on = _another(event, ends_on=clock.today() + timedelta(days=2))
    statement = submitted(event)
    editing.put_beside(statement, [], [event, going_on], ACTOR)
    assert statements.publish(statement, seen(event), review(statement), ACTOR) == State.SCHEDULED
    assert statement.publish_at == going_on.ends_at


@pytest.mark.skipif(bool(DATABASE_URL), reason="PostgreSQL keeps plain text in its log until that is recycled")
def test_nothing_of_what_was_taken_back_is_left_in_the_files(event: Event) -> None:
    canary = new_id()
    statement = published(event, replace(WORDS[5], text=f"I came {canary}.", byline=f"Ana {canary}"))
    path = Path(str(db.engine.url.database)).resolve()
    files = [path, path.with_name(f"{path.name}-wal")]
    assert any(canary.encode() in file.read_bytes() for file in files)
    statements.withdraw(statement)
    outbox.run_owed()
    assert not any(canary.encode() in file.read_bytes() for file in files if file.exists())
