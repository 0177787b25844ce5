"""Where whoever has a leaflet in her hand can go next."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event as listening
from time_machine import TimeMachineFixture

from organizer import clock
from organizer.db import db
from organizer.events import service as events
from organizer.events.models import Event
from organizer.events.rules import SpotShown, Visibility
from organizer.leaflets import coming
from organizer.leaflets import service as leaflets
from organizer.leaflets.models import Leaflet
from tests import factories
from tests.factories import Person
from tests.leaflets import sending

WHO = "a" * 26
MARK = 'id="next"'


@pytest.fixture
def leaflet(organizer: Person, event: Event) -> Leaflet:
    """A published one, handed out at an action in thirty days."""
    return db.session.get_one(Leaflet, sending.published(organizer, event, sending.jpeg()).split("/")[2])


def _in(days: int, of: Event, **changes: object) -> Event:
    """One more action of the same group."""
    on = (clock.now() + timedelta(days=days)).date()
    return factories.event(of.group, starts_on=on, **changes)  # type: ignore[arg-type] # named by the test


def _next(client: FlaskClient, leaflet: Leaflet) -> str:
    """That part of the leaflet's page."""
    return client.get(f"/leaflets/{leaflet.id}").text.partition(MARK)[2].partition("</section>")[0]


def test_the_next_action_and_who_does_it_stand_above_the_pages(
    client: FlaskClient, leaflet: Leaflet, event: Event
) -> None:
    page = client.get(f"/leaflets/{leaflet.id}").text
    assert page.index(MARK) < page.index("/pages/1/large.webp") < page.index("/file")
    part = _next(client, leaflet)
    assert event.title in part
    assert "Grand Lake market" in part
    assert f'href="/events/{event.slug}"' in part
    assert f'href="/groups/{event.group.slug}"' in part
    assert part.count('class="button') == 1


def test_the_soonest_of_its_own_actions_comes_before_others_of_the_group(
    client: FlaskClient, leaflet: Leaflet, event: Event
) -> None:
    _in(2, event, title="Only the group's")
    sooner = _in(20, event, title="The sooner one")
    assert "Leaflets at the market" in _next(client, leaflet)
    leaflets.bring(sooner, [leaflet.id], WHO)
    assert "The sooner one" in _next(client, leaflet)


def test_when_its_actions_are_over_the_group_has_another(
    client: FlaskClient, leaflet: Leaflet, event: Event, time_machine: TimeMachineFixture
) -> None:
    other = _in(40, event, title="A vigil")
    factories.event(title="Of another group")
    time_machine.move_to(event.ends_at)
    assert f'href="/events/{other.slug}"' in _next(client, leaflet)
    time_machine.move_to(other.ends_at)
    part = _next(client, leaflet)
    assert "/events/" not in part
    assert f'href="/groups/{event.group.slug}"' in part


def test_it_leads_to_nothing_that_does_not_take_place(client: FlaskClient, leaflet: Leaflet, event: Event) -> None:
    other = _in(40, event, title="A vigil")
    events.cancel(event, "The hall is closed.", WHO)
    assert "A vigil" in _next(client, leaflet)
    events.postpone(other, "", WHO)
    assert "/events/" not in _next(client, leaflet)


@pytest.mark.parametrize(
    "hidden", [{"published": False}, {"visibility": Visibility.UNLISTED}, {"visibility": Visibility.PRIVATE}]
)
def test_it_tells_only_what_strangers_may_see(
    client: FlaskClient, organizer: Person, leaflet: Leaflet, event: Event, hidden: dict[str, object]
) -> None:
    secret = _in(1, event, title="For few", **hidden)
    leaflets.bring(secret, [leaflet.id], WHO)
    for anyone in (client, organizer.client):
        assert "For few" not in _next(anyone, leaflet)
        assert "Leaflets at the market" in _next(anyone, leaflet)


def test_the_exact_place_stays_behind_the_gate(client: FlaskClient, organizer: Person, event: Event) -> None:
    del event
    kept = factories.event(organizer.group, spot="Behind the third willow", spot_shown=SpotShown.TO_ANSWERED)
    made = db.session.get_one(Leaflet, sending.published(organizer, kept, sending.jpeg()).split("/")[2])
    assert "third willow" not in client.get(f"/leaflets/{made.id}").text


def test_a_page_before_it_is_published_has_its_own_next_step(organizer: Person, event: Event) -> None:
    address = sending.sent(organizer, event, sending.jpeg())
    assert MARK not in organizer.client.get(address).text


@pytest.fixture
def statements(app: Flask) -> Iterator[Callable[[], int]]:
    """How many statements the database has been asked since the last look."""
    told: list[object] = []

    def listen(*given: object) -> None:
        told.append(given[2])

    def since() -> int:
        count = len(told)
        told.clear()
        return count

    listening.listen(db.engine, "before_cursor_execute", listen)
    yield since
    listening.remove(db.engine, "before_cursor_execute", listen)


def test_many_actions_take_as_many_queries_as_one(
    leaflet: Leaflet, event: Event, statements: Callable[[], int]
) -> None:
    seen = []
    for number in range(3):
        db.session.rollback()
        group_id = leaflet.group_id
        assert group_id
        statements()
        assert coming.next_action(leaflet) is not None
        seen.append(statements())
        leaflets.bring(_in(number + 3, event), [leaflet.id], WHO)
    assert seen[0] == seen[-1]
