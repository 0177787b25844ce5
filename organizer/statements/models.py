"""Statements, the events that they speak of, and what their authors agreed to."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, false
from sqlalchemy import text as sqltext
from sqlalchemy.orm import Mapped, mapped_column, relationship

from organizer import clock
from organizer import text as texts
from organizer.db import Id, Model, NewId
from organizer.events.gate import Clearance, may_see
from organizer.events.models import Event
from organizer.photos.models import Photo
from organizer.photos.rules import is_public as is_photo_public
from organizer.statements.quotes import is_quoted
from organizer.statements.rules import (
    BylineKind,
    ConsentDetails,
    State,
    StatementDetails,
    Use,
    Way,
    text_hash,
)

LONGEST_BYLINE = 80
LONGEST_AFFILIATION = 120


class Statement(Model):
    """What someone said, as markdown. The columns down to `affiliation` are those of `rules.StatementDetails`.

    `search_text` is the text without marks and capitals. `state_on` is the day of the present state, `publish_at`
    when it leaves "scheduled"; `known_by`, sealed, is the editor's note how she knows the signer of a full name;
    `generation` is part of the secret link. `awaits_author`: an organizer wrote it down, its author was given neither
    slip nor answer yet, so that organizers may still hand over the link. Withdrawn, only id, state, day and what it
    belonged to stay.
    """

    __tablename__ = "statement"
    __table_args__ = (
        CheckConstraint("byline_kind <> 'none' OR byline = ''", name="unsigned"),
        CheckConstraint("state <> 'withdrawn' OR (text = '' AND byline = '' AND known_by IS NULL)", name="tombstone"),
        Index("ix_statement_state_published", "state", "published_at"),
    )

    id: Mapped[NewId]
    group_id: Mapped[Id] = mapped_column(ForeignKey("group.id"), index=True)
    text: Mapped[str]
    language: Mapped[str] = mapped_column(String(12))
    byline_kind: Mapped[BylineKind] = mapped_column(String(12), default=BylineKind.NONE)
    byline: Mapped[str] = mapped_column(String(LONGEST_BYLINE), default="")

    text_hash: Mapped[str] = mapped_column(String(64))
    state: Mapped[State] = mapped_column(String(12), default=State.SUBMITTED)
    state_on: Mapped[date]
    published_at: Mapped[datetime | None]
    known_by: Mapped[bytes | None] = mapped_column(LargeBinary)
    generation: Mapped[int] = mapped_column(default=0)
    affiliation: Mapped[str] = mapped_column(String(LONGEST_AFFILIATION), default="", server_default=sqltext("''"))
    search_text: Mapped[str] = mapped_column(default="", server_default=sqltext("''"), deferred=True)
    publish_at: Mapped[datetime | None]
    awaits_author: Mapped[bool] = mapped_column(default=False, server_default=false())

    events: Mapped[list[Event]] = relationship(secondary="statement_event", order_by="Event.starts_at")
    consents: Mapped[list[Consent]] = relationship(lazy="selectin", cascade="all, delete-orphan")
    pictures: Mapped[list[StatementPhoto]] = relationship(
        lazy="selectin", order_by="StatementPhoto.number", cascade="all, delete-orphan"
    )
    quotes: Mapped[list[StatementQuote]] = relationship(
        lazy="selectin", order_by="StatementQuote.number", cascade="all, delete-orphan"
    )
    translations: Mapped[list[StatementTranslation]] = relationship(
        lazy="selectin", order_by="StatementTranslation.language", cascade="all, delete-orphan"
    )
    suggestions: Mapped[list[Suggestion]] = relationship(cascade="all, delete-orphan")

    @property
    def is_signer_known(self) -> bool:
        return self.known_by is not None

    @property
    def photos(self) -> list[Photo]:
        """What shall stand beside it, in order."""
        return [picture.photo for picture in self.pictures]

    @property
    def picture_hashes(self) -> list[str]:
        """What tells these photos from others, and each from what it was before more of it was covered.

        Only of those that are public: nobody can agree to a picture that she is not shown.
        """
        today = clock.today()
        open_ones = [photo for photo in self.photos if photo.event and may_see(photo.event, Clearance.PUBLIC)]
        return [photo.picture_hash for photo in open_ones if is_photo_public(photo, photo.persons, None, today)]

    @property
    def consent(self) -> Consent | None:
        """The one that was given last, whether or not it is still to what stands there."""
        return self.consents[-1] if self.consents else None

    def take(self, details: StatementDetails) -> None:
        """Take over what its author says. A note about a signer holds for that name only."""
        if (details.byline_kind, details.byline) != (self.byline_kind, self.byline):
            self.known_by = None
        for name in StatementDetails.__dataclass_fields__:
            setattr(self, name, getattr(details, name))
        self.say(details.text)

    def forget_pictures(self) -> None:
        """Let go of the consent to pictures that stand beside it no longer; put there again, they are asked for."""
        beside = {photo.picture_hash for photo in self.photos}
        for consent in self.consents:
            consent.pictures = [picture for picture in consent.pictures or () if picture in beside]

    def say(self, text: str) -> None:
        """Let these words stand. What was quoted from the old ones and is not in them goes; so do suggestions."""
        plain = texts.to_plain(text)
        self.text, self.text_hash, self.search_text = text, text_hash(text), " ".join(plain.casefold().split())
        self.quotes = [quote for quote in self.quotes if is_quoted(quote.text, plain)]
        self.suggestions = []

    def unsign(self) -> None:
        """Take the name away, from the text and from what was agreed to; the consent to the rest lives on."""
        self.byline_kind, self.byline, self.known_by, self.affiliation = BylineKind.NONE, "", None, ""
        for consent in self.consents:
            consent.byline_kind, consent.byline, consent.affiliation = BylineKind.NONE, "", ""

    def empty(self) -> None:
        """Leave a tombstone."""
        self.unsign()
        self.text = self.text_hash = self.language = self.search_text = ""
        self.published_at, self.publish_at, self.awaits_author = None, None, False
        self.consents, self.pictures, self.quotes, self.translations, self.suggestions = [], [], [], [], []


class StatementEvent(Model):
    """An event that a statement speaks of."""

    __tablename__ = "statement_event"

    statement_id: Mapped[Id] = mapped_column(ForeignKey("statement.id", ondelete="CASCADE"), primary_key=True)
    event_id: Mapped[Id] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True, index=True)


class Consent(Model):
    """That the author agreed to exactly this text under exactly this signature. One that has ended is deleted.

    `edited_hash` is that of a light edit which stands in for the text, `agreed_text` then her own words. `pictures`
    are the hashes of the photos that may stand beside it. `heard_by`, sealed, and `read_back` belong to consent in
    person; `words_version` says to which words.
    """

    __tablename__ = "consent"

    id: Mapped[NewId]
    statement_id: Mapped[Id] = mapped_column(ForeignKey("statement.id", ondelete="CASCADE"), index=True)
    text_hash: Mapped[str] = mapped_column(String(64))
    byline_kind: Mapped[BylineKind] = mapped_column(String(12))
    byline: Mapped[str] = mapped_column(String(LONGEST_BYLINE))
    given_on: Mapped[date]
    way: Mapped[Way] = mapped_column(String(12))
    heard_by: Mapped[bytes | None] = mapped_column(LargeBinary)
    read_back: Mapped[list[str]] = mapped_column(JSON, default=list)
    words_version: Mapped[int]
    affiliation: Mapped[str] = mapped_column(String(LONGEST_AFFILIATION), default="", server_default=sqltext("''"))
    edited_hash: Mapped[str | None] = mapped_column(String(64))
    agreed_text: Mapped[str | None]
    may_edit: Mapped[bool] = mapped_column(default=False, server_default=false())
    may_translate: Mapped[bool] = mapped_column(default=False, server_default=false())
    expires_on: Mapped[date | None]
    pictures: Mapped[list[str] | None] = mapped_column(JSON)

    granted: Mapped[list[ConsentUse]] = relationship(lazy="selectin", cascade="all, delete-orphan")

    @property
    def uses(self) -> frozenset[Use]:
        return frozenset(Use(grant.use) for grant in self.granted)

    def take(self, statement: Statement, details: ConsentDetails, given_on: date, pictures: list[str]) -> None:
        """Bind it to the statement as it stands now, with these photos' hashes."""
        for name in ("text_hash", "byline_kind", "byline", "affiliation"):
            setattr(self, name, getattr(statement, name))
        for name in ("way", "may_edit", "may_translate", "expires_on"):
            setattr(self, name, getattr(details, name))
        self.given_on, self.pictures = given_on, sorted(pictures)
        self.read_back = sorted(details.read_back)
        self.granted = [ConsentUse(use=use) for use in sorted(details.uses)]


