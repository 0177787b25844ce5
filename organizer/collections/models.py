"""Collections and their items. An item points at what it shows, and keeps no copy but of a quote's words."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from organizer.collections.rules import (
    LONGEST_LINK,
    LONGEST_PUBLICATION,
    LONGEST_TITLE,
    NO_TRACE,
    CollectionDetails,
    Kind,
    State,
    Trace,
)
from organizer.db import Id, Model, NewId
from organizer.groups.models import Group


class Collection(Model):
    """The columns from `title` to `ready_by` are those of `rules.CollectionDetails`.

    `published_on` is the newspaper's day, `published_at` ours. `generation` is part of the editor's link, which works
    until the end of `link_expires_on`; None when there is none. `items_made` numbers the items.
    """

    __tablename__ = "collection"
    __table_args__ = (Index("ix_collection_state_published", "state", "published_at"),)

    id: Mapped[NewId]
    group_id: Mapped[Id] = mapped_column(ForeignKey("group.id"), index=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    language: Mapped[str] = mapped_column(String(12))
    note: Mapped[str]
    publication: Mapped[str] = mapped_column(String(LONGEST_PUBLICATION))
    issue: Mapped[str] = mapped_column(String(LONGEST_PUBLICATION))
    published_on: Mapped[date | None]
    link: Mapped[str] = mapped_column(String(LONGEST_LINK))
    ready_by: Mapped[date | None]
    state: Mapped[State] = mapped_column(String(12), default=State.DRAFT)
    created_on: Mapped[date]
    published_at: Mapped[datetime | None]
    generation: Mapped[int] = mapped_column(default=0)
    link_made_on: Mapped[date | None]
    link_expires_on: Mapped[date | None]
    items_made: Mapped[int] = mapped_column(default=0)

    group: Mapped[Group] = relationship(lazy="joined", innerjoin=True)
    items: Mapped[list[CollectionItem]] = relationship(
        lazy="selectin", order_by="CollectionItem.position", cascade="all, delete-orphan"
    )

    def take(self, details: CollectionDetails) -> None:
        """Take over what the form says."""
        for name, value in vars(details).items():
            setattr(self, name, value)

    @property
    def present(self) -> list[CollectionItem]:
        """The items in their order, without those that were taken out."""
        return [item for item in self.items if not item.is_taken_out]

    def put(self, kind: Kind, subject_id: str, quote: str | None = None) -> CollectionItem:
        """Add an item at the end."""
        self.items_made += 1
        item = CollectionItem(number=self.items_made, position=len(self.items) + 1, kind=kind, quote=quote)
        if kind == Kind.PHOTO:
            item.photo_id = subject_id
        else:
            item.statement_id = subject_id
        self.items.append(item)
        return item


class CollectionItem(Model):
    """A statement, some words of one, or a photo. `number` stays as long as it does, `position` is its place.

    The `shown_` columns are its `rules.Trace` from when the editor's link was made. One that was taken out since then
    stays, so that she is told.
    """

    __tablename__ = "collection_item"
    __table_args__ = (
        CheckConstraint("(kind = 'photo') = (photo_id IS NOT NULL)", name="photo"),
        CheckConstraint("(kind IN ('statement', 'quote')) = (statement_id IS NOT NULL)", name="statement"),
        CheckConstraint("kind = 'quote' OR quote IS NULL", name="quote"),
    )

    id: Mapped[NewId]
    collection_id: Mapped[Id] = mapped_column(ForeignKey("collection.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    position: Mapped[int]
    kind: Mapped[Kind] = mapped_column(String(12))
    statement_id: Mapped[Id | None] = mapped_column(ForeignKey("statement.id", ondelete="CASCADE"), index=True)
    photo_id: Mapped[Id | None] = mapped_column(ForeignKey("photo.id", ondelete="CASCADE"), index=True)
    quote: Mapped[str | None]
    shown_hash: Mapped[str] = mapped_column(String(40), default="")
    shown_name_hash: Mapped[str] = mapped_column(String(40), default="")
    was_signed: Mapped[bool] = mapped_column(default=False)
    is_taken_out: Mapped[bool] = mapped_column(default=False)

    @property
    def subject_id(self) -> str:
        return self.photo_id or self.statement_id or ""

    @property
    def trace(self) -> Trace:
        return Trace(self.shown_hash, self.shown_name_hash, self.was_signed)

    def keep(self, trace: Trace = NO_TRACE) -> None:
        """Remember what the editor is shown of it."""
        self.shown_hash, self.shown_name_hash, self.was_signed = trace.words, trace.name, trace.has_name
