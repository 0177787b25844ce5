"""How many copies there are, and who brings them: for organizers, and the name for a while only."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event as listening
from sqlalchemy import select
from time_machine import TimeMachineFixture

from organizer import audit, clock, vault
from organizer.audit import AuditLine
from organizer.db import db
from organizer.events import service as events
from organizer.events.models import Event
from organizer.keeping import purge
from organizer.leaflets import copies
from organizer.leaflets import service as leaflets
from organizer.leaflets.models import EventLeaflet, Leaflet
from organizer.leaflets.rules import CopiesDetails, Kind, LeafletDetails
from organizer.pages.models import PageVersion
from organizer.policy import Role
from organizer.rsvps.models import Capacity
from tests import factories
from tests.factories import Person, post
from tests.leaflets import sending

NAME = "Wren with the red bicycle"
FIELDS = CopiesDetails.__dataclass_fields__
SHOWN = re.compile(r'name="shown"[^>]*value="([^"]*)"')


def leaflet(event: Event, title: str = "Letters to prisoners") -> Leaflet:
    """One that was sent in for the event."""
    return leaflets.upload(event, LeafletDetails(title, "en"), Kind.PICTURE, sending.jpeg(), "a" * 26)


@pytest.fixture
def row(event: Event) -> EventLeaflet:
    """The event's one leaflet, of whose copies nothing is known."""
    return db.session.get_one(EventLeaflet, (event.id, leaflet(event).id))


def _path(row: EventLeaflet, act: str = "copies") -> str:
    return f"/events/{row.event_id}/leaflets/{row.leaflet_id}/{act}"


def _known(row: EventLeaflet) -> CopiesDetails:
    db.session.rollback()
    db.session.expire_all()
    return copies.known(row)


def _shown(page: str) -> str:
    found = SHOWN.search(page)
    return found[1] if found else ""


def _save(person: Person, row: EventLeaflet, **typed: str) -> str:
    """Open the form, write this and nothing else into it, and send it; returns the page that follows."""
    path = _path(row)
    sent = {"shown": _shown(person.client.get(path).text), **dict.fromkeys(FIELDS, ""), **typed}
    return post(person.client, path, sent, follow_redirects=True).text


def _line(person: Person, row: EventLeaflet) -> str:
    """What the page of the event's leaflets says of the copies."""
    page = person.client.get(f"/events/{row.event_id}/leaflets").text
    return " ".join(re.sub("<[^>]+>", "", page.partition(_path(row))[2].partition("</p>")[0]).split()).partition(">")[2]


# What organizers see and change.


def test_where_nobody_counts_there_is_one_quiet_link(organizer: Person, row: EventLeaflet) -> None:
    assert _line(organizer, row) == "Copies"


def test_what_is_known_stands_in_one_line(organizer: Person, row: EventLeaflet) -> None:
    assert "Saved." in _save(organizer, row, needed="500", printed="400", brought_by="Wren")
    assert _line(organizer, row) == "Copies: 400 of 500 printed · Wren brings them"
    _save(organizer, row, printed="1,000", left_over="30", handed_out="900")
    assert _line(organizer, row) == "Copies: 1,000 printed · 30 left · 900 handed out"
    assert _known(row) == CopiesDetails(printed=1000, left_over=30, handed_out=900)


def test_what_was_handed_out_is_suggested_and_never_written(organizer: Person, row: EventLeaflet) -> None:
    _save(organizer, row, printed="400", left_over="30")
    assert _line(organizer, row) == "Copies: 400 printed · 30 left · probably 370 handed out"
    assert "Probably 370" in organizer.client.get(_path(row)).text
    assert _known(row).handed_out is None
    _save(organizer, row, printed="400", left_over="30", handed_out="320")
    assert "Probably" not in organizer.client.get(_path(row)).text


def test_more_left_than_printed_suggests_nothing() -> None:
    assert CopiesDetails(printed=400, left_over=450).likely_handed_out is None


@pytest.mark.parametrize("typed", ["many", "-1", "1000001", "1.5", "9" * 5000, "½"])
def test_what_is_no_number_is_refused_kindly_and_nothing_typed_is_lost(
    organizer: Person, row: EventLeaflet, typed: str
) -> None:
    page = _save(organizer, row, needed="500", printed=typed, brought_by="Wren")
    assert "Give the copies printed as a number up to a million." in page
    assert f'value="{typed}"' in page
    assert 'value="500"' in page
    assert 'value="Wren"' in page
    assert _known(row) == CopiesDetails()


