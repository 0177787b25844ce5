"""Blobs under random names: a folder, or a bucket. What a blob is (its type, whose) stands in the database."""

import base64
import heapq
import os
import re
import secrets
import shutil
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, islice
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from flask import Flask, current_app
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import LocalStore, MemoryStore, ObjectStore, S3Store

from organizer import clock
from organizer.config import Config, ConfigError
from organizer.errors import Gone, Unavailable, Unsettled

KEY: Final = re.compile(r"[a-z0-9][a-z0-9_-]*(\.[a-z0-9]+)?(/[a-z0-9][a-z0-9_-]*(\.[a-z0-9]+)?){0,5}")
BUCKET_OPTIONS: Final = {"endpoint", "region"}
SETTLED: Final = timedelta(minutes=5)
"""How long a blob may wait for its row: not longer than the lease of a worker that was killed before that was there."""

LEAST_FREE_BYTES: Final = 200_000_000
"""Left free on the disk of a folder: who answers, signs in or withdraws needs room in the database beside it."""

# A page that waits for a bucket which is down shall say so after seconds, not minutes; a whole file takes its time.
# Plain http is for a bucket on the same machine, which only an endpoint set on purpose leads to.
_PATIENCE: Final = {"connect_timeout": "2s", "allow_http": True}
_FILE: Final = {"timeout": "20s"}
_PIECE: Final = {"timeout": "5s"}
_RETRIES: Final = {"max_retries": 2, "retry_timeout": timedelta(seconds=5)}
_TURN_SECONDS: Final = 0.5
# What obstore calls a file until it is written to its end.
_UNFINISHED: Final = re.compile(r".+#[0-9]+")


class Missing(Gone):
    """There is no blob under this key."""


class StorageDown(Unavailable):
    """The folder or the bucket cannot be read or written now."""


def new_key(folder: str = "") -> str:
    """Return a name that nobody can guess, 128 random bits, below `folder` if one is given."""
    name = base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=").lower()
    return f"{folder}/{name}" if folder else name


@dataclass(frozen=True)
class Blob:
    """What a listing tells; `changed_at` is by the clock of the store."""

    key: str
    changed_at: datetime


class Storage:
    """Keys are lower-case words with slashes between, so that they are the same on every system.

    Every method raises StorageDown when the place cannot be reached, and ValueError for a key that is none.
    """

    def __init__(self, store: ObjectStore, folder: Path | None = None, pieces: ObjectStore | None = None) -> None:
        """`folder` is where a LocalStore keeps its files; `pieces` is the same store for what must be quick."""
        self._store = store
        self._folder = folder
        self._pieces = pieces or store
        self._is_down = False
        self._turn = threading.Lock()

    def put(self, key: str, data: bytes) -> None:
        """Keep `data` under `key`, at once and as a whole: nobody ever reads half of it, even after a power cut.

        Raises StorageDown, too, when the disk would have no room left for what is more urgent.
        """
        if self._folder is not None:
            _leave_room(self._folder)
        try:
            with self._reaching(key):
                self._store.put(_checked(key), data, use_multipart=False)
                if self._folder is not None:
                    _flush(self._folder, key)
        except Missing:
            raise StorageDown("The blob went away while it was written.") from None

    def get(self, key: str) -> bytes:
        """Raises Missing."""
        with self._reaching(key):
            return bytes(self._store.get(_checked(key)).bytes())

    def get_range(self, key: str, start: int, end: int) -> bytes:
        """Return the bytes from `start` up to, not including, `end`. Raises Missing."""
        with self._reaching(key):
            return bytes(self._pieces.get_range(_checked(key), start=start, end=end))

    def delete(self, key: str) -> None:
        """Safe to repeat. A folder that is left empty goes too."""
        with suppress(Missing), self._reaching(key):
            self._pieces.delete(_checked(key))
        if self._folder is not None:
            _remove_empty(self._folder, (self._folder / key).parent)

    def keys(self, prefix: str = "") -> list[str]:
        """All keys below the folder `prefix`, or all, in no order."""
        with self._reaching(prefix):
            return [blob.key for blob in self._below(prefix)]

    def page(self, prefix: str, after: str, most: int) -> list[Blob]:
        """The first `most` blobs below a folder whose keys come after `after`, in the order of their keys."""
        with self._reaching(prefix):
            found = chain.from_iterable(self._pieces.list(prefix, offset=after or None, chunk_size=most))
            blobs = (Blob(str(blob["path"]), blob["last_modified"]) for blob in found)
            # A bucket tells its keys in their order, a folder does not.
            return (
                [*islice(blobs, most)] if self._folder is None else heapq.nsmallest(most, blobs, lambda blob: blob.key)
            )

    def keep_only(
        self, folder: str, needed: Callable[[], Collection[str]], had: Collection[str] = (), *, spares_new: bool = True
    ) -> None:
        """Delete the blobs below a folder that are not needed, those in `had`, which rows led to before, at once.

        Of the others `spares_new` leaves what was put a moment ago, as a row that leads there may be about to come;
        then it raises Unsettled, and is to be asked again. `needed` is asked after the listing, so that a row which
        came meanwhile is known.
        """
        with self._reaching(folder):
            found = list(self._below(folder))
        kept = needed()
        settled_at = clock.now() - SETTLED
        unneeded = [blob for blob in found if blob.key not in kept]
        spared = {blob.key for blob in unneeded if spares_new and blob.key not in had and blob.changed_at > settled_at}
        for blob in unneeded:
            if blob.key not in spared:
                self.delete(blob.key)
        if spared:
            raise Unsettled

    def tidy(self, older_than_at: datetime) -> None:
        """Remove what killed writers left half-written, and empty folders; a bucket has neither."""
        if self._folder is None:
            return
        with self._reaching(""):
            for path, _folders, names in os.walk(self._folder, topdown=False):
                for name in filter(_UNFINISHED.fullmatch, names):
                    _remove_old(Path(path) / name, older_than_at)
                _remove_empty(self._folder, Path(path))

    def _below(self, prefix: str) -> Iterator[Blob]:
        listed = chain.from_iterable(self._store.list(prefix or None))
        return (Blob(str(blob["path"]), blob["last_modified"]) for blob in listed)

    @contextmanager
    def _reaching(self, key: str) -> Iterator[None]:
        with self._in_turn():
            try:
                yield
            except (NotFoundError, FileNotFoundError) as error:
                if self._has_place(key):
                    raise Missing from None
                raise StorageDown("The folder or the bucket is not there.") from error
            except (BaseError, OSError) as error:
                raise StorageDown("The blobs cannot be reached.") from error

    def _has_place(self, key: str) -> bool:
        """Whether there is a place in which the key could be: without one, nothing is told to be lost for good."""
        if self._folder is not None:
            return self._folder.is_dir()
        try:
            self._pieces.list(key, chunk_size=1).collect()
        except BaseError:
            return False
        return True

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        """Once a bucket is down, one caller at a time finds out whether it still is.

        The others are refused soon: a bucket that hangs must not hold every thread of the site.
        """
        was_down = self._is_down
        if was_down and not self._turn.acquire(timeout=_TURN_SECONDS):
            raise StorageDown("The blobs could not be reached a moment ago.")
        try:
            yield
            self._is_down = False
        except Missing:
            self._is_down = False
            raise
        except StorageDown:
            self._is_down = self._folder is None
            raise
        finally:
            if was_down:
                self._turn.release()


