"""Looking for words in the rows themselves, so that no copy of them outlives what is taken back.

docs/decisions/0010 says why.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import InstrumentedAttribute

from organizer import text

LONGEST_TYPED = 200
MOST_WORDS = 10


def typed(given: str) -> str:
    """What a reader typed, as it is shown again and looked for."""
    return text.one_line(given[:LONGEST_TYPED])


def occurs(word: str, *columns: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    """Whether the word, or part of one, stands in one of these columns, which keep words as they were written.

    In four spellings: as typed, folded, with a capital, in capitals. SQLite folds the capitals of ASCII only.
    """
    spellings = {word} if word.isascii() else {word, word.casefold(), word.capitalize(), word.upper()}
    return or_(*(column.icontains(each, autoescape=True) for column in columns for each in sorted(spellings)))