@pytest.mark.parametrize("typed", ["1000", "1,000", "1.000", "1 000", "1\u202f000", "1'000", "۱۰۰۰", " 1000 "])
def test_a_number_is_taken_as_people_write_it(organizer: Person, row: EventLeaflet, typed: str) -> None:
    _save(organizer, row, printed=typed)
    assert _known(row).printed == 1000


def test_what_somebody_else_has_changed_meanwhile_is_shown_before_it_is_replaced(
    app: Flask, organizer: Person, row: EventLeaflet
) -> None:
    path, other = _path(row), factories.person(app, of=organizer.group)
    began_from = _shown(organizer.client.get(path).text)
    _save(other, row, printed="400", brought_by="Wren")
    answer = post(organizer.client, path, {"printed": "300", "brought_by": "Robin", "shown": began_from})
    assert answer.status_code == 422
    assert "Somebody has changed this since you opened the form." in answer.text
    assert "400 printed · Wren brings them" in answer.text
    assert 'value="300"' in answer.text
    assert _known(row).printed == 400
    again = post(organizer.client, path, {"printed": "300", "brought_by": "Robin", "shown": _shown(answer.text)})
    assert again.status_code == 303
    assert _known(row) == CopiesDetails(printed=300, brought_by="Robin")


def test_a_form_whose_token_is_old_keeps_what_was_typed(organizer: Person, row: EventLeaflet) -> None:
    answer = organizer.client.post(_path(row), data={"printed": "300", "csrf_token": "old"})
    assert 'value="300"' in answer.text
    assert _known(row) == CopiesDetails()


# On the day.


def test_copies_are_counted_down_with_one_thumb(organizer: Person, row: EventLeaflet) -> None:
    _save(organizer, row, printed="100")
    for take, left in (("10", 90), ("50", 40), ("50", 0), ("10", 0)):
        answer = post(organizer.client, _path(row, "left"), {"take": take, "left_over": "what is typed is not sent"})
        assert answer.location == f"/groups/{organizer.group.slug}/desk#leaflets-left"
        assert _known(row).left_over == left


def test_two_who_hand_out_at_once_are_both_counted(organizer: Person, row: EventLeaflet) -> None:
    _save(organizer, row, printed="100")
    page = organizer.client.get(_path(row, "left")).text
    for _ in range(2):
        post(organizer.client, _path(row, "left"), {"take": "10", "shown": _shown(page)})
    assert _known(row).left_over == 80


def test_what_is_left_is_set(organizer: Person, row: EventLeaflet) -> None:
    assert post(organizer.client, _path(row, "left"), {"left_over": "65"}).status_code == 303
    assert _known(row) == CopiesDetails(left_over=65)
    page = organizer.client.get(_path(row, "left")).text
    assert 'value="65"' in page
    assert "−10" in page


def test_where_nothing_is_counted_there_is_nothing_to_take_away_from(organizer: Person, row: EventLeaflet) -> None:
    assert "−10" not in organizer.client.get(_path(row, "left")).text
    answer = post(organizer.client, _path(row, "left"), {"take": "10"})
    assert answer.status_code == 422
    assert "Say first how many are left now." in answer.text


def test_what_somebody_has_counted_since_is_not_set_over(organizer: Person, row: EventLeaflet) -> None:
    _save(organizer, row, printed="100")
    began_from = _shown(organizer.client.get(_path(row, "left")).text)
    post(organizer.client, _path(row, "left"), {"take": "10"})
    answer = post(organizer.client, _path(row, "left"), {"left_over": "70", "shown": began_from})
    assert answer.status_code == 422
    assert "Somebody has counted since you looked." in answer.text
    assert "90 left" in answer.text
    assert 'value="70"' in answer.text
    sent = {"left_over": "70", "shown": _shown(answer.text)}
    assert post(organizer.client, _path(row, "left"), sent).status_code == 303
    assert _known(row).left_over == 70


@pytest.mark.parametrize("typed", ["", "some", "-3"])
def test_what_is_left_is_a_number(organizer: Person, row: EventLeaflet, typed: str) -> None:
    answer = post(organizer.client, _path(row, "left"), {"left_over": typed})
    assert answer.status_code == 422
    assert f'value="{typed}"' in answer.text


