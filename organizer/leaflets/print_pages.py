"""A leaflet's further files on their way out: to print on sheets, in grey, small."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from organizer import limits, policy
from organizer.forms import Blank
from organizer.leaflets import again, names, queries, renditions
from organizer.leaflets.files import ServedFile
from organizer.leaflets.models import LeafletVersion
from organizer.leaflets.queries import SeenLeaflet
from organizer.leaflets.views import sent
from organizer.policy import actor_id

blueprint = Blueprint("print_pages", __name__)
ASKED = "20/hour"
"""For each account: what fails may take a worker half a minute each time."""


@blueprint.get("/leaflets/<leaflet_id>/print/<rendition>.pdf")
@blueprint.get("/leaflets/<leaflet_id>/versions/<int(max=10000):version>/print/<rendition>.pdf")
@policy.allows(renditions.printed)
def printed(served: ServedFile) -> ResponseReturnValue:
    """One of them, to download."""
    return names.attach(sent(served), served.name)


@blueprint.route("/leaflets/<leaflet_id>/versions/<int(max=10000):version>/print/again", methods=["GET", "POST"])
@policy.allows(queries.organized, signed_in=True)
def make_again(seen: SeenLeaflet) -> ResponseReturnValue:
    """Let what could not be made be made once more."""
    form, version = Blank(), seen.version
    number = None if version is seen.leaflet.shown else version.number
    if form.accepted(lambda: _asked(version)):
        flash(_("They are being made. Look again in a minute."))
        return redirect(url_for("leaflets.read", leaflet_id=seen.leaflet.id, version=number), 303)
    return form.page("leaflets/make_again.html", leaflet=seen.leaflet, version=version, number=number)


def _asked(version: LeafletVersion) -> LeafletVersion:
    limits.take("prints", actor_id(), ASKED)
    return again.ask(version, actor_id())
