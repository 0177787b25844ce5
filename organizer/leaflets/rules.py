"""What a leaflet is made of, and the life of each of its versions: states and the ways between them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

from organizer.errors import RuleError

# Marks a sentence for extraction; Babel knows the name.
N_ = str

MOST_WAITING = 200
"""Files of one group that wait to be rebuilt or made at a time, so that those of others are not long behind."""
MEGABYTE = 1_000_000

NO_LETTERS, NO_ROOM, NOT_OPEN, NOT_SET = "no_letters", "no_room", "not_open", "not_set"
NOT_MADE = {
    NO_LETTERS: N_(
        "The fonts on this server lack some letters of its words. "
        "Leave that language out, or ask whoever runs the site to install the Noto fonts."
    ),
    NO_ROOM: N_("Its words do not fit on one side. Choose a larger paper, or shorten what the action’s page says."),
    NOT_OPEN: N_("The action is not open to everyone any more, or does not take place as planned."),
    NOT_SET: N_("It could not be set, and that is our fault. Please tell whoever runs the site."),
}
"""Why a version that was to be made from an event was not."""


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
    MAKE_ANEW = "make_anew"
    WITHDRAW = "withdraw"


S = State
MOVES: dict[Move, dict[State, State]] = {
    Move.UPLOAD: {S.REFUSED: S.UPLOADED},
    Move.FINISH: {S.UPLOADED: S.READY},
    Move.REFUSE: {S.UPLOADED: S.REFUSED},
    Move.FLATTEN: {S.READY: S.UPLOADED},
    Move.PUBLISH: {S.READY: S.PUBLISHED},
    Move.REPLACE: {S.PUBLISHED: S.REPLACED},
    Move.MAKE_ANEW: dict.fromkeys((S.READY, S.REFUSED), S.UPLOADED),
    Move.WITHDRAW: dict.fromkeys((S.UPLOADED, S.READY, S.REFUSED, S.PUBLISHED, S.REPLACED), S.WITHDRAWN),
}
WAITING = (S.UPLOADED, S.READY, S.REFUSED)
"""Not published yet, and not thrown away; a leaflet has one such version at most."""
PUBLIC = (S.PUBLISHED, S.REPLACED)
"""What everyone may have who may see one of the leaflet's events."""


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


Said = TypeVar("Said", LeafletDetails, VersionDetails)


@dataclass(frozen=True)
class Upload(Generic[Said]):
    """A file as it was sent, and what is said about it; `is_flat` when its pages are to become pictures."""

    details: Said
    kind: Kind
    data: bytes = field(repr=False)
    is_flat: bool = False


@dataclass(frozen=True)
class NotTaken:
    """One of several files that cannot be taken: what is said about it, and why, one of `queries.REASONS`."""

    details: LeafletDetails
    reason: str


def check_room(waiting: int, kept_bytes: int, new: int, most_megabytes: int) -> None:
    """Raise RuleError when a group may not have `new` files beside those that wait, or keeps too much; 0 is no limit.

    What the new ones will take is not known yet, so that a group may be beyond it by what waits.
    """
    if waiting + new > MOST_WAITING:
        raise RuleError(
            "No more than %(number)s files of a group can wait for their turn. Wait some minutes, then try again.",
            "file",
            number=MOST_WAITING,
        )
    if most_megabytes and kept_bytes >= most_megabytes * MEGABYTE:
        raise RuleError(
            "The leaflets of your group take all of the %(number)s MB that they may have. "
            "Withdraw leaflets or versions that nobody needs any more, or ask whoever runs the site.",
            "file",
            number=most_megabytes,
        )


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
