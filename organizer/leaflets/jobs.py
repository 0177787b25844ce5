"""What follows from an upload: it is rebuilt in the sandbox, and nothing is left of it that is not needed."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from organizer import outbox, storage, vault
from organizer.db import db
from organizer.events.models import Event
from organizer.leaflets import files, outcome, queries
from organizer.leaflets import service as leaflets
from organizer.leaflets.models import EventLeaflet, LeafletVersion
from organizer.leaflets.rules import Kind, State
from organizer.media import Picture, RebuiltPdf, Refused, sandbox
from organizer.outbox import Fact


@outbox.after("leaflet.uploaded", "leaflet.flattened", turn=queries.turn)
def rebuild(fact: Fact) -> None:
    """Make of an upload what may be shown, or record why not; then the original goes.

    What was rebuilt before becomes pictures of its pages.
    """
    had = files.blob_keys(fact.subject_id)
    version = db.session.get(LeafletVersion, fact.subject_id)
    if version is not None and version.state == State.UPLOADED:
        made_of = version.source_key
        try:
            made = _rebuilt(version)
        except Refused as refusal:
            outcome.refuse(version, refusal.reason, made_of)
        except (storage.Missing, vault.Unreadable):
            outcome.refuse(version, queries.LOST, made_of)
        else:
            outcome.finish(version, made, made_of)
    files.sweep(fact.subject_id, had)


@outbox.after("leaflet.withdrawn")
def sweep(fact: Fact) -> None:
    """Delete all that was made of what was withdrawn."""
    files.sweep(fact.subject_id)


@outbox.after("event.deleted")
def withdraw_unused(fact: Fact) -> None:  # noqa: ARG001 - whichever draft it was
    """What was uploaded for a deleted draft alone goes with it."""
    for leaflet in queries.unused():
        leaflets.withdraw(leaflet, None)


@outbox.within("event.created")
def bring_along(fact: Fact) -> None:
    """An action that is done again has the leaflets of the one before, but for those that tell of its day."""
    source_id = db.session.get_one(Event, fact.subject_id).copied_from_id
    made = select(LeafletVersion.leaflet_id).where(LeafletVersion.made_as.is_not(None))
    there = select(LeafletVersion.leaflet_id).where(LeafletVersion.state != State.WITHDRAWN)
    query = select(EventLeaflet.leaflet_id).where(
        EventLeaflet.event_id == source_id,
        EventLeaflet.leaflet_id.not_in(made),
        EventLeaflet.leaflet_id.in_(there),
    )
    for leaflet_id in list(db.session.scalars(query)) if source_id else ():
        db.session.add(EventLeaflet(event_id=fact.subject_id, leaflet_id=leaflet_id))
    db.session.flush()


def _rebuilt(version: LeafletVersion) -> Picture | RebuiltPdf:
    is_original, is_pdf, is_flat = version.original_key is not None, version.kind == Kind.PDF, version.is_flat
    data = files.original(version) if is_original else files.made(version)
    # Others may need the connection while the child works.
    db.session.rollback()
    made = _made(data, is_pdf, is_flat) if is_original else sandbox.run("flat_pdfs", data)
    if not made.previews:
        raise Refused("unsafe")
    return made


def _made(data: bytes, is_pdf: bool, is_flat: bool) -> Picture | RebuiltPdf:
    if not is_pdf:
        return sandbox.run("images", data)
    rebuilt = sandbox.run("pdfs", data)
    if not is_flat:
        return rebuilt
    flat = sandbox.run("flat_pdfs", rebuilt.data)
    return replace(flat, removed=(*rebuilt.removed, *flat.removed))
