import os
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import psycopg
import pytest
import time_machine
from flask import Flask
from sqlalchemy import text

from organizer import audit, db, vault
from organizer.audit import AuditLine
from organizer.config import load_config
from organizer.key_store import FolderKeys

ACTOR, EVENT = "a" * 26, "e" * 26


@pytest.fixture
def database_url(tmp_path: Path) -> Iterator[str]:
    """A database of its own: a file, or a schema on the PostgreSQL server that the tests are given."""
    server = os.environ.get("ORGANIZER_TEST_DATABASE_URL", "sqlite:")
    if server.startswith("sqlite:"):
        yield f"sqlite:///{tmp_path}/audit.sqlite3"
        return
    schema = f"audit_{os.urandom(4).hex()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {schema}")
        yield f"{server}?options=-csearch_path%3D{schema}"
        connection.execute(f"DROP SCHEMA {schema} CASCADE")


@pytest.fixture
def app(tmp_path: Path, database_url: str) -> Iterator[Flask]:
    app = Flask(__name__)
    config = load_config({"ORGANIZER_DATA_DIR": str(tmp_path), "ORGANIZER_DATABASE_URL": database_url})
    db.init_app(app, config)
    vault.init_app(app, config)
    with app.app_context():
        AuditLine.metadata.tables["audit_line"].create(db.db.engine)
        yield app
        db.db.session.remove()
        db.db.engine.dispose()


def write(actor_id: str | None, verb: str, object_id: str) -> None:
    with db.writing():
        audit.write(actor_id, verb, object_id)
        audit.store()
        db.db.session.commit()


def lines() -> list[AuditLine]:
    return list(db.db.session.scalars(db.db.select(AuditLine).order_by(AuditLine.number)))


def tamper(statement: str) -> None:
    with db.writing():
        db.db.session.execute(text(statement))
        db.db.session.commit()


@pytest.mark.usefixtures("app")
def test_an_empty_chain_holds() -> None:
    assert audit.verify() is None


@pytest.mark.usefixtures("app")
@time_machine.travel("2023-01-21T18:00:00Z", tick=False)
def test_a_line_tells_who_did_what_to_which_id_on_which_day() -> None:
    write(ACTOR, "contacts.read", EVENT)
    write(None, "event.purged", EVENT)

    assert [(line.number, line.actor_id, line.verb, line.object_id, line.happened_on) for line in lines()] == [
        (1, ACTOR, "contacts.read", EVENT, date(2023, 1, 21)),
        (2, None, "event.purged", EVENT, date(2023, 1, 21)),
    ]


@pytest.mark.usefixtures("app")
def test_several_lines_of_one_commit_follow_each_other() -> None:
    with db.writing():
        for verb in ("one", "two", "three"):
            audit.write(ACTOR, verb, EVENT)
        audit.store()
        db.db.session.commit()

    assert [line.verb for line in lines()] == ["one", "two", "three"]
    assert audit.verify() is None


@pytest.mark.usefixtures("app")
def test_a_line_of_something_that_was_not_done_is_not_kept() -> None:
    with db.writing():
        audit.write(ACTOR, "event.burnt", EVENT)

    assert lines() == []


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(
    ("statement", "first_broken"),
    [
        ("UPDATE audit_line SET verb = 'event.read' WHERE number = 2", 2),
        ("UPDATE audit_line SET actor_id = NULL WHERE number = 3", 3),
        ("UPDATE audit_line SET object_id = 'other' WHERE number = 1", 1),
        ("UPDATE audit_line SET happened_on = '2020-01-01' WHERE number = 4", 4),
        ("UPDATE audit_line SET hash = previous_hash WHERE number = 2", 2),
        ("DELETE FROM audit_line WHERE number = 1", 1),
        ("DELETE FROM audit_line WHERE number = 3", 3),
        ("UPDATE audit_line SET number = 9 WHERE number = 2", 2),
    ],
)
def test_the_first_line_that_was_changed_is_found(statement: str, first_broken: int) -> None:
    for verb in ("one", "two", "three", "four"):
        write(ACTOR, verb, EVENT)
    assert audit.verify() is None

    tamper(statement)

    assert audit.verify() == first_broken


@pytest.mark.usefixtures("app")
def test_a_line_cannot_be_taken_out_by_joining_its_neighbours() -> None:
    for verb in ("one", "two", "three"):
        write(ACTOR, verb, EVENT)

    tamper("DELETE FROM audit_line WHERE number = 2")
    tamper("UPDATE audit_line SET previous_hash = (SELECT hash FROM audit_line WHERE number = 1) WHERE number = 3")

    assert audit.verify() == 2


def test_a_chain_forged_without_the_master_key_does_not_hold(app: Flask) -> None:
    own = app.extensions["vault"]
    app.extensions["vault"] = vault.Vault(bytes(32), FolderKeys(Path("unused")))
    write(ACTOR, "contacts.read", EVENT)
    assert audit.verify() is None

    app.extensions["vault"] = own

    assert audit.verify() == 1


def test_writers_at_once_make_one_chain(app: Flask) -> None:
    barrier = threading.Barrier(6)

    def write_some() -> None:
        with app.app_context():
            barrier.wait(timeout=10)
            for _ in range(5):
                write(ACTOR, "event.read", EVENT)

    threads = [threading.Thread(target=write_some) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert [line.number for line in lines()] == list(range(1, 31))
    assert audit.verify() is None
