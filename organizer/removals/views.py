"""What organizers do about requests to remove something; the public's page is `asking`'s, beside each subject."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from organizer import policy
from organizer.db import is_id
from organizer.forms import Blank
from organizer.groups.models import Group
from organizer.removals import queries
from organizer.removals import service as removals
from organizer.removals.models import RemovalRequest
from organizer.removals.queries import Asked

blueprint = Blueprint("removals", __name__)


@blueprint.app_template_global()
def asked_to_remove(subject_id: str) -> tuple[Group, Asked, Blank] | None:
    """For `removals/_asked_here.html`, which stands on pages of organizers alone; the form is its button's."""
    found = queries.about(subject_id)
    return (*found, Blank(formdata=None)) if found else None


@blueprint.post("/groups/<slug>/removals/<request_id>/settle")
@policy.allows(queries.of_group, signed_in=True)
def settle(granted: tuple[Group, RemovalRequest]) -> ResponseReturnValue:
    """The organizers have decided about all that they saw of it: what was written goes."""
    group, asked = granted
    form = Blank()
    seen = [each for each in request.form.getlist("seen") if is_id(each)][: queries.MOST_OF_SUBJECT]
    if not form.validate_on_submit():
        return form.page("removals/settle.html", group=group, seen=seen)
    removals.settle(asked, seen, policy.actor_id())
    flash(_("Settled. What was written is deleted."))
    return redirect(url_for("group_queue.group_queue", slug=group.slug), 303)
