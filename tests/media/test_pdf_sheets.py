"""Several copies on a sheet, shown by rendering it."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pikepdf
import pytest
from pikepdf import Array
from PIL import Image

from organizer.media import images, printing
from organizer.media.points import PER_MM
from tests.media import corpus, pages
from tests.media.pages import colour, difference, seen

PX = 2
"""Pixels a point in which sheets are looked at."""
A4, LETTER = (595.28, 841.89), (612, 792)
UNPRINTED_PX = 5 * PER_MM * PX
GAP_PX = PER_MM * PX - 2


def _page(width: float, height: float, mark: bytes = b"1 0 0 rg") -> bytes:
    """What a page draws: a pale field to its very edges, a triangle at its top left, a bar at its right."""
    triangle = b"%s 0 %f m %f %f l 0 %f l f" % (mark, height, width / 3, height, height * 0.8)
    bar = b"0 0.5 0 rg %f %f %f %f re f" % (width * 0.8, height * 0.1, width * 0.1, height * 0.5)
    return b"0.7 0.8 1 rg 0 0 %f %f re f %s %s" % (width, height, triangle, bar)


def _pdf(*sizes: tuple[float, float]) -> bytes:
    """A page of each size; every second has a blue triangle instead of a red one."""
    with pikepdf.new() as pdf:
        for number, size in enumerate(sizes):
            page = pdf.add_blank_page(page_size=size)
            page.Contents = pdf.make_stream(_page(*size, b"0 0 1 rg" if number % 2 else b"1 0 0 rg"))
        return pages.saved(pdf)


def _block(sheet: Any) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of all that has a colour."""
    has_colour = colour(sheet) > 20
    rows, columns = has_colour.any(axis=1).nonzero()[0], has_colour.any(axis=0).nonzero()[0]
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def _cells(sheet: Any, columns: int, rows: int) -> list[Any]:
    left, top, right, bottom = _block(sheet)
    xs, ys = np.linspace(left, right, columns + 1), np.linspace(top, bottom, rows + 1)
    return [
        sheet[round(ys[row]) : round(ys[row + 1]), round(xs[column]) : round(xs[column + 1])]
        for row in range(rows)
        for column in range(columns)
    ]


ARRANGED = [
    # size of the page, copies, columns, rows, how it is turned: in quarters, to the left
    ((420, 595), 2, 1, 2, 1),
    ((595, 842), 2, 1, 2, 1),
    ((842, 595), 2, 1, 2, 0),
    ((150, 200), 2, 2, 1, 0),
    ((120, 700), 2, 2, 1, 0),
    ((595, 842), 4, 2, 2, 0),
    ((842, 595), 4, 2, 2, 1),
    ((100, 760), 4, 4, 1, 0),
    ((760, 100), 4, 4, 1, 1),
    ((500, 120), 4, 1, 4, 0),
]


@pytest.mark.parametrize("paper", ["a4", "letter"])
@pytest.mark.parametrize(("size", "copies", "columns", "rows", "quarters"), ARRANGED)
def test_each_copy_is_the_page_and_the_marks_lie_outside(
    size: tuple[float, float], copies: int, columns: int, rows: int, quarters: int, paper: str
) -> None:
    data = _pdf(size)
    (sheet,) = seen(printing.sheets(data, copies, paper).data)
    (page,) = seen(data, 1)
    expected = A4 if paper == "a4" else LETTER
    assert (sheet.shape[1], sheet.shape[0]) == pytest.approx([side * PX for side in expected], abs=2)
    for cell in _cells(sheet, columns, rows):
        assert difference(np.rot90(cell, -quarters), page) < 4
    left, top, right, bottom = _block(sheet)
    assert left + right == pytest.approx(sheet.shape[1], abs=3)
    assert top + bottom == pytest.approx(sheet.shape[0], abs=3)
    width, height = size if quarters == 0 else size[::-1]
    assert (right - left) / (bottom - top) == pytest.approx(columns * width / (rows * height), rel=0.01)
    _check_marks(sheet, columns, rows)


def _check_marks(sheet: Any, columns: int, rows: int) -> None:
    left, top, right, bottom = _block(sheet)
    ys, xs = np.nonzero((sheet[..., 0] < 200) & (colour(sheet) < 20))
    assert xs.min() >= UNPRINTED_PX - 1
    assert ys.min() >= UNPRINTED_PX - 1
    assert xs.max() <= sheet.shape[1] - UNPRINTED_PX + 1
    assert ys.max() <= sheet.shape[0] - UNPRINTED_PX + 1
    # Each mark is a millimetre away from the trimmed copies, beside their block, or above or below it.
    is_beside = (xs < left - GAP_PX) | (xs >= right + GAP_PX)
    is_above = (ys < top - GAP_PX) | (ys >= bottom + GAP_PX)
    assert (is_beside ^ is_above).all()
    for places, first, last, cuts in ((xs[is_above], left, right, columns), (ys[is_beside], top, bottom, rows)):
        wanted = np.linspace(first, last, cuts + 1)
        nearest = np.abs(places[:, None] - wanted[None, :])
        assert nearest.min(axis=1).max() <= 3
        assert set(nearest.argmin(axis=1)) == set(range(cuts + 1))


