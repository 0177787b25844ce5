"""The organizers' side for a whole group: what waits across its events, and what others ask to have removed."""

from __future__ import annotations

from collections.abc import Collection

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from organizer import policy
from organizer.db import is_id
from organizer.errors import RuleError
from organizer.forms import Blank
from organizer.groups import queries as groups
from organizer.groups.models import Group
from organizer.statements import of_group
from organizer.statements import service as statements

blueprint = Blueprint("group_queue", __name__)


@blueprint.get("/groups/<slug>/statements")
@policy.allows(groups.organized, signed_in=True)
def group_queue(group: Group) -> ResponseReturnValue:
    """The group's statements by stage, whatever they are about."""
    return _page(group, Blank())


@blueprint.post("/groups/<slug>/statements/reject")
@policy.allows(groups.organized, signed_in=True)
def reject_chosen(group: Group) -> ResponseReturnValue:
    """Do not publish what is ticked. No page asks before, as publishing undoes it."""
    form, chosen = Blank(), _chosen()
    if form.validate_on_submit():
        done = statements.reject_many(group.id, chosen, policy.actor_id())
        if done:
            flash(_told(done))
            return redirect(url_for("group_queue.group_queue", slug=group.slug), 303)
        form.refuse(RuleError("Nothing was chosen. Tick what shall not be published."))
    return _page(group, form, chosen)


def _page(group: Group, form: Blank, chosen: Collection[str] = ()) -> ResponseReturnValue:
    stages, asked = of_group.stages(group.id), of_group.asked(group.id)
    return form.page("statements/group_queue.html", group=group, stages=stages, asked=asked, chosen=chosen)


def _told(done: int) -> str:
    told: str = ngettext(
        "%(num)d statement is not published. You find it below, and can publish it after all.",
        "%(num)d statements are not published. You find them below, and can publish them after all.",
        done,
    )
    return told


def _chosen() -> list[str]:
    found = filter(is_id, request.form.getlist("chosen"))
    return list(dict.fromkeys(found))[: of_group.MOST_WAITING]
