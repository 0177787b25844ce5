"""Reading statements: what is public, what a secret link opens, what waits for an editor."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import request
from flask_babel import get_locale
from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import selectinload

from organizer import clock, vault
from organizer.db import db
from organizer.errors import Gone
from organizer.events import queries as events
from organizer.events.gate import Clearance, VisibleEvent, may_see, visible
from organizer.events.models import Event
from organizer.events.rules import Editorial
from organizer.policy import Viewer
from organizer.statements import rules
from organizer.statements.cards import Quote, quote
from organizer.statements.models import Consent, ConsentUse, Statement, StatementEvent
from organizer.statements.rules import State, Use, Way

LINK_COOKIE = "statement"
ON_EVENT = 50
IN_QUEUE = 300


@dataclass(frozen=True)
class HeldConsent:
    """A consent that is alive, opened for the author and the editors."""

    way: Way
    given_on: date
    heard_by: str
    read_back: tuple[str, ...]
    uses: frozenset[Use]
    words_version: int


@dataclass(frozen=True)
class OpenedStatement:
    """A statement before its author or an editor, with all that is held about it."""

    statement: Statement
    event: VisibleEvent
    consent: HeldConsent | None
    known_by: str
    is_public: bool
    shown: str
    """`rules.fingerprint` of what stands on the page."""


# What is public. `rules.is_public` decides; the conditions beside it only keep what it would refuse out of the pages'
# limits.


def is_public(statement: Statement, use: Use | None = None) -> bool:
    """Whether it may stand there; None for a page of its own."""
    return rules.is_public(statement, statement.consents, use)


def on_event(event_id: str) -> tuple[Quote, ...]:
    """What stands on an event's page, the newest first; three queries for any number."""
    query = (
        select(Statement)
        .join(StatementEvent, StatementEvent.statement_id == Statement.id)
        .where(StatementEvent.event_id == event_id, Statement.state == State.PUBLISHED, _agreed_to(Use.EVENT_PAGE))
        .order_by(Statement.published_at.desc(), Statement.id)
        .limit(ON_EVENT)
    )
    return tuple(quote(row) for row in db.session.scalars(query) if is_public(row, Use.EVENT_PAGE))


def latest(limit: int, offset: int = 0) -> tuple[Quote, ...]:
    """What stands on the whole site, about listed events, the newest first; a fixed number of queries."""
    query = (
        select(Statement)
        .join(StatementEvent, StatementEvent.statement_id == Statement.id)
        .join(Event, Event.id == StatementEvent.event_id)
        .where(*events.IS_LISTED, Statement.state == State.PUBLISHED, _agreed_to(Use.SITE))
        .order_by(Statement.published_at.desc(), Statement.id)
        .limit(limit)
        .offset(offset)
        .options(selectinload(Statement.events))
    )
    found = [row for row in db.session.scalars(query) if is_public(row, Use.SITE)]
    return tuple(quote(row, _as_public(row.events[0])) for row in found)


def published(viewer: Viewer, statement_id: str) -> Quote | None:
    """Policy: a statement that is public, about an event that the viewer may see. Raises Gone when it was withdrawn."""
    statement = _found(statement_id)
    if statement is None:
        return None
    if statement.state == State.WITHDRAWN:
        raise Gone
    event = statement.events[0]
    if not is_public(statement) or not may_see(event, events.clearance(viewer, event)):
        return None
    return quote(statement, _as_public(event))


def _agreed_to(use: Use) -> ColumnElement[bool]:
    """A consent is alive to exactly this text and byline, there."""
    exactly = and_(
        Consent.text_hash == Statement.text_hash,
        Consent.byline_kind == Statement.byline_kind,
        Consent.byline == Statement.byline,
    )
    granted = select(ConsentUse).join(Consent, Consent.id == ConsentUse.consent_id)
    return granted.where(Consent.statement_id == Statement.id, exactly, ConsentUse.use == use).exists()


# What a secret link opens.


def speakable(viewer: Viewer, address: str) -> VisibleEvent | None:
    """Policy: a published event that the viewer may see."""
    event = events.by_address(address)
    seen = events.seen_by(viewer, event, str(get_locale())) if event else None
    return seen if seen and seen.editorial == Editorial.PUBLISHED else None


