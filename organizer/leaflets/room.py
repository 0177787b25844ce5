"""What one group may have of a site that others share: looked at before a file of its is sent, or one is to be made."""

from __future__ import annotations

from organizer import config
from organizer.leaflets import queries, rules


def check(group_id: str, new: int = 1, *, in_place: bool = False) -> None:
    """Raise RuleError when so many more files are beyond it.

    With `in_place` they replace what is kept by now, so that they wait for their turn as others do and take no more
    room.
    """
    waiting, kept_bytes = queries.held(group_id)
    rules.check_room(waiting, 0 if in_place else kept_bytes, new, config.current().leaflet_megabytes)
