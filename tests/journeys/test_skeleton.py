"""From the event form to the purge, by way of every room."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from time_machine import TimeMachineFixture

from organizer import clock, vault
from organizer.db import db
from organizer.keeping import purge
from organizer.rsvps.models import Rsvp
from tests.factories import Person, post


def _form(person: Person, **changes: str) -> dict[str, object]:
    day = (clock.now() + timedelta(days=10)).date()
    return {
        "kind": "leafleting",
        "title": "Leaflets at the market",
        "what_for": "For **political prisoners** who oppose the war.",
        "starts_on": day.isoformat(),
        "starts_time": "10:00",
        "ends_time": "13:00",
        "place": "Grand Lake market",
        "city_id": person.group.city_id,
        "zone": "America/Los_Angeles",
        "language": "en",
        "visibility": "public",
        "spot_shown": "to_answered",
        "spot": "North gate, by the clock",
        **changes,
    }


def test_an_action_from_the_form_to_the_purge(  # noqa: PLR0915 - one story, told in order
    app: Flask, client: FlaskClient, organizer: Person, time_machine: TimeMachineFixture
) -> None:
    made = post(organizer.client, "/events/new", _form(organizer))
    assert made.status_code == 303, made.get_data(as_text=True)
    address = made.location

    page = client.get(address)
    assert page.status_code == 200
    assert "Leaflets at the market" in page.text
    assert "North gate" not in page.text
    assert "Leaflets at the market" in client.get("/").text

    feed = client.get("/events.ics")
    assert feed.status_code == 200
    assert "SUMMARY:Leaflets at the market" in feed.text
    assert "North gate" not in feed.text
    assert client.get("/events.ics", headers={"If-None-Match": feed.headers["ETag"]}).status_code == 304

    answered = post(client, f"{address}/answer", {"coming": "going", "party_size": "2", "nickname": "Leek"})
    assert answered.status_code == 303, answered.text
    mine = client.get(answered.location)
    assert "Leek" in mine.text
    assert "North gate" in mine.text
    secret = re.search(r'value="http://localhost(/r/[^"]+)"', mine.text)
    assert secret

    event_id = re.search(r"/events/([a-z2-7]{26})/edit", organizer.client.get(address).text)
    assert event_id
    answers = f"/events/{event_id[1]}/answers"
    assert "Leek" in organizer.client.get(answers).text

    told = post(organizer.client, f"/events/{event_id[1]}/notice", {"text": "We moved to the south gate"})
    assert told.status_code == 303
    assert "We moved to the south gate" in client.get(address).text
    assert "We moved to the south gate" in client.get("/events.ics").text.replace("\r\n ", "")

    other = app.test_client()
    changed = other.get(secret[1])
    assert changed.status_code == 303
    time_machine.move_to(clock.now() + timedelta(days=20))
    purge.run()
    assert db.session.query(Rsvp).count() == 0
    assert not vault.has_event_key(event_id[1])
    assert other.get(changed.location).status_code == 404
    with pytest.raises(vault.KeyGone):
        vault.event_key(event_id[1])
