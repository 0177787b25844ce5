"""Asking to remove a photo: anyone may, nobody has to say who she is, and the organizers decide."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from organizer import policy
from organizer.photos import queries
from organizer.photos.queries import SeenPhoto
from organizer.policy import Viewer
from organizer.removals import asking
from organizer.removals.asking import Subject
from organizer.removals.rules import Kind

blueprint = Blueprint("photo_removal", __name__)


def public(viewer: Viewer, photo_id: str) -> SeenPhoto | None:
    """Policy: a photo that is public, for whoever may see its action. Raises Gone when it was withdrawn."""
    seen = queries.seen(viewer, photo_id)
    return seen if seen and seen.is_public else None


@blueprint.route("/photos/<photo_id>/remove", methods=["GET", "POST"])
@policy.allows(public)
def remove(seen: SeenPhoto) -> ResponseReturnValue:
    """Ask for it; nothing is removed by that."""
    subject = Subject(Kind.PHOTO, seen.photo.id, seen.photo.group_id)
    return asking.answer(subject, "photos/remove.html", photo=seen.photo, event=seen.event)
