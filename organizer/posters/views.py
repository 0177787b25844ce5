"""A poster or a leaflet from an event's own words: asked for, and made anew when they have changed."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from organizer import clock, documents, policy
from organizer.events import queries as events
from organizer.events.gate import Clearance, VisibleEvent, visible
from organizer.events.models import Event
from organizer.leaflets import labels
from organizer.leaflets.models import Leaflet, LeafletVersion
from organizer.leaflets.queries import SeenLeaflet
from organizer.policy import actor_id
from organizer.posters import queries, words
from organizer.posters import service as posters
from organizer.posters.forms import RecipeForm
from organizer.posters.rules import Recipe, Sheet, may_be_made

blueprint = Blueprint("posters", __name__)


# For parts of pages that are about any leaflet.

blueprint.add_app_template_global(labels.made_label)


@blueprint.app_template_global()
def outdated_posters(leaflets: list[Leaflet]) -> dict[str, str]:
    """For `posters/_outdated.html`, which stands on pages of organizers alone."""
    return queries.outdated(leaflets)


@blueprint.app_template_global()
def is_overtaken(version: LeafletVersion) -> bool:
    """For `posters/_overtaken.html`, which everyone reads."""
    return queries.is_overtaken(version)


@blueprint.app_template_global()
def overtaken_at(event_id: str) -> dict[str, str]:
    """For `leaflets/_on_event.html`, which everyone reads."""
    return queries.overtaken_at(event_id)


@blueprint.app_template_global()
def overtaken_among(leaflet_ids: list[str]) -> dict[str, str]:
    """For `leaflets/library.html`, which everyone reads."""
    return queries.overtaken_among(leaflet_ids)


@blueprint.app_template_global()
def may_be_made_anew(leaflet: Leaflet) -> bool:
    """For `posters/_again.html`: not while it is being made, and not once a file was uploaded in its place."""
    return queries.recipe_of(leaflet) is not None


@blueprint.app_template_global()
def choose_otherwise(leaflet: Leaflet) -> RecipeForm | None:
    """For `posters/_draft.html`: what `make_anew` asks, None when nothing can be made."""
    recipe, event = queries.made_from(leaflet)
    if event is None or not may_be_made(event):
        return None
    return _form_like(recipe, visible(event, Clearance.PUBLIC, clock.now()), formdata=None)


# For organizers.


@blueprint.route("/events/<event_id>/leaflets/make", methods=["GET", "POST"])
@policy.allows(events.organized, signed_in=True)
def make(event: Event) -> ResponseReturnValue:
    """Ask for a poster or a leaflet of an event."""
    said = visible(event, Clearance.PUBLIC, clock.now())
    if not may_be_made(event):
        return render_template("posters/make.html", event=said, form=None)
    form = RecipeForm(data={"paper": _usual_paper(event), "languages": said.languages})
    form.offer(said.languages)
    leaflet = form.accepted(lambda: _made(event, said, form.recipe(event.id)))
    if leaflet is None:
        return form.page("posters/make.html", event=said)
    return redirect(url_for("leaflets.read", leaflet_id=leaflet.id), 303)


def _made(event: Event, said: VisibleEvent, recipe: Recipe) -> Leaflet:
    return posters.make(event, recipe, words.details(said, recipe), actor_id())


def _usual_paper(event: Event) -> Sheet:
    return Sheet.LETTER if event.city.country in documents.LETTER_COUNTRIES else Sheet.A4


@blueprint.route("/leaflets/<leaflet_id>/make-anew", methods=["GET", "POST"])
@policy.allows(queries.organized, signed_in=True)
def make_anew(seen: SeenLeaflet) -> ResponseReturnValue:
    """Make it again from what the event's page says by now, as before or otherwise."""
    recipe, event = queries.made_from(seen.leaflet)
    if event is None or not may_be_made(event):
        return render_template("posters/make_anew.html", leaflet=seen.leaflet, event_id=recipe.event_id, form=None)
    said = visible(event, Clearance.PUBLIC, clock.now())
    form = _form_like(recipe, said)
    version = form.accepted(lambda: _made_anew(seen.leaflet, said, form.recipe(said.id)))
    if version is None:
        return form.page("posters/make_anew.html", leaflet=seen.leaflet, event_id=said.id)
    flash(_("It is being made. A few seconds, seldom a minute."))
    return redirect(url_for("leaflets.read", leaflet_id=version.leaflet_id, version=version.number), 303)


def _form_like(recipe: Recipe, said: VisibleEvent, **options: None) -> RecipeForm:
    """With the choices of last time; a language that the event has no more is none of them."""
    chosen = [code for code in recipe.languages if code in said.languages]
    form = RecipeForm(data={"shape": recipe.shape, "paper": recipe.paper, "languages": chosen}, **options)
    form.offer(said.languages)
    return form


def _made_anew(leaflet: Leaflet, said: VisibleEvent, recipe: Recipe) -> LeafletVersion:
    return posters.make_anew(leaflet, recipe, words.details(said, recipe), actor_id())
