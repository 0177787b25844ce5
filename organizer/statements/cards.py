"""How a published statement reads on a page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import url_for
from flask_babel import gettext as _

from organizer import text
from organizer.events.gate import VisibleEvent
from organizer.statements import rules
from organizer.statements.models import Statement

EXCERPT_CHARACTERS = 320
PULL_CHARACTERS = 150


@dataclass(frozen=True)
class Quote:
    """What readers see. `text` is markdown, `excerpt` plain and short, `pull` shorter, to be set large.

    `byline` is empty when it is unsigned.
    """

    url: str
    language: str
    text: str
    excerpt: str
    pull: str
    is_short: bool
    byline: str
    published_on: date
    event_title: str
    event_url: str


def quote(statement: Statement, event: VisibleEvent | None = None) -> Quote:
    """The card of a statement that is public; on the event's own page the event is not named again."""
    plain = text.to_plain(statement.text)
    withheld = rules.is_name_withheld(statement)
    return Quote(
        url=url_for("statements.read", statement_id=statement.id),
        language=statement.language,
        text=statement.text,
        excerpt=text.excerpt(plain, EXCERPT_CHARACTERS),
        pull=text.excerpt(plain, PULL_CHARACTERS),
        is_short=len(plain) <= EXCERPT_CHARACTERS,
        byline=_("Name withheld") if withheld else rules.shown_byline(statement),
        published_on=statement.state_on,
        event_title=event.title if event else "",
        event_url=url_for("pages.event", address=event.address) if event else "",
    )
