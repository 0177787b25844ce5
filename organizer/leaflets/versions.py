"""New versions of a leaflet, what is said about each, and taking one of them away."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from organizer import policy, uploads
from organizer.leaflets import queries
from organizer.leaflets import service as leaflets
from organizer.leaflets.forms import ACCEPTED
from organizer.leaflets.queries import SeenLeaflet
from organizer.leaflets.version_forms import VersionForm, WithdrawForm, WordsForm
from organizer.policy import actor_id

blueprint = Blueprint("versions", __name__)


@blueprint.route("/leaflets/<leaflet_id>/versions/new", methods=["GET", "POST"])
@policy.allows(queries.organized, signed_in=True, body_bytes=uploads.LARGEST_BYTES)
def send(seen: SeenLeaflet) -> ResponseReturnValue:
    """Upload what shall replace the published version; until it is published, everyone sees that one."""
    with uploads.place():
        form = VersionForm()
        version, status = form.taken(lambda: leaflets.upload_version(seen.leaflet, form.upload(), actor_id()))
    if version is not None:
        return redirect(url_for("leaflets.read", leaflet_id=seen.leaflet.id, version=version.number), 303)
    values = {"leaflet": seen.leaflet, "accepted": ACCEPTED}
    return render_template("leaflets/send.html", form=form, **values), status


@blueprint.route("/leaflets/<leaflet_id>/versions/<int(max=10000):version>/words", methods=["GET", "POST"])
@policy.allows(queries.organized, signed_in=True)
def words(seen: SeenLeaflet) -> ResponseReturnValue:
    """Change what is said about one version."""
    version = seen.version
    form = WordsForm(data={"changes": version.changes, "text_alternative": version.text_alternative})
    if form.accepted(lambda: leaflets.edit_version(version, form.details(), actor_id())):
        return _told(seen, _("Changed."), version.number)
    return form.page("leaflets/words.html", leaflet=seen.leaflet, version=version)


@blueprint.route("/leaflets/<leaflet_id>/versions/<int(max=10000):version>/withdraw", methods=["GET", "POST"])
@policy.allows(queries.organized, signed_in=True)
def drop(seen: SeenLeaflet) -> ResponseReturnValue:
    """Take one version away, which is not the published one, after a page that says what that does."""
    form = WithdrawForm()
    if form.accepted(lambda: leaflets.withdraw_version(seen.version, actor_id(), form.because)):
        return _told(seen, _("This version is gone. The published one is as it was."))
    return form.page("leaflets/drop.html", leaflet=seen.leaflet, version=seen.version, is_published=seen.is_published)


def _told(seen: SeenLeaflet, sentence: str, version: int | None = None) -> ResponseReturnValue:
    flash(sentence)
    return redirect(url_for("leaflets.read", leaflet_id=seen.leaflet.id, version=version), 303)
