"""A poster or a leaflet from an event's own words: asked for, and made anew when they have changed."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from organizer import clock, documents, policy
from organizer.events import queries as events
from organizer.events.gate import Clearance, VisibleEvent, visible
from organizer.events.models import Event
from organizer.forms import Blank
from organizer.leaflets import made, made_words, queries
from organizer.leaflets.made import Recipe, Sheet
from organizer.leaflets.made_forms import RecipeForm
from organizer.leaflets.models import Leaflet
from organizer.leaflets.queries import SeenLeaflet
from organizer.policy import Viewer, actor_id

blueprint = Blueprint("made_pages", __name__)


@blueprint.route("/events/<event_id>/leaflets/make", methods=["GET", "POST"])
@policy.allows(events.organized, signed_in=True)
def make(event: Event) -> ResponseReturnValue:
    """Ask for a poster or a leaflet of an event."""
    said = visible(event, Clearance.PUBLIC, clock.now())
    if not made.may_be_made(event):
        return render_template("leaflets/make.html", event=said, form=None)
    form = RecipeForm(data={"paper": _usual_paper(event), "languages": said.languages})
    form.offer(said.languages)
    leaflet = form.accepted(lambda: _made(event, said, form.recipe(event.id)))
    if leaflet is None:
        return form.page("leaflets/make.html", event=said)
    return redirect(url_for("leaflets.read", leaflet_id=leaflet.id), 303)


def _made(event: Event, said: VisibleEvent, recipe: Recipe) -> Leaflet:
    return made.make(event, recipe, made_words.details(said, recipe), actor_id())


def _usual_paper(event: Event) -> Sheet:
    return Sheet.LETTER if event.city.country in documents.LETTER_COUNTRIES else Sheet.A4


def organized(viewer: Viewer, leaflet_id: str) -> SeenLeaflet | None:
    """Policy: a leaflet that was made from an event, for the organizers of its group. Raises Gone when withdrawn."""
    seen = queries.organized(viewer, leaflet_id)
    return seen if seen and any(version.made_as for version in seen.leaflet.versions) else None


@blueprint.route("/leaflets/<leaflet_id>/make-anew", methods=["GET", "POST"])
@policy.allows(organized, signed_in=True)
def make_anew(seen: SeenLeaflet) -> ResponseReturnValue:
    """Make it again from what the event's page says by now, after a page that says what that does."""
    form = Blank()
    if form.accepted(lambda: made.make_anew(seen.leaflet, actor_id())) is None:
        return form.page("leaflets/make_anew.html", leaflet=seen.leaflet)
    flash(_("It is being made. A few seconds, seldom a minute."))
    return redirect(url_for("leaflets.read", leaflet_id=seen.leaflet.id), 303)
