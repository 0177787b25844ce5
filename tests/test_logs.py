"""Logs say where to look, and nothing about who asked for what."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from structlog.testing import capture_logs

from organizer import logs, vault
from organizer.key_store import FolderKeys

SECRET = "mfrggzdfmztwq2lknnwg23tpoa"


@pytest.fixture
def failing() -> Iterator[Flask]:
    app = Flask("organizer.web")
    # Whatever other tests have told the loggers, these are as a program finds them.
    logging.disable(logging.NOTSET)
    logging.getLogger().setLevel(logging.WARNING)
    for name in ("alembic", "huey", "huey.consumer", "waitress", "waitress.queue", "werkzeug"):
        logger = logging.getLogger(name)
        logger.disabled, logger.propagate = False, True
        logger.setLevel(logging.NOTSET)
    logs.init_app(app)

    @app.get("/r/<token>")
    def fail(token: str) -> str:
        raise ValueError(f"{token} does not go")

    yield app
    app.logger.disabled = False


def test_a_failed_request_is_told_by_endpoint_kind_and_place(
    failing: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    assert failing.test_client().get(f"/r/{SECRET}", headers={"User-Agent": "Canary/1"}).status_code == 500
    told = capsys.readouterr().err
    assert "event=request.failed endpoint=fail error=ValueError" in told
    assert "test_logs.py:" in told
    assert SECRET not in told
    assert "Canary" not in told
    assert "127.0.0.1" not in told


def test_own_code_is_named_by_its_path_below_the_program() -> None:
    with pytest.raises(ValueError, match="26 base32") as failure:
        vault.Vault(bytes(32), FolderKeys(Path("nowhere"))).has_event_key("../master.key")
    assert re.fullmatch(r"vault\.py:\d+ vault\.py:\d+", logs.places(failure.tb))


def test_a_library_that_warns_is_named_and_not_quoted(failing: Flask) -> None:
    with capture_logs() as told:
        logging.getLogger("waitress").warning("Client disconnected while serving /r/%s", SECRET)
    assert [(line["event"], line["library"]) for line in told] == [("library.warned", "waitress")]
    assert SECRET not in str(told)


def test_a_library_s_failure_is_told_by_its_kind(failing: Flask) -> None:
    with capture_logs() as told:
        try:
            raise KeyError(SECRET)
        except KeyError:
            logging.getLogger("huey").exception("Unhandled")
    assert told[0]["error"] == "KeyError"
    assert SECRET not in str(told)


@pytest.mark.parametrize("name", ["werkzeug", "waitress.queue", "alembic", "huey.consumer"])
def test_access_logs_and_chatter_are_off(failing: Flask, name: str) -> None:
    with capture_logs() as told:
        logging.getLogger(name).info("GET /r/x")
    assert told == []


def test_configuring_twice_logs_once(failing: Flask) -> None:
    logs.init_app(failing)
    with capture_logs() as told:
        logging.getLogger("waitress").warning("once")
    assert len(told) == 1
