"""What a code's pages ask: where the leaflet is handed out, and in which corner of which pages and
on which sheets the code is to stand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import format_date
from flask_babel import lazy_gettext as _
from wtforms import SelectField, StringField
from wtforms.validators import DataRequired, Length

from organizer import clock
from organizer.codes.models import LONGEST_PLACE, LeafletCode
from organizer.errors import RuleError
from organizer.events.models import Event
from organizer.forms import Form, line, options
from organizer.media.corners import Corner, Layout, Pages

CORNERS = {
    Corner.TOP_LEFT: _("Top left"),
    Corner.TOP_RIGHT: _("Top right"),
    Corner.BOTTOM_LEFT: _("Bottom left"),
    Corner.BOTTOM_RIGHT: _("Bottom right"),
}
PAGES = {Pages.FIRST: _("the first page"), Pages.LAST: _("the last page"), Pages.ALL: _("each page")}


class CodeForm(Form):
    """Where copies with this code are handed out: at first what is known of `code`, where there is one."""

    place = StringField(
        _("Where is it handed out?"),
        filters=[line],
        validators=[DataRequired(_("Say where, so that you know what you count.")), Length(max=LONGEST_PLACE)],
    )
    event = SelectField(_("At which action?"), validate_choice=True)

    def __init__(self, events: Sequence[Event], code: LeafletCode | None = None) -> None:
        place, event_id = (code.place, code.event_id) if code else ("", _next(events))
        super().__init__(data={"place": place, "event": event_id or ""})
        # An action where the leaflet is no longer handed out stays the code's own.
        own = [code.event] if code and code.event and code.event not in events else []
        known = [(event.id, f"{event.title}, {format_date(event.starts_on, 'medium')}") for event in (*events, *own)]
        self.event.choices = options([("", _("At none in particular")), *known])

    def event_id(self) -> str | None:
        return self.event.data or None


def _next(events: Sequence[Event]) -> str | None:
    """The id of the one of these that comes soonest, if any does."""
    coming = [event for event in events if event.ends_at > clock.now()]
    return min(coming, key=lambda event: event.starts_at).id if coming else None


@dataclass(frozen=True)
class Wanted:
    """Where the code is to stand, on which sheets, and whether in grey."""

    corner: Corner
    pages: Pages
    layout: Layout
    is_grey: bool


def wanted_of(asked: Mapping[str, str]) -> Wanted:
    """What is wanted, from the address. Raises RuleError for a corner, pages or a layout that there are not."""
    try:
        corner, pages = Corner(asked.get("corner", Corner.BOTTOM_RIGHT)), Pages(asked.get("pages", Pages.LAST))
    except ValueError:
        raise RuleError("Choose one of the four corners, on the first, the last or each page.") from None
    try:
        return Wanted(corner, pages, Layout(asked.get("layout", Layout.FULL)), "grey" in asked)
    except ValueError:
        raise RuleError("Choose how many are on a sheet: one, two or four.") from None
