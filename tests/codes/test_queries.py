"""Whom codes lead where, and which of them are printed for an action."""

from __future__ import annotations

from datetime import date

from flask import Flask
from flask.testing import FlaskClient
from time_machine import TimeMachineFixture

from organizer.codes import queries, rules
from organizer.codes import service as codes
from organizer.codes.models import LeafletScan
from organizer.db import db, new_id
from organizer.events.models import Event
from organizer.events.rules import Visibility
from organizer.leaflets import service as leaflets
from organizer.leaflets.models import Leaflet
from organizer.policy import Role
from tests import factories
from tests.codes import coding
from tests.factories import Person


def test_a_day_is_the_groups_own(client: FlaskClient, leaflet: Leaflet, time_machine: TimeMachineFixture) -> None:
    code = coding.code(leaflet)
    time_machine.move_to("2027-06-13T03:00:00+00:00", tick=False)
    coding.follow(client, code)
    assert db.session.query(LeafletScan).one().day == date(2027, 6, 12)


def test_the_groups_own_organizers_are_not_counted_and_other_people_are(
    app: Flask, organizer: Person, leaflet: Leaflet
) -> None:
    code = coding.code(leaflet)
    assert coding.follow(organizer.client, code).status_code == 303
    assert coding.counts() == []
    coding.follow(factories.person(app, Role.MEMBER, organizer.group).client, code)
    coding.follow(factories.person(app).client, code)
    assert coding.counts() == [2]


def test_a_code_of_an_older_version_leads_to_the_current_one_and_says_so(client: FlaskClient, leaflet: Leaflet) -> None:
    old = coding.code(leaflet)
    new = coding.code(leaflet, version=coding.replaced(leaflet))
    led = coding.follow(client, old)
    notice = "You followed the code of an older version."
    assert notice in client.get(led.location).text
    assert "/versions/2/pages/1/" in client.get(led.location).text
    assert notice not in client.get(coding.follow(client, new).location).text
    assert (coding.counts(old), coding.counts(new)) == ([1], [1])


def test_a_code_of_what_is_not_published_is_the_404_of_none(
    client: FlaskClient, organizer: Person, event: Event
) -> None:
    draft = coding.code(coding.leaflet(event, published=False))
    unknown = coding.follow(client, rules.new_code())
    hidden = coding.follow(client, draft)
    assert hidden.status_code == unknown.status_code == 404
    assert hidden.data == unknown.data
    assert coding.follow(organizer.client, draft).status_code == 303
    assert coding.counts() == []


def test_a_code_of_a_version_that_waits_says_nothing_of_the_one_before(client: FlaskClient, leaflet: Leaflet) -> None:
    published = coding.code(leaflet)
    waiting = coding.code(leaflet, version=coding.waiting(leaflet))
    assert coding.follow(client, waiting).status_code == 404
    assert "code=older" not in coding.follow(client, published).location


def test_a_code_of_what_only_members_see_leads_nobody_else(app: Flask, client: FlaskClient, organizer: Person) -> None:
    private = factories.event(organizer.group, visibility=Visibility.PRIVATE)
    code = coding.code(coding.leaflet(private))
    member = factories.person(app, Role.MEMBER, organizer.group).client
    assert coding.follow(client, code).status_code == 404
    assert coding.follow(member, code).status_code == 303
    assert coding.counts() == [1]


def test_a_withdrawn_version_leads_to_the_one_that_stands(client: FlaskClient, leaflet: Leaflet) -> None:
    old = coding.code(leaflet)
    coding.replaced(leaflet)
    leaflets.withdraw_version(leaflet.versions[0], new_id())
    led = coding.follow(client, old)
    assert "code=older" in led.location
    assert client.get(led.location).status_code == 200


def test_a_code_of_a_version_that_was_thrown_away_leads_to_the_one_that_stands(
    client: FlaskClient, leaflet: Leaflet
) -> None:
    """Copies for a check may be in people's hands."""
    thrown = coding.waiting(leaflet)
    code = coding.code(leaflet, version=thrown)
    leaflets.withdraw_version(thrown, new_id())
    led = coding.follow(client, code)
    assert led.status_code == 303
    assert "code=older" in led.location
    assert client.get(led.location).status_code == 200
    assert coding.counts() == []


def test_a_code_of_what_was_thrown_away_and_never_public_is_the_404_of_none(client: FlaskClient, event: Event) -> None:
    draft = coding.leaflet(event, published=False)
    code = coding.code(draft)
    leaflets.withdraw(draft, new_id())
    assert coding.follow(client, code).status_code == 404


def test_an_action_prints_its_own_codes_and_those_of_no_action(organizer: Person, event: Event) -> None:
    second, first = coding.leaflet(event, title="B"), coding.leaflet(event, title="A")
    other = factories.event(organizer.group)
    south, north = coding.code(second, "The south gate"), coding.code(second)
    here = codes.make(first.shown, "The bridge", event.id, new_id())
    codes.make(first.shown, "The bakery", other.id, new_id())
    assert queries.for_event(event) == {first: [here], second: [north, south]}
    assert list(queries.for_event(event)) == [first, second]
    coding.replaced(second)
    assert list(queries.for_event(event)) == [first]


def test_an_action_prints_no_code_of_what_is_handed_out_there_no_more(
    organizer: Person, leaflet: Leaflet, event: Event
) -> None:
    other = factories.event(organizer.group)
    leaflets.bring(other, [leaflet.id], new_id())
    bridge = codes.make(leaflet.shown, "The bridge", other.id, new_id())
    assert queries.for_event(other) == {leaflet: [bridge]}
    leaflets.take_away(other, leaflet, new_id())
    assert queries.for_event(other) == {}
