"""Uploading, publishing and withdrawing. Each function is one commit; what is uploaded is looked at in `jobs`."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from sqlalchemy import select

from organizer import audit, clock, outbox, storage, text, uploads, vault
from organizer.db import db, new_id, writing
from organizer.errors import Gone, RuleError
from organizer.events.models import Event
from organizer.leaflets import files, rules
from organizer.leaflets.models import Leaflet, LeafletVersion, Rendition
from organizer.leaflets.rules import Kind, LeafletDetails, Move, Purpose, State, Upload, VersionDetails
from organizer.media import Picture, RebuiltPdf
from organizer.outbox import Fact


def upload(event: Event, details: LeafletDetails, kind: Kind, data: bytes, actor_id: str) -> Leaflet:
    """Take one file for an event of the group, as `upload_all` does."""
    return upload_all(event, [Upload(details, kind, data)], actor_id)[0]


def upload_all(event: Event, sent: Sequence[Upload], actor_id: str) -> list[Leaflet]:
    """Take files for an event of the group, each for a leaflet of its own; they wait, sealed, to be rebuilt.

    Raises StorageDown; then nothing of any of them is stored.
    """
    ids = [new_id() for _ in sent]
    with ExitStack() as kept:
        seals = [kept.enter_context(_sealed(version_id, each.data)) for version_id, each in zip(ids, sent, strict=True)]
        kept.enter_context(writing())
        made = [_new(event, *parts) for parts in zip(sent, ids, seals, strict=True)]
        db.session.add_all(made)
        for leaflet in made:
            audit.write(actor_id, "leaflet.uploaded", leaflet.id)
        outbox.commit(*(Fact("leaflet.uploaded", version_id) for version_id in ids))
    return made


def upload_again(leaflet: Leaflet, sent: Upload, actor_id: str) -> Leaflet:
    """Take another file in place of one that was refused, before anything of the leaflet is published."""
    with _sealed(leaflet.shown.id, sent.data) as sealed, _writing(leaflet):
        version = leaflet.shown
        version.state, version.is_flat = rules.moved(version.state, Move.UPLOAD), sent.is_flat
        _wait(version, sent.kind, sealed)
        leaflet.take(sent.details)
        _record(actor_id, "leaflet.uploaded", leaflet, version)
    return leaflet


def upload_version(
    leaflet: Leaflet, details: VersionDetails, kind: Kind, data: bytes, actor_id: str, *, is_flat: bool = False
) -> LeafletVersion:
    """Take a file that shall replace the published one, at once in place of one that was refused.

    One waits at a time. Raises StorageDown; then nothing is stored.
    """
    refused = leaflet.waiting
    version_id = refused.id if refused and refused.state == State.REFUSED else new_id()
    with _sealed(version_id, data) as sealed, _writing(leaflet):
        version = _next_version(leaflet, version_id)
        _wait(version, kind, sealed)
        version.is_flat = is_flat
        version.say(details)
        _record(actor_id, "leaflet.uploaded", leaflet, version)
    return version


def flatten(version: LeafletVersion, actor_id: str) -> LeafletVersion:
    """Let each page become a picture: it is made anew from what everyone would get, and looked at once more."""
    with writing(lock=version):
        if version.kind != Kind.PDF or version.is_flat or version.made_as:
            raise RuleError("Nothing hides in its pages: they are pictures already, or were made here.")
        version.state = rules.moved(version.state, Move.FLATTEN)
        version.is_flat, version.uploaded_at, version.reason = True, clock.now(), ""
        audit.write(actor_id, "leaflet.flattened", version.leaflet_id)
        outbox.commit(Fact("leaflet.flattened", version.id))
    return version


def finish(version: LeafletVersion, made: Picture | RebuiltPdf, made_of: str | None = None) -> None:
    """Keep what was made of the original, which goes, or of the file that was there before.

    Nothing when it was withdrawn or finished meanwhile, or waits by now for something else than `made_of`.
    """
    renditions = _stored(version.id, made)
    with writing(lock=version):
        if version.state != State.UPLOADED or made_of not in (None, version.source_key):
            return
        version.state = rules.moved(version.state, Move.FINISH)
        version.original_key = version.original_seal = None
        version.renditions = []
        # The database knows no two files of one purpose, not even for a moment.
        db.session.flush()
        version.renditions, version.pages = renditions, 1
        if isinstance(made, RebuiltPdf):
            # Composed, as what people type to find it.
            version.pages, version.text = made.pages, text.strip_controls(made.text)
            version.links, version.removed = list(made.links), list(dict.fromkeys([*version.removed, *made.removed]))
        outbox.commit(Fact("leaflet.rebuilt", version.id))


def refuse(version: LeafletVersion, reason: str) -> None:
    """Record why the file is not taken, one of `queries.REASONS`; the original goes.

    Where pages could not be made pictures, the file is again what it was before.
    """
    with writing(lock=version):
        if version.state != State.UPLOADED:
            return
        was_ready = version.original_key is None and bool(version.renditions)
        version.state, version.reason = rules.moved(version.state, Move.FINISH if was_ready else Move.REFUSE), reason
        version.is_flat = version.is_flat and not was_ready
        version.original_key = version.original_seal = None
        outbox.commit(Fact("leaflet.refused", version.id))


def edit(leaflet: Leaflet, details: LeafletDetails, actor_id: str) -> Leaflet:
    """Change what is said about it."""
    with _writing(leaflet):
        version = leaflet.shown
        if version.state == State.WITHDRAWN:
            raise Gone
        leaflet.take(details)
        _record(actor_id, "leaflet.edited", leaflet, version)
    return leaflet


def edit_version(version: LeafletVersion, details: VersionDetails, actor_id: str) -> LeafletVersion:
    """Change what is said about one version."""
    leaflet = db.session.get_one(Leaflet, version.leaflet_id)
    with _writing(leaflet):
        if version.state == State.WITHDRAWN:
            raise Gone
        version.say(details)
        _record(actor_id, "leaflet.edited", leaflet, version)
    return version


def publish(leaflet: Leaflet, actor_id: str, number: int | None = None) -> Leaflet:
    """Let everyone have it who may see its events, in place of the version before.

    `number` is of the version that was looked at, None stands for whichever waits.
    """
    with _writing(leaflet):
        before, looked_at = leaflet.published, leaflet.waiting if number is None else leaflet.numbered(number)
        version = looked_at or leaflet.shown
        target = rules.moved(version.state, Move.PUBLISH)
        if before is not None:
            before.state = rules.moved(before.state, Move.REPLACE)
            # The database lets no two be published at any moment.
            db.session.flush()
        version.state, version.published_at = target, clock.now()
        _record(actor_id, "leaflet.published", leaflet, version, *_touched(leaflet))
    return leaflet


def withdraw(leaflet: Leaflet, actor_id: str | None, because: str = "") -> Leaflet:
    """Take it away for good with all its versions, in whatever state they are; files are deleted right after.

    `because` is public. Raises RuleError when it is gone already.
    """
    with _writing(leaflet):
        was_public = leaflet.published is not None
        gone = [version for version in leaflet.versions if version.state != State.WITHDRAWN] or leaflet.versions[-1:]
        for version in gone:
            _take_off(version, because)
        facts = [Fact("leaflet.withdrawn", version.id) for version in gone[:-1]]
        _record(actor_id, "leaflet.withdrawn", leaflet, gone[-1], *facts, *(_touched(leaflet) if was_public else ()))
    return leaflet


def withdraw_version(version: LeafletVersion, actor_id: str, because: str = "") -> LeafletVersion:
    """Take one away for good, beside the version that everyone sees: one that waits, or one that was replaced."""
    leaflet = db.session.get_one(Leaflet, version.leaflet_id)
    with _writing(leaflet):
        if leaflet.published in (None, version):
            raise RuleError("No other version could be shown. Publish a new one first, or withdraw the whole leaflet.")
        _take_off(version, because)
        _record(actor_id, "leaflet.withdrawn", leaflet, version)
    return version


def bring(event: Event, leaflet_ids: Sequence[str], actor_id: str) -> list[Leaflet]:
    """Hand out published leaflets of its group at one more event; those that are there already stay as they are.

    Raises RuleError when one is not published any more.
    """
    with writing():
        query = select(Leaflet).where(Leaflet.id.in_(leaflet_ids), Leaflet.group_id == event.group_id)
        # In this order by all writers: leaflets before events.
        locked = query.order_by(Leaflet.id).with_for_update(of=Leaflet)
        brought = [leaflet for leaflet in db.session.scalars(locked) if event not in leaflet.events]
        if any(leaflet.published is None for leaflet in brought):
            raise RuleError("One of them has been withdrawn meanwhile. Look at them again.")
        for leaflet in brought:
            leaflet.events.append(event)
            audit.write(actor_id, "leaflet.brought", leaflet.id)
        outbox.commit(*(_touched_events([event.id]) if brought else ()))
    return brought


def take_away(event: Event, leaflet: Leaflet, actor_id: str) -> Leaflet:
    """Hand it out at this event no more; what was counted there goes. Raises RuleError for its last event."""
    with writing(lock=leaflet):
        if event not in leaflet.events:
            raise Gone
        if len(leaflet.events) == 1:
            raise RuleError("It is handed out nowhere else. Bring it to another action first, or withdraw it.")
        leaflet.events.remove(event)
        audit.write(actor_id, "leaflet.taken_away", leaflet.id)
        outbox.commit(*(_touched_events([event.id]) if leaflet.published else ()))
    return leaflet


@contextmanager
def _writing(leaflet: Leaflet) -> Iterator[None]:
    """Begin to write with the leaflet and then all its versions locked, so that who works on one of them waits."""
    with writing(lock=leaflet):
        query = select(LeafletVersion).where(LeafletVersion.leaflet_id == leaflet.id).order_by(LeafletVersion.id)
        db.session.scalars(query.with_for_update(of=LeafletVersion).execution_options(populate_existing=True)).all()
        yield


def _new(event: Event, sent: Upload, version_id: str, sealed: tuple[str, bytes]) -> Leaflet:
    version = LeafletVersion(id=version_id, is_flat=sent.is_flat)
    _wait(version, sent.kind, sealed)
    at = version.uploaded_at
    leaflet = Leaflet(id=new_id(), group_id=event.group_id, versions=[version], events=[event], created_at=at)
    leaflet.take(sent.details)
    return leaflet


def _wait(version: LeafletVersion, kind: Kind, sealed: tuple[str, bytes]) -> None:
    """Let a file wait to be rebuilt."""
    version.kind, version.uploaded_at, version.reason, version.made_as = kind, clock.now(), "", None
    version.original_key, version.original_seal = sealed


def _next_version(leaflet: Leaflet, version_id: str) -> LeafletVersion:
    """The row for a new file. Raises Gone, and RuleError while another one waits."""
    if leaflet.published is None:
        if leaflet.shown.state == State.WITHDRAWN:
            raise Gone
        raise RuleError("Nothing is published yet that it could replace.")
    waiting = leaflet.waiting
    if waiting is None:
        number = leaflet.versions[-1].number + 1
        version = LeafletVersion(id=version_id, leaflet_id=leaflet.id, number=number, state=State.UPLOADED)
        leaflet.versions.append(version)
        return version
    if waiting.id != version_id or waiting.state != State.REFUSED:
        raise RuleError("Another new version waits already. Publish it first, or throw it away.")
    waiting.state = rules.moved(waiting.state, Move.UPLOAD)
    return waiting


def _take_off(version: LeafletVersion, because: str) -> None:
    target = rules.moved(version.state, Move.WITHDRAW)
    version.empty()
    version.state, version.withdrawn_because = target, because


def _record(actor_id: str | None, verb: str, leaflet: Leaflet, version: LeafletVersion, *facts: Fact) -> None:
    """End the commit; the fact about the leaflet is about its version."""
    audit.write(actor_id, verb, leaflet.id)
    outbox.commit(Fact(verb, version.id), *facts)


def _touched(leaflet: Leaflet) -> list[Fact]:
    return _touched_events([event.id for event in leaflet.events])


def _touched_events(event_ids: Sequence[str]) -> list[Fact]:
    """Lock the events, in the order of their ids, and say that what is handed out there has changed."""
    query = select(Event).where(Event.id.in_(event_ids)).order_by(Event.id)
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
