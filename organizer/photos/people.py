"""Those who can be recognised in a photo: what organizers note of their consent, and their own secret link."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from organizer import clock, documents, policy
from organizer.accounts import links
from organizer.forms import Blank
from organizer.photos import consents, files, queries
from organizer.photos import service as photos
from organizer.photos.cards import USES
from organizer.photos.files import ServedPicture
from organizer.photos.forms import AgreeForm, InPersonForm, PublishForm
from organizer.photos.queries import LINK_COOKIE, OpenedPerson, SeenPhoto
from organizer.photos.views import draft_page, sent
from organizer.policy import actor_id

blueprint = Blueprint("people", __name__)


# The organizers' side.


@blueprint.post("/photos/<photo_id>/people")
@policy.allows(queries.organized, signed_in=True)
def add(seen: SeenPhoto) -> ResponseReturnValue:
    """Somebody more can be recognised."""
    form = Blank()
    person = form.accepted(lambda: consents.add(seen.photo, actor_id()))
    if person is None:
        return draft_page(seen, PublishForm(formdata=None, data={"shown": seen.photo.picture_hash}).tell_for(form))
    return redirect(url_for("people.person", photo_id=seen.photo.id, person_id=person.id), 303)


@blueprint.route("/photos/<photo_id>/people/<person_id>", methods=["GET", "POST"])
@policy.allows(queries.organized_person, signed_in=True)
def person(opened: OpenedPerson) -> ResponseReturnValue:
    """Her link, to be photographed; or what she said to an organizer."""
    form = InPersonForm(data=_typed(opened))
    if form.accepted(lambda: _heard(opened, form)):
        flash(_("Kept."))
        return redirect(url_for("photos.read", photo_id=opened.photo.id), 303)
    return _person_page(opened, form)


def _typed(opened: OpenedPerson) -> dict[str, object]:
    shown = opened.photo.picture_hash
    return {"uses": opened.person.uses, "shown": shown, "agreed_on": clock.today()}


def _person_page(opened: OpenedPerson, form: InPersonForm) -> ResponseReturnValue:
    return form.page("photos/person.html", opened=opened, blank=Blank(formdata=None), **_link_values(opened))


def _refused(opened: OpenedPerson, button: Blank) -> ResponseReturnValue:
    """Her page again, with what a button on it was refused for."""
    return _person_page(opened, InPersonForm(formdata=None, data=_typed(opened)).tell_for(button))


def _heard(opened: OpenedPerson, form: InPersonForm) -> bool:
    began_on = opened.event.when.starts_on if opened.event else clock.today()
    consents.agree_in_person(opened.person, form.details(), form.shown.data or "", began_on, actor_id())
    return True


@blueprint.post("/photos/<photo_id>/people/<person_id>/remove")
@policy.allows(queries.organized_person, signed_in=True)
def remove(opened: OpenedPerson) -> ResponseReturnValue:
    """She is covered, or was never in it."""
    button, photo_id = Blank(), opened.photo.id
    if button.accepted(lambda: _removed(opened)):
        return redirect(url_for("photos.read", photo_id=photo_id), 303)
    return _refused(opened, button)


def _removed(opened: OpenedPerson) -> bool:
    consents.remove(opened.person, actor_id())
    return True


@blueprint.post("/photos/<photo_id>/people/<person_id>/link")
@policy.allows(queries.organized_person, signed_in=True)
def renew(opened: OpenedPerson) -> ResponseReturnValue:
    """Make her link void that somebody else has seen."""
    button = Blank()
    if not button.validate_on_submit():
        return _refused(opened, button)
    consents.renew_link(opened.person, actor_id())
    flash(_("This is the new link. The old one leads nowhere now."))
    return redirect(url_for("people.person", photo_id=opened.photo.id, person_id=opened.person.id), 303)


# Her own side.


@blueprint.get("/photos/mine/<token>")
@policy.allows(queries.by_token)
def link(opened: OpenedPerson) -> ResponseReturnValue:
    """Exchange the secret link for a cookie and a clean address."""
    return _to_own_page(opened)


@blueprint.get("/photos/mine/person/<person_id>")
@policy.allows(queries.by_cookie)
def mine(opened: OpenedPerson) -> ResponseReturnValue:
    """The photo in which she can be recognised, what it may be used for, and the link to keep."""
    return _mine_page(opened, _agree_form(opened))


@blueprint.post("/photos/mine/person/<person_id>/agree")
@policy.allows(queries.by_cookie)
def agree(opened: OpenedPerson) -> ResponseReturnValue:
    """Consent to exactly the picture on the page, just there; or to less than before."""
    form = AgreeForm()
    if form.accepted(lambda: _agreed(opened, form)):
        flash(_("Thank you. It may stand just there."))
        return redirect(url_for("people.mine", person_id=opened.person.id), 303)
    return _mine_page(opened, form)


def _agreed(opened: OpenedPerson, form: AgreeForm) -> bool:
    consents.agree(opened.person, form.details(), form.shown.data or "")
    return True


@blueprint.get("/photos/mine/person/<person_id>/picture")
@policy.allows(files.picture_of_mine)
def picture(served: ServedPicture) -> ResponseReturnValue:
    """The covered picture, for herself, also before it is public."""
    return sent(served)


@blueprint.post("/photos/mine/person/<person_id>/link")
@policy.allows(queries.by_cookie)
def renew_mine(opened: OpenedPerson) -> ResponseReturnValue:
    """Make the link void that others may have seen."""
    button = Blank()
    if button.validate_on_submit():
        consents.renew_link(opened.person)
        flash(_("This is your new link. The old one leads nowhere now."))
        return _to_own_page(opened)
    return _mine_page(opened, _agree_form(opened).tell_for(button))


@blueprint.get("/photos/mine/person/<person_id>/link.txt")
@policy.allows(queries.by_cookie)
def link_file(opened: OpenedPerson) -> ResponseReturnValue:
    """The secret link as a file to keep."""
    return links.as_file(_secret_url(opened))


@blueprint.route("/photos/mine/person/<person_id>/away", methods=["GET", "POST"])
@policy.allows(queries.by_cookie)
def take_away(opened: OpenedPerson) -> ResponseReturnValue:
    """Take the picture away at once, after a page that says what that does."""
    form = Blank()
    if not form.validate_on_submit():
        return form.page("photos/take_away.html", opened=opened)
    path = _cookie_path(opened.person.id)
    photos.withdraw(opened.photo)
    response = make_response(render_template("photos/take_away.html", opened=opened, is_done=True))
    response.delete_cookie(LINK_COOKIE, path=path)
    return response


def _agree_form(opened: OpenedPerson) -> AgreeForm:
    # What was agreed to for another picture is not ticked for this one.
    uses = opened.person.uses if opened.agrees else []
    data = {"uses": uses, "shown": opened.photo.picture_hash, "expires_on": opened.person.expires_on}
    return AgreeForm(formdata=None, data=data)


def _mine_page(opened: OpenedPerson, form: AgreeForm) -> ResponseReturnValue:
    return form.page(
        "photos/mine.html",
        opened=opened,
        uses=dict(USES),
        is_public=queries.is_public(opened.photo),
        blank=Blank(formdata=None),
        **_link_values(opened),
    )


def _link_values(opened: OpenedPerson) -> dict[str, object]:
    url = _secret_url(opened)
    return {"secret_url": url, "qr": documents.qr_svg(url)}


def _secret_url(opened: OpenedPerson) -> str:
    return url_for("people.link", token=queries.link_token(opened.person), _external=True)


def _cookie_path(person_id: str) -> str:
    """Each person's link has a cookie of its own, which is sent to its pages only."""
    return url_for("people.mine", person_id=person_id)


def _to_own_page(opened: OpenedPerson) -> ResponseReturnValue:
    return links.exchange(LINK_COOKIE, queries.link_token(opened.person), _cookie_path(opened.person.id))
