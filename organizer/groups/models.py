"""Groups, the cities they are at home in, memberships and invitations."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from organizer import vault
from organizer.db import Id, Model, NewId
from organizer.groups.rules import LONGEST_CONTACT, LONGEST_NAME, LONGEST_PLACE_NAME, GroupDetails


class City(Model):
    """A city, chosen from a list and never typed twice. It stands here as the lowest room that needs it."""

    __tablename__ = "city"

    id: Mapped[NewId]
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(LONGEST_PLACE_NAME))
    region: Mapped[str] = mapped_column(String(LONGEST_PLACE_NAME), default="")
    country: Mapped[str] = mapped_column(String(2))


class Group(Model):
    """A group; the columns between `slug` and `created_on` are those of `rules.GroupDetails`."""

    __tablename__ = "group"

    id: Mapped[NewId]
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    about: Mapped[str] = mapped_column(default="")
    contact: Mapped[str] = mapped_column(String(LONGEST_CONTACT), default="")
    zone: Mapped[str] = mapped_column(String(60))
    language: Mapped[str] = mapped_column(String(12))
    city_id: Mapped[Id] = mapped_column(ForeignKey("city.id"))
    created_on: Mapped[date]

    city: Mapped[City] = relationship(lazy="joined", innerjoin=True)

    def take(self, details: GroupDetails) -> None:
        """Take over what the form says."""
        for name, value in vars(details).items():
            setattr(self, name, value)


class Membership(Model):
    """An account's role (`policy.Role`) in a group. `reads_contacts` grants nothing yet."""

    __tablename__ = "membership"
    __table_args__ = (CheckConstraint("role BETWEEN 1 AND 3", name="role_known"),)

    group_id: Mapped[Id] = mapped_column(ForeignKey("group.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[Id] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True, index=True)
    role: Mapped[int]
    reads_contacts: Mapped[bool] = mapped_column(default=False)


class Invitation(Model):
    """A one-use link that makes a new or signed-in account a member of a group; the table has its token's hash."""

    __tablename__ = "invitation"
    __table_args__ = (CheckConstraint("role BETWEEN 1 AND 3", name="role_known"),)

    id: Mapped[NewId]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    group_id: Mapped[Id] = mapped_column(ForeignKey("group.id", ondelete="CASCADE"), index=True)
    role: Mapped[int]
    reads_contacts: Mapped[bool] = mapped_column(default=False)
    ends_at: Mapped[datetime]

    group: Mapped[Group] = relationship(lazy="joined", innerjoin=True)


def invitation_hash(token: str) -> bytes:
    return vault.token_hash(token, "invitation")
