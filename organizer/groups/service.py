"""Writing groups, their cities, and who belongs to them. Each function is one commit."""

from __future__ import annotations

from sqlalchemy import delete, exc, select

from organizer import audit, clock, languages, outbox, vault
from organizer.accounts import passwords
from organizer.accounts.models import PasswordLink, add_account, add_password_link, add_session
from organizer.accounts.queries import account as account_of
from organizer.accounts.rules import account_name, check_password
from organizer.db import db, new_id, writing
from organizer.errors import Gone, NotAllowed, RuleError
from organizer.groups import countries, queries
from organizer.groups.models import City, Group, Invitation, Membership, invitation_hash
from organizer.groups.queries import OpenInvitation
from organizer.groups.rules import (
    INVITATION_LASTS,
    CityDetails,
    GroupDetails,
    check_city,
    check_group,
    check_owner_stays,
    city_slug,
    group_slug,
)
from organizer.outbox import Fact
from organizer.policy import NOBODY, Role


def found(details: GroupDetails, owner_id: str | None) -> Group:
    """Make a group; without an owner, `invite` one. Raises RuleError for details that no group can have."""
    check_group(details)
    with writing():
        _check_known(details)
        group = Group(id=new_id(), created_on=clock.today())
        group.take(details)
        group.slug = group_slug(details.name, group.id, db.session.scalars(select(Group.slug)))
        db.session.add(group)
        db.session.flush()
        if owner_id:
            db.session.add(Membership(group_id=group.id, account_id=owner_id, role=Role.OWNER))
        audit.write(owner_id, "group.founded", group.id)
        outbox.commit(Fact("group.founded", group.id))
    return group


def change(group: Group, details: GroupDetails, actor_id: str) -> Group:
    """Change what the group's form says; its address stays. Raises RuleError for what cannot be."""
    check_group(details)
    with writing(lock=group):
        _check_known(details)
        group.take(details)
        audit.write(actor_id, "group.changed", group.id)
        outbox.commit(Fact("group.changed", group.id))
    return group


def add_city(details: CityDetails, actor_id: str | None) -> City:
    """Add a city to the list. Raises RuleError for one that is there already, or is none."""
    check_city(details)
    if details.country not in countries.codes():
        raise RuleError("Choose a country from the list.", field="country")
    with writing():
        city = City(id=new_id(), **vars(details))
        city.slug = city_slug(details, city.id)
        if _has_same_name(city):
            raise _already_there(city)
        try:
            with db.session.begin_nested():
                db.session.add(city)
        except exc.IntegrityError:
            raise _already_there(city) from None
        audit.write(actor_id, "city.added", city.id)
        outbox.commit(Fact("city.added", city.id))
    return city


def invite(group: Group, role: Role, actor_id: str | None) -> str:
    """Make a one-use invitation and return its token, which is kept nowhere else.

    Raises NotAllowed when the actor owns the group no longer; None is the command line.
    """
    token = vault.new_token()
    with writing(lock=group):
        _check_still_owner(group, actor_id)
        invitation = Invitation(
            id=new_id(),
            token_hash=invitation_hash(token),
            group_id=group.id,
            role=role,
            ends_at=clock.now() + INVITATION_LASTS,
        )
        db.session.add(invitation)
        audit.write(actor_id, "membership.offered", invitation.id)
        outbox.commit(Fact("membership.offered", group.id))
    return token


def revoke(group: Group, invitation_id: str, actor_id: str) -> None:
    """Make an invitation void; one that is used or void already is no error."""
    with writing(lock=group):
        _check_still_owner(group, actor_id)
        db.session.execute(delete(Invitation).where(Invitation.id == invitation_id, Invitation.group_id == group.id))
        audit.write(actor_id, "membership.offer_revoked", invitation_id)
        outbox.commit(Fact("membership.offer_revoked", group.id))


def join(opened: OpenInvitation, account_id: str) -> Group:
    """Make a signed-in account a member, and the invitation void.

    Raises RuleError for who is one already, Gone when the invitation was used or revoked meanwhile.
    """
    group = opened.invitation.group
    with writing(lock=group):
        _use(opened, account_id)
    return group


