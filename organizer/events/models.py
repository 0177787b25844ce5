"""The tables of events. `place`, `spot` and what goes with them leave this room through the gate only."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from organizer.db import Id, Model, NewId
from organizer.events.rules import Editorial, EventDetails, Kind, Occurrence, SpotShown, Visibility
from organizer.events.times import Start, When, when_of
from organizer.groups.models import City, Group


class Event(Model):
    """One action of one group. The columns down to `links` are those of `rules.EventDetails`.

    `starts_at` and `ends_at` are derived from the wall time; `former_starts_on` and `former_starts_time` tell when one
    that was moved was to begin before, on the clock of its zone; `sequence` counts changes of time, place and status;
    `translations` holds `rules.Texts` by language code for languages other than `language`.
    """

    __tablename__ = "event"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("ends_time IS NULL OR starts_time IS NOT NULL", name="end_needs_start"),
        Index("ix_event_listed", "editorial", "visibility", "ends_at"),
        Index("ix_event_group_ends", "group_id", "ends_at"),
        Index("ix_event_city_ends", "city_id", "ends_at"),
    )

    id: Mapped[NewId]
    uid: Mapped[str] = mapped_column(String(160), unique=True)
    slug: Mapped[str | None] = mapped_column(String(80), unique=True)
    group_id: Mapped[Id] = mapped_column(ForeignKey("group.id"))

    kind: Mapped[Kind] = mapped_column(String(12))
    title: Mapped[str] = mapped_column(String(120))
    what_for: Mapped[str]
    starts_on: Mapped[date]
    place: Mapped[str] = mapped_column(String(300))
    city_id: Mapped[Id] = mapped_column(ForeignKey("city.id"))
    zone: Mapped[str] = mapped_column(String(60))
    language: Mapped[str] = mapped_column(String(12))
    starts_time: Mapped[time | None]
    ends_on: Mapped[date | None]
    ends_time: Mapped[time | None]
    is_all_day: Mapped[bool] = mapped_column(default=False)
    starts_fold: Mapped[int | None]
    ends_fold: Mapped[int | None]
    contact: Mapped[str] = mapped_column(String(200), default="")
    visibility: Mapped[Visibility] = mapped_column(String(12), default=Visibility.PUBLIC)
    spot: Mapped[str] = mapped_column(default="")
    spot_shown: Mapped[SpotShown] = mapped_column(String(12), default=SpotShown.AT_ONCE)
    spot_hours_before: Mapped[int] = mapped_column(default=3)
    occasion: Mapped[str] = mapped_column(default="")
    spoken_languages: Mapped[str] = mapped_column(default="")
    what_to_bring: Mapped[str] = mapped_column(default="")
    access: Mapped[str] = mapped_column(default="")
    photo_rule: Mapped[str] = mapped_column(default="")
    safety_notes: Mapped[str] = mapped_column(default="")
    programme: Mapped[str] = mapped_column(default="")
    endorsers: Mapped[str] = mapped_column(default="")
    press_contact: Mapped[str] = mapped_column(default="")
    private_notes: Mapped[str] = mapped_column(default="")
    links: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)

    translations: Mapped[dict[str, dict[str, str]]] = mapped_column(JSON, default=dict)
    editorial: Mapped[Editorial] = mapped_column(String(12), default=Editorial.DRAFT)
    occurrence: Mapped[Occurrence] = mapped_column(String(12), default=Occurrence.SCHEDULED)
    former_starts_on: Mapped[date | None]
    former_starts_time: Mapped[time | None]
    reason: Mapped[str] = mapped_column(default="")
    cancelled_at: Mapped[datetime | None]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    sequence: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    report: Mapped[str] = mapped_column(default="")
    came: Mapped[int | None]
    handed_out: Mapped[int | None]
    copied_from_id: Mapped[str | None] = mapped_column(String(26))

    group: Mapped[Group] = relationship(lazy="joined", innerjoin=True)
    city: Mapped[City] = relationship(lazy="joined", innerjoin=True)
    notices: Mapped[list[Notice]] = relationship(
        lazy="selectin", order_by="Notice.posted_at.desc()", passive_deletes=True
    )
    tags: Mapped[list[Tag]] = relationship(lazy="selectin", secondary="event_tag", order_by="Tag.slug")

    @property
    def when(self) -> When:
        return when_of(self)

    def take(self, details: EventDetails) -> None:
        """Take over what the form says, and derive the instants anew."""
        for name in FORM_COLUMNS:
            setattr(self, name, getattr(details, name))
        self.links = [{"label": link.label, "url": link.url} for link in details.links]
        self.starts_at, self.ends_at = details.when.starts_at, details.when.ends_at

    def take_when(self, when: When) -> None:
        for name in WHEN_COLUMNS:
            setattr(self, name, getattr(when, name))
        self.starts_at, self.ends_at = when.starts_at, when.ends_at

    @property
    def former_start(self) -> Start | None:
        """When it was to begin before it was moved."""
        return Start(self.former_starts_on, self.former_starts_time) if self.former_starts_on else None

    def remember(self, former: Start) -> None:
        self.former_starts_on, self.former_starts_time = former.starts_on, former.starts_time

    def touch(self, now: datetime) -> None:
        """Move `changed_at` by a second at least: calendars compare whole seconds."""
        self.changed_at = max(now, self.changed_at + timedelta(seconds=1)).replace(microsecond=0)


WHEN_COLUMNS = tuple(When.__dataclass_fields__)
FORM_COLUMNS = tuple(name for name in EventDetails.__dataclass_fields__ if name not in ("links", "tags"))


class OldSlug(Model):
    """A public address that an event once had; it leads to the event for good."""

    __tablename__ = "old_slug"

    slug: Mapped[str] = mapped_column(String(80), primary_key=True)
    event_id: Mapped[Id] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)


class Notice(Model):
    """A short dated word to all who come; `texts` by language code, the event's own language always among them."""

    __tablename__ = "notice"

    id: Mapped[NewId]
    event_id: Mapped[Id] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    texts: Mapped[dict[str, str]] = mapped_column(JSON)
    posted_at: Mapped[datetime]


class Tag(Model):
    __tablename__ = "tag"

    slug: Mapped[str] = mapped_column(String(60), primary_key=True)
    name: Mapped[str] = mapped_column(String(60))


class EventTag(Model):
    __tablename__ = "event_tag"

    event_id: Mapped[Id] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    tag_slug: Mapped[str] = mapped_column(ForeignKey("tag.slug"), primary_key=True, index=True)
