"""Ten places stay ten places, however many people want them at once, in one process and in two."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from organizer.db import db, new_id
from organizer.events.models import Event
from organizer.rsvps import service as rsvps
from organizer.rsvps.models import Capacity, Rsvp
from organizer.rsvps.rules import CapacityDetails, Level
from tests import factories
from tests.load.clients import Answered, process, rush

ROUNDS = 20 if os.environ.get("ORGANIZER_SOAK") else 3
CLIENTS = 64
PLACES = 10

pytestmark = pytest.mark.load


@contextmanager
def _served(folder: Path, processes: int, *flags: str) -> Iterator[list[int]]:
    """The ports of so many processes on one database; the first is the worker."""
    with ExitStack() as stack:
        workers = ["thread", *["none"] * (processes - 1)]
        yield [stack.enter_context(process(folder, *flags, WORKER=worker)).port for worker in workers]


def _event() -> Event:
    event = factories.event()
    details = CapacityDetails(Level.HEADCOUNT, PLACES, party_max=1, is_open=True, has_public_count=False)
    rsvps.ask(event.id, details, new_id())
    return event


def _statuses(answers: list[Answered]) -> Counter[int]:
    return Counter(answer.status for answer in answers)


def _stored(event_id: str) -> tuple[int, int]:
    """How many people the counter has, and how many the answers."""
    db.session.rollback()
    counted = db.session.scalar(select(Capacity.going).where(Capacity.event_id == event_id)) or 0
    answers = db.session.scalar(select(func.sum(Rsvp.party_size)).where(Rsvp.event_id == event_id)) or 0
    db.session.rollback()
    return counted, answers


@pytest.mark.parametrize("processes", [1, 2])
def test_of_64_people_who_want_10_places_at_once_10_get_one(app: Flask, tmp_path: Path, processes: int) -> None:
    with _served(tmp_path, processes) as ports:
        for _ in range(ROUNDS):
            event = _event()
            answers = rush(ports, str(event.slug), CLIENTS)
            assert _statuses(answers) == {303: PLACES, 422: CLIENTS - PLACES}
            assert _stored(event.id) == (PLACES, PLACES)


@contextmanager
def _without_constraints() -> Iterator[None]:
    """Let PostgreSQL store what the lock should have prevented; SQLite cannot drop a constraint, nor gets so far."""
    if db.engine.dialect.name != "postgresql":
        yield
        return
    # Dropped too: the second writer would count the answer under a number that is taken.
    dropped = (
        ("capacity", "ck_capacity_not_over", "CHECK (places IS NULL OR going <= places)"),
        ("rsvp", "uq_rsvp_event_id_number", "UNIQUE (event_id, number)"),
    )
    _execute(*(f"ALTER TABLE {table} DROP CONSTRAINT {name}" for table, name, _ in dropped))
    try:
        yield
    finally:
        added = (f"ALTER TABLE {table} ADD CONSTRAINT {name} {words}" for table, name, words in dropped)
        _execute("DELETE FROM rsvp", *added)


def _execute(*statements: str) -> None:
    db.session.rollback()
    for statement in statements:
        db.session.execute(text(statement))
    db.session.commit()


@pytest.mark.parametrize("processes", [1, 2])
def test_without_its_lock_the_same_rush_overbooks_or_fails(app: Flask, tmp_path: Path, processes: int) -> None:
    """So the test above would notice. PostgreSQL takes too many people; SQLite answers "locked", which is a 503."""
    with _without_constraints(), _served(tmp_path, processes, "--without-lock") as ports:
        event = _event()
        statuses = _statuses(rush(ports, str(event.slug), CLIENTS))
        if db.engine.dialect.name == "postgresql":
            assert _stored(event.id)[1] > PLACES
        else:
            assert statuses[503] > 0
        assert statuses != {303: PLACES, 422: CLIENTS - PLACES}
