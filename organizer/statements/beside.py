"""What can stand beside a statement: photos of its group, and the actions that it speaks of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from organizer import clock
from organizer.db import db
from organizer.events import queries as events
from organizer.events.models import Event
from organizer.photos import queries as photos
from organizer.photos.models import Photo
from organizer.statements.models import Statement

Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Choice:
    """The ids with what they are called."""

    photos: Pairs
    events: Pairs
    chosen_events: list[str]


def choice(statement: Statement) -> Choice:
    """What an editor can choose from: photos that are public, and actions that have begun; a few queries."""
    now = clock.now()
    chosen = [event.id for event in statement.events]
    begun = [event for event in events.of_group(statement.group_id, now) if event.starts_at <= now]
    pairs = [(event.id, event.title) for event in begun if event.id not in chosen]
    return Choice(
        photos=[(card.id, card.caption or card.alt) for card in photos.of_group(statement.group_id)],
        events=[*((event.id, event.title) for event in statement.events), *pairs],
        chosen_events=chosen,
    )


def rows(statement: Statement, photo_ids: Sequence[str], event_ids: Sequence[str]) -> tuple[list[Photo], list[Event]]:
    """The rows of what was chosen, as far as they are the group's, photos in the order of their ids' choice."""
    found = select(Photo).where(Photo.id.in_(photo_ids), Photo.group_id == statement.group_id)
    by_id = {photo.id: photo for photo in db.session.scalars(found)}
    about = select(Event).where(Event.id.in_(event_ids), Event.group_id == statement.group_id).order_by(Event.starts_at)
    return [by_id[photo_id] for photo_id in photo_ids if photo_id in by_id], list(db.session.scalars(about))
