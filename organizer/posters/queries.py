"""Which leaflets were made from an event, how, and which of them say something else than its page by now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import selectinload

from organizer import clock
from organizer.db import db
from organizer.events.gate import Clearance, visible
from organizer.events.models import Event
from organizer.leaflets import queries as leaflets
from organizer.leaflets.models import EventLeaflet, Leaflet, LeafletVersion
from organizer.leaflets.queries import SeenLeaflet
from organizer.leaflets.rules import NOT_MADE, NOT_OPEN, State
from organizer.policy import Viewer
from organizer.posters import words
from organizer.posters.rules import Recipe, may_be_made

IS_MADE = LeafletVersion.made_as.is_not(None)


@dataclass(frozen=True)
class Outdated:
    """How many of the leaflets of each event are `outdated`, by event id, and how many of those wait for a look."""

    all: Counter[str]
    waiting: Counter[str]


def organized(viewer: Viewer, leaflet_id: str) -> SeenLeaflet | None:
    """Policy: a leaflet that was made from an event, for the organizers of its group. Raises Gone when withdrawn."""
    seen = leaflets.organized(viewer, leaflet_id)
    return seen if seen and any(version.made_as for version in seen.leaflet.versions) else None


def made_from(leaflet: Leaflet) -> tuple[Recipe, Event | None]:
    """How it was made at last, and the event that it was made from; only of what was made."""
    version = next(version for version in reversed(leaflet.versions) if version.made_as)
    recipe = Recipe.of(version.made_as or {})
    return recipe, db.session.get(Event, recipe.event_id)


def recipe_of(leaflet: Leaflet) -> Recipe | None:
    """What it could be made anew by; None while it is being made, and where a file was uploaded meanwhile."""
    version = leaflet.waiting or leaflet.published
    if version is None or version.state == State.UPLOADED or not version.made_as:
        return None
    return Recipe.of(version.made_as)


def outdated(among: Sequence[Leaflet]) -> dict[str, str]:
    """Those that do not say what the page of the event that they were made from tells everyone by now.

    By id, each with the sentence (a msgid) that says why it cannot be made anew, "" when it can. As many queries for
    several, whose versions are loaded, as for one.
    """
    made = {leaflet.id: version for leaflet in among if (version := _set(leaflet))}
    recipes = {leaflet_id: version.made_as or {} for leaflet_id, version in made.items()}
    if not made:
        return {}
    events = _events({made_as["event_id"] for made_as in recipes.values()})
    texts = _texts([version.id for version in made.values()])
    found = {
        leaflet_id: _change(events.get(recipes[leaflet_id]["event_id"]), recipes[leaflet_id], texts[version.id])
        for leaflet_id, version in made.items()
    }
    return {leaflet_id: change for leaflet_id, change in found.items() if change is not None}


def outdated_of(event_ids: Collection[str]) -> Outdated:
    """The `outdated` among the leaflets that are handed out at each event, in a fixed number of queries.

    Events without any are left out, and so are those that are over.
    """
    made = select(LeafletVersion.leaflet_id).where(IS_MADE)
    query = (
        select(EventLeaflet.event_id, EventLeaflet.leaflet_id)
        .join(Event, Event.id == EventLeaflet.event_id)
        .where(EventLeaflet.event_id.in_(event_ids), EventLeaflet.leaflet_id.in_(made), Event.ends_at > clock.now())
    )
    rows = db.session.execute(query).all()
    among = select(Leaflet).where(Leaflet.id.in_({row.leaflet_id for row in rows}))
    leaflets_there = db.session.scalars(among.options(selectinload(Leaflet.versions))).all() if rows else []
    found = outdated(leaflets_there)
    waiting = {leaflet.id for leaflet in leaflets_there if leaflet.waiting and leaflet.id in found}
    return Outdated(*(Counter(row.event_id for row in rows if row.leaflet_id in ids) for ids in (found, waiting)))


def overtaken_at(event_id: str) -> dict[str, str]:
    """As `overtaken_among`, of what is handed out at an event."""
    return overtaken_among(select(EventLeaflet.leaflet_id).where(EventLeaflet.event_id == event_id))


def overtaken_among(leaflet_ids: Collection[str] | Select[str]) -> dict[str, str]:
    """Which published ones among these say something else than the page of the event that each was made from.

    By id, each with the id of that event; in a fixed number of queries.
    """
    # Of what was made from an event that is over, nothing is told; so neither its words nor the event's are read.
    query = (
        select(LeafletVersion.leaflet_id, LeafletVersion.made_as, LeafletVersion.text)
        .outerjoin(Event, Event.id == LeafletVersion.made_as["event_id"].as_string())
        .where(LeafletVersion.leaflet_id.in_(leaflet_ids), LeafletVersion.state == State.PUBLISHED, IS_MADE)
        .where(or_(Event.id.is_(None), Event.ends_at > clock.now()))
    )
    made = [(row.leaflet_id, row.made_as, row.text) for row in db.session.execute(query)]
    events = _events({made_as["event_id"] for _id, made_as, _text in made}) if made else {}
    return {
        leaflet_id: made_as["event_id"]
        for leaflet_id, made_as, said in made
        if _change(events.get(made_as["event_id"]), made_as, said) is not None
    }


def events_with(changed_id: str) -> Sequence[str]:
    """The ids of the events at which something is published that was made from an event that is not over.

    `changed_id` is that event's, or its group's.
    """
    query = (
        select(EventLeaflet.event_id)
        .join(LeafletVersion, LeafletVersion.leaflet_id == EventLeaflet.leaflet_id)
        .join(Event, Event.id == LeafletVersion.made_as["event_id"].as_string())
        .where(LeafletVersion.state == State.PUBLISHED, IS_MADE, Event.ends_at > clock.now())
        .where(or_(Event.id == changed_id, Event.group_id == changed_id))
    )
    return db.session.scalars(query.distinct().order_by(EventLeaflet.event_id)).all()


def is_overtaken(version: LeafletVersion) -> bool:
    """Whether this version, which may hang anywhere by now, says something else than the page of its event."""
    if not version.made_as:
        return False
    event = db.session.get(Event, version.made_as["event_id"])
    return _change(event, version.made_as, version.text) is not None


def _change(event: Event | None, made_as: Mapping[str, str], said: str) -> str | None:
    """As `outdated` tells it, None when nothing is to be told: after the event nobody comes by what it says.

    What was made before there were fingerprints has only what is `said` on its sides.
    """
    now = clock.now()
    if event is not None and event.ends_at <= now:
        return None
    if event is None or not may_be_made(event):
        return NOT_MADE[NOT_OPEN]
    shown, recipe = visible(event, Clearance.PUBLIC, now), Recipe.of(dict(made_as))
    if told := made_as.get("told"):
        return "" if words.fingerprint(shown, recipe) != told else None
    return "" if words.said(words.sides(shown, recipe)) != said else None


def _set(leaflet: Leaflet) -> LeafletVersion | None:
    """The latest of its versions, when it was made from an event and is there to be looked at."""
    version = leaflet.waiting or leaflet.published
    return version if version and version.made_as and version.state in (State.READY, State.PUBLISHED) else None


def _events(ids: Collection[str]) -> dict[str, Event]:
    return {event.id: event for event in db.session.scalars(select(Event).where(Event.id.in_(ids)))}


def _texts(version_ids: Collection[str]) -> dict[str, str]:
    query = select(LeafletVersion.id, LeafletVersion.text).where(LeafletVersion.id.in_(version_ids))
    return {row[0]: row[1] for row in db.session.execute(query)}
