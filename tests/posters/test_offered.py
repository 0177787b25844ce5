"""What an action's page has overtaken is not offered on the home page, and marked in the library."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
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

pytestmark = pytest.mark.usefixtures("given")
MARK = "The action has changed since this was printed."
SHEET = re.compile(r'<article class="sheet">.*?</article>', re.DOTALL)


@pytest.fixture
def poster(organizer: Person, event: Event) -> Leaflet:
    """A published one."""
    return making.published(organizer, event, "en")


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


def test_a_fresh_one_is_offered_without_a_mark(client: FlaskClient, poster: Leaflet) -> None:
    assert offered(client) == [poster.id]
    assert marked(client) == marked(client, "?q=leaflets") == [False]


def test_what_is_overtaken_is_left_out_at_home_and_marked_in_the_library(
    organizer: Person, client: FlaskClient, event: Event, poster: Leaflet
) -> None:
    move_away(event)
    assert offered(client) == []
    assert marked(client) == marked(client, "?q=leaflets") == [True]
    making.anew(organizer, poster)
    leaflets.publish(poster, organizer.account_id, 2)
    assert offered(client) == [poster.id]
    assert marked(client) == [False]


def test_so_is_one_whose_action_is_for_members_by_now(
    organizer: Person, client: FlaskClient, event: Event, poster: Leaflet
) -> None:
    leaflets.bring(factories.event(organizer.group), [poster.id], organizer.account_id)
    assert offered(client) == [poster.id]
    making.change(event, visibility=Visibility.PRIVATE, what_to_bring="A pen")
    assert offered(client) == []
    assert marked(client) == [True]


def test_a_cancelled_action_is_not_handed_out_from_home(client: FlaskClient, event: Event, poster: Leaflet) -> None:
    events.cancel(event, "Rain", "")
    assert offered(client) == []
    assert marked(client) == [True]


def test_the_exact_spot_overtakes_it_when_it_may_be_shown(
    organizer: Person, client: FlaskClient, time_machine: TimeMachineFixture
) -> None:
    event = factories.event(organizer.group, spot="The north gate", spot_shown=SpotShown.BEFORE_START)
    made = making.published(organizer, event, "en")
    assert offered(client) == [made.id]
    time_machine.move_to(event.starts_at - timedelta(hours=2))
    assert offered(client) == []
    assert marked(client) == [True]


def test_after_the_action_nobody_is_sent_to_a_wrong_place_by_it(
    client: FlaskClient, event: Event, poster: Leaflet, time_machine: TimeMachineFixture
) -> None:
    move_away(event)
    time_machine.move_to(event.ends_at)
    assert offered(client) == [poster.id]
    assert marked(client) == [False]


def test_others_come_in_the_place_of_what_is_left_out(organizer: Person, client: FlaskClient, event: Event) -> None:
    kept = [uploads.published(event, f"Letters {number}").id for number in range(LEAFLETS_ON_HOME)]
    made = making.published(organizer, event, "en")
    assert offered(client) == [made.id, *kept[:0:-1]]
    move_away(event)
    assert offered(client) == kept[::-1]
    assert marked(client) == [True, *[False] * LEAFLETS_ON_HOME]


def test_an_upload_is_never_marked(client: FlaskClient, event: Event) -> None:
    uploads.published(event)
    move_away(event)
    assert len(offered(client)) == 1
    assert marked(client) == [False]


@pytest.mark.usefixtures("event")
def test_any_number_of_cards_takes_as_many_queries(organizer: Person, client: FlaskClient) -> None:
    counts, group_id = [], organizer.group.id
    for _ in range(3):
        changed, fresh = (factories.event(db.session.get_one(Group, group_id)) for _ in range(2))
        for each in (changed, fresh):
            making.published(organizer, each, "en")
        move_away(changed)
        counts.append([asked(client, path) for path in ("/", "/leaflets", "/leaflets?q=leaflets")])
    assert len(offered(client)) == len(marked(client)) / 2 == 3
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
