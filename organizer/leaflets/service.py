"""Uploading, publishing and withdrawing. Each function is one commit; what is uploaded is looked at in `jobs`."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import select

from organizer import audit, clock, outbox, storage, uploads, vault
from organizer.db import db, new_id, writing
from organizer.errors import Gone
from organizer.events.models import Event
from organizer.leaflets import files, rules
from organizer.leaflets.models import Leaflet, LeafletVersion, Rendition
from organizer.leaflets.rules import Kind, LeafletDetails, Move, Purpose, State
from organizer.media import Picture, RebuiltPdf
from organizer.outbox import Fact


def upload(event: Event, details: LeafletDetails, kind: Kind, data: bytes, actor_id: str) -> Leaflet:
    """Take a file for an event of the group; it waits, sealed, to be rebuilt.

    Raises StorageDown; then nothing is stored.
    """
    version_id = new_id()
    with _sealed(version_id, data) as (original_key, original_seal), writing():
        now = clock.now()
        version = LeafletVersion(id=version_id, kind=kind, uploaded_at=now)
        version.original_key, version.original_seal = original_key, original_seal
        leaflet = Leaflet(id=new_id(), group_id=event.group_id, versions=[version], events=[event], created_at=now)
        leaflet.take(details)
        db.session.add(leaflet)
        _record(actor_id, "leaflet.uploaded", leaflet)
    return leaflet


def upload_again(leaflet: Leaflet, details: LeafletDetails, kind: Kind, data: bytes, actor_id: str) -> Leaflet:
    """Take another file in place of one that was refused."""
    with _sealed(leaflet.version.id, data) as (original_key, original_seal), writing(lock=leaflet.version):
        version = leaflet.version
        version.state = rules.moved(version.state, Move.UPLOAD)
        version.kind, version.uploaded_at, version.reason = kind, clock.now(), ""
        version.original_key, version.original_seal = original_key, original_seal
        leaflet.take(details)
        _record(actor_id, "leaflet.uploaded", leaflet)
    return leaflet


def finish(version: LeafletVersion, made: Picture | RebuiltPdf) -> None:
    """Keep what was made of the original, which goes; nothing when it was withdrawn or finished meanwhile."""
    renditions = _stored(version.id, made)
    with writing(lock=version):
        if version.state != State.UPLOADED:
            return
        version.state = rules.moved(version.state, Move.FINISH)
        version.original_key = version.original_seal = None
        version.renditions, version.pages = renditions, 1
        if isinstance(made, RebuiltPdf):
            version.pages, version.text = made.pages, made.text
            version.links, version.removed = list(made.links), list(made.removed)
        outbox.commit(Fact("leaflet.rebuilt", version.id))


def refuse(version: LeafletVersion, reason: str) -> None:
    """Record why the file is not taken, one of `queries.REASONS`; the original goes."""
    with writing(lock=version):
        if version.state != State.UPLOADED:
            return
        version.state, version.reason = rules.moved(version.state, Move.REFUSE), reason
        version.original_key = version.original_seal = None
        outbox.commit(Fact("leaflet.refused", version.id))


def edit(leaflet: Leaflet, details: LeafletDetails, actor_id: str) -> Leaflet:
    """Change what is said about it."""
    with writing(lock=leaflet.version):
        if leaflet.version.state == State.WITHDRAWN:
            raise Gone
        leaflet.take(details)
        _record(actor_id, "leaflet.edited", leaflet)
    return leaflet


def publish(leaflet: Leaflet, actor_id: str) -> Leaflet:
    """Let everyone have it who may see its events."""
    with writing(lock=leaflet.version):
        version = leaflet.version
        version.state, version.published_at = rules.moved(version.state, Move.PUBLISH), clock.now()
        _record(actor_id, "leaflet.published", leaflet, *_touched(leaflet))
    return leaflet


def withdraw(leaflet: Leaflet, actor_id: str | None) -> None:
    """Take it away for good, in whatever state it is; its files are deleted right after."""
    with writing(lock=leaflet.version):
        version = leaflet.version
        was_public = version.state == State.PUBLISHED
        target = rules.moved(version.state, Move.WITHDRAW)
        version.empty()
        version.state = target
        _record(actor_id, "leaflet.withdrawn", leaflet, *(_touched(leaflet) if was_public else ()))


def _record(actor_id: str | None, verb: str, leaflet: Leaflet, *facts: Fact) -> None:
    """End the commit; the fact about the leaflet is about its version."""
    audit.write(actor_id, verb, leaflet.id)
    outbox.commit(Fact(verb, leaflet.version.id), *facts)


def _touched(leaflet: Leaflet) -> list[Fact]:
    """Lock the leaflet's events, in the order of their ids, and say that what is handed out there has changed."""
    query = select(Event).where(Event.id.in_([event.id for event in leaflet.events])).order_by(Event.id)
    locked = db.session.scalars(query.with_for_update(of=Event).execution_options(populate_existing=True))
    facts = []
    for event in locked:
        event.touch(clock.now())
        facts.append(Fact("event.leaflets_changed", event.id))
    return facts


@contextmanager
def _sealed(version_id: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    """Put `data` into the storage under a one-time key; yield its name there and that key, sealed in turn."""
    key, name = secrets.token_bytes(vault.KEY_BYTES), storage.new_key(files.folder(version_id))
    with uploads.sealed(name, key, data, files.original_aad(version_id)):
        yield name, vault.seal(files.wrapping_key(), key, files.seal_aad(version_id))


def _stored(version_id: str, made: Picture | RebuiltPdf) -> list[Rendition]:
    """Put the file and its pages as pictures into the storage; return the rows that lead there."""
    if isinstance(made, RebuiltPdf):
        pages = [(large, (large, *large.previews)[-1]) for large in made.previews]
        file = _rendition(version_id, Purpose.FILE, 0, made.data, "application/pdf")
    else:
        pages = [(made.previews[0], made.previews[-1])]
        file = _rendition(version_id, Purpose.FILE, 0, made.data, made.content_type, (made.width, made.height))
    return [file, *(rendition for number, page in enumerate(pages, 1) for rendition in _page(version_id, number, page))]


def _page(version_id: str, number: int, page: tuple[Picture, Picture]) -> list[Rendition]:
    return [
        _rendition(version_id, purpose, number, picture.data, picture.content_type, (picture.width, picture.height))
        for purpose, picture in zip((Purpose.LARGE, Purpose.SMALL), page, strict=True)
    ]


def _rendition(
    version_id: str, purpose: Purpose, page: int, data: bytes, content_type: str, size: tuple[int, int] = (0, 0)
) -> Rendition:
    blob_key = storage.new_key(files.folder(version_id))
    storage.current().put(blob_key, data)
    return Rendition(
        purpose=purpose,
        page=page,
        blob_key=blob_key,
        content_type=content_type,
        size_bytes=len(data),
        width=size[0],
        height=size[1],
    )
