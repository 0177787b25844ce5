"""The web server inside: waitress with our limits, ended cleanly by Ctrl-C and SIGTERM."""

from __future__ import annotations

import ctypes
import errno
import ipaddress
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from functools import partial
from typing import Any

import waitress
from flask import Flask
from waitress.channel import HTTPChannel
from waitress.task import ErrorTask, WSGITask

from organizer import config as settings
from organizer import headers, intake, outbox
from organizer.errors import OrganizerError

BACKLOG = 1024
MOST_CONNECTIONS = 500
LARGEST_HEAD_BYTES = 32 * 1024
M_MMAP_THRESHOLD = -3
M_ARENA_MAX = -8
LARGE_BLOCK_BYTES = 1024 * 1024


class _Task(WSGITask):  # type: ignore[misc] # waitress has no types
    """What answers one request. waitress closes the connection after a 304, though nothing can follow it by mistake."""

    def get_environment(self) -> dict[str, Any]:
        environ: dict[str, Any] = super().get_environment()
        environ[intake.REFUSED] = self.request.refused
        return environ

    def set_close_on_finish(self) -> None:
        asked_to_close = self.version == "1.0" or self.request.headers.get("CONNECTION", "").lower() == "close"
        if asked_to_close or self.has_body:
            super().set_close_on_finish()


class _ErrorTask(ErrorTask):  # type: ignore[misc] # waitress has no types
    """What is no request, or came to no answer, is told in a word."""

    def execute(self) -> None:
        error = self.request.error
        body = f"{error.reason}\n".encode()
        self.status, self.content_length = f"{error.code} {error.reason}", len(body)
        self.response_headers.extend([*headers.ALWAYS, ("Content-Type", "text/plain; charset=utf-8")])
        self.set_close_on_finish()
        self.write(body)


class _Channel(HTTPChannel):  # type: ignore[misc] # waitress has no types
    """A connection. waitress forgets what has come of a request when the connection goes; its bytes are counted."""

    task_class = _Task
    error_task_class = _ErrorTask

    def handle_close(self) -> None:
        super().handle_close()
        if self.request is not None:
            self.request.close()


class CannotListen(OrganizerError):
    """The address or port is not to be had; the text says what to do."""


def listen(host: str, port: int) -> socket.socket:
    """Take the port; who connects waits for `serve`. Raises CannotListen."""
    try:
        family, kind, protocol, _name, found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        taken = socket.socket(family, kind, protocol)
    except OSError as error:
        raise CannotListen(_advice(error, host, port)) from error
    try:
        # Connections that were just closed are no obstacle.
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(found)
        taken.listen(BACKLOG)
    except OSError as error:
        taken.close()
        raise CannotListen(_advice(error, host, port)) from error
    return taken


def _advice(error: OSError, host: str, port: int) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return f"Port {port} is taken: end what uses it, or choose another (--port {port % 65535 + 1})."
        case errno.EACCES:
            return f"Port {port} is for root only: choose one above 1023 (--port 5000)."
        case _:
            return f"{host} is not an address of this machine: choose one that is (--host 127.0.0.1)."


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach what listens there."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def address(host: str, port: int) -> str:
    """What to type into a browser on this machine."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """Let SIGTERM end the block as Ctrl-C does; both leave it quietly."""

    def end(_signal: int, _frame: object) -> None:
        sys.exit(0)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    except (KeyboardInterrupt, SystemExit):
        pass
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def working(app: Flask) -> Iterator[None]:
    """Run the worker and the clock beside the block; what it is at is finished before this returns."""
    worker = outbox.Worker(app)
    worker.start()
    try:
        yield
    finally:
        worker.stop()


def work(app: Flask) -> None:
    """Be the only worker and the clock until a signal comes."""
    with ended_by_signals(), working(app):
        signal.pause()


def _give_memory_back() -> None:
    """Let glibc return each large block when it is freed, and let all threads share one heap.

    Otherwise every thread keeps the blocks of its last upload and pages.
    """
    with suppress(AttributeError):  # other systems' C libraries do so anyway, or have no such switch
        libc = ctypes.CDLL(None)
        libc.mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK_BYTES)
        libc.mallopt(M_ARENA_MAX, 1)


def _channel_class(counted: intake.Intake) -> type[HTTPChannel]:
    return type("Channel", (_Channel,), {"parser_class": staticmethod(partial(intake.Parser, counted))})


def serve(app: Flask, taken: socket.socket) -> None:
    """Answer on the port until a signal comes, with a worker beside unless another process is the worker."""
    config = settings.current()
    _give_memory_back()
    server = waitress.create_server(
        app,
        sockets=[taken],
        threads=config.threads,
        connection_limit=MOST_CONNECTIONS,
        channel_timeout=30,
        backlog=BACKLOG,
        # select() cannot watch more than 1024 files, SQLite's and the connections' together.
        asyncore_use_poll=True,
        max_request_header_size=LARGEST_HEAD_BYTES,
        max_request_body_size=intake.LARGEST_BODY_BYTES,
        # What people upload must never lie readable in a temporary file.
        inbuf_overflow=intake.LARGEST_BODY_BYTES,
        ident="",
        # Believed only where ORGANIZER_PROXY_COUNT says so, by ProxyFix.
        clear_untrusted_proxy_headers=not config.proxy_count,
    )
    server.channel_class = _channel_class(intake.Intake(app))
    with ended_by_signals(), working(app) if config.worker == "thread" else nullcontext():
        # It ends by the signal's exception, which it swallows.
        server.run()
    server.close()
