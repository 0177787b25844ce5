"""What organizers print before an action, in one go: the codes of its leaflets, and the slips that people take home."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import format_date, ngettext
from flask_babel import gettext as _
from sqlalchemy import or_, select

from organizer import policy
from organizer.db import db
from organizer.events import queries as events
from organizer.events.models import Event
from organizer.leaflets import code_pages
from organizer.leaflets.codes import CODED
from organizer.leaflets.models import EventLeaflet, Leaflet, LeafletCode, LeafletVersion
from organizer.statements import slip
from organizer.statements.slips import ConsentSlip

blueprint = Blueprint("print_job", __name__)


@dataclass(frozen=True)
class Part:
    """What can be ticked; `name` stands in the address, `paper` is what its template is given."""

    name: str
    label: str
    count: str
    is_ticked: bool
    paper: dict[str, object]


@blueprint.get("/events/<event_id>/print")
@policy.allows(events.organized, signed_in=True)
def print_job(event: Event) -> ResponseReturnValue:
    """One page to print, of what is ticked; at first all codes, and the latest sheet of slips."""
    ticked = set(request.args.getlist("part")) if "chosen" in request.args else None
    codes, slips = _code_parts(event, ticked), _slip_parts(event, ticked)
    return render_template("pages/print_job.html", event=event, codes=codes, slips=slips)


def _code_parts(event: Event, ticked: set[str] | None) -> list[Part]:
    parts = []
    for leaflet, codes in _codes(event).items():
        name = f"codes-{leaflet.id}"
        count = ngettext("%(num)d code", "%(num)d codes", len(codes))
        values = {"leaflet": leaflet, **code_pages.on_paper(leaflet, codes)}
        parts.append(Part(name, leaflet.title, count, ticked is None or name in ticked, values))
    return parts


def _codes(event: Event) -> dict[Leaflet, list[LeafletCode]]:
    """The codes that may be printed for the event by leaflet, in one query: its own, and those of no event."""
    here = select(EventLeaflet.leaflet_id).where(EventLeaflet.event_id == event.id)
    is_ours = or_(LeafletCode.event_id == event.id, LeafletCode.event_id.is_(None) & Leaflet.id.in_(here))
    query = (
        select(Leaflet, LeafletCode)
        .join(LeafletVersion, LeafletVersion.leaflet_id == Leaflet.id)
        .join(LeafletCode, LeafletCode.version_id == LeafletVersion.id)
        .where(Leaflet.group_id == event.group_id, LeafletVersion.state.in_(CODED), is_ours)
        .order_by(Leaflet.title, Leaflet.id, LeafletCode.place, LeafletCode.code)
    )
    found: dict[Leaflet, list[LeafletCode]] = defaultdict(list)
    for leaflet, code in db.session.execute(query):
        found[leaflet].append(code)
    return found


def _slip_parts(event: Event, ticked: set[str] | None) -> list[Part]:
    """The sheets with unused slips, the latest first, in one query."""
    query = select(ConsentSlip).where(ConsentSlip.event_id == event.id, ConsentSlip.statement_id.is_(None))
    sheets: dict[str, list[ConsentSlip]] = defaultdict(list)
    for each in db.session.scalars(query.order_by(ConsentSlip.made_on.desc(), ConsentSlip.sheet_id, ConsentSlip.id)):
        sheets[each.sheet_id].append(each)
    parts: list[Part] = []
    for sheet_id, slips in sheets.items():
        name, label = f"slips-{sheet_id}", _("Consent slips of %(day)s", day=format_date(slips[0].made_on, "long"))
        count = ngettext("%(num)d slip", "%(num)d slips", len(slips))
        is_ticked = name in ticked if ticked is not None else not parts
        parts.append(Part(name, label, count, is_ticked, slip.on_paper(event, slips)))
    return parts
