"""Accounts, their sessions and password links. No address, no user agent: a session knows its days only."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, LargeBinary, String, delete, exc
from sqlalchemy.orm import Mapped, mapped_column

from organizer import clock, vault
from organizer.accounts.rules import LONGEST_NAME, PASSWORD_LINK_LASTS, SESSION_LASTS
from organizer.db import Id, Model, NewId, db, new_id
from organizer.errors import RuleError


class Account(Model):
    """A person who works in a group. `name` is what she signs in with, kept as `rules.account_name` folds it."""

    __tablename__ = "account"

    id: Mapped[NewId]
    name: Mapped[str] = mapped_column(String(LONGEST_NAME), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    is_operator: Mapped[bool] = mapped_column(default=False)
    created_on: Mapped[date]


class Session(Model):
    """One signed-in browser; its cookie holds the token, the table the token's hash."""

    __tablename__ = "session"

    id: Mapped[NewId]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    account_id: Mapped[Id] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    started_on: Mapped[date]
    ends_on: Mapped[date]


class PasswordLink(Model):
    """A one-use link with which an account sets a new password; an account has one at most."""

    __tablename__ = "password_link"

    account_id: Mapped[Id] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    ends_at: Mapped[datetime]


# Steps of writing services, here and in higher rooms. None commits.


def add_account(name: str, password_hash: str, *, is_operator: bool = False) -> Account:
    """Add an account; `name` as `rules.account_name` folds it. Raises RuleError when it is taken."""
    account = Account(
        id=new_id(), name=name, password_hash=password_hash, is_operator=is_operator, created_on=clock.today()
    )
    try:
        with db.session.begin_nested():
            db.session.add(account)
    except exc.IntegrityError:
        raise RuleError("This name is taken. Choose another one.", field="name") from None
    return account


def add_session(account_id: str) -> str:
    """Begin a session and return its token, which is kept nowhere else. Sessions that have ended go."""
    token, today = vault.new_token(), clock.today()
    db.session.execute(delete(Session).where(Session.ends_on < today))
    db.session.add(
        Session(token_hash=session_hash(token), account_id=account_id, started_on=today, ends_on=today + SESSION_LASTS)
    )
    return token


def add_password_link(account: Account) -> str:
    """Make a link in place of an earlier one and return its token, which is kept nowhere else."""
    db.session.refresh(account, with_for_update=True)
    token = vault.new_token()
    link = PasswordLink(account_id=account.id, token_hash=link_hash(token), ends_at=clock.now() + PASSWORD_LINK_LASTS)
    db.session.merge(link)
    return token


def session_hash(token: str) -> bytes:
    return vault.token_hash(token, "session")


def link_hash(token: str) -> bytes:
    return vault.token_hash(token, "password-link")
