"""Many large leaflets at once, and kill -9 in between: all are rebuilt, none is lost, and pages are read meanwhile.

With ORGANIZER_SOAK it is a hundred of them, which may take minutes: `-o faulthandler_timeout=0` lets it.
"""

from __future__ import annotations

import io
import os
import random
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from threading import Event as Signal
from threading import Thread

import pytest
from flask import Flask
from PIL import Image

from organizer import outbox, storage
from organizer.db import db
from organizer.leaflets.models import Leaflet, LeafletVersion, Rendition
from organizer.leaflets.rules import State
from organizer.outbox import OutboxRow
from tests import factories
from tests.factories import TOKEN, Person
from tests.leaflets import sending
from tests.load.clients import Process, process
from tests.served import PATIENCE_SECONDS

IS_SOAK = bool(os.environ.get("ORGANIZER_SOAK"))
UPLOADS = 100 if IS_SOAK else 12
LEAFLET_BYTES = 5_000_000
SENDERS = 10
MOST_TRIES = 200
LEASE_SECONDS = 15
MOST_RESIDENT_BYTES = 400_000_000
BUSY = (429, 503)
PAGES = ("/", "/leaflets")

pytestmark = pytest.mark.load


@dataclass(frozen=True)
class Form:
    """A form to send leaflets with, as its sender's browser holds it, and where its site keeps files."""

    path: str
    token: str
    cookies: str
    blobs: Path


@dataclass
class Pages:
    """What a reader was answered while others sent."""

    statuses: list[int] = field(default_factory=list)
    slowest_seconds: float = 0.0


@pytest.fixture(scope="module")
def photo() -> bytes:
    """A picture with more detail than any leaflet's; what its file lacks to be large is added behind its end."""
    written = io.BytesIO()
    Image.frombytes("RGB", (1200, 900), random.Random(4).randbytes(3_240_000)).save(written, "JPEG", quality=97)
    return written.getvalue()


@pytest.fixture
def form(app: Flask, organizer: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Form:
    blobs = tmp_path / "blobs"
    monkeypatch.setitem(app.extensions, "storage", storage.open_storage(blobs.as_uri()))
    path = f"/events/{factories.event(organizer.group).id}/leaflets/new"
    token = TOKEN.search(organizer.client.get(path).text)
    assert token
    cookies = [organizer.client.get_cookie(name) for name in ("session", "form")]
    return Form(path, token[1], "; ".join(f"{cookie.key}={cookie.value}" for cookie in cookies if cookie), blobs)


@contextmanager
def _sites(form: Form, folder: Path) -> Iterator[list[Process]]:
    """A site with its worker, and another process whose worker has the same queue."""
    with ExitStack() as stack:
        flags, settings = ("--lease", str(LEASE_SECONDS)), {"BLOB_URL": form.blobs.as_uri()}
        yield [stack.enter_context(process(folder, *flags, **settings)) for _ in range(2)]


def _send(port: int, form: Form, photo: bytes, number: int) -> int:
    """Send one leaflet, again while others keep the site busy; return the status of the last answer."""
    data = photo + bytes(max(0, LEAFLET_BYTES - len(photo))) + str(number).encode()
    words = {**sending.WORDS, "title": f"Leaflet {number}", "csrf_token": form.token}
    body, content_type = sending.encoded({**words, "file": sending.file(data, "leaflet.jpg")})
    headers = {"Content-Type": content_type, "Cookie": form.cookies}
    status = 0
    for _ in range(MOST_TRIES):
        with closing(HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)) as connection:
            connection.request("POST", form.path, body, headers)
            status = connection.getresponse().status
        if status not in BUSY:
            break
        time.sleep(0.5)
    return status


@contextmanager
def _read_meanwhile(port: int) -> Iterator[Pages]:
    """Read pages, one after the other, until the block is left."""
    read, is_over = Pages(), Signal()

    def look() -> None:
        while not is_over.is_set():
            for path in PAGES:
                began = time.monotonic()
                with closing(HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)) as connection:
                    connection.request("GET", path)
                    read.statuses.append(connection.getresponse().status)
                read.slowest_seconds = max(read.slowest_seconds, time.monotonic() - began)
            time.sleep(0.05)

    reader = Thread(target=look)
    reader.start()
    try:
        yield read
    finally:
        is_over.set()
        reader.join()


