"""Makes a picture of each page of a PDF, so that nothing can hide under what is drawn over it."""

import io
import math
import zlib
from typing import Final

import pikepdf
import pypdfium2
from pikepdf import Dictionary, Name
from PIL import Image, ImageChops

from organizer.media import RebuiltPdf, Removed, pdf_render

POINTS_PER_INCH: Final = 72
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
        flat, has_words = _saved(target), _has_words(source)
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
    return min(PRINT_DPI / POINTS_PER_INCH, math.sqrt(DOCUMENT_PIXELS / area))


def _add(target: pikepdf.Pdf, page: pypdfium2.PdfPage, most_scale: float) -> None:
    width, height = page.get_size()
    scale = min(most_scale, math.sqrt(PAGE_PIXELS / (width * height)))
    drawn = pdf_render.drawn(page, scale, is_grey=False)
    added = target.add_blank_page(page_size=(width, height))
    added.Resources = Dictionary(XObject=Dictionary(Page=_picture(target, drawn)))
    added.Contents = target.make_stream(b"%.4f 0 0 %.4f 0 0 cm /Page Do" % (width, height))


def _picture(target: pikepdf.Pdf, drawn: Image.Image) -> pikepdf.Stream:
    """Return the picture as JPEG, or exactly where it is grey and that takes less, as it does for print."""
    is_grey = _is_grey(drawn)
    pixels = drawn.convert("L") if is_grey else drawn
    data, method = _jpeg(pixels), Name.DCTDecode
    if is_grey and len(exact := zlib.compress(pixels.tobytes())) < len(data):
        data, method = exact, Name.FlateDecode
    stream = target.make_stream(data)
    stream.Type, stream.Subtype = Name.XObject, Name.Image
    stream.Width, stream.Height, stream.BitsPerComponent = pixels.width, pixels.height, 8
    stream.ColorSpace = Name.DeviceGray if is_grey else Name.DeviceRGB
    stream.Filter = method
    return stream


def _is_grey(drawn: Image.Image) -> bool:
    red, green, blue = drawn.split()
    return not any(ImageChops.difference(red, other).getbbox() for other in (green, blue))


def _jpeg(pixels: Image.Image) -> bytes:
    written = io.BytesIO()
    pixels.save(written, "JPEG", quality=JPEG_QUALITY)
    return written.getvalue()


def _saved(target: pikepdf.Pdf) -> bytes:
    written = io.BytesIO()
    target.save(written, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    return written.getvalue()
