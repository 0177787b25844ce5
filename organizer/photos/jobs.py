"""What follows from an upload: it is rebuilt and covered in the sandbox, and nothing uncovered is left of it."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from sqlalchemy import select

from organizer import clock, outbox, storage, uploads, vault
from organizer.db import db
from organizer.media import Refused, sandbox, wire
from organizer.outbox import Fact
from organizer.photos import consents, files, queries, rules
from organizer.photos import service as photos
from organizer.photos.models import Photo, PhotoPerson
from organizer.photos.rules import State


@outbox.after("photo.uploaded", turn=queries.turn)
def rebuild(fact: Fact) -> None:
    """Make of an upload what its sender may look at, or record why not; then the original goes."""
    had = files.blob_keys(fact.subject_id)
    photo = db.session.get(Photo, fact.subject_id)
    if photo is not None and photo.state == State.UPLOADED:
        try:
            key = files.held_key(photo)
            original = files.waiting(photo, key)
            # Others may need the connection while the child works.
            db.session.rollback()
            made = sandbox.run("images", original)
        except Refused as refusal:
            photos.refuse(photo, refusal.reason)
        except (storage.Missing, vault.Unreadable):
            photos.refuse(photo, queries.LOST)
        else:
            photos.rebuilt(photo, made, key)
    _sweep(fact.subject_id, had)


@outbox.after("photo.covered_asked")
def burn(fact: Fact) -> None:
    """Burn the boxes in; then the uncovered picture goes."""
    had = files.blob_keys(fact.subject_id)
    photo = db.session.get(Photo, fact.subject_id)
    if photo is not None and photo.state == State.COVERING:
        boxes = photo.boxes
        try:
            data = files.covered(photo) if photo.waiting_key is None else files.waiting(photo, files.held_key(photo))
            db.session.rollback()
            made = sandbox.run("covers", wire.frame(boxes, data))
            if not made.previews:
                raise Refused("unsafe")
        except Refused as refusal:
            photos.refuse(photo, refusal.reason)
        except (storage.Missing, vault.Unreadable):
            photos.refuse(photo, queries.LOST)
        else:
            photos.covered(photo, made)
    _sweep(fact.subject_id, had)


@outbox.after("photo.withdrawn", "photo.refused")
def sweep(fact: Fact) -> None:
    """Delete all that was made of what was withdrawn or refused."""
    _sweep(fact.subject_id)


def _sweep(photo_id: str, had: Collection[str] = ()) -> None:
    """`uploads.sweep` of a photo's blobs: what was uncovered, what a killed attempt left, or all."""
    state = db.session.scalar(select(Photo.state).where(Photo.id == photo_id))
    is_over = state in (None, State.WITHDRAWN, State.REFUSED)
    uploads.sweep(files.folder(photo_id), partial(files.blob_keys, photo_id), had, is_over=is_over)


@outbox.after("event.deleted")
def withdraw_unused(fact: Fact) -> None:  # noqa: ARG001 - whichever draft it was
    """What was uploaded for a deleted draft goes with it."""
    for photo in queries.without_event():
        photos.withdraw(photo)


@outbox.each_minute
def end_consents() -> int:
    """Delete what people agreed to until a day that is over; returns of how many."""
    today = clock.today()
    due = queries.due_to_end(today)
    return sum(consents.end(db.session.get_one(PhotoPerson, person_id), today) for person_id in due)


@outbox.each_minute
def expire_waiting() -> int:
    """Leave nothing of what was not covered within the hour; returns of how many."""
    now = clock.now()
    due = queries.overdue(now)
    for photo_id in due:
        photos.expire(db.session.get_one(Photo, photo_id), now - rules.WAITS, queries.EXPIRED)
    return len(due)
