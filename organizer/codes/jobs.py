"""What of codes and counts goes when a leaflet is withdrawn, or in time."""

from __future__ import annotations

from sqlalchemy import delete, func, select, update

from organizer import clock, outbox
from organizer.codes.models import LeafletCode, LeafletScan
from organizer.codes.rules import KEPT
from organizer.db import db, writing
from organizer.outbox import Fact


@outbox.within("leaflet.withdrawn")
def forget(fact: Fact) -> None:
    """Leave of the codes of a withdrawn version only that they lead on: no place, no action, no count."""
    is_of_it = LeafletCode.version_id == fact.subject_id
    db.session.execute(delete(LeafletScan).where(LeafletScan.code_id.in_(select(LeafletCode.id).where(is_of_it))))
    db.session.execute(update(LeafletCode).where(is_of_it).values(place="", event_id=None))


@outbox.each_minute
def delete_old() -> int:
    """Delete what was counted a year ago; returns how many days."""
    is_due = LeafletScan.day <= clock.today() - KEPT
    due = db.session.scalar(select(func.count()).select_from(LeafletScan).where(is_due)) or 0
    if due:
        with writing():
            db.session.execute(delete(LeafletScan).where(is_due))
            outbox.commit()
    return due
