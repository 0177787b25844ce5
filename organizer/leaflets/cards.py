"""How a leaflet reads on a page."""

from __future__ import annotations

from dataclasses import dataclass

from babel.units import format_unit
from flask import url_for
from flask_babel import get_locale, ngettext
from flask_babel import lazy_gettext as _
from markupsafe import Markup

from organizer.db import db
from organizer.groups.models import Group
from organizer.leaflets import labels
from organizer.leaflets.models import Leaflet, LeafletVersion, Rendition
from organizer.leaflets.rules import Purpose
from organizer.media import Removed

FORMATS = {"application/pdf": "PDF", "image/jpeg": "JPEG", "image/png": "PNG"}
KILOBYTE = 1000
REMOVED = {
    Removed.METADATA: _("Who made the file, when and with what"),
    Removed.SCRIPTS: _("Programs, and what they do when it is opened"),
    Removed.ATTACHMENTS: _("Attached files"),
    Removed.FORMS: _("Form fields; what stood in them may be missing on the page"),
    Removed.ANNOTATIONS: _("Comments and drawings over the pages, and links inside the file"),
    Removed.BOOKMARKS: _("The table of contents beside the pages"),
    Removed.HIDDEN_LAYERS: _("Layers that were switched off"),
    Removed.PICTURE_DATA: _("What its pictures tell of place, time and camera"),
    Removed.WORDS: _("Words and links: its pages are pictures now"),
}


@dataclass(frozen=True)
class LeafletCard:
    """What lists show; `size_label` is like "PDF, 2 pages, 340 kB", `language_label` like "Poster, A4 · English"."""

    id: str
    url: str
    download_url: str
    title: str
    language: str
    language_label: str
    preview_url: str
    preview_width: int
    preview_height: int
    size_label: Markup


@dataclass(frozen=True)
class PageCard:
    """One page as a picture, in two sizes; after the first pages both are one."""

    number: int
    url: str
    width: int
    height: int
    small_url: str
    small_width: int


def card(leaflet: Leaflet, version: LeafletVersion, file: Rendition, preview: Rendition) -> LeafletCard:
    """The card of a version, leading to the leaflet; `preview` is its first page, small."""
    return LeafletCard(
        id=leaflet.id,
        url=url_for("leaflets.read", leaflet_id=leaflet.id),
        download_url=url_for("leaflets.file", leaflet_id=leaflet.id, version=version.number),
        title=leaflet.title,
        language=leaflet.language,
        language_label=labels.full_label(leaflet, version),
        preview_url=page_url(version, preview),
        preview_width=preview.width,
        preview_height=preview.height,
        size_label=_size_label(file, version.pages),
    )


def list_url(leaflet: Leaflet) -> str:
    """Where its organizers find it among others: at an action of its own, or at their desk when that is deleted."""
    if leaflet.events:
        return url_for("copies.of_event", event_id=leaflet.events[0].id)
    return url_for("desk.desk", slug=db.session.get_one(Group, leaflet.group_id).slug)


def page_cards(version: LeafletVersion) -> tuple[PageCard, ...]:
    """The pages that can be looked at, in order."""
    small = {rendition.page: rendition for rendition in version.renditions if rendition.purpose == Purpose.SMALL}
    return tuple(
        PageCard(
            number=large.page,
            url=page_url(version, large),
            width=large.width,
            height=large.height,
            small_url=page_url(version, small.get(large.page, large)),
            small_width=small.get(large.page, large).width,
        )
        for large in version.renditions
        if large.purpose == Purpose.LARGE
    )


def page_url(version: LeafletVersion, rendition: Rendition) -> str:
    """The address of a page as a picture."""
    return url_for(
        "leaflets.page",
        leaflet_id=version.leaflet_id,
        number=rendition.page,
        size=rendition.purpose,
        version=version.number,
    )


def _size_label(file: Rendition, pages: int) -> Markup:
    """In the page's direction; a number and its unit, which many languages leave in Latin, are read as they stand."""
    words = [FORMATS[file.content_type]]
    if file.content_type == "application/pdf":
        words.append(ngettext("%(num)d page", "%(num)d pages", pages))
    return Markup(", ").join([*words, Markup("<bdi>{}</bdi>").format(size_words(file.size_bytes))])


def size_words(size_bytes: int) -> str:
    """In words of the page's language: "340 kB", "1.2 MB"."""
    kilobytes = max(1, round(size_bytes / KILOBYTE))
    if kilobytes < KILOBYTE:
        return format_unit(kilobytes, "kilobyte", "short", locale=get_locale())
    return format_unit(round(kilobytes / KILOBYTE, 1), "megabyte", "short", locale=get_locale())
