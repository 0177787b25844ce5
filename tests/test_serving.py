"""Files go out whole or in part, by RFC 9110, and never more of them is read than is sent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, IncompleteRead
from itertools import pairwise
from pathlib import Path
from threading import Thread

import pytest
import waitress
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from organizer import serving, storage
from organizer.errors import Gone, Unavailable
from organizer.storage import Storage, open_storage

KEPT = {"Cache-Control": "private, no-cache"}
DATA = bytes(range(256)) * 40
TAG = f'"{"a" * 26}"'


@dataclass(frozen=True)
class File:
    size_bytes: int
    id: str = "a" * 26
    blob_key: str = "leaflets/one"
    content_type: str = "application/pdf"


class Counting(Storage):
    """Counts the bytes that are read."""

    def __init__(self) -> None:
        super().__init__(open_storage("memory:")._store)
        self.read_bytes = 0
        self.largest_bytes = 0

    def get(self, key: str) -> bytes:
        return self._counted(super().get(key))

    def get_range(self, key: str, start: int, end: int) -> bytes:
        return self._counted(super().get_range(key, start, end))

    def _counted(self, data: bytes) -> bytes:
        self.read_bytes += len(data)
        self.largest_bytes = max(self.largest_bytes, len(data))
        return data


class Site:
    """Nothing but a file at `/file`, and at `/draft` the same, which is kept nowhere."""

    def __init__(self, data: bytes) -> None:
        self.blobs = Counting()
        self.blobs.put("leaflets/one", data)
        self.app = Flask(__name__)
        self.app.extensions["storage"] = self.blobs
        self.app.register_error_handler(Unavailable, lambda _error: ("", 503))
        self.app.register_error_handler(Gone, lambda _error: ("", 410))
        self.app.add_url_rule("/file", "file", lambda: serving.respond(File(len(data)), KEPT))
        self.app.add_url_rule("/draft", "draft", lambda: serving.respond(File(len(data)), {}))

    def get(self, asked: str | None = None, path: str = "/file", **headers: str) -> TestResponse:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.app.test_client().get(path, headers=given if asked is None else {"Range": asked, **given})


@pytest.fixture(scope="module")
def site() -> Site:
    return Site(DATA)


def test_a_file_comes_whole_with_what_a_browser_must_know(site: Site) -> None:
    answer = site.get()
    assert (answer.status_code, answer.data) == (200, DATA)
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["Content-Length"] == str(len(DATA))
    assert answer.headers["ETag"] == TAG
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.content_type == "application/pdf"
    assert "Content-Range" not in answer.headers


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=0-", 0, 10239),
        ("bytes=5-9", 5, 9),
        ("Bytes= 5-9 ", 5, 9),
        ("bytes=10239-", 10239, 10239),
        ("bytes=10000-99999999999999999999", 10000, 10239),
        ("bytes=-1", 10239, 10239),
        ("bytes=-99999", 0, 10239),
        ("bytes=0005-0009", 5, 9),
    ],
)
def test_one_range_is_sent_alone(site: Site, asked: str, first: int, last: int) -> None:
    answer = site.get(asked)
    assert answer.status_code == 206
    assert answer.data == DATA[first : last + 1]
    assert answer.headers["Content-Range"] == f"bytes {first}-{last}/10240"
    assert answer.headers["Content-Length"] == str(last + 1 - first)
    for name in ("ETag", "Cache-Control", "Content-Security-Policy", "Content-Type", "Accept-Ranges"):
        assert answer.headers[name] == site.get().headers[name]


@pytest.mark.parametrize("asked", ["bytes=10240-", "bytes=10240-10250", "bytes=-0", f"bytes={'9' * 900}-"])
def test_what_is_not_there_is_said_so_with_the_size(site: Site, asked: str) -> None:
    answer = site.get(asked)
    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == "bytes */10240"
    assert answer.data == b""


@pytest.mark.parametrize(
    "asked",
    [
        "bytes=0-1,4-5",
        "bytes=0-1, -5",
        "bytes=9-5",
        "bytes=-",
        "bytes=",
        "bytes",
        "",
        "bytes=a-b",
        "bytes=1-2-3",
        "bytes=--5",
        "bytes=+1-5",
        "bytes=1.0-5",
        "bytes=٣-٥",
        "pages=1-2",
        "0-5",
        f"bytes={'9' * 5000}-",
    ],
)
def test_several_ranges_and_nonsense_are_answered_with_the_whole(site: Site, asked: str) -> None:
    answer = site.get(asked.encode().decode("latin-1"))
    assert (answer.status_code, answer.data) == (200, DATA)
    assert "Content-Range" not in answer.headers


@pytest.mark.parametrize(
    ("condition", "status"),
    [(TAG, 206), ('"other"', 200), (f"W/{TAG}", 200), ("a" * 26, 200), ("Sat, 21 Jan 2023 10:00:00 GMT", 200)],
)
def test_a_part_of_another_file_is_never_sent(site: Site, condition: str, status: int) -> None:
    answer = site.get("bytes=5-9", If_Range=condition)
    assert answer.status_code == status
    assert answer.data == (DATA[5:10] if status == 206 else DATA)


@pytest.mark.parametrize("known", [TAG, f"W/{TAG}", f'"x", {TAG}', "*"])
def test_who_has_it_gets_nothing_whatever_is_asked_for(site: Site, known: str) -> None:
    read = site.blobs.read_bytes
    for asked in (None, "bytes=5-9", "bytes=99999-"):
        answer = site.get(asked, If_None_Match=known)
        assert (answer.status_code, answer.data) == (304, b"")
        assert answer.headers["ETag"] == TAG
        assert "Content-Range" not in answer.headers
    assert site.blobs.read_bytes == read


def test_what_is_kept_nowhere_has_no_tag_and_still_parts(site: Site) -> None:
    answer = site.get("bytes=5-9", "/draft")
    assert (answer.status_code, answer.data) == (206, DATA[5:10])
    assert "ETag" not in answer.headers
    assert site.get("bytes=5-9", "/draft", If_Range=TAG).status_code == 200
    assert site.get(None, "/draft", If_None_Match=TAG).status_code == 200


def test_head_tells_the_size_and_reads_nothing(site: Site) -> None:
    read = site.blobs.read_bytes
    answer = site.app.test_client().head("/file", headers={"Range": "bytes=5-9"})
    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.headers["Content-Length"] == "10240"
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert site.blobs.read_bytes == read


def test_nothing_is_compressed(site: Site) -> None:
    for asked in (None, "bytes=5-9"):
        assert "Content-Encoding" not in site.get(asked, Accept_Encoding="gzip, br, zstd").headers


def test_an_empty_file_has_no_parts() -> None:
    site = Site(b"")
    assert (site.get().status_code, site.get().data) == (200, b"")
    assert site.get("bytes=0-").status_code == 416


@given(st.binary(max_size=3000), st.lists(st.integers(0, 3000), max_size=12))
def test_any_parts_glued_together_are_the_file(data: bytes, cuts: list[int]) -> None:
    site, glued = Site(data), b""
    edges = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    for start, end in pairwise(edges):
        answer = site.get(f"bytes={start}-{end - 1}")
        assert answer.status_code == 206
        glued += answer.data
    assert glued == data


@given(st.text(st.characters(codec="latin-1", exclude_characters="\r\n"), max_size=40))
def test_whatever_is_asked_for_is_answered(asked: str) -> None:
    site = Site(DATA)
    for header in (asked, f"bytes={asked}"):
        answer = site.get(header)
        assert answer.status_code in (200, 206, 416)
        assert answer.status_code == 206 or answer.data in (DATA, b"")


# Large files.


def test_a_part_of_a_large_file_is_all_that_is_read() -> None:
    site = Site(bytes(25_000_000))
    assert len(site.get("bytes=12000000-12000999").data) == 1000
    assert site.blobs.read_bytes == 1000


def test_a_large_file_is_read_in_pieces() -> None:
    data = bytes(range(250)) * 30_000
    site = Site(data)
    assert site.get().data == data
    assert site.get("bytes=1-").data == data[1:]
    assert site.blobs.largest_bytes == serving.PIECE_BYTES


# The store goes away.


def test_a_store_that_is_down_is_told_before_anything_is_sent(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setitem(site.app.extensions, "storage", open_storage("s3://x/y?endpoint=http://127.0.0.1:9&region=a"))
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "testing")
        assert site.get().status_code == 503
        assert site.get("bytes=5-9").status_code == 503
        assert site.get("bytes=99999-").status_code == 416
        assert site.get(If_None_Match=TAG).status_code == 304
    assert site.get().status_code == 200


def test_a_blob_that_is_gone_is_gone() -> None:
    site = Site(DATA)
    site.blobs.delete("leaflets/one")
    assert site.get().status_code == 410


class Failing(Counting):
    """Gives the first piece and no other."""

    def get_range(self, key: str, start: int, end: int) -> bytes:
        if start:
            raise storage.StorageDown
        return super().get_range(key, start, end)


@contextmanager
def _served(app: Flask) -> Iterator[HTTPConnection]:
    server = waitress.create_server(app, host="127.0.0.1", port=0)
    thread = Thread(target=server.run)
    thread.start()
    try:
        with closing(HTTPConnection("127.0.0.1", server.effective_port, timeout=30)) as connection:
            yield connection
    finally:
        server.close()
        thread.join(30)


def test_a_file_that_breaks_off_is_seen_to_be_short(caplog: pytest.LogCaptureFixture) -> None:
    site = Site(b"x")
    site.app.extensions["storage"] = blobs = Failing()
    blobs.put("leaflets/one", bytes(3_000_000))
    site.app.add_url_rule("/large", "large", lambda: serving.respond(File(3_000_000), KEPT))
    with _served(site.app) as connection:
        connection.request("GET", "/large")
        answer = connection.getresponse()
        assert answer.getheader("Content-Length") == "3000000"
        with pytest.raises(IncompleteRead):
            answer.read()
    assert "/large" not in caplog.text


def test_a_folder_serves_the_same(tmp_path: Path) -> None:
    site = Site(DATA)
    site.app.extensions["storage"] = blobs = open_storage(tmp_path.as_uri())
    blobs.put("leaflets/one", DATA)
    assert site.get().data == DATA
    assert site.get("bytes=-7").data == DATA[-7:]
