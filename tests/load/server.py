"""A site for these tests, as `flask serve` serves it.

`python -m tests.load.server [--without-lock] [--note FILE] [--lease SECONDS]` prints its port and then answers. What it
can do besides is here and not in the product: lose the lock under which places are counted, note in a file which
events' answers an `after` handler has been told of, and let what a killed worker was at be taken over soon.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, Engine, event

from organizer import db, outbox, server
from organizer.db import Model
from organizer.outbox import Fact
from organizer.web import load_app


def lose_the_lock() -> None:
    """Begin as databases do when nobody says otherwise, and read without locking."""
    event.remove(Engine, "begin", db._begin)
    event.listen(Engine, "begin", _begin)
    db._lock = _read_again
    db._in_line = _not_in_line
    worded = db._worded
    db._worded = cache(lambda statement, dialect: worded(statement.removesuffix(" FOR UPDATE"), dialect))


@contextmanager
def _not_in_line(patience_seconds: float) -> Iterator[None]:
    yield


def _begin(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN")


def _read_again(row: Model) -> None:
    db.db.session.refresh(row)


def note_answers(file: Path) -> None:
    """Note each event whose answer a worker was told of; a killed worker's leases end after a second."""
    outbox.LEASE = timedelta(seconds=1)
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def note(fact: Fact) -> None:
        os.write(handle, f"{fact.subject_id}\n".encode())

    outbox.after("rsvp.answered")(note)


def main() -> None:
    arguments = sys.argv[1:]
    if "--without-lock" in arguments:
        lose_the_lock()
    if "--note" in arguments:
        note_answers(Path(arguments[arguments.index("--note") + 1]))
    if "--lease" in arguments:
        outbox.LEASE = timedelta(seconds=int(arguments[arguments.index("--lease") + 1]))
    app = load_app()
    with app.app_context():
        taken = server.listen("127.0.0.1", 0)
        print(taken.getsockname()[1], flush=True)  # noqa: T201 - its parent reads the port
        server.serve(app, taken)


if __name__ == "__main__":
    main()
