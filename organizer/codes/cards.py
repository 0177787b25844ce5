"""Codes as people see them: cards with their QR codes, on pages and on paper, and their counts in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import url_for
from flask_babel import force_locale, get_locale
from flask_babel import gettext as _
from markupsafe import Markup

from organizer import documents, languages
from organizer.codes import rules
from organizer.codes.models import LeafletCode
from organizer.leaflets.models import Leaflet
from organizer.leaflets.renditions import JOBS, LABELS, PAPERS, SHEETS
from organizer.media.corners import Layout


@dataclass(frozen=True)
class CodeCard:
    """A code on paper and on the page, which leads to `address`; `typed` is that in words, as people type it."""

    code: LeafletCode
    shown: str
    address: str
    typed: str

    @property
    def qr(self) -> Markup:
        """Its QR code, which holds its whole address."""
        return documents.qr_svg(self.address)


def card(code: LeafletCode) -> CodeCard:
    led = address(code)
    return CodeCard(code, rules.shown(code.code), led, led.partition("://")[2])


def address(code: LeafletCode) -> str:
    return url_for("codes.follow", code=code.code, _external=True)


def on_paper(leaflet: Leaflet, made: Iterable[LeafletCode]) -> dict[str, object]:
    """What `codes/_cards.html` needs beside `leaflet`: the cards, their words in the leaflet's language."""
    language = leaflet.language if leaflet.language in languages.INTERFACE else str(get_locale())
    with force_locale(language):
        words = {"scan": _("Scan it, or type:")}
    return {"cards": [card(code) for code in made], "words": words, "language": language}


def layouts() -> dict[Layout, str]:
    """On which sheets a leaflet can be had with its code, in words."""
    labels = ((job, LABELS[purpose], PAPERS[paper]) for (purpose, paper), job in JOBS.items() if purpose in SHEETS)
    named = {Layout(job): f"{label}, {paper}" for job, label, paper in labels}
    return {Layout.FULL: str(_("One on a sheet, as it is")), **named}


def told(count: int) -> str:
    """At least how often, in words."""
    return str(_("%(num)d and more", num=count) if count else _("nothing to tell yet"))
