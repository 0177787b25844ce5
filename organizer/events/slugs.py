"""The public address of an event, and the earlier ones that lead to it."""

from __future__ import annotations

from sqlalchemy import delete, exc

from organizer.db import db, new_id
from organizer.events import queries
from organizer.events.models import Event, OldSlug
from organizer.events.rules import Visibility
from organizer.groups.rules import slug_of


def take(event: Event) -> None:
    """Give a public event its address from title and date; earlier ones are kept and lead here."""
    if event.visibility != Visibility.PUBLIC:
        db.session.execute(delete(OldSlug).where(OldSlug.event_id == event.id))
        event.slug = None
        return
    stem = f"{slug_of(event.title) or event.kind}-{event.starts_on.isoformat()}"
    if event.slug and event.slug.startswith(stem):
        return
    if event.slug:
        db.session.add(OldSlug(slug=event.slug, event_id=event.id))
        event.slug = None
    for candidate in (stem, f"{stem}-{event.id[:6]}", f"{stem}-{new_id()[:6]}"):
        own = delete(OldSlug).where(OldSlug.slug == candidate, OldSlug.event_id == event.id)
        db.session.execute(own)
        if not queries.is_slug_taken(candidate) and _try(event, candidate):
            return


def _try(event: Event, slug: str) -> bool:
    """Take the address unless another writer took it between the look and the flush."""
    try:
        with db.session.begin_nested():
            event.slug = slug
    except exc.IntegrityError:
        return False
    return True
