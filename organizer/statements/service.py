"""Handing in, agreeing, publishing, and making less public. Each function is one commit."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from organizer import audit, clock, limits, outbox, vault
from organizer.db import db, new_id, writing
from organizer.errors import RuleError
from organizer.events.gate import VisibleEvent
from organizer.events.models import Event
from organizer.outbox import Fact
from organizer.statements import queries, rules
from organizer.statements.models import Consent, Statement
from organizer.statements.rules import ConsentDetails, Move, ReviewDetails, State, StatementDetails, Use

MOST_HANDED_IN = "60/hour"


def submit(event: VisibleEvent, details: StatementDetails, uses: frozenset[Use]) -> Statement:
    """Hand in what its author says, with her consent to just that; an editor reads it before it is public.

    Raises RuleError before the event begins and for details that are none, TooMany in a flood.
    """
    rules.check_begun(event.starts_at, clock.now())
    rules.check_details(details)
    limits.take("statements", event.id, MOST_HANDED_IN)
    with writing():
        statement = _new(event.id, details)
        _agree(statement, _by_link(uses))
        outbox.commit(Fact("statement.submitted", statement.id))
    return statement


def note_down(event: Event, details: StatementDetails, consent: ConsentDetails | None, actor_id: str) -> Statement:
    """Hand in what someone said to an organizer; with None she has not agreed yet, and can by her link."""
    rules.check_begun(event.starts_at, clock.now())
    rules.check_details(details)
    if consent is not None:
        rules.check_in_person(consent, details, event.starts_on, local_day(event.zone))
    with writing():
        statement = _new(event.id, details)
        if consent is not None:
            _agree(statement, consent)
        audit.write(actor_id, "statement.submitted", statement.id)
        outbox.commit(Fact("statement.submitted", statement.id))
    return statement


def change(statement: Statement, details: StatementDetails, uses: frozenset[Use]) -> Statement:
    """Replace text and byline, with the author's consent to just that.

    The old ones are gone from the public at once. Unless only the name was taken away, an editor reads the new ones
    before they are public.
    """
    rules.check_details(details)
    with writing(lock=statement):
        target = rules.moved(statement.state, Move.CHANGE)
        if rules.needs_review(statement, details):
            _enter(statement, target)
        statement.take(details)
        _agree(statement, _by_link(uses))
        outbox.commit(Fact("statement.changed", statement.id))
    return statement


def agree(statement: Statement, uses: frozenset[Use], shown: str) -> Statement:
    """Record the author's consent to what she was `shown` (`rules.fingerprint`), in place of any earlier one."""
    with writing(lock=statement):
        _check_shown(statement, shown)
        _agree(statement, _by_link(uses))
        outbox.commit(Fact("statement.agreed", statement.id))
    return statement


def take_name_back(statement: Statement, actor_id: str | None = None) -> Statement:
    """Remove the byline everywhere, at once; `actor_id` is an organizer who does it at the author's word."""
    with writing(lock=statement):
        rules.moved(statement.state, Move.TAKE_NAME_BACK)
        statement.unsign()
        _record(actor_id, "statement.byline_removed", statement)
    return statement


def withdraw(statement: Statement, actor_id: str | None = None) -> None:
    """Delete text, name and consent, at once; `actor_id` is an organizer who does it at the author's word."""
    _delete(statement, Move.WITHDRAW, actor_id)


def expire(statement: Statement) -> None:
    """Delete what was rejected and not published since."""
    _delete(statement, Move.EXPIRE, None)


def renew_link(statement: Statement) -> Statement:
    """Make the secret link void that others may have, in favour of a new one."""
    with writing(lock=statement):
        statement.generation += 1
        outbox.commit(Fact("statement.link_renewed", statement.id))
    return statement


def publish(statement: Statement, event: VisibleEvent, review: ReviewDetails, actor_id: str) -> None:
    """Let it be public as far as its author agreed; a full name only when it is noted how the signer is known.

    Raises RuleError for something else than what the editor read, and while the event goes on unless she says that
    it is safe.
    """
    if not review.is_safe_now:
        rules.check_over(event.ends_at, clock.now())
    with writing(lock=statement):
        _check_shown(statement, review.shown)
        _enter(statement, rules.moved(statement.state, Move.PUBLISH))
        statement.published_at = clock.now()
        _know(statement, review.known_by)
        _record(actor_id, "statement.published", statement)


def know_signer(statement: Statement, review: ReviewDetails, actor_id: str) -> None:
    """Record how the editor knows the signer of a full name, so that it may be shown."""
    if not review.known_by:
        raise RuleError("Write how you know who signed.", field="known_by")
    with writing(lock=statement):
        _check_shown(statement, review.shown)
        _know(statement, review.known_by)
        _record(actor_id, "statement.signer_known", statement)


def reject(statement: Statement, actor_id: str) -> None:
    """Do not publish it, or no longer; it is emptied when `rules.KEPT_WHEN_REJECTED` has passed."""
    with writing(lock=statement):
        _enter(statement, rules.moved(statement.state, Move.REJECT))
        _record(actor_id, "statement.rejected", statement)


def local_day(zone: str) -> date:
    """Today where the event is."""
    return clock.now().astimezone(ZoneInfo(zone)).date()


def _new(event_id: str, details: StatementDetails) -> Statement:
    event = db.session.get_one(Event, event_id)
    statement = Statement(id=new_id(), group_id=event.group_id, events=[event])
    _enter(statement, State.SUBMITTED)
    statement.take(details)
    db.session.add(statement)
    return statement


def _delete(statement: Statement, move: Move, actor_id: str | None) -> None:
    with writing(lock=statement):
        _enter(statement, rules.moved(statement.state, move))
        statement.empty()
        _record(actor_id, "statement.withdrawn", statement)


def _enter(statement: Statement, state: State) -> None:
    statement.state, statement.state_on = state, clock.today()


def _by_link(uses: frozenset[Use]) -> ConsentDetails:
    return ConsentDetails(uses, given_on=clock.today())


def _agree(statement: Statement, details: ConsentDetails) -> None:
    """Put the consent in place of any earlier one."""
    rules.check_uses(details.uses)
    consent = Consent(id=new_id(), words_version=rules.WORDS_VERSION)
    consent.take(statement, details)
    if details.heard_by:
        consent.heard_by = vault.seal(queries.notes_key(), details.heard_by, queries.heard_by_aad(consent.id))
    statement.consents = [consent]


def _know(statement: Statement, known_by: str) -> None:
    if known_by and statement.byline_kind == rules.BylineKind.FULL_NAME:
        statement.known_by = vault.seal(queries.notes_key(), known_by, queries.known_by_aad(statement.id))


def _check_shown(statement: Statement, shown: str) -> None:
    if not vault.same(rules.fingerprint(statement), shown):
        raise RuleError("It was changed a moment ago. Read it once more.")


def _record(actor_id: str | None, verb: str, statement: Statement) -> None:
    if actor_id is not None:
        audit.write(actor_id, verb, statement.id)
    outbox.commit(Fact(verb, statement.id))
