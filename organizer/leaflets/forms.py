"""The form of a leaflet, with the file or without."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from organizer import languages, uploads
from organizer.errors import RuleError
from organizer.forms import LONGEST_LINE, LONGEST_TEXT, Form, line, lines, options
from organizer.leaflets.models import LONGEST_TITLE
from organizer.leaflets.rules import Kind, LeafletDetails, Licence
from organizer.media import PDF_BYTES, PICTURE_BYTES
from organizer.uploads import FileForm

LICENCES = [
    (Licence.UNSAID, _("Nothing is said about it")),
    (Licence.FREE_COPIES, _("Copy it and hand it out as it is")),
    (Licence.CC0, _("CC0: do with it what you like")),
    (Licence.BY, _("CC BY 4.0: change it, and name the authors")),
    (Licence.BY_SA, _("CC BY-SA 4.0: change it, name the authors, pass it on under this licence")),
]
ACCEPTED = f"application/pdf,{uploads.PICTURES_ACCEPTED}"
# How far from the beginning readers look for the mark of a PDF.
PDF_START_BYTES = 1024


class DetailsForm(Form):
    """What is said about a leaflet; names as in `rules.LeafletDetails`."""

    title = StringField(
        _("Title"), filters=[line], validators=[DataRequired(_("Give it a title.")), Length(max=LONGEST_TITLE)]
    )
    language = SelectField(
        _("Language"),
        choices=options(languages.choices(languages.WRITTEN)),
        validators=[InputRequired(_("In which language is it?"))],
    )
    licence = SelectField(
        _("What others may do with it"), choices=options(LICENCES), default=Licence.UNSAID, coerce=Licence
    )
    credits = StringField(_("Who made it"), filters=[line], validators=[Length(max=LONGEST_LINE)])
    text_alternative = TextAreaField(_("What it says"), filters=[lines], validators=[Length(max=LONGEST_TEXT)])

    def details(self) -> LeafletDetails:
        return LeafletDetails(**{name: self._fields[name].data for name in LeafletDetails.__dataclass_fields__})


class UploadForm(FileForm, DetailsForm):
    """The same with the file itself."""

    file = FileField(_("PDF or picture"), validators=[FileRequired(_("Choose a file."))])

    def check_file(self, data: bytes) -> None:
        kind_of(data)

    def upload(self) -> tuple[Kind, bytes]:
        """What was sent, once the form is valid."""
        return kind_of(self.data_bytes), self.data_bytes


def kind_of(data: bytes) -> Kind:
    """What the first bytes promise. Raises RuleError for anything else, and for what is too large."""
    if uploads.promises_picture(data):
        uploads.check_size(data, PICTURE_BYTES, "picture_bytes")
        return Kind.PICTURE
    if b"%PDF-" in data[:PDF_START_BYTES]:
        uploads.check_size(data, PDF_BYTES, "pdf_bytes")
        return Kind.PDF
    uploads.refuse_known(data)
    raise RuleError("This is neither a PDF nor a picture that we can read. Please send a PDF, JPEG, PNG, HEIC or WebP.")
