"""Reading statements: what is public, what a secret link opens, what waits for an editor."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask_babel import get_locale
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import selectinload

from organizer import clock, vault
from organizer.accounts import links
from organizer.db import by_id, db
from organizer.errors import Gone
from organizer.events import queries as events
from organizer.events.gate import Clearance, VisibleEvent, is_listed, may_see, visible
from organizer.events.models import Event
from organizer.events.rules import Editorial
from organizer.photos import queries as photos
from organizer.policy import Viewer
from organizer.statements import drafting, edits, rules
from organizer.statements.cards import Quote, quote
from organizer.statements.drafting import heard_by_aad, known_by_aad, notes_key
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


# What is public. `rules.is_public` decides; the conditions beside it only keep what it would refuse out of the pages'
# limits.


def is_public(statement: Statement, use: Use | None = None) -> bool:
    """Whether it may stand there; None for a page of its own."""
    return rules.is_public(statement, statement.consents, clock.today(), use)


def on_event(event_id: str) -> tuple[Quote, ...]:
    """What stands on an event's page, the newest first; a fixed number of queries."""
    query = (
        select(Statement)
        .join(StatementEvent, StatementEvent.statement_id == Statement.id)
        .where(StatementEvent.event_id == event_id, Statement.state == State.PUBLISHED, agreed_to(Use.EVENT_PAGE))
        .order_by(Statement.published_at.desc(), Statement.id)
        .limit(ON_EVENT)
    )
    return quoted(db.session.scalars(query), Use.EVENT_PAGE, is_about_told=False)


def latest(limit: int, offset: int = 0) -> tuple[Quote, ...]:
    """What stands on the whole site, about listed events, the newest first; a fixed number of queries."""
    query = (
        select(Statement)
        .where(Statement.state == State.PUBLISHED, agreed_to(Use.SITE), is_about_listed())
        .order_by(Statement.published_at.desc(), Statement.id)
        .limit(limit)
        .offset(offset)
    )
    return quoted(db.session.scalars(query), Use.SITE)


def shown(statement_ids: Collection[str], use: Use | None = None) -> dict[str, Quote]:
    """Those of these that may stand there, about events that anyone may see; a fixed number of queries."""
    query = select(Statement).where(Statement.id.in_(statement_ids), Statement.state == State.PUBLISHED)
    return {made.id: made for made in quoted(db.session.scalars(query), use)}


def quoted(statements: Iterable[Statement], use: Use | None = None, *, is_about_told: bool = True) -> tuple[Quote, ...]:
    """The cards of those that may stand there, with what may stand beside them; a fixed number of queries."""
    today = clock.today()
    found = [row for row in statements if is_public(row, use)]
    _load_events(found)
    about = {row.id: _public_event(row) for row in found}
    pictures = photos.shown({picture.photo_id for row in found for picture in row.pictures}, use)
    return tuple(
        quote(
            row,
            _as_public(event) if event is not None and is_about_told else None,
            today,
            tuple(pictures[each] for each in _agreed_photos(row) if each in pictures),
        )
        for row in found
        if (event := about[row.id]) is not None or not is_about_told
    )


def published(viewer: Viewer, statement_id: str) -> Quote | None:
    """Policy: a statement that is public, about an event that the viewer may see.

    Raises Gone when it was withdrawn, for who may see the event.
    """
    statement = by_id(Statement, statement_id)
    if statement is None:
        return None
    seen = [event for event in statement.events if may_see(event, events.clearance(viewer, event))]
    if not seen:
        return None
    if statement.state == State.WITHDRAWN:
        raise Gone
    if not is_public(statement):
        return None
    today = clock.today()
    agreed = _agreed_photos(statement)
    pictures = photos.shown(agreed)
    about = next((event for event in seen if is_listed(event)), seen[0])
    return quote(statement, _as_public(about), today, tuple(pictures[each] for each in agreed if each in pictures))


