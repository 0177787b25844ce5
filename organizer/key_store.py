"""Where event keys lie, wrapped: a folder, or a bucket without versions. `vault` wraps and opens them."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import ObjectStore, from_url

from organizer.errors import Unavailable


class KeyStore(Protocol):
    def read(self, name: str) -> bytes | None: ...

    def create(self, name: str, content: bytes) -> bytes:
        """Store `content` unless there is something already; return what is stored then."""
        ...

    def delete(self, name: str) -> None: ...

    def is_empty(self) -> bool: ...


class FolderKeys:
    """One file per key, readable by its owner only. Every change is on the disk before it returns."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, name: str) -> bytes | None:
        try:
            return (self.folder / name).read_bytes()
        except FileNotFoundError:
            return None

    def create(self, name: str, content: bytes) -> bytes:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_new_file(self.folder / name, content)
        return (self.folder / name).read_bytes()

    def delete(self, name: str) -> None:
        if self.folder.exists():
            (self.folder / name).unlink(missing_ok=True)
            _sync_folder(self.folder)

    def is_empty(self) -> bool:
        return not self.folder.exists() or not any(self.folder.iterdir())


class BucketKeys:
    """One object per key. The bucket must not keep versions, or destroyed keys would come back."""

    def __init__(self, store: ObjectStore) -> None:
        self.store = store

    def read(self, name: str) -> bytes | None:
        try:
            return bytes(self.store.get(name).bytes())
        except FileNotFoundError:
            return None

    def create(self, name: str, content: bytes) -> bytes:
        try:
            stored = self.store.put(name, content, mode="create")
        except AlreadyExistsError:
            return bytes(self.store.get(name).bytes())
        if stored["version"] is not None:
            raise Unavailable("The keys' bucket keeps versions. Give them one that does not.")
        return content

    def delete(self, name: str) -> None:
        with suppress(FileNotFoundError):
            self.store.delete(name)

    def is_empty(self) -> bool:
        return not any(self.store.list(chunk_size=1))


def opened(url: str) -> KeyStore:
    """Return the store at `file:///folder`, or at `s3://bucket/folder` with the usual AWS_* variables."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        return FolderKeys(Path(unquote(parts.path)))
    # Someone waits for the page: a clear 503 in seconds is better than the library's three minutes of retries.
    # http is for a store on this machine; what goes there is wrapped in any case.
    patience = timedelta(seconds=4)
    store = from_url(
        url,
        client_options={"timeout": patience, "allow_http": True},
        retry_config={"max_retries": 2, "retry_timeout": patience},
    )
    return BucketKeys(store)


def write_new_file(path: Path, content: bytes) -> bool:
    """Put a whole file there with mode 0600, unless there is one; False then.

    Linked into place when complete, so that of two processes one wins and neither reads half a file.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        return False
    finally:
        draft.unlink(missing_ok=True)
    _sync_folder(path.parent)
    return True


def _sync_folder(folder: Path) -> None:
    """Without this a power cut could undo the unlinking of a key."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def reachable() -> Iterator[None]:
    """Raises Unavailable when the folder or the bucket is not there."""
    try:
        yield
    except (OSError, BaseError) as error:
        raise Unavailable("The key store cannot be reached.") from error
