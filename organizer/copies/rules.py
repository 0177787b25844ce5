"""What is known of the copies of a leaflet for an event."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

COUNTS = ("needed", "printed", "left_over", "handed_out")
MOST_COPIES = 1_000_000
# How many one press takes away.
TAKEN = (10, 50)


@dataclass(frozen=True)
class CopiesDetails:
    """How many copies of a leaflet there are for an event, None where nobody has said, and who brings them.

    `brought_by` is None while somebody is said to, and the key that opens the name is out of reach.
    """

    needed: int | None = None
    printed: int | None = None
    left_over: int | None = None
    handed_out: int | None = None
    brought_by: str | None = ""

    @property
    def is_counted(self) -> bool:
        return any(getattr(self, name) is not None for name in COUNTS)

    @property
    def is_left_known(self) -> bool:
        """Whether nothing remains to be asked when the action is over."""
        return self.left_over is not None or self.handed_out is not None

    @property
    def there(self) -> int | None:
        """What to count down from: what is left, or what was printed where nobody has counted yet."""
        return self.printed if self.left_over is None else self.left_over

    @property
    def is_more_than_printed(self) -> bool:
        """Whether more are left or handed out, or both together, than were printed: old copies, or a slip."""
        return self.printed is not None and (self.left_over or 0) + (self.handed_out or 0) > self.printed

    @property
    def likely_handed_out(self) -> int | None:
        """What follows from the other numbers while nobody has said it."""
        if self.handed_out is not None or self.printed is None or self.left_over is None:
            return None
        return self.printed - self.left_over if self.printed >= self.left_over else None

    @property
    def fingerprint(self) -> str:
        """Tells these from any others: what somebody had before her eyes when she changed them."""
        told = [getattr(self, name) for name in (*COUNTS, "brought_by")]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()


@dataclass(frozen=True)
class Taken:
    """Copies of a leaflet that one press took away: how many were left before, None where nobody had counted."""

    leaflet_id: str
    before: int | None
    left_over: int

    def led_to(self, known: CopiesDetails) -> bool:
        """Whether such a press has changed anything and led to what is known: else there is nothing to undo."""
        there = known.printed if self.before is None else self.before
        if there is None or self.before == self.left_over:
            return False
        return known.left_over == self.left_over and self.left_over in (after(there, count) for count in TAKEN)


def after(there: int, count: int) -> int:
    """How many are left when so many are taken away from those that are there."""
    return max(0, there - count)
