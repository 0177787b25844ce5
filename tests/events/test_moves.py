"""A new time: what is asked, what everyone is told, and what a start that was not moved leaves untold."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from flask.testing import FlaskClient
from time_machine import TimeMachineFixture

from organizer.db import db
from organizer.events import service as events
from organizer.events.models import Event
from organizer.events.rules import Occurrence
from tests import factories
from tests.factories import Person, post

DAY = date(2027, 3, 6)
ACTOR = "a" * 26


@pytest.fixture(autouse=True)
def _two_months_before(time_machine: TimeMachineFixture) -> None:
    time_machine.move_to("2027-01-10T12:00:00+00:00")


@pytest.fixture
def event(organizer: Person) -> Event:
    """From 5 PM to 7 PM."""
    return factories.event(organizer.group, starts_on=DAY, starts_time=time(17), ends_time=time(19))


def _shown(client: FlaskClient, path: str) -> str:
    text = client.get(path, follow_redirects=True).text
    return text.replace("\r\n ", "").replace("\\,", ",").replace("\u202f", " ")


def _when(event: Event, **changes: str) -> dict[str, str]:
    """The form of a new time as it is offered, with what is typed into it."""
    offered = {"starts_on": event.starts_on.isoformat(), "starts_time": "17:00", "ends_time": "", "zone": event.zone}
    return {**offered, **changes}


def _move(organizer: Person, event: Event, **changes: str) -> Event:
    moved = post(organizer.client, f"/events/{event.id}/reschedule", _when(event, **changes))
    assert moved.status_code == 303, moved.text
    db.session.rollback()
    return db.session.get_one(Event, event.id)


def test_a_new_hour_is_told_everywhere_beside_the_old_one(client: FlaskClient, organizer: Person, event: Event) -> None:
    mine = post(client, f"/events/{event.slug}/answer", {"coming": "going", "party_size": "1"}).location
    _move(organizer, event, starts_time="18:00")
    for path in (f"/events/{event.slug}", mine, "/events.ics", f"/events/{event.id}.ics", "/events.atom"):
        shown = _shown(client, path)
        assert "New time" in shown, path
        assert "6:00 PM, was 5:00 PM" in shown, path
    assert "New time" in _shown(client, "/")
    assert "New date" not in _shown(client, "/") + _shown(client, f"/events/{event.slug}")
    assert '"previousStartDate": "2027-03-06T17:00:00-08:00"' in _shown(client, f"/events/{event.slug}")


def test_a_new_day_is_told_as_one(client: FlaskClient, organizer: Person, event: Event) -> None:
    _move(organizer, event, starts_on="2027-03-13")
    told = "Saturday, March 13, 2027, was Saturday, March 6, 2027"
    assert told in _shown(client, f"/events/{event.id}")
    _move(organizer, event, starts_on="2027-03-20", starts_time="18:00")
    assert "March 20, 2027, 6:00 PM, was Saturday, March 13, 2027, 5:00 PM" in _shown(client, f"/events/{event.id}.ics")


def test_a_move_is_told_in_the_readers_own_way_of_writing_time(
    client: FlaskClient, organizer: Person, event: Event
) -> None:
    _move(organizer, event, starts_time="18:00")
    page = client.get(f"/events/{event.slug}", headers={"Accept-Language": "uk"}).text
    assert "18:00" in page
    assert "17:00" in page


def test_changing_the_hour_on_the_events_form_is_a_new_time_too(
    client: FlaskClient, organizer: Person, event: Event
) -> None:
    later = factories.details(organizer.group, starts_on=DAY, starts_time=time(18), ends_time=time(19))
    events.edit(event, later, ACTOR)
    assert "6:00 PM, was 5:00 PM" in _shown(client, f"/events/{event.slug}")
    assert "6:00 PM, was 5:00 PM" in _shown(client, "/events.ics")
    events.edit(event, replace(later, title="A typo mended"), ACTOR)
    assert "6:00 PM, was 5:00 PM" in _shown(client, f"/events/{event.id}")


def test_changing_a_postponed_event_to_a_new_day_gives_it_that_date(
    client: FlaskClient, organizer: Person, event: Event
) -> None:
    events.postpone(event, "Smoke", ACTOR)
    events.edit(event, factories.details(organizer.group, starts_on=DAY + timedelta(days=7)), ACTOR)
    shown = _shown(client, f"/events/{event.id}")
    assert "no new date yet" not in shown
    assert "was Saturday, March 6, 2027, 5:00 PM" in shown
    assert "Smoke" not in shown


def test_a_mended_record_of_what_is_over_is_no_move(client: FlaskClient, organizer: Person) -> None:
    event = factories.event(organizer.group, starts_on=date(2023, 1, 20))
    events.edit(event, factories.details(organizer.group, starts_on=date(2023, 1, 21)), ACTOR)
    assert event.occurrence == Occurrence.SCHEDULED
    assert "banner" not in _shown(client, f"/events/{event.id}")


def test_a_draft_has_told_nobody_and_a_later_end_moves_nothing(organizer: Person, event: Event) -> None:
    draft = factories.event(organizer.group, published=False, starts_on=DAY)
    assert _move(organizer, draft, starts_time="18:00").occurrence == Occurrence.SCHEDULED
    assert _move(organizer, event, ends_time="20:00").occurrence == Occurrence.SCHEDULED


def test_a_postponed_event_can_have_its_old_time_back(client: FlaskClient, organizer: Person, event: Event) -> None:
    events.postpone(event, "Smoke", ACTOR)
    assert _move(organizer, event).occurrence == Occurrence.SCHEDULED
    assert "banner" not in _shown(client, f"/events/{event.slug}")


def test_a_cancellation_that_is_taken_back_still_tells_of_the_move(
    client: FlaskClient, organizer: Person, event: Event
) -> None:
    _move(organizer, event, starts_time="18:00")
    events.cancel(event, "A storm", ACTOR)
    assert "was 5:00 PM" not in _shown(client, f"/events/{event.slug}")
    events.reinstate(event, ACTOR)
    assert "6:00 PM, was 5:00 PM" in _shown(client, f"/events/{event.slug}")


@pytest.mark.parametrize(
    ("typed", "ends"),
    [
        ({"starts_time": "18:00"}, (None, time(20))),
        ({"starts_time": "23:30"}, (DAY + timedelta(days=1), time(1, 30))),
        ({"starts_time": "18:00", "ends_time": "21:00"}, (None, time(21))),
        ({"starts_time": "18:00", "is_open_ended": "y"}, (None, None)),
    ],
)
def test_a_new_start_alone_keeps_the_length(
    organizer: Person, event: Event, typed: dict[str, str], ends: tuple[date | None, time | None]
) -> None:
    moved = _move(organizer, event, **typed)
    assert (moved.ends_on, moved.ends_time) == ends


def test_the_form_begins_at_the_present_start_and_tells_the_present_time(organizer: Person, event: Event) -> None:
    page = _shown(organizer.client, f"/events/{event.id}/reschedule")
    assert "So far: Saturday, March 6, 2027, 5:00 PM to 7:00 PM, Pacific Time." in page
    assert 'value="17:00"' in page
    assert 'value="19:00"' not in page
    assert 'data-lasts="120"' in page


def test_a_weekend_and_whole_days_keep_their_length(organizer: Person) -> None:
    sunday = DAY + timedelta(days=1)
    group = organizer.group
    weekend = factories.event(group, starts_on=DAY, starts_time=time(17), ends_on=sunday, ends_time=time(12))
    days = factories.event(
        group, starts_on=DAY, starts_time=None, ends_on=sunday, ends_time=None, is_all_day=True, title="Days"
    )
    later = "2027-03-20"
    moved = _move(organizer, weekend, starts_on=later)
    assert (moved.ends_on, moved.ends_time) == (date(2027, 3, 21), time(12))
    moved = _move(organizer, days, starts_on=later, starts_time="", is_all_day="y")
    assert (moved.ends_on, moved.is_all_day) == (date(2027, 3, 21), True)
