"""Reading groups, their members and their cities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from organizer import clock, policy
from organizer.accounts.models import Account, Session, session_hash
from organizer.db import db
from organizer.groups.models import City, Group, Invitation, Membership, invitation_hash
from organizer.policy import Role, Seat, Viewer


@dataclass(frozen=True)
class Member:
    """Somebody in a group, as its owners see her."""

    account_id: str
    name: str
    role: Role


@dataclass(frozen=True)
class OpenInvitation:
    """An invitation reached by its link."""

    invitation: Invitation
    token: str


def viewer_of(token: str) -> Viewer:
    """Whoever holds this session token, with her groups, in one query; nobody for an ended session."""
    query = (
        select(Account.id, Membership.group_id, Membership.role, Group.slug, Group.name)
        .join(Session, Session.account_id == Account.id)
        .join(Membership, Membership.account_id == Account.id, isouter=True)
        .join(Group, Group.id == Membership.group_id, isouter=True)
        .where(Session.token_hash == session_hash(token), Session.ends_on >= clock.today())
        .order_by(Group.name)
    )
    rows = db.session.execute(query).all()
    if not rows:
        return policy.NOBODY
    mine = [row for row in rows if row.group_id]
    return Viewer(
        account_id=rows[0].id,
        roles={row.group_id: Role(row.role) for row in mine},
        seats=tuple(Seat(row.slug, row.name, Role(row.role)) for row in mine),
    )


def group(slug: str) -> Group | None:
    return db.session.scalar(select(Group).where(Group.slug == slug))


def all_groups() -> list[Group]:
    """Every group, by name."""
    return list(db.session.scalars(select(Group).order_by(Group.name)))


def only_name() -> str | None:
    """The name of the group whose site this is; None where several share it."""
    names = db.session.scalars(select(Group.name).limit(2)).all()
    return names[0] if len(names) == 1 else None


def city(slug: str) -> City | None:
    return db.session.scalar(select(City).where(City.slug == slug))


def cities() -> list[City]:
    """Every city, by name."""
    return list(db.session.scalars(select(City).order_by(City.name, City.region)))


def organized_by(viewer: Viewer) -> list[Group] | None:
    """Policy: the groups that the viewer organizes, by name; None when there is none."""
    ids = [group_id for group_id, role in viewer.roles.items() if role >= Role.ORGANIZER]
    return list(db.session.scalars(select(Group).where(Group.id.in_(ids)).order_by(Group.name))) or None


def organized(viewer: Viewer, slug: str) -> Group | None:
    """Policy: the group, for its organizers."""
    found = group(slug)
    return found if found and viewer.has_role(found.id, Role.ORGANIZER) else None


def members(group_id: str) -> list[Member]:
    """Everybody in the group, owners first, then by name."""
    query = (
        select(Account.id, Account.name, Membership.role)
        .join(Membership, Membership.account_id == Account.id)
        .where(Membership.group_id == group_id)
        .order_by(Membership.role.desc(), Account.name)
    )
    return [Member(row.id, row.name, Role(row.role)) for row in db.session.execute(query)]


def invitations(group_id: str) -> Sequence[Invitation]:
    """The group's invitations that can still be used, the last to end first."""
    query = select(Invitation).where(Invitation.group_id == group_id, Invitation.ends_at > clock.now())
    return db.session.scalars(query.order_by(Invitation.ends_at.desc(), Invitation.id)).all()


def membership(group_id: str, account_id: str) -> Membership | None:
    return db.session.get(Membership, (group_id, account_id))


def owner_ids(group_id: str) -> Sequence[str]:
    """The accounts that own the group."""
    query = select(Membership.account_id).where(Membership.group_id == group_id, Membership.role == Role.OWNER)
    return db.session.scalars(query).all()


def belongs_elsewhere(account_id: str, owner_id: str) -> bool:
    """Whether the account reaches further than the owner: into a group that is not hers, or over the whole site."""
    hers = select(Membership.group_id).where(Membership.account_id == owner_id, Membership.role == Role.OWNER)
    others = select(Membership).where(Membership.account_id == account_id, Membership.group_id.not_in(hers))
    return db.session.get_one(Account, account_id).is_operator or db.session.scalars(others).first() is not None


def owned(viewer: Viewer, slug: str) -> Group | None:
    """Policy: the group, for its owners."""
    found = group(slug)
    return found if found and viewer.has_role(found.id, Role.OWNER) else None


def owned_member(viewer: Viewer, slug: str, account_id: str) -> tuple[Group, Member] | None:
    """Policy: the group and somebody in it, for its owners."""
    found = owned(viewer, slug)
    member = next((member for member in members(found.id) if member.account_id == account_id), None) if found else None
    return (found, member) if found and member else None


def owned_invitation(viewer: Viewer, slug: str, invitation_id: str) -> tuple[Group, str] | None:
    """Policy: the group and the id of an invitation, for its owners."""
    found = owned(viewer, slug)
    invitation = db.session.get(Invitation, invitation_id) if found else None
    return (found, invitation.id) if found and invitation and invitation.group_id == found.id else None


def open_invitation(viewer: Viewer, token: str) -> OpenInvitation | None:  # noqa: ARG001 - the link alone decides
    """Policy: the invitation that this link leads to; None for a forged, used, revoked or late one."""
    query = select(Invitation).where(Invitation.token_hash == invitation_hash(token), Invitation.ends_at > clock.now())
    found = db.session.scalar(query)
    return OpenInvitation(found, token) if found else None
