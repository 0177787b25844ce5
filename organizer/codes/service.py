"""Making, correcting and deleting codes, and counting how often each is followed. Each function is one commit."""

from __future__ import annotations

from datetime import date

import structlog
from sqlalchemy import Select, func, literal, select
from sqlalchemy.exc import SQLAlchemyError

from organizer import audit, limits, outbox
from organizer.codes import queries, rules
from organizer.codes.models import LeafletCode, LeafletScan
from organizer.codes.queries import Followed
from organizer.codes.rules import CODED
from organizer.db import db, new_id, upsert, writing
from organizer.errors import OrganizerError, RuleError, TooMany, Unavailable
from organizer.events.models import Event
from organizer.leaflets.models import Leaflet, LeafletVersion
from organizer.leaflets.rules import State

MOST_OF_VERSION = 60
COUNTED_PER_CODE = "60/minute"
COUNT_PATIENCE_SECONDS = 0.25
_TRIES = 20

log = structlog.get_logger()


def make(version: LeafletVersion, place: str, event_id: str | None, actor_id: str) -> LeafletCode:
    """Make a code for a version in a place, the event being one of the leaflet's or None.

    Raises RuleError when there is one for that place already, or as many as there may be.
    """
    with writing(lock=version):
        _check(version, place, event_id)
        leaflet = db.session.get_one(Leaflet, version.leaflet_id)
        code = LeafletCode(
            id=new_id(),
            version_id=version.id,
            event_id=event_id,
            code=_unused_code(),
            place=place,
            created_on=queries.today(leaflet.group_id),
        )
        db.session.add(code)
        audit.write(actor_id, "leaflet.code_made", version.leaflet_id)
        outbox.commit()
    return code


def edit(code: LeafletCode, place: str, event_id: str | None, actor_id: str) -> LeafletCode:
    """Correct where copies with a code are handed out, the event being one that its form offers, or None.

    Raises RuleError when another code is for that place, or its version was withdrawn; Gone when it was deleted.
    """
    with writing(lock=code.version):
        if code.version.state == State.WITHDRAWN:
            raise RuleError("The version of this code was withdrawn. The code only leads on.")
        _check_there(event_id)
        if _is_taken(code.version_id, place, event_id, but=code.id):
            raise RuleError("Another code is for this place already.", field="place")
        code.place, code.event_id = place, event_id
        audit.write(actor_id, "leaflet.code_changed", code.version.leaflet_id)
        outbox.commit()
    return code


def delete(code: LeafletCode, actor_id: str) -> str:
    """Delete a code for good, with its counts: where it is printed, it leads nowhere. Returns it as it was written.

    Raises Gone when it is gone already.
    """
    with writing(lock=code.version):
        written = code.code
        audit.write(actor_id, "leaflet.code_deleted", code.version.leaflet_id)
        db.session.delete(code)
        outbox.commit()
    return written


def _check(version: LeafletVersion, place: str, event_id: str | None) -> None:
    if version.state not in CODED:
        raise RuleError("A code needs a leaflet that has been checked, and is not withdrawn.")
    count = select(func.count()).select_from(LeafletCode).where(LeafletCode.version_id == version.id)
    if (db.session.scalar(count) or 0) >= MOST_OF_VERSION:
        raise RuleError("This version has %(most)d codes, and no more fit on its page.", most=MOST_OF_VERSION)
    _check_there(event_id)
    if _is_taken(version.id, place, event_id):
        raise RuleError("There is a code for this place already. It stands below.", field="place")


def _check_there(event_id: str | None) -> None:
    """Raise RuleError when the event was deleted since the form was read; it cannot be any more, before the commit."""
    there = select(Event.id).where(Event.id == event_id).with_for_update(read=True)
    if event_id is not None and db.session.scalar(there) is None:
        raise RuleError("This action has been deleted meanwhile. Choose another one, or none.", field="event")


def _is_taken(version_id: str, place: str, event_id: str | None, but: str = "") -> bool:
    """Whether a code of the version is for this place and event, in whatever case it is written."""
    same = (LeafletCode.version_id == version_id, LeafletCode.event_id == event_id, LeafletCode.id != but)
    places = db.session.scalars(select(LeafletCode.place).where(*same))
    return place.casefold() in (each.casefold() for each in places)


def count(followed: Followed) -> None:
    """Count one for the code and the day, and keep nothing else.

    A flood goes uncounted, a database that cannot be written at once, and what was withdrawn or deleted meanwhile.
    """
    try:
        limits.take("scans", followed.code_id, COUNTED_PER_CODE)
        with writing(patience_seconds=COUNT_PATIENCE_SECONDS):
            added = upsert(LeafletScan).from_select(["code_id", "day", "count"], _one(followed))
            again = {"count": LeafletScan.count + 1}
            db.session.execute(added.on_conflict_do_update(index_elements=["code_id", "day"], set_=again))
            outbox.commit()
    except TooMany:
        return
    except (SQLAlchemyError, OrganizerError) as error:
        log.warning("scan.uncounted", error=type(error).__name__)


def _one(followed: Followed) -> Select[str, date, int]:
    """One more for the code and the day, none where its version is withdrawn.

    The version is locked, so that whoever withdraws it comes before, or after and deletes what was counted.
    """
    one = select(LeafletCode.id, literal(followed.day), literal(1)).join(LeafletCode.version)
    one = one.where(LeafletCode.id == followed.code_id, LeafletVersion.state != State.WITHDRAWN)
    return one.with_for_update(read=True, of=LeafletVersion)


def _unused_code() -> str:
    """A code that none has. Raises Unavailable when chance does not find one."""
    for _try in range(_TRIES):
        code = rules.new_code()
        if db.session.scalar(select(LeafletCode.id).where(LeafletCode.code == code)) is None:
            return code
    raise Unavailable("Nearly all codes are in use.")
