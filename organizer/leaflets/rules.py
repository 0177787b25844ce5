"""What a leaflet is made of, and the life of each of its versions: states and the ways between them."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from organizer.errors import RuleError


class Kind(StrEnum):
    PDF = "pdf"
    PICTURE = "picture"


class State(StrEnum):
    """Of one version. UPLOADED waits to be rebuilt; READY is seen by the group's organizers only.

    REPLACED was published until a later version was.
    """

    UPLOADED = "uploaded"
    READY = "ready"
    REFUSED = "refused"
    PUBLISHED = "published"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


class Purpose(StrEnum):
    """What a rendition is for."""

    FILE = "file"
    """The whole leaflet, to download."""
    LARGE = "large"
    SMALL = "small"
    """One page as a picture."""
    SCREEN = "screen"
    """All pages with smaller pictures, to read and to send on."""
    GREY = "grey"
    TWO_UP = "two_up"
    FOUR_UP = "four_up"
    """Several of a page on each sheet, with crop marks."""


class Paper(StrEnum):
    """What a sheet is printed on; OWN is the size that the pages have."""

    OWN = ""
    A4 = "a4"
    LETTER = "letter"


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
    FLATTEN = "flatten"
    PUBLISH = "publish"
    REPLACE = "replace"
    WITHDRAW = "withdraw"


S = State
MOVES: dict[Move, dict[State, State]] = {
    Move.UPLOAD: {S.REFUSED: S.UPLOADED},
    Move.FINISH: {S.UPLOADED: S.READY},
    Move.REFUSE: {S.UPLOADED: S.REFUSED},
    Move.FLATTEN: {S.READY: S.UPLOADED},
    Move.PUBLISH: {S.READY: S.PUBLISHED},
    Move.REPLACE: {S.PUBLISHED: S.REPLACED},
    Move.WITHDRAW: dict.fromkeys((S.UPLOADED, S.READY, S.REFUSED, S.PUBLISHED, S.REPLACED), S.WITHDRAWN),
}
WAITING = (S.UPLOADED, S.READY, S.REFUSED)
"""Not published yet, and not thrown away; a leaflet has one such version at most."""
PUBLIC = (S.PUBLISHED, S.REPLACED)
"""What everyone may have who may see one of the leaflet's events."""
COUNTS = ("needed", "printed", "left_over", "handed_out")
MOST_COPIES = 1_000_000
FIRST_LOOK_SECONDS = 2
LAST_LOOK_SECONDS = 60


@dataclass(frozen=True)
class LeafletDetails:
    """What its form says. `text_alternative` is what the pages say, for those who cannot see them."""

    title: str
    language: str
    licence: Licence = Licence.UNSAID
    credits: str = ""
    audience: str = ""
    print_notes: str = ""
    text_alternative: str = ""


@dataclass(frozen=True)
class VersionDetails:
    """What is said about one version: what the one before had not, and what its pages say."""

    changes: str = ""
    text_alternative: str = ""


@dataclass(frozen=True)
class Upload:
    """A file as it was sent, and what is said about it; `is_flat` when its pages are to become pictures."""

    details: LeafletDetails
    kind: Kind
    data: bytes = field(repr=False)
    is_flat: bool = False


@dataclass(frozen=True)
class CopiesDetails:
    """How many copies of a leaflet there are for an event, None where nobody has said, and who brings them."""

    needed: int | None = None
    printed: int | None = None
    left_over: int | None = None
    handed_out: int | None = None
    brought_by: str = ""

    @property
    def is_counted(self) -> bool:
        return any(getattr(self, name) is not None for name in COUNTS)

    @property
    def is_left_known(self) -> bool:
        """Whether nothing remains to be asked when the action is over."""
        return self.left_over is not None or self.handed_out is not None

    @property
    def likely_handed_out(self) -> int | None:
        """What follows from the other numbers while nobody has said it."""
        if self.handed_out is not None or self.printed is None or self.left_over is None:
            return None
        return self.printed - self.left_over if self.printed >= self.left_over else None

    @property
    def fingerprint(self) -> str:
        """Tells these from any others: what somebody had before her eyes when she changed them."""
        told = [getattr(self, name) for name in (*COUNTS, "brought_by")]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def title_of(filename: str) -> str:
    """What a file is called, as people would write it: without folder, ending and signs in place of spaces."""
    name = re.sub(r"\.\w{1,5}$", "", re.split(r"[/\\]", filename)[-1])
    # The signs of a date or a number stay.
    words = re.sub(r"_|\+|(?<!\d)-|-(?!\d)", " ", name).split()
    title = " ".join(words).strip(" .")
    return title[:1].upper() + title[1:]


def moved(state: State, move: Move) -> State:
    """The state after a move. Raises RuleError when the table does not have it."""
    target = MOVES[move].get(state)
    if target is None:
        raise RuleError("That does not go with what has happened to this leaflet since. Look at it again.")
    return target


def look_again_seconds(waited: timedelta) -> int:
    """After how many seconds the page of an upload looks again: at first often, later seldom."""
    return max(FIRST_LOOK_SECONDS, min(LAST_LOOK_SECONDS, round(waited.total_seconds() / 3)))
