"""The pages in grey, for printers that have but black ink.

Colours in text and drawings become the grey that they are seen as, and stay sharp: each colour of the file is drawn
once by pdfium, in its own colour space, and its brightness is read back. Pictures are drawn anew in grey. What has no
single colour (shadings, patterns that are painted through, colours that mix with what lies below) is not converted:
such a page becomes a picture of PRINT_DPI dots an inch, of less on paper larger than A3, but never below 200 up to A2
unless the document has more than forty pages of A4. So does a page that looks different after all, or has a coloured
dot left: each converted page is compared with the one that it was.
"""

import io
import math
from typing import Final

import pikepdf
import pypdfium2
from pikepdf import Stream
from PIL import Image, ImageChops

from organizer.media import pdf_drawn, pdf_render, points
from organizer.media.pdf_colours import Colours, Reached, reached

PRINT_DPI: Final = 300
PAGE_PIXELS: Final = 16_000_000
DOCUMENT_PIXELS: Final = 160_000_000
PICTURE_PX: Final = 4000
COMPARED_PX: Final = 400
"""Width or height, whichever is more, of the pages that are compared."""
FIELDS: Final = 24
"""Fields across and down in which the mean brightness is compared."""
MOST_DIFFERENCE: Final = 20
MOST_COLOUR: Final = 6
"""Both of 255."""


def convert(data: bytes) -> bytes:
    """Return a PDF's pages in grey."""
    with pdf_render.opened(data) as before, pikepdf.open(io.BytesIO(data)) as pdf:
        pages = [reached(page.obj) for page in pdf.pages]
        colours = Colours(pdf, pages)
        colours.convert()
        _convert_pictures(pages)
        coloured = _still_coloured(pdf_drawn.saved(pdf), before, [colours.is_done(page) for page in pages])
        for index in coloured:
            _become_picture(pdf, index, before, len(coloured))
        return pdf_drawn.saved(pdf)


def _convert_pictures(pages: list[Reached]) -> None:
    images = {image.objgen: image for page in pages if page.is_plain for image in page.images}
    for image in images.values():
        if not pdf_drawn.is_grey(image.ColorSpace):
            _convert_picture(image)


def _convert_picture(image: Stream) -> None:
    scale = min(1.0, PICTURE_PX / max(int(image.Width), int(image.Height)))
    size = max(1, round(int(image.Width) * scale)), max(1, round(int(image.Height) * scale))
    pixels = pdf_drawn.seen(image, size, in_grey=False).convert("L")
    pdf_drawn.replace(image, size, *pdf_drawn.encoded(pixels), in_grey=True)


def _still_coloured(made: bytes, before: pypdfium2.PdfDocument, done: list[bool]) -> list[int]:
    """Return the pages, by index, that were not converted or do not look as they should."""
    with pdf_render.opened(made) as after:
        return [
            index
            for index, is_done in enumerate(done)
            if not is_done or not _is_same_in_grey(_seen(before[index]), _seen(after[index]))
        ]


def _seen(page: pypdfium2.PdfPage) -> Image.Image:
    return pdf_render.drawn(page, COMPARED_PX / max(page.get_size()), is_grey=False)


def _is_same_in_grey(before: Image.Image, after: Image.Image) -> bool:
    red, green, blue = after.split()
    if any(_most(ImageChops.difference(red, other)) > MOST_COLOUR for other in (green, blue)):
        return False
    fields = [page.convert("L").resize((FIELDS, FIELDS), Image.Resampling.BOX) for page in (before, after)]
    return _most(ImageChops.difference(*fields)) <= MOST_DIFFERENCE


def _most(picture: Image.Image) -> int:
    return max(value for value, count in enumerate(picture.histogram()) if count)


def _become_picture(pdf: pikepdf.Pdf, index: int, before: pypdfium2.PdfDocument, count: int) -> None:
    page = before[index]
    width, height = page.get_size()
    most_pixels = min(PAGE_PIXELS, DOCUMENT_PIXELS / count)
    scale = min(PRINT_DPI / points.PER_INCH, math.sqrt(most_pixels / (width * height)))
    pixels = pdf_render.drawn(page, scale, is_grey=False).convert("L")
    page.close()
    pdf_drawn.show(pdf, pdf.pages[index], pdf_drawn.added(pdf, pixels), (width, height))
