"""Each test has a storage of its own, and a leaflet of whose copies nothing is known."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from organizer import storage
from organizer.events.models import Event
from organizer.leaflets.models import EventLeaflet
from tests import factories
from tests.copies import counting
from tests.factories import Person


@pytest.fixture(autouse=True)
def blobs(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.extensions, "storage", storage.open_storage(tmp_path.as_uri()))


@pytest.fixture
def event(organizer: Person) -> Event:
    return factories.event(organizer.group)


@pytest.fixture
def row(event: Event) -> EventLeaflet:
    """The event's one leaflet."""
    return counting.row(event)