@pytest.mark.parametrize("shown", ["-1", "x", "9" * 5000, "\x00"])
def test_a_page_that_is_not_ours_sets_nothing(organizer: Person, row: EventLeaflet, shown: str) -> None:
    assert post(organizer.client, _path(row, "left"), {"left_over": "5", "shown": shown}).status_code == 422


# Who sees it, and for how long.


def _seal(row: EventLeaflet, name: str = NAME) -> bytes:
    """Who brings them, as it lies in the database."""
    copies.change(row, CopiesDetails(needed=500, printed=400, brought_by=name), copies.known(row).fingerprint, "a" * 26)
    assert row.brought_by is not None
    return row.brought_by


def test_the_name_lies_sealed_and_opens_only_in_its_place(organizer: Person, event: Event, row: EventLeaflet) -> None:
    sealed = _seal(row)
    assert NAME.encode() not in sealed
    other = db.session.get_one(EventLeaflet, (event.id, leaflet(event, "Another").id))
    other.brought_by = sealed
    with pytest.raises(vault.Unreadable):
        copies.known(other)
    db.session.rollback()


def test_the_form_says_who_sees_the_name_and_until_when(organizer: Person, time_machine: TimeMachineFixture) -> None:
    event = factories.event(organizer.group, starts_on=clock.today() + timedelta(days=1))
    row = db.session.get_one(EventLeaflet, (event.id, leaflet(event).id))
    page = organizer.client.get(_path(row)).text
    deleted_at = db.session.get_one(Capacity, event.id).purge_at
    assert f"The organizers of {organizer.group.name} see it; no one else." in page
    assert f"Deleted on {deleted_at:%B} {deleted_at.day}, {deleted_at.year}." in page
    time_machine.move_to(deleted_at)
    page = organizer.client.get(_path(row)).text
    assert "Copies needed" in page
    assert "Who brings them" not in page
    _save(organizer, row, printed="400", brought_by=NAME)
    assert _known(row) == CopiesDetails(printed=400)


def test_public_pages_and_calendars_tell_none_of_it(
    client: FlaskClient, organizer: Person, event: Event, row: EventLeaflet
) -> None:
    address = sending.published(organizer, event, sending.jpeg(), title="Public")
    counted = db.session.get_one(EventLeaflet, (event.id, address.rpartition("/")[2]))
    paths = (f"/events/{event.slug}", address, "/", "/leaflets", "/events.ics", "/events.atom")
    before = [client.get(path).text for path in paths]
    details = CopiesDetails(needed=51234, printed=41234, left_over=1234, handed_out=31234, brought_by=NAME)
    version = db.session.scalars(select(PageVersion.version)).one()
    copies.change(counted, details, CopiesDetails().fingerprint, organizer.account_id)
    copies.hand_out(counted, 10, organizer.account_id)
    assert db.session.scalars(select(PageVersion.version)).one() == version
    for path, text in zip(paths, before, strict=True):
        now = client.get(path).text
        assert not re.search(r"[53]1.?234|1.?224|Wren", now), path
        assert re.sub(r'(csrf_token|began)"[^>]*', "", now) == re.sub(r'(csrf_token|began)"[^>]*', "", text)


def test_only_the_events_organizers_have_it(app: Flask, client: FlaskClient, row: EventLeaflet, event: Event) -> None:
    _seal(row)
    member = factories.person(app, Role.MEMBER, of=event.group)
    stranger = factories.person(app)
    for act in ("copies", "left"):
        assert client.get(_path(row, act)).status_code in (303, 403)
        assert member.client.get(_path(row, act)).status_code == 404
        assert stranger.client.get(_path(row, act)).status_code == 404


def test_a_leaflet_of_another_event_and_a_withdrawn_one_have_no_copies_here(
    organizer: Person, event: Event, row: EventLeaflet
) -> None:
    elsewhere = leaflet(factories.event(organizer.group))
    assert organizer.client.get(f"/events/{event.id}/leaflets/{elsewhere.id}/copies").status_code == 404
    assert organizer.client.get(f"/events/{event.id}/leaflets/no-id/copies").status_code == 404
    leaflets.withdraw(db.session.get_one(Leaflet, row.leaflet_id), organizer.account_id)
    assert organizer.client.get(_path(row)).status_code == 410
    assert copies.of_event(event.id) == {}


def test_the_audit_tells_that_it_was_changed_and_no_value(row: EventLeaflet) -> None:
    _seal(row)
    line = db.session.scalars(select(AuditLine).order_by(AuditLine.number.desc())).first()
    assert line
    assert (line.verb, line.object_id) == ("leaflet.counted", row.leaflet_id)
    assert audit.verify() is None


