"""What a connection may send before any view is asked: so much in one body, and so much in all bodies together.

A refused body is let go by unkept, and its request then goes to the app with the status that it was refused with, so
that whoever sent it reads a page of ours and not of a broken connection.
"""

from __future__ import annotations

from threading import Lock

from flask import Flask
from waitress.buffers import OverflowableBuffer
from waitress.parser import HTTPRequestParser
from werkzeug.exceptions import HTTPException
from werkzeug.http import parse_cookie

from organizer.accounts import cookie

# A hundred thousand characters of any script, each up to twelve bytes in a form, come back with a kind word.
LARGEST_FORM_BYTES = 3 * 1024 * 1024
# More than the largest upload with its form. Whoever announces as much is not listened to at all.
LARGEST_BODY_BYTES = 32 * 1024 * 1024
# What the process holds of bodies that are unfinished or unanswered. Each one's beginning is free, so that no flood of
# large ones keeps the forms out that people fill in.
MOST_HELD_BYTES = 128 * 1024 * 1024
FREE_BYTES = 64 * 1024
REFUSED = "organizer.refused"
UNAUTHORIZED, TOO_LARGE, NO_ROOM = 401, 413, 503


class Intake:
    """How much each request may send, and how much all of them hold."""

    def __init__(self, app: Flask, most_held_bytes: int = MOST_HELD_BYTES) -> None:
        self._addresses = app.url_map.bind("")
        self._largest = {name: getattr(view, "body_bytes", 0) for name, view in app.view_functions.items()}
        self._most_held_bytes = most_held_bytes
        self._lock = Lock()
        self.held_bytes = 0

    def hold(self, size: int) -> bool:
        """Make room for so many bytes more, or fewer below zero; False when there is none."""
        with self._lock:
            has_room = size <= 0 or self.held_bytes + size <= self._most_held_bytes
            self.held_bytes += size if has_room else 0
        return has_room

    def refusal(self, request: HTTPRequestParser) -> int:
        """The status with which a body of the announced size is refused, 0 when it is taken."""
        if request.content_length <= LARGEST_FORM_BYTES:
            return 0
        if request.command != "POST" or request.content_length > self._largest_at(request.path):
            return TOO_LARGE
        # Whether it is a session's, the app sees later.
        has_cookie = any(name in cookie.SESSION_NAMES for name in parse_cookie(request.headers.get("COOKIE", "")))
        return 0 if has_cookie else UNAUTHORIZED

    def _largest_at(self, path: str) -> int:
        try:
            endpoint, _values = self._addresses.match(path, "POST")
        except HTTPException:
            return 0
        largest: int = self._largest[endpoint]
        return largest


class _Nothing(OverflowableBuffer):  # type: ignore[misc] # waitress has no types
    """Keeps nothing of what it is given."""

    def append(self, _data: bytes) -> None:
        pass


class Parser(HTTPRequestParser):  # type: ignore[misc] # waitress has no types
    """One request as it comes in; `refused` is the status with which its body was let go, else 0."""

    refused = 0
    _held_bytes = 0

    def __init__(self, intake: Intake, adjustments: object) -> None:
        super().__init__(adjustments)
        self._intake = intake

    def received(self, data: bytes) -> int:
        """Take the next piece and return how much of it belongs to this request."""
        had_headers = self.headers_finished
        consumed: int = super().received(data)
        if self.error is not None:
            self.expect_continue = False  # or it would be told to go on
        elif self.body_rcv is not None and not self.refused:
            status = self._refusal_so_far() if had_headers else self._intake.refusal(self)
            if status:
                self._refuse(status)
        return consumed

    def close(self) -> None:
        super().close()
        self._let_go()

    def _refusal_so_far(self) -> int:
        """In chunks no more comes than a form: browsers say beforehand how large a file is."""
        if self.chunked and self.body_bytes_received > LARGEST_FORM_BYTES:
            return TOO_LARGE
        more = max(0, self.body_bytes_received - FREE_BYTES) - self._held_bytes
        if not self._intake.hold(more):
            return NO_ROOM
        self._held_bytes += more
        return 0

    def _refuse(self, status: int) -> None:
        self.refused = status
        self.headers["CONNECTION"] = "close"
        self.body_rcv.buf = _Nothing(self.adj.inbuf_overflow)
        self._let_go()
        # Whoever waits for a word to go on has sent nothing yet, and of chunks nobody knows when they end.
        if self.expect_continue or self.chunked:
            self.expect_continue, self.completed = False, True

    def _let_go(self) -> None:
        self._intake.hold(-self._held_bytes)
        self._held_bytes = 0
