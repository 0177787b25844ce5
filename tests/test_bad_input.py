"""What nobody should send: every field of every form, every address, every token; no 5xx, and nothing typed is lost."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from flask import Flask
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse

from organizer import text
from organizer.db import new_id
from tests import asking, factories, world
from tests.asking import Asked, Sent
from tests.reading import Field, Page
from tests.world import World, build, path_of

KIND = {200, 303, 400, 404, 405, 409, 410, 413, 422, 429}
LONG = "x" * 100_000
CONTROLS = "a\x00b\x01c\x1b[31md\x7fe\x85f\u2028g\u200bh\ufffei\tj"
SCRIPTS = "Привіт سلام 你好 👩‍👩‍👧 ẞ ｆｕｌｌ \u202ednim\u202c \u2066x\u2069 é"
MARKUP = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)> {{7*7}} {% x %} %(x)s {0} \\ ' OR 1=1 --"
NUMBERS = ("", "-1", "0", "1000000000", "9" * 40, "1e400", "٣", "two\x00")
DATES = ("", "2026-02-30", "0000-00-00", "99999-01-01", "tomorrow\x00")
TIMES = ("", "25:00", "10:61", "noon\x00")
CHOICES = ("", "Mars/Olympus", "9" * 40, "\x00")
HIDDEN = ("forged", "\x00", SCRIPTS, LONG)
# What a browser cannot send, as bytes: half a pair, and what is no UTF-8.
BROKEN = b"%ED%A0%80%ED%B8%80%FF%FE%C3"
BY_KIND = {
    "number": NUMBERS,
    "date": DATES,
    "time": TIMES,
    "select": CHOICES,
    "radio": CHOICES,
    "checkbox": CHOICES,
    "hidden": HIDDEN,
    "password": ("", "short\x00", LONG),
}
ODD_IDS = (
    *(
        "0",
        "-1",
        "a" * 10_000,
        "%00",
        "a%00b",
        "%ff%fe",
        "%ED%A0%80",
        "..%2F..%2Fetc",
        ".",
        "..",
        "a.b.c",
        "new",
        "mine",
    ),
    *(quote("🌻"), quote("' OR 1=1 --"), quote("<b>"), quote("سلام"), "9" * 40, "A" * 26, "a" * 26),
)
ODD_QUERIES = ("", "-1", "9" * 40, "%00", "%ED%A0%80%ff", quote(SCRIPTS), "a" * 5000)
IS_SOAKED = bool(os.environ.get("ORGANIZER_SOAK"))
QUERY_NAMES = ("page", "lang", "text", "next", "before", "new", "group", "v", "version", "day", "utm_source")


@pytest.fixture
def here(app: Flask, monkeypatch: pytest.MonkeyPatch, set_by_nobody: None) -> World:
    """The world, answering as it does for people: an exception is a 500, whose place is in the log."""
    found = world.of(app)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    return found


def _asked(here: World) -> list[Asked]:
    """One form for each route."""
    return [found[0] for found in asking.forms(here).values()]


def _kinds(here: World) -> list[Asked]:
    """One form for each set of fields: what an event's form takes is the same for a new one and for an old one."""
    found = {tuple(each.name for each in asked.fields if each.kind != "hidden"): asked for asked in _asked(here)}
    return list(found.values())


def _send(here: World, asked: Asked, sent: Sent, told: str) -> Iterator[str]:
    """Send a form; yield what is wrong with the answer, and make the world what it was."""
    answer = asking.send(here, asked, sent)
    if answer.status_code not in KIND:
        yield f"{asked.endpoint}: {told}: {answer.status}"
    if answer.status_code == 422:
        yield from (f"{asked.endpoint}: {told}: {fault}" for fault in _lost(answer, asked, sent))
    else:
        here.put_back()


def _lost(answer: TestResponse, asked: Asked, sent: Sent) -> Iterator[str]:
    """What was typed or chosen and does not stand in the form that is shown again; and a form without its words."""
    if b'class="error-summary"' not in answer.data:
        yield "does not say what is wrong"
    shown = next((form for form in Page(answer.text, asked.path).forms if form.path == asked.path), None)
    if shown is None:
        yield "shows no form again"
        return
    for each in asked.fields:
        values = sent.get(each.name)
        if not isinstance(values, list) or each.name not in shown.fields:
            continue
        again = shown.fields[each.name].values
        if each.is_typed and text.one_line("".join(again)) != text.one_line("".join(values)):
            yield f"loses {each.name}"
        if each.kind in ("radio", "checkbox", "select") and set(values) <= set(each.choices) and values != again:
            yield f"loses the choice of {each.name}"


