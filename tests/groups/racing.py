"""Acts that happen at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from flask import Flask

from organizer.errors import OrganizerError

Act = Callable[[Callable[[], int]], object]


def at_once(app: Flask, acts: list[Act]) -> list[object]:
    """Run the acts in threads of their own; each waits for the others where it calls what it is given."""
    start = Barrier(len(acts), timeout=10)

    def run(act: Act) -> object:
        with app.app_context():
            try:
                return act(start.wait)
            except OrganizerError as error:
                return error

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))
