"""All that stands on a poster or a leaflet made from an event, in each of its languages."""

from __future__ import annotations

import hashlib
import re
from dataclasses import astuple, dataclass
from datetime import time
from typing import NamedTuple

from flask_babel import force_locale, format_date, format_time
from flask_babel import gettext as _

from organizer import config, languages, text
from organizer.events.forms import KINDS
from organizer.events.gate import VisibleEvent
from organizer.events.rules import Kind
from organizer.leaflets.models import LONGEST_TITLE
from organizer.leaflets.rules import LeafletDetails
from organizer.posters.rules import Recipe, Shape

POSTER_CHARACTERS = 280
BRING_CHARACTERS = 140
# Emoji, their colours of skin, flags, what joins them, and the signs of the kind of ☮ and ✊.
PICTURES = re.compile(
    "[\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff\U000e0020-\U000e007f\ufe0e\ufe0f\u20e3]"
    "(?:\u200d(?=[\u2600-\u27bf\U0001f000-\U0001faff]))?"
)


@dataclass(frozen=True)
class Side:
    """One side of paper, in one language. `when` is like "Saturday, January 21, 2023", `times` like "from 10:00 AM"."""

    language: str
    kind: str
    title: str
    weekday: str
    day: str
    month: str
    when: str
    times: str
    place: str
    what_for: tuple[str, ...]
    bring_label: str
    bring: str
    group: str
    contact_label: str
    contact: str
    address: str

    def words(self) -> str:
        """What it says, for those who cannot see it: paragraphs with empty lines between."""
        parts = [self.kind, self.title, f"{self.when}\n{self.times}", self.place, *self.what_for]
        labelled = ((self.bring_label, self.bring), (self.contact_label, self.contact))
        parts += [" ".join(filter(None, pair)) for pair in labelled if pair[1]]
        return "\n\n".join(part for part in [*parts, self.group, self.address] if part)


def details(event: VisibleEvent, recipe: Recipe) -> LeafletDetails:
    """What is said about it, in its first language; how to print it, pages tell in the reader's own."""
    shown = event.in_language(recipe.languages[0])
    return LeafletDetails(title=shown.title[:LONGEST_TITLE], language=shown.shown_language)


def sides(event: VisibleEvent, recipe: Recipe) -> list[Side]:
    """A side for each of the recipe's languages that the event still stands in."""
    return [_side(event.in_language(code), code, recipe.shape) for code in _languages(event, recipe)]


def fingerprint(event: VisibleEvent, recipe: Recipe) -> str:
    """Tells what the sides say of the event from anything else, however our own words and dates are written."""
    told = [
        (code, str(event.kind), *astuple(event.when), *_told(event.in_language(code), recipe.shape))
        for code in _languages(event, recipe)
    ]
    return hashlib.sha256(repr(told).encode()).hexdigest()


def _languages(event: VisibleEvent, recipe: Recipe) -> list[str]:
    return [code for code in recipe.languages if code in event.languages] or [event.language]


def said(made: list[Side]) -> str:
    """What stands on all sides, as a version keeps it."""
    return text.strip_controls("\n\n".join(side.words() for side in made))


def url(event: VisibleEvent) -> str:
    """The event's page, absolute, in whatever language its reader has."""
    return config.absolute(f"/events/{event.address}")


class Told(NamedTuple):
    """What the event itself says on one side, without the pictures between its words."""

    title: str
    place: str
    what_for: tuple[str, ...]
    bring: tuple[str, ...]
    group: str
    contact: str
    address: str


def _told(event: VisibleEvent, shape: Shape) -> Told:
    is_poster, said = shape == Shape.POSTER, event.texts
    what_for, bring = _paragraphs(said.what_for), _paragraphs(said.what_to_bring)
    if is_poster:
        what_for, bring = _short(what_for, POSTER_CHARACTERS), _short(bring, BRING_CHARACTERS)
    return Told(
        title=_plain(event.title) or event.title,
        place=_plain(event.location),
        what_for=what_for,
        bring=bring,
        group=_plain(event.group_name),
        contact="" if is_poster else _plain(event.contact),
        address=url(event),
    )


def _side(event: VisibleEvent, code: str, shape: Shape) -> Side:
    told = _told(event, shape)
    kind, bring_label, contact_label = _labels(event.kind, code)
    with force_locale(code):
        day = event.when.starts_on
        weekday, month, when = (format_date(day, pattern) for pattern in ("EEEE", "LLLL", "full"))
        return Side(
            language=code,
            kind=kind,
            title=told.title,
            weekday=weekday,
            day=format_date(day, "d"),
            month=month,
            when=when,
            times=_times(event, code),
            place=told.place,
            what_for=told.what_for,
            bring_label=bring_label,
            bring="\n".join(told.bring),
            group=told.group,
            contact_label=contact_label,
            contact=told.contact,
            address=told.address,
        )


def _labels(kind: Kind, code: str) -> tuple[str, str, str]:
    """The kind, and what stands before what to bring and the contact; nothing where we have no words for it."""
    if code not in languages.INTERFACE:
        return "", "", ""
    colon = "：" if code == "zh" else ":"
    with force_locale(code):
        return "" if kind == Kind.OTHER else str(dict(KINDS)[kind]), f"{_('Bring')}{colon}", _("Reach us:")


def _times(event: VisibleEvent, code: str) -> str:
    """When it begins and ends on its first day or its last, in the locale of the moment."""
    when, zone = event.when, languages.zone_name(event.when.zone, code)
    last = when.ends_on if when.ends_on and when.ends_on != when.starts_on else None
    day = format_date(last, "full") if last else ""
    if code not in languages.INTERFACE:
        end = ", ".join(part for part in (day, _clock(when.ends_time)) if part)
        return ", ".join(part for part in (" – ".join(filter(None, (_clock(when.starts_time), end))), zone) if part)
    if when.is_all_day or when.starts_time is None:
        return str(_("until %(day)s, all day", day=day) if last else _("all day"))
    start, end = _clock(when.starts_time), _clock(when.ends_time)
    if last and end:
        return str(_("%(start)s to %(day)s, %(end)s, %(zone)s", start=start, day=day, end=end, zone=zone))
    if end:
        return str(_("%(start)s to %(end)s, %(zone)s", start=start, end=end, zone=zone))
    return str(_("from %(start)s, %(zone)s", start=start, zone=zone))


def _clock(at: time | None) -> str:
    return str(format_time(at, "short", rebase=False)) if at else ""


def _paragraphs(markdown: str) -> tuple[str, ...]:
    return tuple(part for part in (_plain(part) for part in text.to_plain(markdown).split("\n\n")) if part)


def _short(paragraphs: tuple[str, ...], characters: int) -> tuple[str, ...]:
    """The first paragraph, cut between words where it is long."""
    return tuple(text.excerpt(first, characters) for first in paragraphs[:1])


def _plain(words: str) -> str:
    """The words without the little pictures between them, which fonts for print do not have."""
    return PICTURES.sub("", words).strip()
