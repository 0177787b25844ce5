"""Blobs under random names: a folder, or a bucket. What a blob is (its type, whose) stands in the database."""

import base64
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from flask import Flask, current_app
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import LocalStore, MemoryStore, ObjectStore, S3Store

from organizer.config import Config, ConfigError
from organizer.errors import Gone, Unavailable

KEY: Final = re.compile(r"[a-z0-9][a-z0-9_-]*(\.[a-z0-9]+)?(/[a-z0-9][a-z0-9_-]*(\.[a-z0-9]+)?){0,5}")
BUCKET_OPTIONS: Final = {"endpoint", "region"}

# A page that waits for a bucket which is down shall say so after seconds, not minutes. Plain http is for a bucket
# on the same machine, which only an endpoint set on purpose leads to.
_PATIENCE: Final = {"timeout": "20s", "connect_timeout": "2s", "allow_http": True}
_RETRIES: Final = {"max_retries": 2, "retry_timeout": timedelta(seconds=5)}


class Missing(Gone):
    """There is no blob under this key."""


class StorageDown(Unavailable):
    """The folder or the bucket cannot be read or written now."""


def new_key(folder: str = "") -> str:
    """Return a name that nobody can guess, 128 random bits, below `folder` if one is given."""
    name = base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=").lower()
    return f"{folder}/{name}" if folder else name


class Storage:
    """Keys are lower-case words with slashes between, so that they are the same on every system.

    Every method raises StorageDown when the place cannot be reached, and ValueError for a key that is none.
    """

    def __init__(self, store: ObjectStore, folder: Path | None = None) -> None:
        """`folder` is where a LocalStore keeps its files, so that they can be flushed to the disk."""
        self._store = store
        self._folder = folder

    def put(self, key: str, data: bytes) -> None:
        """Keep `data` under `key`, at once and as a whole: nobody ever reads half of it, even after a power cut."""
        with _reachable():
            self._store.put(_checked(key), data, use_multipart=False)
            if self._folder is not None:
                _flush(self._folder, key)

    def get(self, key: str) -> bytes:
        """Raises Missing."""
        with _reachable():
            return bytes(self._store.get(_checked(key)).bytes())

    def get_range(self, key: str, start: int, end: int) -> bytes:
        """Return the bytes from `start` up to, not including, `end`. Raises Missing."""
        with _reachable():
            return bytes(self._store.get_range(_checked(key), start=start, end=end))

    def exists(self, key: str) -> bool:
        try:
            with _reachable():
                self._store.head(_checked(key))
        except Missing:
            return False
        return True

    def delete(self, key: str) -> None:
        """Safe to repeat."""
        try:
            with _reachable():
                self._store.delete(_checked(key))
        except Missing:
            return

    def keys(self, prefix: str = "") -> Iterator[str]:
        """Yield all keys below the folder `prefix`, or all, in no order."""
        with _reachable():
            for found in self._store.list(prefix or None):
                yield from (str(blob["path"]) for blob in found)


def open_storage(url: str) -> Storage:
    """Return the storage at `file:///folder`, `s3://bucket/folder?endpoint=…&region=…`, or `memory:`.

    A bucket's credentials come from the environment (AWS_ACCESS_KEY_ID …). Raises ConfigError.
    """
    parts = urlsplit(url)
    match parts.scheme:
        case "file":
            folder = Path(unquote(parts.path))
            with _reachable():
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                return Storage(LocalStore(folder), folder)
        case "s3":
            return Storage(_bucket(parts.netloc, unquote(parts.path).strip("/"), dict(parse_qsl(parts.query))))
        case "memory":
            return Storage(MemoryStore())
    raise ConfigError("ORGANIZER_BLOB_URL: Give file:///absolute/folder or s3://bucket/folder.")


def _bucket(name: str, prefix: str, options: dict[str, str]) -> S3Store:
    if options.keys() - BUCKET_OPTIONS:
        raise ConfigError("ORGANIZER_BLOB_URL: After the ? only endpoint=… and region=… may stand.")
    # obstore names the types of these only for type checkers.
    config: Any = options
    patience: Any = _PATIENCE
    retries: Any = _RETRIES
    return S3Store(name, prefix=prefix or None, config=config, client_options=patience, retry_config=retries)


@contextmanager
def _reachable() -> Iterator[None]:
    try:
        yield
    except (NotFoundError, FileNotFoundError):
        raise Missing from None
    except (BaseError, OSError) as error:
        raise StorageDown("The blobs cannot be reached.") from error


def _checked(key: str) -> str:
    if not KEY.fullmatch(key):
        raise ValueError("A blob's key is lower-case words with slashes between; anything else could be another file.")
    return key


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


# The app's storage, so that callers write `storage.current().put(key, data)`.


def init_app(app: Flask, config: Config) -> None:
    app.extensions["storage"] = open_storage(config.blob_url)


def current() -> Storage:
    """Return the storage of the app whose context this is."""
    storage: Storage = current_app.extensions["storage"]
    return storage
