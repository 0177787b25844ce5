"""Who belongs to a group: roles, removal, and help with a forgotten password."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from organizer.accounts.models import Account
from organizer.db import db
from organizer.errors import NotAllowed
from organizer.groups import queries
from organizer.groups import service as groups
from organizer.groups.models import Group, Invitation, Membership
from organizer.policy import Role
from tests import factories
from tests.factories import PASSWORD, Person, post
from tests.groups.belonging import NEW, invite, name_of, people_of, role_of
from tests.groups.racing import Act, at_once


def _change(owner: Person, person: Person, role: int | str, password: str = PASSWORD) -> TestResponse:
    return post(owner.client, f"{people_of(owner)}/{person.account_id}", {"role": str(role), "password": password})


def _remove(owner: Person, person: Person, password: str = PASSWORD) -> TestResponse:
    return post(owner.client, f"{people_of(owner)}/{person.account_id}/remove", {"password": password})


def test_owners_see_who_belongs_and_as_what(owner: Person, member: Person) -> None:
    page = owner.client.get(people_of(owner)).text

    assert name_of(owner) in page
    assert name_of(member) in page
    assert page.index("Owner") < page.index("Member")


def test_organizers_and_members_do_not(app: Flask, owner: Person, member: Person) -> None:
    organizer = factories.person(app, Role.ORGANIZER, owner.group)
    for person in (organizer, member):
        assert person.client.get(people_of(owner)).status_code == 404
        assert person.client.get(f"{people_of(owner)}/{owner.account_id}").status_code == 404


def test_an_owner_of_another_group_meets_the_same_404_as_for_nothing(app: Flask, owner: Person, member: Person) -> None:
    stranger = factories.person(app, Role.OWNER)
    paths = [
        f"{people_of(owner)}/{member.account_id}/remove",
        f"{people_of(stranger)}/{member.account_id}/remove",
        f"{people_of(stranger)}/{'a' * 26}/remove",
    ]
    pages = [stranger.client.get(path) for path in paths]
    pages += [post(stranger.client, path, {"password": PASSWORD}, form_at="/account") for path in paths]

    assert {page.status_code for page in pages} == {404}
    assert len({page.data for page in pages}) == 1
    assert role_of(member) == Role.MEMBER


def test_an_owner_gives_somebody_another_role(owner: Person, member: Person) -> None:
    assert member.client.get(f"/groups/{owner.group.slug}/desk").status_code == 404
    assert _change(owner, member, Role.ORGANIZER).status_code == 303
    assert role_of(member) == Role.ORGANIZER
    assert member.client.get(f"/groups/{owner.group.slug}/desk").status_code == 200


def test_what_opens_nothing_yet_is_not_offered_and_stays_as_it_is(owner: Person, member: Person) -> None:
    db.session.get_one(Membership, (owner.group.id, member.account_id)).reads_contacts = True
    db.session.commit()
    pages = owner.client.get(people_of(owner)).text + owner.client.get(f"{people_of(owner)}/{member.account_id}").text
    assert "contacts" not in pages
    assert _change(owner, member, Role.ORGANIZER).status_code == 303
    assert db.session.get_one(Membership, (owner.group.id, member.account_id)).reads_contacts


def test_who_is_invited_is_a_member_unless_the_owner_chooses_more(owner: Person) -> None:
    page = owner.client.get(people_of(owner)).text
    assert re.findall(r'<input checked[^>]*name="role"[^>]*value="(\d)"', page) == ["1"]


@pytest.mark.parametrize("role", ["", "0", "4", "-1", "owner", "1e3", "\x00", "9" * 100_000])
def test_a_role_that_is_none_is_refused(owner: Person, member: Person, role: str) -> None:
    answer = _change(owner, member, role)

    assert answer.status_code == 422
    assert "role" in answer.text
    assert role_of(member) == Role.MEMBER


@pytest.mark.parametrize("password", ["", "not her own", "x" * 100_000])
def test_without_her_own_password_an_owner_changes_nobody(owner: Person, member: Person, password: str) -> None:
    acts: list[Callable[[], TestResponse]] = [
        lambda: _change(owner, member, Role.OWNER, password),
        lambda: _remove(owner, member, password),
        lambda: post(owner.client, f"{people_of(owner)}/{member.account_id}/password-link", {"password": password}),
        lambda: post(owner.client, people_of(owner), {"role": "3", "password": password}),
    ]
    for act in acts:
        answer = act()
        assert answer.status_code == 422
        assert 'id="password-error"' in answer.text
    assert role_of(member) == Role.MEMBER
    assert not db.session.scalars(select(Invitation)).all()


def test_whoever_is_removed_sees_no_more_of_the_group_but_keeps_her_account(owner: Person, member: Person) -> None:
    page = owner.client.get(f"{people_of(owner)}/{member.account_id}/remove").text
    assert "no longer sees" in page
    assert _remove(owner, member).status_code == 303

    assert role_of(member) is None
    assert f"/groups/{owner.group.slug}" not in member.client.get("/account").text


def test_the_last_owner_can_neither_leave_nor_step_down(owner: Person) -> None:
    for answer in (_remove(owner, owner), _change(owner, owner, Role.MEMBER)):
        assert answer.status_code == 422
        assert "A group needs an owner" in answer.text
    assert role_of(owner) == Role.OWNER


def test_with_another_owner_there_she_can(owner: Person, member: Person) -> None:
    _change(owner, member, Role.OWNER)
    answer = _change(owner, owner, Role.MEMBER)

    assert (answer.status_code, answer.location) == (303, "/account")
    assert role_of(owner) == Role.MEMBER
    assert owner.client.get(people_of(owner)).status_code == 404


def test_links_that_a_former_owner_may_have_kept_let_her_in_no_more(
    app: Flask, owner: Person, member: Person, client: FlaskClient
) -> None:
    _change(owner, member, Role.OWNER)
    kept = invite(member, Role.OWNER)
    password = f"/password/{groups.make_password_link(owner.group, owner.account_id, member.account_id)}"
    assert [client.get(path).status_code for path in (kept, password)] == [200, 200]

    _remove(owner, member)

    assert [client.get(path).status_code for path in (kept, password)] == [404, 404]


def _password_link(owner: Person, person: Person) -> TestResponse:
    return post(owner.client, f"{people_of(owner)}/{person.account_id}/password-link", {"password": PASSWORD})


def test_an_owner_makes_a_link_for_a_forgotten_password(client: FlaskClient, owner: Person, member: Person) -> None:
    answer = _password_link(owner, member)

    assert answer.status_code == 200
    link = re.search(r'value="http://localhost(/password/[a-z2-7]{32})"', answer.text)
    assert link
    assert post(client, link[1], NEW).status_code == 303
    assert name_of(member) in client.get("/account").text
    assert member.client.get("/account").status_code == 303


def test_an_owner_opens_no_account_that_reaches_further_than_her_own(app: Flask, owner: Person, member: Person) -> None:
    elsewhere = factories.group("Another group")
    db.session.add(Membership(group_id=elsewhere.id, account_id=member.account_id, role=Role.MEMBER))
    db.session.commit()
    answer = _password_link(owner, member)
    assert answer.status_code == 422
    assert "Ask whoever runs the site" in answer.text

    db.session.add(Membership(group_id=elsewhere.id, account_id=owner.account_id, role=Role.OWNER))
    db.session.commit()
    assert _password_link(owner, member).status_code == 200


def test_an_owner_opens_no_operators_account(owner: Person, member: Person) -> None:
    db.session.get_one(Account, member.account_id).is_operator = True
    db.session.commit()

    assert _password_link(owner, member).status_code == 422


def _deposing(group_id: str, account_id: str, actor_id: str) -> Act:
    def act(wait: Callable[[], int]) -> None:
        group = db.session.get_one(Group, group_id)
        wait()
        groups.remove(group, account_id, actor_id)

    return act


def test_two_owners_who_depose_each_other_at_once_leave_one(app: Flask) -> None:
    for _ in range(5):
        one = factories.person(app, Role.OWNER)
        two = factories.person(app, Role.OWNER, one.group)
        group_id, ids = one.group.id, (one.account_id, two.account_id)
        db.session.rollback()

        results = at_once(app, [_deposing(group_id, ids[0], ids[1]), _deposing(group_id, ids[1], ids[0])])

        assert [isinstance(result, NotAllowed) for result in results].count(True) == 1
        assert len(queries.owner_ids(group_id)) == 1
