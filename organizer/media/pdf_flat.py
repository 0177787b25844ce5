"""Makes a picture of each page of a PDF, so that nothing can hide under what is drawn over it."""

import io
import math
import zlib
from typing import Final

import pikepdf
import pypdfium2
from pikepdf import Name
from PIL import Image, ImageChops

from organizer.media import RebuiltPdf, Removed, pdf_drawn, pdf_render, points

PRINT_DPI: Final = 200
PAGE_PIXELS: Final = 12_000_000
"""An A3 page in full; larger ones, which are looked at from farther away, are drawn with fewer dots."""
DOCUMENT_PIXELS: Final = 160_000_000
"""Forty pages of A4 in full: what all pages together may cost in time and in bytes."""
JPEG_QUALITY: Final = 85


def flatten(data: bytes) -> RebuiltPdf:
    """Return a PDF whose pages are nothing but pictures of the pages of `data`, which `pdfs.rebuild` made.

    They have the same sizes and PRINT_DPI dots an inch, fewer where that would be too many. There is no text and no
    link; `removed` says whether there was. Raises Refused.
    """
    with pdf_render.opened(data) as source, pikepdf.new() as target:
        most_scale = _most_scale([source[index].get_size() for index in range(len(source))])
        for index in range(len(source)):
            _add(target, source[index], most_scale)
        flat, has_words = pdf_drawn.saved(target), _has_words(source)
    with pdf_render.opened(flat) as document:
        removed = (Removed.WORDS,) if has_words else ()
        return RebuiltPdf(flat, len(document), "", (), removed, pdf_render.previews(document))


def _has_words(source: pypdfium2.PdfDocument) -> bool:
    """Whether there is text or a link; `pdfs.rebuild` leaves no other annotations."""
    notes = (pypdfium2.raw.FPDFPage_GetAnnotCount(source[index]) for index in range(len(source)))
    return any(notes) or bool(pdf_render.text(source))


def _most_scale(sizes: list[tuple[float, float]]) -> float:
    """Pixels a point at which all pages together stay below DOCUMENT_PIXELS."""
    area = sum(width * height for width, height in sizes)
    return min(PRINT_DPI / points.PER_INCH, math.sqrt(DOCUMENT_PIXELS / area))


def _add(target: pikepdf.Pdf, page: pypdfium2.PdfPage, most_scale: float) -> None:
    width, height = page.get_size()
    scale = min(most_scale, math.sqrt(PAGE_PIXELS / (width * height)))
    drawn = pdf_render.drawn(page, scale, is_grey=False)
    # What does without colours is kept in grey, as print is.
    pixels = drawn.convert("L") if _is_grey(drawn) else drawn
    added = target.add_blank_page(page_size=(width, height))
    pdf_drawn.show(target, added, pdf_drawn.added(target, pixels, _encoded), (width, height))


def _encoded(pixels: Image.Image) -> tuple[bytes, Name]:
    """The pixels as JPEG, or exactly where they are grey and that takes less, as it does for print."""
    written = io.BytesIO()
    pixels.save(written, "JPEG", quality=JPEG_QUALITY)
    if pixels.mode == "L" and len(exact := zlib.compress(pixels.tobytes())) < len(written.getvalue()):
        return exact, Name.FlateDecode
    return written.getvalue(), Name.DCTDecode


def _is_grey(drawn: Image.Image) -> bool:
    red, green, blue = drawn.split()
    return not any(ImageChops.difference(red, other).getbbox() for other in (green, blue))
