"""What may be asked of people who come, how places are counted, and for how long an answer is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from organizer.errors import RuleError
from organizer.events.rules import Kind, Occurrence


class Level(StrEnum):
    """The most that is asked; each person may give less."""

    NONE = "none"
    HEADCOUNT = "headcount"
    NICKNAME = "nickname"


class Coming(StrEnum):
    GOING = "going"
    MAYBE = "maybe"


class Availability(StrEnum):
    """All that the public learns about places; UNLIMITED where they are not counted."""

    UNLIMITED = ""
    FREE = "free"
    FEW = "few"
    FULL = "full"


LEVEL_BY_KIND = {
    Kind.LEAFLETING: Level.NICKNAME,
    Kind.MEETING: Level.NICKNAME,
    Kind.VIGIL: Level.NONE,
    Kind.RALLY: Level.NONE,
    Kind.OTHER: Level.HEADCOUNT,
}
LARGEST_PARTY = 6
LARGEST_PARTY_EVER = 50
MOST_PLACES = 1_000_000
PUBLIC_STEPS = (500, 200, 100, 50, 20, 10)


@dataclass(frozen=True)
class RsvpDetails:
    """One party's answer: `party_size` people, at most one nickname for all of them."""

    coming: Coming
    party_size: int = 1
    nickname: str = ""


@dataclass(frozen=True)
class CapacityDetails:
    """How an event asks: `places` people in all, None for no limit."""

    level: Level
    places: int | None
    party_max: int
    is_open: bool
    has_public_count: bool


def settled_at(occurrence: Occurrence, ends_at: datetime, purge_at: datetime) -> datetime:
    """From when on no new date keeps the answers longer: from the end; what is postponed may get one till the purge."""
    return purge_at if occurrence == Occurrence.POSTPONED else ends_at


def check_party(party_size: int, party_max: int) -> None:
    """Raise RuleError for a party of nobody or of more than may come together."""
    if not 1 <= party_size <= party_max:
        raise RuleError("From 1 to %(most)d people can come on one answer.", field="party_size", most=party_max)


def places_taken(coming: Coming, party_size: int) -> int:
    """How many places an answer holds; maybe holds none."""
    return party_size if coming == Coming.GOING else 0


def availability(places: int | None, going: int) -> Availability:
    """Few from a fifth of the places (two at least) on."""
    if places is None:
        return Availability.UNLIMITED
    left = places - going
    if left <= 0:
        return Availability.FULL
    return Availability.FEW if left <= max(2, places // 5) else Availability.FREE


def public_count(going: int) -> int:
    """The step that may be shown as "20+"; 0 shows nothing."""
    return next((step for step in PUBLIC_STEPS if going >= step), 0)


def public_view(places: int | None, going: int, *, has_public_count: bool) -> str:
    """All that the public is told of places and numbers, as one word to compare."""
    return f"{availability(places, going)}{public_count(going) if has_public_count else 0}"


def rounded(people: int) -> int:
    """A total that stays after the purge: to the nearest ten, and ten for a few, so that one person is never told."""
    return 0 if people == 0 else max(10, round(people / 10) * 10)
