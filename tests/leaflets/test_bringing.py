"""One leaflet at many events."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from organizer.audit import AuditLine
from organizer.db import db
from organizer.errors import Gone, RuleError
from organizer.events.models import Event
from organizer.leaflets import service as leaflets
from organizer.leaflets.models import EventLeaflet, Leaflet
from tests import factories
from tests.factories import Person, post
from tests.groups import racing
from tests.leaflets import sending


@pytest.fixture
def leaflet(organizer: Person, event: Event) -> Leaflet:
    """A published one."""
    return db.session.get_one(Leaflet, sending.published(organizer, event, sending.jpeg()).split("/")[2])


@pytest.fixture
def other(organizer: Person) -> Event:
    return factories.event(organizer.group, title="At the flea market")


def _bring(organizer: Person, event: Event, *leaflet_ids: str) -> int:
    sent = {"chosen": list(leaflet_ids)}
    return post(organizer.client, f"/events/{event.id}/leaflets/bring", sent).status_code


def test_a_leaflet_is_brought_to_one_more_event_and_to_its_calendar_entry(
    client: FlaskClient, organizer: Person, leaflet: Leaflet, event: Event, other: Event
) -> None:
    before = client.get(f"/events/{other.id}.ics")
    assert "ATTACH" not in before.text
    form = organizer.client.get(f"/events/{other.id}/leaflets/bring").text
    assert "Letters to prisoners (English)" in form
    assert _bring(organizer, other, leaflet.id) == 303
    for one in (event, other):
        assert "Letters to prisoners" in client.get(f"/events/{one.slug}").text
    after = client.get(f"/events/{other.id}.ics", headers={"If-None-Match": before.headers["ETag"]})
    assert f"/leaflets/{leaflet.id}/file" in after.text.replace("\r\n ", "")
    assert "There is none that is not here already." in organizer.client.get(f"/events/{other.id}/leaflets/bring").text


def test_bringing_it_twice_changes_nothing(organizer: Person, leaflet: Leaflet, other: Event) -> None:
    for _ in range(2):
        leaflets.bring(other, [leaflet.id], organizer.account_id)
    rows = db.session.query(EventLeaflet).filter_by(leaflet_id=leaflet.id).count()
    assert rows == 2
    brought = select(AuditLine).where(AuditLine.verb == "leaflet.brought")
    assert len(db.session.scalars(brought).all()) == 1


def test_nothing_chosen_is_told(organizer: Person, leaflet: Leaflet, other: Event) -> None:
    answer = post(organizer.client, f"/events/{other.id}/leaflets/bring", {})
    assert answer.status_code == 422
    assert "Choose at least one." in answer.text


def test_only_published_leaflets_of_the_group_can_be_brought(
    app: Flask, organizer: Person, leaflet: Leaflet, event: Event, other: Event
) -> None:
    draft = sending.sent(organizer, event, sending.jpeg(), title="Not yet").split("/")[2]
    elsewhere = factories.person(app)
    theirs = sending.published(elsewhere, factories.event(elsewhere.group), sending.jpeg(), title="Theirs").split("/")[
        2
    ]
    page = organizer.client.get(f"/events/{other.id}/leaflets/bring").text
    assert "Not yet" not in page
    assert "Theirs" not in page
    for leaflet_id in (draft, theirs, "a" * 26, "\x00", "x" * 5000):
        assert _bring(organizer, other, leaflet_id) == 422
    assert leaflets.bring(other, [theirs], organizer.account_id) == []
    assert db.session.query(EventLeaflet).filter_by(event_id=other.id).count() == 0


def test_what_is_withdrawn_while_it_is_chosen_is_not_brought(organizer: Person, leaflet: Leaflet, other: Event) -> None:
    leaflets.withdraw(leaflet, organizer.account_id)
    with pytest.raises(RuleError, match="withdrawn meanwhile"):
        leaflets.bring(other, [leaflet.id], organizer.account_id)


def test_it_is_taken_away_from_one_event_and_stays_at_the_other(
    client: FlaskClient, organizer: Person, leaflet: Leaflet, event: Event, other: Event
) -> None:
    leaflets.bring(other, [leaflet.id], organizer.account_id)
    before = client.get(f"/events/{other.id}.ics")
    path = f"/events/{other.id}/leaflets/{leaflet.id}/take-away"
    assert "The leaflet itself stays" in organizer.client.get(path).text
    assert post(organizer.client, path, {}).status_code == 303
    assert "Letters to prisoners" not in client.get(f"/events/{other.slug}").text
    assert "Letters to prisoners" in client.get(f"/events/{event.slug}").text
    after = client.get(f"/events/{other.id}.ics", headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert "ATTACH" not in after.text
    assert organizer.client.get(path).status_code == 404


def test_it_stays_at_its_last_event(client: FlaskClient, organizer: Person, leaflet: Leaflet, event: Event) -> None:
    answer = post(organizer.client, f"/events/{event.id}/leaflets/{leaflet.id}/take-away", {})
    assert answer.status_code == 422
    assert "It is handed out nowhere else." in answer.text
    # It names the button of the other action's list, and leads to where it is withdrawn.
    button = "Add one of your group’s"
    assert button in organizer.client.get(f"/events/{event.id}/leaflets").text
    assert f"“{button}”" in answer.text
    assert f'href="/leaflets/{leaflet.id}"' in answer.text
    assert f"/leaflets/{leaflet.id}/withdraw" in organizer.client.get(f"/leaflets/{leaflet.id}").text
    assert client.get(f"/leaflets/{leaflet.id}").status_code == 200


@pytest.mark.load
def test_two_who_take_it_away_at_once_leave_it_somewhere(
    app: Flask, organizer: Person, leaflet: Leaflet, event: Event, other: Event
) -> None:
    leaflet_id, event_ids = leaflet.id, (event.id, other.id)

    def take_away(wait: Callable[[], int], event_id: str) -> None:
        event, leaflet = db.session.get_one(Event, event_id), db.session.get_one(Leaflet, leaflet_id)
        assert len(leaflet.events) == 2
        wait()
        leaflets.take_away(event, leaflet, organizer.account_id)

    for _ in range(5):
        for event_id in event_ids:
            leaflets.bring(db.session.get_one(Event, event_id), [leaflet_id], organizer.account_id)
        db.session.rollback()
        outcomes = racing.at_once(app, [partial(take_away, event_id=event_id) for event_id in event_ids])
        assert {type(outcome) for outcome in outcomes} == {type(None), RuleError}
        db.session.rollback()
        assert db.session.query(EventLeaflet).filter_by(leaflet_id=leaflet_id).count() == 1


def test_it_is_taken_away_once_and_not_from_its_last_event(
    organizer: Person, leaflet: Leaflet, event: Event, other: Event
) -> None:
    leaflets.bring(other, [leaflet.id], organizer.account_id)
    leaflets.take_away(other, leaflet, organizer.account_id)
    with pytest.raises(Gone):
        leaflets.take_away(other, leaflet, organizer.account_id)
    with pytest.raises(RuleError):
        leaflets.take_away(event, leaflet, organizer.account_id)


def test_both_ways_are_for_organizers(app: Flask, client: FlaskClient, leaflet: Leaflet, event: Event) -> None:
    stranger = factories.person(app)
    for path in (f"/events/{event.id}/leaflets/bring", f"/events/{event.id}/leaflets/{leaflet.id}/take-away"):
        assert client.get(path).status_code == 303
        assert stranger.client.get(path).status_code == 404
