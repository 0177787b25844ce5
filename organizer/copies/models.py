"""Who brings leaflets, as a step in what other rooms ask and do; it stands in the rows of `EventLeaflet`."""

from __future__ import annotations

from sqlalchemy import Exists, exists, update
from sqlalchemy.orm import InstrumentedAttribute

from organizer.db import db
from organizer.leaflets.models import EventLeaflet


def has_names(event_id: str | InstrumentedAttribute[str]) -> Exists:
    """Whether it is said who brings leaflets to an event, as a part of a query."""
    return exists().where(EventLeaflet.event_id == event_id, EventLeaflet.brought_by.is_not(None))


def forget_names(event_id: str) -> None:
    """Leave nothing of who brings leaflets to an event. Does not commit."""
    db.session.execute(update(EventLeaflet).where(EventLeaflet.event_id == event_id).values(brought_by=None))
