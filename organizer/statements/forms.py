"""The author's form, the organizer's form on the street, and an editor's decision."""

from __future__ import annotations

from datetime import date

from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    HiddenField,
    RadioField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.core import Field
from wtforms.validators import InputRequired, Length, Optional

from organizer import text
from organizer.forms import (
    LONGEST_LINE,
    LONGEST_TEXT,
    Checkboxes,
    Form,
    PublicForm,
    language_field,
    line,
    lines,
    options,
)
from organizer.statements.models import LONGEST_AFFILIATION, LONGEST_BYLINE
from organizer.statements.rules import (
    BylineKind,
    ConsentDetails,
    Moment,
    ReadBack,
    ReviewDetails,
    StatementDetails,
    SuggestionDetails,
    TranslationDetails,
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
    (Use.PRESS, _("In newspapers and magazines")),
    (Use.LEAFLET, _("In leaflets and other print of the group")),
    (Use.SOCIAL, _("In what the group posts on social networks")),
    (Use.SEARCH, _("Search engines may show it")),
]
MOMENTS = [
    (Moment.AFTER, _("Now, or as soon as the action is over")),
    (Moment.NOW, _("Now, even during the action: it can harm nobody")),
    (Moment.AT, _("Later")),
]
READ_BACK = [
    (ReadBack.TEXT, _("The text")),
    (ReadBack.BYLINE, _("How it is signed")),
    (ReadBack.USES, _("Where it may stand")),
]


class WordsForm(Form):
    """What is said and how it is signed; names as in `rules.StatementDetails`."""

    text = TextAreaField(
        _("Why were you there?"),
        filters=[lines],
        validators=[InputRequired(_("Write a sentence at least.")), Length(max=LONGEST_TEXT)],
    )
    language = language_field()
    byline_kind = RadioField(
        _("Sign it with"),
        choices=options(BYLINE_KINDS),
        default=BylineKind.NONE,
        coerce=BylineKind,
        validators=[InputRequired(_("Choose how to sign."))],
    )
    byline = StringField(_("The name"), filters=[line], validators=[Length(max=LONGEST_BYLINE)])
    affiliation = StringField(_("City or group"), filters=[line], validators=[Length(max=LONGEST_AFFILIATION)])

    def validate_text(self, field: Field) -> None:
        """Refuse what leaves nothing to read once it is formatted."""
        if field.errors or len(field.data or "") > LONGEST_TEXT:
            return  # refused already, and not worth the work of formatting
        if not text.to_plain(field.data or ""):
            raise ValidationError(_("Write a sentence at least."))

    def details(self) -> StatementDetails:
        return StatementDetails(**{name: self._fields[name].data for name in StatementDetails.__dataclass_fields__})


class AllowedForm(Form):
    """What may be done with it, and until when; names as in `rules.ConsentDetails`."""

    may_edit = BooleanField(_("You may mend spelling and leave something out, marked with […]"))
    may_translate = BooleanField(_("You may translate it"))
    expires_on = DateField(_("Until when"), validators=[Optional()])


class UsesForm(AllowedForm):
    """Where it may stand, too."""

    uses = Checkboxes(
        _("Where may it stand?"),
        choices=options(USES),
        coerce=Use,
        validators=[InputRequired(_("Say where it may stand."))],
    )

    def consent(self) -> ConsentDetails:
        """What its author agrees to by sending the form."""
        return ConsentDetails(
            uses=frozenset(self.uses.data or ()),
            may_edit=self.may_edit.data,
            may_translate=self.may_translate.data,
            expires_on=self.expires_on.data,
        )


class StatementForm(WordsForm, UsesForm, PublicForm):
    """The author's own form: sending it is her consent to just what it says."""


class AgreeForm(UsesForm):
    """Consent to what stands on the page; `shown` ties it to just that."""

    shown = HiddenField()


class HeardForm(AllowedForm):
    """Consent in person, as in `rules.ConsentDetails`; all of it may be left empty."""

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
        return self.heard() if self.uses.data else None

    def heard(self) -> ConsentDetails:
        return ConsentDetails(
            uses=frozenset(self.uses.data or ()),
            may_edit=self.may_edit.data,
            may_translate=self.may_translate.data,
            expires_on=self.expires_on.data,
            given_on=self.given_on.data or date.min,  # no day is refused like a wrong one
            way=Way.IN_PERSON,
            heard_by=self.heard_by.data or "",
            read_back=frozenset(self.read_back.data or ()),
        )


class AgreedForm(HeardForm):
    """Consent in person to what stands on the page; `shown` ties it to just that."""

    shown = HiddenField()

    def validate_uses(self, field: Field) -> None:
        """Refuse consent to nothing."""
        if not field.data:
            raise ValidationError(_("Say where it may stand."))


class TakeForm(WordsForm, HeardForm):
    """What an organizer writes down, with the number of the consent slip that was handed over, if any."""

    slip = StringField(_("Number on the slip"), filters=[line], validators=[Length(max=LONGEST_BYLINE)])


class ReviewForm(Form):
    """An editor's decision; names as in `rules.ReviewDetails`."""

    shown = HiddenField()
    known_by = StringField(_("How do you know who signed?"), filters=[line], validators=[Length(max=LONGEST_LINE)])
    moment = RadioField(_("When"), choices=options(MOMENTS), default=Moment.AFTER, coerce=Moment)
    publish_at_local = DateTimeLocalField(_("Day and time"), format=["%Y-%m-%dT%H:%M"], validators=[Optional()])

    def details(self) -> ReviewDetails:
        return ReviewDetails(
            shown=self.shown.data or "",
            known_by=self.known_by.data or "",
            moment=self.moment.data,
            publish_at_local=self.publish_at_local.data,
        )


class WordingForm(Form):
    """Other words by an editor; names as in `rules.SuggestionDetails`."""

    shown = HiddenField()
    text = TextAreaField(
        _("The words"),
        filters=[lines],
        validators=[InputRequired(_("Write a sentence at least.")), Length(max=LONGEST_TEXT)],
    )
    note = StringField(_("Why, to its author"), filters=[line], validators=[Length(max=LONGEST_LINE)])
    take_back = BooleanField(_("Take the suggestion back and mend instead"))

    def details(self) -> SuggestionDetails:
        return SuggestionDetails(self.text.data or "", self.note.data or "")


class TranslationForm(Form):
    """A translation; names as in `rules.TranslationDetails`."""

    shown = HiddenField()
    language = language_field()
    text = TextAreaField(
        _("The translation"),
        filters=[lines],
        validators=[InputRequired(_("Write a sentence at least.")), Length(max=LONGEST_TEXT)],
    )
    translator = StringField(_("Who translated it"), filters=[line], validators=[Length(max=LONGEST_BYLINE)])

    def details(self) -> TranslationDetails:
        return TranslationDetails(self.language.data, self.text.data or "", self.translator.data or "")


class QuotesForm(Form):
    """Short quotes, one in a line."""

    quotes = TextAreaField(_("Short quotes, one in each line"), filters=[lines], validators=[Length(max=LONGEST_TEXT)])

    def chosen(self) -> list[str]:
        return [" ".join(each.split()) for each in (self.quotes.data or "").splitlines() if each.strip()]


class BesideForm(Form):
    """Which photos stand beside it, and of which actions it speaks; the choices are the group's."""

    photos = Checkboxes(_("Photos beside it"))
    events = Checkboxes(_("It speaks of"), validators=[InputRequired(_("It speaks of one action at least."))])
