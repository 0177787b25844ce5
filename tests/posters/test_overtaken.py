"""What says something else than its action's page by now is marked there, and left out of calendars."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import time, timedelta

import pytest
from flask.testing import FlaskClient
from time_machine import TimeMachineFixture

from organizer import outbox
from organizer.db import db
from organizer.events import service as events
from organizer.events.models import Event
from organizer.events.rules import SpotShown, Visibility
from organizer.groups import service as groups
from organizer.groups.models import Group
from organizer.groups.rules import GroupDetails
from organizer.leaflets import service as leaflets
from organizer.leaflets.models import Leaflet
from organizer.leaflets.rules import State
from organizer.posters import queries, words
from tests import factories, querying
from tests.factories import Person, post
from tests.leaflets import making as uploads
from tests.posters import making
from tests.posters.making import ready

pytestmark = pytest.mark.usefixtures("given")
MARK = "The action has changed since this was printed."
ABOVE = "What holds stands above."


@pytest.fixture
def poster(organizer: Person, event: Event) -> Leaflet:
    """A published one in two languages."""
    return making.published(organizer, event, "en", "uk")


@pytest.fixture
def other(organizer: Person, poster: Leaflet) -> Event:
    """Another action, at which the poster is handed out, too."""
    made = factories.event(organizer.group, title="Another day")
    leaflets.bring(made, [poster.id], organizer.account_id)
    return made


def page(client: FlaskClient, event: Event) -> str:
    """The event's page; what was answered in an earlier minute is kept no more."""
    answer = client.get(f"/events/{event.slug or event.id}")
    assert answer.status_code == 200
    return answer.text


def attached(client: FlaskClient, event: Event) -> list[str]:
    """The addresses of files in the event's entry, which its own feed and that of all events have alike."""
    own, everything = (
        client.get(path).text.replace("\r\n ", "") for path in (f"/events/{event.id}.ics", "/events.ics")
    )
    entry = re.search(r"BEGIN:VEVENT.*?END:VEVENT", own, re.DOTALL)
    assert entry
    assert entry[0] in everything or event.visibility != Visibility.PUBLIC
    found = re.findall(r"ATTACH;FMTTYPE=[^:]+:http://localhost(\S+)", entry[0])
    assert all(path.removesuffix("/file") in entry[0].partition("DESCRIPTION")[2] for path in found)
    return found


def changed(client: FlaskClient, event: Event) -> str:
    """When the event's entry was last changed."""
    found = re.search(r"DTSTAMP:(\w+)", client.get(f"/events/{event.id}.ics").text)
    assert found
    return found[1]


def path(leaflet: Leaflet) -> str:
    return f"/leaflets/{leaflet.id}/file"


def move(event: Event, **changes: object) -> None:
    events.reschedule(event, replace(event.when, **changes), "", "")  # type: ignore[arg-type] # a field's name


CHANGES: dict[str, Callable[[Event], object]] = {
    "title": lambda event: making.change(event, title="Letters at the market", what_to_bring="A pen"),
    "place": lambda event: making.change(event, place="Lake Merritt", what_to_bring="A pen"),
    "time": lambda event: move(event, starts_time=time(11)),
    "state": lambda event: events.cancel(event, "Rain", ""),
}


@pytest.mark.parametrize("change", CHANGES)
def test_it_is_marked_on_the_page_and_left_out_of_calendars(
    client: FlaskClient, event: Event, poster: Leaflet, change: str
) -> None:
    beside = uploads.published(event)
    assert MARK not in page(client, event)
    assert set(attached(client, event)) == {path(poster), path(beside)}
    before, tag = changed(client, event), client.get("/events.ics").headers["ETag"]
    CHANGES[change](event)
    shown = page(client, event)
    assert shown.count(MARK) == shown.count(ABOVE) == 1
    assert f'href="/leaflets/{poster.id}"' in shown
    assert attached(client, event) == [path(beside)]
    assert changed(client, event) > before
    assert client.get("/events.ics").headers["ETag"] != tag


def test_a_new_one_stands_in_its_place_once_it_is_published(
    organizer: Person, client: FlaskClient, event: Event, poster: Leaflet
) -> None:
    CHANGES["place"](event)
    making.anew(organizer, poster)
    assert MARK in page(client, event)
    assert attached(client, event) == []
    before = changed(client, event)
    leaflets.publish(poster, organizer.account_id, 2)
    assert MARK not in page(client, event)
    assert attached(client, event) == [path(poster)]
    assert changed(client, event) > before


