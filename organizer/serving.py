"""Stored files on their way out: whole, in part, or not at all when the browser has them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Final, Protocol

from flask import Response, request

from organizer import storage
from organizer.errors import Gone, Unavailable
from organizer.storage import Storage

PIECE_BYTES: Final = 1024 * 1024
HARMLESS: Final = {"Content-Security-Policy": "default-src 'none'; sandbox", "Accept-Ranges": "bytes"}
# Longer numbers than this are nonsense, and Python refuses to read them.
ONE_RANGE: Final = re.compile(r"bytes=[ \t]*([0-9]{0,1000})-([0-9]{0,1000})[ \t]*", re.IGNORECASE)


class Stored(Protocol):
    """A row that leads to a blob; what it holds never changes under the same `id`."""

    @property
    def id(self) -> str: ...
    @property
    def blob_key(self) -> str: ...
    @property
    def content_type(self) -> str: ...
    @property
    def size_bytes(self) -> int: ...


def respond(file: Stored, headers: Mapping[str, str]) -> Response:
    """Answer GET or HEAD with the file, one range of it, 304 or 416 (RFC 9110, 13.2.2 and 14).

    With a Cache-Control among the headers it has an ETag; without one it is kept nowhere. Several ranges at once, and
    what is none, are answered with the whole, where Werkzeug would refuse. Never compressed: ranges count these bytes.
    Raises storage.Missing, storage.StorageDown, both before anything is sent.
    """
    known = {**HARMLESS, **headers}
    if "Cache-Control" in headers:
        known["ETag"] = f'"{file.id}"'
        if request.if_none_match.contains_weak(file.id):
            return Response(status=304, headers=known)
    span = _asked(file.size_bytes, known.get("ETag"))
    if span is None:
        return _sent(file, known, range(file.size_bytes))
    if not span:
        known["Content-Range"] = f"bytes */{file.size_bytes}"
        return Response(status=416, headers=known, mimetype="text/plain")
    known["Content-Range"] = f"bytes {span.start}-{span.stop - 1}/{file.size_bytes}"
    return _sent(file, known, span, 206)


def _asked(size_bytes: int, tag: str | None) -> range | None:
    """The bytes that the request asks for, none of them if the file has none such; None for the whole file."""
    found = ONE_RANGE.fullmatch(request.headers.get("Range", ""))
    if found is None or request.method != "GET" or request.headers.get("If-Range", tag) != tag:
        return None
    match (*map(_number, found.groups()),):
        case (None, None):
            return None
        case (None, int(last_bytes)):
            return range(max(size_bytes - last_bytes, 0), size_bytes)
        case (int(first), None):
            return range(first, size_bytes)
        case (int(first), int(last)) if first <= last:
            return range(first, min(last + 1, size_bytes))
    return None


def _number(digits: str) -> int | None:
    return int(digits) if digits else None


def _sent(file: Stored, headers: Mapping[str, str], span: range, status: int = 200) -> Response:
    body = () if request.method == "HEAD" else _body(storage.current(), file.blob_key, span)
    response = Response(body, status, headers, content_type=file.content_type)
    response.headers["Content-Length"] = str(len(span))
    return response


def _body(blobs: Storage, key: str, span: range) -> Iterable[bytes]:
    """The first piece is read at once, so that a store that is down is told by the status."""
    pieces = (span[at : at + PIECE_BYTES] for at in range(0, len(span), PIECE_BYTES))
    first = next(pieces, None)
    if first is None:
        return ()
    begun = blobs.get_range(key, first.start, first.stop)
    return (begun,) if len(first) == len(span) else chain((begun,), _rest(blobs, key, pieces))


def _rest(blobs: Storage, key: str, pieces: Iterable[range]) -> Iterator[bytes]:
    """What cannot be read any more is missing; the server sees that by the length, and ends the connection."""
    try:
        for piece in pieces:
            yield blobs.get_range(key, piece.start, piece.stop)
    except (Gone, Unavailable):
        return
