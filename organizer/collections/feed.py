"""A collection for feed readers: an entry for each item, in its order."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from urllib.parse import urlsplit

from flask_babel import get_locale
from flask_babel import gettext as _
from markupsafe import Markup

from organizer import config, text
from organizer.atom import Feed
from organizer.collections import words
from organizer.collections.cards import Reading, Shown
from organizer.collections.rules import Kind


def write(reading: Reading, source_url: str) -> bytes:
    """The feed as UTF-8. Its date is that of the last thing said in it, or of the collection."""
    collection = reading.collection
    began_on = collection.published_at.date() if collection.published_at else collection.created_on
    dates = {shown.item_id: _day(shown, began_on) for shown in reading.items}
    feed = Feed(
        title=text.strip_controls(collection.title),
        link=words.own_page(collection),
        description=words.printed_in(collection),
        language=str(get_locale()),
        feed_url=source_url,
        feed_guid=source_url,
        author_name=collection.group.name,
        changed_at=_noon(max(dates.values(), default=began_on)),
    )
    for shown in reading.items:
        _add(feed, reading, shown, dates[shown.item_id])
    return feed.written()


def _add(feed: Feed, reading: Reading, shown: Shown, day: date) -> None:
    said = shown.said
    signed = said.signature if said else shown.photo.credit if shown.photo else ""
    feed.add_item(
        title=text.excerpt(_title(shown), 120) or _("Photo"),
        link=config.absolute(said.url if said else shown.photo.url if shown.photo else ""),
        description=_told(shown),
        unique_id=_urn(reading, shown),
        pubdate=_noon(day),
        updateddate=_noon(day),
        author_name=signed or reading.collection.group.name,
        language=shown.language,
    )


def _title(shown: Shown) -> str:
    if shown.said:
        return shown.quote or text.to_plain(shown.said.text)
    return (shown.photo.caption or shown.photo.alt) if shown.photo else ""


def _told(shown: Shown) -> Markup:
    """The words as formatted text; of a photo what is seen in it, and its page by the entry's link."""
    said, photo = shown.said, shown.photo
    if said is None:
        lines = (photo.alt, photo.caption, words.credited(photo)) if photo else ()
        return Markup("").join(Markup("<p>{}</p>").format(line) for line in lines if line)
    quoted = Markup("<blockquote><p>{}</p></blockquote>").format(shown.quote)
    body = quoted if shown.kind == Kind.QUOTE else text.to_html(said.text)
    return body + Markup("<p>— {}</p>").format(said.signature)


def _day(shown: Shown, began_on: date) -> date:
    return max(shown.said.published_on, began_on) if shown.said else began_on


def _noon(day: date) -> datetime:
    """No hour is told."""
    return datetime.combine(day, time(12), UTC)


def _urn(reading: Reading, shown: Shown) -> str:
    """A tag URI (RFC 4151) that stays with the item."""
    host = urlsplit(config.current().site_url).hostname
    return f"tag:{host},{reading.collection.created_on.isoformat()}:{reading.collection.id}-{shown.number}"
