"""What is made of an event for paper, how it is asked for, when it may be, and why it could not be."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from organizer.errors import RuleError
from organizer.events.rules import TAKES_PLACE, Editorial, Visibility
from organizer.leaflets.rules import NOT_MADE

if TYPE_CHECKING:
    from organizer.events.models import Event


MAY_OVERTAKE = (
    "event.edited",
    "event.moved",
    "event.postponed",
    "event.cancelled",
    "event.reinstated",
    "event.released",
    "group.changed",
)
"""The facts after which what was made from an event may say something else than its page."""


class Shape(StrEnum):
    POSTER = "poster"
    """For a wall, to be read from some steps away."""
    LEAFLET = "leaflet"
    """For the hand, with all that the event is for."""


class Sheet(StrEnum):
    """The paper that a side is made for."""

    A4 = "a4"
    A5 = "a5"
    LETTER = "letter"
    HALF_LETTER = "half_letter"


@dataclass(frozen=True)
class Recipe:
    """What a version is made of and how; `languages` are codes, a side for each."""

    event_id: str
    shape: Shape
    paper: Sheet
    languages: tuple[str, ...]

    @classmethod
    def of(cls, made_as: dict[str, str]) -> Recipe:
        """The recipe that a version keeps."""
        return cls(
            event_id=made_as["event_id"],
            shape=Shape(made_as["shape"]),
            paper=Sheet(made_as["paper"]),
            languages=tuple(made_as["languages"].split()),
        )

    def kept(self, told: str = "") -> dict[str, str]:
        """As a version keeps it; `told` is the fingerprint of what its event said when it was asked for."""
        return {
            "told": told,
            "event_id": self.event_id,
            "shape": self.shape,
            "paper": self.paper,
            "languages": " ".join(self.languages),
        }


class NotMade(RuleError):
    """It cannot be made; `reason` is a key of `leaflets.rules.NOT_MADE`, whose sentence says why and what to do."""

    def __init__(self, reason: str) -> None:
        super().__init__(NOT_MADE[reason])
        self.reason = reason


def may_be_made(event: Event) -> bool:
    """Whether paper may tell of it: whoever finds it somewhere can come, and can read more on its page."""
    is_open = event.editorial == Editorial.PUBLISHED and event.visibility != Visibility.PRIVATE
    return is_open and event.occurrence in TAKES_PLACE
