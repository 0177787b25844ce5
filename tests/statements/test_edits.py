"""What counts as a light edit, and how a change is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from organizer.statements import edits
from organizer.statements.edits import Kind


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("I beleive the war must stop", "I believe the war must stop."),
        ("i came. we stood there", "I came; we stood there!"),
        ("One two three four five six", "One two […] five six"),
        ("One two three four five six", "[...] three four […]"),
        ("Мы были там все вместе", "Мы были там […]"),
        ("我们反对战争", "我们反对战争。"),
        ("ما برای دوستانمان آمدیم", "ما برای دوستانمان آمدیم."),
        ("Dont leave", "Don’t leave"),
        ("हम शांति के लिए आए", "हम शांति के लिए आए।"),
        ("Twenty - 5 of us - came", "Twenty, 5 of us, came"),
    ],
)
def test_spelling_and_marked_cuts_are_light(said: str, kept: str) -> None:
    assert edits.is_light(said, kept)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("One two three four", "One two four"),
        ("One two three four", "One two three four five"),
        ("I did it in 2022", "I did it in 2023"),
        ("We do not agree", "We do agree"),
        ("We do not agree", "We do now agree"),
        ("One two three", "Three two one"),
        ("One two three", "[…]"),
        ("One two", "One [five] two"),
        ("We came for peace", "We came for bread"),
        ("We came for peace", "We came for “peace” \N{CLOWN FACE}"),
        ("दिन भर", "दान भर"),
        ("कम", "कमी"),
        ("It was -5 that day", "It was 5 that day"),
        ("It was 5 that day", "It was −5 that day"),
    ],
)
def test_other_words_are_not(said: str, kept: str) -> None:
    assert not edits.is_light(said, kept)


@given(words=st.lists(st.sampled_from(["peace", "мир", "和", "bread", "صلح"]), min_size=3), start=st.integers(0, 9))
def test_what_is_left_of_a_cut_is_just_what_was_said(words: list[str], start: int) -> None:
    start %= len(words) - 1
    kept = [*words[:start], "[…]", *words[start + 1 :]]
    assert edits.is_light(" ".join(words), " ".join(kept))


@given(old=st.text(max_size=60), new=st.text(max_size=60))
def test_a_difference_is_all_of_both(old: str, new: str) -> None:
    pieces = edits.difference(old, new)
    assert "".join(text for kind, text in pieces if kind != Kind.NEW) == old
    assert "".join(text for kind, text in pieces if kind != Kind.GONE) == new


def test_one_word_is_told_apart() -> None:
    assert edits.difference("a b c", "a x c") == (
        (Kind.SAME, "a "),
        (Kind.GONE, "b"),
        (Kind.NEW, "x"),
        (Kind.SAME, " c"),
    )
