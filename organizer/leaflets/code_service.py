"""Making codes, and counting how often each is followed. Each function is one commit."""

from __future__ import annotations

from datetime import timedelta

import structlog
from sqlalchemy import Select, delete, func, or_, select, update
from sqlalchemy.exc import SQLAlchemyError

from organizer import audit, clock, limits, outbox
from organizer.db import db, new_id, upsert, writing
from organizer.errors import OrganizerError, RuleError, TooMany, Unavailable
from organizer.leaflets import codes
from organizer.leaflets.codes import CODED, Followed
from organizer.leaflets.models import LeafletCode, LeafletScan, LeafletVersion
from organizer.leaflets.rules import State
from organizer.outbox import Fact

MOST_OF_LEAFLET = 60
COUNTED_PER_CODE = "60/minute"
COUNT_PATIENCE_SECONDS = 0.25
KEPT = timedelta(days=365)
_TRIES = 20

log = structlog.get_logger()


def make(version: LeafletVersion, place: str, event_id: str | None, actor_id: str) -> LeafletCode:
    """Make a code for a version in a place, the event being one of the leaflet's or None.

    Raises RuleError when there is one for that place already, or as many as there may be.
    """
    with writing(lock=version):
        _check(version, place, event_id)
        code = LeafletCode(
            id=new_id(),
            version_id=version.id,
            event_id=event_id,
            code=_unused_code(),
            place=place,
            created_on=clock.today(),
        )
        db.session.add(code)
        audit.write(actor_id, "leaflet.code_made", version.leaflet_id)
        outbox.commit()
    return code


def _check(version: LeafletVersion, place: str, event_id: str | None) -> None:
    if version.state not in CODED:
        raise RuleError("A code needs a leaflet that has been checked, and is not withdrawn.")
    of_leaflet = select(LeafletVersion.id).where(LeafletVersion.leaflet_id == version.leaflet_id)
    count = select(func.count()).select_from(LeafletCode).where(LeafletCode.version_id.in_(of_leaflet))
    if (db.session.scalar(count) or 0) >= MOST_OF_LEAFLET:
        raise RuleError("This leaflet has %(most)d codes, and no more fit on its page.", most=MOST_OF_LEAFLET)
    same = (LeafletCode.version_id == version.id, LeafletCode.event_id == event_id)
    places = db.session.scalars(select(LeafletCode.place).where(*same))
    if place.casefold() in (each.casefold() for each in places):
        raise RuleError("There is a code for this place already. It stands below.", field="place")


def count(followed: Followed) -> None:
    """Count one for the code and the day, and keep nothing else.

    It never raises: a flood, or a database that cannot be written at once, goes uncounted.
    """
    try:
        limits.take("scans", followed.code_id, COUNTED_PER_CODE)
        with writing(patience_seconds=COUNT_PATIENCE_SECONDS):
            added = upsert(LeafletScan).values(code_id=followed.code_id, day=followed.day, count=1)
            again = {"count": LeafletScan.count + 1}
            db.session.execute(added.on_conflict_do_update(index_elements=["code_id", "day"], set_=again))
            outbox.commit()
    except TooMany:
        return
    except (SQLAlchemyError, OrganizerError) as error:
        log.warning("scan.uncounted", error=type(error).__name__)


@outbox.within("leaflet.withdrawn")
def forget(fact: Fact) -> None:  # noqa: ARG001 - whichever it was
    """Leave of the codes of what is withdrawn only that they lead there: no place, no action, no count."""
    db.session.execute(delete(LeafletScan).where(LeafletScan.code_id.in_(_of_withdrawn())))
    bare = {"place": "", "event_id": None}
    is_there = or_(LeafletCode.place != "", LeafletCode.event_id.isnot(None))
    db.session.execute(update(LeafletCode).where(LeafletCode.id.in_(_of_withdrawn()), is_there).values(**bare))


@outbox.each_minute
def delete_old() -> int:
    """Delete what was counted a year ago, and what somebody counted while it was withdrawn; returns how many days."""
    is_due = or_(LeafletScan.day <= clock.today() - KEPT, LeafletScan.code_id.in_(_of_withdrawn()))
    due = db.session.scalar(select(func.count()).select_from(LeafletScan).where(is_due)) or 0
    if due:
        with writing():
            db.session.execute(delete(LeafletScan).where(is_due))
            outbox.commit()
    return due


def _of_withdrawn() -> Select[str]:
    """The ids of the codes of withdrawn versions."""
    query = select(LeafletCode.id).join(LeafletVersion, LeafletVersion.id == LeafletCode.version_id)
    return query.where(LeafletVersion.state == State.WITHDRAWN)


def _unused_code() -> str:
    """A code that none has. Raises Unavailable when chance does not find one."""
    for _try in range(_TRIES):
        code = codes.new_code()
        if db.session.scalar(select(LeafletCode.id).where(LeafletCode.code == code)) is None:
            return code
    raise Unavailable("Nearly all codes are in use.")
