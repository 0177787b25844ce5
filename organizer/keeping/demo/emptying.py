"""Emptying the demo: keys first, then rows, then blobs. Nothing else in the program deletes like this."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from organizer import clock, outbox, storage, vault
from organizer.calendars.models import Feed
from organizer.db import db, writing
from organizer.events.models import Event
from organizer.keeping import purge
from organizer.keeping.demo import state
from organizer.outbox import Fact

# The versions go on counting: what calendars and pages were kept for the demo must never pass for the new site's.
KEPT_TABLES = frozenset({"feed", "page_version"})


def empty() -> None:
    """Delete all that the site holds. The caller has made sure that it is a demo."""
    for event_id in db.session.scalars(select(Event.id)).all():
        vault.destroy_event_key(event_id)
    with writing():
        for table in reversed(db.metadata.sorted_tables):
            if table.name not in KEPT_TABLES:
                db.session.execute(table.delete())
        now = clock.now().replace(microsecond=0)
        for feed in db.session.scalars(select(Feed)):
            feed.version += 1
            feed.is_served = feed.key == "all"
            feed.changed_at = max(now, feed.changed_at + timedelta(seconds=1))
        outbox.commit(Fact("demo.emptied", state.ACCOUNT_ID))
    for key in list(storage.current().keys()):
        storage.current().delete(key)
    purge.wipe()
