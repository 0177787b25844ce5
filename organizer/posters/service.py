"""Asking for what is made from an event, and for it to be made anew. Each is one commit; `jobs` sets the pages."""

from __future__ import annotations

from organizer import audit, clock, outbox
from organizer.db import db, new_id, writing
from organizer.errors import Gone, RuleError
from organizer.events.gate import Clearance, visible
from organizer.events.models import Event
from organizer.leaflets import files, room
from organizer.leaflets.locking import writing_versions
from organizer.leaflets.models import Leaflet, LeafletVersion
from organizer.leaflets.rules import NOT_OPEN, Kind, LeafletDetails, Move, State, moved
from organizer.outbox import Fact
from organizer.posters import queries, words
from organizer.posters.rules import NotMade, Recipe, may_be_made


def make(event: Event, recipe: Recipe, details: LeafletDetails, actor_id: str) -> Leaflet:
    """Begin a leaflet of the event; a worker sets its pages.

    Raises NotMade for an event that is not open, and RuleError beyond the group's room.
    """
    with writing(lock=event):
        kept = _kept(event, recipe)
        room.check(event.group_id)
        leaflet = Leaflet(id=new_id(), group_id=event.group_id, events=[event], created_at=clock.now())
        leaflet.versions = [_version(kept, 1)]
        leaflet.take(details)
        db.session.add(leaflet)
        _record(actor_id, leaflet, leaflet.versions[0])
    return leaflet


def make_anew(leaflet: Leaflet, recipe: Recipe, details: LeafletDetails, actor_id: str) -> LeafletVersion:
    """Make it again from what the event's page says by now: what is published stays until the new version is.

    Before anything of it is published, title and language follow when its first language is another one.

    Raises NotMade when its event is not open, RuleError beyond the group's room and for what was not made from it or is
    being made, and Gone when it was withdrawn.
    """
    with writing_versions(leaflet):
        before = queries.recipe_of(leaflet)
        if leaflet.shown.state == State.WITHDRAWN:
            raise Gone
        if before is None or before.event_id != recipe.event_id:
            raise RuleError("That does not go with what has happened to this leaflet since. Look at it again.")
        kept = _kept(db.session.get(Event, recipe.event_id), recipe)
        room.check(leaflet.group_id, in_place=bool(leaflet.waiting and leaflet.waiting.renditions))
        had = files.blob_keys(leaflet.waiting.id) if leaflet.waiting else ()
        version = _emptied(leaflet.waiting, kept) if leaflet.waiting else _next(leaflet, kept)
        if leaflet.published is None and recipe.languages[0] != before.languages[0]:
            leaflet.title, leaflet.language = details.title, details.language
        _record(actor_id, leaflet, version)
    files.forget(had)
    return version


def _emptied(version: LeafletVersion, kept: dict[str, str]) -> LeafletVersion:
    """What its organizers wrote of it stays."""
    version.state = moved(version.state, Move.MAKE_ANEW)
    version.lose_file()
    version.reason, version.is_flat = "", False
    version.uploaded_at, version.made_as = clock.now(), kept
    return version


def _next(leaflet: Leaflet, kept: dict[str, str]) -> LeafletVersion:
    version = _version(kept, leaflet.versions[-1].number + 1)
    leaflet.versions.append(version)
    return version


def _kept(event: Event | None, recipe: Recipe) -> dict[str, str]:
    """The recipe as a version keeps it, with what tells whether the event has changed since."""
    if event is None or not may_be_made(event):
        raise NotMade(NOT_OPEN)
    return recipe.kept(words.fingerprint(visible(event, Clearance.PUBLIC, clock.now()), recipe))


def _version(kept: dict[str, str], number: int) -> LeafletVersion:
    return LeafletVersion(
        id=new_id(), number=number, kind=Kind.PDF, state=State.UPLOADED, uploaded_at=clock.now(), made_as=kept
    )


def _record(actor_id: str, leaflet: Leaflet, version: LeafletVersion) -> None:
    """End the commit; the fact is about the version."""
    audit.write(actor_id, "leaflet.made", leaflet.id)
    outbox.commit(Fact("leaflet.made", version.id))