def link_token(statement: Statement) -> str:
    """What stands behind /s/: derived, so it is stored nowhere; a new generation makes the old one void."""
    mac = vault.mac(vault.derive("statement-link"), "statement-link", statement.id, statement.generation)
    return f"{statement.id}.{mac}"


def by_token(viewer: Viewer, token: str) -> OpenedStatement | None:  # noqa: ARG001 - the link alone decides
    """Policy: the statement that a secret link leads to. Raises Gone when it was withdrawn."""
    statement = _found(token.partition(".")[0])
    if statement is None or not vault.same(link_token(statement), token):
        return None
    if statement.state == State.WITHDRAWN:
        raise Gone
    return _opened(statement, _as_public(statement.events[0]))


def by_cookie(viewer: Viewer, statement_id: str) -> OpenedStatement | None:
    """Policy: the statement whose secret link this browser has opened."""
    token = request.cookies.get(LINK_COOKIE, "")
    return by_token(viewer, token) if token.startswith(f"{statement_id}.") else None


# What editors see.


def reviewed(viewer: Viewer, event_id: str, statement_id: str) -> OpenedStatement | None:
    """Policy: a statement about an event, for the organizers of its group. Raises Gone when it was withdrawn."""
    event = events.organized(viewer, event_id)
    if event is None or db.session.get(StatementEvent, (statement_id, event_id)) is None:
        return None
    statement = db.session.get_one(Statement, statement_id)
    if statement.state == State.WITHDRAWN:
        raise Gone
    return _opened(statement, visible(event, Clearance.ORGANIZER, clock.now()))


def queue(event_id: str) -> dict[State, list[Statement]]:
    """An event's statements by state, the latest first."""
    query = (
        select(Statement)
        .join(StatementEvent, StatementEvent.statement_id == Statement.id)
        .where(StatementEvent.event_id == event_id)
        .order_by(Statement.state_on.desc(), Statement.id)
        .limit(IN_QUEUE)
    )
    found: dict[State, list[Statement]] = {state: [] for state in State}
    for statement in db.session.scalars(query):
        found[statement.state].append(statement)
    return found


def waiting(event_ids: Sequence[str]) -> dict[str, int]:
    """How many statements wait to be read, by event id, in one query; events without any are left out."""
    query = (
        select(StatementEvent.event_id, func.count())
        .join(Statement, Statement.id == StatementEvent.statement_id)
        .where(StatementEvent.event_id.in_(event_ids), Statement.state == State.SUBMITTED)
        .group_by(StatementEvent.event_id)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def due_to_expire(today: date) -> Sequence[str]:
    """Ids of statements that were rejected and not published since."""
    last_day = today - rules.KEPT_WHEN_REJECTED
    query = select(Statement.id).where(Statement.state == State.REJECTED, Statement.state_on <= last_day)
    return list(db.session.scalars(query))


def known_by_aad(statement_id: str) -> str:
    """What binds a sealed note to its table, row and column."""
    return f"statement|{statement_id}|known_by"


def heard_by_aad(consent_id: str) -> str:
    return f"consent|{consent_id}|heard_by"


def notes_key() -> bytes:
    """Seals what editors note about people."""
    return vault.derive("statement-notes")


def _opened(statement: Statement, event: VisibleEvent) -> OpenedStatement:
    alive = [consent for consent in statement.consents if rules.agrees(consent, statement)]
    return OpenedStatement(
        statement=statement,
        event=event,
        consent=_held(alive[0]) if alive else None,
        known_by=_note(statement.known_by, known_by_aad(statement.id)),
        is_public=is_public(statement),
        shown=rules.fingerprint(statement),
    )


def _held(consent: Consent) -> HeldConsent:
    return HeldConsent(
        way=consent.way,
        given_on=consent.given_on,
        heard_by=_note(consent.heard_by, heard_by_aad(consent.id)),
        read_back=tuple(consent.read_back),
        uses=consent.uses,
        words_version=consent.words_version,
    )


def _note(sealed: bytes | None, aad: str) -> str:
    return vault.open_sealed(notes_key(), sealed, aad) if sealed else ""


def _found(statement_id: str) -> Statement | None:
    """Only what can be an id is asked for: PostgreSQL takes no NUL."""
    return db.session.get(Statement, statement_id) if re.fullmatch(r"[a-z2-7]{26}", statement_id) else None


def _as_public(event: Event) -> VisibleEvent:
    return visible(event, Clearance.PUBLIC, clock.now()).in_language(str(get_locale()))
