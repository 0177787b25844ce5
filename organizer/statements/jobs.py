"""What time does to statements."""

from __future__ import annotations

from organizer import clock, outbox
from organizer.db import db
from organizer.statements import queries
from organizer.statements import service as statements
from organizer.statements.models import Statement


@outbox.each_minute
def expire_rejected() -> int:
    """Leave nothing of what was rejected and not published since; returns of how many."""
    due = queries.due_to_expire(clock.today())
    for statement_id in due:
        statements.expire(db.session.get_one(Statement, statement_id))
    return len(due)
