"""Whoever follows a code is led on, and leaves a number higher by one at most."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from time_machine import TimeMachineFixture

from organizer import clock
from organizer.codes import rules
from organizer.db import db
from organizer.leaflets.models import Leaflet
from tests.codes import coding

CANARIES = {
    "User-Agent": "CanaryBrowser/9.7.31 (Zebrafink OS)",
    "X-Forwarded-For": "203.0.113.91",
    "Referer": "https://example.org/zebrafink",
    "Cookie": "zebrafink=zebrafink",
    "Accept-Language": "eo",
}
ADDRESS = {"REMOTE_ADDR": "198.51.100.77"}


def test_a_code_leads_to_its_leaflet_and_adds_one_to_the_day(client: FlaskClient, leaflet: Leaflet) -> None:
    code = coding.code(leaflet)
    led = coding.follow(client, code)
    assert (led.status_code, led.location) == (303, f"/leaflets/{leaflet.id}")
    assert led.headers["Cache-Control"] == "no-store"
    assert led.headers["Referrer-Policy"] == "same-origin"
    assert "Set-Cookie" not in led.headers
    assert client.get(led.location).status_code == 200
    coding.follow(client, f"{code.code[:3].lower()}-{code.code[3:]}")
    assert coding.counts(code) == [2]


def test_each_code_and_each_day_counts_for_itself(
    client: FlaskClient, leaflet: Leaflet, time_machine: TimeMachineFixture
) -> None:
    north, south = coding.code(leaflet), coding.code(leaflet, "The south gate")
    coding.follow(client, north)
    coding.follow(client, south)
    time_machine.move_to(clock.now() + timedelta(days=1))
    coding.follow(client, north)
    assert (coding.counts(north), coding.counts(south)) == ([1, 1], [1])


@pytest.mark.parametrize("typed", coding.NO_CODES)
def test_what_is_no_code_leads_nowhere(client: FlaskClient, typed: str) -> None:
    assert client.get(f"/l/{typed}").status_code == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Purpose": "prefetch"},
        {"Sec-Purpose": "prefetch;prerender"},
        {"Purpose": "prefetch"},
        {"X-Moz": "prefetch"},
        {"Sec-Fetch-Dest": "image"},
        {"Sec-Fetch-Dest": "iframe"},
        {"User-Agent": "Mozilla/5.0 (compatible; Zebrabot/2.1)"},
        {"User-Agent": "WhatsApp/2.23.20.0"},
    ],
)
def test_who_only_looks_ahead_is_led_and_not_counted(
    client: FlaskClient, leaflet: Leaflet, headers: dict[str, str]
) -> None:
    assert coding.follow(client, coding.code(leaflet), **headers).status_code == 303
    assert coding.counts() == []


def test_a_head_request_is_not_counted(client: FlaskClient, leaflet: Leaflet) -> None:
    assert coding.follow(client, coding.code(leaflet), "HEAD").status_code == 303
    assert coding.counts() == []


def kept() -> dict[str, list[Any]]:
    """All rows of all tables."""
    db.session.rollback()
    return {table.name: list(map(tuple, db.session.execute(table.select()))) for table in db.metadata.sorted_tables}


def test_of_whoever_follows_a_code_nothing_is_kept_but_a_number(
    client: FlaskClient, leaflet: Leaflet, capfd: pytest.CaptureFixture[str], time_machine: TimeMachineFixture
) -> None:
    code = coding.code(leaflet)
    time_machine.move_to("2027-06-13T19:41:37.123456+00:00", tick=False)
    before = kept()
    led = client.get(f"/l/{code.code}", headers=CANARIES, environ_overrides=ADDRESS)
    assert led.status_code == 303
    after = kept()
    changed = {name for name, rows in after.items() if rows != before[name]}
    assert changed == {"leaflet_scan"}
    assert after["leaflet_scan"] == [(code.id, date(2027, 6, 13), 1)]
    out = "".join(capfd.readouterr())
    told = str(after) + out + str(led.headers)
    for canary in ("anaryBrowser", "ebrafink", "203.0.113.91", "198.51.100.77", "19:41"):
        assert canary not in told


def test_everyone_can_read_what_is_kept_of_codes_and_for_how_long(client: FlaskClient) -> None:
    page = " ".join(client.get("/privacy").text.split())
    assert "Of a code on a printed leaflet only a number is kept for each day" in page
    assert "how often it was followed, for a year." in page
    assert timedelta(days=365) == rules.KEPT
