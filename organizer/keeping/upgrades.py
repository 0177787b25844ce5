"""Moving the database to this version's tables and back, never without a copy to return to."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import flask_migrate
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app

from organizer import clock, config
from organizer.db import db
from organizer.errors import OrganizerError

KEPT = timedelta(days=3)
COPIES = "before-upgrade-*"


class NoWayBack(OrganizerError):
    """There is no earlier version to go back to."""


@dataclass(frozen=True)
class Revisions:
    """The database's revision, None when it has no tables yet, and the one that this version needs."""

    present: str | None
    needed: str | None

    @property
    def is_current(self) -> bool:
        return self.present == self.needed


def revisions() -> Revisions:
    with db.engine.connect() as connection:
        present = MigrationContext.configure(connection).get_current_revision()
    return Revisions(present, _scripts().get_current_head())


def upgrade() -> Path | None:
    """Bring the database to the newest revision; returns the copy made before, None when none was needed."""
    found = revisions()
    if found.is_current:
        return None
    copy = _copy() if found.present else None
    flask_migrate.upgrade()
    return copy


def rollback() -> Path | None:
    """Go back by one revision; returns the copy made before, None on PostgreSQL. Raises NoWayBack."""
    present = revisions().present
    if present is None or _scripts().get_revision(present).down_revision is None:
        raise NoWayBack("This is the first revision: there is nothing to go back to.")
    copy = _copy()
    flask_migrate.downgrade()
    return copy


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(current_app.extensions["migrate"].migrate.get_config())


def _copy() -> Path | None:
    """Copy an SQLite database beside the data, in place of an earlier copy; None on PostgreSQL.

    One copy only, so that what is deleted from the database later does not lie about in a row of old ones.
    """
    settings = config.current()
    if not settings.is_sqlite:
        return None
    made = settings.data_dir / f"before-upgrade-{clock.now():%Y-%m-%dT%H%M%S}.sqlite3"
    os.close(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with closing(sqlite3.connect(str(db.engine.url.database))) as source, closing(sqlite3.connect(made)) as target:
        source.backup(target)
    for earlier in copies():
        if earlier != made:
            earlier.unlink()
    return made


def copies() -> list[Path]:
    """The copies that lie beside the data, with what a look into one may have left beside it."""
    return sorted(config.current().data_dir.glob(COPIES))


def old_copies() -> list[Path]:
    """Those that have lain there for three days: people may have taken back since what stands in them."""
    latest = (clock.now() - KEPT).timestamp()
    return [path for path in copies() if path.stat().st_mtime < latest]


def delete_old_copies() -> None:
    for path in old_copies():
        path.unlink(missing_ok=True)
