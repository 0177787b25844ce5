"""What is sent must never lie readable on the disk: not while it arrives, not while it waits, not afterwards."""

from __future__ import annotations

import io
import os
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from organizer import config, outbox
from organizer.db import db
from organizer.events.models import Event
from organizer.leaflets.models import LeafletVersion
from tests.factories import TOKEN, Person
from tests.leaflets import sending
from tests.media import corpus

MB = 1 << 20
CANARY = b"CANARY-on_the_disk"
ROOT = Path(__file__).parents[2]
HIDDEN = corpus.jpeg() + CANARY * 100_000


SERVE = """
import sys
from organizer import server, web
app = web.load_app()
with app.app_context():
    taken = server.listen("127.0.0.1", 0)
    print(taken.getsockname()[1], flush=True)
    server.serve(app, taken)
"""


@pytest.fixture(autouse=True)
def made_once() -> None:
    """What a child leaves behind is looked at here."""


@pytest.fixture
def watched(app: Flask, blobs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """All folders in which something could be left."""
    spool = tmp_path / "spool"
    spool.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(spool))
    url = config.current().database_url
    database = [Path(url.removeprefix("sqlite:///")).parent] if config.current().is_sqlite else []
    return [blobs, spool, config.current().data_dir, *database]


def _leaks(folders: list[Path], process: str = "self") -> list[str]:
    """The files in which the canary can be read, those that a process has open without a name included."""
    named = [path for folder in folders for path in folder.rglob("*")]
    return [str(path) for path in (*named, *Path(f"/proc/{process}/fd").iterdir()) if CANARY in _content(path)]


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes() if stat.S_ISREG(path.stat().st_mode) else b""
    except FileNotFoundError:  # closed or deleted meanwhile
        return b""


@pytest.fixture
def serving(app: Flask, blobs: Path, watched: list[Path]) -> Iterator[tuple[int, int]]:
    """Port and process of the real server, on this machine and with this database and storage."""
    env = {
        "ORGANIZER_DATA_DIR": str(config.current().data_dir),
        "ORGANIZER_DATABASE_URL": config.current().database_url,
        "ORGANIZER_BLOB_URL": blobs.as_uri(),
        "ORGANIZER_SITE_URL": config.current().site_url,
        "ORGANIZER_WORKER": "none",
        "TMPDIR": tempfile.gettempdir(),
    }
    with subprocess.Popen([sys.executable, "-c", SERVE], env=env, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout
        yield int(process.stdout.readline()), process.pid
        process.terminate()


def _request(person: Person, event: Event, data: bytes) -> bytes:
    path = f"/events/{event.id}/leaflets/new"
    token = TOKEN.search(person.client.get(path).text)
    assert token
    form = {**sending.WORDS, "csrf_token": token[1], "file": sending.file(data)}
    body, content_type = sending.encoded(form)
    cookies = [person.client.get_cookie(name) for name in ("session", "form")]
    told = "; ".join(f"{cookie.key}={cookie.value}" for cookie in cookies if cookie)
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nCookie: {told}\r\n"
    return f"{head}Content-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def _answer(connection: socket.socket) -> bytes:
    return b"".join(iter(lambda: connection.recv(65536), b""))


def _resident_bytes(process: int) -> int:
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_an_upload_is_nowhere_readable_on_its_way(
    organizer: Person, event: Event, serving: tuple[int, int], watched: list[Path]
) -> None:
    port, process = serving
    request = _request(organizer, event, HIDDEN)
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(request[: len(request) * 2 // 3])
        time.sleep(0.3)
        assert _leaks(watched, str(process)) == []
        connection.sendall(request[len(request) * 2 // 3 :])
        answer = _answer(connection)
    assert answer.startswith(b"HTTP/1.1 303")
    assert _leaks(watched, str(process)) == []
    db.session.rollback()
    assert db.session.query(LeafletVersion).one().state == "uploaded"
    outbox.run_owed()
    db.session.rollback()
    assert db.session.query(LeafletVersion).one().state == "ready"
    assert _leaks(watched) == []


def test_the_memory_of_large_uploads_is_given_back(organizer: Person, event: Event, serving: tuple[int, int]) -> None:
    port, process = serving
    request = _request(organizer, event, b"%PDF-" + bytes(20 * MB))
    resident = []
    for _ in range(4):
        with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
            connection.sendall(request)
            assert _answer(connection).startswith(b"HTTP/1.1 303")
        resident.append(_resident_bytes(process))
    assert resident[-1] - resident[0] < 10 * MB
    assert db.session.query(LeafletVersion).count() == 4


def test_a_form_s_files_stay_in_memory(app: Flask, watched: list[Path]) -> None:
    body, content_type = sending.encoded({"file": sending.file(HIDDEN[:900_000])})
    stream = io.BytesIO(body)
    with app.test_request_context(method="POST", input_stream=stream, content_type=content_type) as context:
        assert CANARY in context.request.files["file"].read()
        assert _leaks(watched) == []


def test_the_search_for_leaks_finds_what_has_no_name(watched: list[Path]) -> None:
    with tempfile.TemporaryFile() as file:
        file.write(CANARY)
        file.flush()
        assert len(_leaks(watched)) == 1
