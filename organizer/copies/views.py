"""An event's leaflets with their copies: all that is known of them, and how many are left on the day."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from organizer import policy, uploads
from organizer.copies import cards, queries
from organizer.copies import service as counting
from organizer.copies.forms import CopiesForm, LeftForm, address_of, left_form, pressed
from organizer.copies.queries import HandedOut
from organizer.copies.rules import CopiesDetails
from organizer.events import queries as events
from organizer.events.models import Event
from organizer.events.rules import purge_at
from organizer.forms import Blank
from organizer.leaflets import queries as leaflets
from organizer.leaflets.rows import rows
from organizer.leaflets.rules import State
from organizer.policy import actor_id

blueprint = Blueprint("copies", __name__)


@blueprint.get("/events/<event_id>/leaflets")
@policy.allows(events.organized, signed_in=True)
def of_event(event: Event) -> ResponseReturnValue:
    """An event's leaflets with where each stands; while any is rebuilt, the page looks again by itself."""
    known, found = cards.lines(queries.of_event(event.id)), leaflets.of_event(event.id)
    page = make_response(render_template("copies/of_event.html", event=event, rows=rows(found), copies=known))
    begun = [
        version.uploaded_at for leaflet in found if (version := leaflet.waiting) and version.state == State.UPLOADED
    ]
    return uploads.looking_again(page, begun)


@blueprint.route("/events/<event_id>/leaflets/<leaflet_id>/copies", methods=["GET", "POST"])
@policy.allows(queries.organized, signed_in=True)
def copies(handed: HandedOut) -> ResponseReturnValue:
    """How many are needed, printed, left and handed out, and who brings them."""
    form = _copies_form(handed)
    if form.accepted(lambda: counting.change(handed.row, form.details(), form.shown.data or "", actor_id())):
        flash(_("Saved."))
        _ask_about(handed.known)
        return redirect(url_for("copies.of_event", event_id=handed.event.id), 303)
    now = handed.known
    # What is there now, where that is no longer what the form began from; with it before her eyes she may save again.
    meanwhile = cards.line(now) or _("Nothing any more") if form.shown.data != now.fingerprint else ""
    form.shown.data = now.fingerprint
    return form.page("copies/copies.html", handed=handed, meanwhile=meanwhile, **_asked(handed))


def _copies_form(handed: HandedOut) -> CopiesForm:
    known = handed.known
    form = CopiesForm(data={**vars(known), "shown": known.fingerprint})
    if known.brought_by is None or not queries.keeps_name(handed.event):
        del form.brought_by
    return form


def _asked(handed: HandedOut) -> dict[str, object]:
    """What the form says beside its fields."""
    event, likely = handed.event, handed.known.likely_handed_out
    return {
        "deleted_on": purge_at(event.occurrence, event.ends_at, event.cancelled_at).date(),
        "likely": None if likely is None else cards.number(likely),
    }


@blueprint.route("/events/<event_id>/leaflets/<leaflet_id>/left", methods=["GET", "POST"])
@policy.allows(queries.organized, signed_in=True)
def left(handed: HandedOut) -> ResponseReturnValue:
    """How many are left now, with one thumb."""
    count = pressed()
    return _set(handed) if count is None else _take(handed, count)


def _set(handed: HandedOut) -> ResponseReturnValue:
    form = left_form(handed.known)
    if not form.accepted(lambda: counting.set_left(handed.row, form.count, form.seen, actor_id())):
        return _left_page(handed, form)
    answer = _to_desk(handed)
    _ask_about(handed.known)
    return answer


def _take(handed: HandedOut, count: int) -> ResponseReturnValue:
    """With the way back in the desk's address."""
    button = Blank()
    taken = button.accepted(lambda: counting.hand_out(handed.row, count, actor_id()))
    if taken is None:
        return _left_page(handed, left_form(handed.known, formdata=None).tell_for(button))
    return _to_desk(handed, **address_of(taken))


def _to_desk(handed: HandedOut, **address: Any) -> ResponseReturnValue:
    flash(_("%(title)s: %(line)s", title=handed.leaflet.title, line=cards.line(handed.known)))
    return redirect(url_for("desk.desk", slug=handed.event.group.slug, **address, _anchor="leaflets-left"), 303)


def _ask_about(known: CopiesDetails) -> None:
    """Numbers that do not fit are saved all the same."""
    if known.is_more_than_printed:
        flash(
            _(
                "More are left or handed out than were printed. If older copies are among them, that is fine;"
                " if not, look at the numbers once more."
            )
        )


def _left_page(handed: HandedOut, form: LeftForm) -> ResponseReturnValue:
    """The form again, with what was typed; what is there now stands above it."""
    left_over = handed.known.left_over
    form.shown.data = "" if left_over is None else str(left_over)
    return form.page("copies/left.html", handed=handed, line=cards.line(handed.known))
