"""Who says what, how it is signed, and when it may be public: states, bylines, consent."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol, TypeVar

from organizer.errors import RuleError
from organizer.photos.rules import OWN_PAGE
from organizer.photos.rules import Use as Use  # noqa: PLC0414 - one word for both rooms
from organizer.photos.rules import Way as Way  # noqa: PLC0414 - the same

WORDS_VERSION = 2
"""Of the consent's words: templates/statements/consent/<version>.html. A version that was agreed to never changes."""
KEPT_WHEN_REJECTED = timedelta(days=30)
MOST_PHOTOS = 8
MOST_EVENTS = 10


class State(StrEnum):
    SUBMITTED = "submitted"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    HELD = "held"
    """Not now, since it could harm someone: out of sight until an editor lifts it."""
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class BylineKind(StrEnum):
    NONE = "none"
    PSEUDONYM = "pseudonym"
    FIRST_NAME = "first_name"
    FULL_NAME = "full_name"


class ReadBack(StrEnum):
    TEXT = "text"
    BYLINE = "byline"
    USES = "uses"


class Moment(StrEnum):
    """When what an editor lets pass becomes public."""

    NOW = "now"
    AFTER = "after"
    AT = "at"


class Move(StrEnum):
    CHANGE = "change"
    EDIT = "edit"
    TAKE_NAME_BACK = "take_name_back"
    WITHDRAW = "withdraw"
    PUBLISH = "publish"
    SCHEDULE = "schedule"
    RELEASE = "release"
    HOLD = "hold"
    LIFT = "lift"
    REJECT = "reject"
    EXPIRE = "expire"


