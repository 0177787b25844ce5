"""What several people said is handed in at once, each a statement of her own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import select

from organizer import audit, clock, outbox, text
from organizer.db import db, writing
from organizer.errors import RuleError
from organizer.events.models import Event
from organizer.forms import LONGEST_TEXT
from organizer.outbox import Fact
from organizer.statements import drafting, moments, rules, slips
from organizer.statements.models import Statement, StatementEvent
from organizer.statements.rules import ConsentDetails, StatementDetails


@dataclass(frozen=True)
class Draft:
    """A statement to keep; `key` as in `transcripts.Spoken`, `slip` is a number as typed, empty without one."""

    key: str
    details: StatementDetails
    slip: str
    has_agreed: bool


def keep(event: Event, drafts: Sequence[Draft], consent: ConsentDetails | None, actor_id: str) -> list[Statement]:
    """Hand in what several people said, all in one commit; `consent`, in person, is of those who have agreed.

    Raises RuleError; one that is about a statement has its key before the field.
    """
    moments.check_begun(event.starts_at, clock.now())
    if not drafts:
        raise RuleError("Tick at least one statement to keep.")
    _check_agreed(event, [draft for draft in drafts if draft.has_agreed], consent)
    for draft in drafts:
        with _beside(draft):
            _check_words(draft.details)
    with writing(lock=event):
        known = _known(event)
        kept = [_begin(event, draft, known, consent) for draft in drafts]
        for statement in kept:
            audit.write(actor_id, "statement.submitted", statement.id)
        outbox.commit(*(Fact("statement.submitted", statement.id) for statement in kept))
    return kept


def _begin(event: Event, draft: Draft, known: set[tuple[str, str]], consent: ConsentDetails | None) -> Statement:
    with _beside(draft):
        if (rules.text_hash(draft.details.text), draft.details.byline) in known:
            raise RuleError("These words are kept already, under this name. Leave them out here.", field="keep")
        statement = drafting.begin(event, draft.details)
        statement.awaits_author = not draft.slip
        if draft.slip:
            slips.bind(statement, event, draft.slip)
    if draft.has_agreed and consent is not None:
        drafting.agree(statement, consent)
    return statement


def _check_agreed(event: Event, agreed: Sequence[Draft], consent: ConsentDetails | None) -> None:
    if agreed and consent is None:
        raise RuleError("Say where it may stand.", field="uses")
    if consent is not None and not agreed:
        raise RuleError("Tick above who agreed, or leave all about consent empty.", field="uses")
    for draft in agreed:
        if consent is not None:
            rules.check_in_person(consent, draft.details, event.starts_on, drafting.local_day(event.zone))


def _check_words(details: StatementDetails) -> None:
    if len(details.text) > LONGEST_TEXT:
        raise RuleError(
            "This is longer than %(most)d characters. Go back and cut it in two.", field="keep", most=LONGEST_TEXT
        )
    if not text.to_plain(details.text):
        raise RuleError("Nothing can be read here. Leave it out.", field="keep")
    rules.check_details(details)


def _known(event: Event) -> set[tuple[str, str]]:
    """What was handed in about the event so far: whoever sends a page twice keeps it once."""
    of_event = StatementEvent.statement_id == Statement.id
    query = select(Statement.text_hash, Statement.byline).join(StatementEvent, of_event)
    return {(row[0], row[1]) for row in db.session.execute(query.where(StatementEvent.event_id == event.id))}


@contextmanager
def _beside(draft: Draft) -> Iterator[None]:
    try:
        yield
    except RuleError as error:
        error.field = f"{draft.key}{error.field or 'keep'}"
        raise
