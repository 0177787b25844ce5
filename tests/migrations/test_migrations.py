"""Every revision up and down with data in it, and in the end just the tables that the models describe."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Column, Connection, MetaData, Table, create_engine, insert, inspect, select, text, types
from sqlalchemy.exc import IntegrityError

from organizer.db import db
from organizer.keeping import upgrades
from organizer.web import create_app
from tests.conftest import DATABASE_URL

UNTOLD = {"alembic_version"}
FIRST_DAY = datetime(2026, 3, 1, 12, tzinfo=UTC)
Rows = dict[str, list[dict[str, Any]]]
# By type: from the row's number and the column's place.
MAKERS: dict[type[types.TypeEngine[Any]], Callable[[int, int], object]] = {
    types.DateTime: lambda _number, place: FIRST_DAY + timedelta(days=place),
    types.Date: lambda _number, place: FIRST_DAY.date() + timedelta(days=place),
    types.Time: lambda _number, place: time(place % 24),
    types.JSON: lambda number, _place: {"kept": number},
    types.LargeBinary: lambda number, place: f"{place} {number}".encode(),
    types.Boolean: lambda number, _place: bool(number),
    types.Integer: lambda number, _place: number + 1,
}


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    """An app inside its context, whose database has no tables yet."""
    name = f"organizer_test_{os.getpid()}_migrations"
    url = f"{DATABASE_URL.rpartition('/')[0]}/{name}" if DATABASE_URL else f"sqlite:///{tmp_path}/organizer.sqlite3"
    if DATABASE_URL:
        _on_server(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name}")
    app = create_app({"ORGANIZER_DATA_DIR": str(tmp_path), "ORGANIZER_DATABASE_URL": url}, testing=True)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
    if DATABASE_URL:
        _on_server(f"DROP DATABASE {name} WITH (FORCE)")


def _on_server(*statements: str) -> None:
    engine = create_engine(DATABASE_URL, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def _revisions(app: Flask) -> list[str]:
    """All revisions, the first one first."""
    scripts = ScriptDirectory.from_config(app.extensions["migrate"].migrate.get_config())
    return [script.revision for script in scripts.walk_revisions()][::-1]


def _tables(connection: Connection) -> list[Table]:
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name not in UNTOLD]


def _fill() -> None:
    """Give every table two rows: one with what must be, one with all that may be."""
    with db.engine.begin() as connection:
        for table in _tables(connection):
            for number in range(len(connection.execute(select(table)).all()), 2):
                _insert(connection, table, number)


def _insert(connection: Connection, table: Table, number: int) -> None:
    least = {column.name: _value(connection, column, number) for column in table.columns if not column.nullable}
    most = {column.name: _value(connection, column, number) for column in table.columns}
    if number:
        try:
            with connection.begin_nested():
                connection.execute(insert(table).values(most))
                return
        except IntegrityError:  # what excludes something else
            pass
    connection.execute(insert(table).values(least))


def _value(connection: Connection, column: Column[Any], number: int) -> object:
    """Something that fits; instants and days grow from column to column, as ends come after starts."""
    for key in column.foreign_keys:
        return connection.execute(select(key.column).order_by(key.column)).scalars().all()[number]
    place = list(column.table.columns).index(column)
    made = next((make for kind, make in MAKERS.items() if isinstance(column.type, kind)), None)
    if made is not None:
        return made(number, place)
    return f"{number}{column.name}"[: getattr(column.type, "length", None) or 40]


def _rows() -> Rows:
    with db.engine.connect() as connection:
        return {
            table.name: sorted((dict(row._mapping) for row in connection.execute(select(table))), key=repr)
            for table in _tables(connection)
        }


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


def _kept(before: Rows, after: Rows) -> bool:
    """Whether rows and columns that stand on both sides are what they were."""
    for name in before.keys() & after.keys():
        columns = set(before[name][0]) & set(after[name][0]) if before[name] and after[name] else set()
        told = [
            sorted(({key: row[key] for key in sorted(columns)} for row in side[name]), key=repr)
            for side in (before, after)
        ]
        if told[0] != told[1]:
            return False
    return True


def test_every_revision_goes_up_and_down_with_data_in_it(app: Flask) -> None:
    revisions = _revisions(app)
    assert revisions
    for place, revision in enumerate(revisions):
        before = _rows()
        upgrade(revision=revision)
        assert _kept(before, _rows()), f"{revision} changes what was there, on the way up"
        _fill()
        full = _rows()
        assert all(full.values())
        downgrade(revision=revisions[place - 1] if place else "base")
        emptied = _rows()
        assert set(emptied) == set(before)
        assert _kept(full, emptied), f"{revision} changes what was there, on the way down"
        upgrade(revision=revision)
        assert _kept(emptied, _rows()), f"{revision} changes what was there, the second time"
        _fill()
    assert upgrades.revisions().is_current


def test_going_all_the_way_down_leaves_nothing(app: Flask) -> None:
    upgrade()
    _fill()
    downgrade(revision="base")
    with db.engine.connect() as connection:
        assert _tables(connection) == []


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
        table = next(table for table in _tables(connection) if table.name == "tag")
        connection.execute(insert(table).values(slug="letters", name="Письма سلام 🌻"))
        assert connection.execute(select(table.c.name)).scalar() == "Письма سلام 🌻"