def test_what_holds_again_is_offered_again(client: FlaskClient, event: Event, poster: Leaflet) -> None:
    CHANGES["title"](event)
    assert attached(client, event) == []
    making.change(event, what_to_bring="A pen")
    assert MARK not in page(client, event)
    assert attached(client, event) == [path(poster)]


def test_what_is_published_when_it_is_overtaken_already_is_marked_at_once(
    organizer: Person, client: FlaskClient, event: Event
) -> None:
    made = ready(organizer, event, "en")
    CHANGES["title"](event)
    leaflets.publish(made, organizer.account_id, 1)
    assert MARK in page(client, event)
    assert attached(client, event) == []


def test_it_is_marked_for_whoever_has_answered(client: FlaskClient, event: Event, poster: Leaflet) -> None:
    mine = post(client, f"/events/{event.slug}/answer", {"coming": "going", "party_size": "1"}).location
    assert MARK not in client.get(mine).text
    CHANGES["place"](event)
    assert MARK in client.get(mine).text


def test_when_the_exact_spot_may_be_shown_it_is_left_out(
    organizer: Person, client: FlaskClient, time_machine: TimeMachineFixture
) -> None:
    event = factories.event(organizer.group, spot="The north gate", spot_shown=SpotShown.BEFORE_START)
    made = making.published(organizer, event, "en")
    assert attached(client, event) == [path(made)]
    time_machine.move_to(event.starts_at - timedelta(hours=2))
    outbox.tick()
    assert attached(client, event) == []
    assert MARK in page(client, event)


def test_after_the_action_it_is_not_marked(
    client: FlaskClient, event: Event, poster: Leaflet, time_machine: TimeMachineFixture
) -> None:
    CHANGES["title"](event)
    assert MARK in page(client, event)
    time_machine.move_to(event.ends_at)
    assert MARK not in page(client, event)


@pytest.mark.parametrize("change", CHANGES)
def test_it_is_marked_and_left_out_at_another_action_too(
    client: FlaskClient, event: Event, poster: Leaflet, other: Event, change: str
) -> None:
    outbox.tick()
    assert attached(client, other) == [path(poster)]
    before = changed(client, other)
    CHANGES[change](event)
    outbox.tick()
    shown = page(client, other)
    assert MARK in shown
    assert ABOVE not in shown
    assert attached(client, other) == []
    assert changed(client, other) > before


def test_a_group_of_another_name_overtakes_what_was_made_of_its_actions(
    organizer: Person, client: FlaskClient, event: Event, poster: Leaflet, other: Event
) -> None:
    group: Group = organizer.group
    details = {name: getattr(group, name) for name in GroupDetails.__dataclass_fields__} | {"name": "The Long Table"}
    groups.change(group, GroupDetails(**details), organizer.account_id)
    outbox.tick()
    assert MARK in page(client, event)
    assert [attached(client, each) for each in (event, other)] == [[], []]


def test_no_calendar_moves_for_what_does_not_stand_on_it(
    client: FlaskClient, event: Event, poster: Leaflet, other: Event
) -> None:
    before = changed(client, other)
    making.change(event, what_to_bring="A pen", private_notes="Call the press")
    outbox.tick()
    assert changed(client, other) == before
    assert attached(client, other) == [path(poster)]


def test_what_only_its_organizers_see_is_not_asked_about(organizer: Person, event: Event) -> None:
    made = ready(organizer, event, "en")
    CHANGES["title"](event)
    assert made.shown.state == State.READY
    assert queries.overtaken_at(event.id) == {}


def test_many_ask_the_database_no_more_than_one(organizer: Person, event: Event, poster: Leaflet, other: Event) -> None:
    for _ in range(2):
        made = making.published(organizer, factories.event(organizer.group), "en")
        leaflets.bring(other, [made.id], organizer.account_id)
    one, several = map(asked, [event.id, other.id])
    assert one == several


def asked(event_id: str) -> int:
    """How many statements it takes, when nothing else is in memory."""
    db.session.rollback()
    db.session.expunge_all()
    return querying.asked(lambda: queries.overtaken_at(event_id))


def test_nothing_is_overtaken_when_our_own_words_or_dates_are_written_anew(
    client: FlaskClient, poster: Leaflet, event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MARK not in client.get(f"/leaflets/{poster.id}").text
    monkeypatch.setattr(words, "_labels", lambda _kind, _code: ("A new label", "Take along:", "Write to us:"))
    monkeypatch.setattr(words, "format_date", lambda _day, _pattern: "a day")
    assert MARK not in client.get(f"/leaflets/{poster.id}").text
    making.change(event, what_to_bring="Pens.")
    assert MARK in client.get(f"/leaflets/{poster.id}").text
