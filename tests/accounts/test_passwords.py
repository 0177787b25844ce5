"""What a password costs, and that no flood of them takes the machine."""

from __future__ import annotations

import importlib.util
import threading

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.low_level import Type
from flask import Flask

from organizer.accounts import passwords
from organizer.errors import RuleError, TooMany, Unavailable
from tests import factories
from tests.factories import PASSWORD


def test_a_password_is_kept_as_argon2id_with_64_mebibytes_four_rounds_and_two_lanes() -> None:
    spec = importlib.util.find_spec("organizer.accounts.passwords")
    assert spec
    assert spec.loader
    untouched = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(untouched)

    figures = extract_parameters(untouched.hashed(PASSWORD))

    assert figures.type == Type.ID
    assert (figures.memory_cost, figures.time_cost, figures.parallelism) == (65536, 4, 2)
    assert (figures.salt_len, figures.hash_len) == (16, 32)


@pytest.mark.usefixtures("app")
def test_only_the_password_itself_is_right() -> None:
    stored = passwords.hashed(PASSWORD)

    assert passwords.is_right(stored, PASSWORD)
    assert not passwords.is_right(stored, PASSWORD + " ")
    assert not passwords.is_right(stored, "")
    assert not passwords.is_right(None, PASSWORD)


@pytest.mark.usefixtures("app")
def test_an_accent_is_the_same_from_every_keyboard() -> None:
    assert passwords.is_right(passwords.hashed("caf\u00e9 au lait noir"), "cafe\u0301 au lait noir")


@pytest.mark.usefixtures("app")
def test_an_unknown_name_costs_one_check_like_a_known_one(monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str] = []
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)

    class Counting:
        def verify(self, password_hash: str, password: str) -> bool:
            checked.append(password_hash)
            return cheap.verify(password_hash, password)

    stored = passwords.hashed(PASSWORD)
    passwords.is_right(stored, PASSWORD)
    monkeypatch.setattr(passwords, "HASHER", Counting())

    passwords.is_right(stored, "wrong")
    passwords.is_right(None, "wrong")

    assert len(checked) == 2
    assert extract_parameters(checked[0]) == extract_parameters(checked[1])


@pytest.mark.usefixtures("app")
def test_who_waits_too_long_for_a_turn_is_told_and_nothing_piles_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_turns", threading.BoundedSemaphore(1))
    monkeypatch.setattr(passwords, "PATIENCE_SECONDS", 0.01)
    with passwords._turn(), pytest.raises(Unavailable):
        passwords.hashed(PASSWORD)

    assert passwords.hashed(PASSWORD)


def test_a_thief_of_a_session_cannot_guess_on_and_on(app: Flask) -> None:
    account = factories.account("ana")
    for _ in range(10):
        with pytest.raises(RuleError, match="not your password"):
            passwords.confirm(account, "a guess of some kind")
    with pytest.raises(TooMany):
        passwords.confirm(account, PASSWORD)
