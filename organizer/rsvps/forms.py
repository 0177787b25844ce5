"""The answer form, and how an organizer says what it asks."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, IntegerField, RadioField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from organizer.forms import Form, PublicForm, line, options
from organizer.rsvps.rules import (
    LARGEST_PARTY,
    LARGEST_PARTY_EVER,
    MOST_PLACES,
    CapacityDetails,
    Coming,
    Level,
    RsvpDetails,
)

LONGEST_NICKNAME = 40
LARGEST_NUMBER = 2**31 - 1
COMING = [(Coming.GOING, _("I am coming")), (Coming.MAYBE, _("Maybe"))]
# A sentence of each field's own, as all of them stand in one list on top of the form.
_PLACES, _PARTY = _("Give 1 to %(max)s places, or leave it empty."), _("Give 1 to %(max)s people on one answer.")
_FIRST, _LAST = _("Give the first number."), _("Give the last number.")
LEVELS = [
    (Level.NONE, _("Nothing: people just come")),
    (Level.HEADCOUNT, _("How many come")),
    (Level.NICKNAME, _("How many come, and a nickname if they like")),
]


class RsvpForm(PublicForm):
    """One party's answer; names as in `rules.RsvpDetails`."""

    coming = RadioField(
        _("Are you coming?"),
        choices=options(COMING),
        default=Coming.GOING,
        coerce=Coming,
        validators=[InputRequired(_("Choose one."))],
    )
    party_size = IntegerField(
        _("How many of you?"),
        default=1,
        validators=[InputRequired(_("Give a number.")), NumberRange(1, LARGEST_PARTY_EVER, _("Give a number from 1."))],
    )
    nickname = StringField(_("A nickname, if you like"), filters=[line], validators=[Length(max=LONGEST_NICKNAME)])

    def details(self) -> RsvpDetails:
        return RsvpDetails(self.coming.data, self.party_size.data or 1, self.nickname.data or "")


class CapacityForm(Form):
    """How an event asks; names as in `rules.CapacityDetails`."""

    level = RadioField(
        _("What do you ask?"), choices=options(LEVELS), coerce=Level, validators=[InputRequired(_("Choose one."))]
    )
    places = IntegerField(
        _("Places, if they are limited"), validators=[Optional(), NumberRange(1, MOST_PLACES, _PLACES)]
    )
    party_max = IntegerField(
        _("People on one answer at most"),
        default=LARGEST_PARTY,
        validators=[InputRequired(_("Give a number.")), NumberRange(1, LARGEST_PARTY_EVER, _PARTY)],
    )
    is_open = BooleanField(_("Answers are open"))
    has_public_count = BooleanField(_("Show the public roughly how many come: 10+, 20+, 50+ …"))

    def details(self) -> CapacityDetails:
        return CapacityDetails(**{name: self._fields[name].data for name in CapacityDetails.__dataclass_fields__})


class SetAsideForm(Form):
    """A run of answers by their numbers."""

    first = IntegerField(_("From number"), validators=[InputRequired(_FIRST), NumberRange(1, LARGEST_NUMBER, _FIRST)])
    last = IntegerField(_("To number"), validators=[InputRequired(_LAST), NumberRange(1, LARGEST_NUMBER, _LAST)])
