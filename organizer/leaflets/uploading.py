"""Sending in the file of a leaflet, for the first time or in place of one that was refused."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from organizer import policy, uploads
from organizer.events import queries as events
from organizer.events.models import Event
from organizer.forms import Blank
from organizer.leaflets import queries
from organizer.leaflets import service as leaflets
from organizer.leaflets.forms import ACCEPTED, NewForm, UploadForm, typed
from organizer.leaflets.queries import SeenLeaflet
from organizer.policy import actor_id
from organizer.uploads import FileForm

blueprint = Blueprint("uploading", __name__)


@blueprint.route("/events/<event_id>/leaflets/new", methods=["GET", "POST"])
@policy.allows(events.organized, signed_in=True, body_bytes=uploads.LARGEST_BYTES)
def new(event: Event) -> ResponseReturnValue:
    """Upload leaflets for an event; several are looked at from its list, which says where each stands."""
    list_url = url_for("copies.of_event", event_id=event.id)
    with uploads.place():
        form = NewForm(data={"language": event.language})
        made, status = form.taken(lambda: leaflets.upload_all(event, form.uploads(), actor_id()))
    if made is None:
        return _page(form, status, kicker=event.title, kicker_url=list_url)
    return redirect(list_url if len(made) > 1 else url_for("leaflets.read", leaflet_id=made[0].id), 303)


@blueprint.route("/leaflets/<leaflet_id>/again", methods=["GET", "POST"])
@policy.allows(queries.organized, signed_in=True, body_bytes=uploads.LARGEST_BYTES)
def again(seen: SeenLeaflet) -> ResponseReturnValue:
    """Upload another file in place of one that was refused."""
    leaflet_url = url_for("leaflets.read", leaflet_id=seen.leaflet.id)
    with uploads.place():
        form = UploadForm(data=typed(seen.leaflet))
        made, status = form.taken(lambda: leaflets.upload_again(seen.leaflet, form.upload(), actor_id()))
    if made is None:
        return _page(form, status, kicker=seen.leaflet.title, kicker_url=leaflet_url)
    return redirect(leaflet_url, 303)


@blueprint.route("/leaflets/<leaflet_id>/flatten", methods=["GET", "POST"])
@policy.allows(queries.organized, signed_in=True)
def flatten(seen: SeenLeaflet) -> ResponseReturnValue:
    """Make pictures of the pages of what was rebuilt, after a page that says what that does."""
    form, leaflet = Blank(), seen.leaflet
    version = leaflet.waiting or leaflet.shown
    number = None if version is leaflet.shown else version.number
    version_url = url_for("leaflets.read", leaflet_id=leaflet.id, version=number)
    if form.accepted(lambda: leaflets.flatten(version, actor_id())):
        return redirect(version_url, 303)
    return form.page("leaflets/flatten.html", leaflet=leaflet, version_url=version_url)


def _page(form: FileForm, status: int, **kicker: str) -> ResponseReturnValue:
    return render_template("leaflets/new.html", form=form, accepted=ACCEPTED, **kicker), status
