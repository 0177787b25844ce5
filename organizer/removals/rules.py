"""What a request to remove something is about, and what becomes of it."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

LONGEST_NOTE = 2000
KEPT_WHEN_SETTLED = timedelta(days=30)


class Kind(StrEnum):
    """What somebody asks to remove."""

    STATEMENT = "statement"
    PHOTO = "photo"


class State(StrEnum):
    OPEN = "open"
    SETTLED = "settled"
