"""Reading a group's statements across its events, for its organizers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import url_for
from flask_babel import get_locale
from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from organizer import clock, text
from organizer.db import db
from organizer.events.gate import Clearance, visible
from organizer.photos import queries as photos
from organizer.photos.cards import PhotoCard
from organizer.removals import queries as removals
from organizer.removals.queries import Asked
from organizer.removals.rules import Kind
from organizer.statements import rules
from organizer.statements.models import Statement
from organizer.statements.rules import State

MOST_WAITING = 300
MOST_PUBLISHED = 20
MOST_REJECTED = 50
READ_CHARACTERS = 800
EXCERPT_CHARACTERS = 180


@dataclass(frozen=True)
class Row:
    """A statement in one line before an organizer. `publish_at` with its zone when it is scheduled."""

    id: str
    url: str
    language: str
    excerpt: str
    byline: str
    state: State
    state_on: date
    publish_at: datetime | None
    event_title: str
    zone: str
    has_consent: bool
    is_withheld: bool


@dataclass(frozen=True)
class About:
    """What the group is asked to remove, and what that is: a statement's line, or a photo's card.

    Neither is there for what stands nowhere now; `url` is empty for a statement that does.
    """

    asked: Asked
    url: str
    row: Row | None
    photo: PhotoCard | None


def stages(group_id: str) -> Mapping[State, Sequence[Row]]:
    """What waits, what is held or rejected, and what was published lately; a fixed number of queries."""
    found = (
        *_rows(group_id, (State.SUBMITTED, State.SCHEDULED, State.HELD), MOST_WAITING),
        *_rows(group_id, (State.PUBLISHED,), MOST_PUBLISHED),
        *_rows(group_id, (State.REJECTED,), MOST_REJECTED),
    )
    return {state: [row for row in found if row.state == state] for state in State if state != State.WITHDRAWN}


def asked(group_id: str) -> Sequence[About]:
    """What the group is asked to remove, the oldest first; a fixed number of queries."""
    found = removals.waiting(group_id)
    ids = {kind: {each.subject_id for each in found if each.kind == kind} for kind in Kind}
    spoken = db.session.scalars(_with_events(group_id, ids[Kind.STATEMENT])) if ids[Kind.STATEMENT] else ()
    rows = {statement.id: _row(statement) for statement in spoken if statement.events}
    cards = photos.pictured(group_id, ids[Kind.PHOTO])
    return [_about(each, rows.get(each.subject_id), cards.get(each.subject_id)) for each in found]


def group_id(statement_id: str) -> str:
    """The group of a statement that is known to be there."""
    return db.session.get_one(Statement, statement_id).group_id


def _about(asked: Asked, row: Row | None, photo: PhotoCard | None) -> About:
    is_photo = asked.kind == Kind.PHOTO
    url = url_for("photos.read", photo_id=asked.subject_id) if is_photo else row.url if row else ""
    return About(asked, url, row, photo)


def _rows(group_id: str, states: Collection[State], limit: int) -> list[Row]:
    """What waits, the oldest first, so that no flood hides what came before it; all else the latest first."""
    is_waiting = State.SUBMITTED in states
    query = (
        select(Statement)
        .where(Statement.group_id == group_id, Statement.state.in_(states))
        .order_by(Statement.state_on if is_waiting else Statement.state_on.desc(), Statement.id)
        .limit(limit)
        .options(selectinload(Statement.events))
    )
    return [_row(statement) for statement in db.session.scalars(query) if statement.events]


def _with_events(group_id: str, statement_ids: Collection[str]) -> Select[Statement]:
    query = select(Statement).where(Statement.group_id == group_id, Statement.id.in_(statement_ids))
    return query.where(Statement.state != State.WITHDRAWN).options(selectinload(Statement.events))


def _row(statement: Statement) -> Row:
    event = visible(statement.events[0], Clearance.ORGANIZER, clock.now()).in_language(str(get_locale()))
    return Row(
        id=statement.id,
        url=_url(statement),
        language=statement.language,
        excerpt=text.excerpt(text.to_plain(statement.text[:READ_CHARACTERS]), EXCERPT_CHARACTERS),
        byline=statement.byline,
        state=statement.state,
        state_on=statement.state_on,
        publish_at=statement.publish_at,
        event_title=event.title,
        zone=event.when.zone,
        has_consent=bool(statement.consents),
        is_withheld=rules.is_name_withheld(statement),
    )


def _url(statement: Statement) -> str:
    events = statement.events
    return url_for("review.statement", event_id=events[0].id, statement_id=statement.id) if events else ""
