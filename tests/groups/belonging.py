"""Who belongs to a group, and how people come to."""

from __future__ import annotations

from organizer.accounts.models import Account
from organizer.db import db
from organizer.groups import queries
from organizer.groups import service as groups
from organizer.policy import Role
from tests.factories import PASSWORD, Person

NEW = {"name": "Ben", "password": "ladder violin october stone", "password_again": "ladder violin october stone"}
OFFER = {"role": "2", "password": PASSWORD}


def people_of(person: Person) -> str:
    """The page of who belongs to her group."""
    return f"/groups/{person.group.slug}/people"


def name_of(person: Person) -> str:
    return db.session.get_one(Account, person.account_id).name


def role_of(person: Person) -> Role | None:
    """Her role by now."""
    db.session.rollback()
    db.session.expire_all()
    found = queries.membership(person.group.id, person.account_id)
    return Role(found.role) if found else None


def invite(owner: Person, role: Role = Role.ORGANIZER) -> str:
    """The address of an invitation."""
    return f"/invitations/{groups.invite(owner.group, role, owner.account_id)}"
