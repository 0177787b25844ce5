"""Reading statements: what is public, and what waits for an editor or its day. `opening` opens a single one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime

from flask_babel import get_locale
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import selectinload

from organizer import clock
from organizer.db import by_id, db
from organizer.errors import Gone
from organizer.events import queries as events
from organizer.events.gate import Clearance, VisibleEvent, is_listed, may_see, visible
from organizer.events.models import Event
from organizer.events.rules import Editorial
from organizer.photos import queries as photos
from organizer.policy import Viewer
from organizer.statements import drafting, rules
from organizer.statements.cards import Quote, quote
from organizer.statements.models import Consent, ConsentUse, Statement, StatementEvent
from organizer.statements.rules import State, Use

ON_EVENT = 50
IN_QUEUE = 300


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
    about = {row.id: public_event(row) for row in found}
    pictures = photos.shown({picture.photo_id for row in found for picture in row.pictures}, use)
    return tuple(
        quote(
            row,
            as_public(event) if event is not None and is_about_told else None,
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
    return quote(statement, as_public(about), today, tuple(pictures[each] for each in agreed if each in pictures))


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


def public_event(statement: Statement) -> Event | None:
    """The event that it speaks of and anyone may see, a listed one if there is one: no list may tell of another."""
    seen = [event for event in statement.events if may_see(event, Clearance.PUBLIC)]
    return next((event for event in seen if is_listed(event)), seen[0] if seen else None)


def as_public(event: Event) -> VisibleEvent:
    """As everyone may see it, in the language of the moment."""
    return visible(event, Clearance.PUBLIC, clock.now()).in_language(str(get_locale()))


def _load_events(found: Sequence[Statement]) -> None:
    """Read the events of all of them in one query."""
    ids = [row.id for row in found]
    if ids:
        db.session.scalars(select(Statement).where(Statement.id.in_(ids)).options(selectinload(Statement.events))).all()


def _agreed_photos(statement: Statement) -> list[str]:
    """The photos beside it, in order, as far as its author agreed to just these pictures."""
    agreed = drafting.agreed_pictures(statement)
    return [each.photo_id for each in statement.pictures if each.photo.picture_hash in agreed]


def speakable(viewer: Viewer, address: str) -> VisibleEvent | None:
    """Policy: a published event that the viewer may see."""
    event = events.by_address(address)
    seen = events.seen_by(viewer, event, str(get_locale())) if event else None
    return seen if seen and seen.editorial == Editorial.PUBLISHED else None


# What waits.


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