def join_anew(opened: OpenInvitation, name: str, password: str) -> tuple[Group, str]:
    """Make a new account a member, and the invitation void; return the group and the token of a first session.

    Raises RuleError for a name that is none or taken and for a poor password, Gone as `join` does.
    """
    folded, group = account_name(name), opened.invitation.group
    check_password(password, folded)
    password_hash = passwords.hashed(password)
    with writing(lock=group):
        account = add_account(folded, password_hash)
        token = add_session(account.id)
        _use(opened, account.id)
    return group, token


def change_member(group: Group, account_id: str, role: Role, actor_id: str) -> None:
    """Give a member another role. Raises RuleError for the last owner, Gone for who is no member any more."""
    with writing(lock=group):
        membership = _membership(group, account_id, actor_id)
        if membership.role == Role.OWNER and role != Role.OWNER:
            check_owner_stays(queries.owner_ids(group.id), account_id)
            _void_links(group)
        membership.role = role
        audit.write(actor_id, "membership.changed", account_id)
        outbox.commit(Fact("membership.changed", group.id))


def remove(group: Group, account_id: str, actor_id: str) -> None:
    """Take somebody out of the group; her account stays. Raises as `change_member` does."""
    with writing(lock=group):
        membership = _membership(group, account_id, actor_id)
        if membership.role == Role.OWNER:
            check_owner_stays(queries.owner_ids(group.id), account_id)
            _void_links(group)
        db.session.delete(membership)
        audit.write(actor_id, "membership.removed", account_id)
        outbox.commit(Fact("membership.removed", group.id))


def make_password_link(group: Group, account_id: str, actor_id: str) -> str:
    """Make a one-use link for a member's forgotten password and return its token, which is kept nowhere else.

    Raises RuleError when the account reaches further than the owner, for whom the link would open other doors.
    """
    with writing(lock=group):
        _membership(group, account_id, actor_id)
        if queries.belongs_elsewhere(account_id, actor_id):
            raise RuleError(
                "This account also belongs to a group that is not yours, or runs the site, and a link would open "
                "that too. Ask whoever runs the site to make the link."
            )
        token = add_password_link(account_of(account_id))
        audit.write(actor_id, "account.password_link_made", account_id)
        outbox.commit(Fact("account.password_link_made", account_id))
    return token


def _use(opened: OpenInvitation, account_id: str) -> None:
    """Turn the invitation into a membership and commit; the group is locked, so that only one can."""
    again = queries.open_invitation(NOBODY, opened.token)
    if again is None:
        raise Gone
    invitation = again.invitation
    if queries.membership(invitation.group_id, account_id):
        raise RuleError("You belong to this group already. The invitation can still be used by somebody else.")
    db.session.add(
        Membership(
            group_id=invitation.group_id,
            account_id=account_id,
            role=invitation.role,
            reads_contacts=invitation.reads_contacts,
        )
    )
    db.session.delete(invitation)
    audit.write(account_id, "membership.added", invitation.id)
    outbox.commit(Fact("membership.added", invitation.group_id))


def _membership(group: Group, account_id: str, actor_id: str) -> Membership:
    _check_still_owner(group, actor_id)
    found = queries.membership(group.id, account_id)
    if found is None:
        raise Gone
    return found


def _check_still_owner(group: Group, actor_id: str | None) -> None:
    """Two owners may be taking each other's role at the same moment."""
    if actor_id is not None and actor_id not in queries.owner_ids(group.id):
        raise NotAllowed


def _void_links(group: Group) -> None:
    """Whoever stops being an owner may have kept links that she made; none of them lets her back in."""
    in_group = select(Membership.account_id).where(Membership.group_id == group.id)
    db.session.execute(delete(Invitation).where(Invitation.group_id == group.id))
    db.session.execute(delete(PasswordLink).where(PasswordLink.account_id.in_(in_group)))


def _check_known(details: GroupDetails) -> None:
    if db.session.get(City, details.city_id) is None:
        raise RuleError("Choose a city from the list.", field="city_id")
    if details.language not in languages.WRITTEN:
        raise RuleError("Choose a language from the list.", field="language")


def _has_same_name(city: City) -> bool:
    """Names in other scripts than Latin leave nothing of themselves in the address, so they are compared too."""
    told = (city.name.casefold(), city.region.casefold())
    here = db.session.scalars(select(City).where(City.country == city.country))
    return any((other.name.casefold(), other.region.casefold()) == told for other in here)


def _already_there(city: City) -> RuleError:
    return RuleError("%(name)s is in the list already. You can choose it.", field="name", name=city.name)
