"""How copies read on a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask_babel import format_decimal
from flask_babel import gettext as _

from organizer.leaflets.copies import Copies
from organizer.leaflets.copies_forms import LeftForm, left_form
from organizer.leaflets.rules import CopiesDetails


@dataclass(frozen=True)
class Counted:
    """A leaflet whose copies somebody counts, on the desk; `form` on the day of the action only."""

    copies: Copies
    line: str
    form: LeftForm | None


def on_desk(found: Iterable[Copies], *, is_today: bool) -> list[Counted]:
    """What the desk shows of an action's leaflets: nothing of those for which nobody has given a number."""
    return [
        Counted(copies, line(copies.known), _form(copies) if is_today else None)
        for copies in found
        if copies.known.is_counted
    ]


def _form(copies: Copies) -> LeftForm:
    return left_form(copies.known, formdata=None, leaflet_id=copies.leaflet_id)


def lines(found: Mapping[str, CopiesDetails]) -> dict[str, str]:
    """A line for each leaflet, by its id."""
    return {leaflet_id: line(known) for leaflet_id, known in found.items()}


def line(known: CopiesDetails) -> str:
    """All that is known in one line, "" for nothing: "400 of 500 printed · 30 left · Wren brings them"."""
    parts = [_printed(known), _left(known), _handed_out(known)]
    if known.brought_by:
        parts.append(_("%(name)s brings them", name=known.brought_by))
    return " · ".join(part for part in parts if part)


def number(count: int) -> str:
    """As the page's language groups it."""
    return str(format_decimal(count))


def _printed(known: CopiesDetails) -> str:
    if known.printed is None:
        return "" if known.needed is None else str(_("%(count)s needed", count=number(known.needed)))
    if known.needed is None:
        return str(_("%(count)s printed", count=number(known.printed)))
    return str(_("%(count)s of %(needed)s printed", count=number(known.printed), needed=number(known.needed)))


def _left(known: CopiesDetails) -> str:
    return "" if known.left_over is None else str(_("%(count)s left", count=number(known.left_over)))


def _handed_out(known: CopiesDetails) -> str:
    if known.handed_out is not None:
        return str(_("%(count)s handed out", count=number(known.handed_out)))
    likely = known.likely_handed_out
    return "" if likely is None else str(_("probably %(count)s handed out", count=number(likely)))
