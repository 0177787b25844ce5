"""Codes of leaflets, and how often each was followed."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from organizer.db import Id, Model, NewId
from organizer.events.models import Event
from organizer.leaflets.models import LeafletVersion

LONGEST_PLACE = 80


class LeafletCode(Model):
    """A short code, and its QR code, for one version in one place where it is handed out; `/l/<code>` leads on."""

    __tablename__ = "leaflet_code"

    id: Mapped[NewId]
    version_id: Mapped[Id] = mapped_column(ForeignKey("leaflet_version.id", ondelete="CASCADE"), index=True)
    event_id: Mapped[Id | None] = mapped_column(ForeignKey("event.id", ondelete="SET NULL"), index=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    place: Mapped[str] = mapped_column(String(LONGEST_PLACE), default="")
    created_on: Mapped[date]

    version: Mapped[LeafletVersion] = relationship()
    event: Mapped[Event | None] = relationship()


class LeafletScan(Model):
    """How often a code was followed on one day; nothing else is kept of that."""

    __tablename__ = "leaflet_scan"
    __table_args__ = (CheckConstraint("count > 0", name="counted"),)

    code_id: Mapped[Id] = mapped_column(ForeignKey("leaflet_code.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    count: Mapped[int]
