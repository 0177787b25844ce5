"""What an operator types, and what she is told."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from organizer import config, storage
from organizer.accounts.models import Account
from organizer.db import db, new_id
from organizer.events.models import Event
from organizer.groups.models import Group, Membership
from organizer.keeping.demo import filling, handing_out, state, telling
from organizer.policy import Role
from organizer.web import create_app
from tests import factories
from tests.factories import Person
from tests.served import environment, flask

WORDS = "maple anchor violin slate"
Type = Callable[..., Result]
START = (
    *("start", "--group", "Harbour Table", "--city", "Lisbon", "--region", "", "--country", "PT"),
    *("--zone", "Europe/Lisbon", "--language", "pt", "--name", "Ana"),
)


@pytest.fixture
def run(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Type:
    """Type a command, and answers to its questions. The demo comes without what takes seconds to rebuild."""
    monkeypatch.setattr(handing_out, "LEAFLETS", ())
    monkeypatch.setattr(telling, "PHOTOS", ())

    def typed(*arguments: str, answers: str = "") -> Result:
        result = app.test_cli_runner().invoke(args=list(arguments), input=answers)
        db.session.rollback()
        return result

    return typed


@pytest.fixture
def small_demo(app: Flask) -> None:
    """A demo without its actions, for they take a second."""
    filling._make_organizer(state.new_password())
    filling._finish()


def _password(output: str) -> str:
    found = re.search(r'as "demo" with "([a-z ]+)"\.$', output, re.MULTILINE)
    assert found, output
    return found[1]


def test_the_demo_tells_a_sign_in_that_works(run: Type, client: FlaskClient) -> None:
    filled = run("demo")
    assert filled.exit_code == 0
    signed_in = factories.post(client, "/sign-in", {"name": "demo", "password": _password(filled.output)})
    assert signed_in.status_code == 303


def test_the_demo_again_changes_nothing_and_tells_the_same_sign_in(run: Type) -> None:
    first = run("demo")
    ids = set(db.session.scalars(select(Event.id)))
    second = run("demo")
    assert set(db.session.scalars(select(Event.id))) == ids
    assert _password(second.output) == _password(first.output)


def test_the_demo_can_be_dated_anew(run: Type) -> None:
    run("demo")
    ids = set(db.session.scalars(select(Event.id)))
    assert run("demo", "--again").exit_code == 0
    renewed = set(db.session.scalars(select(Event.id)))
    assert len(renewed) == len(ids)
    assert not renewed & ids


def test_a_demo_whose_password_was_lost_gets_a_new_one(run: Type, client: FlaskClient, small_demo: None) -> None:
    lost = _password(run("demo").output)
    state.forget_password()
    found = _password(run("demo").output)
    assert found != lost
    assert factories.post(client, "/sign-in", {"name": "demo", "password": lost}).status_code == 422
    assert factories.post(client, "/sign-in", {"name": "demo", "password": found}).status_code == 303


@pytest.mark.parametrize("arguments", [("demo",), ("demo", "--again")])
def test_the_demo_stays_out_of_a_real_site(run: Type, organizer: Person, arguments: tuple[str, ...]) -> None:
    refused = run(*arguments)
    assert refused.exit_code == 1
    assert "holds a real site" in refused.output
    assert db.session.scalars(select(Group)).all() == [organizer.group]


def test_start_makes_a_site_with_one_owner_who_chooses_her_password(run: Type, client: FlaskClient) -> None:
    run("demo")
    started = run(*START, "--yes")
    assert started.exit_code == 0, started.output
    group = db.session.scalars(select(Group)).one()
    owner = db.session.scalars(select(Account)).one()
    assert (group.name, group.slug, group.zone, group.language) == (
        "Harbour Table",
        "harbour-table",
        "Europe/Lisbon",
        "pt",
    )
    assert (group.city.name, group.city.country) == ("Lisbon", "PT")
    assert (owner.name, owner.is_operator) == ("ana", True)
    assert db.session.scalars(select(Membership.role)).one() == Role.OWNER
    assert db.session.scalar(select(Event.id)) is None

    link = started.output.splitlines()[-1].removeprefix("http://localhost")
    assert factories.post(client, link, {"password": WORDS, "password_again": WORDS}).status_code == 303
    assert client.get("/groups/harbour-table/desk").status_code == 200
    assert _other(client).get(link).status_code in (404, 410)


def _other(client: FlaskClient) -> FlaskClient:
    return client.application.test_client()


def test_start_asks_what_it_was_not_told(run: Type) -> None:
    started = run("start", answers="Mesa del Puerto\nValparaíso\n\nCL\nAmerica/Santiago\nes\nLuz\n")
    assert started.exit_code == 0, started.output
    assert "The group's name" in started.output
    group = db.session.scalars(select(Group)).one()
    assert (group.name, group.city.slug) == ("Mesa del Puerto", "valparaiso-cl")


def test_start_asks_before_it_empties_the_demo(run: Type, small_demo: None) -> None:
    refused = run(*START, answers="n\n")
    assert refused.exit_code == 1
    assert "This empties the demo" in refused.output
    assert state.is_filled()


def test_start_refuses_a_real_site_before_it_asks_anything(run: Type, organizer: Person) -> None:
    refused = run("start")
    assert refused.exit_code == 1
    assert refused.output.startswith("Error: This is a real site already.")
    assert db.session.scalars(select(Group)).all() == [organizer.group]


@pytest.mark.parametrize(
    ("option", "value", "sentence"),
    [
        ("--zone", "Europe/Atlantis", "time zone"),
        ("--country", "Atlantis", "two letters"),
        ("--country", "QQ", "two letters"),
        ("--name", "  ", "1 to 60 characters"),
        ("--group", "x" * 500, "120 characters"),
        ("--city", "", "name"),
    ],
)
def test_start_with_what_cannot_be_leaves_the_demo_as_it_is(
    run: Type, small_demo: None, option: str, value: str, sentence: str
) -> None:
    refused = run(*START, option, value, "--yes")
    assert refused.exit_code == 1
    assert sentence in refused.output
    assert state.is_filled()
    assert state.is_shown()


def test_a_password_link_sets_a_new_password(run: Type, client: FlaskClient, organizer: Person) -> None:
    account = db.session.get_one(Account, organizer.account_id)
    made = run("password-link", account.name.upper())
    assert made.exit_code == 0
    link = made.output.strip().removeprefix("http://localhost")
    assert factories.post(client, link, {"password": WORDS, "password_again": WORDS}).status_code == 303


def test_a_password_link_for_nobody_is_refused(run: Type) -> None:
    refused = run("password-link", "nobody")
    assert (refused.exit_code, refused.output) == (1, "Error: There is no account with this name.\n")


def test_purge_says_of_how_many(run: Type) -> None:
    assert run("purge").output == "Purged the answers of 0 events.\n"


def test_sweep_says_how_many_went(run: Type) -> None:
    key = storage.new_key(f"leaflets/{new_id()}")
    storage.current().put(key, b"x")
    assert run("sweep").output == "Deleted 0 blobs that nothing needs.\n"
    os.utime(config.current().data_dir / "blobs" / key, (1, 1))
    assert run("sweep").output == "Deleted 1 blobs that nothing needs.\n"
    assert key not in set(storage.current().keys())


def test_a_sound_site_passes_the_doctor(run: Type) -> None:
    found = run("doctor")
    assert found.exit_code == 0
    assert {line.split()[0] for line in found.output.splitlines()} == {"ok"}


def typed_anew(folder: Path, *arguments: str, **settings: str) -> Result:
    """Type a command before there is anything in the folder, as it were on a machine of its own."""
    app = create_app(environment(folder, **settings), testing=True)
    result = app.test_cli_runner().invoke(args=list(arguments))
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    return result


def test_an_alarm_ends_the_doctor_with_1(tmp_path: Path) -> None:
    examined = typed_anew(tmp_path, "doctor")
    assert examined.exit_code == 1
    assert "ALARM  database: at revision none" in examined.output


@pytest.mark.parametrize(
    ("settings", "told", "untold"),
    [
        ({}, "`python3 dev.py run`", "https"),
        ({"SITE_URL": "https://letters.example"}, "https://letters.example/password/", "5000"),
    ],
)
def test_start_tells_where_the_site_will_be(tmp_path: Path, settings: dict[str, str], told: str, untold: str) -> None:
    started = typed_anew(tmp_path, *START, **settings)
    assert started.exit_code == 0, started.output
    assert told in started.output
    assert untold not in started.output


def test_settings_that_cannot_be_are_told_without_a_traceback(tmp_path: Path) -> None:
    refused = flask(environment(tmp_path, SITE_URL="http://example.org", THREADS="0"), "doctor")
    assert refused.returncode == 1
    assert re.fullmatch(r"ORGANIZER_SITE_URL: .*\nORGANIZER_THREADS: .*\n", refused.stderr)


def test_files_of_the_program_are_its_own(tmp_path: Path) -> None:
    env = environment(tmp_path)
    (tmp_path / "data").mkdir(mode=0o755)
    assert flask(env, "demo").returncode == 0
    open_to_others = [path for path in (tmp_path / "data").rglob("*") if path.stat().st_mode & 0o077]
    assert open_to_others == []
