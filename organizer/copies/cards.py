"""How copies read on a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask_babel import format_decimal
from flask_babel import gettext as _

from organizer.copies.forms import LeftForm, left_form
from organizer.copies.queries import Copies
from organizer.copies.rules import CopiesDetails, Taken
from organizer.leaflets.labels import label_of


@dataclass(frozen=True)
class Undo:
    """A button that puts back what was taken; `name` is for who hears it away from its row.

    `left_over` is what it sends; with `is_uncounted` it is what was printed, and nobody shall have counted.
    """

    sentence: str
    name: str
    left_over: int | None
    is_uncounted: bool


@dataclass(frozen=True)
class Counted:
    """A leaflet on the desk; `label` is "" where the title alone tells it from the others.

    `line` is "" where nothing is known, there is a `form` on the day where somebody counts, and an `undo` beside it
    right after some were taken away.
    """

    copies: Copies
    label: str
    line: str
    form: LeftForm | None
    undo: Undo | None


def on_desk(found: Iterable[Copies], taken: Taken | None, *, is_today: bool) -> list[Counted]:
    """What the desk shows of an action's leaflets; `taken` is what its address says."""
    listed = list(found)
    titles = Counter(copies.title.casefold() for copies in listed)
    alike = {title for title, count in titles.items() if count > 1}
    return [_on_desk(copies, taken, is_alike=copies.title.casefold() in alike, is_today=is_today) for copies in listed]


def _on_desk(copies: Copies, taken: Taken | None, *, is_alike: bool, is_today: bool) -> Counted:
    label = label_of(copies.language, copies.made_as) if is_alike else ""
    known = copies.known
    if not is_today or not known.is_counted:
        return Counted(copies, label, line(known), form=None, undo=None)
    form = left_form(known, formdata=None, leaflet_id=copies.leaflet_id)
    undo = None
    if taken and taken.leaflet_id == copies.leaflet_id and taken.led_to(known):
        undo = _undo(copies, taken)
    return Counted(copies, label, line(known), form, undo)


def _undo(copies: Copies, taken: Taken) -> Undo:
    if taken.before is None:
        name = _("Undo: %(title)s, back to not counted", title=copies.title)
        return Undo(_("Nobody had counted before."), name, copies.known.printed, is_uncounted=True)
    before = number(taken.before)
    name = _("Undo: %(title)s, back to %(count)s left", title=copies.title, count=before)
    return Undo(_("It was %(count)s before.", count=before), name, taken.before, is_uncounted=False)


def lines(found: Mapping[str, CopiesDetails]) -> dict[str, str]:
    """A line for each leaflet, by its id."""
    return {leaflet_id: line(known) for leaflet_id, known in found.items()}


def line(known: CopiesDetails) -> str:
    """All that is known in one line, "" for nothing: "400 of 500 printed · 30 left · Wren brings them"."""
    parts = [_printed(known), _left(known), _handed_out(known)]
    if known.brought_by:
        parts.append(_("%(name)s brings them", name=known.brought_by))
    if known.brought_by is None:
        parts.append(_("who brings them cannot be read just now"))
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
