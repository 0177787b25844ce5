"""What ought to be seen of a statement after any acts: kept by the test in the simplest way, beside the program."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime

from organizer.statements.rules import BylineKind, ConsentDetails, Moment, StatementDetails, Use

LIGHT = {
    "I came because of the letters.": "I came because of the lettres",
    "I came for my brother.": "I came […] my brother",
}
UNSIGNED = (BylineKind.NONE, "", "")


def signature(words: StatementDetails) -> tuple[BylineKind, str, str]:
    return (BylineKind(words.byline_kind), words.byline, words.affiliation)


@dataclass
class Ghost:
    """`own` are the author's words, `text` what stands there; `consent` is None or what was agreed to, and how.

    `pictures` are the hashes of the photos beside it by id, `agreed_pictures` those of the consent.
    """

    text: str
    signed: tuple[BylineKind, str, str]
    ends_at: datetime
    consent: tuple[str, tuple[BylineKind, str, str], ConsentDetails] | None = None
    edited: str | None = None
    state: str = "submitted"
    due_at: datetime | None = None
    rejected_on: date | None = None
    is_known: bool = False
    translated: str | None = None
    pictures: dict[str, str] = field(default_factory=dict)
    agreed_pictures: set[str] = field(default_factory=set)

    def agree(self, details: ConsentDetails) -> None:
        self.consent, self.edited = (self.text, self.signed, details), None
        self.agreed_pictures = set(self.pictures.values())

    def change(self, words: StatementDetails, details: ConsentDetails) -> None:
        new = signature(words)
        is_named = bool(new[1]) and new[:2] != self.signed[:2]
        is_placed = bool(new[2]) and new[2] != self.signed[2]
        if (words.text != self.text or is_named or is_placed) and self.state != "held":
            self.state, self.due_at = "submitted", None
        if new[:2] != self.signed[:2]:
            self.is_known = False
        self.text, self.signed = words.text, new
        self.agree(details)

    def publish(self, moment: Moment, now: datetime, known_by: str) -> None:
        later = self.ends_at if moment == Moment.AFTER and now < self.ends_at else None
        self.state, self.due_at = ("scheduled", later) if later else ("published", None)
        self.know(known_by)

    def know(self, known_by: str) -> None:
        self.is_known |= bool(known_by) and self.signed[0] == BylineKind.FULL_NAME

    def unsign(self) -> None:
        self.signed, self.is_known = UNSIGNED, False
        if self.consent:
            self.consent = (self.consent[0], UNSIGNED, self.consent[2])

    def pass_to(self, now: datetime) -> None:
        """What time does to it."""
        if self.state == "scheduled" and self.due_at and max(self.due_at, self.ends_at) <= now:
            self.state, self.due_at = "published", None

    def granted(self, today: date) -> frozenset[Use]:
        """Where it may stand by consent alone."""
        if self.consent is None:
            return frozenset()
        text, signed, details = self.consent
        is_alive = details.expires_on is None or today <= details.expires_on
        return details.uses if is_alive and signed == self.signed and self.text in (text, self.edited) else frozenset()

    def public(self, use: Use | None, today: date) -> tuple[object, ...] | None:
        """The text, byline, affiliation, translation and photos that ought to be seen."""
        uses = self.granted(today)
        own_page = uses & {Use.EVENT_PAGE, Use.SITE}
        if self.state != "published" or not (use in uses if use else own_page):
            return None
        is_withheld = self.signed[0] == BylineKind.FULL_NAME and not self.is_known
        names = ("Name withheld", "") if is_withheld else self.signed[1:]
        may_translate = self.consent is not None and self.consent[2].may_translate
        translated = self.translated == self.text and may_translate
        return (self.text, *names, translated, tuple(sorted(self._seen_pictures())))

    def _seen_pictures(self) -> list[str]:
        return [photo_id for photo_id, picture in self.pictures.items() if picture in self.agreed_pictures]


def allowed(details: ConsentDetails | None, **changes: object) -> ConsentDetails | None:
    """A consent with something else."""
    return replace(details, **changes) if details else None  # type: ignore[arg-type] # named by the tests
