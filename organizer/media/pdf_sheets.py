"""Several copies of a page on each sheet, to be printed on both sides and cut apart.

Sheets are upright, and each bears one page as often as it fits, sheet 1 the first page, sheet 2 the second: so sheet 2
is the back of sheet 1, and sheet 4 of sheet 3. The copies touch, one cut parts two of them, and their block stands in
the middle of the sheet. A sheet turned over its long edge changes left and right; what stands in the middle comes to
lie on itself, so fronts and backs fit, whatever is on them.

Copies that lie on their side are turned left on fronts and right on backs. The top of a front then points to the left
edge of the paper, and the top of its back to the same edge of the same paper: one turns a leaflet like the page of a
book, and its back is not upside down.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import pikepdf
from pikepdf import Dictionary, Matrix

from organizer.media import pdf_drawn
from organizer.media.points import PER_MM

PAPERS: Final = {"a4": (210 * PER_MM, 297 * PER_MM), "letter": (612.0, 792.0)}
UNPRINTED: Final = 5 * PER_MM
"""At the edges of a sheet, where many printers print nothing."""
GAP: Final = 1 * PER_MM
"""Between a copy and a mark, so that no mark is left on what was cut a little beside it."""
MARK: Final = 4 * PER_MM
MARGIN: Final = UNPRINTED + MARK + GAP
LINE_POINTS: Final = 0.5
GRIDS: Final = {2: ((2, 1), (1, 2)), 4: ((2, 2), (1, 4), (4, 1))}
"""Columns and rows; of those that let the copies be equally large, the first is taken."""
LEAST_POINTS: Final = 3.0

Size = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Layout:
    """How copies stand on a sheet; `cell` is the size of one in points, before it is turned; `scale` is at most 1."""

    columns: int
    rows: int
    is_turned: bool
    scale: float
    cell: Size
    paper: Size

    @property
    def block(self) -> tuple[list[float], list[float]]:
        """Where to cut: from left to right, from bottom to top."""
        width, height = reversed(self.cell) if self.is_turned else self.cell
        left, bottom = (self.paper[0] - self.columns * width) / 2, (self.paper[1] - self.rows * height) / 2
        return (
            [left + width * column for column in range(self.columns + 1)],
            [bottom + height * row for row in range(self.rows + 1)],
        )


@dataclass(frozen=True, slots=True)
class _Page:
    form: pikepdf.Object
    middle: Size
    size: Size


def layout(size: Size, copies: int, paper: Size) -> Layout:
    """Return how the copies of a page become as large as the sheet lets them, but never larger than the page."""
    tried = [(columns, rows, is_turned) for is_turned in (False, True) for columns, rows in GRIDS[copies]]
    scale, (columns, rows, is_turned) = max(
        ((_scale(size, grid, paper), grid) for grid in tried), key=lambda found: round(found[0], 6)
    )
    return Layout(columns, rows, is_turned, scale, (size[0] * scale, size[1] * scale), paper)


def _scale(size: Size, grid: tuple[int, int, bool], paper: Size) -> float:
    columns, rows, is_turned = grid
    width, height = reversed(size) if is_turned else size
    return min(1.0, (paper[0] - 2 * MARGIN) / (columns * width), (paper[1] - 2 * MARGIN) / (rows * height))


def arrange(data: bytes, copies: int, paper: str) -> tuple[bytes, int]:
    """Return the sheets for a PDF's pages, and how many. All have the cuts that fit the first page."""
    with pikepdf.open(io.BytesIO(data)) as source, pikepdf.new() as target:
        pages = [_page(page, target) for page in source.pages]
        cuts = layout(pages[0].size, copies, PAPERS[paper])
        for number, page in enumerate(pages):
            _add_sheet(target, page, cuts, is_back=number % 2 == 1)
        return pdf_drawn.saved(target), len(pages)


