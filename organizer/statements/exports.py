"""A statement to take along, as text and as markdown, and the latest ones for feed readers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time

from flask_babel import format_date
from flask_babel import gettext as _
from markupsafe import Markup

from organizer import atom, config, text
from organizer.statements.cards import Quote

JSON_FEED = "https://jsonfeed.org/version/1.1"
# An empty feed has no day of its own.
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class FeedHeader:
    """What a feed says of itself; `url` is the page that says the same, `source_url` its own address, both absolute."""

    title: str
    url: str
    source_url: str
    language: str


def plain(quote: Quote) -> str:
    """Title, words, signature, action, day, and what may be done with it, for an editor's desk."""
    return _parts(_title(quote), text.to_plain(quote.text), f"— {quote.signature}", _where(quote), _terms(quote))


def markdown(quote: Quote) -> str:
    """The same with the author's own emphasis."""
    signature, where = text.escaped(quote.signature), text.escaped(_where(quote))
    title = f"# {text.escaped(_title(quote))}"
    return _parts(title, text.sound(quote.text), f"— {signature}", where, _terms(quote))


def atom_feed(feed: FeedHeader, quotes: Sequence[Quote]) -> bytes:
    """The whole texts as Atom. Readers learn the day of publication only, as on the pages."""
    written = atom.Feed(
        title=feed.title,
        link=feed.url,
        description="",
        language=feed.language,
        feed_url=feed.source_url,
        feed_guid=feed.source_url,
        author_name=config.current().site_name,
        changed_at=max((_published_at(quote) for quote in quotes), default=BEGINNING),
    )
    for quote in quotes:
        written.add_item(
            title=text.strip_controls(_title(quote)),
            link=config.absolute(quote.url),
            description=None,
            content=_html(quote),
            unique_id=config.absolute(quote.url),
            pubdate=_published_at(quote),
            updateddate=_published_at(quote),
            author_name=quote.byline or _("A participant"),
            language=quote.language,
        )
    return written.written()


def json_feed(feed: FeedHeader, quotes: Sequence[Quote]) -> bytes:
    """The same as JSON Feed 1.1."""
    told = {
        "version": JSON_FEED,
        "title": feed.title,
        "home_page_url": feed.url,
        "feed_url": feed.source_url,
        "language": feed.language,
        "items": [_item(quote) for quote in quotes],
    }
    return json.dumps(told, ensure_ascii=False).encode()


def _item(quote: Quote) -> dict[str, object]:
    item: dict[str, object] = {
        "id": config.absolute(quote.url),
        "url": config.absolute(quote.url),
        "title": _title(quote),
        "content_html": str(_html(quote)),
        "content_text": f"{text.to_plain(quote.text)}\n\n— {quote.signature}",
        "date_published": _published_at(quote).isoformat(),
        "language": quote.language,
    }
    is_signed = quote.byline and not quote.is_withheld
    return item | ({"authors": [{"name": quote.byline}]} if is_signed else {})


def _title(quote: Quote) -> str:
    title: str = _("Why I was here: %(title)s", title=quote.event_title)
    return title


def _where(quote: Quote) -> str:
    day = format_date(quote.published_on, "long")
    told = _("Said at “%(title)s”. Published on %(day)s.", title=quote.event_title, day=day)
    edited = _("Lightly edited, as its author allowed.")
    return f"{told} {edited}" if quote.is_edited else told


def _terms(quote: Quote) -> str:
    terms = _(
        "These words belong to whoever said them. A few of them may be quoted, unchanged and under the name that "
        "stands here. To print them all, ask the organizers. They may be taken back: look first whether they still "
        "stand at"
    )
    return f"{terms} {config.absolute(quote.url)}"


def _html(quote: Quote) -> Markup:
    return text.to_html(quote.text) + Markup("<p>— {}</p>").format(quote.signature)


def _published_at(quote: Quote) -> datetime:
    return datetime.combine(quote.published_on, time(), UTC)


def _parts(*parts: str) -> str:
    return "\n\n".join(parts) + "\n"
