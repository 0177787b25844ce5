"""What the privacy page tells: steps instead of numbers, and the days on which answers go."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from time_machine import TimeMachineFixture

from organizer import clock
from organizer.events.gate import Clearance, visible
from organizer.events.models import Event
from organizer.keeping import held, purge
from organizer.keeping.held import Held
from organizer.rsvps import service as rsvps
from organizer.rsvps.rules import Coming, RsvpDetails
from tests import factories
from tests.factories import Person


def _answer(event: Event, times: int) -> None:
    seen = visible(event, Clearance.PUBLIC, clock.now())
    for _ in range(times):
        rsvps.answer(seen, RsvpDetails(Coming.GOING, 1))


def test_an_untouched_site_holds_nothing(app: Flask) -> None:
    assert held.now() == Held(0, 0, 0, next_on=None, emptied=0, emptied_on=None)


def test_a_few_are_told_as_none_and_more_as_a_step(app: Flask) -> None:
    event = factories.event()
    _answer(event, 9)
    assert held.now().answers == 0
    _answer(event, 3)
    assert held.now().answers == 10


def test_the_day_of_the_next_purge_is_told_where_there_are_answers(app: Flask) -> None:
    factories.event(starts_on=(clock.now() + timedelta(days=5)).date())
    later = factories.event()
    assert held.now().next_on is None
    _answer(later, 1)
    assert held.now().next_on == (later.ends_at + timedelta(days=7)).date()


def test_what_was_emptied_is_counted_where_there_had_been_answers(app: Flask, time_machine: TimeMachineFixture) -> None:
    event, quiet = factories.event(), factories.event()
    assert quiet.ends_at == event.ends_at
    _answer(event, 1)
    time_machine.move_to(event.ends_at + timedelta(days=9))
    purge.run()
    now = held.now()
    assert (now.next_on, now.emptied, now.emptied_on) == (None, 1, clock.today())


def test_the_privacy_page_says_who_runs_this_what_is_held_and_for_how_long(
    client: FlaskClient, organizer: Person
) -> None:
    event = factories.event(organizer.group)
    _answer(event, 12)
    page = client.get("/privacy").text
    for told in (
        organizer.group.name,
        "table@bay.example",
        "10+",
        "&lt; 10",
        "7 days",
        "30 days",
        "neither stored nor logged",
    ):
        assert told in page


def test_the_privacy_page_of_an_untouched_site_stands(client: FlaskClient) -> None:
    page = client.get("/privacy")
    assert page.status_code == 200
    assert "Nobody has begun here yet." in page.text


def test_reading_the_privacy_page_sets_no_cookie(client: FlaskClient) -> None:
    assert "Set-Cookie" not in client.get("/privacy").headers
