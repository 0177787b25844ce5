"""What stands on paper, read by programs that know nothing of us."""

from __future__ import annotations

from unicodedata import normalize

import pypdfium2
from PIL import Image

from organizer.leaflets.models import Leaflet
from tests.factories import Person
from tests.media import qr

DOTS_PER_MM = 6
INK = 245  # of 255, which is white


def pages(person: Person, leaflet: Leaflet) -> list[pypdfium2.PdfPage]:
    return list(pypdfium2.PdfDocument(person.client.get(f"/leaflets/{leaflet.id}/file").data))


def drawn(page: pypdfium2.PdfPage) -> Image.Image:
    return page.render(scale=DOTS_PER_MM * 25.4 / 72).to_pil().convert("L")


def words_on(page: pypdfium2.PdfPage) -> str:
    """What stands on the page, on one line, letters as they are typed and not as they join."""
    return " ".join(normalize("NFKC", page.get_textpage().get_text_bounded()).replace("\u200b", "").split())


def lines_on(page: pypdfium2.PdfPage) -> list[str]:
    """The lines on the page, from top to bottom."""
    said = page.get_textpage().get_text_bounded().replace("\u200b", "")
    return said.splitlines()


def code_on(picture: Image.Image) -> str:
    return ", ".join(qr.codes_on(picture))


def outermost(picture: Image.Image) -> list[float]:
    """How much is white on the left, right, top and bottom, in mm."""
    edges = picture.point(lambda grey: 255 if grey < INK else 0).getbbox()
    assert edges
    left, top, right, bottom = edges
    white = (left, picture.width - right, top, picture.height - bottom)
    return [each / DOTS_PER_MM for each in white]
