"""Passwords at their real price: argon2id, dear on purpose, and not too many at once."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from organizer import limits, vault
from organizer.accounts.models import Account
from organizer.errors import RuleError, Unavailable

MEMORY_KIBIBYTES = 64 * 1024
HASHER = PasswordHasher(time_cost=4, memory_cost=MEMORY_KIBIBYTES, parallelism=2)
PATIENCE_SECONDS = 3.0

# Whoever floods the sign-in page with names shall neither fill the memory nor take all of the processor.
_turns = BoundedSemaphore(2)
_waiting = BoundedSemaphore(2)


def hashed(password: str) -> str:
    """What is stored in a password's place. Raises Unavailable when too many wait for their turn."""
    with _turn():
        return HASHER.hash(_in_one_form(password))


def is_right(password_hash: str | None, password: str) -> bool:
    """Whether it is the password; for None, an unknown name, it is not, and to say so takes as long.

    Raises Unavailable when too many wait for their turn.
    """
    decoy = _nobodys_hash()
    with _turn():
        try:
            HASHER.verify(password_hash or decoy, _in_one_form(password))
        except VerificationError:
            return False
    return password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Whether it was made at another price than today's."""
    return HASHER.check_needs_rehash(password_hash)


def confirm(account: Account, password: str, field: str = "password") -> None:
    """Make sure that it is she who asks, and not somebody at a screen that she left.

    Raises RuleError for a wrong password, TooMany after too many.
    """
    limits.take("password", account.id, "10/10 minutes")
    if not is_right(account.password_hash, password):
        raise RuleError("This is not your password.", field=field)


@contextmanager
def _turn() -> Iterator[None]:
    if not (_turns.acquire(blocking=False) or _wait()):
        raise Unavailable("Too many passwords wait to be checked.")
    try:
        yield
    finally:
        _turns.release()


def _wait() -> bool:
    """Wait for a turn; the few who may wait leave the server's other threads to those who read."""
    if not _waiting.acquire(blocking=False):
        return False
    try:
        return _turns.acquire(timeout=PATIENCE_SECONDS)
    finally:
        _waiting.release()


def _in_one_form(password: str) -> str:
    """Keyboards differ in how they write an é."""
    return unicodedata.normalize("NFC", password)


@cache
def _nobodys_hash() -> str:
    return HASHER.hash(vault.new_token())