def _values(each: Field) -> tuple[str, ...]:
    return BY_KIND.get(each.kind, ("", LONG)) if each.kind != "file" else ()


@pytest.mark.load
def test_each_field_with_what_it_cannot_be(here: World) -> None:
    """Where several forms of a room share a field, once; in the soak, in each of them."""
    wrong: list[str] = []
    tried: set[tuple[str, str, str]] = set()
    for asked in _kinds(here):
        for each in asked.fields:
            shared = (asked.endpoint.partition(".")[0], each.name, each.kind)
            for value in _values(each) if IS_SOAKED or shared not in tried else ():
                tried.add(shared)
                sent = asking.filled(here, asked) | {each.name: [value]}
                wrong += _send(here, asked, sent, f"{each.name} {value[:20]!r}")
    assert "\n".join(wrong) == ""


@pytest.mark.load
def test_each_field_left_out(here: World) -> None:
    wrong: list[str] = []
    for asked in _kinds(here):
        for each in asked.fields:
            sent = asking.filled(here, asked)
            sent.pop(each.name)
            wrong += _send(here, asked, sent, f"without {each.name}")
        wrong += _send(here, asked, {}, "empty")
    assert "\n".join(wrong) == ""


@pytest.mark.parametrize("value", [CONTROLS, SCRIPTS, MARKUP], ids=["controls", "scripts", "markup"])
def test_all_written_fields_in_odd_characters(here: World, value: str) -> None:
    wrong: list[str] = []
    for asked in _kinds(here):
        written = [each.name for each in asked.fields if each.kind in ("text", "textarea") and each.name != "website"]
        for repeated in (1, 30) if written else ():
            odd: Sent = {name: [value * repeated] for name in written}
            wrong += _send(here, asked, asking.filled(here, asked) | odd, f"{value[:9]!r} {repeated} times")
    assert "\n".join(wrong) == ""


def test_what_was_written_in_markup_is_shown_as_it_was_written(here: World) -> None:
    """And does not become part of any page."""
    asked = asking.forms(here)["/events/<event_id>/edit"][0]
    written = (each.name for each in asked.fields if each.kind in ("text", "textarea") and "links-" not in each.name)
    odd: Sent = {name: [MARKUP] for name in written}
    assert asking.send(here, asked, asking.filled(here, asked) | odd).status_code == 303
    event = here.ask("anonymous", f"/events/{here.ours.shared['event_id']}").headers["Location"]
    for path in ("/", "/events.atom", event):
        page = here.ask("anonymous", path)
        assert page.status_code == 200
        assert "alert(1)" in page.text
        assert "{{7*7}}" in page.text
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text


def test_bytes_that_are_no_text(here: World) -> None:
    wrong: list[str] = []
    for asked in _kinds(here):
        token = quote(asked.form.fields["csrf_token"].value)
        fields = [f"{quote(each.name)}=".encode() + BROKEN for each in asked.fields]
        for body in (b"&".join([f"csrf_token={token}".encode(), *fields]), BROKEN + b"=" + BROKEN):
            answer = here.ask(
                asked.role, asked.path, "POST", data=body, content_type="application/x-www-form-urlencoded"
            )
            if answer.status_code not in KIND:
                wrong.append(f"{asked.endpoint}: {body[:20]!r}: {answer.status}")
            here.put_back()
    assert "\n".join(wrong) == ""


