"""What a leaflet is made of, and the life of each of its versions: states and the ways between them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from organizer.errors import RuleError


class Kind(StrEnum):
    PDF = "pdf"
    PICTURE = "picture"


class State(StrEnum):
    """Of one version. UPLOADED waits to be rebuilt; READY is seen by the group's organizers only."""

    UPLOADED = "uploaded"
    READY = "ready"
    REFUSED = "refused"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Purpose(StrEnum):
    """What a rendition is for."""

    FILE = "file"
    """The whole leaflet, to download."""
    LARGE = "large"
    SMALL = "small"
    """One page as a picture."""


class Licence(StrEnum):
    """What others may do with it; all but the first two are SPDX identifiers."""

    UNSAID = "unsaid"
    FREE_COPIES = "free_copies"
    CC0 = "CC0-1.0"
    BY = "CC-BY-4.0"
    BY_SA = "CC-BY-SA-4.0"


class Move(StrEnum):
    UPLOAD = "upload"
    FINISH = "finish"
    REFUSE = "refuse"
    PUBLISH = "publish"
    WITHDRAW = "withdraw"


S = State
MOVES: dict[Move, dict[State, State]] = {
    Move.UPLOAD: {S.REFUSED: S.UPLOADED},
    Move.FINISH: {S.UPLOADED: S.READY},
    Move.REFUSE: {S.UPLOADED: S.REFUSED},
    Move.PUBLISH: {S.READY: S.PUBLISHED},
    Move.WITHDRAW: dict.fromkeys((S.UPLOADED, S.READY, S.REFUSED, S.PUBLISHED), S.WITHDRAWN),
}
FIRST_LOOK_SECONDS = 2
LAST_LOOK_SECONDS = 60


@dataclass(frozen=True)
class LeafletDetails:
    """What its form says. `text_alternative` is what the pages say, for those who cannot see them."""

    title: str
    language: str
    licence: Licence = Licence.UNSAID
    credits: str = ""
    text_alternative: str = ""


def moved(state: State, move: Move) -> State:
    """The state after a move. Raises RuleError when the table does not have it."""
    target = MOVES[move].get(state)
    if target is None:
        raise RuleError("That does not go with what has happened to this leaflet since. Look at it again.")
    return target


def look_again_seconds(waited: timedelta) -> int:
    """After how many seconds the page of an upload looks again: at first often, later seldom."""
    return max(FIRST_LOOK_SECONDS, min(LAST_LOOK_SECONDS, round(waited.total_seconds() / 3)))
