"""Where codes lead, what organizers see of them, and which of them are printed."""

from __future__ import annotations

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select

from organizer import clock, vault
from organizer.codes.models import LeafletCode, LeafletScan
from organizer.codes.rules import CODED, STEP, latest_over, told_days, told_total
from organizer.db import by_id, db
from organizer.errors import Gone
from organizer.events.models import Event
from organizer.groups.models import Group
from organizer.leaflets import queries as leaflets
from organizer.leaflets.models import EventLeaflet, Leaflet, LeafletVersion
from organizer.leaflets.queries import SeenLeaflet
from organizer.leaflets.rules import WAITING
from organizer.policy import Role, Viewer


@dataclass(frozen=True)
class Followed:
    """Where a code leads one viewer. `is_counted` unless she is an organizer of the leaflet or nothing is there."""

    code_id: str
    leaflet_id: str
    day: date
    is_older: bool
    is_counted: bool


@dataclass(frozen=True)
class CountedCode:
    """A code with how often it was followed at least, as organizers are told, the latest day first.

    `is_current` when it is one of the version that is shown.
    """

    code: LeafletCode
    is_current: bool
    total: int
    days: tuple[tuple[date, int], ...]


# Where they lead.


def followed(viewer: Viewer, code: str) -> Followed | None:
    """Where a code, as `rules.read` gives it, leads who may see its leaflet; a withdrawn one to what is left of it.

    A code of a version that waits leads its organizers only.
    """
    stored = db.session.scalar(select(LeafletCode).where(LeafletCode.code == code))
    if stored is None:
        return None
    version = stored.version
    try:
        seen = leaflets.seen(viewer, version.leaflet_id)
    except Gone:
        return Followed(stored.id, version.leaflet_id, clock.today(), is_older=False, is_counted=False)
    if seen is None or not (seen.is_organizer or version.state not in WAITING):
        return None
    return Followed(
        code_id=stored.id,
        leaflet_id=version.leaflet_id,
        day=today(seen.leaflet.group_id),
        is_older=seen.is_published and version.id != seen.version.id,
        is_counted=not viewer.has_role(seen.leaflet.group_id, Role.ORGANIZER),
    )


def today(group_id: str) -> date:
    """The day where the group is at home."""
    return clock.now().astimezone(ZoneInfo(db.session.get_one(Group, group_id).zone)).date()


# What organizers see.


def organized(viewer: Viewer, leaflet_id: str, code_id: str) -> tuple[SeenLeaflet, LeafletCode] | None:
    """Policy: one code of a leaflet, for the organizers of its group. Raises Gone when the leaflet was withdrawn."""
    seen = leaflets.organized(viewer, leaflet_id)
    code = by_id(LeafletCode, code_id) if seen else None
    return (seen, code) if seen and code and code.version.leaflet_id == leaflet_id else None


def printable(viewer: Viewer, leaflet_id: str, code_id: str) -> tuple[SeenLeaflet, LeafletCode] | None:
    """Policy: as `organized`, of the version that is shown alone; codes of others are printed no more."""
    granted = organized(viewer, leaflet_id, code_id)
    return granted if granted and granted[1].version_id == granted[0].version.id else None


def of_version(version_id: str) -> Sequence[LeafletCode]:
    """The codes of one version by place, in one query."""
    query = select(LeafletCode).where(LeafletCode.version_id == version_id)
    return db.session.scalars(query.order_by(LeafletCode.place, LeafletCode.code)).all()


def counted(seen: SeenLeaflet) -> list[CountedCode]:
    """All codes of a leaflet with their counts, those of the latest version first, in two queries."""
    of_leaflet = LeafletVersion.leaflet_id == seen.leaflet.id
    query = select(LeafletCode).join(LeafletCode.version).where(of_leaflet)
    codes = db.session.scalars(query.order_by(LeafletVersion.number.desc(), LeafletCode.place, LeafletCode.code)).all()
    scans = select(LeafletScan).join(LeafletCode, LeafletCode.id == LeafletScan.code_id)
    found: dict[str, dict[date, int]] = defaultdict(dict)
    for scan in db.session.scalars(scans.join(LeafletCode.version).where(of_leaflet)):
        found[scan.code_id][scan.day] = scan.count
    return [_counted(seen, code, found[code.id]) for code in codes]


def _counted(seen: SeenLeaflet, code: LeafletCode, counts: Mapping[date, int]) -> CountedCode:
    days = told_days(counts, latest_over(clock.now()), lambda day: _left_out(code.id, day))
    return CountedCode(code, code.version_id == seen.version.id, told_total(days), tuple(days))


def _left_out(code_id: str, day: date) -> int:
    """How many of a day's count are not told: always the same, and known to nobody."""
    return hmac.digest(vault.derive("scans"), f"{code_id}|{day}".encode(), hashlib.sha256)[0] % STEP


def for_event(event: Event) -> dict[Leaflet, list[LeafletCode]]:
    """The codes of what is handed out at an event that may be printed for it, by leaflet, in one query.

    They are the event's own, and those of no event.
    """
    here = select(EventLeaflet.leaflet_id).where(EventLeaflet.event_id == event.id)
    is_ours = or_(LeafletCode.event_id == event.id, LeafletCode.event_id.is_(None))
    query = (
        select(Leaflet, LeafletCode)
        .join(LeafletVersion, LeafletVersion.leaflet_id == Leaflet.id)
        .join(LeafletCode, LeafletCode.version_id == LeafletVersion.id)
        .where(Leaflet.group_id == event.group_id, Leaflet.id.in_(here), LeafletVersion.state.in_(CODED), is_ours)
        .order_by(Leaflet.title, Leaflet.id, LeafletCode.place, LeafletCode.code)
    )
    found: dict[Leaflet, list[LeafletCode]] = defaultdict(list)
    for leaflet, code in db.session.execute(query):
        found[leaflet].append(code)
    return found
