"""Small PDFs for tests, and what they look like."""

import io
from typing import Any

import numpy as np
import pikepdf
import pypdfium2
import pytest
from pikepdf import Dictionary, Name
from PIL import Image

from organizer.media import Refused, pdfs
from tests.media import corpus


def reason(data: bytes) -> str:
    """Return why this is refused."""
    with pytest.raises(Refused) as caught:
        pdfs.rebuild(data)
    return caught.value.reason


def made(*contents: bytes, resources: Dictionary | None = None, **options: Any) -> bytes:
    """Return a PDF with a page for each content."""
    with pikepdf.new() as pdf:
        for content in contents:
            page = pdf.add_blank_page(page_size=(200, 100))
            page.Contents = pdf.make_stream(content)
            page.Resources = resources or Dictionary()
        return saved(pdf, **options)


def saved(pdf: pikepdf.Pdf, **options: Any) -> bytes:
    written = io.BytesIO()
    pdf.save(written, **options)
    return written.getvalue()


def drawn(data: bytes) -> list[Any]:
    """Return the pages as arrays of rows of blue, green, red, one and a half pixels a point."""
    with pypdfium2.PdfDocument(data) as document:
        return [page.render(scale=1.5, draw_annots=False).to_numpy().astype(int) for page in document]


def seen(data: bytes, scale: float = 2) -> list[Any]:
    """Return the pages as arrays of rows of red, green, blue, `scale` pixels a point."""
    with pypdfium2.PdfDocument(data) as document:
        return [np.asarray(page.render(scale=scale).to_pil().convert("RGB")).astype(np.int16) for page in document]


def colour(page: Any) -> Any:
    """Return how far each dot is from a grey."""
    red, green, blue = (page[..., index] for index in range(3))
    return np.maximum(np.maximum(red, green), blue) - np.minimum(np.minimum(red, green), blue)


def difference(one: Any, other: Any) -> float:
    """Return the mean of all dots' differences, of 255, after one is made as large as the other."""
    size = (other.shape[1], other.shape[0])
    fitted = Image.fromarray(one.astype(np.uint8)).resize(size, Image.Resampling.LANCZOS)
    return float(np.abs(np.asarray(fitted).astype(np.int16) - other).mean())


def with_photo(size: tuple[int, int], *, mask: bool = False, drawn: tuple[int, int] = (150, 100)) -> bytes:
    """Return a page with words and a photo of so many pixels."""
    written = io.BytesIO()
    corpus.photo(size).save(written, "JPEG", quality=95, subsampling=0)
    with pikepdf.new() as pdf:
        image = pdf.make_stream(written.getvalue(), Type=Name.XObject, Subtype=Name.Image, ColorSpace=Name.DeviceRGB)
        image.Width, image.Height, image.BitsPerComponent, image.Filter = *size, 8, Name.DCTDecode
        if mask:
            soft = pdf.make_stream(bytes(range(256)) * 100, Type=Name.XObject, Subtype=Name.Image)
            soft.Width, soft.Height, soft.BitsPerComponent, soft.ColorSpace = 256, 100, 8, Name.DeviceGray
            image.SMask = soft
        page = pdf.add_blank_page(page_size=(200, 150))
        page.Resources = Dictionary(XObject=Dictionary(X=image))
        page.Contents = pdf.make_stream(b"1 0 0 rg 5 5 40 10 re f q %d 0 0 %d 20 30 cm /X Do Q" % drawn)
        return saved(pdf)
