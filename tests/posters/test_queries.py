"""Organizers are told when an action's page says something else by now than what was made from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import time, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from time_machine import TimeMachineFixture

from organizer.db import db
from organizer.events import service as events
from organizer.events.models import Event
from organizer.events.rules import SpotShown, Texts, Visibility
from organizer.leaflets import queries as leaflet_queries
from organizer.leaflets import service as leaflets
from organizer.leaflets.models import Leaflet
from organizer.posters import queries
from tests import factories, querying
from tests.factories import Person
from tests.posters import making
from tests.posters.making import ready

pytestmark = pytest.mark.usefixtures("given")
TOLD = "The action has changed since this was made"
OVERTAKEN = "The action has changed since this was printed."
OFF = "does not take place as planned"


@pytest.fixture
def leaflet(organizer: Person, event: Event) -> Leaflet:
    """A poster in two languages."""
    return ready(organizer, event, "en", "uk")


def pages(person: Person, event: Event, leaflet: Leaflet) -> tuple[str, str]:
    """The leaflet's own page and the one that lists the event's."""
    return person.client.get(f"/leaflets/{leaflet.id}").text, person.client.get(f"/events/{event.id}/leaflets").text


def is_told(person: Person, event: Event, leaflet: Leaflet) -> bool:
    told = [TOLD in page for page in pages(person, event, leaflet)]
    assert told[0] == told[1]
    return told[0]


def move(event: Event, **changes: object) -> None:
    events.reschedule(event, replace(event.when, **changes), "", "")  # type: ignore[arg-type] # a field's name


CHANGES: dict[str, Callable[[Event], object]] = {
    "title": lambda event: making.change(event, title="Letters at the market", what_to_bring="A pen"),
    "place": lambda event: making.change(event, place="Lake Merritt", what_to_bring="A pen"),
    "what to bring": lambda event: making.change(event, what_to_bring="A pen and a chair"),
    "time": lambda event: move(event, starts_time=time(11)),
    "another language": lambda event: events.translate(event, "uk", Texts("Листи"), ""),
}
OTHER_CHANGES: dict[str, Callable[[Event], object]] = {
    "private notes": lambda event: making.change(event, what_to_bring="A pen", private_notes="Call the press"),
    "a language that is not on it": lambda event: events.translate(event, "fa", Texts("نامه‌ها"), ""),
    "a notice": lambda event: events.post_notice(event, {"en": "We are at the north gate"}, ""),
}


@pytest.mark.parametrize("change", CHANGES)
def test_it_is_told_when_what_stands_on_it_has_changed(
    organizer: Person, event: Event, leaflet: Leaflet, change: str
) -> None:
    assert not is_told(organizer, event, leaflet)
    CHANGES[change](event)
    assert is_told(organizer, event, leaflet)
    assert all(f"/leaflets/{leaflet.id}/make-anew" in page for page in pages(organizer, event, leaflet))
    making.anew(organizer, leaflet)
    assert not is_told(organizer, event, leaflet)


@pytest.mark.parametrize("change", OTHER_CHANGES)
def test_nothing_is_told_of_what_does_not_stand_on_it(
    organizer: Person, event: Event, leaflet: Leaflet, change: str
) -> None:
    OTHER_CHANGES[change](event)
    assert not is_told(organizer, event, leaflet)


def test_whoever_reads_in_another_language_is_told_no_more(organizer: Person, event: Event, leaflet: Leaflet) -> None:
    for code in ("es", "uk", "fa", "zh"):
        organizer.client.get(f"/?lang={code}")
        assert queries.outdated([leaflet]) == {}
        page = organizer.client.get(f"/leaflets/{leaflet.id}").text
        assert f'lang="{code}"' in page
        assert page.count("make-anew") == 1


def test_of_a_cancelled_action_it_is_told_that_nothing_is_made_anew(
    organizer: Person, event: Event, leaflet: Leaflet
) -> None:
    leaflets.publish(leaflet, organizer.account_id, 1)
    events.cancel(event, "Rain", organizer.account_id)
    own, listed = pages(organizer, event, leaflet)
    assert TOLD in own
    assert TOLD in listed
    assert OFF in own
    assert "make-anew" not in listed


def test_everyone_who_reads_a_published_one_is_led_to_what_holds_until_the_new_one_is_there(
    client: FlaskClient, organizer: Person, event: Event, leaflet: Leaflet
) -> None:
    leaflets.publish(leaflet, organizer.account_id, 1)
    path = f"/leaflets/{leaflet.id}"
    assert OVERTAKEN not in client.get(path).text
    making.change(event, place="Lake Merritt", what_to_bring="A pen")
    assert is_told(organizer, event, leaflet)
    assert OVERTAKEN not in organizer.client.get(path).text
    page = client.get(path).text
    assert TOLD not in page
    assert "make-anew" not in page
    assert f'<a href="/events/{event.slug}">What holds is on its page</a>' in page
    making.anew(organizer, leaflet)
    assert not is_told(organizer, event, leaflet)
    assert OVERTAKEN in client.get(path).text
    assert OVERTAKEN in organizer.client.get(path).text
    leaflets.publish(leaflet, organizer.account_id, 2)
    assert OVERTAKEN not in client.get(path).text
    assert OVERTAKEN in client.get(f"{path}/versions/1").text


def test_everyone_is_told_of_a_cancelled_action_and_of_one_that_is_not_for_them(
    app: Flask, organizer: Person, event: Event, leaflet: Leaflet
) -> None:
    leaflets.publish(leaflet, organizer.account_id, 1)
    leaflets.bring(factories.event(organizer.group), [leaflet.id], organizer.account_id)
    making.change(event, visibility=Visibility.PRIVATE, what_to_bring="A pen")
    page = app.test_client().get(f"/leaflets/{leaflet.id}").text
    assert OVERTAKEN in page
    assert f"/events/{event.id}" not in page
    making.change(event, visibility=Visibility.UNLISTED, what_to_bring="A pen")
    events.cancel(event, "Rain", organizer.account_id)
    assert OVERTAKEN in app.test_client().get(f"/leaflets/{leaflet.id}").text


def test_the_desk_names_the_actions_whose_leaflets_say_something_else(
    organizer: Person, event: Event, leaflet: Leaflet
) -> None:
    other = factories.event(organizer.group, title="Another day")
    leaflets.publish(leaflet, organizer.account_id, 1)
    leaflets.bring(other, [leaflet.id], organizer.account_id)
    desk = f"/groups/{organizer.group.slug}/desk"
    said = "1 leaflet for {} says something else than its action’s page by now."
    assert "something else" not in organizer.client.get(desk).text
    making.change(event, place="Lake Merritt", what_to_bring="A pen")
    page = organizer.client.get(desk).text
    assert said.format(event.title) in page
    assert said.format(other.title) in page
    assert queries.outdated_of([other.id]).all == {other.id: 1}
    making.anew(organizer, leaflet)
    assert "something else" not in organizer.client.get(desk).text


def test_the_desk_counts_one_that_waits_and_was_overtaken_once(
    organizer: Person, event: Event, leaflet: Leaflet
) -> None:
    desk, other = f"/groups/{organizer.group.slug}/desk", ready(organizer, event, "uk")
    overtaken = f"{{}} for {event.title} {{}} something else than"
    one, two = overtaken.format("1 leaflet", "says"), overtaken.format("2 leaflets", "say")
    assert f"2 leaflets for {event.title} wait for your look." in organizer.client.get(desk).text
    making.change(event, place="Lake Merritt", what_to_bring="A pen")
    assert queries.outdated_of([event.id]).waiting == {event.id: 2}
    page = organizer.client.get(desk).text
    assert two in page
    assert "your look" not in page
    making.anew(organizer, other)
    page = organizer.client.get(desk).text
    assert one in page
    assert f"1 leaflet for {event.title} waits for your look." in page
    making.anew(organizer, leaflet)
    leaflets.publish(leaflet, organizer.account_id, leaflet.shown.number)
    making.change(event, place="Lake Temescal", what_to_bring="A pen")
    assert queries.outdated_of([event.id]).waiting == {event.id: 1}
    page = organizer.client.get(desk).text
    assert two in page
    assert "your look" not in page


def test_of_what_is_over_the_desk_tells_nothing(
    organizer: Person, event: Event, leaflet: Leaflet, time_machine: TimeMachineFixture
) -> None:
    making.change(event, place="Lake Merritt", what_to_bring="A pen")
    assert queries.outdated_of([event.id]).all == {event.id: 1}
    time_machine.move_to(event.ends_at)
    assert queries.outdated_of([event.id]).all == {}


def test_it_is_told_when_the_page_shows_the_exact_spot(organizer: Person, time_machine: TimeMachineFixture) -> None:
    event = factories.event(organizer.group, spot="The north gate", spot_shown=SpotShown.BEFORE_START)
    leaflet = ready(organizer, event, "en")
    assert not is_told(organizer, event, leaflet)
    time_machine.move_to(event.starts_at - timedelta(hours=2))
    assert is_told(organizer, event, leaflet)


def test_after_the_action_nothing_is_told(
    organizer: Person, event: Event, leaflet: Leaflet, time_machine: TimeMachineFixture
) -> None:
    making.change(event, title="Letters at the market")
    time_machine.move_to(event.ends_at)
    assert queries.outdated([leaflet]) == {}


def test_one_of_another_action_is_compared_with_the_one_that_it_was_made_from(
    organizer: Person, event: Event, leaflet: Leaflet
) -> None:
    other = factories.event(organizer.group, title="Another day")
    leaflets.publish(leaflet, organizer.account_id, 1)
    leaflets.bring(other, [leaflet.id], organizer.account_id)
    making.change(other, title="Yet another day")
    assert not is_told(organizer, other, leaflet)
    making.change(event, visibility=Visibility.PRIVATE)
    assert is_told(organizer, other, leaflet)


def test_many_ask_the_database_no_more_than_one(organizer: Person, event: Event, leaflet: Leaflet) -> None:
    all_there = factories.event(organizer.group)
    for each in (factories.event(organizer.group), factories.event(organizer.group), all_there):
        made = ready(organizer, each, "en")
        leaflets.publish(made, organizer.account_id, 1)
        if each is not all_there:
            leaflets.bring(all_there, [made.id], organizer.account_id)
    one, several = map(asked, [event.id, all_there.id])
    assert one == several
    ids = [each.id for each in db.session.query(Event)]
    assert len(ids) == 4
    assert counted(lambda: queries.outdated_of(ids[:1])) == counted(lambda: queries.outdated_of(ids))


def asked(event_id: str) -> int:
    """How many statements the event's leaflets take."""
    return counted(lambda: queries.outdated(leaflet_queries.of_event(event_id)))


def counted(read: Callable[[], object]) -> int:
    """How many statements it takes, when nothing else is in memory."""
    db.session.rollback()
    db.session.expunge_all()
    return querying.asked(read)
