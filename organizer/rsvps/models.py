"""Answers, and per event how it asks and how many places are taken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from organizer.db import Id, Model, NewId, run
from organizer.errors import Gone
from organizer.rsvps.rules import LARGEST_PARTY, Coming, Level, RsvpDetails


class Capacity(Model):
    """How an event asks, and its counter: the row that its answers queue for.

    `going` and `maybe` count people, `places` is the most who can come (None: no limit). From `settled_at` on,
    `purge_at` moves no later. After the purge only `total_rounded` tells how many had answered. `shown` is what the
    public was last told about places and counts.
    """

    __tablename__ = "capacity"
    __table_args__ = (
        CheckConstraint("places IS NULL OR going <= places", name="not_over"),
        CheckConstraint("going >= 0 AND maybe >= 0", name="not_under"),
    )

    event_id: Mapped[Id] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    level: Mapped[Level] = mapped_column(String(12))
    places: Mapped[int | None]
    party_max: Mapped[int] = mapped_column(default=LARGEST_PARTY)
    is_open: Mapped[bool] = mapped_column(default=True)
    has_public_count: Mapped[bool] = mapped_column(default=False)
    going: Mapped[int] = mapped_column(default=0)
    maybe: Mapped[int] = mapped_column(default=0)
    last_number: Mapped[int] = mapped_column(default=0)
    purge_at: Mapped[datetime] = mapped_column(index=True)
    settled_at: Mapped[datetime | None]
    purged_at: Mapped[datetime | None]
    total_rounded: Mapped[int | None]
    shown: Mapped[str] = mapped_column(String(12), default="")


class Rsvp(Model):
    """One party's answer. It belongs to its event's capacity, so that whoever writes it locks that row and no other.

    `nickname` is sealed under the event's key; `number` orders an event's answers. `generation` is part of the
    secret link: a new one makes the old link void. `set_aside` numbers the batch that an organizer set aside; such an
    answer holds no place.
    """

    __tablename__ = "rsvp"
    __table_args__ = (
        UniqueConstraint("event_id", "number"),
        CheckConstraint("party_size >= 1", name="party"),
    )

    id: Mapped[NewId]
    event_id: Mapped[Id] = mapped_column(ForeignKey("capacity.event_id", ondelete="CASCADE"))
    number: Mapped[int]
    coming: Mapped[Coming] = mapped_column(String(8))
    party_size: Mapped[int]
    nickname: Mapped[bytes | None] = mapped_column(LargeBinary)
    generation: Mapped[int] = mapped_column(default=0)
    answered_on: Mapped[date]
    set_aside: Mapped[int | None]


# Answers arrive in floods, so that they are counted and stored past the session.


@dataclass
class Counter:
    """What a new answer is checked and counted against: columns of `Capacity`, as the driver gives them."""

    event_id: str
    level: str
    places: int | None
    party_max: int
    is_open: bool
    has_public_count: bool
    going: int
    maybe: int
    last_number: int
    purged_at: object
    shown: str


def locked_counter(event_id: str) -> Counter:
    """The event's counter, locked for the writing that has begun. Raises Gone when the event was deleted meanwhile."""
    found = run(
        "SELECT event_id, level, places, party_max, is_open, has_public_count, going, maybe, last_number, purged_at, "
        "shown FROM capacity WHERE event_id = :event_id FOR UPDATE",
        event_id=event_id,
    )
    if found is None:
        raise Gone
    return Counter(*found)


def add_answer(counter: Counter, rsvp_id: str, details: RsvpDetails, nickname: bytes | None, today: date) -> None:
    """Store a new answer with the counter that counts it; `nickname` is sealed. Does not commit."""
    run(
        "UPDATE capacity SET going = :going, maybe = :maybe, last_number = :last_number, shown = :shown "
        "WHERE event_id = :event_id",
        event_id=counter.event_id,
        going=counter.going,
        maybe=counter.maybe,
        last_number=counter.last_number,
        shown=counter.shown,
    )
    run(
        "INSERT INTO rsvp (id, event_id, number, coming, party_size, nickname, generation, answered_on) "
        "VALUES (:id, :event_id, :number, :coming, :party_size, :nickname, 0, :answered_on)",
        id=rsvp_id,
        event_id=counter.event_id,
        number=counter.last_number,
        coming=details.coming,
        party_size=details.party_size,
        nickname=nickname,
        answered_on=today.isoformat(),
    )
