"""Stored entries, feeds and which entry stands in which feed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from organizer.db import Id, Model


class StoredEntry(Model):
    """An event's VEVENT text as the PUBLIC may see it, rendered with the change that it shows.

    `rerender_at` is the next moment at which the gate lets more through, late being safe and early impossible; or when
    something that it offers may have been overtaken.
    """

    __tablename__ = "calendar_entry"

    event_id: Mapped[Id] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    text: Mapped[str]
    zone: Mapped[str] = mapped_column(String(60))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    rerender_at: Mapped[datetime | None] = mapped_column(index=True)


class Feed(Model):
    """The version of one feed. `key` is all, group:<slug>, city:<slug>, tag:<slug> or event:<id>.

    An event's own feed is not served while the public may not see the event.
    """

    __tablename__ = "feed"

    key: Mapped[str] = mapped_column(String(100), primary_key=True)
    version: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime]
    is_served: Mapped[bool] = mapped_column(default=True)


class FeedEntry(Model):
    __tablename__ = "feed_entry"

    feed_key: Mapped[str] = mapped_column(ForeignKey("feed.key"), primary_key=True)
    event_id: Mapped[Id] = mapped_column(
        ForeignKey("calendar_entry.event_id", ondelete="CASCADE"), primary_key=True, index=True
    )
