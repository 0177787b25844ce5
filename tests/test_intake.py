"""What a connection may send before anybody has looked at it, asked of a served site."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest
from flask import Flask
from waitress.adjustments import Adjustments

from organizer import headers
from organizer.intake import FREE_BYTES, LARGEST_BODY_BYTES, LARGEST_FORM_BYTES, Intake, Parser
from organizer.server import LARGEST_HEAD_BYTES
from tests.served import Site, serving

UPLOAD = f"/events/{'a' * 26}/leaflets/new"
PIECE = b"x" * 1024 * 1024
SIGNED_IN = "Cookie: session=made-up"
MOST_GROWTH_BYTES = 48 * 1024 * 1024


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with serving(tmp_path_factory.mktemp("site"), "--no-demo") as served:
        yield served


def _head(path: str, *lines: str, method: str = "POST") -> bytes:
    form = "Content-Type: application/x-www-form-urlencoded"
    return "\r\n".join((f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", form, *lines, "", "")).encode()


def _sized(path: str, size: int, *lines: str, method: str = "POST") -> bytes:
    return _head(path, f"Content-Length: {size}", *lines, method=method)


@contextmanager
def _connected(site: Site) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", site.port), timeout=30) as connection:
        yield connection


def _answer(connection: socket.socket) -> str:
    """All that is said until the connection is closed, which it must be."""
    said = b""
    while piece := connection.recv(65536):
        said += piece
    return said.decode()


def _tell(site: Site, head: bytes, *body: bytes) -> str:
    with _connected(site) as connection:
        connection.sendall(head)
        for piece in body:
            connection.sendall(piece)
        return _answer(connection)


def _resident_bytes(site: Site) -> int:
    told = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{site.process.pid}/status").read_text())
    assert told
    return int(told[1]) * 1024


def _faults(answer: str) -> list[str]:
    head = answer.partition("\r\n\r\n")[0]
    lacking = [name for name, value in headers.ALWAYS if f"{name}: {value}" not in head]
    return lacking + [name for name in ("Server:", "Via:") if name in head]


@pytest.mark.parametrize("line", ["", SIGNED_IN])
@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/sign-in"), ("POST", "/nowhere"), ("GET", "/"), ("PUT", UPLOAD)]
)
def test_what_is_larger_than_a_form_is_answered_with_a_page_and_the_connection_closed(
    site: Site, method: str, path: str, line: str
) -> None:
    lines = [line] if line else []
    answer = _tell(site, _sized(path, 4 * len(PIECE), *lines, method=method), *[PIECE] * 4)
    assert answer.startswith("HTTP/1.1 413 ")
    assert "That is too large" in answer
    assert "Connection: close" in answer
    assert _faults(answer) == []


def test_a_form_of_the_largest_size_is_read(site: Site) -> None:
    body = b"name=" + b"x" * (LARGEST_FORM_BYTES - 5)
    answer = _tell(site, _sized("/sign-in", len(body), "Connection: close"), body)
    assert answer.startswith("HTTP/1.1 422 ")


def test_an_upload_without_a_session_leads_to_the_sign_in(site: Site) -> None:
    answer = _tell(site, _sized(UPLOAD, 4 * len(PIECE)), *[PIECE] * 4)
    assert answer.startswith("HTTP/1.1 403 ")
    assert 'action="/sign-in?' in answer
    assert _faults(answer) == []


def test_in_chunks_no_more_is_taken_than_a_form(site: Site) -> None:
    chunk = b"%x\r\n%s\r\n" % (len(PIECE), PIECE)
    with _connected(site) as connection:
        connection.sendall(_head(UPLOAD, "Transfer-Encoding: chunked", SIGNED_IN))
        connection.sendall(chunk * 3)
        assert _answer(connection).startswith("HTTP/1.1 413 ")


def test_a_chunk_that_announces_nothing_does_not_fill_the_memory(site: Site) -> None:
    with _connected(site) as connection:
        connection.sendall(_head("/sign-in", "Transfer-Encoding: chunked"))
        connection.sendall(b"0" * (LARGEST_FORM_BYTES + 1))
        assert _answer(connection).startswith("HTTP/1.1 413 ")


def test_whoever_asks_before_sending_too_much_is_not_told_to_go_on(site: Site) -> None:
    answer = _tell(site, _sized("/sign-in", 2 * LARGEST_FORM_BYTES, "Expect: 100-continue"))
    assert answer.startswith("HTTP/1.1 413 ")


@pytest.mark.parametrize("expect", [(), ("Expect: 100-continue",)])
def test_whoever_announces_more_than_any_upload_is_answered_at_once(site: Site, expect: tuple[str, ...]) -> None:
    answer = _tell(site, _sized(UPLOAD, LARGEST_BODY_BYTES, SIGNED_IN, *expect))
    assert answer.startswith("HTTP/1.1 413 ")
    assert _faults(answer) == []


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"nonsense\r\n\r\n", "400 Bad Request"),
        (_head("/", "Transfer-Encoding: gzip"), "501 Not Implemented"),
        (_head("/", f"Cookie: {'x' * 40_000}")[:LARGEST_HEAD_BYTES], "431 Request Header Fields Too Large"),
    ],
)
def test_what_is_no_request_is_told_in_a_word(site: Site, sent: bytes, status: str) -> None:
    answer = _tell(site, sent)
    assert answer.partition("\r\n")[0].partition(" ")[2] == status
    assert answer.partition("\r\n\r\n")[2] == f"{status[4:]}\n"
    assert _faults(answer) == []


def test_bodies_that_never_end_do_not_fill_the_memory(site: Site) -> None:
    _tell(site, _sized("/sign-in", 0, "Connection: close"))
    before = _resident_bytes(site)
    with ExitStack() as open_ones:
        for _ in range(12):
            connection = open_ones.enter_context(_connected(site))
            connection.sendall(_sized("/sign-in", LARGEST_BODY_BYTES - 1))
            connection.sendall(PIECE * 16)
        assert _tell(site, _head("/healthz", "Connection: close", method="GET")).endswith("ok\n")
        assert _resident_bytes(site) - before < MOST_GROWTH_BYTES


def test_all_bodies_together_have_so_much_room_and_small_forms_always_have_some(site: Site) -> None:
    upload = _sized(UPLOAD, 31 * len(PIECE), SIGNED_IN)
    last_one = _sized(UPLOAD, 31 * len(PIECE), SIGNED_IN, "Connection: close")
    with ExitStack() as open_ones:
        for _ in range(4):
            connection = open_ones.enter_context(_connected(site))
            connection.sendall(upload + PIECE * 30)
        with closing(socket.create_connection(("127.0.0.1", site.port), timeout=30)) as last:
            last.sendall(upload + PIECE * 31)
            refused = _answer(last)
        form = _tell(site, _sized("/sign-in", FREE_BYTES, "Connection: close"), b"x" * FREE_BYTES)
    assert refused.startswith("HTTP/1.1 503 ")
    assert "Retry-After: 30\r\n" in refused
    assert _faults(refused) == []
    assert form.startswith("HTTP/1.1 422 ")
    for _ in range(100):  # until the server has seen them go
        if _tell(site, last_one, PIECE * 31).startswith("HTTP/1.1 403 "):
            break
    else:
        pytest.fail("What was held is not given back.")


def _received(intake: Intake, sent: bytes) -> Parser:
    parser = Parser(intake, Adjustments(inbuf_overflow=LARGEST_BODY_BYTES, max_request_body_size=LARGEST_BODY_BYTES))
    while sent and not parser.completed:
        sent = sent[parser.received(sent) :]
    return parser


def test_what_is_held_is_given_back_once(app: Flask) -> None:
    intake = Intake(app)
    parser = _received(intake, _sized("/sign-in", 1_000_000) + b"x" * 1_000_000)
    assert parser.completed
    assert intake.held_bytes == 1_000_000 - FREE_BYTES
    parser.close()
    parser.close()
    assert intake.held_bytes == 0


def test_a_body_that_finds_no_room_keeps_none(app: Flask) -> None:
    intake = Intake(app, most_held_bytes=500_000)
    parser = _received(intake, _sized("/sign-in", 1_000_000) + b"x" * 1_000_000)
    assert (parser.completed, parser.refused) == (True, 503)
    assert intake.held_bytes == 0
    assert parser.get_body_stream().read() == b""


def test_only_the_routes_that_take_files_take_large_bodies(app: Flask) -> None:
    intake = Intake(app)
    taken = set()
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", "1", rule.rule)
        parser = _received(intake, _sized(path, 2 * LARGEST_FORM_BYTES, SIGNED_IN))
        taken |= set() if parser.refused else {rule.rule}
    assert taken == {
        "/events/<event_id>/leaflets/new",
        "/events/<event_id>/photos/new",
        "/leaflets/<leaflet_id>/again",
        "/leaflets/<leaflet_id>/versions/new",
    }
