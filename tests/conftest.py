"""One app per worker; each test has a copy of a migrated SQLite file, or an emptied PostgreSQL database."""

from __future__ import annotations

import contextvars
import hashlib
import itertools
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask, has_app_context
from flask.testing import FlaskClient
from flask_migrate import upgrade
from playwright.sync_api import Browser as Chromium
from sqlalchemy import create_engine, text
from werkzeug.test import TestResponse
from xdist.remote import Producer
from xdist.scheduler import Scheduling

from organizer import config, documents, kept, limits, vault
from organizer.accounts import passwords
from organizer.db import db
from organizer.keeping.demo import state as demo
from organizer.media import Refused, sandbox
from organizer.pages.models import PageVersion
from organizer.web import create_app
from tests import factories, sharing_out
from tests.chromium import launched

DATABASE_URL = os.environ.get("ORGANIZER_TEST_DATABASE_URL", "")
NOT_EMPTIED = {"alembic_version", "page_version"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=sharing_out.place)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling | None:
    """Of several processes each takes whole files, unless another way was asked for."""
    if config.getvalue("dist") != "loadfile":
        return None
    config.option.loadscopereorder = False
    return sharing_out.ByFile(config, log)


class Browser(FlaskClient):
    """A client whose requests share nothing with the test's own app context, as in real life."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send a request; what the test has read so far is read anew afterwards."""
        if has_app_context():  # not so for the second request of a followed redirect
            db.session.rollback()
            db.session.expire_all()
        return contextvars.Context().run(super().open, *args, **kwargs)


@pytest.fixture
def set_by_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """No child that sets a PDF: for those who ask for every page again and again, and do not read it."""
    monkeypatch.setattr(documents, "pdf", lambda _template, _data, **_options: b"%PDF-1.7\n%%EOF\n")


_made: dict[tuple[Any, ...], Any] = {}
_copies = itertools.count()


@pytest.fixture(autouse=True)
def made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the sandbox makes of the same bytes is the same, so each process has it made once.

    What a busy machine has refused for want of time or memory, it may make the next time.
    """
    make = sandbox.run

    def run(job: Any, data: bytes, limits: sandbox.Limits | None = None) -> Any:
        asked = (sandbox.JOBS[job], hashlib.sha256(data).digest(), limits)
        if asked not in _made:
            try:
                _made[asked] = make(job, data, limits)
            except Refused as refusal:
                if refusal.reason in ("time", "memory"):
                    raise
                _made[asked] = refusal
        if isinstance(_made[asked], Refused):
            raise Refused(_made[asked].reason, _made[asked].field)
        return _made[asked]

    monkeypatch.setattr(sandbox, "run", run)


@pytest.fixture(scope="session")
def database_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """This process's own database, gone afterwards."""
    if not DATABASE_URL:
        yield f"sqlite:///{tmp_path_factory.mktemp('database')}/organizer.sqlite3"
        return
    name = f"organizer_test_{os.getpid()}"
    on_server(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name}")
    yield f"{DATABASE_URL.rpartition('/')[0]}/{name}"
    on_server(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def on_server(*statements: str) -> None:
    engine = create_engine(DATABASE_URL, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


@pytest.fixture(scope="session")
def worker_app(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The app of this worker, its database migrated; argon2 costs little here, one test holds the real figures."""
    passwords.HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    env = {
        "ORGANIZER_DATA_DIR": str(tmp_path_factory.mktemp("data")),
        "ORGANIZER_DATABASE_URL": database_url,
        "ORGANIZER_SITE_URL": "http://localhost",
        "ORGANIZER_FORM_AGE_SECONDS": "0",
        "ORGANIZER_ANSWERS_PER_MINUTE": "100000",
        "ORGANIZER_MAIL_URL": "memory:",
    }
    app = create_app(env, testing=True)
    app.test_client_class = Browser
    with app.app_context():
        upgrade()
        if not DATABASE_URL:
            db.engine.dispose()
            path = Path(database_url.removeprefix("sqlite:///"))
            shutil.copy(path, path.with_suffix(".template"))
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(worker_app: Flask, database_url: str) -> Iterator[Flask]:
    """The app inside its context, with an empty migrated database and nothing kept in memory."""
    kept.shelf.clear()
    with worker_app.app_context():
        if DATABASE_URL:
            _empty()
        else:
            _renew(Path(database_url.removeprefix("sqlite:///")))
        limits.init_app(worker_app, config.current())
        demo.forget_password()
        yield worker_app
        db.session.remove()


def _renew(path: Path) -> None:
    """Lead the address to a fresh copy.

    It is a link: what an earlier test left open, and closes only now, puts away the log of its own file, by name.
    """
    db.engine.dispose()
    before = path.resolve()
    copy = path.with_name(f"{next(_copies)}.sqlite3")
    shutil.copy(path.with_suffix(".template"), copy)
    for suffix in ("", "-wal", "-shm"):
        Path(f"{before}{suffix}").unlink(missing_ok=True)
    path.unlink(missing_ok=True)
    path.symlink_to(copy)


def _empty() -> None:
    for table in reversed(db.metadata.sorted_tables):
        if table.name not in NOT_EMPTIED:
            db.session.execute(table.delete())
    db.session.query(PageVersion).update({"version": 0})
    db.session.commit()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that nobody has signed in with."""
    return app.test_client()


@pytest.fixture
def organizer(app: Flask) -> factories.Person:
    """An organizer of a new group, signed in."""
    return factories.person(app)


# Not for the session: Playwright keeps an event loop running, beside which no other test could run its own.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    """A real browser, for the tests of one file."""
    with launched() as browser:
        yield browser


@pytest.fixture
def master_key() -> bytes:
    return vault.derive("tests")
