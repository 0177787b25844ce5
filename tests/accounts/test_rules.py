"""What a name and a password must be."""

from __future__ import annotations

import pytest

from organizer.accounts.rules import account_name, check_password
from organizer.accounts.words import WORDS, suggestion
from organizer.errors import RuleError


@pytest.mark.parametrize("typed", ["Ana", " ana ", "ANA", "ａｎａ"])
def test_a_name_is_the_same_however_it_is_typed(typed: str) -> None:
    assert account_name(typed) == "ana"


@pytest.mark.parametrize("typed", ["", "   ", "a" * 61, "a" * 100_000, "a\x00b", "a\u202eb", "\ud800"])
def test_a_name_is_one_to_sixty_characters_that_can_be_seen(typed: str) -> None:
    with pytest.raises(RuleError, match="1 to 60") as refused:
        account_name(typed)
    assert refused.value.field == "name"


@pytest.mark.parametrize(
    "password",
    [
        "four plain words together",
        "ключ ворота ложка сыр",
        "xJ9#mQ2!vL7$nR4",
        "Kyiv rains on tin roofs",
        "عصر پنجره کتاب آبی دریا",
    ],
)
def test_fifteen_characters_of_ones_own_are_a_password(password: str) -> None:
    check_password(password, "ana")


@pytest.mark.parametrize("password", ["", "short", "fourteen chars"])
def test_fewer_than_fifteen_characters_are_too_few(password: str) -> None:
    with pytest.raises(RuleError, match="15 characters or more") as refused:
        check_password(password, "ana")
    assert refused.value.field == "password"


def test_a_book_is_no_password() -> None:
    with pytest.raises(RuleError, match="1000 characters at most"):
        check_password("word " * 20_000, "ana")


@pytest.mark.parametrize(
    "password",
    [
        "aaaaaaaaaaaaaaaaaaaa",
        "               ",
        "123456789012345",
        "abcdefghijklmnopqrst",
        "zyxwvutsrqponmlkjihg",
        "PasswordPassword1",
        "qwertyuiopasdfg",
        "йцукенгшщзхъ12345",
        "zebra zebra zebra zebra",
        "No justice, no peace!",
        "Woman Life Freedom 2022",
        "correct horse battery staple",
        "\U0001f408" * 20,
    ],
)
def test_what_others_would_try_first_is_refused(password: str) -> None:
    with pytest.raises(RuleError, match="first that others would try"):
        check_password(password, "ana")


def test_ones_own_name_over_and_over_is_refused() -> None:
    with pytest.raises(RuleError, match="first that others would try"):
        check_password("Marigold-Marigold 2023", "marigold")


def test_a_common_word_among_others_is_fine() -> None:
    check_password("secret ladder plum verse", "ana")


def test_a_suggestion_is_four_of_our_words_and_a_good_password() -> None:
    words = suggestion().split()
    assert len(words) == 4
    assert set(words) <= set(WORDS)
    check_password(" ".join(words), "ana")


def test_any_four_of_our_words_are_long_enough() -> None:
    assert len(WORDS) == len(set(WORDS)) >= 1024
    assert min(map(len, WORDS)) >= 3
    assert all(word.isascii() and word.islower() for word in WORDS)


def test_two_suggestions_differ() -> None:
    assert suggestion() != suggestion()
