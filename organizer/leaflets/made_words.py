"""All that stands on a poster or a leaflet made from an event, in each of its languages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time
from typing import Any

from flask_babel import force_locale, format_date, format_time
from flask_babel import gettext as _
from flask_babel import lazy_gettext as lazy

from organizer import config, documents, languages, text
from organizer.events.forms import KINDS
from organizer.events.gate import VisibleEvent
from organizer.events.rules import Kind
from organizer.leaflets.made import Recipe, Shape, Sheet
from organizer.leaflets.models import LONGEST_TITLE
from organizer.leaflets.rules import LeafletDetails

NAMES = {Shape.POSTER: lazy("Poster"), Shape.LEAFLET: lazy("Leaflet")}
SHAPES = [(Shape.POSTER, lazy("Poster, for a wall")), (Shape.LEAFLET, lazy("Leaflet, for the hand"))]
# Papers are called the same in all languages, but for Letter, which nearly nobody calls otherwise.
SHEETS = [(Sheet.A4, "A4"), (Sheet.A5, "A5"), (Sheet.LETTER, "US Letter"), (Sheet.HALF_LETTER, "US half-letter")]
POSTER_CHARACTERS = 280
BRING_CHARACTERS = 140
ZERO_WIDTH_SPACE = "\u200b"
LONGEST_WORD = 24
WHERE_TO_BREAK = re.compile(r"(?<=/)|(?<=-)(?=\D)")
"""An address: not inside of its date."""
WITHOUT_SPACES = frozenset({"zh", "ko"})
# Longer words, addresses mostly, may be broken anywhere, as no paper is that wide in large type. Scripts without
# spaces break between any two letters as it is.
LONG_WORD = re.compile(rf"[^\s\u0e00-\u0eff\u1000-\u109f\u2e80-\U0003ffff]{{{LONGEST_WORD + 1},}}")
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
    """What is said about it, in its first language."""
    shown = event.in_language(recipe.languages[0])
    with force_locale(_spoken(shown.shown_language)):
        notes = f"{NAMES[recipe.shape]}, {dict(SHEETS)[recipe.paper]}"
    return LeafletDetails(title=shown.title[:LONGEST_TITLE], language=shown.shown_language, print_notes=notes)


def sides(event: VisibleEvent, recipe: Recipe) -> list[Side]:
    """A side for each of the recipe's languages that the event still stands in."""
    codes = [code for code in recipe.languages if code in event.languages] or [event.language]
    return [_side(event.in_language(code), code, recipe.shape) for code in codes]


def sheet(made: list[Side], recipe: Recipe) -> dict[str, Any]:
    """What the typst file is given."""
    return {"paper": recipe.paper, "sides": [_printed(side) for side in made]}


def url(event: VisibleEvent) -> str:
    """Where the code leads: the event's page, absolute."""
    return config.absolute(f"/events/{event.address}")


def _side(event: VisibleEvent, code: str, shape: Shape) -> Side:
    is_poster, said = shape == Shape.POSTER, event.texts
    what_for, bring = _paragraphs(said.what_for), _paragraphs(said.what_to_bring)
    if is_poster:
        what_for, bring = _short(what_for, POSTER_CHARACTERS), _short(bring, BRING_CHARACTERS)
    kind, bring_label, contact_label = _labels(event.kind, code)
    with force_locale(code):
        day = event.when.starts_on
        weekday, month, when = (format_date(day, pattern) for pattern in ("EEEE", "LLLL", "full"))
        return Side(
            language=code,
            kind=kind,
            title=_plain(event.title) or event.title,
            weekday=weekday,
            day=format_date(day, "d"),
            month=month,
            when=when,
            times=_times(event, code),
            place=_plain(event.location),
            what_for=what_for,
            bring_label=bring_label,
            bring="\n".join(bring),
            group=_plain(event.group_name),
            contact_label=contact_label,
            contact="" if is_poster else _plain(event.contact),
            address=url(event),
        )


def _spoken(code: str) -> str:
    """The language itself where our own words stand in it, else English."""
    return code if code in languages.INTERFACE else "en"


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


def _printed(side: Side) -> dict[str, Any]:
    """As the typst file takes it: a code of its address, and words that can be broken where they must."""
    said = {name: _breakable(value) for name, value in vars(side).items()}
    code = str(documents.qr_svg(side.address)).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    shown = side.address.partition("://")[2]
    return said | {
        "language": side.language,
        "dir": languages.direction(side.language),
        "is_cjk": side.language in WITHOUT_SPACES,
        "qr": code,
        "url": side.address,
        "address": ZERO_WIDTH_SPACE.join(map(_broken, WHERE_TO_BREAK.split(shown))),
    }


def _breakable(value: str | tuple[str, ...]) -> str | list[str]:
    if isinstance(value, tuple):
        return [_broken(each) for each in value]
    return _broken(value)


def _broken(words: str) -> str:
    return LONG_WORD.sub(lambda found: ZERO_WIDTH_SPACE.join(found[0]), words)
