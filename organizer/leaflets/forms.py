"""The form of a leaflet, with the file or without."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField, FileRequired, MultipleFileField
from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.fields.core import Field
from wtforms.validators import DataRequired, InputRequired, Length

from organizer import languages, uploads
from organizer.forms import LONGEST_LINE, LONGEST_TEXT, Form, line, lines, options
from organizer.leaflets import endings, rules, translations
from organizer.leaflets.models import LONGEST_AUDIENCE, LONGEST_TITLE, Leaflet
from organizer.leaflets.rules import Kind, LeafletDetails, Licence, NotTaken, Said, Upload
from organizer.leaflets.translations import Offered
from organizer.media import PDF_BYTES, PICTURE_BYTES, Refused
from organizer.uploads import FileForm, FilesForm, SentFile

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
    audience = StringField(_("For whom"), filters=[line], validators=[Length(max=LONGEST_AUDIENCE)])
    print_notes = StringField(_("How to print it"), filters=[line], validators=[Length(max=LONGEST_LINE)])
    text_alternative = TextAreaField(_("What it says"), filters=[lines], validators=[Length(max=LONGEST_TEXT)])

    def details(self) -> LeafletDetails:
        return LeafletDetails(**{name: self._fields[name].data for name in LeafletDetails.__dataclass_fields__})


class EditForm(DetailsForm):
    """The same for a leaflet that is there; `version` is the number of the one that says what stands in the form."""

    version = HiddenField()
    same_as = SelectField(_("The same in another language"), validate_choice=False)
    same_as_before = HiddenField()

    def __init__(self, leaflet: Leaflet) -> None:
        found = translations.offered(leaflet)
        same = next((each.id for each in found if each.is_same), "")
        told = {"version": str(leaflet.shown.number), "same_as": same, "same_as_before": same}
        super().__init__(data=typed(leaflet) | told)
        self._offer(found)
        self._numbers = {str(version.number): version.number for version in leaflet.versions}
        self._shown = str(leaflet.shown.number)

    def validate_version(self, field: Field) -> None:
        """Refuse a form that does not say it: another version may be shown by now than the one that she read."""
        if not field.raw_data or field.data not in self._numbers:
            field.data = self._shown
            raise ValidationError(gettext("Something was lost on the way. Send it once more, please."))

    def _offer(self, found: Sequence[Offered]) -> None:
        """Ask for the same in another language where there is any to choose, or was."""
        if found or self.same_as.data:
            choices = ((each.id, each.words) for each in found)
            self.same_as.choices = options([("", gettext("There is none")), *choices])
        else:
            del self.same_as, self.same_as_before

    @property
    def same(self) -> str | None:
        """What was chosen as the same in another language, None when that is as it was when the form was opened."""
        if "same_as" not in self or self.same_as.data == self.same_as_before.data:
            return None
        return str(self.same_as.data or "")

    @property
    def number(self) -> int:
        """Of that version, once the form is valid."""
        return self._numbers[self.version.data or ""]


class PagesForm(FileForm):
    """A file, and whether its pages become pictures. A picture is one already, and is taken as it is."""

    most_bytes = PDF_BYTES
    file = FileField(_("PDF or picture"), validators=[FileRequired(_("Choose a file."))])
    is_flat = BooleanField(_("Make pictures of its pages"))

    def check_file(self, data: bytes) -> None:
        kind_of(data)

    def sent_as(self, details: Said, data: bytes) -> Upload[Said]:
        """The file with what is said about it, once the form is valid."""
        kind = kind_of(data)
        return Upload(details, kind, data, is_flat=self.is_flat.data and kind == Kind.PDF)


class UploadForm(PagesForm, DetailsForm):
    """What is said about a leaflet, with the file itself."""

    def upload(self) -> Upload[LeafletDetails]:
        """What was sent, once the form is valid."""
        return self.sent_as(self.details(), self.data_bytes)


class NewForm(FilesForm, PagesForm, DetailsForm):
    """The same with several files, each for a leaflet of its own; what has no title is called after its file.

    With several a name's end may tell the language of its file.
    """

    file = MultipleFileField(_("PDFs or pictures"), validators=[FileRequired(_("Choose a file."))])
    title = StringField(_("Title"), filters=[line], validators=[Length(max=LONGEST_TITLE)])

    def validate_text_alternative(self, field: Field) -> None:
        """One text is not what several leaflets say."""
        if field.data and len(self.file.data) > 1:
            raise ValidationError(_("Each of several leaflets says something else. Write it down on its own page."))

    def uploads(self) -> list[Upload[LeafletDetails] | NotTaken]:
        """What was sent, once the form is valid."""
        said = [self._details_of(file) for file in self.sent]
        return [
            NotTaken(details, file.refusal.reason) if file.refusal else self.sent_as(details, file.data)
            for details, file in zip(said, self.sent, strict=True)
        ]

    def _details_of(self, file: SentFile) -> LeafletDetails:
        details = self.details()
        if len(self.sent) == 1:
            return replace(details, title=details.title or _title(file.name))
        language, name = endings.told_by(file.name)
        return replace(details, title=details.title or _title(name), language=language or details.language)


def _title(filename: str) -> str:
    return rules.title_of(filename)[:LONGEST_TITLE].rstrip() or gettext("Leaflet")


def typed(leaflet: Leaflet) -> dict[str, object]:
    """What stands in the form of a leaflet's details."""
    names = set(LeafletDetails.__dataclass_fields__) - {"text_alternative"}
    return {name: getattr(leaflet, name) for name in names} | {"text_alternative": leaflet.shown.text_alternative}


def kind_of(data: bytes) -> Kind:
    """What the first bytes promise. Raises Refused for anything else, and for what is too large."""
    if uploads.promises_picture(data):
        uploads.check_size(data, PICTURE_BYTES, "picture_bytes")
        return Kind.PICTURE
    if b"%PDF-" in data[:PDF_START_BYTES]:
        uploads.check_size(data, PDF_BYTES, "pdf_bytes")
        return Kind.PDF
    uploads.refuse_known(data)
    raise Refused("file_kind")
