"""What a PDF looks like and says, by pdfium. Only what `pdf_copy` made should come here."""

import codecs
import re
from typing import Final

import pypdfium2
from PIL import Image

from organizer.media import Picture, RebuiltPdf, Refused, images

# pdfium tells text in it, and Python loads it when first needed; in the sandbox that would be too late.
codecs.lookup("utf-16-le")

PREVIEWED_PAGES: Final = 4
PREVIEW_WIDTH: Final = 1200
FURTHER_WIDTH: Final = 800
"""Small print can be read, in half the time and half the bytes of the first pages."""
TALLEST: Final = 2
"""A preview is at most so many times as high as the widest one is wide."""
MOST_TEXT: Final = 400_000
"""Characters; forty pages of small print have half of that."""


def previews(document: pypdfium2.PdfDocument) -> tuple[Picture, ...]:
    """Return the first pages, each with a smaller preview of its own."""
    return tuple(_preview(document[index]) for index in range(min(PREVIEWED_PAGES, len(document))))


def _preview(page: pypdfium2.PdfPage) -> Picture:
    wide, *smaller = images.previews(_fitted(page, PREVIEW_WIDTH))
    return Picture(wide.data, wide.content_type, wide.width, wide.height, tuple(smaller))


def further_pages(data: bytes) -> RebuiltPdf:
    """Return the pages after those of `previews`, each as one picture; the file itself and its text are left out."""
    with opened(data) as document:
        rest = (document[index] for index in range(PREVIEWED_PAGES, len(document)))
        pictures = tuple(images.previews(_fitted(page, FURTHER_WIDTH), (FURTHER_WIDTH,))[0] for page in rest)
        return RebuiltPdf(b"", len(document), "", (), (), pictures)


def _fitted(page: pypdfium2.PdfPage, most_px: int) -> Image.Image:
    """Return a page as wide as that, or narrower where it would be too high."""
    width, height = page.get_size()
    return drawn(page, min(most_px / width, TALLEST * most_px / height), is_grey=False)


def text(document: pypdfium2.PdfDocument) -> str:
    """Return the text of all pages, an empty line between two pages."""
    pages = (document[index].get_textpage().get_text_range() for index in range(len(document)))
    return _readable("\n\n".join(pages))[:MOST_TEXT]


def _readable(found: str) -> str:
    """Leave out what is no character: half surrogates, and pdfium's marks for hyphens."""
    lines = found.replace("\r\n", "\n").replace("\r", "\n")
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]", "", lines).strip()


def picture(data: bytes, is_grey: bool) -> Image.Image:
    """Return a PDF's first page at one pixel a point, in L or RGB."""
    with opened(data) as document:
        return drawn(document[0], 1.0, is_grey)


def opened(data: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError:
        raise Refused("pdf_damaged") from None


def drawn(page: pypdfium2.PdfPage, scale: float, is_grey: bool) -> Image.Image:
    """Return a page at `scale` pixels a point, in L or RGB."""
    bitmap = page.render(scale=scale, grayscale=is_grey, may_draw_forms=False, draw_annots=False, rev_byteorder=True)
    drawn: Image.Image = bitmap.to_pil()
    return drawn.convert("L" if is_grey else "RGB")
