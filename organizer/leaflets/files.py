"""The files behind leaflets: renditions on their way out, and originals that wait, sealed, to be rebuilt."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial

from sqlalchemy import select

from organizer import storage, uploads, vault
from organizer.db import db
from organizer.errors import Unavailable
from organizer.leaflets import queries
from organizer.leaflets.models import LeafletVersion, Rendition
from organizer.leaflets.names import FileName, name_of
from organizer.leaflets.queries import SeenLeaflet
from organizer.leaflets.rules import Purpose, State
from organizer.policy import Viewer

FOLDER = "leaflets"
EXTENSIONS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}


@dataclass(frozen=True)
class ServedFile:
    """A rendition on its way out.

    `is_for_everyone` and `is_listed` are as in `queries.SeenLeaflet`: browsers may keep the one, search engines tell of
    the other. `is_permanent` when its address never leads to another one.
    """

    rendition: Rendition
    name: FileName
    is_for_everyone: bool
    is_listed: bool
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
    rendition = rendition_of(found.version.id, purpose, page)
    if rendition is None:
        return None
    name = name_of(found.leaflet, found.version, EXTENSIONS[rendition.content_type])
    return ServedFile(rendition, name, found.is_for_everyone, found.is_listed, is_permanent)


def rendition_of(version_id: str, purpose: Purpose, page: int = 0) -> Rendition | None:
    """One of a version's files, of all its pages unless one is asked for; those to print on are asked for elsewhere."""
    query = select(Rendition).where(Rendition.version_id == version_id, Rendition.purpose == purpose)
    return db.session.scalar(query.where(Rendition.page == page))


# In the storage. All blobs of a version lie below one folder.


@contextmanager
def sealed(version_id: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    """Put an upload into the storage under a one-time key; yield its name there and that key, sealed in turn.

    When the block fails, it goes. Raises storage.StorageDown.
    """
    key, name = secrets.token_bytes(vault.KEY_BYTES), storage.new_key(folder(version_id))
    with uploads.sealed(name, key, data, original_aad(version_id)):
        yield name, vault.seal(wrapping_key(), key, seal_aad(version_id))


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


@dataclass
class Attempt:
    """Blobs that are put before the rows that lead there; they stay when `is_kept` is set once the rows are there."""

    version_id: str
    keys: list[str] = field(default_factory=list)
    is_kept: bool = False

    def put(self, data: bytes) -> str:
        """The key of a new blob. Raises storage.StorageDown."""
        self.keys.append(storage.new_key(folder(self.version_id)))
        storage.current().put(self.keys[-1], data)
        return self.keys[-1]


@contextmanager
def attempt(version_id: str) -> Iterator[Attempt]:
    """Put blobs for a version; what no row came to need goes again."""
    new = Attempt(version_id)
    try:
        yield new
    finally:
        if not new.is_kept:
            forget(new.keys)


def forget(keys: Collection[str]) -> None:
    """Delete blobs that no row needs; those that cannot be reached now go with a later sweep."""
    for key in keys:
        with suppress(Unavailable):
            storage.current().delete(key)


def sweep(version_id: str, had: Collection[str] = ()) -> None:
    """`uploads.sweep` of a version's blobs: its original, what a killed attempt left, or all."""
    state = db.session.scalar(select(LeafletVersion.state).where(LeafletVersion.id == version_id))
    is_over = state in (None, State.WITHDRAWN)
    uploads.sweep(folder(version_id), partial(blob_keys, version_id), had, is_over=is_over)


def wrapping_key() -> bytes:
    """Seals the one-time keys of originals, so that a database alone opens none."""
    return vault.derive("leaflet-originals")


def seal_aad(version_id: str) -> str:
    return f"leaflet_version|{version_id}|original_seal"


def original_aad(version_id: str) -> str:
    return f"leaflet_version|{version_id}|original"
