"""Signing in, and choosing a password."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import DataRequired, EqualTo, InputRequired, Length

from organizer.accounts import words
from organizer.accounts.rules import LONGEST_NAME, LONGEST_PASSWORD
from organizer.forms import Form, line

LONGEST_SUGGESTION = 60
TOO_LONG = _("That is too long.")


class SignInForm(Form):
    """`carried` is what `carried.typed` kept of another form."""

    name = StringField(
        _("Name"),
        filters=[line],
        validators=[DataRequired(_("Give your name.")), Length(max=LONGEST_NAME, message=TOO_LONG)],
    )
    password = PasswordField(
        _("Password"),
        validators=[
            DataRequired(_("Give your password.")),
            Length(max=LONGEST_PASSWORD, message=TOO_LONG),
        ],
    )
    carried = HiddenField()


def _kept_or_new(suggested: str | None) -> str:
    """A page that is shown again suggests what it did before; she may have begun to write it down."""
    return suggested if suggested and len(suggested) <= LONGEST_SUGGESTION else words.suggestion()


class NewPasswordForm(Form):
    """Choosing a password: typed twice, as she cannot see it; `suggested` is for her to take or leave."""

    password = PasswordField(
        _("New password"),
        validators=[DataRequired(_("Give a password.")), Length(max=LONGEST_PASSWORD, message=TOO_LONG)],
    )
    password_again = PasswordField(
        _("The same once more"),
        validators=[
            InputRequired(_("Type it a second time, please.")),
            EqualTo("password", _("The two are not the same. Type both again, please.")),
        ],
    )
    suggested = HiddenField(filters=[_kept_or_new])


class ChangePasswordForm(NewPasswordForm):
    present_password = PasswordField(
        _("Present password"),
        validators=[
            DataRequired(_("Give your present password.")),
            Length(max=LONGEST_PASSWORD, message=TOO_LONG),
        ],
    )
