"""A QR code and its short code on a corner of a rebuilt leaflet: operators in a PDF, pixels in a picture.

Both are black on a white ground that holds the quiet zone, so that readers find it on any page. Where several copies
go on a sheet, all become pages of a PDF first, and the code is drawn larger where it would come out too small.
"""

import io
from dataclasses import dataclass
from typing import Final

import pikepdf
import segno
from pikepdf import Array, Dictionary, Name
from PIL import Image, ImageDraw, ImageFont, JpegImagePlugin, PngImagePlugin

from organizer.media import PICTURE_PIXELS, Picture, RebuiltPdf, Refused, pdf_drawn, pdf_sheets, pdfs, points, printing
from organizer.media.corners import Corner, Layout, Stamp, unframe

# Pillow loads its readers when they are first needed; in the sandbox that would be too late.
READERS: Final = (JpegImagePlugin, PngImagePlugin)
Image.preinit()

QUIET_MODULES: Final = 4
WORDS_MODULES: Final = 4
"""What the small letters take below the quiet zone, in modules of the code."""
LETTER_MODULES: Final = 3.5
BELOW_LETTERS_MODULES: Final = 1.5
CODE_MM: Final = 20.0
"""A side of the code itself; with its quiet zone 25 mm."""
ON_SHEET_MM: Final = 15.0
"""That side at least, on sheets whose copies are smaller than the page."""
LEAST_CODE_MM: Final = 10.0
MARGIN_MM: Final = 5.0
"""As far from the edge as printers leave blank."""
MOST_OF_PAGE: Final = 0.45

PICTURE_LONG_MM: Final = 210.0
"""How long a picture is printed, as far as anyone knows: A5."""
LEAST_MODULE_PX: Final = 3

Rows = list[list[bool]]
Size = tuple[float, float]
Matrix = tuple[int, int, int, int, float, float]
Box = tuple[float, float, float, float]
"""Left, bottom, right and top."""


@dataclass(frozen=True, slots=True)
class _Shape:
    """What readers show of a page, in its own units, of which one is `unit` points, and how far it is turned."""

    box: Box
    turned: int
    unit: float

    @property
    def size(self) -> Size:
        """Upright."""
        left, bottom, right, top = self.box
        return (top - bottom, right - left) if self.turned in (90, 270) else (right - left, top - bottom)

    @property
    def points(self) -> Size:
        return self.size[0] * self.unit, self.size[1] * self.unit

    @property
    def mm(self) -> float:
        return points.PER_MM / self.unit


def stamp(framed: bytes) -> Picture | RebuiltPdf:
    """Return the rebuilt file of `corners.frame` with its stamp, without previews or text.

    Raises Refused, with the reason `stamp_room` when a page is too small for a code that can be read.
    """
    data, wanted = unframe(framed)
    if wanted.layout.copies > 1:
        made = _stamped_pdf(printing.as_pdf(data), wanted)
        return printing.sheets(made.data, wanted.layout.copies, wanted.layout.paper)
    return _stamped_pdf(data, wanted) if data.startswith(b"%PDF-") else _stamped_picture(data, wanted)


def _modules(text: str) -> Rows:
    return [[bool(module) for module in row] for row in segno.make_qr(text, error="m").matrix]


# In a PDF.


def _stamped_pdf(data: bytes, wanted: Stamp) -> RebuiltPdf:
    rows = _modules(wanted.text)
    try:
        with pikepdf.open(io.BytesIO(data), attempt_recovery=False) as pdf:
            font = pdf.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name("/Helvetica-Bold")))
            if wanted.layout.copies > 1:
                pdf_sheets.trim(pdf)
            first = _shape(pdf.pages[0])
            for index in wanted.pages.of(len(pdf.pages)):
                shape = _shape(pdf.pages[index])
                module = _module(len(rows), shape, _scale(first, shape, wanted.layout))
                _stamp_page(pdf, pdf.pages[index], _drawing(rows, wanted, module, shape), shape, font)
            return RebuiltPdf(pdf_drawn.saved(pdf), len(pdf.pages), "", (), (), ())
    except pdfs.MALFORMED:
        raise Refused("pdf_damaged") from None


