"""What may be seen of a picture: states, uses, and the consent of those who can be recognised."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol

from organizer.errors import RuleError

WAITS = timedelta(hours=1)
"""How long a picture waits for its boxes, sealed, before it is deleted."""
COLUMNS = 12
MOST_ROWS = 36
MOST_BOXES = 500
WHOLE = 1000
"""Boxes are told in thousandths of the picture's width and height."""
MOST_PEOPLE = 30
Box = tuple[int, int, int, int]


class Use(StrEnum):
    """Where something may stand that somebody agreed to."""

    EVENT_PAGE = "event_page"
    SITE = "site"
    LEAFLET = "leaflet"
    PRESS = "press"
    SOCIAL = "social"
    SEARCH = "search"
    """Search engines may show the page of its own."""


OWN_PAGE = frozenset({Use.EVENT_PAGE, Use.SITE})
"""The uses that include a page of its own."""


class Way(StrEnum):
    """How consent was given: by the form or link of whoever gave it, or to someone who heard it."""

    LINK = "link"
    IN_PERSON = "in_person"


class State(StrEnum):
    """UPLOADED waits to be rebuilt, READY to be covered by whoever sent it, COVERING for the boxes to be burnt in.

    Only from DRAFT on there is a picture that the group's organizers see.
    """

    UPLOADED = "uploaded"
    READY = "ready"
    COVERING = "covering"
    DRAFT = "draft"
    PUBLISHED = "published"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Move(StrEnum):
    REBUILD = "rebuild"
    REFUSE = "refuse"
    COVER = "cover"
    BURN = "burn"
    PUBLISH = "publish"
    WITHDRAW = "withdraw"


S = State
MOVES: dict[Move, dict[State, State]] = {
    Move.REBUILD: {S.UPLOADED: S.READY},
    Move.REFUSE: dict.fromkeys((S.UPLOADED, S.READY, S.COVERING), S.REFUSED),
    Move.COVER: dict.fromkeys((S.READY, S.DRAFT, S.PUBLISHED), S.COVERING),
    Move.BURN: {S.COVERING: S.DRAFT},
    Move.PUBLISH: {S.DRAFT: S.PUBLISHED},
    Move.WITHDRAW: {state: S.WITHDRAWN for state in S if state != S.WITHDRAWN},
}


class Faces(StrEnum):
    """Who can be recognised in the covered picture."""

    NOBODY = "nobody"
    ASKED = "asked"


class Size(StrEnum):
    SMALL = "small"
    LARGE = "large"
    PRINT = "print"


class Licence(StrEnum):
    """What others may do with it; all but the first two are SPDX identifiers."""

    ASK = "ask"
    PRESS = "press"
    CC0 = "CC0-1.0"
    BY = "CC-BY-4.0"
    BY_SA = "CC-BY-SA-4.0"


class Seen(Protocol):
    """A photo as far as it decides what may be public."""

    state: State
    picture_hash: str
    checked_hash: str
    faces: Faces | None

    @property
    def granted(self) -> frozenset[Use]: ...


class Recognised(Protocol):
    """Somebody in a photo, and what she agreed to; an empty hash for nothing."""

    picture_hash: str
    expires_on: date | None

    @property
    def granted(self) -> frozenset[Use]: ...


@dataclass(frozen=True)
class PhotoDetails:
    """What its form says. `uses` are what the photographer allows."""

    alt: str
    language: str
    caption: str = ""
    credit: str = ""
    licence: Licence = Licence.ASK
    uses: frozenset[Use] = frozenset()


@dataclass(frozen=True)
class AgreementDetails:
    """What somebody in the picture allows, until when, and how she said so; `heard_by` belongs to in person."""

    uses: frozenset[Use]
    agreed_on: date
    way: Way = Way.LINK
    heard_by: str = ""
    expires_on: date | None = None


def moved(state: State, move: Move) -> State:
    """The state after a move. Raises RuleError when the table does not have it."""
    target = MOVES[move].get(state)
    if target is None:
        raise RuleError("That does not go with what has happened to this photo since. Look at it again.")
    return target


# What may be public.


