"""Who did what to which id, on which day. Each line's hash covers the one before, so none can be changed unseen."""

from __future__ import annotations

import hashlib
import hmac
import json
from contextlib import closing
from datetime import date

from sqlalchemy import String, func, select
from sqlalchemy.orm import Mapped, mapped_column

from organizer import clock, vault
from organizer.db import Id, Model, db

CHAIN_LOCK = 0x61756469
FIRST_HASH = bytes(32)
NOTED = "audit.noted"


class AuditLine(Model):
    """Nothing personal, and no more than the day: lines are never deleted."""

    __tablename__ = "audit_line"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    actor_id: Mapped[Id | None]
    """The account, or None for the program itself and the command line."""
    verb: Mapped[str] = mapped_column(String(60))
    object_id: Mapped[str] = mapped_column(String(60))
    happened_on: Mapped[date]
    previous_hash: Mapped[bytes]
    hash: Mapped[bytes]


def write(actor_id: str | None, verb: str, object_id: str) -> None:
    """Note a line such as (account.id, "contacts.read", event.id) in the open writing transaction.

    `outbox.commit` stores it; a transaction that is rolled back leaves none.
    """
    db.session.info.setdefault(NOTED, []).append((actor_id, verb, object_id))


def store() -> None:
    """Add the noted lines to the chain, as the last thing before the commit. Does not commit."""
    noted = db.session.info.pop(NOTED, [])
    if not noted:
        return
    _queue()
    last = db.session.scalar(select(AuditLine).order_by(AuditLine.number.desc()).limit(1))
    for actor_id, verb, object_id in noted:
        last = _next(last, actor_id, verb, object_id)
        db.session.add(last)
    db.session.flush()


def _next(last: AuditLine | None, actor_id: str | None, verb: str, object_id: str) -> AuditLine:
    line = AuditLine(
        number=last.number + 1 if last else 1,
        actor_id=actor_id,
        verb=verb,
        object_id=object_id,
        happened_on=clock.today(),
        previous_hash=last.hash if last else FIRST_HASH,
    )
    line.hash = _hash(line, vault.derive("audit"))
    return line


def verify() -> int | None:
    """Return the number of the first line that was changed, moved or is missing; None when all hold.

    A cut-off end cannot be seen from the chain alone; compare the last number with a backup's.
    """
    key, previous_hash = vault.derive("audit"), FIRST_HASH
    lines = select(AuditLine).order_by(AuditLine.number).execution_options(yield_per=1000)
    with closing(db.session.scalars(lines)) as chain:
        for number, line in enumerate(chain, start=1):
            if line.previous_hash != previous_hash or not vault.same(line.hash, _hash(line, key)):
                return number
            previous_hash = line.hash
    return None


def _queue() -> None:
    """Let one writer at a time add to the chain, until its commit.

    SQLite's BEGIN IMMEDIATE does so already. On PostgreSQL a row lock would not do: whoever waited for the last
    line would get it, and not the one after it. It is taken after the subject's row and before the handlers'
    rows, so that the order of locks is the same for all.
    """
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(CHAIN_LOCK)))


def _hash(line: AuditLine, key: bytes) -> bytes:
    """Keyed, since whoever can write to the database could forge a plain chain."""
    told = [line.number, line.actor_id, line.verb, line.object_id, line.happened_on.isoformat()]
    return hmac.digest(key, line.previous_hash + json.dumps(told).encode(), hashlib.sha256)
