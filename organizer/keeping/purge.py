"""The purge: what is personal leaves when its time has come, and leaves no trace in the database's files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from time import sleep

import structlog
from flask import current_app
from sqlalchemy import Connection, exists, or_, select, text

from organizer import clock, outbox
from organizer.codes.models import LeafletCode
from organizer.collections.models import CollectionItem
from organizer.copies import models as copies
from organizer.db import db
from organizer.errors import OrganizerError
from organizer.leaflets.models import EventLeaflet, Leaflet, LeafletVersion
from organizer.photos.models import Photo, PhotoPerson
from organizer.removals.models import RemovalRequest
from organizer.rsvps import queries
from organizer.rsvps import service as rsvps
from organizer.rsvps.models import Capacity, Rsvp
from organizer.statements.models import Consent, Statement, StatementQuote, StatementTranslation, Suggestion

LATE = timedelta(days=1)
TRIES = 20
PAUSE_SECONDS = 0.25
WIPED = "purge.wiped"
PERSONAL = (
    Rsvp,
    Statement,
    Consent,
    StatementQuote,
    StatementTranslation,
    Suggestion,
    Photo,
    PhotoPerson,
    RemovalRequest,
    CollectionItem,
    EventLeaflet,
    Leaflet,
    LeafletVersion,
    LeafletCode,
)
WITH_PERSONAL_ROWS = tuple(model.__tablename__ for model in PERSONAL)

log = structlog.get_logger()


@outbox.each_minute
def run() -> int:
    """Purge what is personal about every event whose time has come; returns of how many. Safe to run at any moment.

    What cannot be purged now, because its key cannot be destroyed, keeps nothing else waiting.
    """
    purged = sum(_purge(event_id) for event_id in queries.due_for_purge(clock.now()))
    # The first run of a process makes good what one that was killed has left.
    if purged or not current_app.extensions.get(WIPED, False):
        wipe()
    for event_id in late():
        log.error("purge.late", event_id=event_id)
    return purged


def late() -> Sequence[str]:
    """Ids of the events whose answers or names should have gone a day ago or earlier, and have not."""
    has_answers = exists().where(Rsvp.event_id == Capacity.event_id)
    is_kept = or_(has_answers, copies.has_names(Capacity.event_id))
    query = select(Capacity.event_id).where(Capacity.purge_at <= clock.now() - LATE, is_kept)
    return list(db.session.scalars(query.order_by(Capacity.purge_at)))


def wipe() -> None:
    """Leave nothing of deleted rows in the files, now or, when others keep the log busy, in the next minutes.

    On SQLite `secure_delete` has zeroed the pages, and the log goes now. On PostgreSQL only sealed bytes of what is
    personal were ever written, and VACUUM takes the dead rows out of the tables.
    """
    engine = db.engine
    db.session.rollback()
    current_app.extensions[WIPED] = False
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if engine.dialect.name == "sqlite":
            current_app.extensions[WIPED] = _truncate_log(connection)
        else:
            connection.execute(text(f"VACUUM {', '.join(WITH_PERSONAL_ROWS)}"))
            current_app.extensions[WIPED] = True


def _purge(event_id: str) -> bool:
    try:
        return rsvps.purge(event_id)
    except OrganizerError as error:
        db.session.rollback()
        log.error("purge.failed", event_id=event_id, error=type(error).__name__)
        return False


def _truncate_log(connection: Connection) -> bool:
    """Empty the write-ahead log; writers wait a quarter of a second at most, then it is tried again."""
    patience_ms = connection.execute(text("PRAGMA busy_timeout")).scalar()
    connection.execute(text("PRAGMA busy_timeout=250"))
    try:
        for _ in range(TRIES):
            is_busy = connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).scalar()
            if not is_busy:
                return True
            sleep(PAUSE_SECONDS)
    finally:
        # The connection goes back to the pool.
        connection.execute(text(f"PRAGMA busy_timeout={patience_ms}"))
    log.warning("purge.log_busy")
    return False
