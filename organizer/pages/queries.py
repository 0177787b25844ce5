"""Which page a reader may see."""

from __future__ import annotations

from dataclasses import dataclass

from organizer.events import queries as events
from organizer.events.gate import Clearance, VisibleEvent
from organizer.events.models import Event, Tag
from organizer.groups import queries as groups
from organizer.groups.models import City, Group
from organizer.pages import asked
from organizer.policy import Viewer


@dataclass(frozen=True)
class EventSeen:
    """An event with what this viewer has earned; `is_old_address` when the address now leads elsewhere.

    `language` is the one that its texts are wanted in: `?text`, else the page's.
    """

    event: VisibleEvent
    language: str
    clearance: Clearance
    is_old_address: bool


def event(viewer: Viewer, address: str) -> EventSeen | None:
    """Policy: the event as far as this viewer may see it."""
    row: Event | None = events.by_address(address)
    is_old = row is None or (row.slug is not None and row.slug != address)
    row = row or events.by_old_slug(address)
    language = asked.text_language()
    seen = events.seen_by(viewer, row, language) if row else None
    return EventSeen(seen, language, events.clearance(viewer, row), is_old) if row and seen else None


def group(viewer: Viewer, slug: str) -> Group | None:  # noqa: ARG001 - open to all
    """Policy: a group."""
    return groups.group(slug)


def city(viewer: Viewer, slug: str) -> City | None:  # noqa: ARG001 - open to all
    """Policy: a city."""
    return groups.city(slug)


def tag(viewer: Viewer, slug: str) -> Tag | None:  # noqa: ARG001 - open to all
    """Policy: a tag."""
    return events.tag(slug)
