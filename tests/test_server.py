"""The server inside: what it takes, what it tells, how it ends."""

from __future__ import annotations

import re
import signal
import socket
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import pytest

from organizer import server
from tests.served import Site, environment, flask, free_port, running, serving


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_loopback_is_told_from_the_rest(host: str) -> None:
    assert server.is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "example.org", ""])
def test_other_hosts_are_not_loopback(host: str) -> None:
    assert not server.is_loopback(host)


def test_an_ipv6_address_is_bracketed() -> None:
    assert server.address("::1", 5000) == "http://[::1]:5000"
    assert server.address("127.0.0.1", 80) == "http://127.0.0.1:80"


def test_a_taken_port_is_refused_with_the_next_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(server.CannotListen, match=rf"Port {port} is taken: .*--port {port % 65535 + 1}\)"):
            server.listen("127.0.0.1", port)


def test_a_foreign_address_is_refused() -> None:
    with pytest.raises(server.CannotListen, match=r"192\.0\.2\.1 is not an address of this machine"):
        server.listen("192.0.2.1", free_port())


def test_a_name_that_leads_nowhere_is_refused() -> None:
    with pytest.raises(server.CannotListen, match="is not an address of this machine"):
        server.listen("nowhere.invalid", free_port())


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with serving(tmp_path_factory.mktemp("site"), "--no-demo") as served:
        yield served


def _ask(site: Site, path: str, **headers: str) -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", site.port, timeout=20)
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    told = "\n".join(f"{name}: {value}" for name, value in response.getheaders())
    response.read()
    connection.close()
    return response.status, told


@pytest.mark.parametrize("path", ["/", "/nothing", "/static/style.css", "/events.ics"])
def test_no_answer_says_what_serves_it(site: Site, path: str) -> None:
    told = _ask(site, path)[1]
    assert not re.search(r"^(Server|Via|X-Powered-By):", told, re.MULTILINE | re.IGNORECASE)
    assert "waitress" not in told.lower()


def test_a_subscriber_who_knows_the_feed_keeps_the_connection(site: Site) -> None:
    with closing(HTTPConnection("127.0.0.1", site.port, timeout=20)) as connection:
        connection.request("GET", "/events.ics")
        known = connection.getresponse()
        known.read()
        used = connection.sock
        for _ in range(2):
            connection.request("GET", "/events.ics", headers={"If-None-Match": known.headers["ETag"]})
            answer = connection.getresponse()
            assert (answer.status, answer.read(), answer.headers["Connection"]) == (304, b"", None)
            assert connection.sock is used
        connection.request(
            "GET", "/events.ics", headers={"If-None-Match": known.headers["ETag"], "Connection": "close"}
        )
        assert connection.getresponse().headers["Connection"] == "close"


def test_without_a_proxy_forwarded_headers_are_not_believed(site: Site) -> None:
    told = _ask(site, "/events/new", **{"X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example"})
    assert told[0] == 303
    assert "evil.example" not in told[1]


def test_a_large_body_is_never_spooled_to_a_file(site: Site) -> None:
    """Larger than what waitress keeps in memory by default, and sent slowly enough to be looked at."""
    seen: set[str] = set()
    with socket.create_connection(("127.0.0.1", site.port)) as connection:
        head = f"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1:{site.port}\r\nContent-Length: 3000000\r\n\r\n"
        connection.sendall(head.encode())
        for _ in range(29):
            connection.sendall(b"x" * 100_000)
            seen |= {
                link.readlink().name for link in Path(f"/proc/{site.process.pid}/fd").iterdir() if link.is_symlink()
            }
    assert [name for name in seen if "deleted" in name] == []
    assert list((site.folder / "tmp").iterdir()) == []


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(tmp_path: Path, ending: signal.Signals) -> None:
    with serving(tmp_path, "--no-demo") as site:
        _ask(site, "/")
        site.process.send_signal(ending)
        assert site.process.wait(20) == 0
    assert "Traceback" not in site.log.read_text()
    assert not (site.data / "organizer.sqlite3-wal").exists()


def _answers(site: Site) -> int:
    with closing(sqlite3.connect(site.data / "organizer.sqlite3")) as database:
        count: int = database.execute("SELECT count(*) FROM rsvp").fetchone()[0]
    return count


def test_a_worker_of_its_own_has_the_clock_and_ends_cleanly(tmp_path: Path) -> None:
    with serving(tmp_path, "--demo", WORKER="none") as site:
        with closing(sqlite3.connect(site.data / "organizer.sqlite3")) as database, database:
            database.execute("UPDATE capacity SET purge_at = '2020-01-01 00:00:00'")
        assert _answers(site) > 0
        with running(tmp_path / "work.log", site.env, "work") as worker:
            for _ in range(200):
                if not _answers(site):
                    break
                time.sleep(0.1)
            worker.terminate()
            assert worker.wait(20) == 0
        assert _answers(site) == 0
    assert (tmp_path / "work.log").read_text() == "Working (Ctrl-C ends it).\n"


def test_a_taken_port_ends_serve_with_a_sentence(site: Site, tmp_path: Path) -> None:
    refused = flask(environment(tmp_path), "serve", "--port", str(site.port))
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"Error: Port {site.port} is taken: ")
    assert len(refused.stderr.splitlines()) == 1
