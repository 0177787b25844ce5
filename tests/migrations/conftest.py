"""A database of its own for each test, without any table."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from organizer.db import db
from organizer.web import create_app
from tests.conftest import DATABASE_URL, on_server


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    """An app inside its context, whose database has no tables yet."""
    name = f"organizer_test_{os.getpid()}_migrations"
    url = f"{DATABASE_URL.rpartition('/')[0]}/{name}" if DATABASE_URL else f"sqlite:///{tmp_path}/organizer.sqlite3"
    if DATABASE_URL:
        on_server(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name}")
    app = create_app({"ORGANIZER_DATA_DIR": str(tmp_path), "ORGANIZER_DATABASE_URL": url}, testing=True)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
    if DATABASE_URL:
        on_server(f"DROP DATABASE {name} WITH (FORCE)")