def agrees(person: Recognised, photo: Seen, today: date) -> bool:
    """Whether her consent is alive and to exactly this picture."""
    is_alive = person.expires_on is None or today <= person.expires_on
    return bool(photo.picture_hash) and person.picture_hash == photo.picture_hash and is_alive


def agreed_uses(photo: Seen, persons: Iterable[Recognised], today: date) -> frozenset[Use]:
    """What the photographer and everyone who can be recognised allow; nothing while one of them has not agreed."""
    recognised = list(persons)
    if not recognised and photo.faces != Faces.NOBODY:
        return frozenset()
    uses = photo.granted
    for person in recognised:
        uses &= person.granted if agrees(person, photo, today) else frozenset()
    return uses


def is_public(photo: Seen, persons: Iterable[Recognised], use: Use | None, today: date) -> bool:
    """Whether it may stand there; None for a page of its own.

    Nothing is public unless it was published, an organizer has confirmed for exactly this picture that everyone was
    asked or is covered, and all of them agreed.
    """
    is_checked = bool(photo.picture_hash) and photo.checked_hash == photo.picture_hash
    if photo.state != State.PUBLISHED or not is_checked:
        return False
    uses = agreed_uses(photo, persons, today)
    return bool(uses & OWN_PAGE) if use is None else use in uses


def check_publishable(photo: Seen, persons: Sequence[Recognised], alt: str, today: date) -> None:
    """Raise RuleError, with what to do, while something is missing."""
    if not alt:
        raise RuleError("Say first what is seen in it, for those who cannot see it.")
    if not photo.granted:
        raise RuleError("Say first where the photographer lets it stand.")
    if photo.faces == Faces.ASKED and not persons:
        raise RuleError("Somebody can be recognised. Add everyone below, and let them agree.")
    if not all(agrees(person, photo, today) for person in persons):
        raise RuleError("Somebody in the picture has not agreed to it. Ask, or cover that face.")
    if not agreed_uses(photo, persons, today):
        raise RuleError("There is no place where all of them let it stand.")


def check_agreement(details: AgreementDetails, today: date) -> None:
    """Raise RuleError for consent to nothing, or that has ended already."""
    if not details.uses:
        raise RuleError("Say where it may stand.", field="uses")
    if details.expires_on is not None and details.expires_on < today:
        raise RuleError("This day has passed. Give a later one, or none.", field="expires_on")


def check_in_person(details: AgreementDetails, began_on: date, today: date) -> None:
    """Raise RuleError for a day that cannot be, or nobody who heard it."""
    if not began_on <= details.agreed_on <= today:
        raise RuleError("Give a day from the action on until today.", field="agreed_on")
    if not details.heard_by:
        raise RuleError("Who heard it?", field="heard_by")


# Boxes.


def rows_of(width: int, height: int) -> int:
    """How many rows of about square cells lie over a picture, so that each is large enough for a finger."""
    return max(1, min(MOST_ROWS, COLUMNS * height // max(1, width)))


def cells(rows: int) -> list[str]:
    """The names of the cells, row by row: A1 … L1, A2 …"""
    return [f"{chr(ord('A') + column)}{row + 1}" for row in range(rows) for column in range(COLUMNS)]


def cell_box(name: str, rows: int) -> Box:
    """The box of a cell, a little larger than the cell."""
    column, row = ord(name[0]) - ord("A"), int(name[1:]) - 1
    left, top = column * WHOLE // COLUMNS, row * WHOLE // rows
    right, bottom = -(-(column + 1) * WHOLE // COLUMNS), -(-(row + 1) * WHOLE // rows)
    return left, top, right - left, bottom - top


def check_boxes(boxes: Collection[Box]) -> None:
    """Raise RuleError for too many boxes, and for one that is none or does not lie in the picture."""
    if len(boxes) > MOST_BOXES:
        raise RuleError("These are too many boxes. Draw fewer, larger ones.")
    for left, top, width, height in boxes:
        is_inside = left >= 0 and top >= 0 and left + width <= WHOLE and top + height <= WHOLE
        if width < 1 or height < 1 or not is_inside:
            raise RuleError("One box is not in the picture. Draw them again, please.")
