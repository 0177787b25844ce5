"""Each test has a storage of its own, and a leaflet that is handed out."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from organizer import storage
from organizer.events.models import Event
from organizer.leaflets.models import Leaflet
from tests import factories
from tests.codes import coding
from tests.factories import Person


@pytest.fixture(autouse=True)
def blobs(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.extensions, "storage", storage.open_storage(tmp_path.as_uri()))


@pytest.fixture
def event(organizer: Person) -> Event:
    return factories.event(organizer.group)


@pytest.fixture
def leaflet(event: Event) -> Leaflet:
    """A published one."""
    return coding.leaflet(event)
