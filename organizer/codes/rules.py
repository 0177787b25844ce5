"""How codes are written and read, and what of their counts is told.

A code is printed by the hundred and scanned by people who shall not be known. So a count is all that is kept, by day,
and what organizers are shown of it never tells of fewer than `STEP`, nor of today.
"""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta

from organizer.leaflets.rules import State

# No vowels and no digits that are read as some, so that no word comes about; one of each two that look alike.
ALPHABET = "256789CDFHJKMNPRTVWXY"
LENGTH = 7
"""With no character twice in a row, 1.3 thousand million codes."""
LOOK_ALIKES = str.maketrans(
    {
        "1": "7",
        "3": "8",
        "B": "8",
        "0": "D",
        "O": "D",
        "Q": "D",
        "G": "6",
        "S": "5",
        "Z": "2",
        "U": "V",
        **dict(zip("СНКМРТХУ", "CHKMPTXY", strict=True)),
        "Б": "6",
        "В": "8",
        "З": "8",
        "О": "D",
    }
)
"""What is typed for what is printed: taken for another, or the same on a Cyrillic keyboard."""
LONGEST_TYPED = 40

STEP = 5
LAST_PLACE_ON_EARTH = timedelta(hours=12)
"""Behind UTC: where a day ends last."""
KEPT = timedelta(days=365)
"""How long a count is kept."""
CODED = (State.READY, State.PUBLISHED)
"""Of which versions codes are made."""


# Codes as they are written.


def new_code() -> str:
    """A random one, which is no word and has no character twice in a row."""
    code = ""
    while len(code) < LENGTH:
        code += secrets.choice([char for char in ALPHABET if char != code[-1:]])
    return code


def shown(code: str) -> str:
    """As people read it aloud and type it: "CD7 K5MN"."""
    return f"{code[:3]} {code[3:]}"


def read(typed: str) -> str | None:
    """The code that somebody means: in any case, with spaces or hyphens, look-alikes forgiven. None for no code."""
    if len(typed) > LONGEST_TYPED:
        return None
    plain = unicodedata.normalize("NFKC", typed).upper()
    kept = (char for char in plain if not char.isspace() and unicodedata.category(char) not in ("Pd", "Cf"))
    code = "".join(str(unicodedata.decimal(char, char)) for char in kept).translate(LOOK_ALIKES)
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else None


# What is told.


def latest_over(now: datetime) -> date:
    """The latest day that is over everywhere, whichever zone a group says it is at home in."""
    return (now - LAST_PLACE_ON_EARTH).date() - timedelta(days=1)


def told_days(counts: Mapping[date, int], latest: date, left_out: Callable[[date], int]) -> list[tuple[date, int]]:
    """Of each day up to the latest how many it has at least, the latest first; days with few are not there.

    Figures are multiples of STEP, after up to STEP - 1 have been left out: who adds known scans of her own, and looks
    again and again, does not know where a step lies, and so sees no single person come by.
    """
    told = {day: (count - left_out(day)) // STEP * STEP for day, count in counts.items() if day <= latest}
    return [(day, told[day]) for day in sorted(told, reverse=True) if told[day] > 0]


def told_total(days: Sequence[tuple[date, int]]) -> int:
    """The total of what is told, not of what is kept, so that no subtraction brings back what is left out."""
    return sum(count for _day, count in days)
