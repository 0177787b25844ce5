"""The forms of a photo: the file, its boxes, what is said about it, and what those in it agree to."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date

from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.core import Field
from wtforms.validators import InputRequired, Length, Optional

from organizer import clock, uploads
from organizer.errors import RuleError
from organizer.forms import Checkboxes, Form, language_field, line, lines, options
from organizer.media import PICTURE_BYTES
from organizer.photos import rules
from organizer.photos.cards import LICENCES, USES
from organizer.photos.models import LONGEST_ALT, LONGEST_CAPTION, LONGEST_CREDIT, Photo
from organizer.photos.rules import AgreementDetails, Box, Faces, Licence, PhotoDetails, Use, Way
from organizer.uploads import FileForm

LONGEST_NAME = 80
LONGEST_BOXES = 8000
BOXES = re.compile(r"\[(\[\d{1,4}(,\d{1,4}){3}\](,\[\d{1,4}(,\d{1,4}){3}\])*)?\]", re.ASCII)
FACES = [
    (Faces.NOBODY, _("Nobody: every face is covered or turned away")),
    (Faces.ASKED, _("Somebody, and we asked them")),
]


class UploadForm(FileForm):
    """One picture; what is said about it comes when it is covered."""

    file = FileField(_("Picture"), validators=[FileRequired(_("Choose a picture."))])

    def check_file(self, data: bytes) -> None:
        """Refuse at once what certainly is no picture."""
        if uploads.promises_picture(data):
            uploads.check_size(data, PICTURE_BYTES, "picture_bytes")
            return
        uploads.refuse_known(data)
        raise RuleError("This is not a picture that we can read. Please send a JPEG, PNG, WebP, HEIC or AVIF.")


class CoverForm(Form):
    """What is to be covered: cells of the grid, boxes that were drawn, or both."""

    cells = Checkboxes(_("Squares to be covered"))
    boxes = HiddenField()
    faces = RadioField(
        _("Who can still be recognised?"),
        choices=options(FACES),
        coerce=Faces,
        validators=[InputRequired(_("Look once more at every face, then say who can be recognised."))],
    )

    def over(self, photo: Photo) -> CoverForm:
        """The same with the cells of this photo's grid."""
        self.cells.choices = [(name, name) for name in rules.cells(rules.rows_of(photo.width, photo.height))]
        return self

    def validate_boxes(self, field: Field) -> None:
        """Refuse what is no list of boxes."""
        told = field.data or "[]"
        if len(told) > LONGEST_BOXES or not BOXES.fullmatch(told):
            raise ValidationError(_("The boxes were lost on the way. Draw them again, please."))

    def chosen(self, photo: Photo) -> list[Box]:
        """All boxes, the cells' among them."""
        rows = rules.rows_of(photo.width, photo.height)
        # A zero in front of a number is none in JSON.
        drawn = json.loads(re.sub(r"\b0+(?=\d)", "", self.boxes.data or "[]"))
        boxes = [(left, top, width, height) for left, top, width, height in drawn]
        return [*boxes, *(rules.cell_box(name, rows) for name in self.cells.data or ())]


class DetailsForm(Form):
    """What is said about a photo; names as in `rules.PhotoDetails`."""

    alt = TextAreaField(_("What is seen in it"), filters=[lines], validators=[Length(max=LONGEST_ALT)])
    caption = TextAreaField(_("Caption"), filters=[lines], validators=[Length(max=LONGEST_CAPTION)])
    credit = StringField(_("Credit"), filters=[line], validators=[Length(max=LONGEST_CREDIT)])
    language = language_field(_("Language of these words"))
    licence = SelectField(
        _("What others may do with it"), choices=options(LICENCES), default=Licence.ASK, coerce=Licence
    )
    uses = Checkboxes(_("Where does the photographer let it stand?"), choices=options(USES), coerce=Use)

    def details(self) -> PhotoDetails:
        typed = {name: self._fields[name].data for name in ("alt", "caption", "credit", "language", "licence")}
        return PhotoDetails(**typed, uses=frozenset(self.uses.data or ()))


class PublishForm(Form):
    """The last look; `shown` ties it to just this picture."""

    shown = HiddenField()
    is_everyone_asked = BooleanField(_("Everyone who can be recognised was asked, or is covered"))


class AgreeForm(Form):
    """What somebody in the picture allows; `shown` ties it to just this picture."""

    shown = HiddenField()
    uses = Checkboxes(
        _("Where may it stand?"),
        choices=options(USES),
        coerce=Use,
        validators=[InputRequired(_("Say where it may stand."))],
    )
    expires_on = DateField(_("Until when"), validators=[Optional()])

    def details(self) -> AgreementDetails:
        return AgreementDetails(frozenset(self.uses.data or ()), clock.today(), expires_on=self.expires_on.data)


class InPersonForm(AgreeForm):
    """The same as somebody said it to an organizer; names as in `rules.AgreementDetails`."""

    agreed_on = DateField(_("Day"), validators=[Optional()])
    heard_by = StringField(_("Who heard it"), filters=[line], validators=[Length(max=LONGEST_NAME)])

    def details(self) -> AgreementDetails:
        return AgreementDetails(
            uses=frozenset(self.uses.data or ()),
            agreed_on=self.agreed_on.data or date.min,  # no day is refused like a wrong one
            way=Way.IN_PERSON,
            heard_by=self.heard_by.data or "",
            expires_on=self.expires_on.data,
        )


def typed(photo: Photo) -> Mapping[str, object]:
    """What stands in the form of a photo's details."""
    named = {name: getattr(photo, name) for name in ("alt", "caption", "credit", "language", "licence")}
    return {**named, "uses": list(photo.uses)}
