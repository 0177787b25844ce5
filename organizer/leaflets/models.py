"""Leaflets, their versions, what was made of each, and the events at which they are handed out."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from organizer.db import Id, Model, NewId
from organizer.events.models import Event
from organizer.leaflets.rules import Kind, LeafletDetails, Licence, Purpose, State

LONGEST_TITLE = 120
IS_PUBLISHED = text("state = 'published'")


class Leaflet(Model):
    """One leaflet of a group; its columns down to `credits` are those of `rules.LeafletDetails`."""

    __tablename__ = "leaflet"

    id: Mapped[NewId]
    group_id: Mapped[Id] = mapped_column(ForeignKey("group.id"), index=True)
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    language: Mapped[str] = mapped_column(String(12))
    licence: Mapped[Licence] = mapped_column(String(20))
    credits: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime]

    versions: Mapped[list[LeafletVersion]] = relationship(order_by="LeafletVersion.number")
    events: Mapped[list[Event]] = relationship(secondary="event_leaflet", order_by="Event.id")

    @property
    def version(self) -> LeafletVersion:
        """The latest one."""
        return self.versions[-1]

    def take(self, details: LeafletDetails) -> None:
        """Take over what the form says; the text alternative belongs to the version."""
        for name in ("title", "language", "licence", "credits"):
            setattr(self, name, getattr(details, name))
        self.version.text_alternative = details.text_alternative


class LeafletVersion(Model):
    """One upload and what became of it. At most one version of a leaflet is published.

    While it is uploaded, its original waits in the storage under `original_key`, sealed by a key of its own;
    `original_seal` is that key, sealed in turn. `reason` says why it was refused (`queries.REASONS`). `text` is what
    the pages say, `removed` holds `media.Removed`, `links` the addresses that the pages lead to.
    """

    __tablename__ = "leaflet_version"
    __table_args__ = (
        UniqueConstraint("leaflet_id", "number"),
        CheckConstraint("original_key IS NULL OR state = 'uploaded'", name="original_goes"),
        CheckConstraint("(original_key IS NULL) = (original_seal IS NULL)", name="original_has_key"),
        Index("uq_leaflet_version_published", "leaflet_id", unique=True, sqlite_where=IS_PUBLISHED,
              postgresql_where=IS_PUBLISHED),
        Index("ix_leaflet_version_state_published", "state", "published_at"),
    )  # fmt: skip

    id: Mapped[NewId]
    leaflet_id: Mapped[Id] = mapped_column(ForeignKey("leaflet.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(default=1)
    kind: Mapped[Kind] = mapped_column(String(12))
    state: Mapped[State] = mapped_column(String(12), default=State.UPLOADED)
    reason: Mapped[str] = mapped_column(String(20), default="")
    uploaded_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    original_key: Mapped[str | None] = mapped_column(String(80))
    original_seal: Mapped[bytes | None] = mapped_column(LargeBinary)
    pages: Mapped[int] = mapped_column(default=0)
    text: Mapped[str] = mapped_column(default="", deferred=True)
    text_alternative: Mapped[str] = mapped_column(default="", deferred=True)
    links: Mapped[list[str]] = mapped_column(JSON, default=list)
    removed: Mapped[list[str]] = mapped_column(JSON, default=list)

    renditions: Mapped[list[Rendition]] = relationship(order_by="Rendition.page", cascade="all, delete-orphan")

    def empty(self) -> None:
        """Leave only that it was there."""
        self.original_key = self.original_seal = None
        self.text = self.text_alternative = ""
        self.links, self.removed, self.renditions = [], [], []


class Rendition(Model):
    """One file made of a version, in the storage under `blob_key`; `page` is 0 for what holds all pages.

    `width` and `height` are pixels, 0 for a PDF.
    """

    __tablename__ = "rendition"
    __table_args__ = (UniqueConstraint("version_id", "purpose", "page"),)

    id: Mapped[NewId]
    version_id: Mapped[Id] = mapped_column(ForeignKey("leaflet_version.id", ondelete="CASCADE"))
    purpose: Mapped[Purpose] = mapped_column(String(12))
    page: Mapped[int] = mapped_column(default=0)
    blob_key: Mapped[str] = mapped_column(String(80), unique=True)
    content_type: Mapped[str] = mapped_column(String(40))
    size_bytes: Mapped[int]
    width: Mapped[int] = mapped_column(default=0)
    height: Mapped[int] = mapped_column(default=0)


class EventLeaflet(Model):
    """An event at which a leaflet is handed out."""

    __tablename__ = "event_leaflet"

    event_id: Mapped[Id] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    leaflet_id: Mapped[Id] = mapped_column(ForeignKey("leaflet.id", ondelete="CASCADE"), primary_key=True, index=True)
