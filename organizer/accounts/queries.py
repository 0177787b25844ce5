"""Reading accounts, their sessions and the links that open them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from organizer import clock
from organizer.accounts.models import Account, PasswordLink, Session, link_hash, session_hash
from organizer.db import db
from organizer.policy import Viewer


@dataclass(frozen=True)
class OpenSession:
    """A browser that is signed in; `is_this` marks the one that asks."""

    id: str
    started_on: date
    ends_on: date
    is_this: bool


@dataclass(frozen=True)
class OpenLink:
    """A password link that can still be used."""

    account: Account
    token: str


def account(account_id: str) -> Account:
    return db.session.get_one(Account, account_id)


def by_name(name: str) -> Account | None:
    """The account with this name, as `rules.account_name` folds it."""
    return db.session.scalar(select(Account).where(Account.name == name))


def sessions(account_id: str, token: str) -> list[OpenSession]:
    """The account's open sessions, the one with this token first, then the latest."""
    own_hash = session_hash(token)
    query = select(Session).where(Session.account_id == account_id, Session.ends_on >= clock.today())
    found = [
        OpenSession(session.id, session.started_on, session.ends_on, session.token_hash == own_hash)
        for session in db.session.scalars(query.order_by(Session.started_on.desc(), Session.id))
    ]
    return sorted(found, key=lambda session: not session.is_this)


def holder(viewer: Viewer) -> Account | None:
    """Policy: the viewer's own account."""
    return account(viewer.account_id) if viewer.account_id else None


def own_session(viewer: Viewer, session_id: str) -> Session | None:
    """Policy: a session of the viewer's own account."""
    session = db.session.get(Session, session_id)
    return session if session and session.account_id == viewer.account_id else None


def open_link(viewer: Viewer, token: str) -> OpenLink | None:  # noqa: ARG001 - the link alone decides
    """Policy: the account whose password this link sets; None for a forged, used or late one."""
    query = (
        select(Account)
        .join(PasswordLink, PasswordLink.account_id == Account.id)
        .where(PasswordLink.token_hash == link_hash(token), PasswordLink.ends_at > clock.now())
    )
    found = db.session.scalar(query)
    return OpenLink(found, token) if found else None
