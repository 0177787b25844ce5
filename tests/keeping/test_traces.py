"""A session with a telling name, address and browser leaves none of them anywhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from flask import Flask
from sqlalchemy import create_engine, text

from organizer.db import db
from tests.conftest import DATABASE_URL
from tests.factories import BEGAN, TOKEN
from tests.served import Site, flask, serving

NICKNAME = "Zwielicht-Kanarienvogel"
REMOTE_ADDRESS = "127.91.73.55"
FORWARDED_ADDRESS = "203.0.113.91"
AGENT = "CanaryBrowser/9.7.31 (Zebrafink OS)"
NAMES = (NICKNAME, REMOTE_ADDRESS, FORWARDED_ADDRESS, AGENT, "CanaryBrowser", "Zebrafink")
HEADERS = {
    "User-Agent": AGENT,
    "X-Forwarded-For": FORWARDED_ADDRESS,
    "X-Real-IP": FORWARDED_ADDRESS,
    "Forwarded": f"for={FORWARDED_ADDRESS}",
}


class Visitor:
    """Someone with a telling address and browser, who keeps her cookies."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.cookies: dict[str, str] = {}

    def open(self, path: str, form: dict[str, str] | None = None, **headers: str) -> tuple[HTTPResponse, str]:
        sent = {**HEADERS, **headers, "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if form is not None:
            body, sent["Content-Type"] = urlencode(form), "application/x-www-form-urlencoded"
        with closing(
            HTTPConnection("127.0.0.1", self.site.port, timeout=20, source_address=(REMOTE_ADDRESS, 0))
        ) as connection:
            connection.request("GET" if form is None else "POST", path, body, sent)
            response = connection.getresponse()
            page = response.read().decode(errors="replace")
        for cookie in response.headers.get_all("Set-Cookie", []):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return response, page

    def post(self, path: str, form: dict[str, str]) -> tuple[HTTPResponse, str]:
        """Look at the form, then send it."""
        _, page = self.open(path)
        token, began = TOKEN.search(page), BEGAN.search(page)
        return self.open(path, {"csrf_token": token[1] if token else "", "began": began[1] if began else "", **form})


def _answer(visitor: Visitor) -> None:
    _, home = visitor.open("/")
    event = next(part.partition('"')[0] for part in home.split('href="') if part.startswith("/events/leaflets-and"))
    visitor.open(event)
    answered, page = visitor.post(f"{event}/answer", {"coming": "going", "party_size": "2", "nickname": NICKNAME})
    assert answered.status == 303, page
    mine, page = visitor.open(answered.headers["Location"])
    assert mine.status == 200
    assert NICKNAME in page


def _stumble(visitor: Visitor) -> None:
    """What goes wrong is what gets logged, in most programs."""
    refused = [
        visitor.open(f"/nothing/{NICKNAME}?by={quote(NICKNAME)}"),
        visitor.open("/sign-in", {"name": NICKNAME, "password": NICKNAME}),
        visitor.post("/sign-in", {"name": NICKNAME, "password": NICKNAME}),
        visitor.open(f"/r/{NICKNAME}.{NICKNAME}"),
        visitor.open(f"/password/{NICKNAME}"),
        visitor.open("/", Host=f"{NICKNAME}.example"),
        visitor.open("/sign-in", {"name": NICKNAME * 60_000}),
    ]
    assert [response.status for response, _ in refused if response.status < 400] == []
    visitor.open("/events.ics")


def _files(site: Site) -> Iterator[tuple[str, bytes]]:
    """All that the site has written: database, log of the database, queue, keys, blobs, logs, temporary files."""
    for path in site.folder.rglob("*"):
        if path.is_file():
            yield str(path.relative_to(site.folder)), path.read_bytes()


def _rows() -> Iterator[tuple[str, bytes]]:
    """All values of all tables, where the database has no files of ours."""
    for table in db.metadata.sorted_tables:
        for row in db.session.execute(table.select()):
            for value in row:
                yield table.name, value if isinstance(value, bytes) else json.dumps(value, default=str).encode()
    db.session.rollback()


def _holding(site: Site, wanted: bytes) -> set[str]:
    found = {name for name, content in _files(site) if wanted in content}
    return found | ({name for name, content in _rows() if wanted in content} if DATABASE_URL else set())


def _held_names(site: Site) -> dict[str, set[str]]:
    found = {name: _holding(site, name.encode()) for name in NAMES}
    return {name: places for name, places in found.items() if places}


def _database(site: Site, database_url: str) -> str:
    return database_url if DATABASE_URL else f"sqlite:///{site.data}/organizer.sqlite3"


def _sealed(url: str) -> bytes:
    """The nickname as it lies in the database: of the answer that came last to its event."""
    engine = create_engine(url)
    with engine.connect() as connection:
        query = "SELECT nickname FROM rsvp WHERE nickname IS NOT NULL ORDER BY number DESC"
        sealed = [bytes(row[0]) for row in connection.execute(text(query))]
    engine.dispose()
    return max(sealed, key=len)


def _let_time_pass(url: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE capacity SET purge_at = '2020-01-01 00:00:00'"))
    engine.dispose()


@pytest.mark.parametrize("proxies", ["0", "1"])
def test_a_session_leaves_no_trace_after_the_purge(app: Flask, tmp_path: Path, database_url: str, proxies: str) -> None:
    settings = {"DATABASE_URL": database_url} if DATABASE_URL else {}
    with serving(tmp_path, "--demo", PROXY_COUNT=proxies, **settings) as site:
        visitor = Visitor(site)
        _answer(visitor)
        _stumble(visitor)
        url = _database(site, database_url)
        sealed = _sealed(url)
        assert _held_names(site) == {}
        assert _holding(site, sealed) != set()
        assert any((site.data / "keys").iterdir())

        _let_time_pass(url)
        purged = flask(site.env, "purge")
        assert purged.returncode == 0, purged.stderr

        assert _held_names(site) == {}
        assert _holding(site, sealed) == set()
        assert list((site.data / "keys").iterdir()) == []
    assert _held_names(site) == {}
    assert _holding(site, sealed) == set()
