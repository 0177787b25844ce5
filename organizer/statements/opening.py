"""A statement opened with all that is held about it: by its author's secret link, and by who edits it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from organizer import clock, vault
from organizer.accounts import links
from organizer.db import db
from organizer.errors import Gone
from organizer.events import queries as events
from organizer.events.gate import Clearance, VisibleEvent, visible
from organizer.policy import Viewer
from organizer.statements import drafting, edits, queries, rules
from organizer.statements.drafting import heard_by_aad, known_by_aad, notes_key
from organizer.statements.models import Consent, Statement, StatementEvent
from organizer.statements.rules import State, Use, Way

LINK_COOKIE = "statement"


@dataclass(frozen=True)
class HeldConsent:
    """A consent that is alive, opened for the author and the editors."""

    way: Way
    given_on: date
    heard_by: str
    read_back: tuple[str, ...]
    uses: frozenset[Use]
    words_version: int
    may_edit: bool
    may_translate: bool
    expires_on: date | None
    agreed_text: str | None
    """The author's own words, when a light edit stands in for them."""


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
    publish_local: datetime | None
    """The wall time where the action is, at which it becomes public."""
    awaited_photos: int
    """How many photos shall stand beside it, could, and wait for the author's yes."""


# By its author's link.


def link_token(statement: Statement) -> str:
    """What stands behind /s/: derived, so it is stored nowhere; a new generation makes the old one void."""
    return links.token("statement-link", statement.id, statement.generation)


def by_token(viewer: Viewer, token: str) -> OpenedStatement | None:  # noqa: ARG001 - the link alone decides
    """Policy: the statement that a secret link leads to. Raises Gone when it was withdrawn."""
    statement = links.row(Statement, token, link_token)
    if statement is None:
        return None
    if statement.state == State.WITHDRAWN or not statement.events:
        raise Gone
    # Its author need not learn of other actions that an editor found it to speak of.
    return _opened(statement, queries.as_public(queries.public_event(statement) or statement.events[0]))


def by_cookie(viewer: Viewer, statement_id: str) -> OpenedStatement | None:
    """Policy: the statement whose secret link this browser has opened."""
    token = links.sent(LINK_COOKIE, statement_id)
    return by_token(viewer, token) if token else None


def proposed(viewer: Viewer, statement_id: str, proposal_id: str) -> tuple[OpenedStatement, str] | None:
    """Policy: the same, with the id of a proposal about it; the service says when that is no longer there."""
    opened = by_cookie(viewer, statement_id)
    return (opened, proposal_id) if opened else None


def translated(viewer: Viewer, statement_id: str, language: str) -> tuple[OpenedStatement, str] | None:
    """Policy: the same, with a language."""
    opened = by_cookie(viewer, statement_id)
    return (opened, language) if opened else None


def pictured(viewer: Viewer, statement_id: str, photo_id: str) -> tuple[OpenedStatement, str] | None:
    """Policy: the same, with a photo that stands beside it."""
    opened = by_cookie(viewer, statement_id)
    return (opened, photo_id) if opened else None


@dataclass(frozen=True)
class Proposal:
    """Other words that an editor proposes, `pieces` against those that stand there."""

    id: str
    note: str
    made_on: date
    pieces: tuple[tuple[edits.Kind, str], ...]


def proposals(statement: Statement) -> list[Proposal]:
    """What waits for the author's answer."""
    return [
        Proposal(made.id, made.note, made.made_on, edits.difference(statement.text, made.text))
        for made in statement.suggestions
        if not made.is_refused and made.of_hash == statement.text_hash
    ]


def mended(opened: OpenedStatement) -> tuple[tuple[edits.Kind, str], ...]:
    """The light edit that stands in for the author's own words, against those; empty without one."""
    own = opened.consent.agreed_text if opened.consent else None
    return edits.difference(own, opened.statement.text) if own else ()


# By who edits it.


def reviewed(viewer: Viewer, event_id: str, statement_id: str) -> OpenedStatement | None:
    """Policy: a statement about an event, for the organizers of its group. Raises Gone when it was withdrawn."""
    event = events.organized(viewer, event_id)
    if event is None or db.session.get(StatementEvent, (statement_id, event_id)) is None:
        return None
    statement = db.session.get_one(Statement, statement_id)
    if statement.state == State.WITHDRAWN:
        raise Gone
    return _opened(statement, visible(event, Clearance.ORGANIZER, clock.now()))


def reviewed_language(
    viewer: Viewer, event_id: str, statement_id: str, language: str
) -> tuple[OpenedStatement, str] | None:
    """Policy: the same, with the language of a translation."""
    opened = reviewed(viewer, event_id, statement_id)
    return (opened, language) if opened else None


def _opened(statement: Statement, event: VisibleEvent) -> OpenedStatement:
    alive = rules.living(statement.consents, statement, clock.today())
    return OpenedStatement(
        statement=statement,
        event=event,
        consent=_held(alive) if alive else None,
        known_by=_note(statement.known_by, known_by_aad(statement.id)),
        is_public=queries.is_public(statement),
        shown=rules.fingerprint(statement, statement.picture_hashes),
        publish_local=_wall_time(statement.publish_at, event.when.zone),
        awaited_photos=len(set(statement.picture_hashes) - set(drafting.agreed_pictures(statement))),
    )


def _wall_time(at: datetime | None, zone: str) -> datetime | None:
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) if at else None


def _held(consent: Consent) -> HeldConsent:
    return HeldConsent(
        way=consent.way,
        given_on=consent.given_on,
        heard_by=_note(consent.heard_by, heard_by_aad(consent.id)),
        read_back=tuple(consent.read_back),
        uses=consent.uses,
        words_version=consent.words_version,
        may_edit=consent.may_edit,
        may_translate=consent.may_translate,
        expires_on=consent.expires_on,
        agreed_text=consent.agreed_text,
    )


def _note(sealed: bytes | None, aad: str) -> str:
    return vault.open_sealed(notes_key(), sealed, aad) if sealed else ""
