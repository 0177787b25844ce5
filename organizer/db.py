"""The database: the models' base, column types, ids, and how a writing service begins."""

from __future__ import annotations

import base64
import re
import secrets
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, DateTime, Dialect, Engine, MetaData, Pool, String, event, exc
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.orm.exc import ObjectDeletedError
from sqlalchemy.types import TypeDecorator

from organizer.config import Config
from organizer.errors import Gone, Unavailable

CONSTRAINT_NAMES = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
PATIENCE_SECONDS = 10
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "secure_delete=ON",
    "foreign_keys=ON",
    # In KiB for each connection; the system keeps the file in memory once for all of them.
    "cache_size=-200",
    f"busy_timeout={PATIENCE_SECONDS * 1000}",
)


def new_id() -> str:
    """128 random bits as 26 lower-case base32 characters."""
    return base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=").lower()


def is_id(text: str) -> bool:
    """Whether it can be one."""
    return re.fullmatch(r"[a-z2-7]{26}", text) is not None


class Instant(TypeDecorator[datetime]):
    """An aware instant, kept in UTC; SQLite has no zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - the type's signature
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Id = Annotated[str, mapped_column(String(26))]
NewId = Annotated[str, mapped_column(String(26), primary_key=True, default=new_id)]


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=CONSTRAINT_NAMES)


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})

if TYPE_CHECKING:

    class Model(Base):
        __abstract__ = True
else:
    Model = db.Model
    Model.registry.update_type_annotation_map({datetime: Instant()})


def init_app(app: Flask, config: Config) -> None:
    """Bind the app to its database; more threads than connections would queue for nothing."""
    options: dict[str, Any] = {"pool_size": config.threads + 4, "max_overflow": 8, "hide_parameters": True}
    if config.is_sqlite:
        options["connect_args"] = {"isolation_level": None, "check_same_thread": False}
    else:
        options["pool_pre_ping"] = True
    app.config["SQLALCHEMY_DATABASE_URI"] = config.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options
    db.init_app(app)


Row = TypeVar("Row", bound=Model)


@event.listens_for(Engine, "connect")
def _set_pragmas(connection: Any, record: Any) -> None:  # noqa: ARG001 - the listener's signature
    if isinstance(connection, sqlite3.Connection):
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    """Begin by hand: a deferred transaction that turns into a writing one meets "database is locked"."""
    options = connection.get_execution_options()
    driver: Any = connection.connection.driver_connection
    patience_ms = options.get("patience_ms", PATIENCE_SECONDS * 1000)
    if connection.dialect.name == "sqlite":
        if connection.info.get("patience_ms", PATIENCE_SECONDS * 1000) != patience_ms:
            driver.execute(f"PRAGMA busy_timeout={patience_ms}")
            connection.info["patience_ms"] = patience_ms
        try:
            driver.execute("BEGIN IMMEDIATE" if options.get("immediate", False) else "BEGIN")
        except sqlite3.OperationalError as error:  # SQLAlchemy does not look at what happens here
            raise Unavailable("The database is busy.") from error
    elif "patience_ms" in options:
        driver.execute(f"SET LOCAL lock_timeout = {patience_ms}")


def by_id(model: type[Row], row_id: str) -> Row | None:
    """The row with this id. Only what can be an id is asked for: PostgreSQL takes no NUL."""
    return db.session.get(model, row_id) if is_id(row_id) else None


def upsert(model: type[Model]) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that knows ON CONFLICT, in the words of whichever database it is."""
    return postgresql.insert(model) if db.engine.dialect.name == "postgresql" else sqlite.insert(model)


def instant(raw: str | datetime) -> datetime:
    """An instant as `peek` finds it, which on SQLite is text."""
    value = datetime.fromisoformat(raw) if isinstance(raw, str) else raw
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class _Look(threading.local):
    """A thread's own connection to look with. Taking one from the pool and giving it back costs five looks under load:
    each time threads wait for the pool's lock and for each other.
    """

    pool: Pool | None = None
    connection: Any = None

    def rows(self, engine: Engine, statement: str, values: dict[str, str]) -> list[tuple[Any, ...]]:
        if self.pool is not engine.pool:  # the first look of this thread, or since the engine was disposed of
            self._connect(engine)
        found: list[tuple[Any, ...]] = self.connection.execute(statement, values).fetchall()
        return found

    def _connect(self, engine: Engine) -> None:
        self.close()
        taken = engine.raw_connection()
        taken.rollback()
        self.connection = taken.driver_connection
        taken.detach()
        if engine.dialect.name == "postgresql":
            self.connection.autocommit = True
        self.pool = engine.pool

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()
        self.pool = self.connection = None


