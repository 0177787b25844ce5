"""Rebuilds what people upload, so that nothing rides along with it. Free of Flask and SQLAlchemy.

Callers ask `sandbox.run`, which does the work of the other modules in a child process that can be killed; this
module holds what goes in and out, so that a web process never loads the libraries that parse what strangers send.
"""

from dataclasses import dataclass
from enum import StrEnum

from organizer.errors import RuleError

# Marks a sentence for extraction; Babel knows the name.
N_ = str

PICTURE_BYTES = 15_000_000
PICTURE_PIXELS = 50_000_000
PDF_BYTES = 25_000_000
PDF_PAGES = 40
PDF_OBJECTS = 50_000

REASONS = {
    "animated": N_("This picture moves. Please send a still one."),
    "picture_bytes": N_("This picture is larger than 15 MB. Please send a smaller one."),
    "picture_damaged": N_("This picture is damaged or incomplete. Please save it again and send that."),
    "picture_kind": N_("This is not a picture that we can read. Please send a JPEG, PNG, WebP, HEIC or AVIF."),
    "picture_pixels": N_("This picture has more than 50 megapixels. Please make it smaller first."),
    "svg": N_("SVG drawings can carry programs, so they are not accepted. Please export it as PNG or PDF."),
    "archive": N_("Office files and archives are not accepted. Please export it as PDF, or send a picture."),
    "file_kind": N_(
        "This is neither a PDF nor a picture that we can read. Please send a PDF, JPEG, PNG, HEIC or WebP."
    ),
    "pdf_bytes": N_("This PDF is larger than 25 MB. Please export it again with smaller pictures."),
    "pdf_complex": N_("This PDF is too complex to be checked. Please print it to a new PDF and send that."),
    "pdf_damaged": N_("This PDF is damaged. Please export or print it to PDF again and send that."),
    "pdf_drawings": N_("Something is drawn over its pages that we cannot read. Print it to a new PDF, and send that."),
    "pdf_kind": N_("This is not a PDF."),
    "pdf_locked": N_("This PDF is locked with a password or against changes. Please send it without protection."),
    "pdf_pages": N_("This PDF has more than 40 pages. Please send it in parts."),
    "unsafe": N_("This file cannot be opened safely. Please export it again and send that."),
    "stamp_room": N_("There is no room on this page for a code that can be read. Please stamp a larger one."),
    "memory": N_("This file needs too much memory to be opened. Please send a smaller or a simpler one."),
    "time": N_("This file takes too long to be checked. Please send a smaller or a simpler one."),
}


class Refused(RuleError):
    """The file is not taken; `reason` is a key of REASONS, whose sentence says why and what to do."""

    def __init__(self, reason: str, field: str | None = None) -> None:
        super().__init__(REASONS[reason], field)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Picture:
    data: bytes
    content_type: str
    """image/jpeg, image/png or image/webp."""
    width: int
    height: int
    previews: tuple["Picture", ...] = ()
    """The same as WebP, widest first; none of these has previews of its own."""


class Removed(StrEnum):
    """What a PDF held that the rebuilt one does not; pages without it look the same, or nearly."""

    METADATA = "metadata"
    SCRIPTS = "scripts"
    ATTACHMENTS = "attachments"
    FORMS = "forms"
    ANNOTATIONS = "annotations"
    BOOKMARKS = "bookmarks"
    HIDDEN_LAYERS = "hidden_layers"
    PICTURE_DATA = "picture_data"
    """Metadata, thumbnails or remains in the pictures inside."""
    WORDS = "words"
    """Text and links of pages that have become pictures."""


@dataclass(frozen=True, slots=True)
class RebuiltPdf:
    data: bytes
    pages: int
    text: str
    """What search engines and screen readers find in it, also under black boxes: show it to the uploader."""
    links: tuple[str, ...]
    """Every address that its pages link to, in their order, once each."""
    removed: tuple[Removed, ...]
    previews: tuple[Picture, ...]
    """The first pages as WebP, each with a small preview of its own."""
