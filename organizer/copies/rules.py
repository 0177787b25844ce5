"""What is known of the copies of a leaflet for an event."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

COUNTS = ("needed", "printed", "left_over", "handed_out")
MOST_COPIES = 1_000_000


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
