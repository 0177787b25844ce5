"""Signing in and out, sessions and passwords. Each function is one commit.

What costs time, hashing, comes before the writing transaction, for on SQLite all writers wait for each other.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, delete

from organizer import audit, limits, outbox, vault
from organizer.accounts import marks, passwords, queries
from organizer.accounts.models import (
    Account,
    PasswordLink,
    Session,
    add_password_link,
    add_session,
    session_hash,
)
from organizer.accounts.queries import OpenLink
from organizer.accounts.rules import account_name, check_password
from organizer.db import db, writing
from organizer.errors import Gone, RuleError
from organizer.outbox import Fact
from organizer.policy import NOBODY


def sign_in(name: str, password: str, network: str, old_token: str = "", mark: str = "") -> str:
    """Begin a session in place of the browser's earlier one and return its token.

    Raises RuleError for a wrong name or password alike, in the same time, and TooMany after too many wrong ones.
    `mark` is what `marks.new` gave to a browser that has signed in before.
    """
    folded = account_name(name)
    buckets = _buckets(folded, network, mark)
    for bucket in buckets:
        limits.check(*bucket)
    account = queries.by_name(folded)
    checked_hash = account.password_hash if account else None
    if not passwords.is_right(checked_hash, password) or account is None:
        for bucket in buckets:
            limits.take(*bucket)
        raise _no_match()
    new_hash = passwords.hashed(password) if passwords.is_outdated(account.password_hash) else account.password_hash
    with writing(lock=account):
        if account.password_hash != checked_hash:
            raise _no_match()
        account.password_hash = new_hash
        _end(Session.token_hash == session_hash(old_token))
        token = add_session(account.id)
        outbox.commit(Fact("account.signed_in", account.id))
    return token


def _buckets(name: str, network: str, mark: str) -> list[tuple[str, str, str]]:
    """Where wrong tries at a name are counted.

    A browser that has signed in as her is counted by itself, so that strangers cannot keep her out. Theirs are counted
    per network, so that one elsewhere keeps no new browser of hers out either, and together, so that many networks do
    not make many guesses. A network alone is never refused: an onion's is one.
    """
    browser = marks.browser_of(mark, name)
    if browser is not None:
        return [("sign-in-known", browser, "10/10 minutes")]
    key = vault.mac(vault.derive("sign-in"), "name", name)
    return [("sign-in", f"{key}.{network}", "10/10 minutes"), ("sign-in-everywhere", key, "100/hour")]


def sign_out(account_id: str, token: str) -> None:
    """End the session with this token."""
    with writing():
        _end(Session.token_hash == session_hash(token))
        outbox.commit(Fact("account.signed_out", account_id))


def end_session(session: Session) -> None:
    """End a session in some other browser; one that has ended already is no error."""
    session_id, account_id = session.id, session.account_id
    with writing():
        _end(Session.id == session_id)
        outbox.commit(Fact("account.signed_out", account_id))


def end_other_sessions(account_id: str, token: str) -> None:
    """Sign out everywhere but in the browser that holds this token."""
    with writing():
        _end(Session.account_id == account_id, Session.token_hash != session_hash(token))
        outbox.commit(Fact("account.signed_out", account_id))


def change_password(account: Account, present_password: str, password: str, token: str) -> None:
    """Set a new password and end all sessions but the one with this token, and a link that waits.

    Raises RuleError for a wrong present password and for a poor new one, TooMany after too many tries.
    """
    check_password(password, account.name)
    checked_hash = account.password_hash
    passwords.confirm(account, present_password, field="present_password")
    password_hash = passwords.hashed(password)
    with writing(lock=account):
        if account.password_hash != checked_hash:
            raise RuleError("It was changed meanwhile. Sign in with the new one.", field="present_password")
        _set_password(account, password_hash, token)


def make_password_link(name: str) -> str:
    """Make a one-use link for a forgotten password and return its token. For the command line.

    Raises RuleError for an unknown name.
    """
    account = queries.by_name(account_name(name))
    if account is None:
        raise RuleError("There is no account with this name.", field="name")
    with writing(lock=account):
        token = add_password_link(account)
        audit.write(None, "account.password_link_made", account.id)
        outbox.commit(Fact("account.password_link_made", account.id))
    return token


def use_password_link(link: OpenLink, password: str) -> str:
    """Set a new password by a link, which is void then; end all sessions, begin one and return its token.

    Raises RuleError for a poor password, Gone when the link was used meanwhile.
    """
    account = link.account
    check_password(password, account.name)
    password_hash = passwords.hashed(password)
    with writing(lock=account):
        if queries.open_link(NOBODY, link.token) is None:
            raise Gone
        session_token = add_session(account.id)
        _set_password(account, password_hash, session_token)
    return session_token


def _set_password(account: Account, password_hash: str, kept_token: str) -> None:
    account.password_hash = password_hash
    db.session.flush()
    _end(Session.account_id == account.id, Session.token_hash != session_hash(kept_token))
    db.session.execute(delete(PasswordLink).where(PasswordLink.account_id == account.id))
    audit.write(account.id, "account.password_changed", account.id)
    outbox.commit(Fact("account.password_changed", account.id))


def _end(*which: ColumnElement[bool]) -> None:
    db.session.execute(delete(Session).where(*which))


def _no_match() -> RuleError:
    return RuleError("Name and password do not go together.", field="password")
