"""Looking for words in the rows themselves, so that no copy of them outlives what is taken back.

docs/decisions/0010 says why.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, String, func, or_
from sqlalchemy.orm import InstrumentedAttribute

from organizer import text

LONGEST_TYPED = 200
MOST_WORDS = 10
LONGEST_WORD = 40
SOUGHT_IN = 20_000
"""Characters of a column in which words are looked for: more, with long words of one letter, would cost seconds."""


def typed(given: str) -> str:
    """What a reader typed, as it is shown again and looked for."""
    return text.one_line(given[:LONGEST_TYPED])


def occurs(word: str, *columns: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    """Whether the word, or part of one, stands in one of these columns, which keep words as they were written.

    Longer words are looked for by their beginning. In four spellings: folded, as most words stand in a text, as typed,
    with a capital, in capitals. SQLite folds the capitals of ASCII only.
    """
    word = word[:LONGEST_WORD]
    several = (word.casefold(), word, word.capitalize(), word.upper())
    spellings = [word] if word.isascii() else list(dict.fromkeys(several))
    beginnings = [func.substr(column, 1, SOUGHT_IN, type_=String) for column in columns]
    return or_(*(begins.icontains(each, autoescape=True) for begins in beginnings for each in spellings))
