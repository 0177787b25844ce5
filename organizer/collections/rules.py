"""What a collection is, how it moves, and what its items may still show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from organizer.errors import RuleError
from organizer.groups.rules import slug_of

LONGEST_TITLE, LONGEST_PUBLICATION, LONGEST_QUOTE, LONGEST_LINK = 120, 120, 600, 300
MOST_ITEMS, MOST_PHOTOS = 100, 40
SHORTEST_LINK_DAYS, USUAL_LINK_DAYS, LONGEST_LINK_DAYS = 1, 30, 90
EARLIEST_YEAR, LATEST_YEAR = 1990, 2100
RESERVED_SLUGS = frozenset({"new", "for-print"})
GONE = "-"
"""In place of the trace of something that was taken back: a trace could confirm a guess of what it was."""


class State(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Kind(StrEnum):
    STATEMENT = "statement"
    QUOTE = "quote"
    PHOTO = "photo"


class Move(StrEnum):
    PUBLISH = "publish"
    TAKE_OFF = "take_off"


class Change(StrEnum):
    """What has become of an item since the newspaper's editor was given her link."""

    WITHDRAWN = "withdrawn"
    NAME_TAKEN_BACK = "name_taken_back"
    NAME_CHANGED = "name_changed"
    CHANGED = "changed"
    NOT_FOR_PRESS = "not_for_press"
    TAKEN_OUT = "taken_out"
    ADDED = "added"


S = State
MOVES: dict[Move, dict[State, State]] = {
    Move.PUBLISH: {S.DRAFT: S.PUBLISHED, S.WITHDRAWN: S.PUBLISHED},
    Move.TAKE_OFF: {S.DRAFT: S.WITHDRAWN, S.PUBLISHED: S.WITHDRAWN},
}


@dataclass(frozen=True)
class CollectionDetails:
    """A collection without its items; `note` is markdown. The four after it say where it was printed, if it was."""

    title: str
    language: str
    note: str = ""
    publication: str = ""
    issue: str = ""
    published_on: date | None = None
    link: str = ""
    ready_by: date | None = None


@dataclass(frozen=True)
class Trace:
    """What tells one state of an item from another without telling what it says; empty where it was not shown.

    `has_name` is whether it was signed when the trace was made.
    """

    words: str
    name: str
    has_name: bool = False


NO_TRACE = Trace("", "")


def moved(state: State, move: Move) -> State:
    """The state after a move. Raises RuleError when the table does not have it."""
    target = MOVES[move].get(state)
    if target is None:
        raise RuleError("That does not go with what has happened to this collection since. Look at it again.")
    return target


def check_details(details: CollectionDetails) -> None:
    """Raise RuleError, with its field, for details that no collection can have."""
    if not details.title:
        raise RuleError("Give it a title.", field="title")
    check_link(details.link)
    if not details.publication and (details.issue or details.published_on or details.link):
        raise RuleError("Say also where it was printed.", field="publication")
    _check_year(details.published_on, "published_on")
    _check_year(details.ready_by, "ready_by")


def check_link(link: str) -> None:
    """Raise RuleError for anything but an https address of a site, as readers could follow it."""
    if not link:
        return
    try:
        parts = urlsplit(link)
        host, has_account = parts.hostname or "", "@" in parts.netloc
        parts.port  # noqa: B018 - raises ValueError for a port that is none
    except ValueError:
        host, has_account, parts = "", False, urlsplit("")
    if (
        parts.scheme != "https"
        or "." not in host
        or has_account
        or any(char.isspace() or char in '<>"\\' for char in link)
    ):
        raise RuleError("Give the whole web address, with https:// before it.", field="link")


def check_days(days: int) -> None:
    """Raise RuleError for a link that would end at once, or be forgotten."""
    if not SHORTEST_LINK_DAYS <= days <= LONGEST_LINK_DAYS:
        raise RuleError("Choose from %(least)d to %(most)d days.", field="days", least=1, most=LONGEST_LINK_DAYS)


def check_room(kinds: Iterable[Kind], kind: Kind) -> None:
    """Raise RuleError when another item of this kind would be more than a reader or a file can take."""
    found = list(kinds)
    if len(found) >= MOST_ITEMS:
        raise RuleError("A collection holds %(most)d items at most. Begin another one.", most=MOST_ITEMS)
    if kind == Kind.PHOTO and found.count(Kind.PHOTO) >= MOST_PHOTOS:
        raise RuleError("A collection holds %(most)d photos at most. Begin another one.", most=MOST_PHOTOS)


def check_shows_something(*, is_any: bool) -> None:
    """Raise RuleError when readers would find an empty page."""
    if not is_any:
        raise RuleError("There is nothing in it that may stand on this site. Add something first.")


def link_ends_on(days: int, today: date) -> date:
    """The last day on which a link works that is made today."""
    return today + timedelta(days=days)


def is_link_alive(expires_on: date | None, today: date) -> bool:
    return expires_on is not None and today <= expires_on


def reordered(ids: list[str], item_id: str, position: int) -> list[str]:
    """The ids with one of them at a position from 1 on; beyond an end is at that end."""
    others = [each for each in ids if each != item_id]
    index = min(max(position, 1), len(others) + 1) - 1
    return [*others[:index], item_id, *others[index:]]


def slug_stem(title: str) -> str:
    """The address that a title would give; empty for a reserved one and for one without ASCII letters."""
    stem = slug_of(title)
    return "" if stem in RESERVED_SLUGS else stem


def change_of(then: Trace, now: Trace | None, *, is_withdrawn: bool) -> Change | None:
    """What became of an item since its trace was taken; `now` is None when it is not for the press (any more)."""
    if is_withdrawn or then.words == GONE:
        return Change.WITHDRAWN if then.words else None
    if now is None:
        return Change.NOT_FOR_PRESS if then.words else None
    if not then.words:
        return Change.ADDED
    if now.words != then.words:
        return Change.CHANGED
    if now.name != then.name:
        return Change.NAME_TAKEN_BACK if then.has_name and not now.has_name else Change.NAME_CHANGED
    return None


def _check_year(day: date | None, field: str) -> None:
    if day is not None and not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
        raise RuleError("Look at the year again.", field=field)
