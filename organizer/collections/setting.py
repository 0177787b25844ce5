"""A collection as a PDF, set by typst from just what may be shown at this moment."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask_babel import get_locale
from flask_babel import gettext as _

from organizer import documents, kept, languages, storage
from organizer.collections import nodes, subjects, words
from organizer.collections.cards import Reading, Shown
from organizer.collections.rules import MOST_PHOTOS, Kind
from organizer.db import db
from organizer.errors import TooMany
from organizer.photos.cards import PhotoCard

TEMPLATE = "collections/collection.typ"
MOST_KEPT_BYTES = 6 * 1024 * 1024
WAITING_SECONDS = 8
RETRY_SECONDS = 10
IN_LINE = 3
_press = threading.BoundedSemaphore(1)
_line = threading.BoundedSemaphore(IN_LINE)


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Let one file be made at once in this process, as each takes seconds of a core. Raises TooMany.

    Few wait for it: each who does holds a thread, and the pages need some.
    Ends the read transaction: others may need the connection meanwhile, and what is read after the wait is true then.
    """
    db.session.rollback()
    with _place(_line, 0), _place(_press, WAITING_SECONDS):
        yield


@contextmanager
def _place(places: threading.BoundedSemaphore, patience_seconds: float) -> Iterator[None]:
    if not places.acquire(timeout=patience_seconds):
        raise TooMany(
            "Others are having a file made just now. Please try again in a moment.", retry_seconds=RETRY_SECONDS
        )
    try:
        yield
    finally:
        places.release()


def sheet(reading: Reading) -> dict[str, Any]:
    """All that a PDF says, in the locale's language; the pictures by the hash of each."""
    collection, language = reading.collection, str(get_locale())
    return {
        "paper": "us-letter" if collection.group.city.country in documents.LETTER_COUNTRIES else "a4",
        "language": language,
        "dir": languages.direction(language),
        "title": collection.title,
        "title_language": collection.language,
        "title_dir": languages.direction(collection.language),
        "group": collection.group.name,
        "note": nodes.of(collection.note),
        "note_heading": _("Editor’s note"),
        "printed_in": words.printed_in(collection),
        "link": collection.link,
        "address": words.own_page(collection) if reading.is_public else "",
        "notice": _(
            "Each person agreed to just these words. Look at the page before you pass this on: "
            "something may have been withdrawn."
        ),
        "items": [_item(shown) for shown in reading.items],
        "hashes": {key: picture.picture_hash for key, picture in _behind(reading).items()},
    }


def version(said: dict[str, Any]) -> str:
    """Tells this content from any other."""
    return hashed(json.dumps(said, sort_keys=True, ensure_ascii=False).encode())


def hashed(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:40]


def pdf(reading: Reading, said: dict[str, Any]) -> bytes:
    """The PDF of `sheet(reading)`. It takes seconds, in a process of its own: call it inside `one_at_a_time`.

    The words of all photos stand in it, and the pictures of the first `MOST_PHOTOS`.
    """
    behind, first = _behind(reading), [photo.id for photo in reading.photos[:MOST_PHOTOS]]
    pictures = {key: svg for key in first if key in behind and (svg := _drawn(behind[key]))}
    # Others may need the connection while the child works.
    db.session.rollback()
    return documents.pdf(TEMPLATE, said | {"pictures": pictures})


class Whole(kept.Body):
    """A body that nothing is gained by compressing."""

    def encoded(self, accepts: str) -> tuple[str, bytes]:  # noqa: ARG002 - the method's signature
        """Return it as it is."""
        return "", self.plain


def kept_pdf(reading: Reading, said: dict[str, Any]) -> Whole:
    """The PDF, from memory where it is of just this content; a very large one is made anew each time."""
    key, tag = f"collection|{reading.collection.id}|pdf", version(said)
    found = kept.shelf.find(key, tag)
    if found is not None:
        return Whole(found.plain)
    with one_at_a_time():
        again = kept.shelf.find(key, tag)  # whoever was before us in the queue may have asked for the same
        data = again.plain if again else pdf(reading, said)
        if len(data) <= MOST_KEPT_BYTES:
            kept.shelf.put(key, tag, data)
    return Whole(data)


def _behind(reading: Reading) -> dict[str, subjects.Picture]:
    return subjects.pictures({photo.id for photo in reading.photos})


def _drawn(picture: subjects.Picture) -> str:
    """The picture as an SVG that holds its file: what typst takes from a text. Empty when the file is lost."""
    try:
        held = base64.b64encode(picture.screen()).decode()
    except storage.Missing:
        return ""
    size = f'width="{picture.width}" height="{picture.height}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {picture.width} {picture.height}">'
        f'<image {size} href="data:{picture.screen_type};base64,{held}"/></svg>'
    )


def _item(shown: Shown) -> dict[str, Any]:
    said = shown.said
    return {
        "kind": shown.kind,
        "number": shown.number,
        **_spoken(shown.language),
        "quote": shown.quote,
        "words": nodes.of(said.text) if said and shown.kind == Kind.STATEMENT else [],
        "signature": said.signature if said else "",
        "photos": [_photo(photo) for photo in shown.all_photos],
        "translations": [
            {
                **_spoken(each.language),
                "heading": words.translated(each.language, each.translator),
                "words": nodes.of(each.text),
            }
            for each in (said.translations if said and shown.kind == Kind.STATEMENT else ())
        ],
    }


def _photo(photo: PhotoCard) -> dict[str, Any]:
    return {
        "id": photo.id,
        "width": photo.width,
        "height": photo.height,
        **_spoken(photo.language),
        "alt": photo.alt,
        "caption": photo.caption,
        "credit": words.credited(photo),
        "licence": photo.licence_label,
    }


def _spoken(language: str) -> dict[str, str]:
    return {"language": language, "dir": languages.direction(language)}
