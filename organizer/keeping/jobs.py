"""What follows in the files from what people take back, and from time."""

from __future__ import annotations

from organizer import outbox
from organizer.keeping import purge, upgrades
from organizer.outbox import Fact

outbox.each_minute(upgrades.delete_old_copies)


@outbox.after("statement.withdrawn", "statement.byline_removed", "statement.changed")
def wipe_taken_back(fact: Fact) -> None:  # noqa: ARG001 - the same for whichever
    """Leave nothing of a withdrawn name or text in the files either."""
    purge.wipe()
