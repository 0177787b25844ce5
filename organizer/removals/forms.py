"""Asking to remove something, without account and without name."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import TextAreaField
from wtforms.validators import Length

from organizer.forms import PublicForm, lines
from organizer.removals.rules import LONGEST_NOTE


class RemovalForm(PublicForm):
    """What is wrong, if somebody wants to say."""

    note = TextAreaField(_("What is wrong?"), filters=[lines], validators=[Length(max=LONGEST_NOTE)])
