"""Who says what, how it is signed, and when it may be public: states, bylines, consent."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from organizer.errors import RuleError

WORDS_VERSION = 1
"""Of the consent's words: templates/statements/consent/<version>.html. A version that was agreed to never changes."""
KEPT_WHEN_REJECTED = timedelta(days=30)


class State(StrEnum):
    SUBMITTED = "submitted"
    PUBLISHED = "published"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class BylineKind(StrEnum):
    NONE = "none"
    PSEUDONYM = "pseudonym"
    FIRST_NAME = "first_name"
    FULL_NAME = "full_name"


class Use(StrEnum):
    """Where it may stand. Each use includes a page of its own, to which the quotes lead."""

    EVENT_PAGE = "event_page"
    SITE = "site"


class Way(StrEnum):
    """How consent was given: by the author's form or link, or to someone who heard it."""

    LINK = "link"
    IN_PERSON = "in_person"


class ReadBack(StrEnum):
    TEXT = "text"
    BYLINE = "byline"
    USES = "uses"


class Move(StrEnum):
    CHANGE = "change"
    TAKE_NAME_BACK = "take_name_back"
    WITHDRAW = "withdraw"
    PUBLISH = "publish"
    REJECT = "reject"
    EXPIRE = "expire"


S = State
MOVES: dict[Move, dict[State, State]] = {
    Move.CHANGE: {S.SUBMITTED: S.SUBMITTED, S.PUBLISHED: S.SUBMITTED, S.REJECTED: S.SUBMITTED},
    Move.TAKE_NAME_BACK: {S.SUBMITTED: S.SUBMITTED, S.PUBLISHED: S.PUBLISHED, S.REJECTED: S.REJECTED},
    Move.WITHDRAW: {S.SUBMITTED: S.WITHDRAWN, S.PUBLISHED: S.WITHDRAWN, S.REJECTED: S.WITHDRAWN},
    Move.PUBLISH: {S.SUBMITTED: S.PUBLISHED, S.REJECTED: S.PUBLISHED},
    Move.REJECT: {S.SUBMITTED: S.REJECTED, S.PUBLISHED: S.REJECTED},
    Move.EXPIRE: {S.REJECTED: S.WITHDRAWN},
}


def moved(state: State, move: Move) -> State:
    """The state after a move. Raises RuleError when the table does not have it."""
    target = MOVES[move].get(state)
    if target is None:
        raise RuleError("That does not go with what has happened to this statement since. Look at it again.")
    return target


class Signed(Protocol):
    """Anything that carries a text and its signature: a statement, or what a form says."""

    text: str
    byline_kind: BylineKind
    byline: str


class Stated(Signed, Protocol):
    """A statement as far as it decides what may be public."""

    state: State

    @property
    def is_signer_known(self) -> bool: ...


class Agreement(Protocol):
    """A consent that is alive, to one text under one byline."""

    text_hash: str
    byline_kind: BylineKind
    byline: str

    @property
    def uses(self) -> frozenset[Use]: ...


@dataclass
class StatementDetails:
    """What its author says and how she signs it; `text` is markdown, `byline` empty when she signs with nothing."""

    text: str
    language: str
    byline_kind: BylineKind = BylineKind.NONE
    byline: str = ""


@dataclass(frozen=True)
class ConsentDetails:
    """Where it may stand, and how that was said; the last three belong to consent in person."""

    uses: frozenset[Use]
    given_on: date
    way: Way = Way.LINK
    heard_by: str = ""
    read_back: frozenset[ReadBack] = frozenset()


@dataclass(frozen=True)
class ReviewDetails:
    """An editor's decision: `shown` is the `fingerprint` of what she read, `known_by` how she knows the signer."""

    shown: str
    known_by: str = ""
    is_safe_now: bool = False


def text_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def fingerprint(signed: Signed) -> str:
    """Tells one text under one byline from any other: what someone had before her eyes when she decided."""
    parts = (text_hash(signed.text), signed.byline_kind, signed.byline)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def agrees(consent: Agreement, signed: Signed) -> bool:
    """Whether the consent is to exactly this text under exactly this byline."""
    return (consent.text_hash, consent.byline_kind, consent.byline) == (
        text_hash(signed.text),
        signed.byline_kind,
        signed.byline,
    )


def is_public(statement: Stated, consents: Iterable[Agreement], use: Use | None = None) -> bool:
    """Whether it may stand there (None: on a page of its own), under the byline of `shown_byline`.

    Nothing is public unless it was published and a consent is alive to exactly its text and byline.
    """
    if statement.state != State.PUBLISHED:
        return False
    granted = {granted for consent in consents if agrees(consent, statement) for granted in consent.uses}
    return bool(granted) if use is None else use in granted


def is_name_withheld(statement: Stated) -> bool:
    """Whether the byline is a full name of which no editor has noted how she knows the signer."""
    return statement.byline_kind == BylineKind.FULL_NAME and not statement.is_signer_known


def shown_byline(statement: Stated) -> str:
    """The byline that readers may see; empty for none and for a withheld one."""
    return "" if is_name_withheld(statement) else statement.byline


def needs_review(old: Signed, new: Signed) -> bool:
    """Whether a change must be read before it is public: any but one that only takes the name away."""
    has_new_byline = bool(new.byline) and (new.byline_kind, new.byline) != (old.byline_kind, old.byline)
    return new.text != old.text or has_new_byline


def check_details(details: StatementDetails) -> None:
    """Raise RuleError for no text, and for a signature that contradicts itself."""
    if not details.text:
        raise RuleError("Write a sentence at least.", field="text")
    if details.byline_kind == BylineKind.NONE and details.byline:
        raise RuleError("Say above what kind of name this is, or leave it empty.", field="byline")
    if details.byline_kind != BylineKind.NONE and not details.byline:
        raise RuleError("Write the name as it should stand there, or sign with nothing.", field="byline")


def check_uses(uses: frozenset[Use]) -> None:
    """Raise RuleError for consent to nothing."""
    if not uses:
        raise RuleError("Say where it may stand.", field="uses")


def check_in_person(consent: ConsentDetails, details: Signed, began_on: date, today: date) -> None:
    """Raise RuleError for a day that cannot be, nobody who heard it, or words that were not read back."""
    if not began_on <= consent.given_on <= today:
        raise RuleError("Give a day from the action on until today.", field="given_on")
    if not consent.heard_by:
        raise RuleError("Who heard it?", field="heard_by")
    needed = {ReadBack.TEXT, ReadBack.BYLINE} if details.byline else {ReadBack.TEXT}
    if not needed <= consent.read_back:
        raise RuleError("Read the text back first, and the name if there is one.", field="read_back")


def check_begun(starts_at: datetime, now: datetime) -> None:
    """Raise RuleError before the action begins."""
    if now < starts_at:
        raise RuleError("The action has not begun. Come back when it has.")


def check_over(ends_at: datetime, now: datetime) -> None:
    """Raise RuleError while the action goes on: who reads it now may look for the author there."""
    if now < ends_at:
        raise RuleError(
            "The action is not over. Publish it afterwards, or say below that it cannot harm anyone now.",
            field="is_safe_now",
        )
