"""Finding leaflets in the library: what is published and handed out at listed events, in the rows themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select

from organizer import languages, search
from organizer.db import db
from organizer.events.models import EventTag, Tag
from organizer.leaflets import queries
from organizer.leaflets.cards import LeafletCard
from organizer.leaflets.models import EventLeaflet, Leaflet, LeafletVersion
from organizer.leaflets.rules import Kind, State

MOST_CHOICES = 50


@dataclass(frozen=True)
class Wanted:
    """What a reader looks for; what is empty does not narrow. `topic` is the slug of a tag."""

    words: tuple[str, ...] = ()
    language: str = ""
    topic: str = ""
    kind: Kind | None = None


@dataclass(frozen=True)
class Found:
    """Some of what was found, the newest first, and how many there are in all."""

    cards: Sequence[LeafletCard]
    count: int


@dataclass(frozen=True)
class Choices:
    """What the filters offer, as (value, words): only what some public leaflet has."""

    languages: Sequence[tuple[str, str]]
    topics: Sequence[tuple[str, str]]


def found(wanted: Wanted, limit: int, offset: int = 0) -> Found:
    """What is handed out at listed events of the whole site; two queries."""
    conditions = _conditions(wanted)
    joined = select(func.count()).select_from(Leaflet).join(LeafletVersion, LeafletVersion.leaflet_id == Leaflet.id)
    count = db.session.scalar(joined.where(*_public(), *conditions))
    return Found(queries.latest(limit, offset, *conditions), count or 0)


def choices() -> Choices:
    """What can be chosen; two queries."""
    return Choices(_languages(), _topics())


def _public() -> tuple[ColumnElement[bool], ...]:
    """As `queries.latest`."""
    return LeafletVersion.state == State.PUBLISHED, Leaflet.id.in_(queries.handed_out())


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions = [_has_word(word) for word in wanted.words[: search.MOST_WORDS]]
    if wanted.language:
        conditions.append(Leaflet.language == wanted.language)
    if wanted.kind:
        conditions.append(LeafletVersion.kind == wanted.kind)
    if wanted.topic:
        tagged = select(EventTag.event_id).where(EventTag.tag_slug == wanted.topic)
        conditions.append(Leaflet.id.in_(queries.handed_out().where(EventLeaflet.event_id.in_(tagged))))
    return conditions


def _has_word(word: str) -> ColumnElement[bool]:
    return search.occurs(word, Leaflet.title, Leaflet.audience, LeafletVersion.text, LeafletVersion.text_alternative)


def _languages() -> list[tuple[str, str]]:
    query = select(Leaflet.language).join(LeafletVersion, LeafletVersion.leaflet_id == Leaflet.id).where(*_public())
    codes = db.session.scalars(query.distinct().order_by(Leaflet.language))
    return [(code, languages.own_name(code)) for code in codes]


def _topics() -> list[tuple[str, str]]:
    published = select(LeafletVersion.leaflet_id).where(LeafletVersion.state == State.PUBLISHED)
    at = queries.handed_out().where(EventLeaflet.leaflet_id.in_(published)).with_only_columns(EventLeaflet.event_id)
    query = select(Tag.slug, Tag.name).join(EventTag, EventTag.tag_slug == Tag.slug).where(EventTag.event_id.in_(at))
    rows = db.session.execute(query.distinct().order_by(Tag.name, Tag.slug).limit(MOST_CHOICES))
    return [(slug, name) for slug, name in rows]
