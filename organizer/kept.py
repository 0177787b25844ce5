"""Bodies kept in memory: rendered once per version, compressed once per encoding, answered with 304 when known.

A version is what its caller reads from the database at every request, so no process ever serves what has been
replaced; that the memory is each process's own costs a second rendering, nothing else.
"""

from __future__ import annotations

import gzip
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache

import brotli
import zstandard
from flask import Response, make_response, request
from werkzeug.datastructures import Headers
from werkzeug.http import http_date, parse_accept_header, parse_date, unquote_etag

from organizer import policy

MOST_BYTES = 32 * 1024 * 1024
SMALLEST_COMPRESSED = 500
ENCODINGS = ("zstd", "br", "gzip")
OVERHEAD_BYTES = 500
ASKED_ANEW = {"Cache-Control": "no-cache", "Vary": "Accept-Language, Cookie"}
"""The headers of what may be kept, but not shown without asking, so that a withdrawal is at once."""


class Body:
    """A body and its compressed forms, each made when it is first asked for."""

    def __init__(self, plain: bytes) -> None:
        self.plain = plain

    def encoded(self, accepts: str) -> tuple[str, bytes]:
        """The best form for an Accept-Encoding header: its name, empty for plain, and its bytes."""
        if len(self.plain) < SMALLEST_COMPRESSED:
            return "", self.plain
        match name := _best_encoding(accepts):
            case "zstd":
                return name, self._zstd
            case "br":
                return name, self._br
            case "gzip":
                return name, self._gzip
        return "", self.plain

    @cached_property
    def _zstd(self) -> bytes:
        return zstandard.ZstdCompressor(level=12).compress(self.plain)

    @cached_property
    def _br(self) -> bytes:
        compressed: bytes = brotli.compress(self.plain, quality=6)
        return compressed

    @cached_property
    def _gzip(self) -> bytes:
        return gzip.compress(self.plain, compresslevel=6, mtime=0)


@lru_cache
def _best_encoding(accepts: str) -> str:
    """The first of our encodings that the header names and does not rule out, empty for none."""
    accepted = parse_accept_header(accepts)
    return next((name for name in ENCODINGS if name in accepts and accepted.quality(name) > 0), "")


class Shelf:
    """The kept bodies of a process, one version of each key; the least recently asked for leave first."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._used_bytes = 0
        self._bodies: OrderedDict[str, tuple[str, Body]] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, key: str, version: str) -> Body | None:
        """The body of a key, if it is kept at just this version."""
        with self._lock:
            kept_version, body = self._bodies.get(key, ("", None))
            if body is None or kept_version != version:
                return None
            self._bodies.move_to_end(key)
            return body

    def put(self, key: str, version: str, plain: bytes) -> Body:
        """Keep a body in place of the key's other version."""
        fresh = Body(plain)
        with self._lock:
            self._drop(key)
            self._bodies[key] = (version, fresh)
            self._used_bytes += _weight(fresh)
            while self._used_bytes > self._most_bytes and len(self._bodies) > 1:
                self._drop(next(iter(self._bodies)))
        return fresh

    def get(self, key: str, version: str, render: Callable[[], bytes]) -> Body:
        """The kept body, or a fresh one; two threads may render at once."""
        return self.find(key, version) or self.put(key, version, render())

    def clear(self) -> None:
        with self._lock:
            self._bodies.clear()
            self._used_bytes = 0

    def _drop(self, key: str) -> None:
        _, body = self._bodies.pop(key, ("", None))
        self._used_bytes -= _weight(body) if body else 0


def _weight(body: Body) -> int:
    """What a body takes with its compressed forms, roughly: they shrink text to a third and less."""
    return 2 * len(body.plain) + OVERHEAD_BYTES


shelf = Shelf()


@dataclass(frozen=True)
class UndatedVersion:
    """What a client compares: `tag` becomes the weak ETag."""

    tag: str

    @cached_property
    def validators(self) -> dict[str, str]:
        return {"ETag": f'W/"{self.tag}"'}


@dataclass(frozen=True)
class Version(UndatedVersion):
    """One that tells when it came about, too: `changed_at` (aware) becomes Last-Modified."""

    changed_at: datetime

    @cached_property
    def validators(self) -> dict[str, str]:
        return {**super().validators, "Last-Modified": http_date(self.changed_at)}


class _Complete(Response):
    """An answer made with all its headers, in which Werkzeug need not look for what to correct."""

    default_mimetype = None

    def get_wsgi_headers(self, environ: object) -> Headers:  # noqa: ARG002 - the method's signature
        return self.headers


def respond(
    version: UndatedVersion, body: Callable[[], Body], *, content_type: str, headers: Mapping[str, str]
) -> Response:
    """Answer GET or HEAD of something that exists with its body, or 304 when the client has this version.

    If-None-Match goes before If-Modified-Since. `body` is called only when it must be sent.
    """
    fixed = {
        **version.validators,
        **headers,
        "Vary": ", ".join(filter(None, (headers.get("Vary"), "Accept-Encoding"))),
    }
    if _is_known(version):
        return _Complete(status=304, headers=fixed)
    encoding, data = body().encoded(request.headers.get("Accept-Encoding", ""))
    if encoding:
        fixed["Content-Encoding"] = encoding
    fixed["Content-Length"] = str(len(data))
    return _Complete(data, headers=fixed, content_type=content_type)


def asked_anew(page: str) -> Response:
    """The page with `ASKED_ANEW`; what somebody who is signed in sees is kept nowhere."""
    response = make_response(page)
    if policy.viewer().account_id is None:
        response.headers.update(ASKED_ANEW)
    return response


def _is_known(version: UndatedVersion) -> bool:
    given = request.headers.get("If-None-Match")
    if given is not None:
        return given.strip() == "*" or version.tag in (unquote_etag(tag.strip())[0] for tag in given.split(","))
    since = parse_date(request.headers.get("If-Modified-Since"))
    if since is None or not isinstance(version, Version):
        return False
    return version.changed_at.replace(microsecond=0) <= since
