"""What follows for kept pages: every fact that readers could notice makes them be rendered anew."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from organizer import outbox
from organizer.collections.models import Collection
from organizer.db import db
from organizer.events.models import Event
from organizer.events.rules import Editorial, Visibility
from organizer.leaflets.models import Leaflet, LeafletVersion
from organizer.outbox import Fact
from organizer.pages.models import PageVersion
from organizer.photos.models import Photo
from organizer.statements.models import Statement

# Nothing on a public page follows from these. A new fact is taken to be public until it is named here.
PRIVATE_FACTS = frozenset(
    {
        "account.added",
        "account.password_changed",
        "account.password_link_made",
        "account.signed_in",
        "account.signed_out",
        "collection.arranged",
        "collection.created",
        "collection.link_ended",
        "collection.link_made",
        "event.deleted",
        "leaflet.counted",
        "leaflet.flattened",
        "leaflet.made",
        "leaflet.rebuilt",
        "leaflet.refused",
        "leaflet.uploaded",
        "membership.added",
        "membership.changed",
        "membership.offer_revoked",
        "membership.offered",
        "membership.removed",
        "photo.covered",
        "photo.link_renewed",
        "photo.rebuilt",
        "photo.refused",
        "photo.uploaded",
        "removal.asked",
        "removal.settled",
        "rsvp.answered",
        "rsvp.changed",
        "rsvp.withdrawn",
        "rsvps.set_aside",
        "rsvps.taken_back",
        "slips.made",
        "statement.lifted",
        "statement.link_renewed",
        "statement.scheduled",
        "statement.submitted",
        "statement.suggested",
        "statement.suggestion_refused",
    }
)


# Whether readers saw it until just now, nobody can tell afterwards.
MAY_HIDE = frozenset({"event.edited", "event.moved", "statement.put_beside", "statement.withdrawn"})


@outbox.last
def move_version(facts: Sequence[Fact]) -> None:
    """Move the version that kept pages are compared with."""
    if all(fact.name in PRIVATE_FACTS or _is_hidden(fact) for fact in facts):
        return
    row = db.session.scalars(select(PageVersion).with_for_update()).one()
    row.version += 1


def _is_hidden(fact: Fact) -> bool:
    """Whether it happened to something that readers do not see: a page that changes would tell them of it."""
    match fact.name.partition(".")[0]:
        case "event" | "notice":
            return _is_unseen(db.session.get(Event, fact.subject_id), is_private_told=fact.name in MAY_HIDE)
        case "collection":
            collection = db.session.get(Collection, fact.subject_id)
            return collection is None or collection.published_at is None
        case "leaflet":
            return _is_unseen_leaflet(db.session.get(LeafletVersion, fact.subject_id))
        case "photo":
            photo = db.session.get(Photo, fact.subject_id)
            return photo is None or photo.published_at is None or _is_unseen(photo.event)
        case "statement" if fact.name not in MAY_HIDE:
            statement = db.session.get(Statement, fact.subject_id)
            return statement is None or statement.published_at is None or all(map(_is_unseen, statement.events))
    return False


def _is_unseen_leaflet(version: LeafletVersion | None) -> bool:
    if version is None or version.published_at is None:
        return True
    return all(map(_is_unseen, db.session.get_one(Leaflet, version.leaflet_id).events))


def _is_unseen(event: Event | None, *, is_private_told: bool = False) -> bool:
    if event is None or event.editorial == Editorial.DRAFT:
        return True
    return event.visibility == Visibility.PRIVATE and not is_private_told
