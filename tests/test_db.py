"""Looking past the session, and beginning to write."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from flask import Flask

from organizer import config, db
from organizer.db import peek
from organizer.errors import Unavailable
from organizer.pages.models import PageVersion

LOOK = "SELECT version FROM page_version"


def _move(version: int) -> None:
    db.db.session.query(PageVersion).update({"version": version})
    db.db.session.commit()


def test_a_look_sees_what_was_committed_last(app: Flask) -> None:
    for version in (5, 6):
        _move(version)
        assert peek(LOOK) == (version,)


def test_a_look_finds_by_value_or_nothing(app: Flask) -> None:
    _move(5)
    assert peek("SELECT id FROM page_version WHERE id = :id AND version = :version", id="1", version="5") == (1,)
    assert peek("SELECT id FROM page_version WHERE id = :id", id="2") is None


def test_a_look_after_the_connection_was_lost_connects_anew(app: Flask) -> None:
    _move(5)
    peek(LOOK)
    db._look.connection.close()
    assert peek(LOOK) == (5,)


def test_a_look_reads_the_database_that_was_put_in_place_of_another(app: Flask, tmp_path: Path) -> None:
    if not config.current().is_sqlite:
        pytest.skip("PostgreSQL's database is no file.")
    path = Path(config.current().database_url.removeprefix("sqlite:///"))
    _move(5)
    db.peek("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(path, tmp_path / "older")
    _move(6)
    assert peek(LOOK) == (6,)
    db.db.engine.dispose()
    for suffix in ("-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)
    shutil.copy(tmp_path / "older", tmp_path / "back")
    (tmp_path / "back").replace(path)
    assert peek(LOOK) == (5,)


def test_a_look_that_cannot_be_taken_is_told_as_such(app: Flask) -> None:
    with pytest.raises(Unavailable):
        peek("SELECT nothing FROM nowhere")
    assert peek(LOOK)
