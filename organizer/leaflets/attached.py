"""Leaflets in the calendar entry of their event."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from organizer.db import db
from organizer.leaflets import labels
from organizer.leaflets.models import EventLeaflet, Leaflet, LeafletVersion, Rendition
from organizer.leaflets.rules import Purpose, State

MOST = 20


@dataclass(frozen=True)
class Attachment:
    """What an entry tells of one: `path` is its page's on this site, below which its file is."""

    path: str
    media_type: str
    title: str
    language_label: str


def attachments(event_id: str, but: Collection[str] = ()) -> tuple[Attachment, ...]:
    """What everyone may have of what is handed out at an event, in one query; needs no request.

    `but` are the ids of those that are left out.
    """
    query = (
        select(Leaflet, LeafletVersion, Rendition.content_type)
        .join(LeafletVersion, LeafletVersion.leaflet_id == Leaflet.id)
        .join(EventLeaflet, EventLeaflet.leaflet_id == Leaflet.id)
        .join(Rendition, Rendition.version_id == LeafletVersion.id)
        .where(EventLeaflet.event_id == event_id, LeafletVersion.state == State.PUBLISHED)
        .where(Rendition.purpose == Purpose.FILE, Leaflet.id.not_in(but))
        .order_by(LeafletVersion.published_at.desc(), Leaflet.id)
        .limit(MOST)
    )
    return tuple(
        Attachment(f"/leaflets/{leaflet.id}", media_type, leaflet.title, labels.languages_label(leaflet, version))
        for leaflet, version, media_type in db.session.execute(query)
    )
