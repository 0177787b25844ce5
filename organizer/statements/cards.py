"""How a published statement reads on a page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import url_for
from flask_babel import gettext as _

from organizer import text
from organizer.events.gate import VisibleEvent
from organizer.photos.cards import PhotoCard
from organizer.statements import rules
from organizer.statements.models import Statement
from organizer.statements.rules import Use

EXCERPT_CHARACTERS = 320
PULL_CHARACTERS = 150


@dataclass(frozen=True)
class Translation:
    """The same in another language; `translator` is empty where none is named."""

    language: str
    text: str
    translator: str


@dataclass(frozen=True)
class Quote:
    """What readers see. `text` is markdown, `excerpt` plain and short, `pull` shorter, to be set large.

    `byline` is empty when it is unsigned; `quotes` are few words of it, chosen to be set large.
    """

    id: str
    url: str
    language: str
    text: str
    excerpt: str
    pull: str
    is_short: bool
    is_withheld: bool
    byline: str
    affiliation: str
    published_on: date
    event_title: str
    event_url: str
    is_indexed: bool
    is_edited: bool
    photos: tuple[PhotoCard, ...] = ()
    quotes: tuple[str, ...] = ()
    translations: tuple[Translation, ...] = ()

    @property
    def signature(self) -> str:
        """Who says it, on one line."""
        return ", ".join(filter(None, (self.byline or _("A participant"), self.affiliation)))


def quote(statement: Statement, event: VisibleEvent | None, today: date, photos: tuple[PhotoCard, ...] = ()) -> Quote:
    """The card of a statement that is public; on the event's own page the event is not named again."""
    plain = text.to_plain(statement.text)
    withheld = rules.is_name_withheld(statement)
    consent = rules.living(statement.consents, statement, today)
    chosen = tuple(each.text for each in statement.quotes)
    return Quote(
        id=statement.id,
        url=url_for("statements.read", statement_id=statement.id),
        language=statement.language,
        text=statement.text,
        excerpt=text.excerpt(plain, EXCERPT_CHARACTERS),
        pull=chosen[0] if chosen else text.excerpt(plain, PULL_CHARACTERS),
        is_short=len(plain) <= EXCERPT_CHARACTERS,
        is_withheld=withheld,
        byline=_("Name withheld") if withheld else rules.shown_byline(statement),
        affiliation="" if withheld else statement.affiliation,
        published_on=statement.state_on,
        event_title=event.title if event else "",
        event_url=url_for("pages.event", address=event.address) if event else "",
        is_indexed=consent is not None and Use.SEARCH in consent.uses,
        is_edited=consent is not None and consent.edited_hash == statement.text_hash,
        photos=photos,
        quotes=chosen,
        translations=_translations(statement) if consent is not None and consent.may_translate else (),
    )


def _translations(statement: Statement) -> tuple[Translation, ...]:
    """Those of the words that stand there now."""
    return tuple(
        Translation(made.language, made.text, made.translator)
        for made in statement.translations
        if made.of_hash == statement.text_hash
    )
