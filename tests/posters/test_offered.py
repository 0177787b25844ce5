"""What an action's page has overtaken is not offered on the home page, and marked in the library."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from time_machine import TimeMachineFixture

from organizer.db import db
from organizer.events import service as events
from organizer.events.models import Event
from organizer.events.rules import SpotShown, Visibility
from organizer.groups.models import Group
from organizer.leaflets import service as leaflets
from organizer.leaflets.models import Leaflet
from organizer.pages.views import LEAFLETS_ON_HOME
from organizer.posters import queries
from tests import factories, querying
from tests.factories import Person
from tests.leaflets import making as uploads
from tests.posters import making

MARK = "The action has changed since this was printed."
SHEET = re.compile(r'<article class="sheet">.*?</article>', re.DOTALL)


@pytest.fixture(autouse=True)
def set_by_nobody_in_particular(given: list[object]) -> None:
    """No child."""


@pytest.fixture
def anyone(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def poster(organizer: Person, event: Event) -> Leaflet:
    """A published one."""
    return published(organizer, event)


def published(organizer: Person, event: Event) -> Leaflet:
    return leaflets.publish(making.ready(organizer, event, "en"), organizer.account_id, 1)


def move_away(event: Event) -> None:
    making.change(event, place="Lake Merritt", what_to_bring="A pen")


def sheets(client: FlaskClient, path: str) -> list[str]:
    """The cards of leaflets on a page."""
    answer = client.get(path)
    assert answer.status_code == 200
    return SHEET.findall(answer.text)


def offered(client: FlaskClient) -> list[str]:
    """The ids of what the home page offers to take along, none of it marked."""
    found = sheets(client, "/")
    assert not any(MARK in sheet for sheet in found)
    return [re.findall(r"/leaflets/(\w+)", sheet)[0] for sheet in found]


def marked(client: FlaskClient, query: str = "") -> list[bool]:
    """Whether each card in the library is, the newest first."""
    return [MARK in sheet for sheet in sheets(client, f"/leaflets{query}")]


def test_a_fresh_one_is_offered_without_a_mark(anyone: FlaskClient, poster: Leaflet) -> None:
    assert offered(anyone) == [poster.id]
    assert marked(anyone) == marked(anyone, "?q=leaflets") == [False]


def test_what_is_overtaken_is_left_out_at_home_and_marked_in_the_library(
    organizer: Person, anyone: FlaskClient, event: Event, poster: Leaflet
) -> None:
    move_away(event)
    assert offered(anyone) == []
    assert marked(anyone) == marked(anyone, "?q=leaflets") == [True]
    making.anew(organizer, poster)
    leaflets.publish(poster, organizer.account_id, 2)
    assert offered(anyone) == [poster.id]
    assert marked(anyone) == [False]


def test_so_is_one_whose_action_is_for_members_by_now(
    organizer: Person, anyone: FlaskClient, event: Event, poster: Leaflet
) -> None:
    leaflets.bring(factories.event(organizer.group), [poster.id], organizer.account_id)
    assert offered(anyone) == [poster.id]
    making.change(event, visibility=Visibility.PRIVATE, what_to_bring="A pen")
    assert offered(anyone) == []
    assert marked(anyone) == [True]


def test_a_cancelled_action_is_not_handed_out_from_home(anyone: FlaskClient, event: Event, poster: Leaflet) -> None:
    events.cancel(event, "Rain", "")
    assert offered(anyone) == []
    assert marked(anyone) == [True]


def test_the_exact_spot_overtakes_it_when_it_may_be_shown(
    organizer: Person, anyone: FlaskClient, time_machine: TimeMachineFixture
) -> None:
    event = factories.event(organizer.group, spot="The north gate", spot_shown=SpotShown.BEFORE_START)
    made = published(organizer, event)
    assert offered(anyone) == [made.id]
    time_machine.move_to(event.starts_at - timedelta(hours=2))
    assert offered(anyone) == []
    assert marked(anyone) == [True]


def test_after_the_action_nobody_is_sent_to_a_wrong_place_by_it(
    anyone: FlaskClient, event: Event, poster: Leaflet, time_machine: TimeMachineFixture
) -> None:
    move_away(event)
    time_machine.move_to(event.ends_at)
    assert offered(anyone) == [poster.id]
    assert marked(anyone) == [False]


def test_others_come_in_the_place_of_what_is_left_out(organizer: Person, anyone: FlaskClient, event: Event) -> None:
    kept = [uploads.published(event, f"Letters {number}").id for number in range(LEAFLETS_ON_HOME)]
    made = published(organizer, event)
    assert offered(anyone) == [made.id, *kept[:0:-1]]
    move_away(event)
    assert offered(anyone) == kept[::-1]
    assert marked(anyone) == [True, *[False] * LEAFLETS_ON_HOME]


def test_an_upload_is_never_marked(anyone: FlaskClient, event: Event) -> None:
    uploads.published(event)
    move_away(event)
    assert len(offered(anyone)) == 1
    assert marked(anyone) == [False]


@pytest.mark.usefixtures("event")
def test_any_number_of_cards_takes_as_many_queries(organizer: Person, anyone: FlaskClient) -> None:
    counts, group_id = [], organizer.group.id
    for _ in range(3):
        changed, fresh = (factories.event(db.session.get_one(Group, group_id)) for _ in range(2))
        for each in (changed, fresh):
            published(organizer, each)
        move_away(changed)
        counts.append([asked(anyone, path) for path in ("/", "/leaflets", "/leaflets?q=leaflets")])
    assert len(offered(anyone)) == len(marked(anyone)) / 2 == 3
    assert counts[1:] == counts[:1] * 2


def asked(client: FlaskClient, path: str) -> int:
    """How many statements the page takes, when nothing else is in memory."""
    db.session.rollback()
    db.session.expunge_all()
    return querying.asked(lambda: client.get(path))


def test_among_leaflets_that_were_not_made_no_action_is_read(event: Event) -> None:
    ids = [uploads.published(event).id]
    db.session.rollback()
    assert querying.asked(lambda: queries.overtaken_among(ids)) == 1
    assert queries.overtaken_among(ids) == {}
