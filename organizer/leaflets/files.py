"""The files behind leaflets: renditions on their way out, and originals that wait, sealed, to be rebuilt."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from organizer import storage, vault
from organizer.db import db
from organizer.groups.rules import slug_of
from organizer.leaflets import queries
from organizer.leaflets.models import LeafletVersion, Rendition
from organizer.leaflets.rules import Purpose
from organizer.policy import Viewer

EXTENSIONS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}


@dataclass(frozen=True)
class ServedFile:
    """A rendition on its way out; `is_public` when a browser may keep it."""

    rendition: Rendition
    number: int
    filename: str
    is_public: bool

    def data(self) -> bytes:
        """Raises storage.Missing, storage.StorageDown."""
        return storage.current().get(self.rendition.blob_key)


def file(viewer: Viewer, leaflet_id: str) -> ServedFile | None:
    """Policy: the whole leaflet, to download. Raises Gone when it was withdrawn."""
    return _served(viewer, leaflet_id, Purpose.FILE, 0)


def preview(viewer: Viewer, leaflet_id: str, number: int, size: str) -> ServedFile | None:
    """Policy: a page as a picture, `size` being small or large."""
    return _served(viewer, leaflet_id, Purpose(size), number) if size in (Purpose.SMALL, Purpose.LARGE) else None


def _served(viewer: Viewer, leaflet_id: str, purpose: Purpose, page: int) -> ServedFile | None:
    found = queries.seen(viewer, leaflet_id)
    if found is None:
        return None
    version = found.version
    query = select(Rendition).where(Rendition.version_id == version.id, Rendition.purpose == purpose)
    rendition = db.session.scalar(query.where(Rendition.page == page))
    if rendition is None:
        return None
    name = slug_of(found.leaflet.title) or "leaflet"
    return ServedFile(rendition, version.number, f"{name}.{EXTENSIONS[rendition.content_type]}", found.is_public)


# In the storage. All blobs of a version lie below one folder.


def original(version: LeafletVersion) -> bytes:
    """What was uploaded. Raises storage.Missing, storage.StorageDown, vault.Unreadable."""
    if version.original_key is None or version.original_seal is None:
        raise storage.Missing
    key = vault.open_bytes(wrapping_key(), version.original_seal, seal_aad(version.id))
    return vault.open_bytes(key, storage.current().get(version.original_key), original_aad(version.id))


def folder(version_id: str) -> str:
    """Below which all blobs of a version lie."""
    return f"leaflets/{version_id}"


def blob_keys(version_id: str) -> set[str]:
    """The blobs that a version needs."""
    kept = set(db.session.scalars(select(Rendition.blob_key).where(Rendition.version_id == version_id)))
    original_key = db.session.scalar(select(LeafletVersion.original_key).where(LeafletVersion.id == version_id))
    return kept | {original_key} if original_key else kept


def wrapping_key() -> bytes:
    """Seals the one-time keys of originals, so that a database alone opens none."""
    return vault.derive("leaflet-originals")


def seal_aad(version_id: str) -> str:
    return f"leaflet_version|{version_id}|original_seal"


def original_aad(version_id: str) -> str:
    return f"leaflet_version|{version_id}|original"
