"""Photos, their files, and those who can be recognised in them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from organizer.db import Id, Model, NewId
from organizer.events.models import Event
from organizer.photos.rules import AgreementDetails, Faces, Licence, PhotoDetails, Size, State, Use, Way

LONGEST_CAPTION = 600
LONGEST_CREDIT = 160
LONGEST_ALT = 1000


class Photo(Model):
    """One picture of an action; the columns from `alt` to `uses` are those of `rules.PhotoDetails`.

    Until its boxes are burnt in, the picture waits in the storage as `waiting_key`, sealed by a key that is in the
    cookie of whoever sent it; `waiting_seal` is that key, sealed in turn, for as long as the worker needs it.
    `picture_hash` is that of the covered picture, `checked_hash` the one for which an organizer has confirmed that
    everyone was asked or is covered. Withdrawn, only ids, state, days and what it belonged to stay.
    """

    __tablename__ = "photo"
    __table_args__ = (
        CheckConstraint("(waiting_key IS NULL) = (waits_from_at IS NULL)", name="waiting_ends"),
        CheckConstraint("waiting_key IS NULL OR state IN ('uploaded', 'ready', 'covering')", name="uncovered_goes"),
        CheckConstraint("waiting_seal IS NULL OR state IN ('uploaded', 'covering')", name="key_goes"),
        CheckConstraint("state <> 'withdrawn' OR (caption = '' AND credit = '' AND alt = '')", name="tombstone"),
        Index("ix_photo_state_published", "state", "published_at"),
    )

    id: Mapped[NewId]
    group_id: Mapped[Id] = mapped_column(ForeignKey("group.id"), index=True)
    event_id: Mapped[str | None] = mapped_column(String(26), ForeignKey("event.id", ondelete="SET NULL"), index=True)
    state: Mapped[State] = mapped_column(String(12), default=State.UPLOADED)
    state_on: Mapped[date]
    reason: Mapped[str] = mapped_column(String(20), default="")
    uploaded_at: Mapped[datetime]
    published_at: Mapped[datetime | None]

    waiting_key: Mapped[str | None] = mapped_column(String(80))
    waiting_seal: Mapped[bytes | None] = mapped_column(LargeBinary)
    waiting_type: Mapped[str] = mapped_column(String(40), default="")
    waits_from_at: Mapped[datetime | None] = mapped_column(index=True)
    boxes: Mapped[list[list[int]]] = mapped_column(JSON, default=list)
    width: Mapped[int] = mapped_column(default=0)
    height: Mapped[int] = mapped_column(default=0)

    picture_hash: Mapped[str] = mapped_column(String(64), default="")
    checked_hash: Mapped[str] = mapped_column(String(64), default="")
    faces: Mapped[Faces | None] = mapped_column(String(12))
    alt: Mapped[str] = mapped_column(String(LONGEST_ALT), default="")
    language: Mapped[str] = mapped_column(String(12))
    caption: Mapped[str] = mapped_column(String(LONGEST_CAPTION), default="")
    credit: Mapped[str] = mapped_column(String(LONGEST_CREDIT), default="")
    licence: Mapped[Licence] = mapped_column(String(20), default=Licence.ASK)
    uses: Mapped[list[str]] = mapped_column(JSON, default=list)

    event: Mapped[Event | None] = relationship()
    files: Mapped[list[PhotoFile]] = relationship(lazy="selectin", cascade="all, delete-orphan")
    persons: Mapped[list[PhotoPerson]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="PhotoPerson.number", back_populates="photo"
    )

    @property
    def granted(self) -> frozenset[Use]:
        """What the photographer allows."""
        return frozenset(map(Use, self.uses))

    def take(self, details: PhotoDetails) -> None:
        """Take over what the form says."""
        for name in ("alt", "language", "caption", "credit", "licence"):
            setattr(self, name, getattr(details, name))
        self.uses = sorted(details.uses)

    def lose_picture(self) -> None:
        """Let go of what was agreed to and confirmed, as the picture will be another one."""
        self.picture_hash = self.checked_hash = ""

    def stop_waiting(self) -> None:
        """Let go of the uncovered picture and of its key."""
        self.waiting_key = self.waiting_seal = self.waits_from_at = None
        self.waiting_type, self.boxes = "", []

    def empty(self) -> None:
        """Leave a tombstone."""
        self.stop_waiting()
        self.lose_picture()
        self.alt = self.caption = self.credit = self.language = self.reason = ""
        self.width = self.height = 0
        self.faces, self.uses, self.files = None, [], []
        for person in self.persons:
            person.forget()


class PhotoFile(Model):
    """The covered picture in one size, in the storage under `blob_key`."""

    __tablename__ = "photo_file"
    __table_args__ = (UniqueConstraint("photo_id", "size"),)

    id: Mapped[NewId]
    photo_id: Mapped[Id] = mapped_column(ForeignKey("photo.id", ondelete="CASCADE"))
    size: Mapped[Size] = mapped_column(String(12))
    blob_key: Mapped[str] = mapped_column(String(80), unique=True)
    content_type: Mapped[str] = mapped_column(String(40))
    size_bytes: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]


class PhotoPerson(Model):
    """Somebody who can be recognised, known by a number only, and what she agreed to for exactly one picture.

    `picture_hash` is empty until she agrees; `heard_by`, sealed, belongs to consent in person; `generation` is part
    of her secret link.
    """

    __tablename__ = "photo_person"
    __table_args__ = (UniqueConstraint("photo_id", "number"),)

    id: Mapped[NewId]
    photo_id: Mapped[Id] = mapped_column(ForeignKey("photo.id", ondelete="CASCADE"))
    number: Mapped[int]
    picture_hash: Mapped[str] = mapped_column(String(64), default="")
    uses: Mapped[list[str]] = mapped_column(JSON, default=list)
    agreed_on: Mapped[date | None]
    way: Mapped[Way | None] = mapped_column(String(12))
    heard_by: Mapped[bytes | None] = mapped_column(LargeBinary)
    generation: Mapped[int] = mapped_column(default=0)
    expires_on: Mapped[date | None]

    photo: Mapped[Photo] = relationship(back_populates="persons")

    @property
    def granted(self) -> frozenset[Use]:
        return frozenset(map(Use, self.uses))

    def take(self, picture_hash: str, details: AgreementDetails) -> None:
        """Bind what she agrees to, to this picture, in place of anything before."""
        self.picture_hash, self.uses = picture_hash, sorted(details.uses)
        self.agreed_on, self.way, self.expires_on = details.agreed_on, details.way, details.expires_on
        self.heard_by = None

    def forget(self) -> None:
        """Leave only that her link was one."""
        self.picture_hash, self.uses = "", []
        self.agreed_on = self.way = self.heard_by = self.expires_on = None
