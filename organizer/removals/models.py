"""Requests to remove something."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from organizer.db import Id, Model, NewId
from organizer.removals.rules import Kind, State


class RemovalRequest(Model):
    """That somebody asked a group to remove something, nobody knows who.

    `subject_id` is no foreign key, since what it is about belongs to a higher room, which states its withdrawal as a
    fact. `note`, sealed, is what is wrong in the words of whoever asked; it goes when the request is settled.
    """

    __tablename__ = "removal_request"
    __table_args__ = (
        CheckConstraint("(state = 'settled') = (settled_on IS NOT NULL)", name="settled"),
        CheckConstraint("state <> 'settled' OR note IS NULL", name="note_gone"),
        Index("ix_removal_request_group_state", "group_id", "state"),
    )

    id: Mapped[NewId]
    group_id: Mapped[Id] = mapped_column(ForeignKey("group.id"))
    kind: Mapped[Kind] = mapped_column(String(12))
    subject_id: Mapped[Id] = mapped_column(index=True)
    note: Mapped[bytes | None] = mapped_column(LargeBinary)
    asked_on: Mapped[date]
    state: Mapped[State] = mapped_column(String(12), default=State.OPEN)
    settled_on: Mapped[date | None]
