"""The base of every form: its token, its refusals beside the field, and what guards a form without account."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from gettext import NullTranslations
from typing import Any, Self, TypeVar

from babel.support import Translations
from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.csrf import generate_csrf
from itsdangerous import BadSignature, URLSafeTimedSerializer
from wtforms import HiddenField, SelectField, SelectMultipleField, StringField, ValidationError
from wtforms.csrf.core import CSRFTokenField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its types
from wtforms.fields.core import Field
from wtforms.form import BaseForm
from wtforms.i18n import messages_path
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from organizer import clock, config, languages, text, vault
from organizer.errors import RuleError

Result = TypeVar("Result")
LONGEST_LINE = 300
LONGEST_TEXT = 20_000


def lines(value: str | None) -> str:
    """Several lines as typed, without control characters and outer space."""
    return text.strip_controls(value or "").strip()


def line(value: str | None) -> str:
    """One line as typed, without control characters and outer space."""
    return text.one_line(value or "")


def options(pairs: Iterable[tuple[str, object]]) -> list[SelectChoice]:
    """The choices of a field from (value, words) pairs."""
    return [SelectChoice(value, words) for value, words in pairs]


class Checkboxes(SelectMultipleField):
    """Several of a few choices."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def language_field(label: str | None = _("Language")) -> SelectField:
    """In which language something is written."""
    return SelectField(
        label,
        choices=options(languages.choices(languages.WRITTEN)),
        validators=[InputRequired(_("Choose a language."))],
    )


class _Sentences:
    """WTForms' own sentences in the page's language. Flask-WTF would read their file anew for every form."""

    def gettext(self, sentence: str) -> str:
        return _catalogue(str(get_locale())).gettext(sentence)

    def ngettext(self, one: str, many: str, number: int) -> str:
        return _catalogue(str(get_locale())).ngettext(one, many, number)


@cache
def _catalogue(language: str) -> NullTranslations:
    return Translations.load(messages_path(), [language], domain="wtforms")


_SENTENCES = _Sentences()


class _Token(CSRFTokenField):
    """Made when it is shown: whoever has sent a good one is answered without a form."""

    def _value(self) -> str:
        token: str = generate_csrf()
        return token


class _Tokens(FlaskForm.Meta.csrf_class):
    """Tokens that are made when they are shown and looked at once, though a form asks twice."""

    field_class = _Token
    is_good = False

    def validate_csrf_token(self, form: BaseForm, field: Field) -> None:
        if not self.is_good:
            super().validate_csrf_token(form, field)
            self.is_good = True

    def generate_csrf_token(self, csrf_token_field: Field) -> None:
        """Leave it to the field."""


class Form(FlaskForm):
    """A form whose refusals, its own and a service's, stand beside their field; nothing typed is lost."""

    class Meta(FlaskForm.Meta):
        csrf_class = _Tokens

        def get_translations(self, form: BaseForm) -> _Sentences:  # noqa: ARG002 - the method's signature
            return _SENTENCES

    def accepted(self, write: Callable[[], Result]) -> Result | None:
        """Validate and call `write`; None when the form is to be shown, the first time or again."""
        if not self.validate_on_submit():
            return None
        try:
            return write()
        except RuleError as error:
            self.refuse(error)
            return None

    def validate(self, extra_validators: Any = None) -> bool:
        """As WTForms does; a token that is missing or old is told on top, as nobody sees that field."""
        if not self.csrf_token.validate(self):  # first, so that nothing is worked at for whoever has none
            self.csrf_token.errors = []
            self.form_errors.append(gettext("Nothing is sent yet. Look at it once more, and send it."))
            return False
        is_valid: bool = super().validate(extra_validators)
        return is_valid

    def refuse(self, error: RuleError) -> None:
        """Put the sentence beside its field, or on top of the form."""
        sentence = gettext(str(error.message), **error.values)
        field = self._fields.get(error.field or "")
        if field is None:
            self.form_errors.append(sentence)
        else:
            field.errors = [*field.errors, sentence]

    def tell_for(self, button: Form) -> Self:
        """Say on top of this form what a button elsewhere on its page was refused for."""
        self.form_errors.extend(button.form_errors)
        return self

    def page(self, template: str, **values: Any) -> ResponseReturnValue:
        """Show the form: 200, or 422 when something was refused."""
        return render_template(template, form=self, **values), 422 if self.errors else 200


class Blank(Form):
    """One button: a token and nothing else."""


class PublicForm(Form):
    """A form for people without account: a field that only machines fill, and a signed time of birth.

    With `is_known` it has no time: whoever holds a secret link is a person, whose form is filled already.
    """

    website = StringField(_("Leave this empty"), validators=[Length(max=0, message=_("Leave this field empty."))])
    began = HiddenField("")

    def __init__(self, *args: Any, is_known: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_known:
            del self.began
        elif not self.began.data:
            self.began.data = _signer().dumps("")

    def validate_began(self, field: Field) -> None:
        """Refuse what was filled faster than hands can; hours do no harm."""
        try:
            born_at = _signer().loads(field.data or "", return_timestamp=True)[1]
        except BadSignature:
            field.data = _signer().dumps("")
            raise ValidationError(gettext("Something was lost on the way. Send it once more, please.")) from None
        if (clock.now() - born_at).total_seconds() < config.current().form_age_seconds:
            raise ValidationError(gettext("That was fast. Wait a moment and send it once more, please."))


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(vault.derive("form-age"))
