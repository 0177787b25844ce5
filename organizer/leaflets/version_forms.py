"""The forms of versions, of withdrawals, and of what is brought to one more action."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from organizer.forms import LONGEST_LINE, LONGEST_TEXT, Checkboxes, Form, line, lines
from organizer.leaflets.forms import PagesForm
from organizer.leaflets.rules import Upload, VersionDetails

LONGEST_CHANGES = 200


class WordsForm(Form):
    """What is said about one version; names as in `rules.VersionDetails`."""

    changes = StringField(_("What is new in it"), filters=[line], validators=[Length(max=LONGEST_CHANGES)])
    text_alternative = TextAreaField(_("What it says"), filters=[lines], validators=[Length(max=LONGEST_TEXT)])

    def details(self) -> VersionDetails:
        return VersionDetails(self.changes.data or "", self.text_alternative.data or "")


class VersionForm(PagesForm, WordsForm):
    """The same with the file itself. What is said about the leaflet stays, as that is seen at once."""

    def upload(self) -> Upload[VersionDetails]:
        """What was sent, once the form is valid."""
        return self.sent_as(self.details(), self.data_bytes)


class WithdrawForm(Form):
    """Why, if anyone says so; the field is named like its column."""

    withdrawn_because = StringField(_("Why"), filters=[line], validators=[Length(max=LONGEST_LINE)])

    @property
    def because(self) -> str:
        return self.withdrawn_because.data or ""


class BringForm(Form):
    """Which of the group's leaflets are handed out here, too, by their ids."""

    chosen = Checkboxes(_("Leaflets"), validators=[InputRequired(_("Choose at least one."))])
