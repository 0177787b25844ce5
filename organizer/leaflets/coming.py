"""Where whoever has a leaflet in her hand can go next, and who made it: the same for all who ask."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import get_locale
from sqlalchemy import select

from organizer import clock
from organizer.db import db
from organizer.events import queries as events
from organizer.events.cards import Card, card
from organizer.events.gate import Clearance, VisibleEvent, visible
from organizer.events.models import Event
from organizer.events.rules import TAKES_PLACE
from organizer.groups.models import Group
from organizer.leaflets.models import EventLeaflet, Leaflet


@dataclass(frozen=True)
class Coming:
    """The group that hands a leaflet out, and the action to come to, if one is announced."""

    group_name: str
    group_slug: str
    card: Card | None


def coming(leaflet: Leaflet) -> Coming:
    """What stands above the leaflet's pages."""
    group, event = db.session.get_one(Group, leaflet.group_id), next_action(leaflet)
    return Coming(group.name, group.slug, card(event, str(get_locale())) if event else None)


def next_action(leaflet: Leaflet) -> VisibleEvent | None:
    """The soonest listed event of the leaflet's that takes place, or else of its group, as the public may see it."""
    now = clock.now()
    is_its_own = Event.id.in_(select(EventLeaflet.event_id).where(EventLeaflet.leaflet_id == leaflet.id))
    query = (
        select(Event)
        .where(*events.IS_LISTED, Event.occurrence.in_(TAKES_PLACE), Event.ends_at > now)
        .where(is_its_own | (Event.group_id == leaflet.group_id))
        .order_by(is_its_own.desc(), Event.starts_at, Event.id)
        .limit(1)
    )
    event = db.session.scalar(query)
    return visible(event, Clearance.PUBLIC, now) if event else None
