"""What every answer carries, and what none does: headers, cookies, addresses elsewhere, secrets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from organizer import errors
from organizer.db import db
from organizer.intake import LARGEST_FORM_BYTES
from organizer.statements import service as statements
from organizer.statements.models import Statement
from organizer.web import create_app
from tests import world
from tests.reading import Page
from tests.test_policies import EVERYONE, TABLE
from tests.world import WITHOUT_ACCOUNT, World, path_of

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "object-src": "'none'",
    "frame-ancestors": "'none'",
}
FILE_POLICY = {"default-src": "'none'", "sandbox": ""}
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), browsing-topics=()",
}
FEEDS = (".ics", ".atom", ".json")
FEED_TYPES = ("text/calendar", "application/atom+xml")
# What no page elsewhere may load: an answer's own calendar, and what is withdrawn at once.
OWN_FEEDS = ("/r/mine/", "/statements", "/collections")
# What strangers get a cookie from: pages with a form for them, and links that become a cookie.
WITH_COOKIE = {
    "/events/<address>/answer",
    "/events/<address>/statements/new",
    "/invitations/<token>",
    "/collections/for-print/<token>",
    "/password/<token>",
    "/photos/<photo_id>/remove",
    "/photos/mine/<token>",
    "/statements/<statement_id>/remove",
    "/r/<token>",
    "/s/<token>",
    "/sign-in",
    "/sign-out",  # which takes one away
}
# Whose address alone opens them, so that nobody else's cache may keep them.
BY_LINK = ("/r/", "/s/", "/photos/mine/", "/collections/for-print/", "/invitations/", "/password/")
ELSEWHERE = re.compile(r"^(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)


@pytest.fixture
def here(app: Flask, set_by_nobody: None) -> World:
    return world.of(app)


def _faults(response: TestResponse, path: str) -> Iterator[str]:
    """What the headers of this response lack."""
    given = response.headers
    policy = dict(part.strip().partition(" ")[::2] for part in given.get("Content-Security-Policy", "").split(";"))
    if policy != POLICY and not (policy == FILE_POLICY and path.startswith(("/leaflets/", "/photos/"))):
        yield f"policy {policy}"
    for name, value in ALWAYS.items():
        if given.get_all(name) != [value]:
            yield f"{name}: {given.get_all(name)}"
    is_feed = response.status_code == 304 or (response.mimetype in FEED_TYPES and not path.startswith(OWN_FEEDS))
    if given.get_all("Cross-Origin-Resource-Policy") != ["cross-origin" if is_feed else "same-origin"]:
        yield f"resource policy {given.get_all('Cross-Origin-Resource-Policy')}"
    if len(given.get_all("Cache-Control")) != 1:
        yield "caching is not said once"
    if response.data and not given.get("Content-Type"):
        yield "no type"
    yield from (f"{name} tells of the program" for name in ("Server", "X-Powered-By") if name in given)


ASKED = {
    "anonymous": ("GET", "HEAD", "POST", "OPTIONS", "DELETE"),
    "answer-link holder": ("GET",),
    "statement-link holder": ("GET",),
    "owner": ("GET", "POST"),
}


def test_every_answer_of_every_route_carries_the_headers(here: World) -> None:
    wrong = []
    for rule in here.rules():
        address = here.address(rule)
        for role, methods in ASKED.items():
            for method in methods:
                response = here.read(role, address) if method == "GET" else here.ask(role, address, method)
                wrong += [f"{role}: {method} {address}: {fault}" for fault in _faults(response, address)]
    assert "\n".join(wrong) == ""


def test_a_known_feed_carries_them_too(here: World) -> None:
    first = here.ask("anonymous", "/events.ics")
    again = here.ask("anonymous", "/events.ics", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert list(_faults(again, "/events.ics")) == []


def _raising(error: Exception) -> object:
    def view(**_values: object) -> str:
        raise error

    return view


FAILURES = {
    403: errors.NotAllowed(),
    409: errors.RuleError("That does not work now."),
    410: errors.Gone(),
    429: errors.TooMany("Wait %(retry_seconds)s seconds.", retry_seconds=7),
    500: ZeroDivisionError("canary words"),
    503: OperationalError("SELECT canary words", {}, Exception("canary words")),
}


@pytest.mark.parametrize("status", FAILURES)
def test_refusals_and_failures_are_pages_with_the_headers(
    here: World, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    monkeypatch.setitem(here.app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setitem(here.app.view_functions, "healthz", _raising(FAILURES[status]))
    for role in ("anonymous", "owner"):
        response = here.ask(role, "/healthz")
        assert response.headers.get("Retry-After") == ("7" if status == 429 else None)
        assert response.status_code == status
        assert response.mimetype == "text/html"
        assert "<h1" in response.text
        assert "canary" not in response.text
        assert list(_faults(response, "/healthz")) == []
        assert response.headers["Cache-Control"] == "no-store"


def test_what_routing_refuses_carries_them_too(here: World) -> None:
    large = b"x" * (LARGEST_FORM_BYTES + 1)
    refused = {
        400: here.ask("anonymous", "/", base_url="http://elsewhere.example"),
        404: here.ask("anonymous", "/no/such/page"),
        405: here.ask("anonymous", "/", "POST"),
        413: here.ask("anonymous", "/sign-in", "POST", data=large, content_type="application/x-www-form-urlencoded"),
        303: here.ask("anonymous", "/account"),
        308: here.ask("anonymous", f"/events/{here.ours.shared['event_id']}"),
    }
    for status, response in refused.items():
        assert response.status_code == status
        assert list(_faults(response, "/")) == []


def test_a_withdrawn_statement_is_gone_with_the_headers(here: World) -> None:
    statement_id = here.ours.shared["statement_id"]
    statements.withdraw(db.session.get_one(Statement, statement_id))
    gone = here.ask("anonymous", f"/statements/{statement_id}")
    assert gone.status_code == 410
    assert list(_faults(gone, "/statements")) == []


def test_https_is_told_to_stay_and_an_onion_is_not(tmp_path: Path) -> None:
    env = {
        "ORGANIZER_DATA_DIR": str(tmp_path),
        "ORGANIZER_SITE_URL": "https://organizer.example",
        "ORGANIZER_ONION_URL": "http://abcdefghijklmnop.onion",
    }
    app = create_app(env, testing=True)
    client = app.test_client()
    for path in ("/sign-in", "/", "/no/such/page", "/static/style.css", "/healthz"):
        secure = client.get(path, base_url="https://organizer.example")
        onion = client.get(path, base_url="http://abcdefghijklmnop.onion")
        assert secure.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
        assert "Strict-Transport-Security" not in onion.headers
        assert list(_faults(secure, path)) == list(_faults(onion, path)) == []
    cookie = app.test_client().get("/sign-in", base_url="https://organizer.example").headers["Set-Cookie"]
    assert cookie.startswith("__Host-form=")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    on_onion = app.test_client().get("/sign-in", base_url="http://abcdefghijklmnop.onion").headers["Set-Cookie"]
    assert on_onion.startswith("form=")
    assert "Secure" not in on_onion
    assert app.test_client().get("/sign-in", base_url="http://other.onion").status_code == 400


def test_without_its_database_a_site_says_so_in_a_page_with_the_headers(tmp_path: Path) -> None:
    client = create_app({"ORGANIZER_DATA_DIR": str(tmp_path)}, testing=True).test_client()
    for path in ("/", "/events/some", "/events.ics", "/statements", "/leaflets"):
        down = client.get(path)
        assert down.status_code == 503, path
        assert "<h1" in down.text
        assert list(_faults(down, path)) == []
    assert client.get("/no/such/page").status_code == 404
    assert client.get("/static/style.css").status_code == 200


def test_strangers_get_no_cookie_but_from_a_form_or_a_link(here: World) -> None:
    wrong = []
    for rule in here.rules():
        if "GET" not in (rule.methods or ()):
            continue
        response = here.app.test_client().get(here.address(rule))
        if bool(response.headers.get("Set-Cookie")) != (path_of(rule) in WITH_COOKIE):
            wrong.append(f"{path_of(rule)}: {response.headers.get('Set-Cookie')}")
    assert "\n".join(wrong) == ""


def test_cookies_cannot_be_read_by_scripts_nor_sent_from_elsewhere(here: World) -> None:
    for rule in here.rules():
        for cookie in here.app.test_client().get(here.address(rule)).headers.get_all("Set-Cookie"):
            assert {"HttpOnly", "SameSite=Lax"} <= set(cookie.split("; "))


def test_what_is_for_one_person_is_kept_by_no_cache(here: World) -> None:
    wrong = []
    for rule in here.rules():
        address = here.address(rule)
        if (
            "GET" not in (rule.methods or ())
            or rule.endpoint == "static"
            or path_of(rule).endswith((".webp", "/file", "/<rendition>.pdf", "/<size>"))
        ):
            continue
        is_feed = address.endswith(FEEDS) and TABLE[path_of(rule)] is EVERYONE
        for role in ("anonymous", "answer-link holder", "statement-link holder", "member", "owner"):
            response = here.read(role, address)
            is_personal = role not in WITHOUT_ACCOUNT or address.startswith(BY_LINK)
            if is_personal and not is_feed and response.headers["Cache-Control"] != "no-store":
                wrong.append(f"{role}: {path_of(rule)}: {response.headers['Cache-Control']}")
            if "statement" in path_of(rule) and "max-age" in response.headers["Cache-Control"]:
                wrong.append(f"{role}: {path_of(rule)} may be kept")
    assert "\n".join(wrong) == ""


class _Inline(HTMLParser):
    """What the policy forbids, and so would not work: scripts, styles and handlers inside the page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag that runs or styles inline."""
        given = {name: value or "" for name, value in attrs}
        is_data = given.get("type") == "application/ld+json"
        if tag in ("style", "base", "iframe", "object", "embed") or (
            tag == "script" and "src" not in given and not is_data
        ):
            self.found.append(tag)
        self.found += [f"{tag} {name}" for name in given if name.startswith("on") or name == "style"]
        self.found += [f"{tag} {value}" for value in given.values() if value.lower().startswith("javascript:")]


def test_pages_load_nothing_from_elsewhere_and_hold_no_script_or_style(here: World) -> None:
    wrong = []
    for role in ("anonymous", "answer-link holder", "statement-link holder", "owner"):
        for path in here.pages():
            response = here.read(role, path)
            if response.mimetype != "text/html":
                continue
            page = Page(response.text, path)
            elsewhere = [f"{tag} {url}" for tag, url in page.loads if ELSEWHERE.match(url) and not _is_own(tag, url)]
            wrong += [f"{role}: {path}: {each}" for each in elsewhere + _Inline(response.text).found]
    assert "\n".join(wrong) == ""


def _is_own(tag: str, url: str) -> bool:
    """A canonical link and the like may be absolute; it is ours."""
    return tag == "link" and url.startswith("http://localhost/")


def test_style_and_script_load_nothing_from_elsewhere() -> None:
    for path in (Path(__file__).parent.parent / "static").rglob("*"):
        if path.suffix in (".css", ".js"):
            text = path.read_text()
            assert not re.search(r"""(?:url\(|@import|import|fetch\(|from)\s*['"]?(?:https?:)?//""", text), path.name


def test_strangers_never_read_what_is_secret(here: World) -> None:
    """Not in any page, feed or file that is theirs to see, nor those who only belong to another group."""
    wrong = []
    secrets = here.ours.secrets | {f"their {name}": value for name, value in here.theirs.secrets.items()}
    for role in ("anonymous", "organizer of another group", "operator"):
        told = here.ours.secrets if role == "organizer of another group" else secrets
        for path in here.pages():
            text = here.read(role, path).data.decode("latin-1")
            unfolded = text.replace("\r\n ", "")
            wrong += [
                f"{role}: {path} tells the {name}"
                for name, value in told.items()
                if value in unfolded and value not in path
            ]
    assert "\n".join(wrong) == ""


def test_members_see_the_spot_and_nothing_of_who_comes_or_what_organizers_note(here: World) -> None:
    """And whoever has answered sees the spot, and of herself what she said."""
    told: dict[str, set[str]] = {}
    for role in (
        "member",
        "contact reader",
        "answer-link holder",
        "statement-link holder",
        "photo-link holder",
        "print-link holder",
        "organizer",
        "owner",
    ):
        texts = [here.read(role, path).data.decode(errors="replace") for path in here.pages()]
        told[role] = {
            name
            for name, value in here.ours.secrets.items()
            if any(value in text for path, text in zip(here.pages(), texts, strict=True) if value not in path)
        }
    assert told["member"] == told["contact reader"] == {"spot"}
    assert told["answer-link holder"] == {"spot", "nickname", "answer link"}
    assert told["statement-link holder"] == {"statement link"}
    assert told["organizer"] == told["owner"]
    assert told["photo-link holder"] == {"photo link"}
    assert told["print-link holder"] == {"print link"}
    assert told["organizer"] == {
        "spot",
        "private notes",
        "who brings leaflets",
        "nickname",
        "withheld name",
        "unread statement",
        "held statement",
        "unpublished photo",
        "unpublished collection",
        "removal request",
        "print link",
    }
