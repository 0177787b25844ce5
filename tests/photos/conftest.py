"""Each test has a storage of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from organizer import storage
from organizer.events.models import Event
from tests import factories
from tests.factories import Person


@pytest.fixture(autouse=True)
def blobs(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the blobs."""
    folder = tmp_path / "blobs"
    monkeypatch.setitem(app.extensions, "storage", storage.open_storage(folder.as_uri()))
    return folder


@pytest.fixture
def event(organizer: Person) -> Event:
    """An action that was three days ago."""
    return factories.event(organizer.group, starts_on=factories.past_day())
