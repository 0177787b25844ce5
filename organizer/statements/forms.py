"""The author's form, the organizer's form on the street, and an editor's decision."""

from __future__ import annotations

from datetime import date

from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.core import Field
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from organizer import languages, text
from organizer.forms import LONGEST_LINE, LONGEST_TEXT, Form, PublicForm, line, lines, options
from organizer.statements.models import LONGEST_BYLINE
from organizer.statements.rules import (
    BylineKind,
    ConsentDetails,
    ReadBack,
    ReviewDetails,
    StatementDetails,
    Use,
    Way,
)

BYLINE_KINDS = [
    (BylineKind.NONE, _("Nothing: it says “A participant”")),
    (BylineKind.PSEUDONYM, _("A pseudonym")),
    (BylineKind.FIRST_NAME, _("A first name")),
    (BylineKind.FULL_NAME, _("A full name. A full name stays findable for years.")),
]
USES = [
    (Use.EVENT_PAGE, _("On the page of this action")),
    (Use.SITE, _("Elsewhere on this site: the front page, the list of all statements")),
]
READ_BACK = [
    (ReadBack.TEXT, _("The text")),
    (ReadBack.BYLINE, _("How it is signed")),
    (ReadBack.USES, _("Where it may stand")),
]


class Checkboxes(SelectMultipleField):
    """Several of a few choices."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class WordsForm(Form):
    """What is said and how it is signed; names as in `rules.StatementDetails`."""

    text = TextAreaField(
        _("Why were you there?"),
        filters=[lines],
        validators=[InputRequired(_("Write a sentence at least.")), Length(max=LONGEST_TEXT)],
    )
    language = SelectField(
        _("Language"),
        choices=options(languages.choices(languages.WRITTEN)),
        validators=[InputRequired(_("Choose a language."))],
    )
    byline_kind = RadioField(
        _("Sign it with"),
        choices=options(BYLINE_KINDS),
        default=BylineKind.NONE,
        coerce=BylineKind,
        validators=[InputRequired(_("Choose how to sign."))],
    )
    byline = StringField(_("The name"), filters=[line], validators=[Length(max=LONGEST_BYLINE)])

    def validate_text(self, field: Field) -> None:
        """Refuse what leaves nothing to read once it is formatted."""
        if field.errors or len(field.data or "") > LONGEST_TEXT:
            return  # refused already, and not worth the work of formatting
        if not text.to_plain(field.data or ""):
            raise ValidationError(_("Write a sentence at least."))

    def details(self) -> StatementDetails:
        return StatementDetails(**{name: self._fields[name].data for name in StatementDetails.__dataclass_fields__})


class UsesForm(Form):
    """Where it may stand."""

    uses = Checkboxes(
        _("Where may it stand?"),
        choices=options(USES),
        coerce=Use,
        validators=[InputRequired(_("Say where it may stand."))],
    )

    def granted(self) -> frozenset[Use]:
        return frozenset(self.uses.data or ())


class StatementForm(WordsForm, UsesForm, PublicForm):
    """The author's own form: sending it is her consent to just what it says."""


class AgreeForm(UsesForm):
    """Consent to what stands on the page; `shown` ties it to just that."""

    shown = HiddenField()


class TakeForm(WordsForm):
    """What an organizer writes down; below it the consent in person, as in `rules.ConsentDetails`."""

    uses = Checkboxes(_("Where may it stand?"), choices=options(USES), coerce=Use)
    given_on = DateField(_("Day"), validators=[Optional()])
    heard_by = StringField(_("Who heard it"), filters=[line], validators=[Length(max=LONGEST_BYLINE)])
    read_back = Checkboxes(_("What was read back"), choices=options(READ_BACK), coerce=ReadBack)

    def validate_uses(self, field: Field) -> None:
        """Refuse half a consent."""
        if not field.data and (self.heard_by.data or self.read_back.data):
            raise ValidationError(_("Say where it may stand, or leave all about consent empty."))

    def consent(self) -> ConsentDetails | None:
        """The consent in person, None when the author is to agree by her link."""
        if not self.uses.data:
            return None
        return ConsentDetails(
            uses=frozenset(self.uses.data),
            given_on=self.given_on.data or date.min,  # no day is refused like a wrong one
            way=Way.IN_PERSON,
            heard_by=self.heard_by.data or "",
            read_back=frozenset(self.read_back.data or ()),
        )


class ReviewForm(Form):
    """An editor's decision; names as in `rules.ReviewDetails`."""

    shown = HiddenField()
    known_by = StringField(_("How do you know who signed?"), filters=[line], validators=[Length(max=LONGEST_LINE)])
    is_safe_now = BooleanField(_("Publish it although the action is not over: it can harm nobody now"))

    def details(self) -> ReviewDetails:
        return ReviewDetails(self.shown.data or "", self.known_by.data or "", self.is_safe_now.data)
