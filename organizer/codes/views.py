"""Codes: where each leads, and for organizers their page, the sheet to print, and the leaflet with one stamped on."""

from __future__ import annotations

import re

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from organizer import limits, policy, storage
from organizer.codes import cards, queries, rules
from organizer.codes import service as codes
from organizer.codes.forms import CORNERS, PAGES, CodeForm, Wanted, wanted_of
from organizer.codes.models import LeafletCode
from organizer.codes.queries import Followed
from organizer.db import db
from organizer.errors import RuleError, TooMany
from organizer.forms import Blank
from organizer.groups.rules import slug_of
from organizer.leaflets import files
from organizer.leaflets import queries as leaflets
from organizer.leaflets.models import Rendition
from organizer.leaflets.queries import SeenLeaflet
from organizer.leaflets.rules import Purpose
from organizer.media import Picture, sandbox
from organizer.media.corners import Layout, Stamp, frame
from organizer.policy import Viewer, actor_id

blueprint = Blueprint("codes", __name__)
DAYS_SHOWN = 31
CARDS_ON_SHEET = 8
"""Two by four, as codes.css has them."""
ROBOTS = re.compile(r"bot\b|crawler|spider|preview|WhatsApp/|facebookexternalhit", re.IGNORECASE)
"""How programs call themselves that open what people send each other, or collect pages."""
LOOKED_AHEAD = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
WRONG_ONES = "30/10 minutes"
STAMPED = "20/minute"
"""For each account: a stamp is made while its page waits, by a child that others' uploads need too."""


def _followed(viewer: Viewer, code: str) -> Followed | None:
    """Policy: where a code leads. Raises TooMany in place of the 404 for a network's many wrong ones.

    A right one always leads on: behind one address may be a market or an onion, and it stands on paper for everyone.
    """
    meant = rules.read(code)
    found = queries.followed(viewer, meant) if meant else None
    if meant and found is None:
        limits.take("guesses", limits.network_of(request.remote_addr), WRONG_ONES)
    return found


@blueprint.get("/l/<code>")
@policy.allows(_followed)
def follow(followed: Followed) -> ResponseReturnValue:
    """Where a printed code leads. Whoever follows it leaves a number higher by one, and nothing else."""
    if followed.is_counted and _is_person():
        codes.count(followed)
    notice = "older" if followed.is_older else None
    answer = redirect(url_for("leaflets.read", leaflet_id=followed.leaflet_id, code=notice), 303)
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _is_person() -> bool:
    """Whether somebody opens it now, as far as programs say what they are and that they only look ahead."""
    purposes = " ".join(request.headers.get(name, "") for name in LOOKED_AHEAD).lower()
    is_page = request.headers.get("Sec-Fetch-Dest", "document") == "document"
    is_ahead = any(word in purposes for word in ("prefetch", "prerender", "preview"))
    return request.method == "GET" and is_page and not is_ahead and not ROBOTS.search(request.user_agent.string)


# The organizers' side.


@blueprint.route("/leaflets/<leaflet_id>/codes", methods=["GET", "POST"])
@policy.allows(leaflets.organized, signed_in=True)
def of_leaflet(seen: SeenLeaflet) -> ResponseReturnValue:
    """A leaflet's codes with how often they were followed, and the form that makes one more."""
    form = CodeForm(seen.leaflet.events)
    if form.accepted(lambda: codes.make(seen.version, form.place.data or "", form.event_id(), actor_id())):
        return _told(seen, _("There it is. Print it on the sheet, or stamp it on the leaflet."))
    return _codes_page(seen, form)


def _told(seen: SeenLeaflet, sentence: str) -> ResponseReturnValue:
    flash(sentence)
    return redirect(url_for("codes.of_leaflet", leaflet_id=seen.leaflet.id), 303)


def _codes_page(seen: SeenLeaflet, form: CodeForm) -> ResponseReturnValue:
    shown = [(each, cards.card(each.code)) for each in queries.counted(seen)]
    return form.page(
        "codes/of_leaflet.html",
        seen=seen,
        leaflet=seen.leaflet,
        current=[(each, card) for each, card in shown if each.is_current],
        older=[(each, card) for each, card in shown if not each.is_current],
        events={event.id: event for event in seen.leaflet.events},
        may_make=seen.version.state in rules.CODED,
        corners=CORNERS,
        pages=PAGES,
        layouts=cards.layouts(),
        told=cards.told,
        days_shown=DAYS_SHOWN,
        kept_days=rules.KEPT.days,
    )


