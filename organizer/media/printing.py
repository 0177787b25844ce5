"""Ready to print, and ready to send on: further files of what `pdfs` and `images` have rebuilt.

Each function takes a rebuilt PDF, or a rebuilt picture, which becomes a page; it returns a PDF without text, links and
previews told. `sandbox` calls them by name in its child.
"""

import io
from functools import partial
from typing import Final

import pikepdf
from pikepdf import Name
from PIL import Image

from organizer.media import PICTURE_PIXELS, RebuiltPdf, Refused, pdf_drawn, pdf_grey, pdf_screen, pdf_sheets, pdfs

PICTURE_PAGE: Final = pdf_sheets.PAPERS["a4"]
"""Points: the page of a picture is as large as it can be on upright A4, or on A4 on its side."""


def screen(data: bytes) -> RebuiltPdf:
    """Return the pages with smaller pictures; it may come out larger than what was given."""
    return _counted(pdf_screen.shrink(as_pdf(data)))


def grey(data: bytes) -> RebuiltPdf:
    """Return the pages in grey."""
    return _counted(pdf_grey.convert(as_pdf(data)))


def sheets(data: bytes, copies: int, paper: str) -> RebuiltPdf:
    """Return sheets of `paper` ("a4", "letter"), each with 2 or 4 copies of one page."""
    made, count = pdf_sheets.arrange(as_pdf(data), copies, paper)
    return RebuiltPdf(made, count, "", (), (), ())


two_up_a4 = partial(sheets, copies=2, paper="a4")
two_up_letter = partial(sheets, copies=2, paper="letter")
four_up_a4 = partial(sheets, copies=4, paper="a4")
four_up_letter = partial(sheets, copies=4, paper="letter")


def _counted(made: bytes) -> RebuiltPdf:
    with pikepdf.open(io.BytesIO(made)) as pdf:
        return RebuiltPdf(made, len(pdf.pages), "", (), (), ())


def as_pdf(data: bytes) -> bytes:
    """Return the PDF itself, or one whose only page is the picture."""
    if b"%PDF-" in data[: pdfs.START_BYTES]:
        return data
    return _page_of(data)


def _page_of(data: bytes) -> bytes:
    """Return a PDF whose only page is the picture; a JPEG keeps its bytes, what is transparent is white."""
    picture = Image.open(io.BytesIO(data), formats=("JPEG", "PNG"))
    if picture.width * picture.height > PICTURE_PIXELS:
        raise Refused("picture_pixels")
    box = PICTURE_PAGE if picture.width <= picture.height else PICTURE_PAGE[::-1]
    scale = min(box[0] / picture.width, box[1] / picture.height)
    size = picture.width * scale, picture.height * scale
    with pikepdf.new() as pdf:
        pdf_drawn.show(pdf, pdf.add_blank_page(), _image(pdf, picture, data), size)
        return pdf_drawn.saved(pdf)


def _image(pdf: pikepdf.Pdf, picture: Image.Image, data: bytes) -> pikepdf.Stream:
    if picture.format == "JPEG" and picture.mode in ("L", "RGB"):
        image = pdf.make_stream(b"", Type=Name.XObject, Subtype=Name.Image)
        pdf_drawn.replace(image, picture.size, data, Name.DCTDecode, in_grey=picture.mode == "L")
        return image
    paper = Image.new("RGB", picture.size, "white")
    shown = picture.convert("RGBA")
    paper.paste(shown, mask=shown.getchannel("A"))
    return pdf_drawn.added(pdf, paper)
