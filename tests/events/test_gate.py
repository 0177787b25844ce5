"""The exact spot is nowhere before it may be: every output, every viewer, every way of showing it, before and after."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from time_machine import TimeMachineFixture

from organizer import clock
from organizer.calendars import jobs as calendar_jobs
from organizer.events.models import Event
from organizer.groups.models import Group
from organizer.policy import Role
from tests import factories
from tests.factories import Person, post

SPOT = "behind the third plane tree"
HOURS_BEFORE = 3


@pytest.fixture
def start_at(time_machine: TimeMachineFixture) -> datetime:
    """Frozen four days before the event."""
    time_machine.move_to(datetime.fromisoformat("2026-06-09T12:00:30+00:00"), tick=False)
    return clock.now() + timedelta(days=4)


def _event(group: Group, start_at: datetime, shown: str, **changes: Any) -> Event:
    return factories.event(
        group,
        zone="UTC",
        starts_on=start_at.date(),
        starts_time=start_at.time().replace(second=0),
        ends_time=None,
        tags=("letters",),
        spot=SPOT,
        spot_shown=shown,
        spot_hours_before=HOURS_BEFORE,
        **changes,
    )


def _everything(client: FlaskClient, event: Event) -> dict[str, str]:
    """Every output that an event can be in, as this browser gets it, unfolded."""
    group, city, address = event.group.slug, event.city.slug, event.slug or event.id
    paths = ["/", "/past", f"/groups/{group}", f"/cities/{city}", "/tags/letters", f"/events/{address}"]
    paths += [f"/events/{address}/answer", "/privacy", "/events.ics", f"/events/{event.id}.ics"]
    paths += [f"/groups/{group}.ics", f"/cities/{city}.ics", "/tags/letters.ics", "/no/such/page"]
    paths += ["/events.atom", f"/groups/{group}.atom", f"/events/{address}/statements/new", "/statements"]
    return {path: client.get(path).text.replace("\r\n ", "") for path in paths}


def _shown_in(client: FlaskClient, event: Event) -> set[str]:
    return {path for path, text in _everything(client, event).items() if SPOT in text}


def _answered(app: Flask, event: Event) -> tuple[FlaskClient, str]:
    browser = app.test_client()
    address = event.slug or event.id
    answer = post(browser, f"/events/{address}/answer", {"coming": "going", "party_size": "1"})
    assert answer.status_code == 303, answer.text
    return browser, answer.location.partition("?")[0]


@pytest.mark.parametrize("shown", ["to_answered", "before_start"])
def test_nobody_finds_the_spot_before_its_time(app: Flask, client: FlaskClient, start_at: datetime, shown: str) -> None:
    event = _event(factories.group(), start_at, shown)
    assert _shown_in(client, event) == set()
    stranger = factories.person(app).client
    assert _shown_in(stranger, event) == set()


def test_an_answer_opens_its_own_page_and_nothing_else(app: Flask, client: FlaskClient, start_at: datetime) -> None:
    event = _event(factories.group(), start_at, "to_answered")
    browser, mine = _answered(app, event)
    assert SPOT in browser.get(mine).text
    assert SPOT in browser.get(f"{mine}/calendar.ics").text.replace("\r\n ", "")
    assert _shown_in(browser, event) == set()
    assert client.get(mine).status_code == 404


def test_an_answer_opens_nothing_of_a_spot_that_time_releases(app: Flask, start_at: datetime) -> None:
    event = _event(factories.group(), start_at, "before_start")
    browser, mine = _answered(app, event)
    assert SPOT not in browser.get(mine).text
    assert SPOT not in browser.get(f"{mine}/calendar.ics").text.replace("\r\n ", "")


@pytest.mark.parametrize("role", [Role.MEMBER, Role.ORGANIZER])
def test_the_group_sees_it_on_the_page_and_its_feeds_stay_public(app: Flask, start_at: datetime, role: Role) -> None:
    event = _event(factories.group(), start_at, "before_start")
    inside = factories.person(app, role, of=event.group).client
    assert _shown_in(inside, event) == {f"/events/{event.slug}"}


def test_it_is_released_to_all_at_its_hour_and_not_a_minute_before(
    client: FlaskClient, start_at: datetime, time_machine: TimeMachineFixture
) -> None:
    event = _event(factories.group(), start_at, "before_start")
    before = client.get("/events.ics").headers
    release_at = event.starts_at - timedelta(hours=HOURS_BEFORE)
    time_machine.move_to(release_at - timedelta(seconds=1), tick=False)
    calendar_jobs.release_due()
    assert _shown_in(client, event) == set()
    time_machine.move_to(release_at, tick=False)
    calendar_jobs.release_due()
    shown = _shown_in(client, event)
    assert {f"/events/{event.slug}", "/events.ics", f"/events/{event.id}.ics"} <= shown
    after = client.get("/events.ics").headers
    assert after["ETag"] != before["ETag"]
    assert f"LAST-MODIFIED:{release_at:%Y%m%dT%H%M%SZ}" in client.get(f"/events/{event.id}.ics").text


def test_a_page_rendered_before_the_hour_is_not_shown_after_it_by_the_calendar_job_alone(
    client: FlaskClient, start_at: datetime, time_machine: TimeMachineFixture
) -> None:
    event = _event(factories.group(), start_at, "before_start")
    client.get(f"/events/{event.slug}")
    time_machine.move_to(event.starts_at - timedelta(hours=HOURS_BEFORE), tick=False)
    assert SPOT in client.get(f"/events/{event.slug}").text
    assert SPOT not in client.get("/events.ics").text.replace("\r\n ", "")


@pytest.mark.parametrize("change", ["postpone", "cancel"])
def test_an_event_that_does_not_take_place_releases_nothing(
    client: FlaskClient, organizer: Person, start_at: datetime, time_machine: TimeMachineFixture, change: str
) -> None:
    event = _event(organizer.group, start_at, "before_start")
    assert post(organizer.client, f"/events/{event.id}/{change}", {"reason": "smoke"}).status_code == 303
    time_machine.move_to(event.starts_at - timedelta(hours=1), tick=False)
    calendar_jobs.release_due()
    assert _shown_in(client, event) == set()


def test_moving_a_released_event_hides_the_spot_again(
    client: FlaskClient, organizer: Person, start_at: datetime, time_machine: TimeMachineFixture
) -> None:
    event = _event(organizer.group, start_at, "before_start")
    time_machine.move_to(event.starts_at - timedelta(hours=1), tick=False)
    calendar_jobs.release_due()
    assert SPOT in client.get("/events.ics").text.replace("\r\n ", "")
    later = (event.starts_at + timedelta(days=7)).date().isoformat()
    moved = {"starts_on": later, "starts_time": "12:00", "zone": "UTC", "reason": "smoke"}
    assert post(organizer.client, f"/events/{event.id}/reschedule", moved).status_code == 303
    found = client.get(f"/events/{event.id}", follow_redirects=True)
    assert found.status_code == 200
    assert SPOT not in found.text
    assert SPOT not in client.get("/events.ics").text.replace("\r\n ", "")


@pytest.mark.parametrize(("visibility", "status"), [("unlisted", 200), ("private", 404)])
def test_what_is_not_public_is_in_no_list_and_no_shared_feed(
    app: Flask, client: FlaskClient, start_at: datetime, visibility: str, status: int
) -> None:
    event = _event(factories.group(), start_at, "at_once", visibility=visibility)
    assert event.slug is None
    assert client.get(f"/events/{event.id}").status_code == status
    assert client.get(f"/events/{event.id}.ics").status_code == status
    outside = {path: text for path, text in _everything(client, event).items() if event.id not in path}
    assert not [path for path, text in outside.items() if SPOT in text or event.title in text]
    inside = factories.person(app, Role.MEMBER, of=event.group).client
    assert event.title in inside.get(f"/events/{event.id}").text


@pytest.mark.parametrize("published", [True, False])
def test_taking_an_event_back_from_the_public_is_at_once(
    client: FlaskClient, organizer: Person, start_at: datetime, published: bool
) -> None:
    event = _event(organizer.group, start_at, "at_once", published=published)
    slug = event.slug
    assert client.get(f"/events/{event.id}.ics").status_code == (200 if published else 404)
    form = organizer.client.get(f"/events/{event.id}/edit").text
    assert "private_notes" in form
    fields = _form_of(event)
    assert post(organizer.client, f"/events/{event.id}/edit", {**fields, "visibility": "private"}).status_code == 303
    for path in (f"/events/{event.id}", f"/events/{slug}", f"/events/{event.id}.ics"):
        assert client.get(path).status_code == 404, path
    assert event.title not in client.get("/").text + client.get("/events.ics").text


def _form_of(event: Event) -> dict[str, object]:
    """The fields of the event's form as a browser would send them back."""
    text: Callable[[str], str] = lambda name: str(getattr(event, name) or "")  # noqa: E731
    names = ("kind", "title", "what_for", "starts_on", "place", "city_id", "zone", "language", "spot", "spot_shown")
    return {**{name: text(name) for name in names}, "starts_time": event.starts_time.strftime("%H:%M")}  # type: ignore[union-attr]
