"""Handing in, agreeing, publishing, and making less public. Each function is one commit."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from sqlalchemy import select

from organizer import audit, clock, limits, outbox, vault
from organizer.db import db, writing
from organizer.errors import RuleError
from organizer.events.gate import VisibleEvent
from organizer.events.models import Event
from organizer.outbox import Fact
from organizer.statements import drafting, moments, rules, slips
from organizer.statements.drafting import enter
from organizer.statements.models import Statement
from organizer.statements.rules import ConsentDetails, Move, ReviewDetails, State, StatementDetails

MOST_HANDED_IN = "60/hour"


# By its author, or by who heard her.


def submit(event: VisibleEvent, details: StatementDetails, consent: ConsentDetails) -> Statement:
    """Hand in what its author says, with her consent to just that; an editor reads it before it is public.

    Raises RuleError before the event begins and for details that are none, TooMany in a flood.
    """
    moments.check_begun(event.starts_at, clock.now())
    rules.check_details(details)
    limits.take("statements", event.id, MOST_HANDED_IN)
    with writing():
        statement = drafting.begin(db.session.get_one(Event, event.id), details)
        drafting.agree(statement, consent)
        outbox.commit(Fact("statement.submitted", statement.id))
    return statement


def note_down(
    event: Event, details: StatementDetails, consent: ConsentDetails | None, actor_id: str, slip: str = ""
) -> Statement:
    """Hand in what someone said to an organizer; with None she has not agreed yet, and can by her link.

    `slip` is the number on the consent slip that she was given, empty without one.
    """
    moments.check_begun(event.starts_at, clock.now())
    rules.check_details(details)
    if consent is not None:
        rules.check_in_person(consent, details, event.starts_on, drafting.local_day(event.zone))
    with writing():
        statement = drafting.begin(event, details)
        statement.awaits_author = not slip
        if consent is not None:
            drafting.agree(statement, consent)
        if slip:
            db.session.flush()
            slips.bind(statement, event, slip)
        audit.write(actor_id, "statement.submitted", statement.id)
        outbox.commit(Fact("statement.submitted", statement.id))
    return statement


def change(statement: Statement, details: StatementDetails, consent: ConsentDetails) -> Statement:
    """Replace text and signature, with the author's consent to just that.

    The old ones are gone from the public at once. Unless only names were taken away, an editor reads the new ones
    before they are public. The form shows no photos, so that she agrees to no more of them than before.
    """
    rules.check_details(details)
    with writing(lock=statement):
        target = rules.moved(statement.state, Move.CHANGE)
        pictures = drafting.agreed_pictures(statement)
        if rules.needs_review(statement, details):
            enter(statement, target)
        statement.take(details)
        drafting.agree(statement, consent, pictures)
        outbox.commit(Fact("statement.changed", statement.id))
    return statement


def agree(statement: Statement, consent: ConsentDetails, shown: str) -> Statement:
    """Record the author's consent to what she was `shown` (`rules.fingerprint`), in place of any earlier one."""
    with writing(lock=statement):
        drafting.check_shown(statement, shown)
        drafting.agree(statement, consent)
        outbox.commit(Fact("statement.agreed", statement.id))
    return statement


def agree_in_person(
    statement: Statement, event: VisibleEvent, consent: ConsentDetails, shown: str, actor_id: str
) -> Statement:
    """Record what an author who has not answered yet said to an organizer, who was `shown` it.

    The form shows no photos, so that she agrees to none.
    """
    with writing(lock=statement):
        if not statement.awaits_author:
            raise RuleError("Its author has the link, and decides by it.")
        drafting.check_shown(statement, shown)
        rules.check_in_person(consent, statement, event.when.starts_on, drafting.local_day(event.when.zone))
        drafting.agree(statement, consent, [])
        _record(actor_id, "statement.agreed", statement)
    return statement


def take_name_back(statement: Statement, actor_id: str | None = None) -> Statement:
    """Remove the byline everywhere, at once; `actor_id` is an organizer who does it at the author's word."""
    with writing(lock=statement):
        rules.moved(statement.state, Move.TAKE_NAME_BACK)
        statement.unsign()
        _record(actor_id, "statement.byline_removed", statement)
    return statement


def take_photo_back(statement: Statement, photo_id: str, actor_id: str | None = None) -> Statement:
    """Take a photo from beside it, at once; the photo itself stays where it stands otherwise."""
    with writing(lock=statement):
        rules.moved(statement.state, Move.EDIT)
        statement.pictures = [picture for picture in statement.pictures if picture.photo_id != photo_id]
        statement.forget_pictures()
        _record(actor_id, "statement.photo_removed", statement)
    return statement


def withdraw(statement: Statement, actor_id: str | None = None) -> None:
    """Delete text, name and consent, at once; `actor_id` is an organizer who does it at the author's word."""
    _delete(statement, Move.WITHDRAW, actor_id)


