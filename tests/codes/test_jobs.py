"""What of codes and counts goes, with their leaflet or in time."""

from __future__ import annotations

from datetime import timedelta

from flask.testing import FlaskClient
from time_machine import TimeMachineFixture

from organizer import clock
from organizer.codes import jobs, rules
from organizer.codes import service as codes
from organizer.codes.models import LeafletCode
from organizer.db import db, new_id
from organizer.events.models import Event
from organizer.leaflets import service as leaflets
from organizer.leaflets.models import Leaflet
from tests.codes import coding


def test_a_withdrawn_leaflets_code_leads_to_what_is_left_and_its_counts_and_places_go(
    client: FlaskClient, leaflet: Leaflet, event: Event
) -> None:
    code = codes.make(leaflet.versions[0], "Zebrafink gate", event.id, new_id())
    other = coding.code(coding.leaflet(event), "The south gate")
    coding.follow(client, code)
    coding.follow(client, other)
    leaflets.withdraw(leaflet, new_id())
    assert coding.counts() == [1]
    stored = db.session.get_one(LeafletCode, code.id)
    assert (stored.place, stored.event_id) == ("", None)
    assert db.session.get_one(LeafletCode, other.id).place == "The south gate"
    led = coding.follow(client, code)
    assert client.get(led.location).status_code == 410
    assert coding.counts() == [1]


def test_what_was_counted_a_year_ago_goes(leaflet: Leaflet, time_machine: TimeMachineFixture) -> None:
    code = coding.code(leaflet)
    first, *_rest = coding.count(code, 3, 9)
    time_machine.move_to(clock.now() + timedelta(days=(first + rules.KEPT - clock.today()).days - 1))
    assert jobs.delete_old() == 0
    time_machine.move_to(clock.now() + timedelta(days=1))
    assert jobs.delete_old() == 1
    assert jobs.delete_old() == 0
    assert coding.counts() == [9]


def test_of_one_version_that_is_withdrawn_only_its_own_codes_are_emptied(leaflet: Leaflet) -> None:
    old = coding.code(leaflet)
    coding.count(old, 9)
    coding.replaced(leaflet)
    current = coding.code(leaflet)
    coding.count(current, 7)
    leaflets.withdraw_version(leaflet.versions[0], new_id())
    assert (coding.counts(old), coding.counts(current)) == ([], [7])
    assert [db.session.get_one(LeafletCode, each.id).place for each in (old, current)] == ["", "The north gate"]
