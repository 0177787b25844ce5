"""Signing in and out."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from time_machine import TimeMachineFixture
from werkzeug.test import TestResponse

from organizer import clock
from organizer.accounts import passwords
from organizer.accounts import service as accounts
from organizer.accounts.models import Account, Session
from organizer.db import db
from organizer.errors import RuleError
from organizer.web import create_app
from tests import factories
from tests.factories import PASSWORD, Person, post

NAME = "ana of the table"
NEW = "ladder violin october stone"


@pytest.fixture
def ana(app: Flask) -> Account:
    return factories.account(NAME)


def _sign_in(client: FlaskClient, name: str = NAME, password: str = PASSWORD, path: str = "/sign-in") -> TestResponse:
    return post(client, path, {"name": name, "password": password})


def _is_signed_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def _cookie(response: TestResponse) -> str:
    return next(value for value in response.headers.getlist("Set-Cookie") if "session=" in value)


def _fields(page: str) -> dict[str, str]:
    found = re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in found}


def _name_of(person: Person) -> str:
    return db.session.get_one(Account, person.account_id).name


def _without_tokens(page: str) -> str:
    return re.sub(r'name="(csrf_token|name)"[^>]*value="[^"]*"', "", page)


@pytest.mark.usefixtures("ana")
def test_name_and_password_sign_in(client: FlaskClient) -> None:
    answer = _sign_in(client)

    assert (answer.status_code, answer.location) == (303, "/account")
    assert NAME in client.get("/account").text


@pytest.mark.usefixtures("ana")
def test_a_name_may_be_typed_in_capitals_with_spaces(client: FlaskClient) -> None:
    assert _sign_in(client, f"  {NAME.upper()} ").status_code == 303


@pytest.mark.usefixtures("ana")
def test_the_cookie_holds_a_token_that_no_script_reads_and_no_table_keeps(client: FlaskClient) -> None:
    cookie = _cookie(_sign_in(client))

    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Domain" not in cookie
    token = cookie.partition("=")[2].partition(";")[0]
    assert len(token) == 32
    assert token.encode() not in db.session.scalars(select(Session.token_hash)).one()


@pytest.mark.parametrize(
    ("host", "cookie_name", "is_secure"),
    [("example.org", "__Host-session", True), ("abcdef.onion", "session", False)],
)
def test_on_https_the_cookie_is_bound_to_the_host_and_on_its_http_onion_it_is_plain(
    app: Flask, ana: Account, host: str, cookie_name: str, is_secure: bool
) -> None:
    env = {
        "ORGANIZER_DATA_DIR": str(app.extensions["config"].data_dir),
        "ORGANIZER_DATABASE_URL": app.extensions["config"].database_url,
        "ORGANIZER_SITE_URL": "https://example.org",
        "ORGANIZER_ONION_URL": "http://abcdef.onion",
    }
    site = create_app(env, testing=True)
    browser = site.test_client()
    base_url = f"{'https' if is_secure else 'http'}://{host}"
    page = browser.get("/sign-in", base_url=base_url)
    answer = browser.post(
        "/sign-in", data={**_fields(page.text), "name": NAME, "password": PASSWORD}, base_url=base_url
    )

    with site.app_context():
        db.engine.dispose()

    form_cookie = next(value for value in page.headers.getlist("Set-Cookie"))
    assert form_cookie.startswith(cookie_name.replace("session", "form") + "=")
    assert ("Secure" in form_cookie) is is_secure
    cookie = _cookie(answer)
    assert cookie.startswith(f"{cookie_name}=")
    assert ("Secure" in cookie) is is_secure
    assert "Path=/" in cookie
    mark = next(value for value in answer.headers.getlist("Set-Cookie") if "known=" in value)
    assert mark.startswith(cookie_name.replace("session", "known") + "=")
    assert ("Secure" in mark) is is_secure


@pytest.mark.usefixtures("ana")
def test_wrong_password_and_unknown_name_answer_alike(client: FlaskClient) -> None:
    wrong = _sign_in(client, NAME, "something else entirely")
    unknown = _sign_in(client, "nobody here", "something else entirely")

    assert wrong.status_code == unknown.status_code == 422
    assert "do not go together" in wrong.text
    assert _without_tokens(wrong.text) == _without_tokens(unknown.text)


@pytest.mark.usefixtures("ana")
def test_known_and_unknown_names_are_throttled_alike(client: FlaskClient) -> None:
    for name in (NAME, "nobody here"):
        answers = [_sign_in(client, name, "something else entirely").text for _ in range(11)]
        assert "too often" not in answers[9]
        assert "too often" in answers[10]


@pytest.mark.usefixtures("ana")
def test_guessing_at_one_account_locks_it_for_minutes_and_no_other(
    app: Flask, client: FlaskClient, time_machine: TimeMachineFixture
) -> None:
    factories.account("ben")
    for _ in range(10):
        _sign_in(client, NAME, "something else entirely")

    assert "too often" in _sign_in(client).text
    assert _sign_in(app.test_client(), "ben").status_code == 303
    time_machine.move_to(clock.now() + timedelta(minutes=11))
    assert _sign_in(client).status_code == 303


@pytest.mark.usefixtures("ana")
def test_a_stranger_elsewhere_locks_nobody_out(client: FlaskClient) -> None:
    for _ in range(10):
        post(client, "/sign-in", {"name": NAME, "password": "wrong"}, environ_overrides={"REMOTE_ADDR": "198.51.100.7"})

    assert _sign_in(client).status_code == 303


@pytest.mark.usefixtures("ana")
def test_many_networks_together_do_not_make_many_guesses(client: FlaskClient) -> None:
    for network in range(100):
        address = {"REMOTE_ADDR": f"198.51.{network}.1"}
        post(client, "/sign-in", {"name": NAME, "password": "wrong"}, environ_overrides=address)

    assert "too often" in _sign_in(client).text


@pytest.mark.usefixtures("ana")
def test_signing_in_with_the_right_password_is_never_too_often(app: Flask) -> None:
    for _ in range(12):
        assert _sign_in(app.test_client()).status_code == 303


@pytest.mark.usefixtures("ana")
def test_strangers_on_her_network_cannot_keep_out_a_browser_that_has_signed_in_before(
    app: Flask, client: FlaskClient
) -> None:
    _sign_in(client)
    post(client, "/sign-out", {})
    for _ in range(10):
        _sign_in(app.test_client(), NAME, "something else entirely")

    assert "too often" in _sign_in(app.test_client()).text
    assert _sign_in(client).status_code == 303


@pytest.mark.usefixtures("ana")
def test_a_browser_that_has_signed_in_before_may_not_guess_for_ever(app: Flask, client: FlaskClient) -> None:
    _sign_in(client)
    answers = [_sign_in(client, NAME, "something else entirely").text for _ in range(11)]

    assert "too often" not in answers[9]
    assert "too often" in answers[10]
    assert _sign_in(app.test_client()).status_code == 303


@pytest.mark.usefixtures("ana")
@pytest.mark.parametrize("mark", ["", "nonsense", ".", "a.b", "\xff.\xff", "other"])
def test_no_mark_but_her_own_is_a_way_around_the_throttle(app: Flask, client: FlaskClient, mark: str) -> None:
    factories.account("ben")
    other = app.test_client()
    _sign_in(other, "ben")
    known = other.get_cookie("known")
    assert known
    for _ in range(10):
        _sign_in(app.test_client(), NAME, "something else entirely")
    client.set_cookie("known", known.value if mark == "other" else mark)

    assert "too often" in _sign_in(client).text


@pytest.mark.usefixtures("ana")
def test_the_mark_of_a_browser_is_kept_from_scripts_and_names_nobody(app: Flask, client: FlaskClient) -> None:
    marks = [value for value in _sign_in(client).headers.getlist("Set-Cookie") if value.startswith("known=")]
    again = [value for value in _sign_in(app.test_client()).headers.getlist("Set-Cookie") if value.startswith("known=")]

    assert len(marks) == 1
    assert all(part in marks[0] for part in ("HttpOnly", "SameSite=Lax", "Path=/"))
    assert "Domain" not in marks[0]
    assert re.fullmatch(r"known=[a-z2-7]{32}\.[a-z2-7]{32}", marks[0].partition(";")[0])
    assert marks[0] != again[0]


def test_whoever_chose_a_password_by_a_link_is_known_then(app: Flask, client: FlaskClient, ana: Account) -> None:
    post(client, f"/password/{accounts.make_password_link(NAME)}", {"password": NEW, "password_again": NEW})
    post(client, "/sign-out", {})
    for _ in range(10):
        _sign_in(app.test_client(), NAME, "something else entirely")

    assert _sign_in(client, NAME, NEW).status_code == 303


@pytest.mark.usefixtures("ana")
@pytest.mark.parametrize(
    "typed",
    [
        {"name": "", "password": ""},
        {"name": "a" * 100_000, "password": "b" * 100_000},
        {"name": "\x00\x1b\u202e", "password": "\x00\x01\x02"},
        {"name": "<script>", "password": "' OR 1=1 --"},
        {"name": NAME, "password": PASSWORD + "\x00"},
        {},
    ],
)
def test_bad_input_is_told_kindly_and_signs_nobody_in(client: FlaskClient, typed: dict[str, object]) -> None:
    answer = post(client, "/sign-in", typed)

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert not _is_signed_in(client)


@pytest.mark.usefixtures("ana")
def test_without_a_form_token_nobody_is_signed_in_and_the_name_stays(client: FlaskClient) -> None:
    answer = client.post("/sign-in", data={"name": NAME, "password": PASSWORD})

    assert answer.status_code == 422
    assert "Nothing is sent yet" in answer.text
    assert f'value="{NAME}"' in answer.text
    assert PASSWORD not in answer.text


@pytest.mark.usefixtures("ana")
def test_signing_in_begins_a_new_session_and_ends_the_browsers_earlier_one(client: FlaskClient) -> None:
    _sign_in(client)
    earlier = client.get_cookie("session")
    _sign_in(client)
    later = client.get_cookie("session")

    assert earlier
    assert later
    assert earlier.value != later.value
    assert len(db.session.scalars(select(Session)).all()) == 1


@pytest.mark.usefixtures("ana")
def test_a_session_that_somebody_planted_is_not_gone_on_with(client: FlaskClient) -> None:
    client.set_cookie("session", "planted")
    _sign_in(client)

    cookie = client.get_cookie("session")
    assert cookie
    assert cookie.value != "planted"


def test_a_form_from_before_signing_in_is_asked_about_again(organizer: Person) -> None:
    client = organizer.client
    token = _fields(client.get("/account/password").text)["csrf_token"]
    typed = {"present_password": PASSWORD, "password": NEW, "password_again": NEW, "csrf_token": token}
    _sign_in(client, _name_of(organizer))

    answer = client.post("/account/password", data=typed)
    assert answer.status_code == 422
    assert "Nothing is sent yet" in answer.text


def test_a_sign_in_with_a_password_that_is_changed_meanwhile_is_refused(
    ana: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = passwords.is_right

    def slow_check(password_hash: str | None, password: str) -> bool:
        monkeypatch.setattr(passwords, "is_right", check)
        is_right = passwords.is_right(password_hash, password)
        accounts.change_password(ana, PASSWORD, NEW, "")
        return is_right

    monkeypatch.setattr(passwords, "is_right", slow_check)
    with pytest.raises(RuleError, match="do not go together"):
        accounts.sign_in(NAME, PASSWORD, "test")
    assert not db.session.scalars(select(Session)).all()


def test_sessions_that_have_ended_are_forgotten(ana: Account, time_machine: TimeMachineFixture) -> None:
    accounts.sign_in(NAME, PASSWORD, "test")
    time_machine.move_to(clock.now() + timedelta(days=40))
    accounts.sign_in(NAME, PASSWORD, "test")

    assert len(db.session.scalars(select(Session)).all()) == 1


def test_an_old_hash_is_made_anew_at_todays_price(client: FlaskClient, ana: Account) -> None:
    ana.password_hash = PasswordHasher(time_cost=2, memory_cost=8, parallelism=1).hash(PASSWORD)
    db.session.commit()

    assert _sign_in(client).status_code == 303

    db.session.refresh(ana)
    assert not passwords.is_outdated(ana.password_hash)
    assert passwords.is_right(ana.password_hash, PASSWORD)


def test_a_session_ends_after_thirty_days(organizer: Person, time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(clock.now() + timedelta(days=30))
    assert _is_signed_in(organizer.client)
    time_machine.move_to(clock.now() + timedelta(days=2))
    assert not _is_signed_in(organizer.client)


def test_signing_out_ends_the_session_for_good(app: Flask, organizer: Person) -> None:
    cookie = organizer.client.get_cookie("session")
    assert cookie
    answer = post(organizer.client, "/sign-out", {})

    assert (answer.status_code, answer.location) == (303, "/")
    assert organizer.client.get_cookie("session") is None
    other = app.test_client()
    other.set_cookie("session", cookie.value)
    assert not _is_signed_in(other)


def test_another_site_cannot_sign_anybody_out(organizer: Person) -> None:
    assert organizer.client.post("/sign-out").status_code == 422
    assert organizer.client.post("/sign-out", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert _is_signed_in(organizer.client)


def test_who_is_signed_out_already_signs_out_without_a_word(client: FlaskClient) -> None:
    assert client.get("/sign-out").location == "/"
    assert client.post("/sign-out").location == "/"


@pytest.mark.usefixtures("ana")
@pytest.mark.parametrize(
    ("wanted", "location"),
    [
        ("/groups/x/desk", "/groups/x/desk"),
        ("/events/new?group=x", "/events/new?group=x"),
        ("https://evil.example/", "/account"),
        ("//evil.example/", "/account"),
        ("/\\evil.example/", "/account"),
        ("///evil.example/", "/account"),
        ("/\t/evil.example/", "/account"),
        (" //evil.example/", "/account"),
        ("javascript:alert(1)", "/account"),
        ("", "/account"),
    ],
)
def test_after_signing_in_one_goes_on_within_this_site_only(client: FlaskClient, wanted: str, location: str) -> None:
    page = client.get("/sign-in", query_string={"next": wanted})
    action = re.search(r'action="(/sign-in[^"]*)"', page.text)
    assert action
    assert _sign_in(client, path=html.unescape(action[1])).location == location


def test_a_page_for_organizers_asks_to_sign_in_and_comes_back(client: FlaskClient, organizer: Person) -> None:
    address = f"/groups/{organizer.group.slug}/desk"
    asked = client.get(f"{address}?page=2")

    assert asked.status_code == 303
    assert asked.location == f"/sign-in?next={address}?page%3D2"


def test_an_address_that_does_not_exist_asks_alike(client: FlaskClient) -> None:
    assert client.get("/groups/no-such-group/desk").status_code == 303
    assert client.post("/groups/no-such-group/edit").status_code == 403
