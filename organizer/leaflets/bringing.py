"""One leaflet at many events: brought to one more, and taken away from one."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from organizer import policy
from organizer.events import queries as events
from organizer.events.models import Event
from organizer.forms import Blank, options
from organizer.leaflets import labels, queries
from organizer.leaflets import service as leaflets
from organizer.leaflets.models import Leaflet
from organizer.leaflets.version_forms import BringForm
from organizer.policy import actor_id

blueprint = Blueprint("bringing", __name__)


@blueprint.route("/events/<event_id>/leaflets/bring", methods=["GET", "POST"])
@policy.allows(events.organized, signed_in=True)
def bring(event: Event) -> ResponseReturnValue:
    """Choose published leaflets of the group that are handed out here, too."""
    found = queries.to_bring(event)
    form = BringForm()
    form.chosen.choices = options((each.id, f"{each.title} ({labels.full_label(each, each.shown)})") for each in found)
    if form.accepted(lambda: [leaflets.bring(event, form.chosen.data or [], actor_id())]):
        return _told(event, _("They stand on the page of the action."))
    return form.page("leaflets/bring.html", event=event, is_any=bool(found))


@blueprint.route("/events/<event_id>/leaflets/<leaflet_id>/take-away", methods=["GET", "POST"])
@policy.allows(queries.organized_at, signed_in=True)
def take_away(there: tuple[Event, Leaflet]) -> ResponseReturnValue:
    """Hand a leaflet out at this event no more, after a page that says what that does."""
    event, leaflet = there
    form = Blank()
    if form.accepted(lambda: leaflets.take_away(event, leaflet, actor_id())):
        return _told(event, _("It is no longer handed out here."))
    return form.page("leaflets/take_away.html", event=event, leaflet=leaflet)


def _told(event: Event, sentence: str) -> ResponseReturnValue:
    flash(sentence)
    return redirect(url_for("copies.of_event", event_id=event.id), 303)
