"""The forms of copies: all that is known of them, and how many are left just now."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _
from wtforms import HiddenField, IntegerField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import TextInput

from organizer.copies.rules import MOST_COPIES, TAKEN, CopiesDetails, Taken
from organizer.forms import Form, line

LONGEST_NAME = 80
GROUPED = re.compile(r"\d{1,3}(?:[.,'’ \u00a0\u202f]\d{3})+")


class CountField(IntegerField):
    """A number of copies, also as people group it: "1,000", which a browser's own number field would lose."""

    widget = TextInput()

    def __init__(self, label: str, missing: str, *validators: Any, **kwargs: Any) -> None:
        """`missing` says what to write instead of anything that is no number of copies."""
        super().__init__(label, [*validators, NumberRange(0, MOST_COPIES, missing)], **kwargs)
        self._missing = missing

    def process_formdata(self, valuelist: list[Any]) -> None:
        typed = [_ungrouped(value) for value in valuelist]
        try:
            super().process_formdata(typed)
        except ValueError:
            raise ValueError(str(self._missing)) from None


class CopiesForm(Form):
    """What is known of a leaflet's copies; names as in `rules.CopiesDetails`. All of it may stay empty."""

    needed = CountField(_("Copies needed"), _("Give the copies needed as a number up to a million."), Optional())
    printed = CountField(_("Printed"), _("Give the copies printed as a number up to a million."), Optional())
    left_over = CountField(_("Left over"), _("Give the copies left as a number up to a million."), Optional())
    handed_out = CountField(
        _("Copies handed out"), _("Give the copies handed out as a number up to a million."), Optional()
    )
    brought_by = StringField(_("Who brings them"), filters=[line], validators=[Length(max=LONGEST_NAME)])
    shown = HiddenField()

    def details(self) -> CopiesDetails:
        told = {name: self._fields[name].data for name in CopiesDetails.__dataclass_fields__ if name in self._fields}
        return CopiesDetails(**told)


class LeftForm(Form):
    """How many are left now; one button sets it, others take some away."""

    left_over = CountField(
        _("Left now"), _("Give the copies left as a number up to a million."), InputRequired(_("Give a number."))
    )
    shown = HiddenField()
    takes = TAKEN

    def __init__(self, *args: Any, leaflet_id: str = "", **kwargs: Any) -> None:
        """With `leaflet_id`, for several on one page: the ids of their fields differ."""
        super().__init__(*args, **kwargs)
        if leaflet_id:
            self.left_over.id = f"left-{leaflet_id}"

    @property
    def count(self) -> int | None:
        """What was typed, once the form is valid; None where it puts back that nobody had counted."""
        return None if request.form.get("uncounted") else self.left_over.data or 0

    @property
    def seen(self) -> int | None:
        """What stood there when the form was opened; -1, which is never there, for what no page has written."""
        return _seen(self.shown.data or "")


def pressed() -> int | None:
    """How many the pressed button takes away, None for any other."""
    return next((count for count in TAKEN if request.form.get("take") == str(count)), None)


def address_of(taken: Taken) -> dict[str, str]:
    """What the address of the page says on which it can be undone."""
    return {"taken": taken.leaflet_id, "before": _shown(taken.before), "left": _shown(taken.left_over)}


def taken(address: Mapping[str, str]) -> Taken | None:
    """What `address_of` has said there, None for anything else."""
    before, left_over = (_seen(address.get(name, "none")) for name in ("before", "left"))
    if left_over is None or -1 in (before, left_over):
        return None
    return Taken(address.get("taken", ""), before, left_over)


def left_form(known: CopiesDetails, **options: Any) -> LeftForm:
    """The form as it opens: with what was counted last, or with what was printed."""
    return LeftForm(data={"left_over": known.there, "shown": _shown(known.left_over)}, **options)


def _shown(count: int | None) -> str:
    return "" if count is None else str(count)


def _seen(value: str) -> int | None:
    """What `_shown` has written; -1, which is never there, for anything else."""
    if not value:
        return None
    return int(value) if re.fullmatch(r"[0-9]{1,7}", value) else -1


def _ungrouped(value: Any) -> Any:
    text = str(value).strip()
    return re.sub(r"\D", "", text) if GROUPED.fullmatch(text) else text
