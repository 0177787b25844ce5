"""Facts and their handlers: what follows from a commit, inside it and after it."""

from __future__ import annotations

import math
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog
from flask import Flask, current_app
from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from organizer import audit, clock, vault
from organizer.config import Config
from organizer.db import Id, Model, NewId, db, new_id, writing
from organizer.errors import Gone, TooMany, Unsettled
from organizer.queueing import Consumer, Huey, MemoryHuey, PriorityRedisHuey, SignedSerializer, SqliteHuey

LEASE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(hours=1)
PATIENCE_SECONDS = 40.0
"""So long may one tick be about what is owed: the clock has more to do."""
FIRST_TICK_SECONDS = 5.0
TICK_SECONDS = 60.0
LOST_AFTER = timedelta(minutes=10)
"""What can wait is left to the worker's queue so long; then the clock takes it for lost."""
A_WHILE: Final = 1
LONG: Final = 2
"""How long a handler can wait: for what somebody looks at next, and for what nobody looks for."""
MOST_TURNS: Final = 1000
"""So many others may pass, and none that can wait longer."""

log = structlog.get_logger()


@dataclass(frozen=True, order=True)
class Fact:
    """What happened (`event.published`) to which id. Nothing personal."""

    name: str
    subject_id: str


@dataclass(frozen=True)
class Owed:
    """A row to be run; `is_lost` when no queue holds it: it was begun before, or waits for too long."""

    id: str
    can_wait: int
    is_lost: bool


Handler = Callable[[Fact], None]
Job = Callable[[], object]
Turn = Callable[[str], int]
LastHandler = Callable[[Sequence[Fact]], None]
_within: dict[str, list[Handler]] = defaultdict(list)
_last: list[LastHandler] = []
_after: dict[str, dict[str, Handler]] = defaultdict(dict)
_can_wait: dict[str, int] = {}
_turns: dict[str, Turn] = {}
_each_minute: list[Job] = []


class OutboxRow(Model):
    """One `after` handler still owed to one fact; deleted when it has run."""

    __tablename__ = "outbox"

    id: Mapped[NewId]
    fact: Mapped[str]
    subject_id: Mapped[Id]
    handler: Mapped[str]
    happened_at: Mapped[datetime]
    leased_until_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)


def within(*names: str) -> Callable[[Handler], Handler]:
    """Run the handler inside the commit that states one of these facts: no commit, no I/O.

    Handlers run in the order in which `web` names their rooms, from low to high, and so lock their rows in that order.
    """

    def register(handler: Handler) -> Handler:
        for name in names:
            if handler not in _within[name]:
                _within[name].append(handler)
        return handler

    return register


def last(handler: LastHandler) -> LastHandler:
    """Run the handler once in every commit, with all its facts, after the handlers of each."""
    if handler not in _last:
        _last.append(handler)
    return handler


def after(*names: str, can_wait: int = 0, turn: Turn | None = None) -> Callable[[Handler], Handler]:
    """Run the handler once the fact is committed, in a worker; it must be safe to run twice.

    One that can wait A_WHILE runs when nothing else is owed, one that can wait LONG after those. `turn` is asked in
    the commit, and tells of a fact's id how many of the same people are ahead of it: the queue lets others pass.
    """

    def register(handler: Handler) -> Handler:
        known = f"{handler.__module__}.{handler.__qualname__}"
        for name in names:
            _after[name][known] = handler
        if can_wait:
            _can_wait[known] = can_wait
        if turn:
            _turns[known] = turn
        return handler

    return register


def each_minute(job: Job) -> Job:
    """Run the job about once a minute in the process that has the clock; it asks the database what is due."""
    if job not in _each_minute:
        _each_minute.append(job)
    return job


def commit(*facts: Fact) -> None:
    """End a writing transaction: run the `within` handlers, store what is owed, commit, wake the queue.

    Handlers see the database as it is being left: what was loaded before is read anew. The audit, which all writers
    share, is written last, so that its lock is held for the shortest time.
    """
    session = db.session()
    session.flush()
    if any(_within[fact.name] for fact in facts):
        session.expire_all()
    for fact in facts:
        for handler in _within[fact.name]:
            handler(fact)
    for last_handler in _last:
        last_handler(facts)
    owed = [_owe(fact, name) for fact in facts for name in _after[fact.name]]
    audit.store()
    session.commit()
    for row_id, priority in owed:
        _wake(row_id, priority)


