"""Generated requests over all routes and methods: whatever is sent, no answer is our own failure."""

from __future__ import annotations

import os
from urllib.parse import quote, urlencode

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from tests import asking, world
from tests.test_bad_input import CONTROLS, MARKUP, ODD_HEADERS, ODD_IDS, QUERY_NAMES, SCRIPTS
from tests.world import ROLES, World, build

IS_SOAK = bool(os.environ.get("ORGANIZER_SOAK"))
REQUESTS = 500
PARTS = 20 if IS_SOAK else 1
METHODS = ("GET", "POST", "POST", "POST", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE")
ODD_TEXTS = (CONTROLS, SCRIPTS, MARKUP, "", "-1", "0", "9" * 30, "2026-02-30", "1e400", "\x00", "x" * 70_000, "y", "1")
CONTENT_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json", "\xff")

texts = st.one_of(st.sampled_from(ODD_TEXTS), st.text(max_size=60), st.integers().map(str))


@st.composite
def requests(draw: st.DrawFn, here: World) -> tuple[str, str, str, dict[str, object]]:
    """(role, method, address, what goes with it): a request that is right but for something, or all wrong."""
    rule = draw(st.sampled_from(here.rules()))
    role, method = draw(st.sampled_from(ROLES)), draw(st.sampled_from(METHODS))
    values = draw(st.sampled_from((here.ours, here.ours, here.theirs))).values(rule)
    if rule.arguments and draw(st.integers(0, 3)) == 0:
        name = draw(st.sampled_from(sorted(rule.arguments)))
        values = {**values, name: draw(st.one_of(st.sampled_from(ODD_IDS), st.text(max_size=30).map(quote)))}
    query = draw(st.dictionaries(st.sampled_from(QUERY_NAMES), texts, max_size=2))
    told: dict[str, object] = {"headers": _headers(draw)}
    if method == "POST":
        told |= _body(draw, here, rule.endpoint)
    return role, method, build(rule, values) + (f"?{urlencode(query)}" if query else ""), told


def _headers(draw: st.DrawFn) -> dict[str, str]:
    names = draw(st.lists(st.sampled_from(sorted(ODD_HEADERS)), max_size=1))
    return {name: draw(st.sampled_from(ODD_HEADERS[name])) for name in names}


def _body(draw: st.DrawFn, here: World, endpoint: str) -> dict[str, object]:
    """A form of ours with some fields odd or missing, now and then bytes that are no form."""
    if draw(st.integers(0, 9)) == 0:
        return {"data": draw(st.binary(max_size=200)), "content_type": draw(st.sampled_from(CONTENT_TYPES))}
    known = [found for each in asking.forms(here).values() for found in each if found.endpoint == endpoint]
    if not known:
        return {"data": draw(st.dictionaries(st.text(max_size=10), texts, max_size=3))}
    sent = asking.filled(here, known[0])
    for name in draw(st.lists(st.sampled_from(sorted(sent)), max_size=3)):
        sent[name] = draw(st.lists(texts, max_size=2))
    return {"data": sent}


@pytest.mark.load
@pytest.mark.parametrize("part", range(PARTS))
def test_no_generated_request_is_answered_with_5xx(app: Flask, monkeypatch: pytest.MonkeyPatch, part: int) -> None:
    """The same requests each time, so that a failure can be repeated; the soak adds more."""
    here = world.of(app)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    answered: dict[int, int] = {}

    @seed(part)
    @settings(max_examples=REQUESTS, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(requests(here))
    def ask(request: tuple[str, str, str, dict[str, object]]) -> None:
        role, method, address, told = request
        answer = here.ask(role, address, method, **told)
        answered[answer.status_code] = answered.get(answer.status_code, 0) + 1
        assert answer.status_code < 500
        if method == "POST" and answer.status_code < 400:
            here.put_back()

    ask()
    assert sum(answered.values()) >= REQUESTS
    # Not everything was refused at the door.
    assert {200, 303, 404, 405, 422} <= set(answered)
