"""Short codes: how they are written and read, where each leads, and how often each was followed.

A code is printed by the hundred and scanned by people who shall not be known. So a count is all that is kept, by day,
and what organizers are shown of it never tells of fewer than `FEW`.
"""

from __future__ import annotations

import secrets
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import select

from organizer import clock
from organizer.db import by_id, db
from organizer.errors import Gone
from organizer.groups.models import Group
from organizer.leaflets import queries
from organizer.leaflets.models import LeafletCode, LeafletScan, LeafletVersion
from organizer.leaflets.queries import SeenLeaflet
from organizer.leaflets.rules import State
from organizer.policy import Role, Viewer

# No vowels and no digits that are read as some, so that no word comes about; one of each two that look alike.
ALPHABET = "256789CDFHJKMNPRTVWXY"
LENGTH = 7
"""With no character twice in a row, 1.3 thousand million codes."""
LOOK_ALIKES = str.maketrans(
    {
        "1": "7",
        "3": "8",
        "B": "8",
        "0": "D",
        "O": "D",
        "Q": "D",
        "G": "6",
        "S": "5",
        "Z": "2",
        "U": "V",
        **dict(zip("СНКМРТХУ", "CHKMPTXY", strict=True)),
        "Б": "6",
        "В": "8",
        "З": "8",
        "О": "D",
    }
)
"""What is typed for what is printed: taken for another, or the same on a Cyrillic keyboard."""
LONGEST_TYPED = 40

FEW = 5
TODAY_STEPS = 5
CODED = (State.READY, State.PUBLISHED)


@dataclass(frozen=True)
class Followed:
    """Where a code leads one viewer. `is_counted` unless she is an organizer of the leaflet or nothing is there."""

    code_id: str
    leaflet_id: str
    day: date
    is_older: bool
    is_counted: bool


@dataclass(frozen=True)
class Count:
    """How often, as far as it is told: `figure` is never 1 to 4. With `has_more` there was something beside it."""

    figure: int
    has_more: bool


@dataclass(frozen=True)
class CountedCode:
    """A code with what organizers are shown of its counts, the latest day first."""

    code: LeafletCode
    total: Count
    days: tuple[tuple[date, Count], ...]


# Codes as they are written.


def new_code() -> str:
    """A random one, which is no word and has no character twice in a row."""
    code = ""
    while len(code) < LENGTH:
        code += secrets.choice([char for char in ALPHABET if char != code[-1:]])
    return code


def shown(code: str) -> str:
    """As people read it aloud and type it: "CD7 K5MN"."""
    return f"{code[:3]} {code[3:]}"


def read(typed: str) -> str | None:
    """The code that somebody means: in any case, with spaces or hyphens, look-alikes forgiven. None for no code."""
    if len(typed) > LONGEST_TYPED:
        return None
    plain = unicodedata.normalize("NFKC", typed).upper()
    kept = (char for char in plain if not char.isspace() and unicodedata.category(char) not in ("Pd", "Cf"))
    code = "".join(str(unicodedata.decimal(char, char)) for char in kept).translate(LOOK_ALIKES)
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else None


# Where they lead.


def followed(viewer: Viewer, code: str) -> Followed | None:
    """Policy: where a code leads who may see its leaflet; a withdrawn one to what is left of it.

    Codes of what is not published lead its organizers only.
    """
    code = read(code) or ""
    stored = db.session.scalar(select(LeafletCode).where(LeafletCode.code == code)) if code else None
    if stored is None:
        return None
    version = stored.version
    try:
        seen = queries.seen(viewer, version.leaflet_id)
    except Gone:
        return Followed(stored.id, version.leaflet_id, clock.today(), is_older=False, is_counted=False)
    if seen is None or not (seen.is_organizer or _was_public(version)):
        return None
    return Followed(
        code_id=stored.id,
        leaflet_id=version.leaflet_id,
        day=today(seen.leaflet.group_id),
        is_older=seen.is_public and version.id != seen.version.id,
        is_counted=not viewer.has_role(seen.leaflet.group_id, Role.ORGANIZER),
    )


def today(group_id: str) -> date:
    """The day where the group is at home."""
    return clock.now().astimezone(ZoneInfo(db.session.get_one(Group, group_id).zone)).date()


def _was_public(version: LeafletVersion) -> bool:
    return version.published_at is not None


# What organizers see.


def organized(viewer: Viewer, leaflet_id: str, code_id: str) -> tuple[SeenLeaflet, LeafletCode] | None:
    """Policy: one code of a leaflet, for the organizers of its group. Raises Gone when the leaflet was withdrawn."""
    seen = queries.organized(viewer, leaflet_id)
    code = by_id(LeafletCode, code_id) if seen else None
    return (seen, code) if seen and code and code.version.leaflet_id == leaflet_id else None


def of_version(version_id: str) -> Sequence[LeafletCode]:
    """The codes of one version by place, in one query."""
    query = select(LeafletCode).where(LeafletCode.version_id == version_id)
    return db.session.scalars(query.order_by(LeafletCode.place, LeafletCode.code)).all()


def counted(seen: SeenLeaflet) -> list[CountedCode]:
    """All codes of a leaflet with their counts, those of the latest version first, in two queries."""
    of_leaflet = LeafletVersion.leaflet_id == seen.leaflet.id
    query = select(LeafletCode).join(LeafletCode.version).where(of_leaflet)
    codes = db.session.scalars(query.order_by(LeafletVersion.number.desc(), LeafletCode.place, LeafletCode.code)).all()
    scans = select(LeafletScan).join(LeafletCode, LeafletCode.id == LeafletScan.code_id)
    found: dict[str, dict[date, int]] = defaultdict(dict)
    for scan in db.session.scalars(scans.join(LeafletCode.version).where(of_leaflet)):
        found[scan.code_id][scan.day] = scan.count
    day = today(seen.leaflet.group_id)
    return [_counted(code, found[code.id], day) for code in codes]


def _counted(code: LeafletCode, counts: Mapping[date, int], today: date) -> CountedCode:
    days = told_days(counts, today)
    return CountedCode(code, told_total([count for _day, count in days]), tuple(days))


def told_days(counts: Mapping[date, int], today: date) -> list[tuple[date, Count]]:
    """What is told of each day that has a count, the latest first.

    While a day lasts its figure moves in steps: whoever looks again and again shall not see a single person come by.
    """
    return [(day, _told(counts[day], is_over=day < today)) for day in sorted(counts, reverse=True)]


def told_total(days: Sequence[Count]) -> Count:
    """The total of what is told, not of what is kept, so that no subtraction brings back what is left out."""
    return Count(sum(count.figure for count in days), any(count.has_more for count in days))


def _told(count: int, *, is_over: bool) -> Count:
    if is_over and count >= FEW:
        return Count(count, has_more=False)
    return Count(count - count % TODAY_STEPS if count >= FEW else 0, has_more=True)
