"""Every revision up and down with data in it, and in the end just the tables that the models describe."""

from __future__ import annotations

from collections.abc import Iterable

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import insert, inspect, select

from organizer.db import db
from organizer.keeping import upgrades
from tests.migrations.filling import UNTOLD, Rows, fill, rows, tables

# What a revision is there to change, each held by a test of its own: tables of which rows go on the way down, and
# columns.
SHORTENED = {"0009": {"rendition"}}
CHANGED = {"0011": {"brought_by"}}


def _revisions(app: Flask) -> list[str]:
    """All revisions, the first one first."""
    scripts = ScriptDirectory.from_config(app.extensions["migrate"].migrate.get_config())
    return [script.revision for script in scripts.walk_revisions()][::-1]


def _shape() -> dict[str, object]:
    """All that the database itself tells about its tables, whoever made them."""
    found = inspect(db.engine)
    return {
        name: {
            "columns": {
                column["name"]: (str(column["type"]), column["nullable"], column.get("default"))
                for column in found.get_columns(name)
            },
            "primary": found.get_pk_constraint(name)["constrained_columns"],
            "foreign": sorted(
                (key["constrained_columns"], key["referred_table"], key["referred_columns"], str(key["options"]))
                for key in found.get_foreign_keys(name)
            ),
            "unique": sorted((key["name"] or "", key["column_names"]) for key in found.get_unique_constraints(name)),
            "checks": sorted((check["name"] or "", check["sqltext"]) for check in found.get_check_constraints(name)),
            "indexes": sorted(
                (index["name"] or "", tuple(map(str, index["column_names"])), bool(index["unique"]))
                for index in found.get_indexes(name)
            ),
        }
        for name in found.get_table_names()
        if name not in UNTOLD
    }


def _kept(before: Rows, after: Rows, revision: str, shortened: Iterable[str] = ()) -> bool:
    """Whether rows and columns that stand on both sides are what they were, but for what the revision is there for."""
    for name in before.keys() & after.keys():
        columns = set(before[name][0]) & set(after[name][0]) if before[name] and after[name] else set()
        columns -= CHANGED.get(revision, set())
        told = [
            sorted(({key: row[key] for key in sorted(columns)} for row in side[name]), key=repr)
            for side in (before, after)
        ]
        if name in shortened:
            told[0] = [row for row in told[0] if row in told[1]]
        if told[0] != told[1]:
            return False
    return True


def test_every_revision_goes_up_and_down_with_data_in_it(app: Flask) -> None:
    revisions = _revisions(app)
    assert revisions
    for place, revision in enumerate(revisions):
        before = rows()
        upgrade(revision=revision)
        assert _kept(before, rows(), revision), f"{revision} changes what was there, on the way up"
        fill()
        full = rows()
        assert all(full.values())
        downgrade(revision=revisions[place - 1] if place else "base")
        emptied = rows()
        assert set(emptied) == set(before)
        shortened = SHORTENED.get(revision, ())
        assert _kept(full, emptied, revision, shortened), f"{revision} changes what was there, on the way down"
        upgrade(revision=revision)
        assert _kept(emptied, rows(), revision), f"{revision} changes what was there, the second time"
        fill()
    assert upgrades.revisions().is_current


def test_going_all_the_way_down_leaves_nothing(app: Flask) -> None:
    upgrade()
    fill()
    downgrade(revision="base")
    with db.engine.connect() as connection:
        assert tables(connection) == []


def test_the_tables_are_just_those_that_the_models_describe(app: Flask) -> None:
    upgrade()
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, db.metadata) == []
    migrated = _shape()
    downgrade(revision="base")
    db.create_all()
    assert migrated == _shape()


def test_a_database_of_either_kind_keeps_what_is_written(app: Flask) -> None:
    """What the columns' types promise: instants with their zone, bytes, text of any script."""
    upgrade()
    with db.engine.begin() as connection:
        table = next(table for table in tables(connection) if table.name == "tag")
        connection.execute(insert(table).values(slug="letters", name="Письма سلام 🌻"))
        assert connection.execute(select(table.c.name)).scalar() == "Письма سلام 🌻"
