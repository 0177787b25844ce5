"""What the pages of a pasted transcript ask: the transcript, and what each statement is signed with."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from organizer.forms import Form, language_field, line, options
from organizer.statements.cues import Reason, Role
from organizer.statements.forms import BYLINE_KINDS
from organizer.statements.models import LONGEST_AFFILIATION, LONGEST_BYLINE
from organizer.statements.rules import BylineKind, StatementDetails

ROLES = {
    Role.SAID: _("What was said"),
    Role.BYLINE: _("A name"),
    Role.NOTE: _("An editor’s note"),
    Role.CAPTION: _("A caption or credit"),
    Role.OTHER: _("Something else"),
}
REASONS = {
    Reason.PLAIN: _("Plain words."),
    Reason.LIKE_NAME: _("It looks like a name, and stands here as words."),
    Reason.AFTER_BYLINE: _("A name stands above."),
    Reason.AFTER_DIVIDER: _("A divider or a heading stands above."),
    Reason.WIDE_GAP: _("A wide gap stands above."),
    Reason.DASH_AND_NAME: _("A dash and a name."),
    Reason.SIGNED_AT_END: _("A dash and a name behind a sentence."),
    Reason.LOOSELY_SIGNED: _("A dash and a name, where no sentence ended before."),
    Reason.BOLD_NAME: _("A name set in bold."),
    Reason.NAME_AND_COLON: _("A name and a colon."),
    Reason.NAME_ALONE: _("A line that could be a name, as others like it stand in the same places."),
    Reason.WORDS_LIKE_NOTE: _("It begins like an editor’s note."),
    Reason.AFTER_NOTE: _("A note was announced above."),
    Reason.WORDS_LIKE_CAPTION: _("It has words like “Photo:”."),
    Reason.WORDS_LIKE_PAGE: _("It looks like a part of a web page."),
    Reason.DIVIDER: _("A dividing line."),
    Reason.HEADING: _("A heading."),
    Reason.SHORT_LINE_OUTSIDE: _("A short line before or after all statements."),
    Reason.CUT_FROM_NAME: _("It was cut from a name."),
    Reason.CHOSEN: _("You chose this."),
}


class PasteForm(Form):
    """The whole transcript; how long it may be, its reader says."""

    text = TextAreaField(_("Paste the transcript"), validators=[InputRequired(_("Paste what was said."))])


class CardForm(Form):
    """What is kept of one statement beside its words; names as in `rules.StatementDetails`.

    An unsigned one has no name.
    """

    class Meta(Form.Meta):
        csrf = False  # it stands inside another form

    keep = BooleanField(_("Keep it"))
    byline = StringField(_("Name"), filters=[line], validators=[Length(max=LONGEST_BYLINE)])
    affiliation = StringField(_("City or group"), filters=[line], validators=[Length(max=LONGEST_AFFILIATION)])
    byline_kind = RadioField(
        _("What kind of name is this?"),
        choices=options(BYLINE_KINDS),
        coerce=BylineKind,
        validators=[InputRequired(_("Choose how to sign."))],
    )
    language = language_field()
    slip = StringField(_("Number on the slip"), filters=[line], validators=[Length(max=40)])
    agreed = BooleanField(_("Agreed in person"))

    def __init__(self, *args: Any, is_signed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_signed:
            del self.byline, self.affiliation, self.byline_kind

    def validate(self, extra_validators: Any = None) -> bool:
        """Without a token: the form around it has one."""
        is_valid: bool = super(Form, self).validate(extra_validators)
        return is_valid

    def details(self, text: str) -> StatementDetails:
        """The statement of these words."""
        signed = {name: self._fields[name].data for name in ("byline_kind", "byline", "affiliation") if name in self}
        return StatementDetails(text=text, language=self.language.data, **signed)
