"""A group's settings, a new city, and who belongs."""

from __future__ import annotations

from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _
from wtforms import PasswordField, RadioField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.fields.core import Field
from wtforms.validators import DataRequired, InputRequired, Length

from organizer import languages, policy
from organizer.accounts import passwords
from organizer.accounts.forms import TOO_LONG, NewPasswordForm
from organizer.accounts.queries import account
from organizer.accounts.rules import LONGEST_NAME as LONGEST_ACCOUNT_NAME
from organizer.accounts.rules import LONGEST_PASSWORD
from organizer.errors import RuleError
from organizer.forms import Form, line, lines, options
from organizer.groups import countries
from organizer.groups.models import City
from organizer.groups.rules import (
    LONGEST_ABOUT,
    LONGEST_CONTACT,
    LONGEST_NAME,
    LONGEST_PLACE_NAME,
    CityDetails,
    GroupDetails,
    known_zones,
)
from organizer.policy import Role

ROLES = [
    (Role.MEMBER, _("Member: sees what is for members only")),
    (Role.ORGANIZER, _("Organizer: also writes and publishes")),
    (Role.OWNER, _("Owner: also decides who belongs")),
]
chosen = InputRequired(_("Choose one."))


def _role(value: object) -> Role:
    return Role(int(str(value)))


class GroupForm(Form):
    """A group's settings; names as in `rules.GroupDetails`."""

    name = StringField(
        _("The group's name"), filters=[line], validators=[DataRequired(_("Give it a name.")), Length(max=LONGEST_NAME)]
    )
    about = TextAreaField(_("Who you are"), filters=[lines], validators=[Length(max=LONGEST_ABOUT)])
    contact = StringField(_("How to reach you"), filters=[line], validators=[Length(max=LONGEST_CONTACT)])
    city_id = SelectField(_("City"), validators=[chosen])
    zone = SelectField(
        _("Time zone"), choices=lambda: options((zone, zone) for zone in sorted(known_zones())), validators=[chosen]
    )
    language = SelectField(
        _("Language"), choices=lambda: options(languages.choices(languages.WRITTEN)), validators=[chosen]
    )

    def offer(self, cities: list[City]) -> None:
        """Fill the choices that depend on the site."""
        self.city_id.choices = options((city.id, f"{city.name}, {city.region or city.country}") for city in cities)

    def details(self) -> GroupDetails:
        return GroupDetails(**{name: self._fields[name].data for name in GroupDetails.__dataclass_fields__})


class CityForm(Form):
    """A new city; names as in `rules.CityDetails`."""

    name = StringField(
        _("City"), filters=[line], validators=[DataRequired(_("Give its name.")), Length(max=LONGEST_PLACE_NAME)]
    )
    region = StringField(_("State, province or region"), filters=[line], validators=[Length(max=LONGEST_PLACE_NAME)])
    country = SelectField(
        _("Country"), choices=lambda: options(countries.choices(str(get_locale()))), validators=[chosen]
    )

    def details(self) -> CityDetails:
        return CityDetails(**{name: self._fields[name].data for name in CityDetails.__dataclass_fields__})


class ConfirmedForm(Form):
    """What only the person herself may do: the form asks for her password, though she is signed in."""

    password = PasswordField(
        _("Your own password"),
        validators=[DataRequired(_("Give your own password.")), Length(max=LONGEST_PASSWORD, message=TOO_LONG)],
    )

    def validate_password(self, field: Field) -> None:
        """Ask `accounts` whether it is hers."""
        try:
            passwords.confirm(account(policy.viewer().account_id or ""), field.data)
        except RuleError as error:
            raise ValidationError(gettext(str(error.message), **error.values)) from None


class MemberForm(ConfirmedForm):
    """A role in the group, offered or given."""

    role = RadioField(
        _("What may they do?"),
        choices=options((str(role), words) for role, words in ROLES),
        coerce=_role,
        default=Role.MEMBER,
        validators=[chosen],
    )


class JoinForm(NewPasswordForm):
    """A new account for whoever was invited."""

    name = StringField(
        _("Name to sign in with"),
        filters=[line],
        validators=[DataRequired(_("Give a name.")), Length(max=LONGEST_ACCOUNT_NAME, message=TOO_LONG)],
    )
