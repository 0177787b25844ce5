"""The steps that several services take inside their one commit: a new statement, and a consent to what stands there."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from organizer import clock, vault
from organizer.db import db, new_id
from organizer.errors import RuleError
from organizer.events.models import Event
from organizer.statements import rules
from organizer.statements.models import Consent, Statement
from organizer.statements.rules import ConsentDetails, State, StatementDetails


def begin(event: Event, details: StatementDetails) -> Statement:
    """A submitted statement about an event, in the session; no commit."""
    statement = Statement(id=new_id(), group_id=event.group_id, events=[event])
    enter(statement, State.SUBMITTED)
    statement.take(details)
    db.session.add(statement)
    return statement


def agree(statement: Statement, details: ConsentDetails, pictures: list[str] | None = None) -> Consent:
    """Put the consent, to the text and the photos as they stand, in place of any earlier one; no commit.

    `pictures` are the hashes of the photos, where they are not all that are beside it. Raises RuleError for consent
    to nothing, and for one that is over.
    """
    rules.check_consent(details, clock.today())
    consent = Consent(id=new_id(), words_version=rules.WORDS_VERSION)
    agreed = statement.picture_hashes if pictures is None else pictures
    consent.take(statement, details, details.given_on or clock.today(), agreed)
    if details.heard_by:
        consent.heard_by = vault.seal(notes_key(), details.heard_by, heard_by_aad(consent.id))
    statement.consents, statement.awaits_author = [consent], False
    return consent


def agreed_pictures(statement: Statement) -> list[str]:
    """The hashes of the pictures to which a living consent to what stands there goes."""
    alive = rules.living(statement.consents, statement, clock.today())
    return list(alive.pictures or ()) if alive else []


def enter(statement: Statement, state: State) -> None:
    """Let it be in this state from today on."""
    statement.state, statement.state_on = state, clock.today()
    if state != State.SCHEDULED:
        statement.publish_at = None


def check_shown(statement: Statement, shown: str) -> None:
    """Raise RuleError when it is not what someone had before her eyes (`rules.fingerprint`)."""
    if not vault.same(rules.fingerprint(statement, statement.picture_hashes), shown):
        raise RuleError("It was changed a moment ago. Read it once more.")


def local_day(zone: str) -> date:
    """Today where the event is."""
    return clock.now().astimezone(ZoneInfo(zone)).date()


def notes_key() -> bytes:
    """Seals what editors note about people."""
    return vault.derive("statement-notes")


def known_by_aad(statement_id: str) -> str:
    """What binds a sealed note to its table, row and column."""
    return f"statement|{statement_id}|known_by"


def heard_by_aad(consent_id: str) -> str:
    """The same for who heard a consent."""
    return f"consent|{consent_id}|heard_by"
