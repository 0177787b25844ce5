"""Codes on leaflets that are printed several on a sheet: each is read again, coarser than printers put it on paper."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pikepdf
import pytest
from pikepdf import Array
from PIL import Image

from organizer.media import RebuiltPdf, pdf_sheets, sandbox, stamps
from organizer.media.corners import Corner, Layout, Pages, Stamp, frame, unframe
from organizer.media.points import PER_MM
from tests.media import pages as pages_of
from tests.media import qr
from tests.media.test_stamps import ADDRESS, WORDS, jpeg, pdf

ON_SHEETS = [layout for layout in Layout if layout.copies > 1]
SIZES = {"A4": (595.28, 841.89), "A5": (419.53, 595.28), "wide": (841.89, 595.28), "third": (280.63, 595.28)}
PRINTED = 200 / 72
"""Pixels a point; printers put more of them on paper."""


def stamped(data: bytes, layout: Layout, corner: Corner = Corner.BOTTOM_RIGHT, pages: Pages = Pages.ALL) -> RebuiltPdf:
    made = stamps.stamp(frame(data, Stamp(ADDRESS, WORDS, corner, pages, layout)))
    assert isinstance(made, RebuiltPdf)
    return made


def copies(sheet: Image.Image, size: tuple[float, float], layout: Layout) -> list[Image.Image]:
    """A sheet that is cut where its marks are."""
    xs, ys = pdf_sheets.layout(size, layout.copies, pdf_sheets.PAPERS[layout.paper]).block
    tops = [sheet.height - y * PRINTED for y in ys]
    return [
        sheet.crop(tuple(round(side) for side in (left * PRINTED, top, right * PRINTED, bottom)))  # type: ignore[arg-type] # four sides
        for left, right in pairwise(xs)
        for bottom, top in pairwise(tops)
    ]


def test_what_is_asked_for_arrives_as_it_was_sent() -> None:
    stamp = Stamp(ADDRESS, WORDS, layout=Layout.FOUR_UP_LETTER)
    assert unframe(frame(b"%PDF-", stamp)) == (b"%PDF-", stamp)


@pytest.mark.parametrize("size", SIZES.values(), ids=list(SIZES))
@pytest.mark.parametrize("layout", ON_SHEETS)
def test_each_copy_on_each_sheet_has_its_code(layout: Layout, size: tuple[float, float]) -> None:
    made = stamped(pdf(size=size, count=2), layout)
    assert made.pages == 2
    for sheet in qr.pages(made.data, PRINTED):
        cut = copies(sheet, size, layout)
        assert len(cut) == layout.copies
        assert [set(qr.codes_on(copy)) for copy in cut] == [{ADDRESS}] * layout.copies


@pytest.mark.parametrize("layout", ON_SHEETS)
def test_the_code_is_never_too_small_on_paper(layout: Layout) -> None:
    """At A4, of which four on a sheet have less than half their width."""
    sheet = qr.pages(stamped(pdf(b"0.2 g 0 0 2000 2000 re f", SIZES["A4"], count=1), layout).data, PRINTED)[0]
    white = copies(sheet, SIZES["A4"], layout)[0].convert("L").point(lambda pixel: 255 * (pixel > 250))
    ground = white.crop((3, 3, white.width - 3, white.height - 3)).getbbox()
    assert ground
    # The words below it make the ground longer one way.
    side = min(ground[2] - ground[0], ground[3] - ground[1]) / PRINTED / PER_MM
    assert side * 29 / 37 == pytest.approx(15, abs=0.5)


def test_only_the_pages_that_were_chosen_have_it() -> None:
    made = stamped(pdf(count=3), Layout.TWO_UP_A4, pages=Pages.LAST)
    assert [ADDRESS in qr.codes_on(sheet) for sheet in qr.pages(made.data, PRINTED)] == [False, False, True]


@pytest.mark.parametrize("layout", ON_SHEETS)
def test_a_picture_has_it_on_each_copy(layout: Layout) -> None:
    data = jpeg()
    page = pdf_sheets.PAPERS["a4"][0], pdf_sheets.PAPERS["a4"][0] * 2560 / 1800
    (sheet,) = qr.pages(stamped(data, layout).data, PRINTED)
    assert [set(qr.codes_on(copy)) for copy in copies(sheet, page, layout)] == [{ADDRESS}] * layout.copies


@pytest.mark.parametrize("corner", Corner)
@pytest.mark.parametrize("keys", [{}, {"Rotate": 90}, {"UserUnit": 2}])
def test_it_stands_on_what_is_left_when_a_page_is_trimmed(corner: Corner, keys: dict[str, Any]) -> None:
    """As print shops want them: with a broad edge for marks, which sheets leave out."""
    trimmed = (420.0, 595.0)
    box = Array([60, 60, 60 + trimmed[0], 60 + trimmed[1]])
    data = pdf(size=(trimmed[0] + 120, trimmed[1] + 120), count=1, TrimBox=box, **keys)
    unit = keys.get("UserUnit", 1)
    size = (trimmed[0] * unit, trimmed[1] * unit)
    (sheet,) = qr.pages(stamped(data, Layout.TWO_UP_A4, corner).data, PRINTED)
    cut = copies(sheet, size[::-1] if "Rotate" in keys else size, Layout.TWO_UP_A4)
    assert [set(qr.codes_on(copy)) for copy in cut] == [{ADDRESS}] * 2


def test_a_page_that_becomes_smaller_than_the_first_has_a_code_of_the_same_size() -> None:
    with pikepdf.new() as both:
        for size in ((420, 595), (840, 1190)):
            both.add_blank_page(page_size=size)
        data = pages_of.saved(both)
    sheets = qr.pages(stamped(data, Layout.FOUR_UP_A4).data, PRINTED)
    for sheet in sheets:
        cut = copies(sheet, (420, 595), Layout.FOUR_UP_A4)
        assert [set(qr.codes_on(copy)) for copy in cut] == [{ADDRESS}] * 4


def test_the_sandbox_makes_them() -> None:
    made = sandbox.run("stamps", frame(pdf(), Stamp(ADDRESS, WORDS, layout=Layout.TWO_UP_LETTER)))
    assert isinstance(made, RebuiltPdf)
    assert made.pages == 3
