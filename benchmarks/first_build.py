"""What the first build of a feed costs: `python -m benchmarks.first_build` in a seeded site's environment.

It prints the milliseconds of the build that a subscriber waits for, and of writing the same entries anew, which the
build must not do: they were written when their events changed.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from flask import Flask

from organizer import clock
from organizer.calendars import queries, rendering
from organizer.db import db
from organizer.events import gate
from organizer.events.gate import Clearance
from organizer.events.models import Event
from organizer.web import load_app

ROUNDS = 5


def build() -> None:
    """Build the feed of everything from what is stored."""
    feed = queries.feed_version("all")
    assert feed
    assert queries.feed_bytes(feed)


def serialize(events: list[Event]) -> None:
    """Write each entry as it is written when its event changes."""
    now = clock.now()
    for event in events:
        rendering.entry_text(gate.visible(event, Clearance.PUBLIC, now), event.changed_at)


def milliseconds(work: Callable[[], object]) -> float:
    """The median of the rounds."""
    found = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        work()
        found.append((time.perf_counter() - started) * 1000)
    return statistics.median(found)


def main() -> None:
    app: Flask = load_app()
    with app.test_request_context():
        events = list(db.session.query(Event))
        print(milliseconds(build), milliseconds(lambda: serialize(events)))


if __name__ == "__main__":
    main()
