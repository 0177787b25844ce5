"""Each test has a storage of its own, and an action in three languages."""

from __future__ import annotations

import io
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from flask import Flask

from organizer import documents, outbox, storage
from organizer.events import service as events
from organizer.events.models import Event
from tests import factories
from tests.factories import Person
from tests.posters import making


@pytest.fixture(autouse=True)
def blobs(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the blobs."""
    folder = tmp_path / "blobs"
    monkeypatch.setitem(app.extensions, "storage", storage.open_storage(folder.as_uri()))
    return folder


@pytest.fixture(autouse=True)
def nothing_further(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is set is not made ready for print, which takes children of its own."""
    monkeypatch.setitem(outbox._after, "leaflet.rebuilt", {})


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> list[Mapping[str, Any]]:
    """Typst is stood in for by an empty page for each side; what it was given."""
    asked: list[Mapping[str, Any]] = []

    def pdf(_template: str, data: Mapping[str, Any], **_options: object) -> bytes:
        asked.append(data)
        return empty(len(data["sides"]))

    monkeypatch.setattr(documents, "pdf", pdf)
    return asked


@cache
def empty(pages: int) -> bytes:
    """Pages on which nothing stands."""
    with pikepdf.new() as made:
        for _ in range(pages):
            made.add_blank_page(page_size=(300, 400))
        written = io.BytesIO()
        made.save(written, deterministic_id=True)
    return written.getvalue()


@pytest.fixture
def event(organizer: Person) -> Event:
    made = factories.event(organizer.group, what_to_bring="A pen", private_notes="Canary notes")
    for code in ("uk", "fa"):
        events.translate(made, code, making.OTHERS[code], organizer.account_id)
    return made
