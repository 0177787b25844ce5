"""One's own account: groups, password, sessions, and the link for a forgotten password."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from time_machine import TimeMachineFixture

from organizer import clock
from organizer.accounts import service as accounts
from organizer.accounts.models import Account, PasswordLink, Session
from organizer.accounts.words import WORDS
from organizer.db import db
from organizer.errors import RuleError
from organizer.policy import Role
from tests import factories
from tests.factories import PASSWORD, Person, post

NEW = "ladder violin october stone"
BAD_PASSWORDS = ["", "short", "a" * 100_000, "\x00\x01\x02", "password password password"]


def _account(person: Person) -> Account:
    return db.session.get_one(Account, person.account_id)


def _elsewhere(app: Flask, person: Person) -> FlaskClient:
    """One more browser that she is signed in with."""
    browser = app.test_client()
    browser.set_cookie("session", accounts.sign_in(_account(person).name, PASSWORD, "elsewhere"))
    return browser


def _is_signed_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def _can_sign_in(app: Flask, person: Person, password: str) -> bool:
    typed = {"name": _account(person).name, "password": password}
    return post(app.test_client(), "/sign-in", typed).status_code == 303


def _change(client: FlaskClient, present: str, new: str, again: str | None = None) -> int:
    typed = {"present_password": present, "password": new, "password_again": new if again is None else again}
    return post(client, "/account/password", typed).status_code


@pytest.mark.parametrize(
    ("role", "links"),
    [(Role.MEMBER, set()), (Role.ORGANIZER, {"desk", "edit"}), (Role.OWNER, {"desk", "edit", "people"})],
)
def test_the_account_page_leads_to_what_the_role_allows(app: Flask, role: Role, links: set[str]) -> None:
    person = factories.person(app, role)
    page = person.client.get("/account").text

    assert person.group.name in page
    assert set(re.findall(rf'href="/groups/{person.group.slug}/(\w+)"', page)) == links


def test_who_belongs_to_no_group_is_told_what_to_do(app: Flask, client: FlaskClient) -> None:
    factories.account("ana")
    client.set_cookie("session", accounts.sign_in("ana", PASSWORD, "test"))

    assert "An owner of one can send you an invitation" in client.get("/account").text


def test_a_new_password_replaces_the_present_one(app: Flask, organizer: Person) -> None:
    assert _change(organizer.client, PASSWORD, NEW) == 303
    assert _is_signed_in(organizer.client)
    assert not _can_sign_in(app, organizer, PASSWORD)
    assert _can_sign_in(app, organizer, NEW)


def test_a_new_password_ends_all_other_sessions_and_a_waiting_link(app: Flask, organizer: Person) -> None:
    other = _elsewhere(app, organizer)
    stranger = factories.person(app)
    token = accounts.make_password_link(_account(organizer).name)
    _change(organizer.client, PASSWORD, NEW)

    assert not _is_signed_in(other)
    assert _is_signed_in(stranger.client)
    assert other.get(f"/password/{token}").status_code == 404


def test_without_the_present_password_nothing_changes(app: Flask, organizer: Person) -> None:
    assert _change(organizer.client, "not the present one", NEW) == 422
    assert _change(organizer.client, "", NEW) == 422
    assert not _can_sign_in(app, organizer, NEW)


def test_two_that_differ_change_nothing(app: Flask, organizer: Person) -> None:
    assert _change(organizer.client, PASSWORD, NEW, NEW + "s") == 422
    assert not _can_sign_in(app, organizer, NEW)


@pytest.mark.parametrize("password", BAD_PASSWORDS)
def test_a_poor_password_is_refused_beside_its_field(organizer: Person, password: str) -> None:
    typed = {"present_password": PASSWORD, "password": password, "password_again": password}
    answer = post(organizer.client, "/account/password", typed)

    assert answer.status_code == 422
    assert 'id="password-error"' in answer.text
    assert _is_signed_in(organizer.client)


def test_guessing_the_present_password_comes_to_an_end(organizer: Person) -> None:
    for _ in range(10):
        _change(organizer.client, "a guess", NEW)
    answer = post(
        organizer.client,
        "/account/password",
        {"present_password": PASSWORD, "password": NEW, "password_again": NEW},
    )
    assert "too often" in answer.text


def test_four_words_are_suggested_with_the_reason_and_stay_when_the_form_comes_back(organizer: Person) -> None:
    page = organizer.client.get("/account/password").text
    suggested = re.search(r'id="suggestion"[^>]*value="([^"]+)"', page)
    assert suggested
    assert set(suggested[1].split()) <= set(WORDS)
    assert "Long is stronger than complicated" in page

    again = post(organizer.client, "/account/password", {"suggested": suggested[1], "password": "short"})
    assert suggested[1] in again.text
    assert suggested[1] not in organizer.client.get("/account/password").text


def test_sessions_are_listed_by_day_and_the_present_one_is_marked(app: Flask, organizer: Person) -> None:
    _elsewhere(app, organizer)
    page = organizer.client.get("/account").text

    assert page.count("Another browser") == 1
    assert page.count("This browser") == 1


def test_one_session_elsewhere_can_be_ended(app: Flask, organizer: Person) -> None:
    first, second = _elsewhere(app, organizer), _elsewhere(app, organizer)
    ending = re.findall(r"/account/sessions/(\w{26})/end", organizer.client.get("/account").text)
    assert len(ending) == 2

    assert post(organizer.client, f"/account/sessions/{ending[0]}/end", {}, form_at="/account").status_code == 303
    assert [_is_signed_in(first), _is_signed_in(second)].count(True) == 1
    assert _is_signed_in(organizer.client)


def test_all_sessions_elsewhere_can_be_ended_at_once(app: Flask, organizer: Person) -> None:
    others = [_elsewhere(app, organizer) for _ in range(3)]
    stranger = factories.person(app)
    post(organizer.client, "/account/sessions/end-others", {}, form_at="/account")

    assert not any(map(_is_signed_in, others))
    assert _is_signed_in(organizer.client)
    assert _is_signed_in(stranger.client)


def test_nobody_ends_somebody_elses_session(app: Flask, organizer: Person) -> None:
    stranger = factories.person(app)
    own = db.session.scalars(select(Session.id).where(Session.account_id == stranger.account_id)).one()
    foreign = post(organizer.client, f"/account/sessions/{own}/end", {}, form_at="/account")
    missing = post(organizer.client, f"/account/sessions/{'a' * 26}/end", {}, form_at="/account")

    assert foreign.status_code == missing.status_code == 404
    assert foreign.data == missing.data
    assert _is_signed_in(stranger.client)


@pytest.mark.parametrize("path", ["/account/sessions/end-others", "/account/password"])
def test_without_a_form_token_nothing_ends(app: Flask, organizer: Person, path: str) -> None:
    other = _elsewhere(app, organizer)
    organizer.client.post(path, data={"present_password": PASSWORD, "password": NEW, "password_again": NEW})

    assert _is_signed_in(other)
    assert not _can_sign_in(app, organizer, NEW)


def _link(person: Person) -> str:
    return f"/password/{accounts.make_password_link(_account(person).name)}"


def _use(client: FlaskClient, path: str, password: str = NEW) -> int:
    return post(client, path, {"password": password, "password_again": password}).status_code


def test_a_link_sets_a_new_password_and_signs_in_here_only(app: Flask, client: FlaskClient, organizer: Person) -> None:
    path = _link(organizer)
    page = client.get(path)
    assert page.status_code == 200
    assert _account(organizer).name in page.text

    assert _use(client, path) == 303
    assert _is_signed_in(client)
    assert not _is_signed_in(organizer.client)
    assert _can_sign_in(app, organizer, NEW)
    assert not _can_sign_in(app, organizer, PASSWORD)


def test_looking_at_a_link_does_not_use_it_up(client: FlaskClient, organizer: Person) -> None:
    path = _link(organizer)
    for _ in range(3):
        assert client.get(path).status_code == 200
    assert _is_signed_in(organizer.client)
    assert _use(client, path) == 303


def test_a_used_forged_or_late_link_is_the_one_404(
    client: FlaskClient, app: Flask, organizer: Person, time_machine: TimeMachineFixture
) -> None:
    used = _link(organizer)
    _use(app.test_client(), used)
    late = _link(organizer)
    time_machine.move_to(clock.now() + timedelta(hours=49))

    pages = [client.get(path) for path in (used, late, "/password/forged", "/password/" + "a" * 10_000, "/nothing")]

    assert {page.status_code for page in pages} == {404}
    assert len({page.data for page in pages}) == 1
    assert client.post(used, data={"password": NEW}).status_code == 404


def test_a_link_works_until_its_last_hour(
    client: FlaskClient, organizer: Person, time_machine: TimeMachineFixture
) -> None:
    path = _link(organizer)
    time_machine.move_to(clock.now() + timedelta(hours=47))

    assert _use(client, path) == 303


def test_a_newer_link_makes_the_older_one_void(client: FlaskClient, organizer: Person) -> None:
    older, newer = _link(organizer), _link(organizer)

    assert client.get(older).status_code == 404
    assert client.get(newer).status_code == 200


def test_the_table_does_not_know_the_link(organizer: Person) -> None:
    token = _link(organizer).removeprefix("/password/")
    link = db.session.scalars(select(PasswordLink)).one()

    assert len(token) == 32
    assert token.encode() not in link.token_hash


@pytest.mark.parametrize("password", BAD_PASSWORDS)
def test_a_poor_password_does_not_use_the_link_up(client: FlaskClient, organizer: Person, password: str) -> None:
    path = _link(organizer)

    assert _use(client, path, password) == 422
    assert _use(client, path) == 303


def test_no_link_is_made_for_nobody(app: Flask) -> None:
    with pytest.raises(RuleError, match="no account with this name"):
        accounts.make_password_link("nobody")


@pytest.mark.parametrize("path", ["/account", "/account/password"])
def test_an_account_is_shown_to_its_holder_only_and_never_stored_on_the_way(
    client: FlaskClient, organizer: Person, path: str
) -> None:
    assert client.get(path).status_code == 303
    assert organizer.client.get(path).headers["Cache-Control"] == "no-store"
