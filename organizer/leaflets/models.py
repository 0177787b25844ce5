"""Leaflets, their versions, what was made of each, and the events at which they are handed out."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, false, true
from sqlalchemy import text as sqltext
from sqlalchemy.orm import Mapped, mapped_column, relationship

from organizer.db import Id, Model, NewId
from organizer.events.models import Event
from organizer.leaflets.rules import WAITING, Kind, LeafletDetails, Licence, Paper, Purpose, State, VersionDetails

LONGEST_TITLE = 120
LONGEST_AUDIENCE = 120
IS_PUBLISHED = sqltext("state = 'published'")


class Leaflet(Model):
    """One leaflet of a group; its columns down to `print_notes` are those of `rules.LeafletDetails`.

    Leaflets of a group that say the same in several languages share their `work_id` (see `translations`).
    """

    __tablename__ = "leaflet"

    id: Mapped[NewId]
    group_id: Mapped[Id] = mapped_column(ForeignKey("group.id"), index=True)
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    language: Mapped[str] = mapped_column(String(12))
    licence: Mapped[Licence] = mapped_column(String(20))
    credits: Mapped[str] = mapped_column(String(300), default="")
    audience: Mapped[str] = mapped_column(String(LONGEST_AUDIENCE), default="", server_default=sqltext("''"))
    print_notes: Mapped[str] = mapped_column(String(300), default="", server_default=sqltext("''"))
    work_id: Mapped[Id | None] = mapped_column(String(26), index=True)
    created_at: Mapped[datetime]

    versions: Mapped[list[LeafletVersion]] = relationship(order_by="LeafletVersion.number")
    events: Mapped[list[Event]] = relationship(secondary="event_leaflet", order_by="Event.id")

    @property
    def published(self) -> LeafletVersion | None:
        """The one version that everyone sees."""
        return self._latest(State.PUBLISHED)

    @property
    def waiting(self) -> LeafletVersion | None:
        """The one that is not published yet, for its organizers."""
        return self._latest(*WAITING)

    @property
    def shown(self) -> LeafletVersion:
        """The published one; else the one that waits; of a leaflet that was withdrawn, the last that was public."""
        return max(self.versions, key=_openness)

    def numbered(self, number: int) -> LeafletVersion | None:
        """The version with this number."""
        return next((version for version in self.versions if version.number == number), None)

    def _latest(self, *states: State) -> LeafletVersion | None:
        return next((version for version in reversed(self.versions) if version.state in states), None)

    def take(self, details: LeafletDetails) -> None:
        """Take over what the form says, but for the text alternative, which is of a version."""
        for name in ("title", "language", "licence", "credits", "audience", "print_notes"):
            setattr(self, name, getattr(details, name))

    def empty(self) -> None:
        """Leave only that it was there."""
        self.title = self.credits = self.audience = self.print_notes = ""
        self.licence, self.work_id = Licence.UNSAID, None


class LeafletVersion(Model):
    """One upload and what became of it. At most one version of a leaflet is published.

    While it is uploaded, its original waits in the storage under `original_key`, sealed by a key of its own;
    `original_seal` is that key, sealed in turn. `reason` says why it was refused (`queries.REASONS`). `text` is what
    the pages say, `removed` holds `media.Removed`, `links` the addresses that the pages lead to. `changes` is what the
    version has that the one before had not, `withdrawn_because` is public, `is_flat` when its pages are to become
    pictures, `made_as` the `posters.rules.Recipe` of one that was made from its event, and `has_prints` once its
    further files (`renditions`) were asked for. One that was replaced before it `was_for_everyone` stays with members.
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
    changes: Mapped[str] = mapped_column(String(200), default="", server_default=sqltext("''"))
    withdrawn_because: Mapped[str] = mapped_column(String(300), default="", server_default=sqltext("''"))
    is_flat: Mapped[bool] = mapped_column(default=False, server_default=false())
    made_as: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))
    uploaded_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    original_key: Mapped[str | None] = mapped_column(String(80))
    original_seal: Mapped[bytes | None] = mapped_column(LargeBinary)
    pages: Mapped[int] = mapped_column(default=0)
    text: Mapped[str] = mapped_column(default="", deferred=True)
    text_alternative: Mapped[str] = mapped_column(default="", deferred=True)
    links: Mapped[list[str]] = mapped_column(JSON, default=list)
    removed: Mapped[list[str]] = mapped_column(JSON, default=list)
    has_prints: Mapped[bool] = mapped_column(default=False, server_default=false())
    was_for_everyone: Mapped[bool] = mapped_column(default=True, server_default=true())

    renditions: Mapped[list[Rendition]] = relationship(order_by="Rendition.page", cascade="all, delete-orphan")

    @property
    def source_key(self) -> str | None:
        """The blob to be worked on: the original, or the file that was made of it, to be made anew."""
        made = next((rendition.blob_key for rendition in self.renditions if rendition.purpose == Purpose.FILE), None)
        return self.original_key or made

    def say(self, details: VersionDetails) -> None:
        """Take over what its form says."""
        self.changes, self.text_alternative = details.changes, details.text_alternative

    def lose_file(self) -> None:
        """Let go of its file and of all that was made of it and found in it."""
        self.original_key = self.original_seal = None
        self.text, self.links, self.removed, self.renditions = "", [], [], []

    def empty(self) -> None:
        """Leave only that it was there."""
        self.lose_file()
        self.text_alternative = self.changes = ""
        self.pages = 0


def _openness(version: LeafletVersion) -> tuple[bool, bool, bool, int]:
    is_published, was_public = version.state == State.PUBLISHED, version.published_at is not None
    return is_published, version.state in WAITING, was_public, version.number or 0


class Rendition(Model):
    """One file made of a version, in the storage under `blob_key`; `page` is 0 for what holds all pages.

    `paper` is that of a sheet to print on, "" where the pages keep their size. `width` and `height` are pixels, 0 for a
    PDF.
    """

    __tablename__ = "rendition"
    __table_args__ = (UniqueConstraint("version_id", "purpose", "page", "paper"),)

    id: Mapped[NewId]
    version_id: Mapped[Id] = mapped_column(ForeignKey("leaflet_version.id", ondelete="CASCADE"))
    purpose: Mapped[Purpose] = mapped_column(String(12))
    page: Mapped[int] = mapped_column(default=0)
    paper: Mapped[Paper] = mapped_column(String(8), default=Paper.OWN, server_default=sqltext("''"))
    blob_key: Mapped[str] = mapped_column(String(80), unique=True)
    content_type: Mapped[str] = mapped_column(String(40))
    size_bytes: Mapped[int]
    width: Mapped[int] = mapped_column(default=0)
    height: Mapped[int] = mapped_column(default=0)


class EventLeaflet(Model):
    """An event at which a leaflet is handed out, and how many copies (None: nobody has said).

    `brought_by`, sealed, is who brings them, for organizers; it goes with what is purged after the event.
    """

    __tablename__ = "event_leaflet"
    __table_args__ = (
        CheckConstraint("needed >= 0 AND printed >= 0 AND left_over >= 0 AND handed_out >= 0", name="counts"),
    )

    event_id: Mapped[Id] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    leaflet_id: Mapped[Id] = mapped_column(ForeignKey("leaflet.id", ondelete="CASCADE"), primary_key=True, index=True)
    needed: Mapped[int | None]
    printed: Mapped[int | None]
    left_over: Mapped[int | None]
    handed_out: Mapped[int | None]
    brought_by: Mapped[bytes | None] = mapped_column(LargeBinary)
