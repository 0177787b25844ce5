"""A newspaper's editor: the link that is made for her, the page that it opens, and the archive that she takes."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, url_for
from flask import render_template as render
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from organizer import clock, policy
from organizer.accounts import links
from organizer.collections import archive as archives
from organizer.collections import queries, rules, setting, words
from organizer.collections import service as collections
from organizer.collections.forms import LinkForm
from organizer.collections.models import Collection
from organizer.collections.queries import LINK_COOKIE
from organizer.forms import Blank, Form
from organizer.policy import actor_id

blueprint = Blueprint("for_print", __name__)


# The organizers' side.


@blueprint.route("/collections/<slug>/for-print", methods=["GET", "POST"])
@policy.allows(queries.organized, signed_in=True)
def offer(collection: Collection) -> ResponseReturnValue:
    """What a newspaper would be given, and a link for its editor."""
    form = LinkForm(data={"days": rules.USUAL_LINK_DAYS})
    if form.accepted(lambda: collections.make_link(collection, form.days.data or 0, actor_id())):
        flash(_("This is the link. Any earlier one leads nowhere now."))
        return redirect(url_for("for_print.offer", slug=collection.slug), 303)
    return _offer_page(collection, form)


@blueprint.post("/collections/<slug>/for-print/end")
@policy.allows(queries.organized, signed_in=True)
def end(collection: Collection) -> ResponseReturnValue:
    """Make the link void."""
    button = Blank()
    if button.accepted(lambda: collections.end_link(collection, actor_id())):
        flash(_("The link leads nowhere now."))
        return redirect(url_for("for_print.offer", slug=collection.slug), 303)
    form = LinkForm(formdata=None, data={"days": rules.USUAL_LINK_DAYS})
    return _offer_page(collection, form.tell_for(button))


def _offer_page(collection: Collection, form: Form) -> ResponseReturnValue:
    is_alive = rules.is_link_alive(collection.link_expires_on, clock.today())
    return form.page(
        "collections/offer.html",
        collection=collection,
        given=queries.for_print(collection),
        secret_url=_secret_url(collection) if is_alive else "",
        is_over=collection.link_expires_on is not None and not is_alive,
        words=words,
        blank=Blank(formdata=None),
    )


# The editor's side.


@blueprint.get("/collections/for-print/<token>")
@policy.allows(queries.by_token)
def link(collection: Collection) -> ResponseReturnValue:
    """Exchange the link for a cookie and a clean address."""
    path = url_for("for_print.given", collection_id=collection.id)
    return links.exchange(LINK_COOKIE, queries.link_token(collection), path)


@blueprint.get("/collections/for-print/given/<collection_id>")
@policy.allows(queries.by_cookie)
def given(collection: Collection) -> ResponseReturnValue:
    """The collection as it stands for print."""
    return render(
        "collections/given.html",
        collection=collection,
        given=queries.for_print(collection),
        secret_url=_secret_url(collection),
        today=clock.today(),
        words=words,
    )


@blueprint.get("/collections/for-print/given/<collection_id>/archive.zip")
@policy.allows(queries.by_cookie)
def archive(collection: Collection) -> ResponseReturnValue:
    """All of it as one file."""
    url = _secret_url(collection)
    with setting.one_at_a_time(), words.in_its_language(collection):
        data = archives.write(queries.for_print(collection), url)
    response = Response(data, mimetype="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{collection.slug}.zip"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _secret_url(collection: Collection) -> str:
    return url_for("for_print.link", token=queries.link_token(collection), _external=True)
