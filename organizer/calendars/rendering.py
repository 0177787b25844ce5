"""From what the gate lets the public see to the text of a calendar entry."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from flask_babel import force_locale, gettext

from organizer import languages, text
from organizer.calendars import addresses
from organizer.calendars.entry import Days, Entry, Hours, Status, write
from organizer.events.cards import move
from organizer.events.gate import VisibleEvent
from organizer.events.rules import Occurrence
from organizer.events.times import When
from organizer.leaflets.attached import Attachment

STATUS = {
    Occurrence.SCHEDULED: Status.CONFIRMED,
    Occurrence.RESCHEDULED: Status.CONFIRMED,
    Occurrence.POSTPONED: Status.TENTATIVE,
    Occurrence.CANCELLED: Status.CANCELLED,
}


def entry_text(event: VisibleEvent, changed_at: datetime, leaflets: tuple[Attachment, ...] = ()) -> str:
    """The event's VEVENT, in its own language. `event` must have passed the gate as PUBLIC.

    `leaflets` is what is handed out.
    """
    with in_its_language(event):
        return write(
            Entry(
                uid=event.uid,
                sequence=event.sequence,
                created_at=event.created_at,
                changed_at=changed_at,
                status=STATUS[event.occurrence],
                when=entry_when(event.when),
                summary=summary(event),
                url=addresses.event_page(event),
                description=description(event),
                location=event.location,
                categories=tuple(name for _slug, name in event.tags),
                leaflets=tuple((_words(leaflet), addresses.page(leaflet.path)) for leaflet in leaflets),
                attachments=tuple((addresses.page(f"{each.path}/file"), each.media_type) for each in leaflets),
            )
        )


def _words(leaflet: Attachment) -> str:
    """What the text says of it, as few clients show what is attached."""
    return str(gettext("Leaflet: %(title)s (%(language)s)", title=leaflet.title, language=leaflet.language_label))


def discreet_text(event: VisibleEvent, uid: str) -> str:
    """An entry that tells whoever looks over a shoulder nothing but a time and a place.

    It has a `uid` of its own, so that it cannot be matched with the public entry.
    """
    return write(
        Entry(
            uid=uid,
            sequence=event.sequence,
            created_at=event.created_at,
            changed_at=event.changed_at,
            status=STATUS[event.occurrence],
            when=entry_when(event.when),
            summary=gettext("Appointment"),
            location=event.location,
        )
    )


def entry_when(when: When) -> Days | Hours:
    """The time as calendars have it: days without a zone, or wall time with one."""
    if when.is_all_day or when.starts_time is None:
        return Days(when.starts_on, (when.ends_on or when.starts_on) + timedelta(days=1))
    starts_local = datetime.combine(when.starts_on, when.starts_time).replace(fold=when.starts_fold or 0)
    if when.ends_time is None:
        return Hours(starts_local, None, when.zone)
    ends_local = datetime.combine(when.ends_on or when.starts_on, when.ends_time).replace(fold=when.ends_fold or 0)
    return Hours(starts_local, ends_local, when.zone)


def in_its_language(event: VisibleEvent) -> AbstractContextManager[None]:
    """Translate inside the block into the event's own language, English where we do not speak it."""
    spoken: AbstractContextManager[None] = force_locale(
        event.language if event.language in languages.INTERFACE else "en"
    )
    return spoken


def summary(event: VisibleEvent) -> str:
    """The title, marked when it does not take place then."""
    if event.occurrence == Occurrence.CANCELLED:
        return str(gettext("Cancelled: %(title)s", title=event.title))
    if event.occurrence == Occurrence.POSTPONED:
        return str(gettext("Postponed: %(title)s", title=event.title))
    return event.title


def description(event: VisibleEvent) -> str:
    """Notices, a move, the reason of a change, what it is for and what to know, as plain paragraphs."""
    notices = (notice.text(event.language, event.language) for notice in event.notices)
    moved = move(event)
    told = f"{moved.word}: {moved.sentence}" if moved else ""
    parts = (*notices, told, event.reason, text.to_plain(event.texts.what_for), *_practical(event))
    return "\n\n".join(part for part in parts if part)


def _practical(event: VisibleEvent) -> tuple[str, ...]:
    """What one wants to know on the way, each under its name."""
    named = (
        (gettext("What to bring"), event.texts.what_to_bring),
        (gettext("Access"), event.texts.access),
        (gettext("Safety"), event.texts.safety_notes),
        (gettext("How to reach us"), event.contact),
    )
    return tuple(f"{name}: {text.to_plain(value)}" for name, value in named if value)
