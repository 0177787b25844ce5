"""Codes: where each leads, their page for organizers, the sheet to print, and the leaflet with a code stamped on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, get_locale, ngettext
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import select

from organizer import documents, languages, policy, storage
from organizer.db import db
from organizer.errors import RuleError
from organizer.groups.rules import slug_of
from organizer.leaflets import code_service, codes, files, queries
from organizer.leaflets.code_forms import CORNERS, PAGES, CodeForm, corner_of
from organizer.leaflets.codes import CODED, Count, Followed
from organizer.leaflets.models import Leaflet, LeafletCode, Rendition
from organizer.leaflets.queries import SeenLeaflet
from organizer.leaflets.rules import Purpose
from organizer.media import sandbox
from organizer.media.corners import Corner, Pages, Stamp, frame
from organizer.policy import actor_id

blueprint = Blueprint("code_pages", __name__)
DAYS_SHOWN = 31
LOOKED_AHEAD = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")


@dataclass(frozen=True)
class CodeCard:
    """A code on paper and on the page; `typed` is the address in words, as people type it."""

    code: LeafletCode
    shown: str
    typed: str
    qr: Markup


@blueprint.get("/l/<code>")
@policy.allows(codes.followed)
def follow(followed: Followed) -> ResponseReturnValue:
    """Where a printed code leads. Whoever follows it leaves a number higher by one, and nothing else."""
    if followed.is_counted and _is_person():
        code_service.count(followed)
    notice = "older" if followed.is_older else None
    return redirect(url_for("leaflets.read", leaflet_id=followed.leaflet_id, code=notice), 303)


def _is_person() -> bool:
    """Whether somebody opens it now, as far as programs say that they only look ahead."""
    purposes = " ".join(request.headers.get(name, "") for name in LOOKED_AHEAD).lower()
    return request.method == "GET" and not any(word in purposes for word in ("prefetch", "prerender", "preview"))


# The organizers' side.


@blueprint.route("/leaflets/<leaflet_id>/codes", methods=["GET", "POST"])
@policy.allows(queries.organized, signed_in=True)
def of_leaflet(seen: SeenLeaflet) -> ResponseReturnValue:
    """A leaflet's codes with how often they were followed, and the form that makes one more."""
    form = CodeForm(seen.leaflet.events)
    leaflet_id = seen.leaflet.id
    if form.accepted(lambda: code_service.make(seen.version, form.place.data or "", form.event_id(), actor_id())):
        flash(_("There it is. Print it on the sheet, or stamp it on the leaflet."))
        return redirect(url_for("code_pages.of_leaflet", leaflet_id=leaflet_id), 303)
    return _codes_page(seen, form)


def _codes_page(seen: SeenLeaflet, form: CodeForm) -> ResponseReturnValue:
    counted = codes.counted(seen)
    return form.page(
        "leaflets/codes/of_leaflet.html",
        seen=seen,
        leaflet=seen.leaflet,
        counted=[(each, _card(each.code)) for each in counted],
        events={event.id: event for event in seen.leaflet.events},
        has_sheet=any(each.code.version_id == seen.version.id for each in counted),
        may_make=seen.version.state in CODED,
        corners=CORNERS,
        pages=PAGES,
        told=told,
        days_shown=DAYS_SHOWN,
        kept_days=code_service.KEPT.days,
    )


def told(count: Count) -> str:
    """A count in words, few of them as no number."""
    if not count.figure:
        return str(_("a few") if count.has_more else _("not yet"))
    if count.has_more:
        return str(_("%(num)d and more", num=count.figure))
    return str(ngettext("once", "%(num)d times", count.figure))


@blueprint.get("/leaflets/<leaflet_id>/codes/sheet")
@policy.allows(queries.organized, signed_in=True)
def sheet(seen: SeenLeaflet) -> ResponseReturnValue:
    """The codes of the latest version as cards, to print and to cut."""
    return render_template(
        "leaflets/codes/sheet.html", leaflet=seen.leaflet, **on_paper(seen.leaflet, codes.of_version(seen.version.id))
    )


def on_paper(leaflet: Leaflet, made: Iterable[LeafletCode]) -> dict[str, object]:
    """What `leaflets/codes/_cards.html` needs beside `leaflet`: the cards, their words in the leaflet's language."""
    language = leaflet.language if leaflet.language in languages.INTERFACE else str(get_locale())
    with force_locale(language):
        words = {"scan": _("Scan it, or type:")}
    return {"cards": [_card(code) for code in made], "words": words, "language": language}


def _card(code: LeafletCode) -> CodeCard:
    address = _address(code)
    return CodeCard(code, codes.shown(code.code), address.partition("://")[2], documents.qr_svg(address))


def _address(code: LeafletCode) -> str:
    return url_for("code_pages.follow", code=code.code, _external=True)


# Stamped in the request: the child takes a quarter of a second, and what it makes is one of many that nobody may need.


@blueprint.get("/leaflets/<leaflet_id>/codes/<code_id>/stamped")
@policy.allows(codes.organized, signed_in=True)
def stamped(granted: tuple[SeenLeaflet, LeafletCode]) -> ResponseReturnValue:
    """The file of the code's version with the code on a corner, to download; or why that does not go."""
    seen, code = granted
    try:
        return _stamped(seen.leaflet.title, code, *corner_of(request.args))
    except RuleError as refusal:
        form = CodeForm(seen.leaflet.events)
        form.refuse(refusal)
        return _codes_page(seen, form)


def _stamped(title: str, code: LeafletCode, corner: Corner, pages: Pages) -> Response:
    file = db.session.scalar(
        select(Rendition).where(Rendition.version_id == code.version_id, Rendition.purpose == Purpose.FILE)
    )
    if file is None:
        raise storage.Missing
    name = f"{slug_of(title) or 'leaflet'}-{code.code.lower()}.{files.EXTENSIONS[file.content_type]}"
    content_type, blob_key = file.content_type, file.blob_key
    stamp = Stamp(_address(code), codes.shown(code.code), corner, pages)
    # Others may need the connection while the child works.
    db.session.rollback()
    made = sandbox.run("stamps", frame(storage.current().get(blob_key), stamp))
    response = Response(made.data, content_type=content_type)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