@blueprint.route("/leaflets/<leaflet_id>/codes/<code_id>/edit", methods=["GET", "POST"])
@policy.allows(queries.organized, signed_in=True)
def edit(granted: tuple[SeenLeaflet, LeafletCode]) -> ResponseReturnValue:
    """Correct where copies with a code are handed out."""
    seen, code = granted
    form = CodeForm(seen.leaflet.events, code)
    if form.accepted(lambda: codes.edit(code, form.place.data or "", form.event_id(), actor_id())):
        return _told(seen, _("Changed."))
    return form.page("codes/edit.html", leaflet=seen.leaflet, code=code, shown=rules.shown(code.code))


@blueprint.route("/leaflets/<leaflet_id>/codes/<code_id>/delete", methods=["GET", "POST"])
@policy.allows(queries.organized, signed_in=True)
def delete(granted: tuple[SeenLeaflet, LeafletCode]) -> ResponseReturnValue:
    """Delete a code for good, after a page that says what that does."""
    seen, code = granted
    form = Blank()
    if form.accepted(lambda: codes.delete(code, actor_id())):
        return _told(seen, _("The code is deleted, and its counts are."))
    return form.page("codes/delete.html", leaflet=seen.leaflet, code=code, shown=rules.shown(code.code))


@blueprint.get("/leaflets/<leaflet_id>/codes/sheet")
@policy.allows(leaflets.organized, signed_in=True)
def sheet(seen: SeenLeaflet) -> ResponseReturnValue:
    """The codes of the latest version as cards, to print and to cut."""
    printed = queries.of_version(seen.version.id)
    return render_template("codes/sheet.html", leaflet=seen.leaflet, **cards.on_paper(seen.leaflet, printed))


@blueprint.get("/leaflets/<leaflet_id>/codes/<code_id>/sheet")
@policy.allows(queries.printable, signed_in=True)
def sheet_of_one(granted: tuple[SeenLeaflet, LeafletCode]) -> ResponseReturnValue:
    """A sheet full of one place's card, for who puts it in many spots."""
    seen, code = granted
    printed = cards.on_paper(seen.leaflet, [code] * CARDS_ON_SHEET)
    return render_template("codes/sheet.html", leaflet=seen.leaflet, is_of_one=True, **printed)


# Stamped in the request: the child takes a quarter of a second, and what it makes is one of many that nobody may need.


@blueprint.get("/leaflets/<leaflet_id>/codes/<code_id>/stamped")
@policy.allows(queries.organized, signed_in=True)
def stamped(granted: tuple[SeenLeaflet, LeafletCode]) -> ResponseReturnValue:
    """The file of the code's version with the code on a corner, to download; or why that does not go."""
    seen, code = granted
    limits.take("stamps", actor_id(), STAMPED)
    try:
        return _stamped(seen.leaflet.title, code, wanted_of(request.args))
    except TooMany:
        raise
    except RuleError as refusal:
        form = CodeForm(seen.leaflet.events)
        form.refuse(refusal)
        return _codes_page(seen, form)


def _stamped(title: str, code: LeafletCode, wanted: Wanted) -> Response:
    file = _to_stamp(code.version_id, is_grey=wanted.is_grey)
    marks = ("" if wanted.layout == Layout.FULL else wanted.layout, "grey" if wanted.is_grey else "")
    name = f"{slug_of(title) or 'leaflet'}-{slug_of(code.code, *marks)}"
    words = cards.address(code), rules.shown(code.code)
    blob_key, stamp = file.blob_key, Stamp(*words, wanted.corner, wanted.pages, wanted.layout)
    # Others may need the connection while the child works.
    db.session.rollback()
    made = sandbox.run("stamps", frame(storage.current().get(blob_key), stamp))
    content_type = made.content_type if isinstance(made, Picture) else "application/pdf"
    response = Response(made.data, content_type=content_type)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    filename = f"{name}.{files.EXTENSIONS[content_type]}"
    response.headers.set("Content-Disposition", "attachment", filename=filename)
    return response


def _to_stamp(version_id: str, *, is_grey: bool) -> Rendition:
    """The file that the code is put on. Raises RuleError when there is none in grey."""
    file = files.rendition_of(version_id, Purpose.GREY if is_grey else Purpose.FILE)
    if file is None and is_grey:
        raise RuleError("There is no grey file of this version. Take it in colour, or look again in a few minutes.")
    if file is None:
        raise storage.Missing
    return file
