"""Jobs that do in the sandbox what a hostile file could make a library do."""

import ctypes
import os
import resource
import signal
import socket
import sys
import time
from pathlib import Path

from organizer.media import RebuiltPdf


def _told(text: str, data: bytes = b"") -> RebuiltPdf:
    return RebuiltPdf(data, 1, text, (), (), ())


def echo(data: bytes) -> RebuiltPdf:
    return _told("", data)


def spin(data: bytes) -> RebuiltPdf:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        pass
    return _told("ran for half a minute")


def sleep(data: bytes) -> RebuiltPdf:
    time.sleep(30)
    return _told("slept for half a minute")


def hog(data: bytes) -> RebuiltPdf:
    return _told("", bytes(2 << 30))


def abort(data: bytes) -> RebuiltPdf:
    os.abort()


def crash(data: bytes) -> RebuiltPdf:
    return _told(str(ctypes.string_at(0)))


def be_killed(data: bytes) -> RebuiltPdf:
    os.kill(os.getpid(), signal.SIGKILL)
    return _told("survived")


def be_stopped(data: bytes) -> RebuiltPdf:
    """By the signal that `data` names, as whoever stops the service does."""
    os.kill(os.getpid(), signal.Signals[data.decode()])
    time.sleep(30)
    return _told("went on")


def be_stopped_by_term(data: bytes) -> RebuiltPdf:
    return be_stopped(b"SIGTERM")


def fail(data: bytes) -> RebuiltPdf:
    raise LookupError("as no library should")


def exit_early(data: bytes) -> RebuiltPdf:
    os._exit(0)


def babble(data: bytes) -> RebuiltPdf:
    sys.stdout.buffer.write(b"\0\0\0\x02{}" + data)
    sys.stdout.buffer.flush()
    os._exit(0)


def flood(data: bytes) -> RebuiltPdf:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        os.write(1, bytes(1 << 16))
    return _told("flooded for half a minute")


def complain(data: bytes) -> RebuiltPdf:
    os.write(2, b"CANARY " + data)
    return _told("complained")


def look_around(data: bytes) -> RebuiltPdf:
    """Tell what is within reach, a line each."""
    # Python itself sets this one, for want of others.
    found = [f"environment {sorted(os.environ.keys() - {'LC_CTYPE'})}", f"folder {Path.cwd()}"]
    for name, attempt in {
        "file": lambda: Path("/etc/hostname").read_bytes(),
        "new file": lambda: Path("/tmp/organizer-sandbox-test").write_bytes(b"x"),
        "socket": lambda: socket.create_connection(("127.0.0.1", 9), timeout=1),
        "pipe": os.pipe,
    }.items():
        try:
            attempt()
            found.append(f"{name} opened")
        except OSError as error:
            found.append(f"{name} {os.strerror(error.errno or 0)}")
    limits = ("RLIMIT_CORE", "RLIMIT_FSIZE", "RLIMIT_NOFILE")
    found += [f"{name} {resource.getrlimit(getattr(resource, name))}" for name in limits]
    found.append(f"dumpable {ctypes.CDLL(None).prctl(3, 0, 0, 0, 0)}")
    return _told("\n".join(found))
