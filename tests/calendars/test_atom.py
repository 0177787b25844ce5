"""Atom beside the calendars' feeds: what changed last, through the gate, versioned like them."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from xml.etree.ElementTree import Element, fromstring

import pytest
from flask.testing import FlaskClient
from time_machine import TimeMachineFixture

from organizer.events import service as events
from organizer.events.rules import SpotShown, Texts, Visibility
from organizer.groups.models import Group
from tests import factories

ATOM = "{http://www.w3.org/2005/Atom}"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def _feed(client: FlaskClient, path: str = "/events.atom") -> Element:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.content_type == "application/atom+xml; charset=utf-8"
    return fromstring(answer.data)


def _entries(client: FlaskClient, path: str = "/events.atom") -> list[Element]:
    return _feed(client, path).findall(f"{ATOM}entry")


def _text(element: Element, name: str) -> str:
    return element.findtext(f"{ATOM}{name}") or ""


def _titles(client: FlaskClient, path: str = "/events.atom") -> list[str]:
    return [_text(entry, "title") for entry in _entries(client, path)]


def test_an_entry_says_what_when_where_and_leads_to_the_page(client: FlaskClient) -> None:
    event = factories.event(
        title="Letters & leaflets <here>",
        starts_on=datetime(2027, 1, 23, tzinfo=UTC).date(),
        tags=("letters",),
    )
    entry = _entries(client)[0]
    link = entry.find(f"{ATOM}link")
    assert link is not None
    assert link.get("href") == f"http://localhost/events/{event.slug}"
    assert _text(entry, "title") == "Letters & leaflets <here>"
    assert _text(entry, "summary") == (
        "<p>Saturday, January 23, 2027, 10:00\u202fAM to 1:00\u202fPM, Pacific Time</p>"
        "<p>Grand Lake market, Oakland</p><p>For political prisoners who oppose the war.</p>"
        "<p>How to reach us: table@bay.example</p>"
    )
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "East Bay Solidarity"
    assert [category.get("term") for category in entry.findall(f"{ATOM}category")] == ["letters"]


def test_an_entry_keeps_its_id_and_moves_its_date_with_each_change(client: FlaskClient) -> None:
    event = factories.event()
    before = _entries(client)[0]
    events.post_notice(event, {"en": "We moved to the north gate"}, "")
    after = _entries(client)[0]
    name, _, host = event.uid.partition("@")
    assert _text(after, "id") == _text(before, "id") == f"tag:{host},{event.created_at:%Y-%m-%d}:{name}"
    assert _text(before, "updated") < _text(after, "updated") == event.changed_at.isoformat()
    assert "<p>We moved to the north gate</p>" in _text(after, "summary")


def test_the_last_changed_comes_first_and_only_fifty_come(
    client: FlaskClient, organizer: factories.Person, time_machine: TimeMachineFixture
) -> None:
    made = [factories.event(organizer.group, title=f"Vigil {number}") for number in range(51)]
    for minutes, change in ((1, events.cancel), (2, events.postpone)):
        time_machine.move_to(made[0].created_at + timedelta(minutes=minutes))
        change(made[minutes], "Storm", "")
    titles = _titles(client)
    assert titles[:2] == ["Postponed: Vigil 2", "Cancelled: Vigil 1"]
    assert len(titles) == 50


def test_each_feed_holds_its_own(client: FlaskClient) -> None:
    here, there = factories.group("Here"), factories.group("There")
    factories.event(here, title="Ours", tags=("letters",))
    factories.event(there, title="Theirs", starts_on=factories.past_day())
    assert sorted(_titles(client)) == ["Ours", "Theirs"]
    assert _titles(client, f"/groups/{here.slug}.atom") == ["Ours"]
    assert _titles(client, f"/cities/{there.city.slug}.atom") == ["Theirs"]
    assert _titles(client, "/tags/letters.atom") == ["Ours"]
    assert _text(_feed(client, "/tags/letters.atom"), "title") == "Organizer: letters"


@pytest.mark.parametrize("kind", ["groups", "cities", "tags"])
def test_the_feed_of_nothing_is_missing(client: FlaskClient, kind: str) -> None:
    assert client.get(f"/{kind}/nowhere.atom").status_code == 404


def test_an_empty_feed_is_dated_and_the_same_each_time(client: FlaskClient, time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(datetime(2026, 6, 1, 12, tzinfo=UTC))
    first = client.get("/events.atom").data
    time_machine.move_to(datetime(2026, 6, 1, 13, tzinfo=UTC))
    assert client.get("/events.atom").data == first
    assert _text(fromstring(first), "updated") == "2026-06-01T00:00:00+00:00"


def test_what_only_some_may_see_is_not_in_it(client: FlaskClient, organizer: factories.Person) -> None:
    group: Group = organizer.group
    factories.event(group, visibility=Visibility.UNLISTED)
    factories.event(group, visibility=Visibility.PRIVATE)
    factories.event(group, published=False)
    for shown in SpotShown:
        factories.event(group, spot="By the clock", spot_shown=shown, private_notes="The blue car")
    body = client.get("/events.atom").text
    assert body.count("<entry") == 3
    assert "clock" not in body
    assert "blue car" not in body


def test_words_are_in_the_events_own_language(client: FlaskClient) -> None:
    event = factories.event(language="es", title="Volantes en el mercado")
    events.translate(event, "en", Texts(title="Leaflets at the market"), "")
    entry = _entries(client)[0]
    assert entry.get(LANGUAGE) == "es"
    assert _text(entry, "title") == "Volantes en el mercado"
    assert "de enero" in _text(entry, "summary") or " de " in _text(entry, "summary")


def test_what_xml_cannot_carry_is_left_out(client: FlaskClient) -> None:
    event = factories.event()
    events.post_notice(event, {"en": "ring\x07 the\x00 bell\ufffe"}, "")
    assert "ring the bell" in _text(_entries(client)[0], "summary")


def test_it_is_versioned_and_open_like_the_calendar(client: FlaskClient) -> None:
    event = factories.event(starts_time=time(9))
    first = client.get("/events.atom")
    tag = {"If-None-Match": first.headers["ETag"]}
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    assert "Set-Cookie" not in first.headers
    assert client.get("/events.atom", headers=tag).status_code == 304
    events.cancel(event, "Storm", "")
    changed = client.get("/events.atom", headers=tag)
    assert changed.status_code == 200
    assert "Cancelled: " in changed.text


def test_pages_name_their_feeds(client: FlaskClient) -> None:
    event = factories.event(starts_on=(datetime.now(UTC) + timedelta(days=3)).date(), tags=("letters",))
    for path in ("/", f"/groups/{event.group.slug}", f"/cities/{event.city.slug}", "/tags/letters"):
        page = client.get(path).text
        address = "/events" if path == "/" else path
        assert f'<link rel="alternate" type="application/atom+xml" href="http://localhost{address}.atom"' in page
        assert f'<link rel="alternate" type="text/calendar" href="http://localhost{address}.ics"' in page
    assert "application/atom+xml" not in client.get("/past").text
