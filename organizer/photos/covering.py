"""Sending a picture, and covering the faces in it: only the browser that sent it sees it uncovered."""

from __future__ import annotations

from flask import Blueprint, abort, flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from organizer import policy, storage, uploads, vault
from organizer.accounts import cookie
from organizer.events import queries as events
from organizer.events.models import Event
from organizer.photos import files, queries, rules
from organizer.photos import service as photos
from organizer.photos.forms import CoverForm, UploadForm
from organizer.photos.models import Photo
from organizer.photos.queries import SeenPhoto
from organizer.photos.rules import Box, State
from organizer.policy import actor_id

blueprint = Blueprint("covering", __name__)
KEY_COOKIE = "photo_key"


@blueprint.route("/events/<event_id>/photos/new", methods=["GET", "POST"])
@policy.allows(events.organized, signed_in=True, body_bytes=uploads.LARGEST_BYTES)
def new(event: Event) -> ResponseReturnValue:
    """Send a picture; its key goes to this browser only."""
    with uploads.place():
        form = UploadForm()
        taken, status = form.taken(lambda: photos.upload(event, form.data_bytes, actor_id()))
        if taken is None:
            page = form.page("photos/new.html", event=event, accepted=uploads.PICTURES_ACCEPTED)
            return make_response(page), status
        photo, key = taken
        return _with_key(redirect(url_for("photos.read", photo_id=photo.id), 303), photo, key)


@blueprint.route("/photos/<photo_id>/cover", methods=["GET", "POST"])
@policy.allows(queries.organized, signed_in=True)
def cover(seen: SeenPhoto) -> ResponseReturnValue:
    """Choose what is covered, with a grid, or with boxes drawn over the picture."""
    photo = seen.photo
    if photo.state not in rules.MOVES[rules.Move.COVER]:
        return redirect(url_for("photos.read", photo_id=photo.id), 303)
    form, key = CoverForm(data={"faces": photo.faces}).over(photo), _key_to(photo)
    if photo.state == State.READY and key is None:
        return form.page("photos/cover.html", photo=photo, is_lost=True)
    if form.accepted(lambda: _ask(photo, form.chosen(photo), form, key)):
        flash(_("The boxes are burnt in. A few seconds, then you see what is left."))
        response = redirect(url_for("photos.read", photo_id=photo.id), 303)
        response.delete_cookie(KEY_COOKIE, path=_cookie_path(photo))
        return response
    return form.page("photos/cover.html", photo=photo, card=seen.card, rows=rules.rows_of(photo.width, photo.height))


def _ask(photo: Photo, boxes: list[Box], form: CoverForm, key: bytes | None) -> bool:
    photos.cover(photo, boxes, form.faces.data, key, actor_id())
    return True


@blueprint.get("/photos/<photo_id>/uncovered")
@policy.allows(queries.organized, signed_in=True)
def uncovered(seen: SeenPhoto) -> ResponseReturnValue:
    """The picture that waits for its boxes, for the browser that sent it; the key is in its cookie."""
    key = _cookie_key()
    if seen.photo.state != State.READY or key is None:
        abort(404)
    try:
        data = files.waiting(seen.photo, key)
    except (storage.Missing, vault.Unreadable):
        abort(404)
    headers = {"Content-Security-Policy": "default-src 'none'; sandbox"}
    response = make_response(data, headers)
    response.content_type = seen.photo.waiting_type
    return response


def _key_to(photo: Photo) -> bytes | None:
    """This browser's key, if it opens the picture that waits."""
    key = _cookie_key() if photo.state == State.READY else None
    try:
        return key if key and files.waiting(photo, key) else None
    except (storage.Missing, vault.Unreadable):
        return None


def _cookie_key() -> bytes | None:
    return files.key_of(request.cookies.get(KEY_COOKIE, ""))


def _cookie_path(photo: Photo) -> str:
    """Each photo has a cookie of its own, which is sent to its pages only."""
    return url_for("photos.read", photo_id=photo.id)


def _with_key(response: Response, photo: Photo, key: bytes) -> Response:
    path, is_https = _cookie_path(photo), cookie.is_https()
    response.set_cookie(
        KEY_COOKIE,
        files.key_text(key),
        max_age=rules.WAITS,
        path=path,
        secure=is_https,
        httponly=True,
        samesite="Lax",
    )
    return response