S = State
IN_PLACE: dict[State, State] = {state: state for state in S if state != S.WITHDRAWN}
MOVES: dict[Move, dict[State, State]] = {
    Move.CHANGE: IN_PLACE | {S.SCHEDULED: S.SUBMITTED, S.PUBLISHED: S.SUBMITTED, S.REJECTED: S.SUBMITTED},
    Move.EDIT: IN_PLACE,
    Move.TAKE_NAME_BACK: IN_PLACE,
    Move.WITHDRAW: dict.fromkeys(IN_PLACE, S.WITHDRAWN),
    Move.PUBLISH: dict.fromkeys((S.SUBMITTED, S.SCHEDULED, S.REJECTED), S.PUBLISHED),
    Move.SCHEDULE: dict.fromkeys((S.SUBMITTED, S.SCHEDULED, S.REJECTED), S.SCHEDULED),
    Move.RELEASE: {S.SCHEDULED: S.PUBLISHED},
    Move.HOLD: dict.fromkeys((S.SUBMITTED, S.SCHEDULED, S.PUBLISHED), S.HELD),
    Move.LIFT: {S.HELD: S.SUBMITTED},
    Move.REJECT: dict.fromkeys((S.SUBMITTED, S.SCHEDULED, S.PUBLISHED, S.HELD), S.REJECTED),
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
    affiliation: str


class Stated(Signed, Protocol):
    """A statement as far as it decides what may be public."""

    state: State

    @property
    def is_signer_known(self) -> bool: ...


class Agreement(Protocol):
    """A consent to one text under one signature. `edited_hash` is that of a light edit which it allows."""

    text_hash: str
    edited_hash: str | None
    byline_kind: BylineKind
    byline: str
    affiliation: str
    expires_on: date | None

    @property
    def uses(self) -> frozenset[Use]: ...


AnyAgreement = TypeVar("AnyAgreement", bound=Agreement)


@dataclass
class StatementDetails:
    """What its author says and how she signs it; `text` is markdown, `byline` empty when she signs with nothing.

    `affiliation` stands beside the byline: a city, a campaign.
    """

    text: str
    language: str
    byline_kind: BylineKind = BylineKind.NONE
    byline: str = ""
    affiliation: str = ""


@dataclass(frozen=True)
class ConsentDetails:
    """Where it may stand, what may be done with it, until when; the last four belong to consent in person.

    `given_on` is None for today. `may_edit` allows light edits (`edits.is_light`), nothing else.
    """

    uses: frozenset[Use]
    may_edit: bool = False
    may_translate: bool = False
    expires_on: date | None = None
    given_on: date | None = None
    way: Way = Way.LINK
    heard_by: str = ""
    read_back: frozenset[ReadBack] = frozenset()


@dataclass(frozen=True)
class ReviewDetails:
    """An editor's decision: `shown` is the `fingerprint` of what she read, `known_by` how she knows the signer.

    `publish_at_local` is a wall time where the action is, for `Moment.AT`.
    """

    shown: str
    known_by: str = ""
    moment: Moment = Moment.AFTER
    publish_at_local: datetime | None = None


@dataclass(frozen=True)
class SuggestionDetails:
    """Other words that an editor proposes to the author, and why."""

    text: str
    note: str = ""


@dataclass(frozen=True)
class TranslationDetails:
    """The same in another language; `translator` as the name should stand, empty for none."""

    language: str
    text: str
    translator: str = ""


def text_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def fingerprint(signed: Signed, pictures: Sequence[str] = ()) -> str:
    """Tells one text, signature and set of pictures from any other: what someone had before her eyes when she decided.

    `pictures` are the hashes of the photos beside it.
    """
    parts = (text_hash(signed.text), signed.byline_kind, signed.byline, signed.affiliation, *sorted(pictures))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def agrees(consent: Agreement, signed: Signed, today: date) -> bool:
    """Whether the consent is alive, and to exactly this text, or its light edit, under exactly this signature."""
    is_alive = consent.expires_on is None or today <= consent.expires_on
    is_signed_so = (consent.byline_kind, consent.byline, consent.affiliation) == (
        signed.byline_kind,
        signed.byline,
        signed.affiliation,
    )
    return is_alive and is_signed_so and text_hash(signed.text) in (consent.text_hash, consent.edited_hash)


def living(consents: Iterable[AnyAgreement], signed: Signed, today: date) -> AnyAgreement | None:
    """The consent that `agrees`, None without one."""
    return next((consent for consent in consents if agrees(consent, signed, today)), None)


def is_public(statement: Stated, consents: Iterable[Agreement], today: date, use: Use | None = None) -> bool:
    """Whether it may stand there (None: on a page of its own), under the byline of `shown_byline`.

    Nothing is public unless it was published and a consent is alive to exactly its text and signature.
    """
    if statement.state != State.PUBLISHED:
        return False
    granted = {granted for consent in consents if agrees(consent, statement, today) for granted in consent.uses}
    return bool(granted & OWN_PAGE) if use is None else use in granted


def is_name_withheld(statement: Stated) -> bool:
    """Whether the byline is a full name of which no editor has noted how she knows the signer."""
    return statement.byline_kind == BylineKind.FULL_NAME and not statement.is_signer_known


def shown_byline(statement: Stated) -> str:
    """The byline that readers may see; empty for none and for a withheld one."""
    return "" if is_name_withheld(statement) else statement.byline


def needs_review(old: Signed, new: Signed) -> bool:
    """Whether a change must be read before it is public: any but one that only takes names away."""
    has_new_byline = bool(new.byline) and (new.byline_kind, new.byline) != (old.byline_kind, old.byline)
    has_new_affiliation = bool(new.affiliation) and new.affiliation != old.affiliation
    return new.text != old.text or has_new_byline or has_new_affiliation


def check_details(details: StatementDetails) -> None:
    """Raise RuleError for no text, and for a signature that contradicts itself."""
    if not details.text:
        raise RuleError("Write a sentence at least.", field="text")
    if details.byline_kind == BylineKind.NONE and details.byline:
        raise RuleError("Say above what kind of name this is, or leave it empty.", field="byline")
    if details.byline_kind != BylineKind.NONE and not details.byline:
        raise RuleError("Write the name as it should stand there, or sign with nothing.", field="byline")


def check_consent(consent: ConsentDetails, today: date) -> None:
    """Raise RuleError for consent to nothing, or to the end of a day that is over."""
    if not consent.uses - {Use.SEARCH}:  # that alone is a place nowhere
        raise RuleError("Say where it may stand.", field="uses")
    if consent.expires_on is not None and consent.expires_on < today:
        raise RuleError("This day is over. Give a later one, or leave it empty.", field="expires_on")


def check_in_person(consent: ConsentDetails, details: Signed, began_on: date, today: date) -> None:
    """Raise RuleError for a day that cannot be, nobody who heard it, or words that were not read back."""
    if consent.given_on is None or not began_on <= consent.given_on <= today:
        raise RuleError("Give a day from the action on until today.", field="given_on")
    if not consent.heard_by:
        raise RuleError("Who heard it?", field="heard_by")
    needed = {ReadBack.TEXT, ReadBack.BYLINE} if details.byline else {ReadBack.TEXT}
    if not needed <= consent.read_back:
        raise RuleError("Read the text back first, and the name if there is one.", field="read_back")


def check_audience(before: Iterable[int], after: Iterable[int]) -> None:
    """Raise RuleError where more people would see it than its author agreed to; more open is a higher number."""
    if max(after) > max(before, default=0):
        raise RuleError(
            "It was said of an action that fewer people see than this one. Its author can say it again there.",
            field="events",
        )


def check_beside(photos: int, events: int) -> None:
    """Raise RuleError for too many photos or actions, and for no action."""
    if photos > MOST_PHOTOS:
        raise RuleError("Choose eight photos at most.", field="photos")
    if not events:
        raise RuleError("It speaks of one action at least.", field="events")
    if events > MOST_EVENTS:
        raise RuleError("Choose ten actions at most.", field="events")
