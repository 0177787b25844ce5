"""What an event is: its kinds, its three axes, what its form asks, and the rules that need no database."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from organizer.errors import RuleError
from organizer.events.times import When, when_of
from organizer.groups.rules import slug_of

LONGEST_NOTICE = 280
KEPT_AFTER_END = timedelta(days=7)
KEPT_WHEN_POSTPONED = timedelta(days=30)


class Kind(StrEnum):
    LEAFLETING = "leafleting"
    RALLY = "rally"
    VIGIL = "vigil"
    MEETING = "meeting"
    OTHER = "other"


class Editorial(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    PUBLISHED = "published"
    ARCHIVED = "archived"
    REJECTED = "rejected"


class Occurrence(StrEnum):
    SCHEDULED = "scheduled"
    POSTPONED = "postponed"
    RESCHEDULED = "rescheduled"
    CANCELLED = "cancelled"


class Visibility(StrEnum):
    PUBLIC = "public"
    UNLISTED = "unlisted"
    PRIVATE = "private"


class SpotShown(StrEnum):
    """From when on the exact spot is shown to others than organizers."""

    AT_ONCE = "at_once"
    TO_ANSWERED = "to_answered"
    BEFORE_START = "before_start"


TAKES_PLACE = frozenset({Occurrence.SCHEDULED, Occurrence.RESCHEDULED})
CHANGES: dict[str, tuple[frozenset[Occurrence], Occurrence]] = {
    "postpone": (TAKES_PLACE, Occurrence.POSTPONED),
    "reschedule": (TAKES_PLACE | {Occurrence.POSTPONED}, Occurrence.RESCHEDULED),
    "cancel": (TAKES_PLACE | {Occurrence.POSTPONED}, Occurrence.CANCELLED),
    "reinstate": (frozenset({Occurrence.CANCELLED}), Occurrence.SCHEDULED),
}


def changed(occurrence: Occurrence, change: str) -> Occurrence:
    """The occurrence after a change. Raises RuleError when the table does not have it."""
    sources, target = CHANGES[change]
    if occurrence not in sources:
        raise RuleError("That does not go with what has happened to this event since. Look at it again.")
    return target


def purge_at(occurrence: Occurrence, ends_at: datetime, cancelled_at: datetime | None) -> datetime:
    """From when on nothing may be left of what is personal about an event: answers, and who brings what."""
    if occurrence == Occurrence.CANCELLED and cancelled_at is not None:
        return min(cancelled_at, ends_at) + KEPT_AFTER_END
    return ends_at + (KEPT_WHEN_POSTPONED if occurrence == Occurrence.POSTPONED else KEPT_AFTER_END)


@dataclass(frozen=True)
class EventState:
    """What decides about an event, without its words: enough to refuse or to take an answer."""

    id: str
    group_id: str
    editorial: Editorial
    visibility: Visibility
    occurrence: Occurrence
    is_over: bool

    @property
    def takes_place(self) -> bool:
        return self.occurrence in TAKES_PLACE


@dataclass(frozen=True)
class Link:
    """A way to take part from afar: a label and an https address."""

    label: str
    url: str


@dataclass(frozen=True)
class Texts:
    """What stands in each of an event's languages."""

    title: str
    what_for: str = ""
    what_to_bring: str = ""
    access: str = ""
    photo_rule: str = ""
    safety_notes: str = ""


@dataclass(frozen=True)
class EventDetails:
    """What the one-page form asks. The names are the form's fields and the table's columns."""

    kind: Kind
    title: str
    what_for: str
    starts_on: date
    place: str
    city_id: str
    zone: str
    language: str
    starts_time: time | None = None
    ends_on: date | None = None
    ends_time: time | None = None
    is_all_day: bool = False
    starts_fold: int | None = None
    ends_fold: int | None = None
    contact: str = ""
    visibility: Visibility = Visibility.PUBLIC
    spot: str = ""
    spot_shown: SpotShown = SpotShown.AT_ONCE
    spot_hours_before: int = 3
    occasion: str = ""
    spoken_languages: str = ""
    what_to_bring: str = ""
    access: str = ""
    photo_rule: str = ""
    safety_notes: str = ""
    programme: str = ""
    endorsers: str = ""
    press_contact: str = ""
    private_notes: str = ""
    tags: tuple[str, ...] = ()
    links: tuple[Link, ...] = field(default=())

    @property
    def when(self) -> When:
        return when_of(self)


def tag_slug(name: str) -> str:
    """A tag's address: its words in ASCII, told apart by a few digits where letters or signs were lost.

    Equal for names that differ in case only; at most 60 characters.
    """
    folded = unicodedata.normalize("NFKC", name).casefold()
    words = slug_of(folded)
    if words.replace("-", "") == re.sub(r"[\s'’_.,&/-]", "", folded):
        return words
    digest = hashlib.sha256(folded.encode()).hexdigest()[:8]
    return f"{words[:51]}-{digest}".strip("-")


EVENT_FACTS = (
    "event.created",
    "event.edited",
    "event.moved",
    "event.published",
    "event.postponed",
    "event.cancelled",
    "event.reinstated",
    "event.reported",
    "notice.posted",
    "notice.removed",
)
