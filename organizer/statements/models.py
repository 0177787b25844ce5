"""Statements, the events that they speak of, and what their authors agreed to."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from organizer.db import Id, Model, NewId
from organizer.events.models import Event
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


class Statement(Model):
    """What someone said, as markdown. The columns down to `byline` are those of `rules.StatementDetails`.

    `state_on` is the day of the present state; `known_by`, sealed, is the editor's note how she knows the signer of
    a full name; `generation` is part of the secret link. Withdrawn, only id, state, day and what it belonged to stay.
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

    events: Mapped[list[Event]] = relationship(secondary="statement_event", order_by="Event.starts_at")
    consents: Mapped[list[Consent]] = relationship(lazy="selectin", cascade="all, delete-orphan")

    @property
    def is_signer_known(self) -> bool:
        return self.known_by is not None

    def take(self, details: StatementDetails) -> None:
        """Take over what its author says. A note about a signer holds for that name only."""
        if (details.byline_kind, details.byline) != (self.byline_kind, self.byline):
            self.known_by = None
        for name in StatementDetails.__dataclass_fields__:
            setattr(self, name, getattr(details, name))
        self.text_hash = text_hash(details.text)

    def unsign(self) -> None:
        """Take the name away, from the text and from what was agreed to; the consent to the rest lives on."""
        self.byline_kind, self.byline, self.known_by = BylineKind.NONE, "", None
        for consent in self.consents:
            consent.byline_kind, consent.byline = BylineKind.NONE, ""

    def empty(self) -> None:
        """Leave a tombstone."""
        self.unsign()
        self.text = self.text_hash = self.language = ""
        self.published_at = None
        self.consents = []


class StatementEvent(Model):
    """An event that a statement speaks of."""

    __tablename__ = "statement_event"

    statement_id: Mapped[Id] = mapped_column(ForeignKey("statement.id", ondelete="CASCADE"), primary_key=True)
    event_id: Mapped[Id] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True, index=True)


class Consent(Model):
    """That the author agreed to exactly this text under exactly this byline. A consent that has ended is deleted.

    `heard_by`, sealed, and `read_back` belong to consent in person; `words_version` says to which words.
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

    granted: Mapped[list[ConsentUse]] = relationship(lazy="selectin", cascade="all, delete-orphan")

    @property
    def uses(self) -> frozenset[Use]:
        return frozenset(Use(grant.use) for grant in self.granted)

    def take(self, statement: Statement, details: ConsentDetails) -> None:
        """Bind it to the statement as it stands now."""
        self.text_hash, self.byline_kind, self.byline = statement.text_hash, statement.byline_kind, statement.byline
        self.given_on, self.way = details.given_on, details.way
        self.read_back = sorted(details.read_back)
        self.granted = [ConsentUse(use=use) for use in sorted(details.uses)]


class ConsentUse(Model):
    """One place where a consent allows the statement to stand."""

    __tablename__ = "consent_use"

    consent_id: Mapped[Id] = mapped_column(ForeignKey("consent.id", ondelete="CASCADE"), primary_key=True)
    use: Mapped[Use] = mapped_column(String(12), primary_key=True)