def _scale(first: _Shape, page: _Shape, layout: Layout) -> float:
    """How much smaller than the page a copy of it is on paper."""
    if layout.copies == 1:
        return 1.0
    return pdf_sheets.scale(first.points, page.points, layout.copies, layout.paper)


def _stamp_page(pdf: pikepdf.Pdf, page: pikepdf.Page, drawing: bytes, shape: _Shape, font: pikepdf.Object) -> None:
    """Draw the page as one form and the stamp over it: nothing that its content leaves behind turns the stamp."""
    upright = b" ".join(b"%g" % round(number, 4) for number in _upright(shape))
    shown = _as_form(pdf, page)
    page.obj.Resources = Dictionary(XObject=Dictionary(Page=shown), Font=Dictionary(Small=font))
    page.obj.Contents = pdf.make_stream(b"q /Page Do Q\nq %s cm\n%s\nQ" % (upright, drawing))


def _shape(page: pikepdf.Page) -> _Shape:
    return _Shape(_seen_box(page), int(page.obj.get("/Rotate", 0)) % 360, float(page.obj.get("/UserUnit", 1)))


def _seen_box(page: pikepdf.Page) -> Box:
    media, crop = (_sorted(list(box)) for box in (page.mediabox, page.cropbox))
    left, bottom = max(media[0], crop[0]), max(media[1], crop[1])
    right, top = min(media[2], crop[2]), min(media[3], crop[3])
    return (left, bottom, right, top) if left < right and bottom < top else media


def _sorted(box: list[object]) -> Box:
    x0, y0, x1, y1 = (float(str(side)) for side in box)
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _module(count: int, page: _Shape, scale: float) -> float:
    """The side of a module in the page's units, of a page that is printed at this scale. Raises Refused."""
    mm = page.mm / scale
    wanted = max(CODE_MM * scale, ON_SHEET_MM) * mm
    code = min(wanted, MOST_OF_PAGE * min(page.size) * count / (count + 2 * QUIET_MODULES + WORDS_MODULES))
    if code < LEAST_CODE_MM * mm:
        raise Refused("stamp_room")
    return code / count


def _place(corner: Corner, page: Size, ground: Size, margin: float) -> Size:
    """Left and top of the ground, counted from the page's left and top."""
    margin = min(margin, (min(page) - max(ground)) / 2)
    is_left, is_top = (
        corner in (Corner.TOP_LEFT, Corner.BOTTOM_LEFT),
        corner in (Corner.TOP_LEFT, Corner.TOP_RIGHT),
    )
    return (
        margin if is_left else page[0] - margin - ground[0],
        margin if is_top else page[1] - margin - ground[1],
    )


def _drawing(rows: Rows, wanted: Stamp, module: float, page: _Shape) -> bytes:
    """The operators, on a page that stands upright with its corner at nought."""
    size = len(rows) + 2 * QUIET_MODULES
    ground = size * module, (size + WORDS_MODULES) * module
    left, from_top = _place(wanted.corner, page.size, ground, MARGIN_MM * page.mm)
    top = page.size[1] - from_top
    letters = LETTER_MODULES * module
    # Helvetica's bold capitals and digits are some 0.64 of their height wide, the space half of that.
    start = left + (ground[0] - 0.64 * letters * len(wanted.words)) / 2
    lines = [b"1 g %.4f %.4f %.4f %.4f re f" % (left, top - ground[1], *ground), b"0 g"]
    for y, row in enumerate(rows):
        for x, length in _runs(row):
            corner = left + (QUIET_MODULES + x) * module, top - (QUIET_MODULES + y + 1) * module
            lines.append(b"%.4f %.4f %.4f %.4f re" % (*corner, length * module, module))
    baseline = top - ground[1] + BELOW_LETTERS_MODULES * module
    words = letters, start, baseline, wanted.words.encode("ascii")
    lines.append(b"f BT /Small %.4f Tf %.4f %.4f Td (%s) Tj ET" % words)
    return b"\n".join(lines)


