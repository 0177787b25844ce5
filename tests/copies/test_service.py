"""How copies are counted, and how the name of who brings them lies and goes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from time_machine import TimeMachineFixture

from organizer import audit, clock, outbox, vault
from organizer.audit import AuditLine
from organizer.copies import queries
from organizer.copies import service as copies
from organizer.copies.rules import CopiesDetails
from organizer.db import db, new_id
from organizer.errors import Unavailable
from organizer.events import service as events
from organizer.events.models import Event
from organizer.keeping import purge
from organizer.leaflets import service as leaflets
from organizer.leaflets.models import EventLeaflet, Leaflet
from organizer.rsvps.models import Capacity
from tests import factories
from tests.copies import counting
from tests.factories import Person, post
from tests.groups import racing
from tests.leaflets import making


@pytest.mark.load
def test_all_who_hand_out_at_once_are_counted(app: Flask, organizer: Person, row: EventLeaflet) -> None:
    copies.change(row, CopiesDetails(printed=1000), CopiesDetails().fingerprint, organizer.account_id)
    there = (row.event_id, row.leaflet_id)
    db.session.rollback()

    def hand_out(wait: Callable[[], int]) -> None:
        mine = db.session.get_one(EventLeaflet, there)
        wait()
        for _ in range(5):
            copies.hand_out(mine, 10, organizer.account_id)

    assert racing.at_once(app, [hand_out] * 6) == [None] * 6
    assert counting.known(row).left_over == 1000 - 6 * 5 * 10


def test_who_takes_some_away_on_a_page_that_she_opened_before_is_counted_too(
    organizer: Person, row: EventLeaflet
) -> None:
    counting.save(organizer, row, printed="100")
    page = organizer.client.get(counting.path(row, "left")).text
    for _ in range(2):
        post(organizer.client, counting.path(row, "left"), {"take": "10", "shown": counting.shown(page)})
    assert counting.known(row).left_over == 80


def test_the_name_lies_sealed_and_opens_only_in_its_place(organizer: Person, event: Event, row: EventLeaflet) -> None:
    sealed = counting.seal(row)
    assert counting.NAME.encode() not in sealed
    other = db.session.get_one(EventLeaflet, (event.id, counting.leaflet(event, "Another").id))
    other.brought_by = sealed
    assert queries.known(other).brought_by == ""
    assert queries.known(row).brought_by == counting.NAME
    db.session.rollback()


def test_the_audit_tells_that_it_was_changed_and_no_value(row: EventLeaflet) -> None:
    counting.seal(row)
    line = db.session.scalars(select(AuditLine).order_by(AuditLine.number.desc())).first()
    assert line
    assert (line.verb, line.object_id) == ("leaflet.counted", row.leaflet_id)
    assert audit.verify() is None


# How long the name stays.


def test_numbers_alone_make_no_key(event: Event, row: EventLeaflet) -> None:
    copies.change(row, CopiesDetails(printed=400), CopiesDetails().fingerprint, new_id())
    assert not vault.has_event_key(event.id)
    counting.seal(row)
    assert vault.has_event_key(event.id)


def test_no_backup_opens_the_name_after_the_purge(
    event: Event, row: EventLeaflet, time_machine: TimeMachineFixture
) -> None:
    backup = counting.seal(row)
    time_machine.move_to(event.ends_at + timedelta(days=7))
    purge.run()
    assert not vault.has_event_key(event.id)
    row.brought_by = backup
    assert queries.known(row) == CopiesDetails(needed=500, printed=400)
    db.session.rollback()


def test_where_the_key_is_lost_the_pages_say_no_name(organizer: Person, event: Event, row: EventLeaflet) -> None:
    counting.seal(row)
    vault.destroy_event_key(event.id)
    assert "400 of 500 printed" in organizer.client.get(f"/events/{event.id}/leaflets").text
    counting.save(organizer, row, printed="300")
    assert counting.known(row) == CopiesDetails(printed=300)


def test_the_key_goes_before_the_name(
    event: Event, row: EventLeaflet, time_machine: TimeMachineFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_event_id: str) -> None:
        raise Unavailable

    counting.seal(row)
    monkeypatch.setattr(vault, "destroy_event_key", fail)
    time_machine.move_to(event.ends_at + timedelta(days=7))
    assert purge.run() == 0
    assert counting.known(row).brought_by == counting.NAME
    monkeypatch.undo()
    assert purge.run() == 1
    assert row.brought_by is None


def test_the_name_goes_with_what_is_purged_and_the_numbers_stay(
    event: Event, row: EventLeaflet, time_machine: TimeMachineFixture
) -> None:
    counting.seal(row)
    time_machine.move_to(event.ends_at + timedelta(days=7, seconds=-1))
    purge.run()
    assert counting.known(row).brought_by == counting.NAME
    time_machine.move_to(event.ends_at + timedelta(days=7))
    purge.run()
    assert counting.known(row) == CopiesDetails(needed=500, printed=400)
    assert row.brought_by is None


def test_a_name_that_comes_late_goes_with_the_next_purge(
    event: Event, row: EventLeaflet, time_machine: TimeMachineFixture
) -> None:
    """What was settled earlier than the rule says is not kept longer."""
    counting.seal(row)
    capacity = db.session.get_one(Capacity, event.id)
    capacity.purge_at = capacity.purged_at = clock.now()
    db.session.commit()
    assert purge.run() == 1
    assert counting.known(row).brought_by == ""
    assert not vault.has_event_key(event.id)
    assert purge.run() == 0


def test_no_new_date_keeps_the_name_longer_when_the_action_is_over(
    event: Event, row: EventLeaflet, time_machine: TimeMachineFixture
) -> None:
    counting.seal(row)
    goes_at = event.ends_at + timedelta(days=7)
    time_machine.move_to(event.ends_at + timedelta(days=1))
    events.reschedule(event, replace(event.when, starts_on=clock.today() + timedelta(days=300)), "", new_id())
    time_machine.move_to(goes_at)
    purge.run()
    assert counting.known(row).brought_by == ""
    counting.seal(row)
    purge.run()
    assert counting.known(row).brought_by == counting.NAME


@pytest.mark.parametrize(("act", "days"), [("postpone", 30), ("cancel", 7)])
def test_the_day_on_which_it_goes_follows_the_event(
    event: Event, row: EventLeaflet, time_machine: TimeMachineFixture, act: str, days: int
) -> None:
    counting.seal(row)
    getattr(events, act)(event, "The hall is closed.", "a" * 26)
    goes_at = (event.ends_at if act == "postpone" else clock.now()) + timedelta(days=days)
    time_machine.move_to(goes_at - timedelta(minutes=5))
    assert queries.keeps_name(event)
    purge.run()
    assert counting.known(row).brought_by == counting.NAME
    time_machine.move_to(goes_at + timedelta(minutes=5))
    assert not queries.keeps_name(event)
    purge.run()
    assert counting.known(row).brought_by == ""


def test_a_name_that_stays_a_day_too_long_is_an_alarm(
    event: Event, row: EventLeaflet, time_machine: TimeMachineFixture
) -> None:
    counting.seal(row)
    time_machine.move_to(event.ends_at + timedelta(days=8))
    assert list(purge.late()) == [event.id]
    purge.run()
    assert list(purge.late()) == []


# Where the event goes.


def test_an_action_done_again_has_the_leaflets_and_neither_numbers_nor_name(event: Event, row: EventLeaflet) -> None:
    counting.seal(row)
    again = events.do_again(event, "a" * 26)
    brought = db.session.get_one(EventLeaflet, (again.id, row.leaflet_id))
    assert queries.known(brought) == CopiesDetails()
    assert brought.brought_by is None


def test_a_deleted_draft_takes_them_with_it(organizer: Person) -> None:
    draft = factories.event(organizer.group, published=False)
    counting.seal(db.session.get_one(EventLeaflet, (draft.id, counting.leaflet(draft).id)))
    events.delete_draft(draft, organizer.account_id)
    assert db.session.scalars(select(EventLeaflet)).all() == []


def test_no_backup_opens_the_name_after_its_draft_was_deleted(organizer: Person) -> None:
    draft = factories.event(organizer.group, published=False)
    counting.seal(db.session.get_one(EventLeaflet, (draft.id, counting.leaflet(draft).id)))
    draft_id = draft.id
    events.delete_draft(draft, organizer.account_id)
    outbox.run_owed()
    assert not vault.has_event_key(draft_id)


def test_nothing_stays_of_the_copies_of_a_leaflet_that_is_withdrawn(event: Event, row: EventLeaflet) -> None:
    counting.seal(row)
    leaflets.withdraw(db.session.get_one(Leaflet, row.leaflet_id), "a" * 26)
    assert counting.known(row) == CopiesDetails()
    assert row.brought_by is None


def test_copies_stay_when_an_older_version_goes_alone(event: Event) -> None:
    leaflet = making.published(event)
    row = db.session.get_one(EventLeaflet, (event.id, leaflet.id))
    making.next_version(leaflet)
    making.publish(leaflet)
    counting.seal(row)
    leaflets.withdraw_version(leaflet.versions[0], "a" * 26)
    assert counting.known(row).brought_by == counting.NAME