def agreed_to(use: Use) -> ColumnElement[bool]:
    """A consent is alive to exactly this text and signature, there."""
    exactly = and_(
        or_(Consent.text_hash == Statement.text_hash, Consent.edited_hash == Statement.text_hash),
        Consent.byline_kind == Statement.byline_kind,
        Consent.byline == Statement.byline,
        Consent.affiliation == Statement.affiliation,
        or_(Consent.expires_on.is_(None), Consent.expires_on >= clock.today()),
    )
    granted = select(ConsentUse).join(Consent, Consent.id == ConsentUse.consent_id)
    return granted.where(Consent.statement_id == Statement.id, exactly, ConsentUse.use == use).exists()


def is_about_listed() -> ColumnElement[bool]:
    """It speaks of an event that is listed."""
    about = select(StatementEvent).join(Event, Event.id == StatementEvent.event_id)
    return about.where(StatementEvent.statement_id == Statement.id, *events.IS_LISTED).exists()


def _load_events(found: Sequence[Statement]) -> None:
    """Read the events of all of them in one query."""
    ids = [row.id for row in found]
    if ids:
        db.session.scalars(select(Statement).where(Statement.id.in_(ids)).options(selectinload(Statement.events))).all()


def _public_event(statement: Statement) -> Event | None:
    """The event that it speaks of and anyone may see, a listed one if there is one: no list may tell of another."""
    seen = [event for event in statement.events if may_see(event, Clearance.PUBLIC)]
    return next((event for event in seen if is_listed(event)), seen[0] if seen else None)


def _agreed_photos(statement: Statement) -> list[str]:
    """The photos beside it, in order, as far as its author agreed to just these pictures."""
    agreed = drafting.agreed_pictures(statement)
    return [each.photo_id for each in statement.pictures if each.photo.picture_hash in agreed]


# What a secret link opens.


def speakable(viewer: Viewer, address: str) -> VisibleEvent | None:
    """Policy: a published event that the viewer may see."""
    event = events.by_address(address)
    seen = events.seen_by(viewer, event, str(get_locale())) if event else None
    return seen if seen and seen.editorial == Editorial.PUBLISHED else None


def link_token(statement: Statement) -> str:
    """What stands behind /s/: derived, so it is stored nowhere; a new generation makes the old one void."""
    return links.token("statement-link", statement.id, statement.generation)


def by_token(viewer: Viewer, token: str) -> OpenedStatement | None:  # noqa: ARG001 - the link alone decides
    """Policy: the statement that a secret link leads to. Raises Gone when it was withdrawn."""
    statement = by_id(Statement, links.subject_id(token))
    if statement is None or not vault.same(link_token(statement), token):
        return None
    if statement.state == State.WITHDRAWN or not statement.events:
        raise Gone
    # Its author need not learn of other actions that an editor found it to speak of.
    return _opened(statement, _as_public(_public_event(statement) or statement.events[0]))


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


def reviewed_language(
    viewer: Viewer, event_id: str, statement_id: str, language: str
) -> tuple[OpenedStatement, str] | None:
    """Policy: the same, with the language of a translation."""
    opened = reviewed(viewer, event_id, statement_id)
    return (opened, language) if opened else None


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


def due_to_publish(now: datetime) -> Sequence[str]:
    """Ids of statements whose time has come."""
    query = select(Statement.id).where(Statement.state == State.SCHEDULED, Statement.publish_at <= now)
    return list(db.session.scalars(query))


def without_event() -> Sequence[Statement]:
    """Statements of which every action was a draft that has been deleted, and that are not withdrawn yet."""
    of_event = select(StatementEvent).where(StatementEvent.statement_id == Statement.id)
    return list(db.session.scalars(select(Statement).where(~of_event.exists(), Statement.state != State.WITHDRAWN)))


def due_to_end(today: date) -> Sequence[str]:
    """Ids of statements with a consent whose last day is over."""
    return list(db.session.scalars(select(Consent.statement_id).where(Consent.expires_on < today).distinct()))


def _opened(statement: Statement, event: VisibleEvent) -> OpenedStatement:
    alive = rules.living(statement.consents, statement, clock.today())
    return OpenedStatement(
        statement=statement,
        event=event,
        consent=_held(alive) if alive else None,
        known_by=_note(statement.known_by, known_by_aad(statement.id)),
        is_public=is_public(statement),
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


def _as_public(event: Event) -> VisibleEvent:
    return visible(event, Clearance.PUBLIC, clock.now()).in_language(str(get_locale()))