def test_the_name_goes_with_what_is_purged_and_the_numbers_stay(
    event: Event, row: EventLeaflet, time_machine: TimeMachineFixture
) -> None:
    _seal(row)
    time_machine.move_to(event.ends_at + timedelta(days=7, seconds=-1))
    purge.run()
    assert _known(row).brought_by == NAME
    time_machine.move_to(event.ends_at + timedelta(days=7))
    purge.run()
    assert _known(row) == CopiesDetails(needed=500, printed=400)
    assert row.brought_by is None


def test_a_name_that_comes_late_goes_with_the_next_purge(
    event: Event, row: EventLeaflet, time_machine: TimeMachineFixture
) -> None:
    """What was settled earlier than the rule says is not kept longer."""
    _seal(row)
    capacity = db.session.get_one(Capacity, event.id)
    capacity.purge_at = capacity.purged_at = clock.now()
    db.session.commit()
    purge.run()
    assert _known(row).brought_by == ""


@pytest.mark.parametrize(("act", "days"), [("postpone", 30), ("cancel", 7)])
def test_the_day_on_which_it_goes_follows_the_event(
    event: Event, row: EventLeaflet, time_machine: TimeMachineFixture, act: str, days: int
) -> None:
    _seal(row)
    getattr(events, act)(event, "The hall is closed.", "a" * 26)
    goes_at = (event.ends_at if act == "postpone" else clock.now()) + timedelta(days=days)
    time_machine.move_to(goes_at - timedelta(minutes=5))
    assert copies.keeps_name(event)
    purge.run()
    assert _known(row).brought_by == NAME
    time_machine.move_to(goes_at + timedelta(minutes=5))
    assert not copies.keeps_name(event)
    purge.run()
    assert _known(row).brought_by == ""


def test_a_name_that_stays_a_day_too_long_is_an_alarm(
    event: Event, row: EventLeaflet, time_machine: TimeMachineFixture
) -> None:
    _seal(row)
    time_machine.move_to(event.ends_at + timedelta(days=8))
    assert list(purge.late()) == [event.id]
    purge.run()
    assert list(purge.late()) == []


# Elsewhere.


def test_an_action_done_again_has_the_leaflets_and_neither_numbers_nor_name(event: Event, row: EventLeaflet) -> None:
    _seal(row)
    again = events.do_again(event, "a" * 26)
    brought = db.session.get_one(EventLeaflet, (again.id, row.leaflet_id))
    assert copies.known(brought) == CopiesDetails()
    assert brought.brought_by is None


def test_a_deleted_draft_takes_them_with_it(organizer: Person) -> None:
    draft = factories.event(organizer.group, published=False)
    _seal(db.session.get_one(EventLeaflet, (draft.id, leaflet(draft).id)))
    events.delete_draft(draft, organizer.account_id)
    assert db.session.scalars(select(EventLeaflet)).all() == []


def test_any_number_of_leaflets_takes_one_query(organizer: Person, event: Event) -> None:
    other, counts = factories.event(organizer.group), []
    for number in range(2):
        for each in (event, other):
            _seal(db.session.get_one(EventLeaflet, (each.id, leaflet(each, f"Leaflet {number}").id)))
        db.session.rollback()
        ids = [event.id, other.id]
        counts.append(_count(lambda ids=ids: copies.of_events(ids)))  # type: ignore[misc] # the ids of this round
        assert [len(copies.of_events(ids)[each]) for each in ids] == [number + 1] * 2
    assert counts == [1, 1]


def test_the_page_of_an_events_leaflets_takes_the_same_queries_for_any_number(organizer: Person, event: Event) -> None:
    counts = []
    for number in range(3):
        _seal(db.session.get_one(EventLeaflet, (event.id, leaflet(event, f"Leaflet {number}").id)))
        counts.append(_count(lambda: organizer.client.get(f"/events/{event.id}/leaflets")))
    assert counts[0] == counts[-1]


def _count(read: Callable[[], object]) -> int:
    """How many statements it takes."""
    statements: list[object] = []

    def listen(*told: object) -> None:
        statements.append(told[2])

    listening.listen(db.engine, "before_cursor_execute", listen)
    try:
        read()
    finally:
        listening.remove(db.engine, "before_cursor_execute", listen)
    return len(statements)
