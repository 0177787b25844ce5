"""What is due goes, the key first; what cannot go now is told, and keeps nothing else waiting."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from structlog.testing import capture_logs
from time_machine import TimeMachineFixture

from organizer import clock, vault
from organizer.db import db
from organizer.errors import Unavailable
from organizer.events import service as events
from organizer.events.gate import Clearance, visible
from organizer.events.models import Event
from organizer.keeping import purge
from organizer.rsvps import service as rsvps
from organizer.rsvps.models import Capacity, Rsvp
from organizer.rsvps.rules import Coming, RsvpDetails
from tests import factories
from tests.conftest import DATABASE_URL

only_sqlite = pytest.mark.skipif(bool(DATABASE_URL), reason="PostgreSQL has no log of ours")


@dataclass(frozen=True)
class Answered:
    """An event that has an answer with a nickname."""

    id: str
    ends_at: datetime


def _answered() -> Answered:
    event = factories.event()
    rsvps.answer(visible(event, Clearance.PUBLIC, clock.now()), RsvpDetails(Coming.GOING, 3, "Leek"))
    return Answered(event.id, event.ends_at)


@pytest.fixture
def event(app: Flask) -> Answered:
    return _answered()


def test_nothing_goes_before_its_time(event: Answered, time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(event.ends_at + timedelta(days=7, seconds=-1))
    assert purge.run() == 0
    assert vault.has_event_key(event.id)
    assert db.session.scalar(select(Rsvp.id))


def test_what_is_due_goes_with_its_key_and_leaves_a_rounded_total(
    event: Answered, time_machine: TimeMachineFixture
) -> None:
    time_machine.move_to(event.ends_at + timedelta(days=7))
    assert purge.run() == 1
    assert not vault.has_event_key(event.id)
    assert db.session.scalar(select(Rsvp.id)) is None
    assert db.session.get_one(Capacity, event.id).total_rounded == 10
    assert purge.run() == 0


def test_a_key_that_cannot_be_destroyed_keeps_its_rows_and_nothing_else(
    event: Answered, time_machine: TimeMachineFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = _answered()
    destroy = vault.destroy_event_key

    def fail_for_one(event_id: str) -> None:
        if event_id == event.id:
            raise Unavailable
        destroy(event_id)

    monkeypatch.setattr(vault, "destroy_event_key", fail_for_one)
    time_machine.move_to(event.ends_at + timedelta(days=7, hours=1))
    with capture_logs() as told:
        assert purge.run() == 1
    assert set(db.session.scalars(select(Rsvp.event_id))) == {event.id}
    assert not vault.has_event_key(other.id)
    assert [line["event"] for line in told] == ["purge.failed"]

    monkeypatch.undo()
    assert purge.run() == 1
    assert db.session.scalar(select(Rsvp.id)) is None


def test_what_is_a_day_late_is_an_alarm(
    event: Answered, time_machine: TimeMachineFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(event_id: str) -> None:
        raise Unavailable

    monkeypatch.setattr(vault, "destroy_event_key", fail)
    time_machine.move_to(event.ends_at + timedelta(days=8, seconds=-1))
    assert list(purge.late()) == []
    time_machine.move_to(event.ends_at + timedelta(days=8))
    assert list(purge.late()) == [event.id]
    with capture_logs() as told:
        purge.run()
    assert {line["event"]: line["event_id"] for line in told} == {"purge.failed": event.id, "purge.late": event.id}


def test_an_event_recorded_long_after_it_happened_is_not_late(app: Flask) -> None:
    factories.event(starts_on=factories.past_day() - timedelta(days=400))
    assert list(purge.late()) == []


def test_a_postponed_event_counts_from_its_old_date(event: Answered, time_machine: TimeMachineFixture) -> None:
    events.postpone(db.session.get_one(Event, event.id), "The hall is closed.", "a" * 26)
    time_machine.move_to(event.ends_at + timedelta(days=30, seconds=-1))
    assert purge.run() == 0
    time_machine.move_to(event.ends_at + timedelta(days=30))
    assert purge.run() == 1


@pytest.fixture
def database(app: Flask) -> Path:
    return Path(str(db.engine.url.database)).resolve()


@pytest.fixture
def reader(database: Path) -> Iterator[sqlite3.Connection]:
    """Somebody who reads all the while, so that the log cannot be emptied."""
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM event").fetchone()
        yield connection


@only_sqlite
def test_a_busy_log_is_emptied_in_a_later_minute(
    database: Path,
    event: Answered,
    reader: sqlite3.Connection,
    time_machine: TimeMachineFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(purge, "TRIES", 2)
    log = Path(f"{database}-wal")
    time_machine.move_to(event.ends_at + timedelta(days=8))
    with capture_logs() as told:
        assert purge.run() == 1
    assert "purge.log_busy" in [line["event"] for line in told]
    assert log.stat().st_size > 0

    reader.execute("ROLLBACK")
    assert purge.run() == 0
    assert log.stat().st_size == 0


@only_sqlite
def test_the_first_run_of_a_process_empties_the_log(app: Flask, database: Path, event: Answered) -> None:
    app.extensions.pop(purge.WIPED, None)
    assert Path(f"{database}-wal").stat().st_size > 0
    assert purge.run() == 0
    assert Path(f"{database}-wal").stat().st_size == 0


@only_sqlite
def test_waiting_for_the_log_does_not_change_how_long_others_wait(event: Answered) -> None:
    purge.wipe()
    with db.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 10_000
