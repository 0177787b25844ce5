"""Facts and their handlers: what follows from a commit, inside it and after it."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from flask import Flask, current_app
from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from organizer import audit, clock, vault
from organizer.config import Config
from organizer.db import Id, Model, NewId, db, new_id, writing
from organizer.errors import Gone, Unsettled
from organizer.queueing import Consumer, Huey, MemoryHuey, PriorityRedisHuey, SignedSerializer, SqliteHuey

LEASE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(hours=1)
PATIENCE_SECONDS = 40.0
"""So long may one tick be about what is owed: the clock has more to do."""
FIRST_TICK_SECONDS = 5.0
TICK_SECONDS = 60.0

log = structlog.get_logger()


@dataclass(frozen=True, order=True)
class Fact:
    """What happened (`event.published`) to which id. Nothing personal."""

    name: str
    subject_id: str


Handler = Callable[[Fact], None]
Job = Callable[[], object]
LastHandler = Callable[[Sequence[Fact]], None]
_within: dict[str, list[Handler]] = defaultdict(list)
_last: list[LastHandler] = []
_after: dict[str, dict[str, Handler]] = defaultdict(dict)
_can_wait: set[str] = set()
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


def after(*names: str, can_wait: bool = False) -> Callable[[Handler], Handler]:
    """Run the handler once the fact is committed, in a worker; it must be safe to run twice.

    One that can wait runs when nothing else is owed.
    """

    def register(handler: Handler) -> Handler:
        known = f"{handler.__module__}.{handler.__qualname__}"
        for name in names:
            _after[name][known] = handler
        if can_wait:
            _can_wait.add(known)
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
    for row_id, name in owed:
        _wake(row_id, name)


def run(row_id: str) -> bool:
    """Run one owed handler under a lease; True when it is done, False when it is leased elsewhere or has failed.

    A failure is logged by the names of fact and handler only, and tried again after a growing pause. So is a handler
    that this process does not know: an older process may meet it during an update.
    """
    try:
        row = db.session.get(OutboxRow, row_id)
        attempt = _claim(row) if row else 0
        if row is None or not attempt:
            return False
        return _run_claimed(row, attempt)
    except Exception as error:  # noqa: BLE001 - whatever goes wrong with one, the next ones must still run
        log.error("outbox.lost", error=type(error).__name__)
        return False
    finally:
        db.session.rollback()


def run_owed(patience_seconds: float | None = None) -> int:
    """Run all that is owed and not leased, once each, the oldest first; returns how many were done.

    What can wait comes last, and no more is begun when the patience is over.
    """
    ends = None if patience_seconds is None else time.monotonic() + patience_seconds
    done = 0
    for row_id in _owed():
        if ends is not None and time.monotonic() > ends:
            break
        done += run(row_id)
    return done


def _run_claimed(row: OutboxRow, attempt: int) -> bool:
    row_id, fact, name = row.id, Fact(row.fact, row.subject_id), row.handler
    db.session.rollback()
    try:
        _after[fact.name][name](fact)
    except Unsettled:
        db.session.rollback()
        _release(row_id, attempt)
        return False
    except Exception as error:  # noqa: BLE001 - whatever a handler may raise
        db.session.rollback()
        log.error("outbox.failed", fact=fact.name, handler=name, error=type(error).__name__)
        _release(row_id, attempt)
        return False
    db.session.rollback()
    with writing():
        db.session.execute(delete(OutboxRow).where(OutboxRow.id == row_id, OutboxRow.attempts == attempt))
        db.session.commit()
    return True


def _owe(fact: Fact, handler: str) -> tuple[str, str]:
    row = OutboxRow(id=new_id(), fact=fact.name, subject_id=fact.subject_id, handler=handler, happened_at=clock.now())
    db.session.add(row)
    return row.id, handler


def tick() -> None:
    """What the clock does each minute: the periodic jobs, then whatever the queue has lost."""
    for job in _each_minute:
        try:
            job()
        except Exception as error:  # noqa: BLE001 - one failing job must not stop the clock
            log.error("job.failed", job=f"{job.__module__}.{job.__qualname__}", error=type(error).__name__)
        db.session.rollback()
    run_owed(PATIENCE_SECONDS)


def _owed() -> list[str]:
    """The rows that nobody has leased, those for which somebody waits before the others."""
    is_free = or_(OutboxRow.leased_until_at.is_(None), OutboxRow.leased_until_at < clock.now())
    query = select(OutboxRow.id, OutboxRow.handler).where(is_free).order_by(OutboxRow.happened_at, OutboxRow.id)
    found = sorted(db.session.execute(query), key=lambda row: row.handler in _can_wait)
    db.session.rollback()
    return [row.id for row in found]


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


def _release(row_id: str, attempt: int) -> None:
    """Let the row be tried again after a pause that doubles with each attempt."""
    pause = min(timedelta(seconds=2 ** min(attempt, 12)), LONGEST_PAUSE)
    mine = (OutboxRow.id == row_id, OutboxRow.attempts == attempt)
    with writing():
        db.session.execute(update(OutboxRow).where(*mine).values(leased_until_at=clock.now() + pause))
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
            pause = TICK_SECONDS
            try:
                with self._app.app_context():
                    tick()
            except Exception as error:  # noqa: BLE001 - a database that is down for a while must not stop the clock
                log.error("clock.failed", error=type(error).__name__)


def _wake(row_id: str, handler: str) -> None:
    try:
        current_app.extensions["outbox.run_row"](row_id, priority=-1 if handler in _can_wait else 0)
    except Exception as error:  # noqa: BLE001 - a queue that is down delays the handler, it does not undo the commit
        log.warning("outbox.queue_down", error=type(error).__name__)