@pytest.mark.parametrize("paper", ["a4", "letter"])
@pytest.mark.parametrize(("size", "copies", "columns", "rows", "quarters"), ARRANGED)
def test_turned_over_the_long_edge_backs_lie_on_their_fronts_and_read_like_a_book(
    size: tuple[float, float], copies: int, columns: int, rows: int, quarters: int, paper: str
) -> None:
    data = _pdf(size, size)
    front, back = seen(printing.sheets(data, copies, paper).data)
    # What one sees of the back through the paper, held as the front is read.
    shining = np.fliplr(back)
    assert np.abs(np.subtract(_block(front), _block(shining))).max() <= 1
    _, page = seen(data, 1)
    for cell in _cells(shining, columns, rows):
        assert difference(np.rot90(cell, -quarters), np.fliplr(page)) < 4


def test_pages_come_in_their_order() -> None:
    made = printing.sheets(_pdf(*[(300, 400)] * 5), 2, "a4")
    triangles = [sheet[_block(sheet)[1] :, :] for sheet in seen(made.data, 1)]
    is_blue = [bool(((sheet[..., 2] > 200) & (sheet[..., 0] < 50)).any()) for sheet in triangles]
    assert made.pages == 5
    assert is_blue == [False, True, False, True, False]


def test_nothing_becomes_larger_than_it_was() -> None:
    (sheet,) = seen(printing.sheets(_pdf((100, 150)), 4, "a4").data)
    left, top, right, bottom = _block(sheet)
    assert (right - left, bottom - top) == pytest.approx((200 * PX, 300 * PX), abs=2)


def test_a_page_of_another_shape_keeps_within_the_cuts_of_the_first() -> None:
    data = _pdf((300, 400), (400, 300), (900, 900), (50, 50))
    first, *others = seen(printing.sheets(data, 4, "a4").data)
    left, top, right, bottom = _block(first)
    for other in others:
        inner = _block(other)
        assert inner[0] >= left - 1
        assert inner[1] >= top - 1
        assert inner[2] <= right + 1
        assert inner[3] <= bottom + 1
    # The second fits exactly once it is turned.
    assert np.abs(np.subtract(_block(others[0]), (left, top, right, bottom))).max() <= 1


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_page_that_readers_turn_is_turned(turn: int) -> None:
    with pikepdf.open(io.BytesIO(_pdf((300, 200)))) as pdf:
        pdf.pages[0].obj.Rotate = turn
        data = pages.saved(pdf)
    (page,) = seen(data, 1)
    (sheet,) = seen(printing.sheets(data, 4, "a4").data)
    is_wide = page.shape[1] > page.shape[0]
    for cell in _cells(sheet, 2, 2):
        assert difference(np.rot90(cell, -1) if is_wide and cell.shape[0] > cell.shape[1] else cell, page) < 4


def test_what_lies_outside_of_the_trimmed_page_is_cut_off() -> None:
    with pikepdf.open(io.BytesIO(_pdf((300, 400)))) as pdf:
        pdf.pages[0].obj.TrimBox = Array([20, 20, 280, 380])
        data = pages.saved(pdf)
    (sheet,) = seen(printing.sheets(data, 2, "a4").data)
    left, top, right, bottom = _block(sheet)
    assert sorted((right - left, bottom - top)) == pytest.approx(sorted((520 * PX, 360 * PX)), abs=3)


def test_a_senseless_edge_for_trimming_is_not_followed() -> None:
    with pikepdf.open(io.BytesIO(_pdf((300, 400)))) as pdf:
        pdf.pages[0].obj.TrimBox = Array([0, 0, 0, 0])
        data = pages.saved(pdf)
    assert printing.sheets(data, 2, "a4").data == printing.sheets(_pdf((300, 400)), 2, "a4").data


def _faded() -> Image.Image:
    """A photo that is whole at its edges and lets ever more of the paper through towards its middle."""
    image = corpus.photo().convert("RGBA")
    image.putalpha(Image.radial_gradient("L").resize(image.size))
    return image


@pytest.mark.parametrize("make", [corpus.jpeg, corpus.png, lambda: corpus.png(_faded())], ids=["jpeg", "png", "faded"])
def test_a_picture_becomes_a_page_on_white_paper(make: Any) -> None:
    picture = images.rebuild(make())
    (sheet,) = seen(printing.sheets(picture.data, 2, "letter").data)
    with Image.open(io.BytesIO(picture.data)) as image:
        white = Image.new("RGBA", image.size, "white")
        expected = np.asarray(Image.alpha_composite(white, image.convert("RGBA")).convert("RGB")).astype(np.int16)
    left, _, right, _ = _block(sheet)
    assert sheet.shape[1] - (right - left) >= 2 * UNPRINTED_PX
    for cell in _cells(sheet, 1, 2):
        assert difference(cell, expected) < 4
