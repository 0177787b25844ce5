"""Consent slips on paper: an event's sheets, one sheet to print, and what a printed link leads to."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, format_date, get_locale, gettext
from flask_babel import lazy_gettext as _

from organizer import documents, languages, policy
from organizer.events import queries as events
from organizer.events.models import Event
from organizer.forms import Blank
from organizer.statements import opening, slips
from organizer.statements.rules import Use
from organizer.statements.slips import ConsentSlip

blueprint = Blueprint("slip", __name__)
# Short, as paper is small: what each means, the consent's words say, which are read aloud.
USES = {
    Use.EVENT_PAGE: _("on this action’s page"),
    Use.SITE: _("elsewhere on the site"),
    Use.PRESS: _("in newspapers"),
    Use.LEAFLET: _("in leaflets"),
    Use.SOCIAL: _("on social networks"),
    Use.SEARCH: _("in search engines"),
}


@blueprint.route("/events/<event_id>/slips", methods=["GET", "POST"])
@policy.allows(events.organized, signed_in=True)
def sheets(event: Event) -> ResponseReturnValue:
    """An event's sheets of slips, and the button that makes one more."""
    form = Blank()
    sheet_id = form.accepted(lambda: slips.make_sheet(event, policy.actor_id()))
    if sheet_id is None:
        return form.page(
            "statements/sheets.html",
            event=event,
            sheets=slips.sheets(event.id),
            on_a_sheet=slips.ON_A_SHEET,
            kept_days=slips.KEPT_UNUSED.days,
        )
    flash(gettext("Here they are. Print them, and cut along the lines."))
    return redirect(url_for("slip.sheet", event_id=event.id, sheet_id=sheet_id), 303)


@blueprint.get("/events/<event_id>/slips/<sheet_id>")
@policy.allows(slips.organized_sheet, signed_in=True)
def sheet(granted: tuple[Event, Sequence[ConsentSlip]]) -> ResponseReturnValue:
    """What is unused of one sheet, to print."""
    event, made = granted
    return render_template("statements/sheet.html", event=event, **on_paper(event, made))


def on_paper(event: Event, made: Sequence[ConsentSlip]) -> dict[str, object]:
    """What `statements/_slip.html` and the sheet around it need beside `event`; no used slip is among it."""
    language = event.language if event.language in languages.INTERFACE else str(get_locale())
    return {
        # The link of a used one is its author's, who may have replaced it.
        "slips": [(slip, documents.qr_svg(_printed_url(slip))) for slip in made if slip.statement_id is None],
        "words": _words(event, language),
        "language": language,
    }


@blueprint.get("/s/slip/<token>")
@policy.allows(slips.by_token)
def follow(slip: ConsentSlip) -> ResponseReturnValue:
    """Where a printed link leads: to what was written down, or to a page that says that nothing was."""
    statement = slips.statement_of(slip)
    if statement is None:
        return render_template("statements/follow.html", slip=slip)
    return redirect(url_for("statements.link", token=opening.link_token(statement)), 303)


def _printed_url(slip: ConsentSlip) -> str:
    return url_for("slip.follow", token=slips.link_token(slip), _external=True)


def _words(event: Event, language: str) -> dict[str, object]:
    """All that stands on a slip but its number, in the language of the people on the street."""
    with force_locale(language):
        return {
            "day": format_date(event.starts_on, "long"),
            "rights": gettext("With this you can read what was written down, change it, or take it back, at any time."),
            "secret": gettext("Anyone who has this slip can do it."),
            "agreed": gettext("It may stand:"),
            "uses": [str(words) for words in USES.values()],
            "full_name": gettext("Full name:"),
            "yes": gettext("yes"),
            "no": gettext("no"),
        }
