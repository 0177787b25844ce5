"""Requests to remove something: taken within limits, settled, forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from time_machine import TimeMachineFixture

from organizer import clock, outbox
from organizer.audit import AuditLine
from organizer.db import db, new_id
from organizer.errors import TooMany
from organizer.outbox import Fact
from organizer.removals import jobs, queries
from organizer.removals import service as removals
from organizer.removals.models import RemovalRequest
from organizer.removals.rules import Kind, State
from tests.factories import Person


def rows() -> list[RemovalRequest]:
    db.session.rollback()
    db.session.expire_all()
    return db.session.query(RemovalRequest).all()


def test_a_request_waits_for_its_group_with_its_note_sealed(organizer: Person) -> None:
    subject_id = new_id()
    removals.ask(organizer.group.id, Kind.STATEMENT, subject_id, "That is my sister.")
    removals.ask(organizer.group.id, Kind.STATEMENT, subject_id)
    (asked,) = queries.waiting(organizer.group.id)
    assert (asked.subject_id, asked.count, asked.notes) == (subject_id, 2, ("That is my sister.",))
    assert queries.count_waiting(organizer.group.id) == 2
    assert queries.waiting(new_id()) == []
    assert not any(b"sister" in (row.note or b"") for row in rows())


def test_a_note_opens_in_its_own_row_only(organizer: Person) -> None:
    one, other = (removals.ask(organizer.group.id, Kind.PHOTO, new_id(), "Mine.") for _each in range(2))
    one.note = other.note
    db.session.commit()
    with pytest.raises(Exception, match="another place"):
        queries.waiting(organizer.group.id)


def test_a_flood_about_one_subject_leaves_room_for_others(organizer: Person) -> None:
    subject_id = new_id()
    for _each in range(10):
        removals.ask(organizer.group.id, Kind.STATEMENT, subject_id)
    with pytest.raises(TooMany):
        removals.ask(organizer.group.id, Kind.STATEMENT, subject_id)
    removals.ask(organizer.group.id, Kind.STATEMENT, new_id())
    assert len(rows()) == 11


def test_a_flood_about_many_subjects_ends_too(organizer: Person, time_machine: TimeMachineFixture) -> None:
    now = clock.now()
    time_machine.move_to(now, tick=False)
    subjects = [new_id() for _each in range(7)]
    for subject_id in subjects:
        for _each in range(9 + (subject_id in subjects[:4])):
            removals.ask(organizer.group.id, Kind.STATEMENT, subject_id)
    with pytest.raises(TooMany):
        removals.ask(organizer.group.id, Kind.STATEMENT, subjects[-1])
    removals.ask(organizer.group.id, Kind.STATEMENT, new_id())  # the first about something is always heard
    time_machine.move_to(now + timedelta(minutes=61), tick=False)
    removals.ask(organizer.group.id, Kind.STATEMENT, subjects[-1])


def test_settling_deletes_what_was_written_and_is_noted_once(organizer: Person) -> None:
    request = removals.ask(organizer.group.id, Kind.STATEMENT, new_id(), "That is my sister.")
    removals.settle(request, (), organizer.account_id)
    removals.settle(request, (), organizer.account_id)
    (row,) = rows()
    assert (row.state, row.note, row.settled_on) == (State.SETTLED, None, clock.today())
    assert queries.waiting(organizer.group.id) == []
    noted = db.session.query(AuditLine).filter_by(verb="removal.settled").all()
    assert [(line.actor_id, line.object_id) for line in noted] == [(organizer.account_id, request.id)]


def test_however_many_ask_about_one_thing_it_stands_there_once(
    organizer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MOST_OF_SUBJECT", 3)
    flooded, other = new_id(), new_id()
    for number in range(5):
        removals.ask(organizer.group.id, Kind.STATEMENT, flooded, f"Note {number}")
    removals.ask(organizer.group.id, Kind.PHOTO, other, "That is me.")
    asked = {each.subject_id: each for each in queries.waiting(organizer.group.id)}
    assert {name: (each.kind, each.count, len(each.ids)) for name, each in asked.items()} == {
        flooded: (Kind.STATEMENT, 5, 3),
        other: (Kind.PHOTO, 1, 1),
    }
    assert len(set(asked[flooded].notes)) == 3


def test_what_was_seen_is_settled_together_and_what_was_asked_meanwhile_waits(organizer: Person) -> None:
    subject_id, other = new_id(), new_id()
    first, second, unseen = (
        removals.ask(organizer.group.id, Kind.STATEMENT, subject_id, "Mine.") for _each in range(3)
    )
    of_other = removals.ask(organizer.group.id, Kind.STATEMENT, other)
    removals.settle(first, (second.id, of_other.id), organizer.account_id)
    assert {each.ids for each in queries.waiting(organizer.group.id)} == {(unseen.id,), (of_other.id,)}
    removals.settle(first, (unseen.id,), organizer.account_id)  # by a page that was open meanwhile
    assert [each.subject_id for each in queries.waiting(organizer.group.id)] == [other]


@pytest.mark.parametrize("kind", Kind)
def test_what_is_withdrawn_takes_the_requests_about_it_along(organizer: Person, kind: Kind) -> None:
    subject_id, other_id = new_id(), new_id()
    settled = removals.ask(organizer.group.id, kind, subject_id)
    removals.settle(settled, (), organizer.account_id)
    removals.ask(organizer.group.id, kind, subject_id, "Mine.")
    kept = removals.ask(organizer.group.id, kind, other_id)
    same_id = removals.ask(organizer.group.id, next(each for each in Kind if each != kind), subject_id)
    jobs.forget(Fact(f"{kind}.withdrawn", subject_id))
    db.session.commit()
    assert {row.id for row in rows()} == {kept.id, same_id.id}


def test_settled_ones_go_after_thirty_days_and_open_ones_never(
    organizer: Person, time_machine: TimeMachineFixture
) -> None:
    now = clock.now()
    time_machine.move_to(now, tick=False)
    waits = removals.ask(organizer.group.id, Kind.STATEMENT, new_id())
    done = removals.ask(organizer.group.id, Kind.STATEMENT, new_id())
    removals.settle(done, (), organizer.account_id)
    time_machine.move_to(now + timedelta(days=29), tick=False)
    assert jobs.delete_settled() == 0
    time_machine.move_to(now + timedelta(days=400), tick=False)
    assert jobs.delete_settled() == 1
    assert jobs.delete_settled() == 0
    assert [row.id for row in rows()] == [waits.id]


def test_the_clock_and_the_facts_know_the_jobs(app: Flask) -> None:
    assert jobs.delete_settled in outbox._each_minute
    assert jobs.forget in outbox._within["statement.withdrawn"]
    assert jobs.forget in outbox._within["photo.withdrawn"]
