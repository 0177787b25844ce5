"""What the desk tells and asks of the leaflets: before the day, on it and afterwards."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from time_machine import TimeMachineFixture

from organizer import clock, storage
from organizer.copies import service as copies
from organizer.copies.rules import CopiesDetails
from organizer.db import db
from organizer.events.models import Event
from organizer.leaflets import service as leaflets
from organizer.leaflets.models import EventLeaflet
from organizer.leaflets.rules import Kind, LeafletDetails, Upload
from tests import factories, querying
from tests.factories import Person, post
from tests.leaflets import sending

ZONE = ZoneInfo("America/Los_Angeles")
FORM = re.compile(r'action="([^"]*/left)"')


@pytest.fixture(autouse=True)
def blobs(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.extensions, "storage", storage.open_storage(tmp_path.as_uri()))


@pytest.fixture
def event(organizer: Person) -> Event:
    """From ten to one in three days, in California."""
    return factories.event(organizer.group, starts_on=clock.now().astimezone(ZONE).date() + timedelta(days=3))


def _handed_out(event: Event, title: str = "Letters to prisoners", **known: Any) -> EventLeaflet:
    """A leaflet of the event's, with what is known of its copies."""
    made = leaflets.upload(event, Upload(LeafletDetails(title, "en"), Kind.PICTURE, sending.jpeg()), "a" * 26)
    row = db.session.get_one(EventLeaflet, (event.id, made.id))
    if known:
        copies.change(row, CopiesDetails(**known), CopiesDetails().fingerprint, "a" * 26)
    return row


def _desk(organizer: Person) -> str:
    return organizer.client.get(f"/groups/{organizer.group.slug}/desk").text


def _next(organizer: Person) -> str:
    return _desk(organizer).partition('class="desk-next"')[2].partition("</section>")[0]


def _needs(organizer: Person) -> str:
    return _desk(organizer).partition('id="needs"')[2].partition("</section>")[0]


def _at(event: Event, hour: int, minute: int = 0) -> datetime:
    """That wall time on the day of the event."""
    return datetime.combine(event.starts_on, time(hour, minute), ZONE)


def test_before_the_day_it_tells_what_is_still_needed(organizer: Person, event: Event) -> None:
    _handed_out(event, needed=500, printed=400, brought_by="Wren")
    part = _next(organizer)
    assert "400 of 500 printed · Wren brings them" in part
    assert not FORM.search(part)
    assert "Leaflets left" not in part


def test_each_leaflet_is_a_row_whose_numbers_lead_to_where_they_are_changed(organizer: Person, event: Event) -> None:
    assert "Count copies" not in _next(organizer)
    uncounted, counted = _handed_out(event), _handed_out(event, "Another", needed=100)
    links = dict(re.findall(r'href="([^"]*/copies)"[^>]*>([^<]*)<', _next(organizer)))
    assert links == {
        f"/events/{event.id}/leaflets/{uncounted.leaflet_id}/copies": "Count copies",
        f"/events/{event.id}/leaflets/{counted.leaflet_id}/copies": "100 needed",
    }


@pytest.mark.parametrize("hours", [-48, 11])
def test_all_its_leaflets_are_one_press_away(
    organizer: Person, event: Event, time_machine: TimeMachineFixture, hours: int
) -> None:
    """Before the day and on it, whether or not there are any yet."""
    time_machine.move_to(_at(event, 0) + timedelta(hours=hours))
    assert f'href="/events/{event.id}/leaflets"' in _next(organizer).partition('class="desk-buttons"')[2]


def test_on_the_day_what_nobody_has_counted_can_still_be_counted(
    organizer: Person, event: Event, time_machine: TimeMachineFixture
) -> None:
    row = _handed_out(event)
    time_machine.move_to(_at(event, 11))
    part = _next(organizer)
    assert f'href="/events/{event.id}/leaflets/{row.leaflet_id}/copies"' in part
    assert "Count copies" in part
    assert not FORM.search(part)


@pytest.mark.parametrize(("hour", "minute"), [(0, 0), (12, 59)])
def test_on_the_day_where_it_happens_what_is_left_is_counted(
    organizer: Person, event: Event, time_machine: TimeMachineFixture, hour: int, minute: int
) -> None:
    _handed_out(event, printed=400)
    time_machine.move_to(_at(event, 0) - timedelta(minutes=1))
    assert not FORM.search(_next(organizer))
    time_machine.move_to(_at(event, hour, minute))
    part = _next(organizer)
    assert "Leaflets left" in part
    assert FORM.search(part)
    assert all(button in part for button in ("−10", "−50", "Set"))
    assert 'value="400"' in part


