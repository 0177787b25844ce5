"""The day of the purge follows the event while it is awaited, and no further."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from time_machine import TimeMachineFixture

from organizer import clock
from organizer.db import db, new_id
from organizer.events import service as events
from organizer.events.gate import Clearance, visible
from organizer.events.models import Event
from organizer.keeping import purge
from organizer.rsvps import service as rsvps
from organizer.rsvps.models import Capacity, Rsvp
from organizer.rsvps.rules import Coming, RsvpDetails
from tests import factories

Move = Callable[[Event, int], None]
WEEK = timedelta(days=7)
ORGANIZER = new_id()


@pytest.fixture
def event(app: Flask) -> Event:
    return factories.event()


def _answer(event: Event) -> None:
    rsvps.answer(visible(event, Clearance.PUBLIC, clock.now()), RsvpDetails(Coming.GOING, 1, "Leek"))


def _in_days(days: int) -> date:
    return (clock.now() + timedelta(days=days)).date()


def _reschedule(event: Event, days: int) -> None:
    events.reschedule(event, replace(event.when, starts_on=_in_days(days)), "", ORGANIZER)


def _edit(event: Event, days: int) -> None:
    events.edit(event, factories.details(event.group, starts_on=_in_days(days)), ORGANIZER)


def _postpone_and_reschedule(event: Event, days: int) -> None:
    events.postpone(event, "", ORGANIZER)
    _reschedule(event, days)


def _edit_while_cancelled(event: Event, days: int) -> None:
    events.cancel(event, "Rain.", ORGANIZER)
    _edit(event, days)
    events.reinstate(event, ORGANIZER)


WAYS = (_reschedule, _edit, _postpone_and_reschedule, _edit_while_cancelled)


def _row(event: Event) -> Capacity:
    return db.session.get_one(Capacity, event.id)


def _purge_at(event: Event) -> datetime:
    return _row(event).purge_at


def _answers() -> int:
    return db.session.scalar(select(func.count()).select_from(Rsvp)) or 0


@pytest.mark.parametrize("move", WAYS)
def test_no_new_date_keeps_the_answers_to_what_is_over_longer(
    event: Event, time_machine: TimeMachineFixture, move: Move
) -> None:
    _answer(event)
    ends_at = event.ends_at
    for days in (0, 3, 6):
        time_machine.move_to(ends_at + timedelta(days=days, minutes=1))
        move(event, 300)
        assert _purge_at(event) == ends_at + WEEK
    time_machine.move_to(ends_at + WEEK)
    assert purge.run() == 1
    assert _answers() == 0


def test_an_event_with_a_new_date_is_asked_for_anew_once_the_old_answers_are_gone(
    event: Event, time_machine: TimeMachineFixture
) -> None:
    _answer(event)
    time_machine.move_to(event.ends_at + timedelta(days=1))
    _reschedule(event, 30)
    time_machine.move_to(_purge_at(event))
    assert purge.run() == 1

    _answer(event)
    assert (_row(event).purged_at, _purge_at(event)) == (None, event.ends_at + WEEK)
    assert purge.run() == 0
    assert _answers() == 1


def test_what_is_over_without_an_answer_can_be_given_any_date(event: Event, time_machine: TimeMachineFixture) -> None:
    event_id = event.id
    time_machine.move_to(event.ends_at + timedelta(days=20))
    assert purge.run() == 1
    event = db.session.get_one(Event, event_id)
    _edit(event, 5)
    assert (_row(event).purged_at, _purge_at(event)) == (None, event.ends_at + WEEK)


@pytest.mark.parametrize("move", WAYS)
def test_the_answers_to_what_is_still_awaited_go_with_its_new_date(event: Event, move: Move) -> None:
    _answer(event)
    move(event, 60)
    assert _purge_at(event) == event.ends_at + WEEK
    move(event, 40)
    assert _purge_at(event) == event.ends_at + WEEK


def test_what_was_postponed_in_time_keeps_its_answers_for_a_date_within_thirty_days(
    event: Event, time_machine: TimeMachineFixture
) -> None:
    _answer(event)
    ends_at = event.ends_at
    events.postpone(event, "", ORGANIZER)
    assert _purge_at(event) == ends_at + timedelta(days=30)
    time_machine.move_to(ends_at + timedelta(days=29))
    _reschedule(event, 10)
    assert _purge_at(event) == event.ends_at + WEEK


def test_a_cancellation_that_is_taken_back_in_time_keeps_the_answers(
    event: Event, time_machine: TimeMachineFixture
) -> None:
    _answer(event)
    events.cancel(event, "Rain.", ORGANIZER)
    assert _purge_at(event) < event.ends_at
    time_machine.move_to(clock.now() + timedelta(days=6))
    events.reinstate(event, ORGANIZER)
    assert _purge_at(event) == event.ends_at + WEEK


def test_what_is_over_may_be_purged_earlier(event: Event, time_machine: TimeMachineFixture) -> None:
    _answer(event)
    time_machine.move_to(event.ends_at + timedelta(days=1))
    _edit(event, -3)
    assert _purge_at(event) == event.ends_at + WEEK
