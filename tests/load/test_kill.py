"""kill -9 in the middle of a stream of answers: what was acknowledged is there, and all that follows is done."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, insert, select

from organizer.db import db, new_id
from organizer.events.models import Event
from organizer.outbox import OutboxRow
from organizer.rsvps.models import Capacity, Rsvp
from organizer.rsvps.rules import LEVEL_BY_KIND
from tests import factories
from tests.load.clients import answer, process
from tests.served import PATIENCE_SECONDS

KILLS = 30 if os.environ.get("ORGANIZER_SOAK") else 6
PEOPLE = 8
MOST_ANSWERS = 40
LEASE_SECONDS = 1

pytestmark = pytest.mark.load


def _events(count: int) -> list[str]:
    """Ids of so many alike published events: with one answer each, the facts of the answers can be told apart."""
    model = factories.event()
    columns = {column.key: getattr(model, column.key) for column in Event.__table__.columns}
    ids = [new_id() for _ in range(count)]
    copies = [{**columns, "id": made, "uid": f"{made}@localhost", "slug": None} for made in ids]
    purge_at = db.session.get_one(Capacity, model.id).purge_at
    asking = [{"event_id": made, "level": LEVEL_BY_KIND[model.kind], "purge_at": purge_at} for made in ids]
    db.session.execute(insert(Event), copies)
    db.session.execute(insert(Capacity), asking)
    db.session.commit()
    return ids


def _stream(port: int, events: Iterator[str], acknowledged: list[str]) -> None:
    """Answer for one event after another until the site is gone; note what it has acknowledged."""
    for event_id in events:
        try:
            answered = answer(port, event_id)
        except (OSError, HTTPException):
            return
        assert answered.status == 303
        acknowledged.append(str(answered.rsvp_id))


def _until_killed(folder: Path, note: Path, events: Iterator[str]) -> list[str]:
    """Start the site and kill it in the middle of some answers; return the ids of those that it has acknowledged."""
    acknowledged: list[str] = []
    some = random.randint(1, MOST_ANSWERS)
    with process(folder, "--note", str(note)) as site, ThreadPoolExecutor(PEOPLE) as people:
        streams = [people.submit(_stream, site.port, events, acknowledged) for _ in range(PEOPLE)]
        while len(acknowledged) < some and not all(stream.done() for stream in streams):
            time.sleep(0.001)
        site.process.kill()
    for stream in streams:
        stream.result()
    return acknowledged


def _wait_until_nothing_is_owed() -> None:
    for _ in range(PATIENCE_SECONDS * 10):
        if not db.session.scalar(select(func.count()).select_from(OutboxRow)):
            return
        db.session.rollback()
        time.sleep(0.1)
    raise AssertionError("Some facts are still unhandled.")


def test_no_acknowledged_answer_is_lost_and_no_fact_stays_unhandled(app: Flask, tmp_path: Path) -> None:
    events, note = iter(_events(KILLS * (MOST_ANSWERS + PEOPLE))), tmp_path / "noted"
    acknowledged = {rsvp_id for _ in range(KILLS) for rsvp_id in _until_killed(tmp_path, note, events)}
    time.sleep(LEASE_SECONDS)
    with process(tmp_path, "--note", str(note)):
        _wait_until_nothing_is_owed()
    stored = {rsvp.id: rsvp.event_id for rsvp in db.session.scalars(select(Rsvp))}
    assert len(acknowledged) >= KILLS
    assert acknowledged <= stored.keys()
    assert set(stored.values()) <= set(note.read_text().split())
    assert db.session.scalar(select(func.sum(Capacity.going))) == len(stored)
