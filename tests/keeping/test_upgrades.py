"""Upgrading and going back, each with a copy to return to."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import flask_migrate
import pytest
from flask import Flask
from time_machine import TimeMachineFixture

from organizer import clock, outbox
from organizer.db import db
from organizer.keeping import upgrades
from organizer.keeping.upgrades import NoWayBack, Revisions
from organizer.web import ROOT, create_app

LATER = '''"""A later revision."""

import sqlalchemy as sa
from alembic import op

revision = "later"
down_revision = "{before}"


def upgrade() -> None:
    op.create_table("later", sa.Column("id", sa.Integer(), primary_key=True))


def downgrade() -> None:
    op.drop_table("later")
'''


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Flask]:
    """A site of its own on SQLite, before its first migration, whose migrations can be added to."""
    app = create_app({"ORGANIZER_DATA_DIR": str(tmp_path / "data")}, testing=True)
    shutil.copytree(ROOT / "migrations", tmp_path / "migrations", ignore=shutil.ignore_patterns("__pycache__"))
    app.extensions["migrate"].migrate.directory = app.extensions["migrate"].directory = str(tmp_path / "migrations")
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def _release_later(folder: Path) -> str | None:
    before = upgrades.revisions().needed
    (folder / "migrations" / "versions" / "later.py").write_text(LATER.format(before=before))
    return before


def _copies(folder: Path) -> list[Path]:
    return sorted((folder / "data").glob("before-upgrade-*"))


def _tables(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as database:
        return {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def test_an_empty_database_needs_no_copy(site: Flask, tmp_path: Path) -> None:
    assert upgrades.revisions().present is None
    assert upgrades.upgrade() is None
    assert upgrades.revisions().is_current
    assert _copies(tmp_path) == []


def test_a_database_that_is_up_to_date_is_left_alone(site: Flask, tmp_path: Path) -> None:
    upgrades.upgrade()
    assert upgrades.upgrade() is None
    assert _copies(tmp_path) == []


def test_an_upgrade_keeps_a_copy_of_what_was_there_for_its_owner_only(site: Flask, tmp_path: Path) -> None:
    upgrades.upgrade()
    before = _release_later(tmp_path)
    copy = upgrades.upgrade()
    assert upgrades.revisions() == Revisions("later", "later")
    assert copy is not None
    assert copy.stat().st_mode & 0o777 == 0o600
    assert "event" in _tables(copy)
    assert "later" not in _tables(copy)
    with closing(sqlite3.connect(copy)) as database:
        assert database.execute("SELECT version_num FROM alembic_version").fetchone() == (before,)


def test_the_copy_holds_what_is_still_in_the_log(site: Flask, tmp_path: Path) -> None:
    upgrades.upgrade()
    db.session.execute(db.text("INSERT INTO tag (slug, name) VALUES ('letters', 'Letters')"))
    db.session.commit()
    _release_later(tmp_path)
    copy = upgrades.upgrade()
    assert copy is not None
    with closing(sqlite3.connect(copy)) as database:
        assert database.execute("SELECT slug FROM tag").fetchall() == [("letters",)]


def test_rolling_back_goes_one_revision_down_and_replaces_the_copy(site: Flask, tmp_path: Path) -> None:
    upgrades.upgrade()
    before = _release_later(tmp_path)
    first = upgrades.upgrade()
    assert first is not None
    first.rename(first.with_name("before-upgrade-2020-01-01T000000.sqlite3"))
    second = upgrades.rollback()
    assert upgrades.revisions() == Revisions(before, "later")
    assert _copies(tmp_path) == [second]
    assert second is not None
    assert "later" in _tables(second)


def test_a_copy_goes_after_three_days_with_what_lies_beside_it(
    site: Flask, tmp_path: Path, time_machine: TimeMachineFixture
) -> None:
    upgrades.upgrade()
    _release_later(tmp_path)
    copy = upgrades.upgrade()
    assert copy is not None
    copy.with_name(f"{copy.name}-wal").touch()
    time_machine.move_to(clock.now() + timedelta(days=2, hours=23))
    outbox.tick()
    assert len(_copies(tmp_path)) == 2
    time_machine.move_to(clock.now() + timedelta(hours=2))
    outbox.tick()
    assert _copies(tmp_path) == []
    assert (tmp_path / "data" / "organizer.sqlite3").exists()


def test_the_first_revision_cannot_be_rolled_back(site: Flask, tmp_path: Path) -> None:
    flask_migrate.upgrade(revision="0001")
    with pytest.raises(NoWayBack):
        upgrades.rollback()
    assert upgrades.revisions().present == "0001"
    assert _copies(tmp_path) == []


def test_a_database_without_tables_cannot_be_rolled_back(site: Flask) -> None:
    with pytest.raises(NoWayBack):
        upgrades.rollback()