def open_storage(url: str) -> Storage:
    """Return the storage at `file:///folder`, `s3://bucket/folder?endpoint=…&region=…`, or `memory:`.

    A bucket's credentials come from the environment (AWS_ACCESS_KEY_ID …). Raises ConfigError.
    """
    parts = urlsplit(url)
    match parts.scheme:
        case "file":
            return _in_folder(Path(unquote(parts.path)))
        case "s3":
            place = (parts.netloc, unquote(parts.path).strip("/"), dict(parse_qsl(parts.query)))
            return Storage(_bucket(*place, _FILE), pieces=_bucket(*place, _PIECE))
        case "memory":
            return Storage(MemoryStore())
    raise ConfigError("ORGANIZER_BLOB_URL: Give file:///absolute/folder or s3://bucket/folder.")


def _in_folder(folder: Path) -> Storage:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return Storage(LocalStore(folder), folder)
    except (BaseError, OSError) as error:
        raise StorageDown("The blobs' folder cannot be made.") from error


def _bucket(name: str, prefix: str, options: dict[str, str], times: dict[str, str]) -> S3Store:
    if options.keys() - BUCKET_OPTIONS:
        raise ConfigError("ORGANIZER_BLOB_URL: After the ? only endpoint=… and region=… may stand.")
    # obstore names the types of these only for type checkers.
    config: Any = options
    patience: Any = {**_PATIENCE, **times}
    retries: Any = _RETRIES
    return S3Store(name, prefix=prefix or None, config=config, client_options=patience, retry_config=retries)


def _checked(key: str) -> str:
    if not KEY.fullmatch(key):
        raise ValueError("A blob's key is lower-case words with slashes between; anything else could be another file.")
    return key


def _leave_room(folder: Path) -> None:
    with suppress(OSError):  # what is wrong with the folder itself is said by who writes
        if shutil.disk_usage(folder).free < LEAST_FREE_BYTES:
            raise StorageDown("The disk is nearly full.")


def _flush(folder: Path, key: str) -> None:
    """Wait until the file and the names that lead to it are on the disk."""
    path = folder / key
    while True:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        if path == folder:
            return
        path = path.parent


def _remove_empty(root: Path, path: Path) -> None:
    """Remove a folder that is empty, and those above it that become so.

    Who writes into one at that moment makes it anew. Not so for two at once: the first below `root` stays.
    """
    while root in path.parent.parents:
        try:
            path.rmdir()
        except OSError:
            return
        path = path.parent


def _remove_old(path: Path, older_than_at: datetime) -> None:
    # What is being written has its own name soon.
    with suppress(FileNotFoundError):
        if path.stat().st_mtime < older_than_at.timestamp():
            path.unlink()


# The app's storage, so that callers write `storage.current().put(key, data)`.


def init_app(app: Flask, config: Config) -> None:
    app.extensions["storage"] = open_storage(config.blob_url)


def current() -> Storage:
    """Return the storage of the app whose context this is."""
    storage: Storage = current_app.extensions["storage"]
    return storage
