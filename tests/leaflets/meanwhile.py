"""What others do between two steps of somebody's."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from contextlib import suppress

from flask import Flask

from organizer import storage
from organizer.errors import Unsettled
from organizer.storage import Storage

LONG_ENOUGH_SECONDS = 1
"""By then whoever waits for nobody is done."""


class ActsAfterPut(Storage):
    """Once a blob is put, and before the row that leads to it is there, somebody else acts."""

    def __init__(self, app: Flask, act: Callable[[], object]) -> None:
        whole = storage.current()
        super().__init__(whole._store, whole._folder)
        self.app, self.acts = app, [act]

    def put(self, key: str, data: bytes) -> None:
        super().put(key, data)
        while self.acts:
            elsewhere(self.app, self.acts.pop())


def elsewhere(app: Flask, act: Callable[[], object]) -> None:
    """Act in a thread and a session of its own, as another process would; what is to be asked again, is left."""

    def run() -> None:
        with app.app_context(), suppress(Unsettled):
            act()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(timeout=30)
    assert not thread.is_alive()


def begin_elsewhere(app: Flask, act: Callable[[], object]) -> Future[object]:
    """Begin an act in a thread and a session of its own: it is done when this returns, or waits for somebody."""
    begun: Future[object] = Future()

    def run() -> None:
        with app.app_context():
            try:
                begun.set_result(act())
            except Exception as error:  # noqa: BLE001 - whoever asks for the result is told
                begun.set_exception(error)

    threading.Thread(target=run).start()
    wait([begun], timeout=LONG_ENOUGH_SECONDS)
    return begun