def expire(statement: Statement) -> None:
    """Delete what was rejected and not published since."""
    _delete(statement, Move.EXPIRE, None)


def renew_link(statement: Statement) -> Statement:
    """Make the secret link void that others may have, and the slip that led to it, in favour of a new one."""
    with writing(lock=statement):
        statement.generation, statement.awaits_author = statement.generation + 1, False
        slips.forget(statement.id)
        outbox.commit(Fact("statement.link_renewed", statement.id))
    return statement


# By an editor.


def publish(statement: Statement, event: VisibleEvent, review: ReviewDetails, actor_id: str) -> State:
    """Let it be public, now or later, as far as its author agreed; a full name only with a note how she is known.

    Raises RuleError for something else than what the editor read, and for a time that cannot be.
    """
    with writing(lock=statement):
        drafting.check_shown(statement, review.shown)
        chosen = review.publish_at_local
        chosen_at = chosen.replace(tzinfo=ZoneInfo(event.when.zone)) if chosen else None
        over_at = max((each.ends_at for each in statement.events), default=event.ends_at)
        due_at = moments.publish_at(review.moment, over_at, chosen_at, clock.now())
        enter(statement, rules.moved(statement.state, Move.PUBLISH if due_at is None else Move.SCHEDULE))
        statement.publish_at = due_at
        if due_at is None:
            statement.published_at = clock.now()
        _know(statement, review.known_by)
        _record(actor_id, "statement.published" if due_at is None else "statement.scheduled", statement)
    return statement.state


def release(statement: Statement) -> bool:
    """Publish what is scheduled, once its time has come and its actions are over; whether it was."""
    with writing(lock=statement):
        due_at = statement.publish_at
        if statement.state != State.SCHEDULED or due_at is None or not statement.events:
            return False
        over_at = max(event.ends_at for event in statement.events)
        if not moments.is_due(due_at, over_at, clock.now()):
            return False
        enter(statement, rules.moved(statement.state, Move.RELEASE))
        statement.published_at = clock.now()
        outbox.commit(Fact("statement.published", statement.id))
    return True


def know_signer(statement: Statement, review: ReviewDetails, actor_id: str) -> None:
    """Record how the editor knows the signer of a full name, so that it may be shown."""
    if not review.known_by:
        raise RuleError("Write how you know who signed.", field="known_by")
    with writing(lock=statement):
        drafting.check_shown(statement, review.shown)
        _know(statement, review.known_by)
        _record(actor_id, "statement.signer_known", statement)


def hold(statement: Statement, actor_id: str) -> None:
    """Take it out of sight at once, since it could harm someone now."""
    _move(statement, Move.HOLD, "statement.held", actor_id)


def lift(statement: Statement, actor_id: str) -> None:
    """Let what was held be read and published again."""
    _move(statement, Move.LIFT, "statement.lifted", actor_id)


def reject(statement: Statement, actor_id: str) -> None:
    """Do not publish it, or no longer; it is emptied when `rules.KEPT_WHEN_REJECTED` has passed."""
    _move(statement, Move.REJECT, "statement.rejected", actor_id)


def reject_many(group_id: str, statement_ids: Sequence[str], actor_id: str) -> int:
    """The same for those of a group that can be rejected, in one commit; returns how many."""
    query = select(Statement).where(Statement.id.in_(statement_ids), Statement.group_id == group_id)
    query = query.order_by(Statement.id).with_for_update(of=Statement)
    with writing():
        able = [row for row in db.session.scalars(query) if row.state in rules.MOVES[Move.REJECT]]
        for statement in able:
            enter(statement, rules.moved(statement.state, Move.REJECT))
            audit.write(actor_id, "statement.rejected", statement.id)
        outbox.commit(*(Fact("statement.rejected", statement.id) for statement in able))
    return len(able)


def _move(statement: Statement, move: Move, verb: str, actor_id: str) -> None:
    with writing(lock=statement):
        enter(statement, rules.moved(statement.state, move))
        _record(actor_id, verb, statement)


def _delete(statement: Statement, move: Move, actor_id: str | None) -> None:
    with writing(lock=statement):
        enter(statement, rules.moved(statement.state, move))
        statement.empty()
        _record(actor_id, "statement.withdrawn", statement)


def _know(statement: Statement, known_by: str) -> None:
    if known_by and statement.byline_kind == rules.BylineKind.FULL_NAME:
        statement.known_by = vault.seal(drafting.notes_key(), known_by, drafting.known_by_aad(statement.id))


def _record(actor_id: str | None, verb: str, statement: Statement) -> None:
    if actor_id is None:
        statement.awaits_author = False
    else:
        audit.write(actor_id, verb, statement.id)
    outbox.commit(Fact(verb, statement.id))
