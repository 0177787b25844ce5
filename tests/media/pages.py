"""Small PDFs for tests, and what they look like."""

import io
from typing import Any

import pikepdf
import pypdfium2
import pytest
from pikepdf import Dictionary

from organizer.media import Refused, pdfs


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
