"""What organizers type about a collection, and the small forms by which they arrange it."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import DateField, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from organizer.collections.rules import (
    LONGEST_LINK,
    LONGEST_LINK_DAYS,
    LONGEST_PUBLICATION,
    LONGEST_QUOTE,
    LONGEST_TITLE,
    MOST_ITEMS,
    SHORTEST_LINK_DAYS,
    CollectionDetails,
    Kind,
)
from organizer.forms import LONGEST_TEXT, Form, language_field, line, lines, options

LONGEST_ID = 26


class DetailsForm(Form):
    """A collection without its items; names as in `rules.CollectionDetails`."""

    title = StringField(
        _("Title"), filters=[line], validators=[InputRequired(_("Give it a title.")), Length(max=LONGEST_TITLE)]
    )
    language = language_field()
    note = TextAreaField(_("Editor’s note"), filters=[lines], validators=[Length(max=LONGEST_TEXT)])
    publication = StringField(_("Newspaper or magazine"), filters=[line], validators=[Length(max=LONGEST_PUBLICATION)])
    issue = StringField(_("Issue"), filters=[line], validators=[Length(max=LONGEST_PUBLICATION)])
    published_on = DateField(_("Day of the issue"), validators=[Optional()])
    link = StringField(_("Its address on the web"), filters=[line], validators=[Length(max=LONGEST_LINK)])
    ready_by = DateField(_("Ready for print by"), validators=[Optional()])

    def details(self) -> CollectionDetails:
        return CollectionDetails(**{name: self._fields[name].data for name in CollectionDetails.__dataclass_fields__})


class AddForm(Form):
    """What to put at the end; `quote` are words of a statement, for a quote only."""

    kind = SelectField(_("Kind"), choices=options((kind, kind.value) for kind in Kind), coerce=Kind)
    subject_id = HiddenField(validators=[InputRequired(_("Choose something from the list.")), Length(max=LONGEST_ID)])
    quote = StringField(
        _("Or other words of it, exactly as they stand there"), filters=[line], validators=[Length(max=LONGEST_QUOTE)]
    )


class PlaceForm(Form):
    """Where an item is moved to."""

    position = IntegerField(
        _("Place"),
        validators=[InputRequired(_("Give a place in the list.")), NumberRange(min=-1, max=MOST_ITEMS + 1)],
    )


class LinkForm(Form):
    """For how long a newspaper's editor may look."""

    days = IntegerField(
        _("For how many days"),
        validators=[
            InputRequired(_("Give a number of days.")),
            NumberRange(
                min=SHORTEST_LINK_DAYS, max=LONGEST_LINK_DAYS, message=_("Choose from %(min)d to %(max)d days.")
            ),
        ],
    )