def run(row_id: str) -> bool:
    """Run one owed handler under a lease; True when it is done, False when it is leased elsewhere or has failed.

    A failure is logged by the names of fact and handler only, and tried again after a growing pause. So is a handler
    that this process does not know: an older process may meet it during an update. One that raises TooMany has found
    others where it wanted to work: that is no failure, and it is tried again when it says so.
    """
    try:
        return _run(row_id)
    except TooMany:
        return False


def run_owed() -> int:
    """Run all that is owed and not leased, once each, the oldest first and what can wait last.

    Returns how many were done.
    """
    return _run_each(_owed(), math.inf, threading.Event())


def _run_each(rows: Sequence[Owed], patience_seconds: float, ends: threading.Event) -> int:
    """Run these; no more is begun when the patience is over, or when `ends` is set."""
    until = time.monotonic() + patience_seconds
    done = 0
    for row in rows:
        if ends.is_set() or time.monotonic() > until:
            break
        try:
            done += _run(row.id)
        except TooMany:
            if row.can_wait:
                # Nor is there a place for the others that can wait.
                break
    return done


def _run(row_id: str) -> bool:
    """As `run`, but raises TooMany once the row is released."""
    try:
        row = db.session.get(OutboxRow, row_id)
        attempt = _claim(row) if row else 0
        if row is None or not attempt:
            return False
        return _run_claimed(row, attempt)
    except TooMany:
        raise
    except Exception as error:  # noqa: BLE001 - whatever goes wrong with one, the next ones must still run
        log.error("outbox.lost", error=type(error).__name__)
        return False
    finally:
        db.session.rollback()


def _run_claimed(row: OutboxRow, attempt: int) -> bool:
    row_id, fact, name = row.id, Fact(row.fact, row.subject_id), row.handler
    db.session.rollback()
    try:
        _after[fact.name][name](fact)
    except Unsettled:
        db.session.rollback()
        _release(row_id, attempt, _growing(attempt))
        return False
    except TooMany as full:
        db.session.rollback()
        _release(row_id, attempt, timedelta(seconds=full.retry_seconds), is_counted=False)
        raise
    except Exception as error:  # noqa: BLE001 - whatever a handler may raise
        db.session.rollback()
        log.error("outbox.failed", fact=fact.name, handler=name, error=type(error).__name__)
        _release(row_id, attempt, _growing(attempt))
        return False
    db.session.rollback()
    with writing():
        db.session.execute(delete(OutboxRow).where(OutboxRow.id == row_id, OutboxRow.attempts == attempt))
        db.session.commit()
    return True


def _owe(fact: Fact, handler: str) -> tuple[str, int]:
    """Return the row's id, and how urgent it is to the queue: 0 is the most."""
    row = OutboxRow(id=new_id(), fact=fact.name, subject_id=fact.subject_id, handler=handler, happened_at=clock.now())
    db.session.add(row)
    turn = _turns[handler](fact.subject_id) if handler in _turns else 0
    return row.id, -MOST_TURNS * _can_wait.get(handler, 0) - min(turn, MOST_TURNS - 1)


def tick(ends: threading.Event | None = None) -> None:
    """What the clock does each minute: the periodic jobs, then what is owed, until `ends` is set.

    What can wait it leaves to the worker, but for what no queue holds any more.
    """
    ends = ends or threading.Event()
    for job in _each_minute:
        if ends.is_set():
            return
        try:
            job()
        except Exception as error:  # noqa: BLE001 - one failing job must not stop the clock
            log.error("job.failed", job=f"{job.__module__}.{job.__qualname__}", error=type(error).__name__)
        db.session.rollback()
    _run_each([row for row in _owed() if row.is_lost or not row.can_wait], PATIENCE_SECONDS, ends)


