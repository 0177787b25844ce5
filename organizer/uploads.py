"""What people send: taken into memory a few at a time, known by its first bytes, kept sealed until it is rebuilt."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from flask import Response, request
from flask_babel import gettext
from werkzeug.datastructures import FileStorage
from wtforms import ValidationError
from wtforms.fields.core import Field

from organizer import clock, storage, text, vault
from organizer.db import db
from organizer.errors import RuleError, TooMany, Unavailable
from organizer.forms import Form
from organizer.media import Refused

Result = TypeVar("Result")
LARGEST_BYTES = 32 * 1024 * 1024
"""More than any file that is taken, so that one which is too large is refused beside its field; the server's limit."""
MOST_FILES = 10
MOST_BYTES = 32_000_000
"""What all files together may have; what else a form holds fits beside them."""
LONGEST_NAME = 60
"""Characters of a file's name that a sentence about it has."""
AT_ONCE = 2
WAITING_SECONDS = 3
RETRY_SECONDS = 10
FIRST_LOOK_SECONDS = 2
LAST_LOOK_SECONDS = 60
SVG_START_BYTES = 1024
PICTURES_ACCEPTED = "image/jpeg,image/png,image/webp,image/heic,image/heif,image/avif,.heic,.avif"
PICTURE_STARTS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
PICTURE_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis")
ARCHIVE_STARTS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")
_places = threading.BoundedSemaphore(AT_ONCE)


@contextmanager
def place() -> Iterator[None]:
    """Let few uploads at once be taken into memory, and only where a file is expected. Raises TooMany."""
    if request.method != "POST":
        yield
        return
    if not _places.acquire(timeout=WAITING_SECONDS):
        raise TooMany("Others are sending files just now. Please try again in a moment.", retry_seconds=RETRY_SECONDS)
    try:
        yield
    finally:
        _places.release()


@contextmanager
def sealed(name: str, key: bytes, data: bytes, aad: str) -> Iterator[None]:
    """Put `data` into the storage under a one-time key.

    When the block fails, the blob goes; if that fails too, nobody has its key.
    """
    storage.current().put(name, vault.seal(key, data, aad))
    try:
        yield
    except BaseException:
        with suppress(Unavailable):
            storage.current().delete(name)
        raise


def sweep(folder: str, needed: Callable[[], Collection[str]], had: Collection[str] = (), *, is_over: bool) -> None:
    """Delete the blobs below the folder of something that was sent which its rows do not need.

    `had` are those that they led to before, and go at once; so does all of what `is_over`, withdrawn or refused, as
    nothing can come there any more. Ends the read transaction, as a bucket takes its time. Raises errors.Unsettled when
    it is to be asked again.
    """
    db.session.rollback()
    storage.current().keep_only(folder, needed, had, spares_new=not is_over)


def promises_picture(data: bytes) -> bool:
    """Whether the first bytes are those of a kind of picture that we take; decoding it decides."""
    is_webp = data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    is_heif = data[4:8] == b"ftyp" and data[8:12] in PICTURE_BRANDS
    return data.startswith(PICTURE_STARTS) or is_webp or is_heif


def check_size(data: bytes, most_bytes: int, reason: str) -> None:
    """Raise Refused for what is too large; `reason` is one of `media.REASONS`."""
    if len(data) > most_bytes:
        raise Refused(reason)


def refuse_known(data: bytes) -> None:
    """Raise Refused for what people often send by mistake, with the sentence that helps."""
    if data.startswith(ARCHIVE_STARTS):
        raise Refused("archive")
    if b"<svg" in data[:SVG_START_BYTES].lower():
        raise Refused("svg")


def looking_again(page: Response, begun: Sequence[datetime]) -> Response:
    """The page, to be asked anew by the browser itself while anything is worked on; `begun` is since when.

    What answers a POST stays: its address may have no page, and what it says is to be read.
    """
    if begun and request.method != "POST":
        page.headers["Refresh"] = str(look_again_seconds(clock.now() - max(begun)))
    return page


