"""The same feeds for feed readers: Atom (RFC 4287), the last changed events first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC

from flask import get_template_attribute
from markupsafe import Markup, escape

from organizer import text
from organizer.atom import Feed
from organizer.calendars import addresses, rendering
from organizer.calendars.document import FeedHeader
from organizer.events.cards import card
from organizer.events.gate import VisibleEvent


def write(feed: FeedHeader, language: str, events: Iterable[VisibleEvent]) -> bytes:
    """Return the feed as UTF-8; `language` is that of its own words. Each event must have passed the gate as PUBLIC."""
    atom = Feed(
        title=feed.name,
        link=feed.url,
        description=feed.description,
        language=language,
        feed_url=feed.source_url,
        feed_guid=feed.source_url,
        author_name=feed.name,
        changed_at=feed.changed_at,
    )
    for event in events:
        _add(atom, event)
    return atom.written()


def _add(atom: Feed, event: VisibleEvent) -> None:
    with rendering.in_its_language(event):
        atom.add_item(
            title=text.strip_controls(rendering.summary(event)),
            link=addresses.event_page(event),
            description=_told(event),
            unique_id=_urn(event),
            pubdate=event.created_at.replace(microsecond=0),
            updateddate=event.changed_at.replace(microsecond=0),
            author_name=event.group_name,
            categories=[name for _slug, name in event.tags],
            language=event.language,
        )


def _urn(event: VisibleEvent) -> str:
    """A tag URI (RFC 4151) from the calendar's UID, which never changes."""
    name, _, host = event.uid.partition("@")
    return f"tag:{host},{event.created_at.astimezone(UTC):%Y-%m-%d}:{name}"


def _told(event: VisibleEvent) -> Markup:
    """When, where and what for, as paragraphs: the library marks a summary as HTML.

    The exact spot stays out even where it is shown: a reader's copy is not taken back when it is withheld again.
    """
    shown = card(event, event.language)
    full, times = (get_template_attribute("_macros/dates.html", name) for name in ("full", "times"))
    when = Markup(f"{full(shown.starts_on)}, {times(shown).strip()}")  # noqa: S704 - escaped by the macros
    where = escape(", ".join(part for part in (event.place, event.city_name) if part))
    description = text.strip_controls(rendering.description(event))
    paragraphs = [when, where, *map(escape, description.split("\n\n"))]
    return Markup("").join(Markup("<p>{}</p>").format(paragraph) for paragraph in paragraphs if paragraph)
