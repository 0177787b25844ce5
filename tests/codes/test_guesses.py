"""Codes that lead nowhere are soon answered by a wait; right ones lead on, whoever guesses beside them."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from time_machine import TimeMachineFixture
from werkzeug.test import TestResponse

from organizer.codes import rules, views
from organizer.events.models import Event
from organizer.leaflets.models import Leaflet
from tests.codes import coding

MARKET, ELSEWHERE = "198.51.100.77", "203.0.113.91"


def ask(client: FlaskClient, code: str, address: str = MARKET) -> TestResponse:
    return client.get(f"/l/{code}", environ_overrides={"REMOTE_ADDR": address})


def guess(client: FlaskClient, count: int, address: str = MARKET) -> list[int]:
    """How as many wrong guesses are answered."""
    return [ask(client, rules.new_code(), address).status_code for _ in range(count)]


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch, time_machine: TimeMachineFixture) -> TimeMachineFixture:
    """Three wrong guesses in ten minutes, on a clock that stands still."""
    monkeypatch.setattr(views, "WRONG_ONES", "3/10 minutes")
    time_machine.move_to("2027-06-13T19:00:00+00:00", tick=False)
    return time_machine


def test_whoever_guesses_is_soon_told_to_wait(client: FlaskClient, patience: TimeMachineFixture) -> None:
    assert guess(client, 4) == [404, 404, 404, 429]
    refused = ask(client, rules.new_code())
    assert refused.headers["Retry-After"] == "600"
    assert "too often in a short time" in refused.text
    assert guess(client, 1, ELSEWHERE) == [404]
    patience.shift(601)
    assert guess(client, 1) == [404]


def test_a_right_code_leads_on_beside_a_guesser_from_its_first_hour(
    client: FlaskClient, leaflet: Leaflet, patience: TimeMachineFixture
) -> None:
    """A market may be behind one address, and an onion always is."""
    code = coding.code(leaflet)
    guess(client, 9)
    assert {ask(client, code.code).status_code for _ in range(9)} == {303}
    assert coding.counts(code) == [9]


def test_right_codes_are_no_guesses(client: FlaskClient, leaflet: Leaflet, patience: TimeMachineFixture) -> None:
    north, south = coding.code(leaflet).code, coding.code(leaflet, "The south gate").code
    assert {ask(client, code).status_code for code in (north, south) * 20} == {303}
    assert guess(client, 3) == [404] * 3


def test_a_code_of_what_is_not_published_is_refused_like_a_wrong_one(
    client: FlaskClient, event: Event, patience: TimeMachineFixture
) -> None:
    draft = coding.code(coding.leaflet(event, published=False)).code
    guess(client, 3)
    hidden, wrong = ask(client, draft), ask(client, rules.new_code())
    assert hidden.status_code == wrong.status_code == 429
    assert hidden.data == wrong.data


def test_what_cannot_be_a_code_is_no_guess(client: FlaskClient, patience: TimeMachineFixture) -> None:
    assert {ask(client, "CD7").status_code for _ in range(9)} == {404}
    assert guess(client, 1) == [404]