class ConsentUse(Model):
    """One place where a consent allows the statement to stand."""

    __tablename__ = "consent_use"

    consent_id: Mapped[Id] = mapped_column(ForeignKey("consent.id", ondelete="CASCADE"), primary_key=True)
    use: Mapped[Use] = mapped_column(String(12), primary_key=True)


class StatementPhoto(Model):
    """A photo that shall stand beside a statement, once its author has agreed to just that picture."""

    __tablename__ = "statement_photo"

    statement_id: Mapped[Id] = mapped_column(ForeignKey("statement.id", ondelete="CASCADE"), primary_key=True)
    photo_id: Mapped[Id] = mapped_column(ForeignKey("photo.id", ondelete="CASCADE"), primary_key=True, index=True)
    number: Mapped[int]

    photo: Mapped[Photo] = relationship(lazy="selectin")


class StatementQuote(Model):
    """A few words of a statement, to be set large: always in it word for word."""

    __tablename__ = "statement_quote"

    id: Mapped[NewId]
    statement_id: Mapped[Id] = mapped_column(ForeignKey("statement.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    text: Mapped[str]


class StatementTranslation(Model):
    """A statement in another language, and of which text (`of_hash`) it is a translation."""

    __tablename__ = "statement_translation"
    __table_args__ = (UniqueConstraint("statement_id", "language"),)

    id: Mapped[NewId]
    statement_id: Mapped[Id] = mapped_column(ForeignKey("statement.id", ondelete="CASCADE"), index=True)
    language: Mapped[str] = mapped_column(String(12))
    text: Mapped[str]
    translator: Mapped[str] = mapped_column(String(LONGEST_BYLINE))
    of_hash: Mapped[str] = mapped_column(String(64))


class Suggestion(Model):
    """Other words that an editor proposes for the text of `of_hash`. Refused, it is emptied."""

    __tablename__ = "suggestion"

    id: Mapped[NewId]
    statement_id: Mapped[Id] = mapped_column(ForeignKey("statement.id", ondelete="CASCADE"), index=True)
    text: Mapped[str]
    note: Mapped[str] = mapped_column(String(300))
    of_hash: Mapped[str] = mapped_column(String(64))
    made_on: Mapped[date]
    is_refused: Mapped[bool] = mapped_column(default=False)
