"""A photo and its files for everyone; what is said about it, its publication and its withdrawal for organizers."""

from __future__ import annotations

from flask import Blueprint, Response, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from organizer import clock, kept, policy, serving, uploads
from organizer.events import queries as events
from organizer.events.models import Event
from organizer.forms import Blank
from organizer.photos import files, queries, rules
from organizer.photos import service as photos
from organizer.photos.cards import USES
from organizer.photos.files import ServedPicture
from organizer.photos.forms import DetailsForm, PublishForm, typed
from organizer.photos.queries import SeenPhoto
from organizer.photos.rules import Size, State, Use
from organizer.policy import actor_id

blueprint = Blueprint("photos", __name__)
STATES = (State.READY, State.UPLOADED, State.COVERING, State.REFUSED, State.DRAFT, State.PUBLISHED)


# What everyone reads. Nothing of it may be kept without asking again, so that a withdrawal is at once.


@blueprint.get("/photos/<photo_id>")
@policy.allows(queries.seen)
def read(seen: SeenPhoto) -> ResponseReturnValue:
    """One photo; before it is public, what its organizers must know of it and do."""
    if seen.photo.state == State.READY:
        return redirect(url_for("covering.cover", photo_id=seen.photo.id))
    if not seen.is_public:
        return draft_page(seen, PublishForm(data={"shown": seen.photo.picture_hash}))
    page = kept.asked_anew(render_template("photos/read.html", **_values(seen)))
    if Use.SEARCH not in seen.uses:
        page.headers["X-Robots-Tag"] = "noindex"
    return page


@blueprint.get("/photos/<photo_id>/<size>")
@policy.allows(files.picture)
def picture(served: ServedPicture) -> ResponseReturnValue:
    """The covered picture in one size."""
    response = sent(served)
    if served.file.size == Size.PRINT:
        response.headers.set("Content-Disposition", "attachment", filename=f"photo-{served.file.photo_id[:6]}.jpg")
    return response


def sent(served: ServedPicture) -> Response:
    """A file that no cache may keep for others, and none without asking again."""
    headers = {"Cache-Control": "private, no-cache", "Vary": "Cookie", "X-Robots-Tag": "noindex"}
    return serving.respond(served.file, headers)


def draft_page(seen: SeenPhoto, form: PublishForm) -> ResponseReturnValue:
    """Where it stands and what is still to do; while the worker has it, the page looks again by itself."""
    photo = seen.photo
    reason = _(queries.REASONS[photo.reason]) if photo.state == State.REFUSED else ""
    page = make_response(form.page("photos/read.html", **_values(seen), reason=reason))
    is_worked_on = photo.state in (State.UPLOADED, State.COVERING)
    return uploads.looking_again(page, [photo.waits_from_at or clock.now()] if is_worked_on else [])


def _values(seen: SeenPhoto) -> dict[str, object]:
    agreed = {person.id for person in seen.photo.persons if rules.agrees(person, seen.photo, clock.today())}
    mine = {"agreed": agreed, "blank": Blank(formdata=None), "uses": USES} if seen.is_organizer else {}
    return {"seen": seen, "photo": seen.photo, "card": seen.card, **mine}


# The organizers' side.


@blueprint.get("/events/<event_id>/photos")
@policy.allows(events.organized, signed_in=True)
def of_event(event: Event) -> ResponseReturnValue:
    """An event's photos with where each stands."""
    found = queries.of_event(event.id)
    listed = [photo for state in STATES for photo in found[state]]
    return render_template("photos/of_event.html", event=event, photos=listed, withdrawn=found[State.WITHDRAWN])


@blueprint.route("/photos/<photo_id>/edit", methods=["GET", "POST"])
@policy.allows(queries.organized, signed_in=True)
def edit(seen: SeenPhoto) -> ResponseReturnValue:
    """Change what is said about it."""
    form = DetailsForm(data=typed(seen.photo))
    if form.accepted(lambda: photos.edit(seen.photo, form.details(), actor_id())):
        flash(_("Kept."))
        return redirect(url_for("photos.read", photo_id=seen.photo.id), 303)
    return form.page("photos/edit.html", photo=seen.photo, card=seen.card)


@blueprint.post("/photos/<photo_id>/publish")
@policy.allows(queries.organized, signed_in=True)
def publish(seen: SeenPhoto) -> ResponseReturnValue:
    """Let others see it, after a last look at every face."""
    form = PublishForm()
    if form.accepted(
        lambda: photos.publish(seen.photo, form.shown.data or "", form.is_everyone_asked.data, actor_id())
    ):
        flash(_("Published, just where everyone agreed to it."))
        return redirect(url_for("photos.read", photo_id=seen.photo.id), 303)
    return draft_page(seen, form)


@blueprint.route("/photos/<photo_id>/withdraw", methods=["GET", "POST"])
@policy.allows(queries.organized, signed_in=True)
def withdraw(seen: SeenPhoto) -> ResponseReturnValue:
    """Take it away for good, after a page that says what that does."""
    form, event_id = Blank(), seen.photo.event_id
    if not form.validate_on_submit():
        return form.page("photos/withdraw.html", photo=seen.photo)
    photos.withdraw(seen.photo, actor_id())
    flash(_("It is gone, here and everywhere on this site."))
    return redirect(url_for("photos.of_event", event_id=event_id) if event_id else url_for("pages.home"), 303)