@pytest.mark.parametrize(
    "content_type",
    [
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=x",
        "application/json",
        "text/plain; charset=nonsense",
        "application/x-www-form-urlencoded; charset=utf-16",
        "\xff",
        "",
    ],
)
def test_bodies_that_are_no_forms(here: World, content_type: str) -> None:
    wrong: list[str] = []
    bodies = (
        b"",
        b'--x\r\nContent-Disposition: form-data; name="\xff\x00"\r\n\r\n\x00\r\n--x--',
        b"\x00\xff",
    )
    for asked in _kinds(here)[::3]:  # what reads bodies is the same for all
        for body in bodies:
            answer = here.ask(asked.role, asked.path, "POST", data=body, content_type=content_type)
            if answer.status_code not in KIND:
                wrong.append(f"{asked.endpoint}: {body[:10]!r}: {answer.status}")
    assert "\n".join(wrong) == ""


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"words",
        b"<svg onload=alert(1)>",
        b"PK\x03\x04",
        b"%PDF-1.7\x00",
        b"\xff\xd8\xff",
        b"GIF89a",
        b"\x00" * 1000,
    ],
)
def test_files_that_are_not_what_they_say(here: World, data: bytes) -> None:
    routes = ("/events/<event_id>/leaflets/new", "/leaflets/<leaflet_id>/again", "/leaflets/<leaflet_id>/versions/new")
    for route in routes:
        asked = asking.forms(here)[route][0]
        for name in ("leaflet.pdf", "../../../etc/passwd", "\x00", "ж" * 5000, ""):
            sent = asking.filled(here, asked) | {"file": FileStorage(io.BytesIO(data), name, content_type="image/jpeg")}
            assert list(_send(here, asked, sent, name[:9])) == []


def test_a_form_without_its_token_comes_back_as_it_was_filled(here: World) -> None:
    wrong: list[str] = []
    for asked in _asked(here):
        sent = asking.filled(here, asked) | {"csrf_token": [""]}
        odd: Sent = {
            each.name: ["Söme wörds\nмого"] for each in asked.fields if each.is_typed and each.kind == "textarea"
        }
        wrong += _send(here, asked, sent | odd, "without token")
    assert "\n".join(wrong) == ""


# Addresses.


@pytest.mark.load
@pytest.mark.parametrize("role", ["anonymous", "owner"])
def test_odd_ids_and_tokens_in_every_address(here: World, role: str) -> None:
    wrong: list[str] = []
    for rule in (rule for rule in here.rules() if rule.arguments):
        own = here.ours.values(rule)
        for name in sorted(rule.arguments):
            for odd in ODD_IDS:
                for method in ("GET", "POST") if odd in ("%00", "a.b.c", "-1") else ("GET",):
                    answer = here.ask(role, build(rule, {**own, name: odd}), method)
                    if answer.status_code not in KIND | {308, 403}:
                        wrong.append(f"{method} {path_of(rule)} with {name} {odd[:20]}: {answer.status}")
    assert "\n".join(wrong) == ""


@pytest.mark.load
def test_odd_queries_on_every_page(here: World) -> None:
    wrong: list[str] = []
    for role in ("anonymous", "owner"):
        for rule in (rule for rule in here.rules() if "GET" in (rule.methods or ())):
            for odd in ODD_QUERIES:
                address = f"{here.address(rule)}?{'&'.join(f'{name}={odd}' for name in QUERY_NAMES)}"
                answer = here.ask(role, address)
                if answer.status_code not in KIND:
                    wrong.append(f"{role}: {address[:80]}: {answer.status}")
    assert "\n".join(wrong) == ""


ODD_HEADERS = {
    "Accept": ("\xff", "*/*;q=nan", "," * 500),
    "Accept-Encoding": ("\xff", "gzip;q=inf, br;q=-1", "zstd;q=1e400", "*" * 500),
    "Accept-Language": ("\xff", "a-b-c-d-e-f", "en;q=nan", "*;q=1", "x" * 5000),
    "Cookie": (
        "\xff=\xfe",
        "session=\xff",
        "session=" + "a" * 5000,
        "answer=\xed\xa0\x80",
        "form=..",
        "=;;=,",
        "language=\xff",
    ),
    "If-Modified-Since": ("\xff", "Thu, 99 Foo 0000 99:99:99 GMT", "0", "Mon, 01 Jan 0001 00:00:00 +9999"),
    "If-None-Match": ("\xff", '"', "W/", "*", '"' * 500),
    "Origin": ("\xff", "null", "http://[", "http://localhost\x00"),
    "Range": ("bytes=9-1", "bytes=\xff", "lines=1"),
    "Referer": ("\xff", "http://["),
    "Sec-Fetch-Site": ("\xff",),
    "X-Forwarded-For": ("\xff", "256.1.1.1, [::"),
    "X-Forwarded-Host": ("elsewhere.example",),
}


