"""Finding leaflets in the library: what is published and handed out at listed events, in the rows themselves."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, literal, select

from organizer import languages, search
from organizer.db import db
from organizer.events.models import EventTag, Tag
from organizer.leaflets import queries
from organizer.leaflets.cards import LeafletCard
from organizer.leaflets.models import EventLeaflet, Leaflet, LeafletVersion
from organizer.leaflets.rules import Kind, State

MOST_CHOICES = 50
MOST_WORDS = 4


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
    """What is handed out at listed events of the whole site; two queries where the page is full, one elsewhere."""
    conditions = _conditions(wanted)
    cards = queries.latest(limit, offset, *conditions)
    if len(cards) < limit and (cards or not offset):
        return Found(cards, offset + len(cards))
    joined = select(func.count()).select_from(Leaflet).join(LeafletVersion, LeafletVersion.leaflet_id == Leaflet.id)
    count = db.session.scalar(joined.where(*_public(), *conditions))
    return Found(cards, count or 0)


def choices() -> Choices:
    """What can be chosen; two queries."""
    return Choices(_languages(), _topics())


def _public() -> tuple[ColumnElement[bool], ...]:
    """As `queries.latest`."""
    return LeafletVersion.state == State.PUBLISHED, Leaflet.id.in_(queries.handed_out())


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions = [_has_word(word) for word in _telling(wanted.words)]
    if wanted.language:
        conditions.append(_is_in(wanted.language))
    if wanted.kind:
        conditions.append(LeafletVersion.kind == wanted.kind)
    if wanted.topic:
        tagged = select(EventTag.event_id).where(EventTag.tag_slug == wanted.topic)
        conditions.append(Leaflet.id.in_(queries.handed_out().where(EventLeaflet.event_id.in_(tagged))))
    return conditions


def _telling(words: Sequence[str]) -> list[str]:
    """The few that narrow most, as each is looked for in all that the leaflets say; the longest come first."""
    several = [word for word in dict.fromkeys(words) if not _is_letter(word)]
    return sorted(several or words[:1], key=len, reverse=True)[:MOST_WORDS]


def _is_letter(word: str) -> bool:
    """Whether it is a letter of an alphabet; a sign that takes the room of two, as in Chinese, may be a word."""
    return len(word) == 1 and word.isalpha() and unicodedata.east_asian_width(word) not in "WF"


def _is_in(language: str) -> ColumnElement[bool]:
    """As `labels.spoken`."""
    sides: ColumnElement[str] = literal(" ") + LeafletVersion.made_as["languages"].as_string() + " "
    in_one = and_(LeafletVersion.made_as.is_(None), Leaflet.language == language)
    return in_one | sides.contains(f" {language} ", autoescape=True)


def _has_word(word: str) -> ColumnElement[bool]:
    return search.occurs(word, Leaflet.title, Leaflet.audience, LeafletVersion.text, LeafletVersion.text_alternative)


def _languages() -> list[tuple[str, str]]:
    sides = LeafletVersion.made_as["languages"].as_string()
    joined = select(Leaflet.language, sides).join(LeafletVersion, LeafletVersion.leaflet_id == Leaflet.id)
    found = db.session.execute(joined.where(*_public()).distinct())
    codes = {code for language, several in found for code in (several or language).split()}
    return [(code, languages.own_name(code)) for code in sorted(codes)]


def _topics() -> list[tuple[str, str]]:
    published = select(LeafletVersion.leaflet_id).where(LeafletVersion.state == State.PUBLISHED)
    at = queries.handed_out().where(EventLeaflet.leaflet_id.in_(published)).with_only_columns(EventLeaflet.event_id)
    query = select(Tag.slug, Tag.name).join(EventTag, EventTag.tag_slug == Tag.slug).where(EventTag.event_id.in_(at))
    rows = db.session.execute(query.distinct().order_by(Tag.name, Tag.slug).limit(MOST_CHOICES))
    return [(slug, name) for slug, name in rows]