def _owed() -> list[Owed]:
    """The rows that nobody has leased, those for which somebody waits before the others."""
    now = clock.now()
    lease = OutboxRow.leased_until_at
    query = select(OutboxRow.id, OutboxRow.handler, OutboxRow.happened_at, lease).where(
        or_(lease.is_(None), lease < now)
    )
    rows = db.session.execute(query.order_by(OutboxRow.happened_at, OutboxRow.id)).all()
    db.session.rollback()
    owed = [
        Owed(row.id, _can_wait.get(row.handler, 0), bool(row.leased_until_at) or row.happened_at < now - LOST_AFTER)
        for row in rows
    ]
    return sorted(owed, key=lambda row: row.can_wait)


def _claim(row: OutboxRow) -> int:
    """Lease the row and return the number of this attempt; 0 when another worker has it."""
    try:
        with writing(lock=row):
            if row.leased_until_at is not None and row.leased_until_at > clock.now():
                return 0
            row.leased_until_at = clock.now() + LEASE
            row.attempts += 1
            attempt = row.attempts
            db.session.commit()
            return attempt
    except Gone:
        return 0


def _growing(attempt: int) -> timedelta:
    """A pause that doubles with each attempt."""
    return min(timedelta(seconds=2 ** min(attempt, 12)), LONGEST_PAUSE)


def _release(row_id: str, attempt: int, pause: timedelta, *, is_counted: bool = True) -> None:
    """Let the row be tried again after the pause."""
    mine = (OutboxRow.id == row_id, OutboxRow.attempts == attempt)
    values = {"leased_until_at": clock.now() + pause, "attempts": attempt if is_counted else attempt - 1}
    with writing():
        db.session.execute(update(OutboxRow).where(*mine).values(values))
        db.session.commit()


# The queue: huey only carries ids. What it loses (a task dequeued at kill -9), the clock finds again.


class _QuietConsumer(Consumer):  # type: ignore[misc] # huey has no types
    """huey's consumer without signal handlers, so that it can live beside a web server."""

    def _set_signal_handlers(self) -> None:
        pass


def init_app(app: Flask, config: Config) -> None:
    """Give the app its queue: Redis when set, else an SQLite file of its own."""
    serializer = SignedSerializer(secret=vault.derive("queue").hex())
    queue: Huey
    if app.testing:
        queue = MemoryHuey("organizer", serializer=serializer)
    elif config.redis_url:
        queue = PriorityRedisHuey("organizer.ordered", url=config.redis_url, serializer=serializer, results=False)
    else:
        queue = SqliteHuey(
            "organizer", filename=str(config.data_dir / "queue.sqlite3"), serializer=serializer, results=False
        )

    def run_row(row_id: str) -> None:
        with app.app_context():
            run(row_id)

    app.extensions["outbox.queue"] = queue
    app.extensions["outbox.run_row"] = queue.task()(run_row)


class Worker:
    """One worker and the clock, each a thread, so that no work holds up the clock."""

    def __init__(self, app: Flask) -> None:
        queue = app.extensions["outbox.queue"]
        self._app = app
        self._consumer = _QuietConsumer(queue, workers=1, periodic=False, max_delay=1.0, check_worker_health=False)
        self._ends = threading.Event()
        self._clock = threading.Thread(target=self._tick_until_the_end, name="clock")

    def start(self) -> None:
        self._consumer.start()
        self._clock.start()

    def stop(self) -> None:
        """What they are at is finished before this returns."""
        self._ends.set()
        self._consumer.stop(graceful=True)
        self._clock.join()

    def _tick_until_the_end(self) -> None:
        pause = FIRST_TICK_SECONDS
        while not self._ends.wait(pause):
            begun = time.monotonic()
            try:
                with self._app.app_context():
                    tick(self._ends)
            except Exception as error:  # noqa: BLE001 - a database that is down for a while must not stop the clock
                log.error("clock.failed", error=type(error).__name__)
            pause = max(0.0, begun + TICK_SECONDS - time.monotonic())


def _wake(row_id: str, priority: int) -> None:
    try:
        current_app.extensions["outbox.run_row"](row_id, priority=priority)
    except Exception as error:  # noqa: BLE001 - a queue that is down delays the handler, it does not undo the commit
        log.warning("outbox.queue_down", error=type(error).__name__)
