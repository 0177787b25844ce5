"""What an editor may do to someone's words without asking again, and how a change looks before its author."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from difflib import SequenceMatcher
from enum import StrEnum

# Signs without spaces between the words.
IDEOGRAPHS = "\u3041-\u30ff\u3400-\u9fff"
# Vowels and their ends, in the scripts of South and Southeast Asia: parts of a word, though no letters to Python.
VOWEL_SIGNS = "".join(
    each
    for each in map(chr, (*range(0x0900, 0x1D00), *range(0xA800, 0xAC00)))
    if unicodedata.category(each) in ("Mc", "Mn") and unicodedata.combining(each) in (0, 9)
)
LETTER = rf"(?:[{VOWEL_SIGNS}]|[^\W_{IDEOGRAPHS}])"
# The mark of a cut, a sign, or a word with its apostrophes; a number with its minus.
WORDS = re.compile(rf"\[(?:…|\.\.\.)\]|[{IDEOGRAPHS}]|(?:(?<![\w-])[-−–](?=\d))?{LETTER}+(?:['’\u200c]{LETTER}+)*")
PIECES = re.compile(rf"\s+|[{IDEOGRAPHS}]|[^\s{IDEOGRAPHS}]+")
SHORTEST_MENDED = 4
LONG_WORD = 8


class Kind(StrEnum):
    SAME = "same"
    GONE = "gone"
    NEW = "new"


def is_light(old: str, new: str) -> bool:
    """Whether `new` differs from `old` by spelling, punctuation and marked cuts ("[…]") alone.

    A word may differ by its capitals and accents; one of four letters and more, by a letter, of eight, by two.
    Numbers stay, nothing is added, and what is left out is marked. What that does to the meaning is the editor's to
    see, and the author's, before whom every light edit stands.
    """
    if _symbols(new) - _symbols(old):
        return False  # a face that laughs at a word changes it
    said = _words(old)
    runs = _runs(_words(new))
    if not any(runs):
        return False  # nothing is left of it
    first, last = runs[0], runs[-1]
    if not _same_run(said[: len(first)], first):
        return False
    if len(runs) == 1:
        return len(said) == len(first)
    at = len(first)
    for run in runs[1:-1]:
        found = next((start for start in range(at, len(said)) if _same_run(said[start : start + len(run)], run)), None)
        if found is None:
            return False
        at = found + len(run)
    return len(said) - len(last) >= at and _same_run(said[len(said) - len(last) :], last)


def difference(old: str, new: str) -> tuple[tuple[Kind, str], ...]:
    """The pieces of both in reading order, each with whether it stays, goes or comes; together they are all of both."""
    before, after = PIECES.findall(old), PIECES.findall(new)
    told: list[tuple[Kind, str]] = []
    for name, start, end, from_, to in SequenceMatcher(None, before, after).get_opcodes():
        if name == "equal":
            told.append((Kind.SAME, "".join(before[start:end])))
            continue
        if end > start:
            told.append((Kind.GONE, "".join(before[start:end])))
        if to > from_:
            told.append((Kind.NEW, "".join(after[from_:to])))
    return tuple(told)


def _words(text: str) -> list[str]:
    return WORDS.findall(unicodedata.normalize("NFC", text))


def _symbols(text: str) -> Counter[str]:
    """Emoji, and signs of currencies and mathematics."""
    return Counter(each for each in text if unicodedata.category(each).startswith("S"))


def _runs(words: list[str]) -> list[list[str]]:
    """The words between the marks of cuts."""
    runs: list[list[str]] = [[]]
    for word in words:
        if word.startswith("["):
            runs.append([])
        else:
            runs[-1].append(word)
    return runs


def _same_run(said: list[str], kept: list[str]) -> bool:
    return len(said) == len(kept) and all(_same_word(one, other) for one, other in zip(said, kept, strict=True))


def _same_word(one: str, other: str) -> bool:
    """Whether two words differ by spelling at most."""
    if one == other:
        return True
    one, other = _folded(one), _folded(other)
    if one == other:
        return True
    shorter = min(len(one), len(other))
    if shorter < SHORTEST_MENDED or any(each.isdigit() for each in one + other):
        return False
    return _distance(one, other) <= (2 if shorter >= LONG_WORD else 1)


def _folded(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word.replace("’", "'").casefold())
    return "".join(each for each in plain if each in VOWEL_SIGNS or not unicodedata.combining(each))


def _distance(one: str, other: str) -> int:
    """How many letters to add, drop, change or swap with their neighbour lead from one word to the other."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        older, before, row = before, row, [i]
        for j, opposite in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != opposite))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == opposite:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
    return row[-1]
