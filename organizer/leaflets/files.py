"""The files behind leaflets: renditions on their way out, and originals that wait, sealed, to be rebuilt."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from organizer import storage, vault
from organizer.db import db
from organizer.groups.rules import slug_of
from organizer.leaflets import queries
from organizer.leaflets.models import LeafletVersion, Rendition
from organizer.leaflets.queries import SeenLeaflet
from organizer.leaflets.rules import Purpose
from organizer.policy import Viewer

FOLDER = "leaflets"
EXTENSIONS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}


@dataclass(frozen=True)
class ServedFile:
    """A rendition on its way out; `is_public` when a browser may keep it.

    `is_permanent` when its address never leads to another one.
    """

    rendition: Rendition
    filename: str
    is_public: bool
    is_permanent: bool


def file(viewer: Viewer, leaflet_id: str, version: int | None = None) -> ServedFile | None:
    """Policy: the whole leaflet, to download: this version, or the published one. Raises Gone when it was withdrawn."""
    return _served(queries.seen(viewer, leaflet_id, version), Purpose.FILE, 0, is_permanent=version is not None)


def preview(viewer: Viewer, leaflet_id: str, number: int, size: str, version: int | None = None) -> ServedFile | None:
    """Policy: a page as a picture, `size` being small or large."""
    if size not in (Purpose.SMALL, Purpose.LARGE):
        return None
    found = queries.seen(viewer, leaflet_id, version)
    return _served(found, Purpose(size), number, is_permanent=version is not None)


def _served(found: SeenLeaflet | None, purpose: Purpose, page: int, *, is_permanent: bool) -> ServedFile | None:
    if found is None:
        return None
    query = select(Rendition).where(Rendition.version_id == found.version.id, Rendition.purpose == purpose)
    rendition = db.session.scalar(query.where(Rendition.page == page))
    if rendition is None:
        return None
    name = slug_of(found.leaflet.title) or "leaflet"
    return ServedFile(rendition, f"{name}.{EXTENSIONS[rendition.content_type]}", found.is_public, is_permanent)


# In the storage. All blobs of a version lie below one folder.


def original(version: LeafletVersion) -> bytes:
    """What was uploaded. Raises storage.Missing, storage.StorageDown, vault.Unreadable."""
    if version.original_key is None or version.original_seal is None:
        raise storage.Missing
    key = vault.open_bytes(wrapping_key(), version.original_seal, seal_aad(version.id))
    return vault.open_bytes(key, storage.current().get(version.original_key), original_aad(version.id))


def made(version: LeafletVersion) -> bytes:
    """The whole file as it was rebuilt. Raises storage.Missing, storage.StorageDown."""
    if version.source_key is None:
        raise storage.Missing
    return storage.current().get(version.source_key)


def folder(version_id: str) -> str:
    """Below which all blobs of a version lie."""
    return f"{FOLDER}/{version_id}"


def blob_keys(*version_ids: str) -> set[str]:
    """The blobs that versions need."""
    kept = db.session.scalars(select(Rendition.blob_key).where(Rendition.version_id.in_(version_ids)))
    originals = db.session.scalars(select(LeafletVersion.original_key).where(LeafletVersion.id.in_(version_ids)))
    return {key for key in (*kept, *originals) if key}


def wrapping_key() -> bytes:
    """Seals the one-time keys of originals, so that a database alone opens none."""
    return vault.derive("leaflet-originals")


def seal_aad(version_id: str) -> str:
    return f"leaflet_version|{version_id}|original_seal"


def original_aad(version_id: str) -> str:
    return f"leaflet_version|{version_id}|original"
