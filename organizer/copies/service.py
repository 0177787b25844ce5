"""Counting copies, and saying who brings them. Each write is one commit.

The name is sealed under the event's key, and goes with the answers to the event.
"""

from __future__ import annotations

from organizer import audit, outbox, vault
from organizer.copies import queries
from organizer.copies.rules import COUNTS, CopiesDetails, Taken, after
from organizer.db import db, writing
from organizer.errors import RuleError
from organizer.events.models import Event
from organizer.leaflets.models import EventLeaflet
from organizer.outbox import Fact


def change(row: EventLeaflet, details: CopiesDetails, shown: str, actor_id: str) -> EventLeaflet:
    """Replace what is known. A name that may no longer be kept is not; one that could not be read stays as it is.

    `shown` is the fingerprint that the form began from. Raises RuleError when somebody has changed it since.
    """
    # Before the lock, for which answers wait, too: the key store may be slow.
    key = vault.event_key(row.event_id, create=True) if details.brought_by and _keeps_name(row) else None
    with writing(lock=row):
        before = queries.known(row)
        if before.fingerprint != shown:
            raise RuleError("Somebody has changed this since you opened the form. Save again to put yours in place.")
        for name in COUNTS:
            setattr(row, name, getattr(details, name))
        if before.brought_by is not None:
            row.brought_by = _sealed(row, details.brought_by, key)
        _record(row, actor_id)
    return row


def set_left(row: EventLeaflet, left_over: int | None, shown: int | None, actor_id: str) -> EventLeaflet:
    """Say how many are left, None where nobody shall have counted. Raises RuleError when somebody has since `shown`."""
    with writing(lock=row):
        # Sent twice, it is set all the same.
        if row.left_over not in (shown, left_over):
            raise RuleError("Somebody has counted since you looked. Set it again to put yours in place.")
        row.left_over = left_over
        _record(row, actor_id)
    return row


def hand_out(row: EventLeaflet, count: int, actor_id: str) -> Taken:
    """Take `count` copies from what is left, or from what was printed where nobody has counted yet; none at the least.

    Two who do so at once are both counted.
    """
    with writing(lock=row):
        there = CopiesDetails(printed=row.printed, left_over=row.left_over).there
        if there is None:
            raise RuleError("Say first how many are left now.", field="left_over")
        taken = Taken(row.leaflet_id, row.left_over, after(there, count))
        row.left_over = taken.left_over
        _record(row, actor_id)
    return taken


def _record(row: EventLeaflet, actor_id: str) -> None:
    audit.write(actor_id, "leaflet.counted", row.leaflet_id)
    outbox.commit(Fact("leaflet.counted", row.leaflet_id))


def _sealed(row: EventLeaflet, name: str | None, key: bytes | None) -> bytes | None:
    return vault.seal(key, name, queries.name_aad(row)) if name and key and _keeps_name(row) else None


def _keeps_name(row: EventLeaflet) -> bool:
    return queries.keeps_name(db.session.get_one(Event, row.event_id))
