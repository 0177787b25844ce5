"""What has been written to the database since it was last known, so that only this is read again and undone."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import Connection, Table, and_, event, insert, select, update
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError

from organizer import db as database
from organizer.db import db

Rows = dict[str, list[tuple[Any, ...]]]
WRITES = re.compile(r'\b(?:INSERT INTO|UPDATE|(DELETE FROM))\s+"?(\w+)', re.IGNORECASE)

_written: set[str] = set()
_deleted: set[str] = set()


def _notice(statement: str) -> None:
    for is_delete, table in WRITES.findall(statement):
        (_deleted if is_delete else _written).add(table)


@event.listens_for(Engine, "before_cursor_execute")
def _notice_executed(*told: Any) -> None:
    _notice(told[2])


_worded = database._worded


def _notice_run(statement: str, dialect: str) -> str:
    _notice(statement)
    return _worded(statement, dialect)


database._worded = _notice_run  # type: ignore[assignment] # what goes past SQLAlchemy, by `organizer.db.run`


def forget() -> None:
    """From here on is noticed what is written."""
    _written.clear()
    _deleted.clear()


def tables() -> list[Table]:
    """What may differ: written to, or emptied by a deletion that went on from another table; parents first."""
    found = _written | _deleted
    reached = set(_deleted)
    for table in db.metadata.sorted_tables:
        if any(key.column.table.name in reached for key in table.foreign_keys):
            reached.add(table.name)
    return [table for table in db.metadata.sorted_tables if table.name in found | reached]


def read(connection: Connection, table: Table) -> list[tuple[Any, ...]]:
    return sorted((tuple(row) for row in connection.execute(select(table))), key=repr)


def rows(known: Rows) -> Rows:
    """All that is in the database, which held what is known when it was last put back."""
    db.session.rollback()
    with db.engine.connect() as connection:
        return known | {table.name: read(connection, table) for table in tables()}


def all_rows() -> Rows:
    """All that is in the database, whatever was known of it."""
    db.session.rollback()
    with db.engine.connect() as connection:
        return {table.name: read(connection, table) for table in db.metadata.sorted_tables}


def undo(known: Rows) -> None:
    """Put back what was known, row by row."""
    changed = tables()
    try:
        with db.engine.begin() as connection:
            _undo(connection, changed, known)
    except IntegrityError:  # two rows have changed places in what is unique
        refill(known)
    forget()


def _undo(connection: Connection, changed: list[Table], known: Rows) -> None:
    found = {table.name: {_key(table, row): row for row in read(connection, table)} for table in changed}
    wanted = {table.name: {_key(table, row): row for row in known[table.name]} for table in changed}
    for table in reversed(changed):
        for key in found[table.name].keys() - wanted[table.name].keys():
            connection.execute(table.delete().where(_is(table, key)))
    for table in changed:
        for key, row in wanted[table.name].items():
            values = dict(zip(table.columns.keys(), row, strict=True))
            if key not in found[table.name]:
                connection.execute(insert(table), values)
            elif found[table.name][key] != row:
                connection.execute(update(table).where(_is(table, key)), values)


def _key(table: Table, row: tuple[Any, ...]) -> tuple[Any, ...]:
    places = {column: place for place, column in enumerate(table.columns)}
    return tuple(row[places[column]] for column in table.primary_key)


def _is(table: Table, key: tuple[Any, ...]) -> Any:
    return and_(*(column == value for column, value in zip(table.primary_key, key, strict=True)))


def refill(known: Rows) -> None:
    """Empty every table and fill it with what was known."""
    with db.engine.begin() as connection:
        for table in reversed(db.metadata.sorted_tables):
            connection.execute(table.delete())
        for table in db.metadata.sorted_tables:
            if known[table.name]:
                connection.execute(
                    insert(table), [dict(zip(table.columns.keys(), row, strict=True)) for row in known[table.name]]
                )
    forget()
