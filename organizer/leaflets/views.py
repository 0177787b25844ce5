"""The library, a leaflet and its files; and the organizers' side, from the upload to the withdrawal."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from organizer import clock, kept, paging, policy, uploads
from organizer.events import queries as events
from organizer.events.models import Event
from organizer.forms import Blank
from organizer.leaflets import files, queries, rules
from organizer.leaflets import service as leaflets
from organizer.leaflets.cards import REMOVED
from organizer.leaflets.files import ServedFile
from organizer.leaflets.forms import ACCEPTED, LICENCES, DetailsForm, UploadForm
from organizer.leaflets.models import Leaflet
from organizer.leaflets.queries import SeenLeaflet
from organizer.leaflets.rules import State
from organizer.policy import Viewer, actor_id

blueprint = Blueprint("leaflets", __name__)
PAGE = 24


# What everyone reads.


@blueprint.get("/leaflets")
@policy.allows(policy.anyone)
def library(viewer: Viewer) -> ResponseReturnValue:  # noqa: ARG001 - the same for all
    """All leaflets that are handed out somewhere, the newest first."""
    page = paging.page_of(queries.latest, PAGE)
    return kept.asked_anew(render_template("leaflets/library.html", page=page))


@blueprint.get("/leaflets/<leaflet_id>")
@policy.allows(queries.seen)
def read(seen: SeenLeaflet) -> ResponseReturnValue:
    """One leaflet; before it is published, what its organizers must know of it."""
    if not seen.is_public:
        return _draft_page(seen, Blank())
    return kept.asked_anew(render_template("leaflets/read.html", **_values(seen)))


def _draft_page(seen: SeenLeaflet, form: Blank) -> ResponseReturnValue:
    """What becomes of an upload; while it is rebuilt, the page looks again by itself."""
    reason = _(queries.REASONS[seen.version.reason]) if seen.version.state == State.REFUSED else ""
    page = make_response(
        form.page("leaflets/draft.html", **_values(seen), reason=reason, removed_words=REMOVED),
    )
    if seen.version.state == State.UPLOADED:
        page.headers["Refresh"] = str(rules.look_again_seconds(clock.now() - seen.version.uploaded_at))
    return page


def _values(seen: SeenLeaflet) -> dict[str, object]:
    return {"seen": seen, "leaflet": seen.leaflet, "version": seen.version, "licences": dict(LICENCES)}


@blueprint.get("/leaflets/<leaflet_id>/file")
@policy.allows(files.file)
def file(served: ServedFile) -> ResponseReturnValue:
    """The whole leaflet, to download."""
    response = _served(served)
    response.headers.set("Content-Disposition", "attachment", filename=served.filename)
    return response


@blueprint.get("/leaflets/<leaflet_id>/pages/<int(max=1000):number>/<size>.webp")
@policy.allows(files.preview)
def page(served: ServedFile) -> ResponseReturnValue:
    """One page as a picture."""
    return _served(served)


def _served(served: ServedFile) -> Response:
    headers = {"Content-Security-Policy": "default-src 'none'; sandbox"}
    if served.is_public:
        # Private: what is withdrawn must not live on in caches that others share.
        is_one_version = request.args.get("version") == str(served.number)
        headers["Cache-Control"] = "private, max-age=31536000, immutable" if is_one_version else "private, no-cache"
        headers["ETag"] = f'"{served.rendition.id}"'
        if request.if_none_match.contains(served.rendition.id):
            return Response(status=304, headers=headers)
    return Response(served.data(), headers=headers, content_type=served.rendition.content_type)


# The organizers' side.


@blueprint.get("/events/<event_id>/leaflets")
@policy.allows(events.organized, signed_in=True)
def of_event(event: Event) -> ResponseReturnValue:
    """An event's leaflets with where each stands."""
    return render_template("leaflets/of_event.html", event=event, leaflets=queries.of_event(event.id))