_look = _Look()


@event.listens_for(Engine, "engine_disposed")
def _close_look(engine: Engine) -> None:  # noqa: ARG001 - the listener's signature
    _look.close()


def peek(statement: str, **values: str) -> tuple[Any, ...] | None:
    """The first row of a plain SELECT (`:name` for each value), past the ORM and outside of its transaction.

    For the one look that decides whether anything else needs to be read: a tenth of a query's cost.
    """
    engine = db.engine
    words = _worded(statement, engine.dialect.name)
    failures = (engine.dialect.loaded_dbapi.Error, exc.SQLAlchemyError)
    try:
        try:
            rows = _look.rows(engine, words, values)
        except failures:  # the database may have been restarted since the last look
            _look.close()
            rows = _look.rows(engine, words, values)
    except failures as error:
        _look.close()
        raise Unavailable("The database cannot be read now.") from error
    return rows[0] if rows else None


def run(statement: str, **values: str | int | bytes | None) -> tuple[Any, ...] | None:
    """Execute a plain statement in the writing transaction, past the ORM; returns the first row of a SELECT.

    For what arrives in floods: a tenth of the ORM's cost. What the session has loaded does not notice. FOR UPDATE is
    left out on SQLite, where all writers queue. Raises Unavailable for whatever the database refuses.
    """
    connection = db.session.connection()
    driver: Any = connection.connection.driver_connection
    try:
        cursor = driver.execute(_worded(statement, connection.dialect.name), values)
        found: tuple[Any, ...] | None = cursor.fetchone() if cursor.description else None
    except connection.dialect.loaded_dbapi.Error as error:
        raise Unavailable("The database cannot be written now.") from error
    return found


@cache
def _worded(statement: str, dialect: str) -> str:
    """The statement as the driver wants it."""
    if dialect == "postgresql":
        return re.sub(r":(\w+)", r"%(\1)s", statement)
    return statement.removesuffix(" FOR UPDATE")


@contextmanager
def writing(lock: Model | None = None, patience_seconds: float | None = None) -> Iterator[None]:
    """Begin a writing transaction; checks come inside it, `outbox.commit` ends it.

    Whatever was loaded before is read again under the lock. `lock` is the row that writers of this subject queue
    for: on SQLite all writers queue anyway. What was not committed when the block is left, is rolled back.
    Whoever would rather leave it than wait gives `patience_seconds`; then a busy database soon raises
    Unavailable, or OperationalError where a row is locked.

    Raises RuntimeError inside another one or when changes are pending, Gone when a row has been deleted meanwhile.
    """
    session = db.session()
    if session.info.get("is_writing") or session.new or session.dirty or session.deleted:
        raise RuntimeError("A writing service begins before anything is changed, and not inside another.")
    session.rollback()
    session.expire_all()
    patience = {} if patience_seconds is None else {"patience_ms": round(1000 * patience_seconds)}
    with _in_line(patience_seconds or PATIENCE_SECONDS):
        session.info["is_writing"] = True
        try:
            session.connection(execution_options={"immediate": True, **patience})
            if lock is not None:
                _lock(lock)
            yield
        except ObjectDeletedError as error:
            raise Gone from error
        finally:
            session.rollback()
            session.info.clear()


@contextmanager
def _in_line(patience_seconds: float) -> Iterator[None]:
    """Let this process's writers wait for each other here where SQLite would have them wait.

    There whoever waits sleeps and tries again, ever longer: with eight threads that costs two thirds of the answers
    that could be taken. After the same patience it is left to SQLite to refuse.
    """
    is_first = db.engine.dialect.name == "sqlite" and _writers.acquire(timeout=patience_seconds)
    try:
        yield
    finally:
        if is_first:
            _writers.release()


_writers = threading.Lock()


def _lock(row: Model) -> None:
    """Read the row again and lock it, and none of those that are loaded with it."""
    try:
        db.session.refresh(row, with_for_update={"of": type(row)})
    except exc.InvalidRequestError as error:  # what SQLAlchemy raises when the row is no longer there
        raise Gone from error
