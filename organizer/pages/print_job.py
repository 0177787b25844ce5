"""What organizers print before an action, in one go: the codes of its leaflets, and the slips that people take home."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import format_date, ngettext
from flask_babel import gettext as _

from organizer import policy
from organizer.codes import cards
from organizer.codes import queries as codes
from organizer.events import queries as events
from organizer.events.models import Event
from organizer.statements import slip, slips

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
    code_parts, slip_parts = _code_parts(event, ticked), _slip_parts(event, ticked)
    return render_template("pages/print_job.html", event=event, codes=code_parts, slips=slip_parts)


def _code_parts(event: Event, ticked: set[str] | None) -> list[Part]:
    parts = []
    for leaflet, printed in codes.for_event(event).items():
        name = f"codes-{leaflet.id}"
        count = ngettext("%(num)d code", "%(num)d codes", len(printed))
        values = {"leaflet": leaflet, **cards.on_paper(leaflet, printed)}
        parts.append(Part(name, leaflet.title, count, ticked is None or name in ticked, values))
    return parts


def _slip_parts(event: Event, ticked: set[str] | None) -> list[Part]:
    parts: list[Part] = []
    for sheet_id, unused in slips.unused(event.id).items():
        name, label = f"slips-{sheet_id}", _("Consent slips of %(day)s", day=format_date(unused[0].made_on, "long"))
        count = ngettext("%(num)d slip", "%(num)d slips", len(unused))
        is_ticked = name in ticked if ticked is not None else not parts
        parts.append(Part(name, label, count, is_ticked, slip.on_paper(event, unused)))
    return parts
