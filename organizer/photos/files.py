"""The files behind photos: covered ones on their way out, and uncovered ones, sealed by their sender's key."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from sqlalchemy import select

from organizer import storage, vault
from organizer.db import by_id, db
from organizer.events.gate import Clearance, may_see
from organizer.photos import queries
from organizer.photos.models import Photo, PhotoFile
from organizer.photos.rules import Size, Use
from organizer.policy import Viewer

FOLDER = "photos"


@dataclass(frozen=True)
class ServedPicture:
    """A covered picture on its way out."""

    file: PhotoFile

    def data(self) -> bytes:
        """Raises storage.Missing, storage.StorageDown."""
        return storage.current().get(self.file.blob_key)


def picture(viewer: Viewer, photo_id: str, size: str) -> ServedPicture | None:
    """Policy: a photo in one size, for who may see the photo; the print size for the press only, if it is granted.

    Raises Gone when it was withdrawn.
    """
    seen = queries.seen(viewer, photo_id)
    if seen is None or size not in list(Size):
        return None
    if size == Size.PRINT and not seen.is_organizer and Use.PRESS not in seen.uses:
        return None
    return _served(seen.photo, Size(size))


def picture_of_mine(viewer: Viewer, person_id: str) -> ServedPicture | None:
    """Policy: the photo in which somebody can be recognised, for herself."""
    opened = queries.by_cookie(viewer, person_id)
    return _served(opened.photo, Size.LARGE) if opened else None


def print_file(photo_id: str) -> ServedPicture | None:
    """The size for newspapers: only of a photo that is public, with everyone's consent to just that."""
    photo = by_id(Photo, photo_id)
    is_open = photo is not None and photo.event is not None and may_see(photo.event, Clearance.PUBLIC)
    if photo is None or not is_open or not queries.is_public(photo, Use.PRESS):
        return None
    return _served(photo, Size.PRINT)


def _served(photo: Photo, size: Size) -> ServedPicture | None:
    return next((ServedPicture(file) for file in photo.files if file.size == size), None)


# In the storage. All blobs of a photo lie below one folder.


def waiting(photo: Photo, key: bytes) -> bytes:
    """The picture that waits for its boxes. Raises storage.Missing, storage.StorageDown, vault.Unreadable."""
    if photo.waiting_key is None:
        raise storage.Missing
    return vault.open_bytes(key, storage.current().get(photo.waiting_key), waiting_aad(photo.id, photo.waiting_key))


def held_key(photo: Photo) -> bytes:
    """The key that the worker was given. Raises vault.Unreadable without one."""
    if photo.waiting_seal is None:
        raise vault.Unreadable("The worker has no key to this picture.")
    return vault.open_bytes(wrapping_key(), photo.waiting_seal, seal_aad(photo.id))


def covered(photo: Photo) -> bytes:
    """The covered picture in its largest size. Raises storage.Missing, storage.StorageDown."""
    served = _served(photo, Size.PRINT)
    if served is None:
        raise storage.Missing
    return served.data()


def folder(photo_id: str) -> str:
    """Below which all blobs of a photo lie."""
    return f"{FOLDER}/{photo_id}"


def blob_keys(*photo_ids: str) -> set[str]:
    """The blobs that photos need."""
    kept = db.session.scalars(select(PhotoFile.blob_key).where(PhotoFile.photo_id.in_(photo_ids)))
    waiting = db.session.scalars(select(Photo.waiting_key).where(Photo.id.in_(photo_ids)))
    return {key for key in (*kept, *waiting) if key}


def key_text(key: bytes) -> str:
    """The key as a cookie carries it."""
    return base64.urlsafe_b64encode(key).decode()


def key_of(text: str) -> bytes | None:
    """The key that a cookie carries, None for anything else."""
    try:
        key = base64.b64decode(text.encode("ascii", "replace"), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return key if len(key) == vault.KEY_BYTES else None


def wrapping_key() -> bytes:
    """Seals the one-time keys for as long as the worker needs them, so that a database alone opens none."""
    return vault.derive("photo-originals")


def seal_aad(photo_id: str) -> str:
    return f"photo|{photo_id}|waiting_seal"


def waiting_aad(photo_id: str, blob_key: str) -> str:
    return f"photo|{photo_id}|{blob_key}"