def _wait_until_rebuilt() -> None:
    for _ in range(20 * UPLOADS + 10 * PATIENCE_SECONDS):
        waiting = db.session.query(OutboxRow).filter(OutboxRow.fact.like("leaflet.%")).count()
        db.session.rollback()
        if not waiting:
            return
        time.sleep(0.25)
    raise AssertionError("Some uploads still wait.")


def _most_resident_bytes(site: Process) -> int:
    told = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{site.process.pid}/status").read_text())
    assert told
    return int(told[1]) * 1024


def _assert_whole(form: Form) -> None:
    """Every version has all that is made of it, and beside it lies no original, and nothing half done.

    What was on its way in when the site was killed is no version: its key is gone, and the sweep finds it.
    """
    db.session.rollback()
    assert {version.state for version in db.session.query(LeafletVersion)} == {State.READY}
    purposes: dict[str, set[str]] = {}
    for rendition in db.session.query(Rendition):
        purposes.setdefault(rendition.version_id, set()).add(rendition.purpose)
    assert len(purposes) == db.session.query(LeafletVersion).count()
    assert all({"file", "large", "small"} <= found for found in purposes.values())
    found = {str(path.relative_to(form.blobs)) for path in form.blobs.rglob("*") if path.is_file()}
    of_versions = {key for key in found if key.split("/")[1] in purposes}
    assert of_versions == {rendition.blob_key for rendition in db.session.query(Rendition)}


def test_all_are_rebuilt_in_bounded_memory_while_pages_are_read(form: Form, photo: bytes, tmp_path: Path) -> None:
    with _sites(form, tmp_path) as sites:
        port = sites[0].port
        with _read_meanwhile(port) as read, ThreadPoolExecutor(SENDERS) as senders:
            statuses = list(senders.map(lambda number: _send(port, form, photo, number), range(UPLOADS)))
            _wait_until_rebuilt()
        peaks = [_most_resident_bytes(site) for site in sites]
    assert statuses == [303] * UPLOADS
    assert set(read.statuses) == {200}
    assert len(read.statuses) > len(PAGES)
    assert max(peaks) < MOST_RESIDENT_BYTES
    assert {leaflet.title for leaflet in db.session.query(Leaflet)} == {f"Leaflet {each}" for each in range(UPLOADS)}
    _assert_whole(form)
    print(f"{UPLOADS} uploads, at most {peaks} bytes, {len(read.statuses)} pages, {read.slowest_seconds:.2f} s")  # noqa: T201 - for the docs


def test_what_was_taken_in_outlives_kill_9_of_site_and_worker(form: Form, photo: bytes, tmp_path: Path) -> None:
    acknowledged: list[int] = []

    def send(number: int) -> None:
        try:
            if _send(sites[0].port, form, photo, number) == 303:
                acknowledged.append(number)
        except (OSError, HTTPException):
            pass

    with _sites(form, tmp_path) as sites, ThreadPoolExecutor(SENDERS) as senders:
        sent = [senders.submit(send, number) for number in range(UPLOADS)]
        while len(acknowledged) < UPLOADS // 2 and not all(each.done() for each in sent):
            time.sleep(0.001)
        for site in sites:
            site.process.kill()
    db.session.rollback()
    for version in db.session.query(LeafletVersion):
        assert (version.state == State.READY) == bool(version.renditions)
    time.sleep(LEASE_SECONDS)
    with _sites(form, tmp_path):
        # What the clock does within the minute. What follows from it stands in no queue that the sites have.
        while outbox.run_owed():
            pass
        _wait_until_rebuilt()
    titles = {leaflet.title for leaflet in db.session.query(Leaflet)}
    assert {f"Leaflet {number}" for number in acknowledged} <= titles
    assert len(acknowledged) >= UPLOADS // 2
    _assert_whole(form)
