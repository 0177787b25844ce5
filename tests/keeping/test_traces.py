"""A session with a telling name, address and browser leaves none of them anywhere."""

from __future__ import annotations

import io
import json
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from flask import Flask
from sqlalchemy import create_engine, text
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from organizer.db import db
from tests.conftest import DATABASE_URL
from tests.factories import BEGAN, TOKEN
from tests.media import corpus
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


HIDDEN = {"csrf_token": TOKEN, "began": BEGAN, "shown": re.compile(r'name="shown"[^>]*value="([0-9a-f]{64})"')}
EXIF = "CANARY-"
# Sealed, or never stored at all; what is public stands as itself.
TOLD = {
    name: f"{name} Wendehals-Kanarienvogel"
    for name in ("heard", "known", "removal", "photo-heard", "pasted", "searched", "refused", "file", "brings")
}
PUBLIC = {"text": "Girlitz-Kanarienvogel", "byline": "Ana Stieglitz-Kanarienvogel"}


class Visitor:
    """Someone with a telling address and browser, who keeps her cookies."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.cookies: dict[str, str] = {}

    def open(self, path: str, form: Mapping[str, object] | None = None, **headers: str) -> tuple[HTTPResponse, str]:
        sent = {**HEADERS, **headers, "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body: str | bytes | None = None
        if form is not None and any(isinstance(value, FileStorage) for value in form.values()):
            boundary, body = encode_multipart(form)
            sent["Content-Type"] = f'multipart/form-data; boundary="{boundary}"'
        elif form is not None:
            body, sent["Content-Type"] = urlencode(form, doseq=True), "application/x-www-form-urlencoded"
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

    def post(self, path: str, form: Mapping[str, object], form_at: str = "") -> tuple[HTTPResponse, str]:
        """Look at the form, then send it."""
        _, page = self.open(form_at or path)
        hidden = {name: found[1] for name, pattern in HIDDEN.items() if (found := pattern.search(page))}
        return self.open(path, {"csrf_token": "", "began": "", **hidden, **form})


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


def _held_names(site: Site, names: Iterable[str] = NAMES) -> dict[str, set[str]]:
    found = {name: _holding(site, name.encode()) for name in names}
    return {name: places for name, places in found.items() if places}


def _database(site: Site, database_url: str) -> str:
    return database_url if DATABASE_URL else f"sqlite:///{site.data}/organizer.sqlite3"


def _sealed(url: str) -> list[bytes]:
    """The nickname as it lies in the database, of the answer that came last to its event; who brings leaflets."""
    engine = create_engine(url)
    with engine.connect() as connection:
        queries = (
            "SELECT nickname FROM rsvp WHERE nickname IS NOT NULL ORDER BY number DESC",
            "SELECT brought_by FROM event_leaflet WHERE brought_by IS NOT NULL",
        )
        sealed = [[bytes(row[0]) for row in connection.execute(text(query))] for query in queries]
    engine.dispose()
    return [max(found, key=len) for found in sealed]


def _let_time_pass(url: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE capacity SET purge_at = '2020-01-01 00:00:00'"))
    engine.dispose()


@pytest.mark.load
@pytest.mark.parametrize("proxies", ["0", "1"])
def test_a_session_leaves_no_trace_after_the_purge(app: Flask, tmp_path: Path, database_url: str, proxies: str) -> None:
    settings = {"DATABASE_URL": database_url} if DATABASE_URL else {}
    with serving(tmp_path, "--demo", PROXY_COUNT=proxies, **settings) as site:
        visitor = Visitor(site)
        _answer(visitor)
        _stumble(visitor)
        _bring(_at_the_desk(site)[0])
        url = _database(site, database_url)
        sealed = _sealed(url)
        assert _held_names(site, [*NAMES, TOLD["brings"]]) == {}
        assert set() not in [_holding(site, each) for each in sealed]
        assert any((site.data / "keys").iterdir())

        _let_time_pass(url)
        purged = flask(site.env, "purge")
        assert purged.returncode == 0, purged.stderr

        assert _held_names(site) == {}
        assert [_holding(site, each) for each in sealed] == [set(), set()]
        assert list((site.data / "keys").iterdir()) == []
    assert _held_names(site, [*NAMES, TOLD["brings"]]) == {}
    assert [_holding(site, each) for each in sealed] == [set(), set()]


# What is told on the pages of leaflets, statements and photos.


def _at_the_desk(site: Site) -> tuple[Visitor, str]:
    """The demo's organizer, signed in, and the id of an action of hers that is over."""
    organizer = Visitor(site)
    password = (site.data / "demo-password").read_text().strip()
    assert organizer.post("/sign-in", {"name": "demo", "password": password})[0].status == 303
    past = next(
        part.partition('"')[0] for part in organizer.open("/past")[1].split('href="') if part.startswith("/events/")
    )
    found = re.search(r"/events/([a-z2-7]{26})/statements", organizer.open(past)[1])
    assert found
    return organizer, found[1]


def _sent(visitor: Visitor, path: str, form: Mapping[str, object], form_at: str = "") -> str:
    """Send what is taken, and return where it leads."""
    answer, page = visitor.post(path, form, form_at)
    assert answer.status == 303, page
    return answer.headers["Location"]


def _bring(organizer: Visitor) -> None:
    """Note for a coming action who brings the leaflets, also where it is refused."""
    pages = (organizer.open(path)[1] for path in re.findall(r'href="(/events/[^"?#/]+)"', organizer.open("/")[1]))
    ids = [found[1] for page in pages if (found := re.search(r"/events/([a-z2-7]{26})/", page))]
    listed = "".join(organizer.open(f"/events/{event_id}/leaflets")[1] for event_id in ids)
    form = re.findall(r'href="(/events/[a-z2-7]{26}/leaflets/[a-z2-7]{26}/copies)"', listed)[0]
    refused, typed = organizer.post(form, {"printed": TOLD["brings"], "brought_by": TOLD["brings"]})
    assert refused.status == 422
    assert TOLD["brings"] in typed
    listed = _sent(organizer, form, {"printed": "400", "brought_by": TOLD["brings"]})
    assert f"400 printed · {TOLD['brings']}" in organizer.open(listed)[1]


