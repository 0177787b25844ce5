"""What is owed, in which order it is done, and how long one tick is about what can wait."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from structlog.testing import capture_logs

from organizer import outbox
from organizer.db import db, new_id, writing
from organizer.errors import Unsettled
from organizer.outbox import Fact, OutboxRow

LATER, URGENT, LONG = "tests.made_slowly", "tests.told", "tests.worked_long"


@pytest.fixture
def done(app: Flask) -> Iterator[list[str]]:
    """What the handlers have done, in their order."""
    did: list[str] = []

    @outbox.after(LATER, can_wait=True)
    def make_slowly(_fact: Fact) -> None:
        did.append("later")

    @outbox.after(URGENT)
    def tell(_fact: Fact) -> None:
        did.append("urgent")

    yield did
    del outbox._after[LATER], outbox._after[URGENT]


def _state(*names: str) -> None:
    for name in names:
        with writing():
            outbox.commit(Fact(name, new_id()))


def test_what_can_wait_is_done_when_nothing_else_is_owed(done: list[str]) -> None:
    _state(LATER, URGENT, LATER, URGENT)
    assert outbox.run_owed() == 4
    assert done == ["urgent", "urgent", "later", "later"]


def test_the_queue_carries_what_can_wait_last(app: Flask, done: list[str]) -> None:
    queue = app.extensions["outbox.queue"]
    queue.flush()
    _state(LATER, URGENT, LATER, URGENT)
    while task := queue.dequeue():
        queue.execute(task)
    assert done == ["urgent", "urgent", "later", "later"]


def test_one_tick_is_about_what_is_owed_only_so_long(done: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "PATIENCE_SECONDS", -1.0)
    _state(LATER, URGENT, URGENT)
    outbox.tick()
    assert done == []
    monkeypatch.undo()
    outbox.tick()
    assert done == ["urgent", "urgent", "later"]


def test_long_work_does_not_hold_up_the_clock(app: Flask, done: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    begun, ticked, may_end = threading.Event(), threading.Event(), threading.Event()

    def work_long(_fact: Fact) -> None:
        begun.set()
        may_end.wait(30)
        done.append("long")

    outbox.after(LONG)(work_long)
    monkeypatch.setattr(outbox, "_each_minute", [ticked.set])
    monkeypatch.setattr(outbox, "FIRST_TICK_SECONDS", 0.3)
    app.extensions["outbox.queue"].flush()
    worker = outbox.Worker(app)
    worker.start()
    try:
        _state(LONG)
        assert begun.wait(20)
        assert ticked.wait(20)
        assert done == []
    finally:
        may_end.set()
        worker.stop()
        del outbox._after[LONG]
    assert done == ["long"]


def test_a_database_that_fails_for_once_does_not_stop_the_clock(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    ticks, again = [OSError("no database")], threading.Event()

    def tick() -> None:
        if ticks:
            raise ticks.pop()
        again.set()

    monkeypatch.setattr(outbox, "tick", tick)
    monkeypatch.setattr(outbox, "FIRST_TICK_SECONDS", 0.01)
    monkeypatch.setattr(outbox, "TICK_SECONDS", 0.01)
    worker = outbox.Worker(app)
    worker.start()
    try:
        assert again.wait(20)
    finally:
        worker.stop()


def test_what_is_to_be_asked_again_is_no_failure(app: Flask) -> None:
    def ask(_fact: Fact) -> None:
        raise Unsettled

    outbox.after(LONG)(ask)
    try:
        _state(LONG)
        with capture_logs() as told:
            assert outbox.run_owed() == 0
        assert told == []
        assert db.session.query(OutboxRow).filter_by(fact=LONG).count() == 1
    finally:
        del outbox._after[LONG]
