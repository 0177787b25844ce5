"""Finding statements in the library: in the rows themselves, so that no copy of the words outlives a withdrawal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import get_locale
from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from organizer import clock, languages, search
from organizer.db import db
from organizer.events import queries as events
from organizer.events.gate import Clearance, visible
from organizer.events.models import Event
from organizer.groups.models import City
from organizer.statements import queries
from organizer.statements.cards import Quote
from organizer.statements.models import Statement, StatementEvent, StatementPhoto
from organizer.statements.rules import BylineKind, State, Use

MOST_CHOICES = 50
MOST_WITH_PHOTO = 300


@dataclass(frozen=True)
class Wanted:
    """What a reader looks for; what is empty does not narrow. `city` is a slug."""

    words: tuple[str, ...] = ()
    event_id: str = ""
    city: str = ""
    language: str = ""
    has_photo: bool = False


EVERYTHING = Wanted()


@dataclass(frozen=True)
class Found:
    """Some of what was found, the newest first, and how many there are in all."""

    quotes: Sequence[Quote]
    count: int


@dataclass(frozen=True)
class Choices:
    """What the filters offer, as (value, words): only what something public belongs to."""

    events: Sequence[tuple[str, str]]
    cities: Sequence[tuple[str, str]]
    languages: Sequence[tuple[str, str]]


def found(wanted: Wanted, limit: int, offset: int = 0) -> Found:
    """What is public on the whole site about listed events; a fixed number of queries."""
    if wanted.has_photo:
        return _with_photo(wanted, limit, offset)
    quotes = _quotes(_newest(wanted).limit(limit).offset(offset))
    count = db.session.scalar(select(func.count()).select_from(Statement).where(*_conditions(wanted)))
    return Found(quotes, count or 0)


def choices() -> Choices:
    """What can be chosen: the latest actions, every city and language; three queries and what events load."""
    return Choices(_events(), _cities(), _languages())


def _with_photo(wanted: Wanted, limit: int, offset: int) -> Found:
    """Whether a photo may stand beside it is decided where its page is made, so that they are made first."""
    has_one = select(StatementPhoto).where(StatementPhoto.statement_id == Statement.id).exists()
    quotes = [quote for quote in _quotes(_newest(wanted).where(has_one).limit(MOST_WITH_PHOTO)) if quote.photos]
    return Found(quotes[offset : offset + limit], len(quotes))


def _quotes(query: Select[Statement]) -> tuple[Quote, ...]:
    return queries.quoted(db.session.scalars(query), Use.SITE)


def _newest(wanted: Wanted) -> Select[Statement]:
    return select(Statement).where(*_conditions(wanted)).order_by(Statement.published_at.desc(), Statement.id)


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions = [*_stands(), _is_about(wanted)]
    if wanted.language:
        conditions.append(Statement.language == wanted.language)
    return conditions + [_has_word(word) for word in wanted.words[: search.MOST_WORDS]]


def _stands() -> tuple[ColumnElement[bool], ...]:
    """What may stand on the whole site; `queries.quoted` asks once more."""
    return Statement.state == State.PUBLISHED, queries.agreed_to(Use.SITE)


def _is_about(wanted: Wanted) -> ColumnElement[bool]:
    """Whether one of its events is listed, and is the one or in the city that is wanted."""
    query = select(StatementEvent.statement_id).join(Event, Event.id == StatementEvent.event_id)
    query = query.where(*events.IS_LISTED)
    if wanted.event_id:
        query = query.where(Event.id == wanted.event_id)
    if wanted.city:
        query = query.join(City, City.id == Event.city_id).where(City.slug == wanted.city)
    # Not for each row anew, which takes SQLite five times as long.
    return Statement.id.in_(query)


def _has_word(word: str) -> ColumnElement[bool]:
    """Whether it occurs in the text, or in the signature as far as readers see that."""
    is_shown = or_(Statement.byline_kind != BylineKind.FULL_NAME, Statement.known_by.is_not(None))
    signed = search.occurs(word, Statement.byline, Statement.affiliation)
    said = Statement.search_text.contains(word.casefold(), autoescape=True)
    return or_(said, and_(is_shown, signed))


def _events() -> list[tuple[str, str]]:
    spoken_of = (
        select(StatementEvent)
        .join(Statement, Statement.id == StatementEvent.statement_id)
        .where(StatementEvent.event_id == Event.id, *_stands())
    )
    query = select(Event).where(*events.IS_LISTED, spoken_of.exists()).order_by(Event.starts_at.desc(), Event.id)
    now, language = clock.now(), str(get_locale())
    public = [visible(row, Clearance.PUBLIC, now) for row in db.session.scalars(query.limit(MOST_CHOICES))]
    return [(event.id, event.in_language(language).title) for event in public]


def _cities() -> list[tuple[str, str]]:
    spoken_of = (
        select(Event)
        .join(StatementEvent, StatementEvent.event_id == Event.id)
        .join(Statement, Statement.id == StatementEvent.statement_id)
        .where(Event.city_id == City.id, *events.IS_LISTED, *_stands())
    )
    query = select(City.slug, City.name).where(spoken_of.exists()).order_by(City.name, City.slug)
    return [(slug, name) for slug, name in db.session.execute(query)]


def _languages() -> list[tuple[str, str]]:
    """Few in number: for each, one statement that stands there is enough."""
    written = select(Statement.language).where(Statement.state == State.PUBLISHED).distinct().subquery()
    stands = select(Statement.id).where(Statement.language == written.c.language, *_conditions(EVERYTHING))
    query = select(written.c.language).where(stands.exists()).order_by(written.c.language)
    return [(code, languages.own_name(code)) for code in db.session.scalars(query)]
