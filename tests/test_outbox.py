"""What is owed, in which order it is done, and how long one tick is about what can wait."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from structlog.testing import capture_logs
from time_machine import TimeMachineFixture

from organizer import clock, outbox
from organizer.db import db, new_id, writing
from organizer.errors import TooMany, Unsettled
from organizer.outbox import Fact, OutboxRow

LATER, SOON, URGENT, LONG = "tests.made_slowly", "tests.made_soon", "tests.told", "tests.worked_long"


@pytest.fixture
def done(app: Flask) -> Iterator[list[str]]:
    """What the handlers have done, in their order."""
    did: list[str] = []

    @outbox.after(LATER, can_wait=outbox.LONG)
    def make_slowly(_fact: Fact) -> None:
        did.append("later")

    @outbox.after(SOON, can_wait=outbox.A_WHILE)
    def make_soon(_fact: Fact) -> None:
        did.append("soon")

    @outbox.after(URGENT)
    def tell(_fact: Fact) -> None:
        did.append("urgent")

    yield did
    del outbox._after[LATER], outbox._after[SOON], outbox._after[URGENT]


def _state(*names: str) -> None:
    for name in names:
        with writing():
            outbox.commit(Fact(name, new_id()))


def test_what_can_wait_is_done_when_nothing_else_is_owed(done: list[str]) -> None:
    _state(LATER, SOON, URGENT, LATER, URGENT)
    assert outbox.run_owed() == 5
    assert done == ["urgent", "urgent", "soon", "later", "later"]


def test_the_queue_carries_what_can_wait_last(app: Flask, done: list[str]) -> None:
    queue = app.extensions["outbox.queue"]
    queue.flush()
    _state(LATER, SOON, URGENT, LATER, URGENT)
    while task := queue.dequeue():
        queue.execute(task)
    assert done == ["urgent", "urgent", "soon", "later", "later"]


def test_the_queue_carries_by_turns_and_what_can_wait_behind_them_all(app: Flask, done: list[str]) -> None:
    queue = app.extensions["outbox.queue"]
    queue.flush()
    turns = iter((0, 1, 5000, 0))

    outbox.after(LONG, turn=lambda _subject_id: next(turns))(lambda _fact: None)
    try:
        _state(SOON, LONG, LONG, LONG, LONG)
        rows = db.session.query(OutboxRow).filter_by(fact=LONG).order_by(OutboxRow.happened_at).all()
        order = [row.id for row in rows]
        db.session.rollback()
        carried = []
        while task := queue.dequeue():
            carried.append(order.index(task.args[0]) if task.args[0] in order else "soon")
        assert carried == [0, 3, 1, 2, "soon"]
    finally:
        del outbox._after[LONG]


def test_one_tick_is_about_what_is_owed_only_so_long(done: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "PATIENCE_SECONDS", -1.0)
    _state(URGENT, URGENT)
    outbox.tick()
    assert done == []
    monkeypatch.undo()
    outbox.tick()
    assert done == ["urgent", "urgent"]


def test_the_clock_leaves_what_can_wait_to_the_worker_until_it_is_old(
    done: list[str], time_machine: TimeMachineFixture
) -> None:
    _state(LATER, SOON, URGENT)
    outbox.tick()
    assert done == ["urgent"]
    time_machine.move_to(clock.now() + outbox.LOST_AFTER + timedelta(seconds=1))
    outbox.tick()
    assert done == ["urgent", "soon", "later"]


def test_what_can_wait_and_was_begun_before_is_in_no_queue_and_so_the_clocks(
    done: list[str], time_machine: TimeMachineFixture
) -> None:
    _state(LATER)
    assert outbox._claim(db.session.query(OutboxRow).one())
    outbox.tick()
    assert done == []
    time_machine.move_to(clock.now() + outbox.LEASE + timedelta(seconds=1))
    outbox.tick()
    assert done == ["later"]


class Pauses(threading.Event):
    """Nobody waits in it; two ticks come."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.asked.append(timeout or 0)
        return len(self.asked) == 3


@pytest.mark.parametrize(("takes", "least", "most"), [(0.2, 50, 59.8), (0, 59, 60), (61, 0, 0)])
def test_each_minute_is_each_minute_however_long_a_tick_takes(
    app: Flask, monkeypatch: pytest.MonkeyPatch, takes: float, least: float, most: float
) -> None:
    monkeypatch.setattr(outbox, "tick", lambda _ends: time.sleep(min(takes, 0.2)))
    monkeypatch.setattr(outbox, "TICK_SECONDS", 0.1 if takes > 60 else 60.0)
    worker = outbox.Worker(app)
    worker._ends = pauses = Pauses()
    worker._tick_until_the_end()
    assert pauses.asked[0] == outbox.FIRST_TICK_SECONDS
    assert all(least <= pause <= most for pause in pauses.asked[1:])


def test_stopping_waits_for_what_is_being_done_and_not_for_what_is_owed(
    app: Flask, done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, may_end = threading.Event(), threading.Event()

    def work_long(_fact: Fact) -> None:
        begun.set()
        may_end.wait(30)
        done.append("long")

    outbox.after(LONG)(work_long)
    monkeypatch.setattr(outbox, "_each_minute", [])
    monkeypatch.setattr(outbox, "FIRST_TICK_SECONDS", 0.01)
    _state(*[LONG] * 5)
    # It is the clock that is stopped.
    app.extensions["outbox.queue"].flush()
    worker = outbox.Worker(app)
    worker.start()
    try:
        assert begun.wait(20)
        threading.Timer(0.3, may_end.set).start()
    finally:
        worker.stop()
        del outbox._after[LONG]
    assert done == ["long"]


def test_once_it_is_to_end_no_job_of_the_minute_is_begun(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    ends, ran = threading.Event(), []

    def first() -> None:
        ran.append("first")
        ends.set()

    monkeypatch.setattr(outbox, "_each_minute", [first, lambda: ran.append("second")])
    outbox.tick(ends)
    assert ran == ["first"]


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

    def tick(_ends: threading.Event) -> None:
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


# Places in the sandbox.


def test_where_others_take_all_places_it_is_tried_again_soon_however_often(
    app: Flask, time_machine: TimeMachineFixture
) -> None:
    def find_none(_fact: Fact) -> None:
        raise TooMany("Others are sending files just now.", retry_seconds=20)

    outbox.after(LONG)(find_none)
    try:
        _state(LONG)
        for _ in range(12):
            with capture_logs() as told:
                assert outbox.run_owed() == 0
            assert told == []
            row = db.session.query(OutboxRow).filter_by(fact=LONG).one()
            assert row.attempts == 0
            assert row.leased_until_at
            assert timedelta(seconds=19) < row.leased_until_at - clock.now() <= timedelta(seconds=20)
            assert not outbox.run(row.id)
            time_machine.move_to(row.leased_until_at + timedelta(seconds=1))
    finally:
        del outbox._after[LONG]


def test_when_one_that_can_wait_finds_no_place_the_next_ones_need_not_ask(app: Flask, done: list[str]) -> None:
    asked = []

    def find_none(fact: Fact) -> None:
        asked.append(fact.subject_id)
        raise TooMany("Others are sending files just now.", retry_seconds=20)

    outbox.after(LONG, can_wait=outbox.LONG)(find_none)
    try:
        _state(LONG, LONG, URGENT, SOON)
        assert outbox.run_owed() == 2
        assert len(asked) == 1
        assert done == ["urgent", "soon"]
    finally:
        del outbox._after[LONG]