def _runs(row: list[bool]) -> list[tuple[int, int]]:
    """Where dark modules stand side by side: the first one, and how many."""
    starts = [x for x, is_dark in enumerate(row) if is_dark and not (x and row[x - 1])]
    ends = [x for x, is_dark in enumerate(row) if is_dark and not (x + 1 < len(row) and row[x + 1])]
    return [(start, end - start + 1) for start, end in zip(starts, ends, strict=True)]


def _upright(page: _Shape) -> Matrix:
    """What turns an upright page with its corner at nought into the file's own place for it."""
    left, bottom, right, top = page.box
    match page.turned:
        case 90:
            return (0, 1, -1, 0, right, bottom)
        case 180:
            return (-1, 0, 0, -1, right, top)
        case 270:
            return (0, -1, 1, 0, left, top)
    return (1, 0, 0, 1, left, bottom)


def _as_form(pdf: pikepdf.Pdf, page: pikepdf.Page) -> pikepdf.Object:
    """What the page draws, as it is packed, in a form of its own."""
    page.contents_coalesce()
    content = page.obj.get("/Contents")
    form = pdf.make_stream(content.read_raw_bytes() if isinstance(content, pikepdf.Stream) else b"")
    for key in ("/Filter", "/DecodeParms"):
        if isinstance(content, pikepdf.Stream) and key in content:
            form[key] = content[key]
    form.Type, form.Subtype = Name.XObject, Name.Form
    form.BBox = Array(page.mediabox)
    form.Resources = page.obj.get("/Resources", Dictionary())
    return form


# In a picture.


def _stamped_picture(data: bytes, wanted: Stamp) -> Picture:
    image = Image.open(io.BytesIO(data), formats=("JPEG", "PNG"))
    if image.width * image.height > PICTURE_PIXELS:
        raise Refused("picture_pixels")
    kind = str(image.format)
    pixels = Image.frombytes(image.mode, image.size, image.tobytes())
    ground = _ground(_modules(wanted.text), wanted.words, pixels.size)
    margin = MARGIN_MM * max(pixels.size) / PICTURE_LONG_MM
    left, top = _place(wanted.corner, pixels.size, ground.size, margin)
    pixels.paste(ground.convert(pixels.mode), (round(left), round(top)))
    written = io.BytesIO()
    options: dict[str, object] = {"quality": 90, "subsampling": 0} if kind == "JPEG" else {"optimize": True}
    pixels.save(written, kind, **options)
    return Picture(written.getvalue(), f"image/{kind.lower()}", pixels.width, pixels.height)


def _ground(rows: Rows, words: str, page: tuple[int, int]) -> Image.Image:
    """The code and its words in black on white, each module of as many whole pixels. Raises Refused."""
    module = max(LEAST_MODULE_PX, round(CODE_MM / len(rows) * max(page) / PICTURE_LONG_MM))
    side = (len(rows) + 2 * QUIET_MODULES) * module
    height = side + WORDS_MODULES * module
    if height > MOST_OF_PAGE * min(page):
        raise Refused("stamp_room")
    ground = Image.new("L", (side, height), 255)
    draw = ImageDraw.Draw(ground)
    for y, row in enumerate(rows, start=QUIET_MODULES):
        for x, length in _runs(row):
            start = (QUIET_MODULES + x) * module
            draw.rectangle((start, y * module, start + length * module - 1, (y + 1) * module - 1), fill=0)
    baseline = height - BELOW_LETTERS_MODULES * module
    draw.text((side / 2, baseline), words, 0, ImageFont.load_default(LETTER_MODULES * module), anchor="ms")
    return ground
