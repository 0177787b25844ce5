"""What withdrawals and time do to requests."""

from __future__ import annotations

from sqlalchemy import delete

from organizer import clock, outbox
from organizer.db import db
from organizer.outbox import Fact
from organizer.removals import queries
from organizer.removals import service as removals
from organizer.removals.models import RemovalRequest


@outbox.within("statement.withdrawn", "photo.withdrawn")
def forget(fact: Fact) -> None:
    """What was asked is done: nothing is left of the request, nor of what was written in it."""
    kind = fact.name.partition(".")[0]
    about_it = (RemovalRequest.kind == kind, RemovalRequest.subject_id == fact.subject_id)
    db.session.execute(delete(RemovalRequest).where(*about_it))


@outbox.each_minute
def delete_settled() -> int:
    """Delete what was settled long ago; returns how many there were."""
    due = queries.settled_before(clock.today())
    if due:
        removals.delete_settled(due)
    return len(due)