def test_one_press_leads_back_to_the_desk_with_what_is_left(
    organizer: Person, event: Event, time_machine: TimeMachineFixture
) -> None:
    _handed_out(event, printed=400)
    time_machine.move_to(_at(event, 11))
    action = FORM.search(_next(organizer))
    assert action
    desk = f"/groups/{organizer.group.slug}/desk"
    page = post(organizer.client, action[1], {"take": "50"}, form_at=desk, follow_redirects=True).text
    assert "350 left" in page
    assert 'value="350"' in page


def test_two_leaflets_are_told_apart_also_by_who_cannot_see(
    organizer: Person, event: Event, time_machine: TimeMachineFixture
) -> None:
    for title in ("English", "Russian"):
        _handed_out(event, title, printed=100)
    time_machine.move_to(_at(event, 11))
    part = _next(organizer)
    ids = re.findall(r'\bid="(left-[^"]*)"', part)
    assert len(set(ids)) == len(ids) == 2
    assert all(f'for="{each}"' in part for each in ids)
    assert len(set(FORM.findall(part))) == 2


def test_afterwards_it_asks_once_what_is_left_over(
    organizer: Person, event: Event, time_machine: TimeMachineFixture
) -> None:
    row = _handed_out(event, printed=400)
    assert "left over" not in _needs(organizer)
    time_machine.move_to(_at(event, 13, 1))
    assert _needs(organizer).count("How many leaflets are left over from") == 1
    path = f"/events/{event.id}/leaflets/{row.leaflet_id}/left"
    assert f'href="{path}"' in _needs(organizer)
    post(organizer.client, path, {"left_over": "30"})
    assert "left over" not in _needs(organizer)


def test_of_several_leaflets_it_asks_in_one_need(
    organizer: Person, event: Event, time_machine: TimeMachineFixture
) -> None:
    for title in ("English", "Russian"):
        _handed_out(event, title, printed=100)
    time_machine.move_to(_at(event, 13, 1))
    needs = _needs(organizer)
    assert needs.count("How many leaflets are left over from") == 1
    assert f'href="/events/{event.id}/leaflets"' in needs


@pytest.mark.parametrize("known", [{}, {"printed": 400, "handed_out": 390}, {"brought_by": "Wren"}])
def test_afterwards_it_does_not_ask_what_is_known_or_was_never_counted(
    organizer: Person, event: Event, time_machine: TimeMachineFixture, known: dict[str, Any]
) -> None:
    _handed_out(event, **known)
    time_machine.move_to(_at(event, 13, 1))
    assert "left over" not in _needs(organizer)


def test_after_two_months_it_asks_no_more(organizer: Person, event: Event, time_machine: TimeMachineFixture) -> None:
    _handed_out(event, printed=400)
    path = f"/groups/{organizer.group.slug}/desk"
    time_machine.move_to(event.ends_at + timedelta(days=61))
    again = factories.person(organizer.client.application, of=organizer.group)
    page = again.client.get(path)
    assert page.status_code == 200
    assert "left over" not in page.text


def test_a_name_that_is_late_to_go_is_told(organizer: Person, event: Event, time_machine: TimeMachineFixture) -> None:
    """Also where nobody has answered."""
    _handed_out(event, brought_by="Wren")
    time_machine.move_to(event.ends_at + timedelta(days=8, hours=1))
    assert f"What people told for {event.title} should be deleted by now, and is not." in _needs(organizer)


def test_any_number_of_leaflets_takes_the_same_queries(
    organizer: Person, event: Event, time_machine: TimeMachineFixture, counted: list[str]
) -> None:
    seen = []
    time_machine.move_to(_at(event, 11))
    for number in range(3):
        _handed_out(event, f"Leaflet {number}", printed=100, brought_by="Wren")
        counted.clear()
        _desk(organizer)
        seen.append(len(counted))
    assert seen[0] == seen[-1]


@pytest.fixture
def counted(app: Flask) -> Iterator[list[str]]:
    """The statements that the database is asked."""
    with querying.statements() as sent:
        yield sent
