"""A transcript of many shapes is split with every word in its place, and nothing given to the wrong person."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from organizer.errors import RuleError
from organizer.statements.cues import Reason, Role
from organizer.statements.transcript import Block, Piece, Split, cut, read, statements, with_roles
from tests.statements.transcribing import (
    BETWEEN,
    CITIES,
    NAMES,
    STYLES,
    Said,
    full,
    messy,
    paragraph,
    said,
    signs,
    split,
    words,
    words_of,
)

# What stands around the words, and what nobody signed.


@pytest.mark.parametrize(
    "title",
    [
        "Why we came",
        "WHY WE CAME",
        "# Why we came",
        "**Why we came**",
        "Почему мы пришли",
        "我们为什么来",
        "Why we came – Hen Times",
    ],
)
@pytest.mark.parametrize("said", ["I came.\n\n—Juniper", "**Juniper**\n\nI came."])
def test_titles_and_menus_around_the_words_stand_apart(title: str, said: str) -> None:
    found = split(f"{title}\n\n{said}\n\nMore to see\n\nAbout our paper")
    assert found.said == (Piece(("I came.",), "Juniper"),)
    assert found.other == (title, "More to see", "About our paper")


def test_a_bold_title_above_bold_names_is_none() -> None:
    found = split("**Why We Came**\n\n**Juniper**\n\nI came.\n\n**Wren**\n\nI saw it.")
    assert found.other == ("**Why We Came**",)
    assert [piece.byline for piece in found.said] == ["Juniper", "Wren"]


def test_short_words_with_a_name_are_no_title() -> None:
    assert split("Because they feel\n\n—Juniper").said == (Piece(("Because they feel",), "Juniper"),)
    assert split("**Juniper**\n\nBecause they feel").said == (Piece(("Because they feel",), "Juniper"),)


@pytest.mark.parametrize("line", ["* * *", "***", "-----", "⁂", "_____", "## Later"])
def test_a_divider_keeps_unsigned_words_apart(line: str) -> None:
    found = split(f"I came.\n\n{line}\n\nI saw it.\n\n—Wren\n\nI left.\n\n{line}\n\nI slept.")
    assert found.said == (Piece(("I saw it.",), "Wren"),)
    assert found.unsigned == (Piece(("I came.",)), Piece(("I left.",)), Piece(("I slept.",)))
    assert Reason.AFTER_DIVIDER in {block.reason for block in read(f"I came.\n\n{line}\n\nI saw it.")}


def test_a_gap_as_wide_as_around_the_names_keeps_unsigned_words_apart() -> None:
    found = split("I came.\n\n—Juniper\n\n\nI saw it.\n\n\nI left.\n\nI slept.\n\n—Wren")
    assert [piece.byline for piece in found.said] == ["Juniper", "Wren"]
    assert found.unsigned == (Piece(("I saw it.",)),)
    below = split("**Juniper**\n\nI came.\n\n\n**Wren**\n\n\nI saw it.")
    assert below.said == (Piece(("I came.",), "Juniper"), Piece(("I saw it.",), "Wren"))
    even = split("I came.\n\n\n—Juniper\n\n\nI saw it.\n\n\nI left.\n\n\n—Wren")
    assert even.said[1] == Piece(("I saw it.", "I left."), "Wren")


def test_words_before_the_first_heading_name_and_after_the_last_signature_are_unsigned() -> None:
    assert split("Here is why.\n\n**Juniper**\n\nI came.").unsigned == (Piece(("Here is why.",)),)
    assert split("I came.\n\n—Juniper\n\nI saw it.\n\n—Wren\n\nThis was all.").unsigned == (Piece(("This was all.",)),)


# Properties.


@settings(deadline=None)
@given(people=st.lists(said, min_size=1, max_size=6), style=st.sampled_from(sorted(STYLES)), data=st.data())
def test_each_has_just_her_paragraphs(people: list[Said], style: str, data: st.DataObject) -> None:
    pieces = []
    for each in people:
        pieces += [STYLES[style](each), *data.draw(st.lists(st.sampled_from(BETWEEN), max_size=2))]
    gap = data.draw(st.sampled_from(["\n\n", "\n\n\n", "\r\n\r\n"]))
    text = "Why we came\n\n" + gap.join(pieces) + "\n\nComments (3)"
    found = split(text)
    assert found.said == tuple(Piece(paragraphs, name, city) for name, city, paragraphs in people)
    assert found.unsigned == ()
    assert words_of(found) == words(text)


@settings(deadline=None)
@given(people=st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(CITIES), paragraph), min_size=1, max_size=6))
@pytest.mark.parametrize("space", [" —", " — ", "—", " - "])
def test_each_has_her_paragraph_when_its_end_is_signed(space: str, people: list[tuple[str, str, str]]) -> None:
    people = [each for each in people if not each[2].startswith("—")]
    text = "\n\n".join(f"{said}{space}{full(name, city)}" for name, city, said in people)
    assert split(text).said == tuple(Piece((said,), name, city) for name, city, said in people)


@settings(deadline=None, max_examples=300)
@given(text=messy)
def test_no_sign_is_lost_doubled_or_moved(text: str) -> None:
    blocks = read(text)
    assert signs("".join(block.text for block in blocks)) == signs(text)
    assert all(block.text == block.text.strip() != "" for block in blocks)
    assert words_of(statements(blocks)) == words(text)


@settings(deadline=None, max_examples=300)
@given(text=messy, data=st.data())
def test_whatever_the_editor_chooses_no_word_is_lost(text: str, data: st.DataObject) -> None:
    blocks = read(text)
    chosen = data.draw(st.lists(st.sampled_from(Role), min_size=len(blocks), max_size=len(blocks)))
    begins = data.draw(st.frozensets(st.integers(0, len(blocks))))
    changed = with_roles(blocks, chosen, begins)
    found = statements(changed)
    assert words_of(found) == words(text)
    paragraphs = [text for piece in (*found.said, *found.unsigned) for text in piece.paragraphs]
    assert Counter(paragraphs) == Counter(block.text for block in changed if block.role == Role.SAID)
    assert all(piece.byline and piece.paragraphs for piece in found.said)
    assert not any(piece.byline for piece in found.unsigned)


# What the editor does.


def test_the_editors_choice_moves_joins_and_splits() -> None:
    blocks = read("I came.\n\nI saw it.\n\nWren\n\nI left.\n\n—Leek")
    assert statements(blocks).said == (Piece(("I came.", "I saw it.", "Wren", "I left."), "Leek"),)
    chosen = with_roles(blocks, [Role.SAID, Role.SAID, Role.BYLINE, Role.SAID, Role.BYLINE], {0, 1, 3})
    found = statements(chosen)
    assert found.unsigned == (Piece(("I came.",)),)
    assert found.said == (Piece(("I saw it.",), "Wren"), Piece(("I left.",), "Leek"))
    assert [block.reason == Reason.CHOSEN for block in chosen] == [False, True, True, True, False]


def test_what_the_editor_leaves_stays_as_it_was() -> None:
    blocks = read("I came.\n\n—Juniper\n\nPhoto: Leek\n\nI saw it.")
    begins = {number for number, block in enumerate(blocks) if block.begins}
    assert with_roles(blocks, [block.role for block in blocks], begins) == blocks == cut(blocks)


def test_a_blank_line_cuts_a_block_and_nothing_is_guessed_anew() -> None:
    block = Block("I came.\n \r\n—Juniper\nI stayed.\n", Role.SAID, begins=True, reason=Reason.PLAIN)
    assert [(piece.text, piece.role, piece.begins) for piece in cut([block])] == [
        ("I came.", Role.SAID, True),
        ("—Juniper\nI stayed.", Role.SAID, False),
    ]


def test_an_emptied_block_leaves_its_beginning_to_the_next() -> None:
    blocks = read("**Juniper**\n\nI came.\n\n**Wren**\n\nI saw it.")
    emptied = cut([*blocks[:2], Block(" \n", Role.BYLINE, begins=True, reason=Reason.BOLD_NAME), blocks[3]])
    assert statements(emptied).said == (Piece(("I came.",), "Juniper"),)
    assert statements(emptied).unsigned == (Piece(("I saw it.",)),)


# Bounds.


@pytest.mark.parametrize("text", ["a" * 200_001, "a\n\n" * 2_001, "a\n" * 10_001])
def test_what_is_too_long_to_read_over_is_refused(text: str) -> None:
    with pytest.raises(RuleError) as refused:
        read(text)
    assert refused.value.field == "text"
    with pytest.raises(RuleError):
        cut([Block(text, Role.SAID, begins=True, reason=Reason.PLAIN)])


@pytest.mark.parametrize(
    "unit", ["-", "A: ", ". —", "Photo: ", "(", "*", "_ ", "—A ", "1 ", "\u200f", "[", "a@", "n.b. ", ". -" * 70 + "\n"]
)
def test_the_longest_of_anything_keeps_its_words(unit: str) -> None:
    text = (unit * 200_000)[:200_000]
    assert signs("".join(block.text for block in read(text))) == signs(text)


def test_nothing_gives_nothing() -> None:
    assert read(" \n\n\u200f\n") == ()
    assert statements(()) == Split((), (), (), (), ())
