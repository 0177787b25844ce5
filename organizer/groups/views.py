"""A group's settings, who belongs to it, and the links that let people in. Its public page and desk are in `pages`."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from organizer import documents, policy
from organizer.accounts import cookie
from organizer.forms import Blank
from organizer.groups import queries
from organizer.groups import service as groups
from organizer.groups.forms import CityForm, ConfirmedForm, GroupForm, JoinForm, MemberForm
from organizer.groups.models import Group
from organizer.groups.queries import Member, OpenInvitation
from organizer.policy import Role

blueprint = Blueprint("groups", __name__)


@blueprint.route("/groups/<slug>/edit", methods=["GET", "POST"])
@policy.allows(queries.organized, signed_in=True)
def edit(group: Group) -> ResponseReturnValue:
    """Change what the group's pages say and its events start from."""
    form = GroupForm(obj=group)
    form.offer(queries.cities())
    if form.accepted(lambda: groups.change(group, form.details(), policy.actor_id())):
        flash(_("Changed."))
        return redirect(url_for("desk.desk", slug=group.slug), 303)
    return form.page("groups/edit.html", group=group)


@blueprint.route("/cities/new", methods=["GET", "POST"])
@policy.allows(queries.organized_by, signed_in=True)
def new_city(own_groups: list[Group]) -> ResponseReturnValue:
    """Add a city to the list that every form offers."""
    form = CityForm(data={"country": own_groups[0].city.country})
    city = form.accepted(lambda: groups.add_city(form.details(), policy.actor_id()))
    if city is None:
        return form.page("groups/new_city.html")
    flash(_("%(name)s is in the list now. Every form offers it.", name=city.name))
    return redirect(url_for("pages.city", slug=city.slug), 303)


@blueprint.route("/groups/<slug>/people", methods=["GET", "POST"])
@policy.allows(queries.owned, signed_in=True)
def people(group: Group) -> ResponseReturnValue:
    """Who belongs, who is invited, and a new invitation."""
    form = MemberForm()
    token = form.accepted(lambda: groups.invite(group, form.role.data, policy.actor_id()))
    if token is None:
        return _people_page(group, form)
    return _show_once(group, None, url_for("groups.invitation", token=token, _external=True))


def _people_page(group: Group, form: MemberForm) -> ResponseReturnValue:
    members, invitations = queries.members(group.id), queries.invitations(group.id)
    return form.page("groups/people.html", group=group, members=members, invitations=invitations, blank=Blank())


@blueprint.post("/groups/<slug>/invitations/<invitation_id>/revoke")
@policy.allows(queries.owned_invitation, signed_in=True)
def revoke(found: tuple[Group, str]) -> ResponseReturnValue:
    """Make an invitation void."""
    group, invitation_id = found
    button = Blank()
    if not button.validate_on_submit():
        return _people_page(group, MemberForm(formdata=None).tell_for(button))
    groups.revoke(group, invitation_id, policy.actor_id())
    flash(_("That invitation no longer works."))
    return redirect(url_for("groups.people", slug=group.slug), 303)


@blueprint.route("/groups/<slug>/people/<account_id>", methods=["GET", "POST"])
@policy.allows(queries.owned_member, signed_in=True)
def member(found: tuple[Group, Member]) -> ResponseReturnValue:
    """Give somebody another role."""
    group, person = found
    form = MemberForm(obj=person)

    def change() -> bool:
        groups.change_member(group, person.account_id, form.role.data, policy.actor_id())
        return True

    if form.accepted(change):
        flash(_("Changed for %(name)s.", name=person.name))
        return _to_people(group, person, still_owner=form.role.data == Role.OWNER)
    return form.page("groups/member.html", group=group, person=person)


@blueprint.route("/groups/<slug>/people/<account_id>/remove", methods=["GET", "POST"])
@policy.allows(queries.owned_member, signed_in=True)
def remove(found: tuple[Group, Member]) -> ResponseReturnValue:
    """Take somebody out of the group."""
    group, person = found
    form = ConfirmedForm()

    def act() -> bool:
        groups.remove(group, person.account_id, policy.actor_id())
        return True

    if form.accepted(act):
        flash(_("%(name)s no longer belongs to the group.", name=person.name))
        return _to_people(group, person, still_owner=False)
    return form.page("groups/remove.html", group=group, person=person)


@blueprint.route("/groups/<slug>/people/<account_id>/password-link", methods=["GET", "POST"])
@policy.allows(queries.owned_member, signed_in=True)
def password_link(found: tuple[Group, Member]) -> ResponseReturnValue:
    """Help somebody who has forgotten her password."""
    group, person = found
    form = ConfirmedForm()
    token = form.accepted(lambda: groups.make_password_link(group, person.account_id, policy.actor_id()))
    if token is None:
        return form.page("groups/password_link.html", group=group, person=person)
    return _show_once(group, person, url_for("accounts.password", token=token, _external=True))


@blueprint.route("/invitations/<token>", methods=["GET", "POST"])
@policy.allows(queries.open_invitation)
def invitation(opened: OpenInvitation) -> ResponseReturnValue:
    """Join a group, with a new account or the one that is signed in."""
    return _join(opened) if policy.viewer().account_id else _join_anew(opened)


def _join(opened: OpenInvitation) -> ResponseReturnValue:
    form = Blank()
    group = form.accepted(lambda: groups.join(opened, policy.actor_id()))
    if group is None:
        return form.page("groups/invitation.html", invitation=opened.invitation)
    return _welcome(group)


def _join_anew(opened: OpenInvitation) -> ResponseReturnValue:
    form = JoinForm()
    name, password = form.name.data or "", form.password.data or ""
    joined = form.accepted(lambda: groups.join_anew(opened, name, password))
    if joined is None:
        return form.page("groups/invitation.html", invitation=opened.invitation)
    group, token = joined
    response = cookie.give(redirect(url_for("accounts.account"), 303), token, name)
    flash(_("Welcome to %(group)s.", group=group.name))
    return response


def _welcome(group: Group) -> ResponseReturnValue:
    flash(_("Welcome to %(group)s.", group=group.name))
    return redirect(url_for("accounts.account"), 303)


def _show_once(group: Group, person: Member | None, url: str) -> ResponseReturnValue:
    """A link that is kept nowhere: this answer is the only one that has it."""
    return render_template("groups/link.html", group=group, person=person, url=url, qr=documents.qr_svg(url))


def _to_people(group: Group, person: Member, *, still_owner: bool) -> ResponseReturnValue:
    """Back to the list, which is not for somebody who has just given up her own ownership."""
    if person.account_id == policy.actor_id() and not still_owner:
        return redirect(url_for("accounts.account"), 303)
    return redirect(url_for("groups.people", slug=group.slug), 303)
