"""Each test has a storage of its own."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from organizer import storage
from organizer.events.models import Event
from organizer.media import sandbox
from tests import factories
from tests.factories import Person


@pytest.fixture(autouse=True)
def blobs(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the blobs."""
    folder = tmp_path / "blobs"
    monkeypatch.setitem(app.extensions, "storage", storage.open_storage(folder.as_uri()))
    return folder


_made: dict[tuple[str, bytes], Any] = {}


@pytest.fixture(autouse=True)
def made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the sandbox makes of the same bytes is the same, so each process has it made once."""
    make = sandbox.run

    def run(job: Any, data: bytes) -> Any:
        asked = (job, hashlib.sha256(data).digest())
        if asked not in _made:
            _made[asked] = make(job, data)
        return _made[asked]

    monkeypatch.setattr(sandbox, "run", run)


@pytest.fixture
def event(organizer: Person) -> Event:
    """An action that was three days ago."""
    return factories.event(organizer.group, starts_on=factories.past_day())
