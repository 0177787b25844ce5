"""Rows for the tables that a database has, whatever they are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import Column, Connection, MetaData, Table, insert, select, text, types
from sqlalchemy.exc import IntegrityError

from organizer.db import db

UNTOLD = {"alembic_version"}
FIRST_DAY = datetime(2026, 3, 1, 12, tzinfo=UTC)
Rows = dict[str, list[dict[str, Any]]]
_seen: dict[tuple[str, str | None, int], list[Table]] = {}
# By type: from the row's number and the column's place.
MAKERS: dict[type[types.TypeEngine[Any]], Callable[[int, int], object]] = {
    types.DateTime: lambda _number, place: FIRST_DAY + timedelta(days=place),
    types.Date: lambda _number, place: FIRST_DAY.date() + timedelta(days=place),
    types.Time: lambda _number, place: time(place % 24),
    types.JSON: lambda number, _place: {"kept": number},
    types.LargeBinary: lambda number, place: f"{place} {number}".encode(),
    types.Boolean: lambda number, _place: bool(number % 2),
    types.Integer: lambda number, _place: number + 1,
}


def tables(connection: Connection) -> list[Table]:
    """Those that are there, each after those that it refers to; looked at once in each state of each database."""
    is_empty = not connection.dialect.has_table(connection, "alembic_version")
    revision = None if is_empty else connection.scalar(text("SELECT version_num FROM alembic_version"))
    state = str(connection.engine.url), revision, id(connection.engine)
    if revision is None or state not in _seen:
        found = MetaData()
        found.reflect(connection)
        _seen[state] = [table for table in found.sorted_tables if table.name not in UNTOLD]
    return _seen[state]


def rows() -> Rows:
    """All that is there, by table."""
    with db.engine.connect() as connection:
        return {
            table.name: sorted((dict(row._mapping) for row in connection.execute(select(table))), key=repr)
            for table in tables(connection)
        }


def fill() -> None:
    """Give every table two more rows: one with what must be, one with all that may be."""
    with db.engine.begin() as connection:
        for table in tables(connection):
            there = len(connection.execute(select(table)).all())
            for number in (there, there + 1):
                _insert(connection, table, number)


def add(table_name: str, **told: object) -> None:
    """Give one table one more row, of what is told and of what must be."""
    with db.engine.begin() as connection:
        table = next(table for table in tables(connection) if table.name == table_name)
        number = len(connection.execute(select(table)).all())
        must_be = [column for column in table.columns if not column.nullable and column.name not in told]
        values = {column.name: _value(connection, column, number) for column in must_be}
        connection.execute(insert(table).values(**values, **told))


def _insert(connection: Connection, table: Table, number: int) -> None:
    least = {column.name: _value(connection, column, number) for column in table.columns if not column.nullable}
    most = {column.name: _value(connection, column, number) for column in table.columns}
    if number % 2:
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
        there = connection.execute(select(key.column).order_by(key.column)).scalars().all()
        return there[number % len(there)]
    if isinstance(column.type, types.Integer) and not column.primary_key:  # of some only 1 and 2 are known
        number %= 2
    place = list(column.table.columns).index(column)
    made = next((make for kind, make in MAKERS.items() if isinstance(column.type, kind)), None)
    if made is not None:
        return made(number, place)
    return f"{number:02}{column.name}"[: getattr(column.type, "length", None) or 40]
