"""How many copies there are, and who brings them: for organizers, and the name for a while only."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from time_machine import TimeMachineFixture

from organizer import clock, outbox
from organizer.copies import queries
from organizer.copies import service as copies
from organizer.copies.rules import CopiesDetails
from organizer.db import db
from organizer.events.models import Event
from organizer.leaflets import service as leaflets
from organizer.leaflets.models import EventLeaflet, Leaflet
from organizer.pages.models import PageVersion
from organizer.policy import Role
from organizer.rsvps.models import Capacity
from tests import factories, querying
from tests.copies import counting
from tests.factories import Person, post
from tests.leaflets import sending

MORE = "More are left or handed out than were printed."

# An event's leaflets.


def test_the_event_s_list_says_where_each_stands(organizer: Person, event: Event) -> None:
    sending.published(organizer, event, sending.jpeg())
    sending.sent(organizer, event, b"\xff\xd8\xff but no picture", title="Torn")
    sending.send(organizer, event, sending.jpeg(), title="Fresh")
    page = organizer.client.get(f"/events/{event.id}/leaflets").text
    for words in ("Letters to prisoners", "Published", "Torn", "Not taken", "Fresh", "Being rebuilt"):
        assert words in page


def test_the_list_looks_again_until_all_are_rebuilt(organizer: Person, event: Event) -> None:
    torn = sending.file(b"\xff\xd8\xff torn", "torn.jpg")
    answer = sending.send_all(organizer, event, sending.file(sending.jpeg(), "whole.jpg"), torn)
    waiting = organizer.client.get(answer.location)
    assert waiting.headers["Refresh"] == "2"
    assert waiting.text.count("Being rebuilt") == 2
    outbox.run_owed()
    page = organizer.client.get(answer.location)
    assert "Refresh" not in page.headers
    assert "To be looked at" in page.text
    assert "Not taken" in page.text


def test_where_nobody_counts_there_is_one_quiet_link(organizer: Person, row: EventLeaflet) -> None:
    assert _line(organizer, row) == "Copies"


def test_what_is_known_stands_in_one_line(organizer: Person, row: EventLeaflet) -> None:
    assert "Saved." in counting.save(organizer, row, needed="500", printed="400", brought_by="Wren")
    assert _line(organizer, row) == "Copies: 400 of 500 printed · Wren brings them"
    counting.save(organizer, row, printed="1,000", left_over="30", handed_out="900")
    assert _line(organizer, row) == "Copies: 1,000 printed · 30 left · 900 handed out"
    assert counting.known(row) == CopiesDetails(printed=1000, left_over=30, handed_out=900)


def test_the_page_of_an_events_leaflets_takes_the_same_queries_for_any_number(organizer: Person, event: Event) -> None:
    counts = []
    for number in range(3):
        counting.seal(db.session.get_one(EventLeaflet, (event.id, counting.leaflet(event, f"Leaflet {number}").id)))
        counts.append(querying.asked(lambda: organizer.client.get(f"/events/{event.id}/leaflets")))
    assert counts[0] == counts[-1]


# What is known.


def test_what_was_handed_out_is_suggested_and_never_written(organizer: Person, row: EventLeaflet) -> None:
    counting.save(organizer, row, printed="400", left_over="30")
    assert _line(organizer, row) == "Copies: 400 printed · 30 left · probably 370 handed out"
    assert "Probably 370" in organizer.client.get(counting.path(row)).text
    assert counting.known(row).handed_out is None
    counting.save(organizer, row, printed="400", left_over="30", handed_out="320")
    assert "Probably" not in organizer.client.get(counting.path(row)).text


@pytest.mark.parametrize(
    "odd", [{"left_over": "450"}, {"handed_out": "401"}, {"left_over": "100", "handed_out": "350"}]
)
def test_more_than_were_printed_is_saved_and_asked_about(
    organizer: Person, row: EventLeaflet, odd: dict[str, str]
) -> None:
    """People bring what was left over before."""
    page = counting.save(organizer, row, printed="400", **odd)
    assert "Saved." in page
    assert MORE in page
    counts = {name: int(count) for name, count in odd.items()}
    assert counting.known(row) == CopiesDetails(printed=400, **counts)  # type: ignore[arg-type] # counts
    assert MORE not in counting.save(organizer, row, printed="400", left_over="100", handed_out="300")


def test_more_left_than_were_printed_is_set_and_asked_about_once(organizer: Person, row: EventLeaflet) -> None:
    counting.save(organizer, row, printed="400")
    path = counting.path(row, "left")
    assert MORE in post(organizer.client, path, {"left_over": "450"}, follow_redirects=True).text
    assert counting.known(row).left_over == 450
    assert MORE not in post(organizer.client, path, {"take": "10"}, follow_redirects=True).text


def test_what_somebody_else_has_changed_meanwhile_is_shown_before_it_is_replaced(
    app: Flask, organizer: Person, row: EventLeaflet
) -> None:
    path, other = counting.path(row), factories.person(app, of=organizer.group)
    began_from = counting.shown(organizer.client.get(path).text)
    counting.save(other, row, printed="400", brought_by="Wren")
    answer = post(organizer.client, path, {"printed": "300", "brought_by": "Robin", "shown": began_from})
    assert answer.status_code == 422
    assert "Somebody has changed this since you opened the form." in answer.text
    assert "400 printed · Wren brings them" in answer.text
    assert 'value="300"' in answer.text
    assert counting.known(row).printed == 400
    again = post(
        organizer.client, path, {"printed": "300", "brought_by": "Robin", "shown": counting.shown(answer.text)}
    )
    assert again.status_code == 303
    assert counting.known(row) == CopiesDetails(printed=300, brought_by="Robin")


# On the day.


def test_copies_are_counted_down_with_one_thumb(organizer: Person, row: EventLeaflet) -> None:
    counting.save(organizer, row, printed="100")
    for take, left in (("10", 90), ("50", 40), ("50", 0), ("10", 0)):
        answer = post(
            organizer.client, counting.path(row, "left"), {"take": take, "left_over": "what is typed is not sent"}
        )
        assert re.fullmatch(rf"/groups/{organizer.group.slug}/desk\?[^#]*#leaflets-left", answer.location)
        assert counting.known(row).left_over == left


def test_what_is_left_is_set(organizer: Person, row: EventLeaflet) -> None:
    assert post(organizer.client, counting.path(row, "left"), {"left_over": "65"}).status_code == 303
    assert counting.known(row) == CopiesDetails(left_over=65)
    page = organizer.client.get(counting.path(row, "left")).text
    assert 'value="65"' in page
    assert "−10" in page


def test_where_nothing_is_counted_there_is_nothing_to_take_away_from(organizer: Person, row: EventLeaflet) -> None:
    assert "−10" not in organizer.client.get(counting.path(row, "left")).text
    answer = post(organizer.client, counting.path(row, "left"), {"take": "10"})
    assert answer.status_code == 422
    assert "Say first how many are left now." in answer.text


def test_what_somebody_has_counted_since_is_not_set_over(organizer: Person, row: EventLeaflet) -> None:
    counting.save(organizer, row, printed="100")
    began_from = counting.shown(organizer.client.get(counting.path(row, "left")).text)
    post(organizer.client, counting.path(row, "left"), {"take": "10"})
    answer = post(organizer.client, counting.path(row, "left"), {"left_over": "70", "shown": began_from})
    assert answer.status_code == 422
    assert "Somebody has counted since you looked." in answer.text
    assert "90 left" in answer.text
    assert 'value="70"' in answer.text
    sent = {"left_over": "70", "shown": counting.shown(answer.text)}
    assert post(organizer.client, counting.path(row, "left"), sent).status_code == 303
    assert counting.known(row).left_over == 70


# Who sees it, and for how long.


def test_the_form_says_who_sees_the_name_and_until_when(organizer: Person, time_machine: TimeMachineFixture) -> None:
    event = factories.event(organizer.group, starts_on=clock.today() + timedelta(days=1))
    row = db.session.get_one(EventLeaflet, (event.id, counting.leaflet(event).id))
    page = organizer.client.get(counting.path(row)).text
    deleted_at = db.session.get_one(Capacity, event.id).purge_at
    assert f"The organizers of {organizer.group.name} see it; no one else." in page
    assert f"Deleted on {deleted_at:%B} {deleted_at.day}, {deleted_at.year} at the latest." in page
    time_machine.move_to(deleted_at)
    page = organizer.client.get(counting.path(row)).text
    assert "Copies needed" in page
    assert "Who brings them" not in page
    counting.save(organizer, row, printed="400", brought_by=counting.NAME)
    assert counting.known(row) == CopiesDetails(printed=400)


def test_public_pages_and_calendars_tell_none_of_it(
    client: FlaskClient, organizer: Person, event: Event, row: EventLeaflet
) -> None:
    address = sending.published(organizer, event, sending.jpeg(), title="Public")
    counted = db.session.get_one(EventLeaflet, (event.id, address.rpartition("/")[2]))
    paths = (f"/events/{event.slug}", address, "/", "/leaflets", "/events.ics", "/events.atom")
    before = [client.get(path).text for path in paths]
    details = CopiesDetails(needed=51234, printed=41234, left_over=1234, handed_out=31234, brought_by=counting.NAME)
    version = db.session.scalars(select(PageVersion.version)).one()
    copies.change(counted, details, CopiesDetails().fingerprint, organizer.account_id)
    copies.hand_out(counted, 10, organizer.account_id)
    assert db.session.scalars(select(PageVersion.version)).one() == version
    for path, text in zip(paths, before, strict=True):
        now = client.get(path).text
        assert not re.search(r"\b(?:[53]1.?234|1.?224)\b|Wren", now), path
        assert re.sub(r'(csrf_token|began)"[^>]*', "", now) == re.sub(r'(csrf_token|began)"[^>]*', "", text)


def test_only_the_events_organizers_have_it(app: Flask, client: FlaskClient, row: EventLeaflet, event: Event) -> None:
    counting.seal(row)
    member = factories.person(app, Role.MEMBER, of=event.group)
    stranger = factories.person(app)
    for act in ("copies", "left"):
        assert client.get(counting.path(row, act)).status_code in (303, 403)
        assert member.client.get(counting.path(row, act)).status_code == 404
        assert stranger.client.get(counting.path(row, act)).status_code == 404


def test_a_leaflet_of_another_event_and_a_withdrawn_one_have_no_copies_here(
    organizer: Person, event: Event, row: EventLeaflet
) -> None:
    elsewhere = counting.leaflet(factories.event(organizer.group))
    assert organizer.client.get(f"/events/{event.id}/leaflets/{elsewhere.id}/copies").status_code == 404
    assert organizer.client.get(f"/events/{event.id}/leaflets/no-id/copies").status_code == 404
    leaflets.withdraw(db.session.get_one(Leaflet, row.leaflet_id), organizer.account_id)
    assert organizer.client.get(counting.path(row)).status_code == 410
    assert queries.of_event(event.id) == {}


def _line(person: Person, row: EventLeaflet) -> str:
    """What the page of the event's leaflets says of the copies."""
    page = person.client.get(f"/events/{row.event_id}/leaflets").text
    told = re.sub("<[^>]+>", "", page.partition(counting.path(row))[2].partition("</p>")[0])
    return " ".join(told.split()).partition(">")[2]
