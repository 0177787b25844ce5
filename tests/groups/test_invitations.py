"""Invitations: the links by which people come to belong to a group."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from time_machine import TimeMachineFixture

from organizer import clock
from organizer.accounts.models import Account
from organizer.db import db
from organizer.errors import Gone, Unavailable
from organizer.groups import queries
from organizer.groups import service as groups
from organizer.groups.models import Invitation, Membership
from organizer.policy import NOBODY, Role
from tests import factories
from tests.factories import PASSWORD, Person, post
from tests.groups.belonging import NEW, OFFER, invite, name_of, people_of, role_of
from tests.groups.racing import Act, at_once


def test_an_invitation_is_shown_once_to_copy_and_to_scan(owner: Person) -> None:
    answer = post(owner.client, people_of(owner), OFFER)

    assert answer.status_code == 200
    link = re.search(r'value="(http://localhost/invitations/([a-z2-7]{32}))"', answer.text)
    assert link
    assert "<svg" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert link[2] not in owner.client.get(people_of(owner)).text
    assert link[2].encode() not in db.session.scalars(select(Invitation.token_hash)).one()


def test_an_invitation_makes_a_new_account_a_member_and_signs_it_in(client: FlaskClient, owner: Person) -> None:
    path = invite(owner)
    page = client.get(path)
    assert page.status_code == 200
    assert owner.group.name in page.text
    assert "As an organizer you write and publish" in page.text

    answer = post(client, path, NEW)

    assert (answer.status_code, answer.location) == (303, "/account")
    assert owner.group.name in client.get("/account").text
    ben = db.session.scalars(select(Account).where(Account.name == "ben")).one()
    belongs = db.session.get_one(Membership, (owner.group.id, ben.id))
    assert (belongs.role, belongs.reads_contacts) == (Role.ORGANIZER, False)
    assert not ben.is_operator


def test_an_invitation_makes_a_signed_in_account_a_member(app: Flask, owner: Person) -> None:
    stranger = factories.person(app)
    path = invite(owner, Role.OWNER)
    assert "Join with your account" in stranger.client.get(path).text

    assert post(stranger.client, path, {}).status_code == 303
    assert stranger.client.get(people_of(owner)).status_code == 200


def test_whoever_has_an_account_signs_in_and_comes_back_to_the_invitation(app: Flask, owner: Person) -> None:
    stranger = factories.person(app)
    browser = app.test_client()
    path = invite(owner)
    assert f'href="/sign-in?next={path}"' in browser.get(path).text

    back = post(browser, f"/sign-in?next={path}", {"name": name_of(stranger), "password": PASSWORD})
    assert back.location == path
    assert post(browser, path, {}).status_code == 303


def test_who_belongs_already_is_told_so_and_the_invitation_stays(owner: Person, member: Person) -> None:
    path = invite(owner, Role.OWNER)
    answer = post(member.client, path, {})

    assert answer.status_code == 422
    assert "You belong to this group already" in answer.text
    assert role_of(member) == Role.MEMBER
    assert owner.client.get(path).status_code == 200


def test_looking_does_not_use_an_invitation_up(client: FlaskClient, owner: Person) -> None:
    path = invite(owner)
    for _ in range(3):
        assert client.get(path).status_code == 200
    assert post(client, path, NEW).status_code == 303


def test_a_used_revoked_forged_or_late_invitation_is_the_one_404(
    app: Flask, client: FlaskClient, owner: Person, time_machine: TimeMachineFixture
) -> None:
    used, revoked, late = invite(owner), invite(owner), invite(owner)
    assert post(app.test_client(), used, NEW).status_code == 303
    token = revoked.removeprefix("/invitations/")
    opened = queries.open_invitation(NOBODY, token)
    assert opened
    path = f"/groups/{owner.group.slug}/invitations/{opened.invitation.id}/revoke"
    assert post(owner.client, path, {}, form_at=people_of(owner)).status_code == 303
    time_machine.move_to(clock.now() + timedelta(days=15))

    pages = [client.get(link) for link in (used, revoked, late, "/invitations/forged", "/nothing")]

    assert {page.status_code for page in pages} == {404}
    assert len({page.data for page in pages}) == 1
    assert client.post(used, data=NEW).status_code == 404


def test_nobody_revokes_another_groups_invitation(app: Flask, owner: Person, client: FlaskClient) -> None:
    stranger = factories.person(app, Role.OWNER)
    path = invite(owner)
    invitation = db.session.scalars(select(Invitation)).one()
    own = f"/groups/{stranger.group.slug}/invitations/{invitation.id}/revoke"
    post(stranger.client, own, {}, form_at="/account")

    assert client.get(path).status_code == 200


def test_without_a_form_token_no_invitation_is_revoked_or_used(client: FlaskClient, owner: Person) -> None:
    path = invite(owner)
    invitation = db.session.scalars(select(Invitation)).one()
    owner.client.post(f"/groups/{owner.group.slug}/invitations/{invitation.id}/revoke")
    client.post(path, data=NEW)

    assert client.get(path).status_code == 200


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "n" * 100_000}, "name"),
        ({"name": "\x00\x1b"}, "name"),
        ({"password": "short", "password_again": "short"}, "password"),
        ({"password": "p" * 100_000, "password_again": "p" * 100_000}, "password"),
        ({"password": "no justice no peace", "password_again": "no justice no peace"}, "password"),
        ({"password_again": "something else"}, "password_again"),
        ({"password": "", "password_again": ""}, "password"),
    ],
)
def test_bad_input_does_not_use_the_invitation_up(
    client: FlaskClient, owner: Person, changes: dict[str, str], field: str
) -> None:
    path = invite(owner)
    answer = post(client, path, {**NEW, **changes})

    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert post(client, path, NEW).status_code == 303


def test_a_name_that_is_taken_is_said_and_the_rest_stays(client: FlaskClient, owner: Person) -> None:
    path = invite(owner)
    answer = post(client, path, {**NEW, "name": name_of(owner).upper()})

    assert answer.status_code == 422
    assert "This name is taken" in answer.text
    assert client.get(path).status_code == 200


def test_what_happens_among_the_members_moves_no_public_page(client: FlaskClient, owner: Person) -> None:
    tag = client.get("/").headers["ETag"]
    post(client, invite(owner), NEW)

    assert client.application.test_client().get("/", headers={"If-None-Match": tag}).status_code == 304


def _joining(token: str, name: str) -> Act:
    def act(wait: Callable[[], int]) -> object:
        opened = queries.open_invitation(NOBODY, token)
        assert opened
        wait()
        return groups.join_anew(opened, name, NEW["password"])

    return act


def test_an_invitation_that_many_use_at_once_lets_one_in(app: Flask, owner: Person) -> None:
    token = invite(owner).removeprefix("/invitations/")
    db.session.rollback()

    results = at_once(app, [_joining(token, f"guest {number}") for number in range(6)])

    # Whoever may not even wait for a turn to have a password hashed is told to come again.
    assert [isinstance(result, Gone | Unavailable) for result in results].count(True) == 5
    assert len(queries.members(owner.group.id)) == 2
    assert len(db.session.scalars(select(Account).where(Account.name.startswith("guest"))).all()) == 1