def look_again_seconds(waited: timedelta) -> int:
    """After how many seconds the page of an upload looks again: at first often, later seldom."""
    return max(FIRST_LOOK_SECONDS, min(LAST_LOOK_SECONDS, round(waited.total_seconds() / 3)))


class FileForm(Form):
    """A form with a field `file`, whose bytes are kept no longer than they are needed.

    `most_files` and `most_bytes`, of all together, are what its page asks of the browser before anything is sent.
    """

    most_files = 1
    most_bytes = MOST_BYTES
    data_bytes = b""

    def check_file(self, data: bytes) -> None:
        """Raise RuleError for what certainly is none of the files that this form takes."""
        raise NotImplementedError

    def validate_file(self, field: Field) -> None:
        """Refuse what certainly is none, at once; the rest is decided by decoding it, later."""
        self.data_bytes = _read(field.data)
        try:
            self.check_file(self.data_bytes)
        except RuleError as refusal:
            raise ValidationError(_sentence(refusal)) from None

    def forget(self) -> None:
        """A form lives on until the next collection of garbage, and uploads are large."""
        self.data_bytes = b""

    def accepted(self, write: Callable[[], Result]) -> Result | None:
        """Say to whoever must look at something else, that no browser keeps a chosen file."""
        file = self._fields["file"]
        try:
            result = super().accepted(write)
        finally:
            self.forget()
        if result is None and file.data and not file.errors:
            file.errors = [gettext("Please choose the file once more: nothing is kept of it until all is right.")]
        return result

    def taken(self, write: Callable[[], Result]) -> tuple[Result | None, int]:
        """What was made of it, or None with the status of the page that shows the form again.

        With the store down nothing is kept, and the form says so.
        """
        try:
            result = self.accepted(write)
        except Unavailable:
            self.refuse(RuleError("The file could not be stored just now, and nothing was kept. Please send it again."))
            return None, 503
        return result, 422 if self.errors else 200


@dataclass(frozen=True)
class SentFile:
    """One of several files, called as its sender's machine calls it; of one that is refused nothing is kept."""

    name: str
    data: bytes = field(repr=False)
    refusal: Refused | None = None


class FilesForm(FileForm):
    """The same with one or several files: those that can be taken are, unless there are none.

    `check_file` raises Refused, as what is made of a file that cannot be taken keeps the reason.
    """

    most_files = MOST_FILES
    most_bytes = MOST_BYTES
    sent: tuple[SentFile, ...] = ()

    def validate_file(self, field: Field) -> None:
        """Refuse all when there are too many, or when none can be taken; each is named."""
        if len(field.data) > self.most_files:
            raise ValidationError(
                gettext("These are more than %(number)s files. Send them in parts.", number=self.most_files)
            )
        self.sent = tuple(self._looked_at(file) for file in field.data)
        refused = [(file.name, _sentence(file.refusal)) for file in self.sent if file.refusal]
        if len(refused) < len(self.sent):
            return
        if len(refused) == 1:
            raise ValidationError(refused[0][1])
        raise ValidationError(" ".join(f"{_short(name)}: {sentence}" for name, sentence in refused))

    def _looked_at(self, file: FileStorage) -> SentFile:
        name, data = text.one_line(file.filename or ""), _read(file)
        try:
            self.check_file(data)
        except Refused as refusal:
            # Its traceback would keep the bytes.
            return SentFile(name, b"", refusal.with_traceback(None))
        return SentFile(name, data)

    def forget(self) -> None:
        self.sent = ()


def _read(file: FileStorage) -> bytes:
    data: bytes = file.read()
    file.close()
    return data


def _sentence(refusal: RuleError) -> str:
    """In the page's language."""
    sentence: str = gettext(str(refusal.message))
    return sentence


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"
