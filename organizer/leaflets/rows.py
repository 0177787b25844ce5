"""Leaflets as rows for their organizers: each with a picture of what there is to look at, and the way to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext
from sqlalchemy import select

from organizer.db import db
from organizer.leaflets import labels
from organizer.leaflets.cards import page_url
from organizer.leaflets.models import Leaflet, LeafletVersion, Rendition
from organizer.leaflets.queries import REASONS
from organizer.leaflets.rules import Purpose, State


@dataclass(frozen=True)
class Row:
    """`url` leads to the version that waits, or else to the published one; `picture_url` is "" while there is none.

    `reason` is the sentence why that version was not taken, and `again_url` leads to where another file is sent in its
    place, but for what was made from its event; both are "" for what was taken.
    """

    leaflet: Leaflet
    url: str
    label: str
    reason: str
    again_url: str
    picture_url: str
    width: int
    height: int


def rows(found: Sequence[Leaflet]) -> list[Row]:
    """The rows of leaflets whose versions are loaded, in one query."""
    latest = {leaflet.id: leaflet.waiting or leaflet.shown for leaflet in found}
    pictures = _pictures(version.id for version in latest.values())
    return [_row(leaflet, latest[leaflet.id], pictures.get(latest[leaflet.id].id)) for leaflet in found]


def _row(leaflet: Leaflet, version: LeafletVersion, picture: Rendition | None) -> Row:
    number = None if version is leaflet.shown else version.number
    is_refused = version.state == State.REFUSED
    return Row(
        leaflet=leaflet,
        url=url_for("leaflets.read", leaflet_id=leaflet.id, version=number),
        label=labels.full_label(leaflet, version),
        reason=gettext(REASONS[version.reason]) if is_refused and version.reason else "",
        again_url=_again_url(leaflet) if is_refused and not version.made_as else "",
        picture_url=page_url(version, picture) if picture else "",
        width=picture.width if picture else 0,
        height=picture.height if picture else 0,
    )


def _again_url(leaflet: Leaflet) -> str:
    return url_for("versions.send" if leaflet.published else "uploading.again", leaflet_id=leaflet.id)


def _pictures(version_ids: Iterable[str]) -> dict[str, Rendition]:
    """The first pages, small, by version id."""
    query = select(Rendition).where(Rendition.version_id.in_(list(version_ids)))
    first = query.where(Rendition.purpose == Purpose.SMALL, Rendition.page == 1)
    return {picture.version_id: picture for picture in db.session.scalars(first)}