def trim(pdf: pikepdf.Pdf) -> None:
    """Leave of each page what sheets show of it."""
    for page in pdf.pages:
        page.cropbox = _trimmed(page)
        if "/TrimBox" in page.obj:
            del page.obj["/TrimBox"]


def scale(first: Size, page: Size, copies: int, paper: str) -> float:
    """How large a page becomes on sheets with the cuts that fit the first one: both in points, upright."""
    return max(_scales(page, layout(first, copies, PAPERS[paper])))


def _scales(size: Size, cuts: Layout) -> tuple[float, float]:
    """How large a page becomes in its cell, upright there and on its side."""
    width, height = cuts.cell
    upright = min(cuts.scale, width / size[0], height / size[1])
    return upright, min(cuts.scale, width / size[1], height / size[0])


def _page(page: pikepdf.Page, target: pikepdf.Pdf) -> _Page:
    """Return what a page draws within its trimmed edges, upright, as a form of the target."""
    form = page.as_form_xobject()
    form.BBox = _trimmed(page)
    matrix = Matrix(form.get("/Matrix", Matrix()))
    left, bottom, right, top = map(float, form.BBox)
    corners = [matrix.transform((x, y)) for x in (left, right) for y in (bottom, top)]
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    middle = (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
    return _Page(target.copy_foreign(form), middle, (max(xs) - min(xs), max(ys) - min(ys)))


def _trimmed(page: pikepdf.Page) -> pikepdf.Array:
    """Return the edges of the finished page: those for trimming where they are told sensibly, else what is shown."""
    shown = _sides(page.cropbox)
    left, bottom, right, top = _sides(page.trimbox)
    is_sensible = right - left >= LEAST_POINTS and top - bottom >= LEAST_POINTS
    is_inside = left >= shown[0] - 1 and bottom >= shown[1] - 1 and right <= shown[2] + 1 and top <= shown[3] + 1
    return pikepdf.Array((left, bottom, right, top) if is_sensible and is_inside else shown)


def _sides(box: Any) -> tuple[float, float, float, float]:
    left, bottom, right, top = map(float, box)
    return min(left, right), min(bottom, top), max(left, right), max(bottom, top)


def _add_sheet(target: pikepdf.Pdf, page: _Page, cuts: Layout, *, is_back: bool) -> None:
    xs, ys = cuts.block
    upright, aside = _scales(page.size, cuts)
    angle = (-90 if is_back else 90) if cuts.is_turned else 0
    if round(aside, 6) > round(upright, 6):
        angle += 90
    drawn = []
    for x, y in ((x, y) for y in _middles(ys) for x in _middles(xs)):
        place = Matrix().translated(x, y).rotated(angle).scaled(*[max(upright, aside)] * 2)
        drawn.append(b"q %s cm /Page Do Q" % place.translated(-page.middle[0], -page.middle[1]).encode())
    sheet = target.add_blank_page(page_size=cuts.paper)
    sheet.obj.Resources = Dictionary(XObject=Dictionary(Page=page.form))
    sheet.obj.Contents = target.make_stream(b"\n".join([*drawn, *_marks(xs, ys)]))


def _middles(cuts: Sequence[float]) -> list[float]:
    return [(before + after) / 2 for before, after in pairwise(cuts)]


def _marks(xs: list[float], ys: list[float]) -> list[bytes]:
    """Draw a mark at both ends of each cut, outside of all copies."""
    lines = [b"0 G %.2f w" % LINE_POINTS]
    for x in xs:
        lines += [_line(x, ys[0] - GAP, x, ys[0] - GAP - MARK), _line(x, ys[-1] + GAP, x, ys[-1] + GAP + MARK)]
    for y in ys:
        lines += [_line(xs[0] - GAP, y, xs[0] - GAP - MARK, y), _line(xs[-1] + GAP, y, xs[-1] + GAP + MARK, y)]
    return lines


def _line(*points: float) -> bytes:
    return b"%.3f %.3f m %.3f %.3f l S" % points