@blueprint.route("/events/<event_id>/leaflets/new", methods=["GET", "POST"])
@policy.allows(events.organized, signed_in=True, body_bytes=uploads.LARGEST_BYTES)
def new(event: Event) -> ResponseReturnValue:
    """Upload a leaflet for an event."""
    with uploads.place():
        form = UploadForm(data={"language": event.language})
        return _uploaded(
            form,
            lambda: leaflets.upload(event, form.details(), *form.upload(), actor_id()),
            kicker=event.title,
            kicker_url=url_for("leaflets.of_event", event_id=event.id),
        )


@blueprint.route("/leaflets/<leaflet_id>/again", methods=["GET", "POST"])
@policy.allows(queries.organized, signed_in=True, body_bytes=uploads.LARGEST_BYTES)
def again(seen: SeenLeaflet) -> ResponseReturnValue:
    """Upload another file in place of one that was refused."""
    with uploads.place():
        form = UploadForm(data=_typed(seen.leaflet))
        return _uploaded(
            form,
            lambda: leaflets.upload_again(seen.leaflet, form.details(), *form.upload(), actor_id()),
            kicker=seen.leaflet.title,
            kicker_url=url_for("leaflets.read", leaflet_id=seen.leaflet.id),
        )


def _uploaded(form: UploadForm, write: Callable[[], Leaflet], **kicker: str) -> ResponseReturnValue:
    """Lead to the page where the upload is looked at, or show the form again; with the store down nothing is kept."""
    leaflet, status = form.taken(write)
    if leaflet is not None:
        return redirect(url_for("leaflets.read", leaflet_id=leaflet.id), 303)
    return render_template("leaflets/new.html", form=form, accepted=ACCEPTED, **kicker), status


@blueprint.route("/leaflets/<leaflet_id>/edit", methods=["GET", "POST"])
@policy.allows(queries.organized, signed_in=True)
def edit(seen: SeenLeaflet) -> ResponseReturnValue:
    """Change what is said about it."""
    form = DetailsForm(data=_typed(seen.leaflet))
    if form.accepted(lambda: leaflets.edit(seen.leaflet, form.details(), actor_id())):
        return _told(seen, _("Changed."))
    return form.page("leaflets/edit.html", leaflet=seen.leaflet, has_text=bool(seen.version.text))


@blueprint.post("/leaflets/<leaflet_id>/publish")
@policy.allows(queries.organized, signed_in=True)
def publish(seen: SeenLeaflet) -> ResponseReturnValue:
    """Confirm what was made of the upload, and let others have it."""
    form = Blank()
    if form.accepted(lambda: leaflets.publish(seen.leaflet, actor_id())):
        return _told(seen, _("Published. It stands on the pages of its actions."))
    return _draft_page(seen, form)


@blueprint.route("/leaflets/<leaflet_id>/withdraw", methods=["GET", "POST"])
@policy.allows(queries.organized, signed_in=True)
def withdraw(seen: SeenLeaflet) -> ResponseReturnValue:
    """Take it away for good, after a page that says what that does."""
    form = Blank()
    if not form.validate_on_submit():
        return form.page("leaflets/withdraw.html", leaflet=seen.leaflet, is_public=seen.is_public)
    event = seen.leaflet.events[0]
    leaflets.withdraw(seen.leaflet, actor_id())
    flash(_("It is gone, here and everywhere on this site."))
    return redirect(url_for("leaflets.of_event", event_id=event.id), 303)


def _typed(leaflet: Leaflet) -> dict[str, object]:
    return {name: getattr(leaflet, name) for name in ("title", "language", "licence", "credits")} | {
        "text_alternative": leaflet.version.text_alternative
    }


def _told(seen: SeenLeaflet, sentence: str) -> ResponseReturnValue:
    flash(sentence)
    return redirect(url_for("leaflets.read", leaflet_id=seen.leaflet.id), 303)