def test_odd_headers(here: World) -> None:
    wrong: list[str] = []
    asked = asking.forms(here)["/events/<address>/answer"][0]
    mine = f"/r/mine/{here.ours.shared['rsvp_id']}"
    for name, values in ODD_HEADERS.items():
        for value in values:
            for path in (
                "/",
                here.address(_rule(here, "pages.event")),
                "/events.ics",
                "/events.atom",
                "/sign-in",
                mine,
            ):
                answer = here.app.test_client().get(path, headers={name: value})
                if answer.status_code not in KIND | {304}:
                    wrong.append(f"{name} {value[:20]!r}: GET {path}: {answer.status}")
            answer = here.app.test_client().post(asked.path, headers={name: value}, data=asking.filled(here, asked))
            if answer.status_code not in KIND | {403}:
                wrong.append(f"{name} {value[:20]!r}: POST: {answer.status}")
    assert "\n".join(wrong) == ""


def _rule(here: World, endpoint: str):  # type: ignore[no-untyped-def] # werkzeug's rule
    return next(rule for rule in here.rules() if rule.endpoint == endpoint)


@pytest.mark.parametrize(
    "host", ["", "localhost:99999", "localhost:x", "[::1", "elsewhere.example", "localhost\x00", "\xff", "a" * 300]
)
def test_odd_hosts(here: World, host: str) -> None:
    for path in ("/", "/events.ics", "/sign-in"):
        assert here.app.test_client().get(path, headers={"Host": host}).status_code in (200, 400)


@pytest.mark.parametrize(
    "address",
    [
        "//elsewhere.example",
        "https://elsewhere.example",
        "/\\elsewhere.example",
        "/\t/elsewhere.example",
        "javascript:x",
        "\x00",
    ],
)
def test_signing_in_leads_to_no_other_site(here: World, address: str) -> None:
    asked = asking.forms(here)["/sign-in"][0]
    path = f"/sign-in?next={quote(address)}"
    answer = here.ask("anonymous", path, "POST", data=asking.filled(here, asked))
    assert answer.status_code == 303
    assert answer.location == "/account"


# Tokens.


@pytest.mark.parametrize("endpoint", ["rsvps.link", "statements.link", "groups.invitation", "accounts.password"])
def test_forged_tokens_lead_nowhere(here: World, endpoint: str) -> None:
    rule = _rule(here, endpoint)
    good = here.ours.values(rule)["token"]
    theirs = here.theirs.values(rule)["token"]
    nothing = here.ask("anonymous", "/no/such/page").data
    swapped = f"{good.partition('.')[0]}.{theirs.partition('.')[2]}"
    for forged in (
        good[:-1],
        f"{good}a",
        good[:-1] + ("b" if good[-1] == "a" else "a"),
        good.upper(),
        swapped,
        f"{new_id()}.",
    ):
        answer = here.ask("anonymous", build(rule, {"token": forged}))
        assert (answer.status_code, answer.data) == (404, nothing), forged


@pytest.mark.parametrize("endpoint", ["groups.invitation", "accounts.password"])
def test_a_used_link_leads_nowhere(here: World, endpoint: str) -> None:
    rule = _rule(here, endpoint)
    asked = asking.forms(here)[path_of(rule)][0]
    assert asking.send(here, asked, asking.filled(here, asked)).status_code == 303
    again = asking.send(here, asked, asking.filled(here, asked))
    assert (again.status_code, again.data) == (404, here.ask(asked.role, "/no/such/page", "POST").data)
    assert here.ask(asked.role, asked.path).status_code == 404


def test_the_link_of_a_withdrawn_answer_leads_nowhere(here: World) -> None:
    asked = asking.forms(here)["/r/mine/<rsvp_id>/withdraw"][0]
    assert asking.send(here, asked, asking.filled(here, asked)).status_code == 200
    assert here.ask("anonymous", here.address(_rule(here, "rsvps.link"))).status_code == 404


def test_a_password_that_was_guessed_ten_times_waits(here: World) -> None:
    asked = asking.forms(here)["/sign-in"][0]
    wrong = asking.filled(here, asked) | {"password": ["copper lantern under oaks"]}
    assert {asking.send(here, asked, wrong).status_code for _ in range(10)} == {422}
    waiting = asking.send(here, asked, asking.filled(here, asked))
    assert waiting.status_code == 422
    assert "try again in" in waiting.text
    assert factories.PASSWORD not in waiting.text
