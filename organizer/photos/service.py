"""From the upload to the withdrawal. Each function is one commit; pictures are rebuilt and covered in `jobs`."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime

from organizer import audit, clock, outbox, storage, uploads, vault
from organizer.db import db, new_id, writing
from organizer.errors import Gone, RuleError
from organizer.events.models import Event
from organizer.media import Picture
from organizer.outbox import Fact
from organizer.photos import files, rules
from organizer.photos.models import Photo, PhotoFile
from organizer.photos.rules import Box, Faces, Move, PhotoDetails, Size, State


def upload(event: Event, data: bytes, actor_id: str) -> tuple[Photo, bytes]:
    """Take a picture of an action; it waits, sealed, to be rebuilt. Returns its key, which only its sender may keep.

    Raises StorageDown; then nothing is stored.
    """
    photo_id, key = new_id(), secrets.token_bytes(vault.KEY_BYTES)
    name = storage.new_key(files.folder(photo_id))
    with uploads.sealed(name, key, data, files.waiting_aad(photo_id, name)), writing():
        photo = Photo(id=photo_id, group_id=event.group_id, event_id=event.id, language=event.language)
        photo.uploaded_at = photo.waits_from_at = clock.now()
        photo.waiting_key, photo.waiting_seal = name, _wrapped(photo_id, key)
        _enter(photo, State.UPLOADED)
        db.session.add(photo)
        _record(actor_id, "photo.uploaded", photo)
    return photo, key


def rebuilt(photo: Photo, made: Picture, key: bytes) -> None:
    """Keep the rebuilt picture in place of the original, sealed by the sender's key, which the server then forgets.

    Nothing when it was withdrawn or has expired meanwhile.
    """
    name = storage.new_key(files.folder(photo.id))
    storage.current().put(name, vault.seal(key, made.data, files.waiting_aad(photo.id, name)))
    with writing(lock=photo):
        if photo.state != State.UPLOADED:
            return
        _enter(photo, rules.moved(photo.state, Move.REBUILD))
        photo.waiting_key, photo.waiting_seal, photo.waiting_type = name, None, made.content_type
        photo.width, photo.height = made.width, made.height
        outbox.commit(Fact("photo.rebuilt", photo.id))


def refuse(photo: Photo, reason: str) -> None:
    """Record why it is not taken, one of `queries.REASONS`; nothing is left of the picture."""
    with writing(lock=photo):
        if photo.state in rules.MOVES[Move.REFUSE]:
            _refuse(photo, reason)


def expire(photo: Photo, waiting_since_at: datetime, reason: str) -> None:
    """Refuse what has waited since then or before for whoever sent it."""
    with writing(lock=photo):
        if photo.waits_from_at is not None and photo.waits_from_at <= waiting_since_at:
            _refuse(photo, reason)


def cover(photo: Photo, boxes: Sequence[Box], faces: Faces, key: bytes | None, actor_id: str) -> None:
    """Let these boxes be burnt in. `key` opens the picture that waits; without one they go over the covered picture.

    Whatever was agreed to and confirmed was so for another picture. Where nobody can be recognised, nobody is asked.
    """
    rules.check_boxes(boxes)
    with writing(lock=photo):
        if (photo.waiting_key is None) != (key is None):
            raise RuleError("That does not go with what has happened to this photo since. Look at it again.")
        _enter(photo, rules.moved(photo.state, Move.COVER))
        photo.boxes, photo.faces = [list(box) for box in boxes], faces
        photo.lose_picture()
        if key is not None:
            photo.waiting_seal, photo.waits_from_at = _wrapped(photo.id, key), clock.now()
        if faces == Faces.NOBODY:
            photo.persons = []
        _record(actor_id, "photo.covered_asked", photo)


def covered(photo: Photo, made: Picture) -> None:
    """Keep what is left of the picture under its boxes; the uncovered one goes, and with it the key."""
    stored = _stored(photo.id, made)
    with writing(lock=photo):
        if photo.state != State.COVERING:
            return
        _enter(photo, rules.moved(photo.state, Move.BURN))
        photo.stop_waiting()
        photo.files = []
        db.session.flush()  # the old rows go before new ones take their sizes
        photo.files = stored
        photo.width, photo.height = made.width, made.height
        photo.picture_hash = hashlib.sha256(made.data).hexdigest()
        outbox.commit(Fact("photo.covered", photo.id))


def edit(photo: Photo, details: PhotoDetails, actor_id: str) -> Photo:
    """Change what is said about it, and where the photographer lets it stand."""
    with writing(lock=photo):
        if photo.state == State.WITHDRAWN:
            raise Gone
        if photo.state == State.PUBLISHED and not details.alt:
            raise RuleError("It is public: say what is seen in it, for those who cannot see it.", field="alt")
        photo.take(details)
        _record(actor_id, "photo.edited", photo)
    return photo


def publish(photo: Photo, shown: str, is_everyone_asked: bool, actor_id: str) -> Photo:
    """Let it be public as far as all have agreed; `shown` is the hash of the picture that the organizer looked at.

    Raises RuleError while something is missing.
    """
    if not is_everyone_asked:
        raise RuleError("Look at every face, and confirm it.", field="is_everyone_asked")
    with writing(lock=photo):
        target = rules.moved(photo.state, Move.PUBLISH)
        if not vault.same(photo.picture_hash, shown):
            raise RuleError("It was changed a moment ago. Look at it once more.")
        rules.check_publishable(photo, photo.persons, photo.alt, clock.today())
        _enter(photo, target)
        photo.checked_hash, photo.published_at = photo.picture_hash, clock.now()
        _record(actor_id, "photo.published", photo)
    return photo


def withdraw(photo: Photo, actor_id: str | None = None) -> None:
    """Take it away for good, in whatever state it is; its files are deleted right after.

    `actor_id` is an organizer who does it at somebody's word; None is somebody in the picture.
    """
    with writing(lock=photo):
        target = rules.moved(photo.state, Move.WITHDRAW)
        photo.empty()
        _enter(photo, target)
        _record(actor_id, "photo.withdrawn", photo)


def _refuse(photo: Photo, reason: str) -> None:
    _enter(photo, rules.moved(photo.state, Move.REFUSE))
    photo.stop_waiting()
    photo.reason, photo.files = reason, []
    outbox.commit(Fact("photo.refused", photo.id))


def _enter(photo: Photo, state: State) -> None:
    photo.state, photo.state_on = state, clock.today()


def _wrapped(photo_id: str, key: bytes) -> bytes:
    return vault.seal(files.wrapping_key(), key, files.seal_aad(photo_id))


def _stored(photo_id: str, made: Picture) -> list[PhotoFile]:
    """Put the covered picture into the storage in all sizes; return the rows that lead there."""
    pictures = {Size.PRINT: made, Size.LARGE: made.previews[0], Size.SMALL: made.previews[-1]}
    return [_file(photo_id, size, picture) for size, picture in pictures.items()]


def _file(photo_id: str, size: Size, picture: Picture) -> PhotoFile:
    blob_key = storage.new_key(files.folder(photo_id))
    storage.current().put(blob_key, picture.data)
    return PhotoFile(
        size=size,
        blob_key=blob_key,
        content_type=picture.content_type,
        size_bytes=len(picture.data),
        width=picture.width,
        height=picture.height,
    )


def _record(actor_id: str | None, verb: str, photo: Photo) -> None:
    if actor_id is not None:
        audit.write(actor_id, verb, photo.id)
    outbox.commit(Fact(verb, photo.id))