def _say(organizer: Visitor, event_id: str) -> str:
    """Write down what was said, with a slip, and publish it; return its id."""
    queue = f"/events/{event_id}/statements"
    sheet = organizer.open(_sent(organizer, f"/events/{event_id}/slips", {}))[1]
    number = re.search(r"\b\d{3}\W\d{3}\b", re.sub(r"<[^>]+>", " ", sheet))
    assert number
    heard = {"heard_by": TOLD["heard"], "read_back": ["text", "byline"], "uses": ["event_page", "site", "press"]}
    signed = {"text": PUBLIC["text"], "language": "en", "byline_kind": "full_name", "byline": PUBLIC["byline"]}
    day = re.search(r'name="given_on"[^>]*value="([^"]+)"', organizer.open(f"{queue}/take")[1])
    assert day
    taken = {**signed, **heard, "given_on": day[1], "slip": number[0].replace("\xa0", " ")}
    statement_id = _sent(organizer, f"{queue}/take", taken).partition(".")[0].rpartition("/")[2]
    review = f"{queue}/{statement_id}"
    _sent(organizer, f"{review}/publish", {"known_by": TOLD["known"], "moment": "now"}, review)
    return statement_id


def _paste(organizer: Visitor, event_id: str) -> None:
    """Paste a transcript, look at it, and keep nothing."""
    pasted = f"I came for the letters.\n\n—{TOLD['pasted']}"
    answer, page = organizer.post(f"/events/{event_id}/statements/paste", {"text": pasted, "step": "read"})
    assert answer.status == 200
    assert TOLD["pasted"] in page


def _photograph(organizer: Visitor, event_id: str) -> str:
    """Send a photo that tells much, cover it, and note who heard the yes of somebody in it; return its address."""
    file = FileStorage(io.BytesIO(corpus.jpeg()), f"{TOLD['file']}.jpg")
    photo = _sent(organizer, f"/events/{event_id}/photos/new", {"file": file})
    _wait_until(lambda: organizer.open(photo)[0].headers.get("Location", "").endswith("/cover"))
    _sent(organizer, f"{photo}/cover", {"cells": ["B2"], "faces": "asked"})
    _wait_until(lambda: "/people" in organizer.open(photo)[1])
    person = _sent(organizer, f"{photo}/people", {}, photo)
    day = re.search(r'name="agreed_on"[^>]*value="([^"]+)"', organizer.open(person)[1])
    assert day
    _sent(organizer, person, {"uses": ["site"], "heard_by": TOLD["photo-heard"], "agreed_on": day[1]})
    assert TOLD["photo-heard"] in organizer.open(person)[1]
    return photo


def _wait_until(is_so: Callable[[], object]) -> None:
    for _ in range(120):
        if is_so():
            return
        time.sleep(0.25)
    raise AssertionError("The worker has not done it.")


def _ask_and_stumble(visitor: Visitor, organizer: Visitor, statement_id: str, event_id: str) -> None:
    asked = _sent(visitor, f"/statements/{statement_id}/remove", {"note": TOLD["removal"]})
    assert TOLD["removal"] not in visitor.open(asked)[1]
    assert visitor.open(f"/statements?q={quote(TOLD['searched'])}")[0].status == 200
    refused = TOLD["refused"]
    stumbled = [
        visitor.post(f"/statements/{statement_id}/remove", {"note": refused * 200}),
        visitor.open(f"/s/slip/{quote(refused)}.{quote(refused)}"),
        visitor.open(f"/photos/mine/{quote(refused)}"),
        visitor.open(f"/collections/for-print/{quote(refused)}"),
        organizer.post(f"/events/{event_id}/statements/take", {"text": refused, "heard_by": refused, "slip": refused}),
        organizer.post(f"/events/{event_id}/photos/new", {"file": FileStorage(io.BytesIO(b"no"), refused)}),
    ]
    assert [answer.status for answer, _page in stumbled if answer.status < 400] == []


def test_what_is_told_with_leaflets_statements_and_photos_lies_nowhere_readable(
    app: Flask, tmp_path: Path, database_url: str
) -> None:
    settings = {"DATABASE_URL": database_url} if DATABASE_URL else {}
    with serving(tmp_path, "--demo", **settings) as site:
        organizer, event_id = _at_the_desk(site)
        statement_id = _say(organizer, event_id)
        _paste(organizer, event_id)
        _bring(organizer)
        photo = _photograph(organizer, event_id)
        _ask_and_stumble(Visitor(site), organizer, statement_id, event_id)
        review = f"/events/{event_id}/statements/{statement_id}"
        assert TOLD["known"] in organizer.open(review)[1]
        assert TOLD["heard"] in organizer.open(review)[1]
        assert _held_names(site, [*NAMES, *TOLD.values(), EXIF]) == {}
        assert set(_held_names(site, PUBLIC.values())) == set(PUBLIC.values())

        _sent(organizer, f"{review}/take-down", {})
        _sent(organizer, f"{photo}/withdraw", {})
        _wait_until(lambda: _held_names(site, PUBLIC.values()) == {})
        _wait_until(lambda: not list((site.data / "blobs" / photo[1:]).rglob("*")))
    assert _held_names(site, [*NAMES, *TOLD.values(), *PUBLIC.values(), EXIF]) == {}
