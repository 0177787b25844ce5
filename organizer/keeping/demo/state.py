"""Whether this site is a demo, and the demo organizer's way in.

The database tells: only a demo has the account ACCOUNT_ID. Pages ask the password's file instead, which lies in the
data directory as long as the demo is there, since they must know at once.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from organizer import config, key_store
from organizer.accounts import words
from organizer.accounts.models import Account
from organizer.audit import AuditLine
from organizer.db import db
from organizer.groups.models import Group

ACCOUNT_ID = "demo" * 6 + "de"
ACCOUNT_NAME = "demo"
FILLED = "demo.filled"


def is_untouched() -> bool:
    """Whether nobody has begun anything here."""
    return (
        db.session.scalar(select(Account.id).limit(1)) is None and db.session.scalar(select(Group.id).limit(1)) is None
    )


def is_demo() -> bool:
    """Whether what is in the database is the demo, all of it or the beginning of it."""
    return db.session.get(Account, ACCOUNT_ID) is not None


def is_filled() -> bool:
    """Whether the demo was filled to its end."""
    return db.session.scalar(select(AuditLine.number).where(AuditLine.verb == FILLED).limit(1)) is not None


def is_fillable() -> bool:
    """Whether the demo may be filled: nothing is there, or a filling that was broken off."""
    return is_untouched() or (is_demo() and not is_filled())


def is_shown() -> bool:
    """Whether pages say that this is a demo."""
    return password_file().exists()


def password() -> str | None:
    """The demo organizer's password, None when its file is gone."""
    return password_file().read_text().strip() if is_shown() else None


def new_password() -> str:
    """Four words in place of the file's."""
    made = words.suggestion()
    forget_password()
    key_store.write_new_file(password_file(), f"{made}\n".encode())
    return made


def forget_password() -> None:
    password_file().unlink(missing_ok=True)


def password_file() -> Path:
    return config.current().data_dir / "demo-password"
