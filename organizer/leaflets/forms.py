"""The form of a leaflet, with the file or without."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField, StringField, TextAreaField, ValidationError
from wtforms.fields.core import Field
from wtforms.validators import DataRequired, InputRequired, Length

from organizer import languages
from organizer.errors import RuleError
from organizer.forms import LONGEST_LINE, LONGEST_TEXT, Form, line, lines, options
from organizer.leaflets.models import LONGEST_TITLE
from organizer.leaflets.rules import Kind, LeafletDetails, Licence
from organizer.media import PDF_BYTES, PICTURE_BYTES, Refused

Result = TypeVar("Result")
LICENCES = [
    (Licence.UNSAID, _("Nothing is said about it")),
    (Licence.FREE_COPIES, _("Copy it and hand it out as it is")),
    (Licence.CC0, _("CC0: do with it what you like")),
    (Licence.BY, _("CC BY 4.0: change it, and name the authors")),
    (Licence.BY_SA, _("CC BY-SA 4.0: change it, name the authors, pass it on under this licence")),
]
ACCEPTED = "application/pdf,image/jpeg,image/png,image/webp,image/heic,image/heif,image/avif,.heic,.avif"
# How far from the beginning readers look for the mark of a PDF.
PDF_START_BYTES = SVG_START_BYTES = 1024
PICTURE_STARTS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
PICTURE_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis")
ARCHIVE_STARTS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")


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


class UploadForm(DetailsForm):
    """The same with the file itself."""

    file = FileField(_("PDF or picture"), validators=[FileRequired(_("Choose a file."))])
    _bytes = b""

    def validate_file(self, field: Field) -> None:
        """Refuse what certainly is none, at once; the rest is decided by decoding it, later."""
        self._bytes = field.data.read()
        field.data.close()
        try:
            kind_of(self._bytes)
        except RuleError as refusal:
            raise ValidationError(gettext(str(refusal.message))) from None

    def upload(self) -> tuple[Kind, bytes]:
        """What was sent, once the form is valid."""
        return kind_of(self._bytes), self._bytes

    def accepted(self, write: Callable[[], Result]) -> Result | None:
        """Say to whoever must look at something else, that no browser keeps a chosen file."""
        try:
            result = super().accepted(write)
        finally:
            # A form lives on until the next collection of garbage, and uploads are large.
            self._bytes = b""
        if result is None and self.file.data and not self.file.errors:
            self.file.errors = [gettext("Please choose the file once more: nothing is kept of it until all is right.")]
        return result


def kind_of(data: bytes) -> Kind:
    """What the first bytes promise. Raises RuleError for anything else, and for what is too large."""
    is_webp = data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    is_heif = data[4:8] == b"ftyp" and data[8:12] in PICTURE_BRANDS
    if data.startswith(PICTURE_STARTS) or is_webp or is_heif:
        return _sized(Kind.PICTURE, data, PICTURE_BYTES, "picture_bytes")
    if b"%PDF-" in data[:PDF_START_BYTES]:
        return _sized(Kind.PDF, data, PDF_BYTES, "pdf_bytes")
    if data.startswith(ARCHIVE_STARTS):
        raise Refused("archive")
    if b"<svg" in data[:SVG_START_BYTES].lower():
        raise Refused("svg")
    raise RuleError("This is neither a PDF nor a picture that we can read. Please send a PDF, JPEG, PNG, HEIC or WebP.")


def _sized(kind: Kind, data: bytes, most_bytes: int, reason: str) -> Kind:
    if len(data) > most_bytes:
        raise Refused(reason)
    return kind
