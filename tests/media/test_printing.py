"""What is printed and sent on looks as it should, shown by rendering it."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pikepdf
import pypdfium2
import pytest
import typst
from pikepdf import Array, Dictionary, Name
from PIL import Image

from organizer.media import images, pdfs, printing, sandbox
from organizer.media.pdf_sheets import MILLIMETRE
from tests.media import corpus, pages, test_pdfs

PX = 2
"""Pixels a point in which sheets are looked at."""
A4, LETTER = (595.28, 841.89), (612, 792)
UNPRINTED_PX = 5 * MILLIMETRE * PX
GAP_PX = MILLIMETRE * PX - 2


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


def _seen(data: bytes, scale: float = PX) -> list[Any]:
    """The pages as arrays of rows of red, green, blue."""
    with pypdfium2.PdfDocument(data) as document:
        return [np.asarray(page.render(scale=scale).to_pil().convert("RGB")).astype(np.int16) for page in document]


def _colour(page: Any) -> Any:
    """How far each dot is from a grey."""
    red, green, blue = (page[..., index] for index in range(3))
    return np.maximum(np.maximum(red, green), blue) - np.minimum(np.minimum(red, green), blue)


def _block(sheet: Any) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of all that has a colour."""
    has_colour = _colour(sheet) > 20
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


def _difference(one: Any, other: Any) -> float:
    """Mean of all dots' differences, of 255, after one is made as large as the other."""
    size = (other.shape[1], other.shape[0])
    fitted = Image.fromarray(one.astype(np.uint8)).resize(size, Image.Resampling.LANCZOS)
    return float(np.abs(np.asarray(fitted).astype(np.int16) - other).mean())


# Several on a sheet.

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
    (sheet,) = _seen(printing.sheets(data, copies, paper).data)
    (page,) = _seen(data, 1)
    expected = A4 if paper == "a4" else LETTER
    assert (sheet.shape[1], sheet.shape[0]) == pytest.approx([side * PX for side in expected], abs=2)
    for cell in _cells(sheet, columns, rows):
        assert _difference(np.rot90(cell, -quarters), page) < 4
    left, top, right, bottom = _block(sheet)
    assert left + right == pytest.approx(sheet.shape[1], abs=3)
    assert top + bottom == pytest.approx(sheet.shape[0], abs=3)
    width, height = size if quarters == 0 else size[::-1]
    assert (right - left) / (bottom - top) == pytest.approx(columns * width / (rows * height), rel=0.01)
    _check_marks(sheet, columns, rows)


def _check_marks(sheet: Any, columns: int, rows: int) -> None:
    left, top, right, bottom = _block(sheet)
    ys, xs = np.nonzero((sheet[..., 0] < 200) & (_colour(sheet) < 20))
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
    front, back = _seen(printing.sheets(data, copies, paper).data)
    # What one sees of the back through the paper, held as the front is read.
    shining = np.fliplr(back)
    assert np.abs(np.subtract(_block(front), _block(shining))).max() <= 1
    _, page = _seen(data, 1)
    for cell in _cells(shining, columns, rows):
        assert _difference(np.rot90(cell, -quarters), np.fliplr(page)) < 4


def test_pages_come_in_their_order() -> None:
    made = printing.sheets(_pdf(*[(300, 400)] * 5), 2, "a4")
    triangles = [sheet[_block(sheet)[1] :, :] for sheet in _seen(made.data, 1)]
    is_blue = [bool(((sheet[..., 2] > 200) & (sheet[..., 0] < 50)).any()) for sheet in triangles]
    assert made.pages == 5
    assert is_blue == [False, True, False, True, False]


def test_nothing_becomes_larger_than_it_was() -> None:
    (sheet,) = _seen(printing.sheets(_pdf((100, 150)), 4, "a4").data)
    left, top, right, bottom = _block(sheet)
    assert (right - left, bottom - top) == pytest.approx((200 * PX, 300 * PX), abs=2)


def test_a_page_of_another_shape_keeps_within_the_cuts_of_the_first() -> None:
    data = _pdf((300, 400), (400, 300), (900, 900), (50, 50))
    first, *others = _seen(printing.sheets(data, 4, "a4").data)
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
    (page,) = _seen(data, 1)
    (sheet,) = _seen(printing.sheets(data, 4, "a4").data)
    is_wide = page.shape[1] > page.shape[0]
    for cell in _cells(sheet, 2, 2):
        assert _difference(np.rot90(cell, -1) if is_wide and cell.shape[0] > cell.shape[1] else cell, page) < 4


def test_what_lies_outside_of_the_trimmed_page_is_cut_off() -> None:
    with pikepdf.open(io.BytesIO(_pdf((300, 400)))) as pdf:
        pdf.pages[0].obj.TrimBox = Array([20, 20, 280, 380])
        data = pages.saved(pdf)
    (sheet,) = _seen(printing.sheets(data, 2, "a4").data)
    left, top, right, bottom = _block(sheet)
    assert sorted((right - left, bottom - top)) == pytest.approx(sorted((520 * PX, 360 * PX)), abs=3)


def test_a_senseless_edge_for_trimming_is_not_followed() -> None:
    with pikepdf.open(io.BytesIO(_pdf((300, 400)))) as pdf:
        pdf.pages[0].obj.TrimBox = Array([0, 0, 0, 0])
        data = pages.saved(pdf)
    assert printing.sheets(data, 2, "a4").data == printing.sheets(_pdf((300, 400)), 2, "a4").data


@pytest.mark.parametrize("make", [corpus.jpeg, corpus.png])
def test_a_picture_becomes_a_page(make: Any) -> None:
    picture = images.rebuild(make())
    (sheet,) = _seen(printing.sheets(picture.data, 2, "letter").data)
    with Image.open(io.BytesIO(picture.data)) as image:
        expected = np.asarray(image.convert("RGB")).astype(np.int16)
    left, _, right, _ = _block(sheet)
    assert sheet.shape[1] - (right - left) >= 2 * UNPRINTED_PX
    if make is corpus.jpeg:
        for cell in _cells(sheet, 1, 2):
            assert _difference(cell, expected) < 4


# In grey.


def _most_colour(page: Any) -> int:
    return int(_colour(page).max())


def _is_as_bright(data: bytes, made: bytes) -> bool:
    weights = np.array([0.299, 0.587, 0.114])
    return all(
        float(np.abs(before @ weights - after @ weights).mean()) < 3
        for before, after in zip(_seen(data, 1), _seen(made, 1), strict=True)
    )


def _kinds(data: bytes) -> list[set[str]]:
    """For each page the operators that it draws with."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return [{str(drawn.operator) for drawn in pikepdf.parse_content_stream(page)} for page in pdf.pages]


def _inks(pdf: pikepdf.Pdf) -> Dictionary:
    """A colour space of one ink, one of a table, one calibrated, one by lightness."""
    tint = pdf.make_stream(b"{dup 0.9 mul exch 0.2 mul 0 0}", FunctionType=4, Domain=[0, 1], Range=[0, 1] * 4)
    return Dictionary(
        Ink=Array([Name.Separation, Name.Violet, Name.DeviceCMYK, tint]),
        Table=Array([Name.Indexed, Name.DeviceRGB, 1, pikepdf.String(b"\xff\x00\x00\x00\x80\x00")]),
        Measured=Array([Name.CalRGB, Dictionary(WhitePoint=[0.95, 1, 1.09])]),
        Light=Array([Name.Lab, Dictionary(WhitePoint=[0.95, 1, 1.09], Range=[-100, 100, -100, 100])]),
    )


COLOURED = (
    b"0.9 0.1 0.2 rg 10 10 20 20 re f 0.2 0.9 0.1 RG 4 w 40 10 m 60 30 l S 0.8 0.1 0 0.1 k 70 10 20 20 re f",
    b"/Ink cs 0.7 scn 10 40 20 20 re f /Table cs 1 sc 40 40 20 20 re f /Measured cs 0 0 1 sc 70 40 20 20 re f",
    b"/Light CS 50 60 -4 SC 4 w 9 9 m 9 30 l S q /DeviceRGB cs 1 1 0 sc Q 99 40 9 9 re f /Ink cs 0.3 scn 5 5 9 9 re f",
)


def test_each_colour_of_text_and_drawings_becomes_the_grey_it_is_seen_as() -> None:
    with pikepdf.new() as pdf:
        for content in COLOURED:
            page = pdf.add_blank_page(page_size=(200, 100))
            page.Resources = Dictionary(ColorSpace=_inks(pdf))
            page.Contents = pdf.make_stream(content)
        data = pages.saved(pdf)
    made = printing.grey(data).data
    assert all(_most_colour(page) > 100 for page in _seen(data, 1))
    assert all(_most_colour(page) == 0 for page in _seen(made, 1))
    assert _is_as_bright(data, made)
    # It stays a drawing, whose only colours are greys.
    assert not set().union(*_kinds(made)) & {"rg", "RG", "k", "K", "sc", "scn", "SC", "SCN", "cs", "CS", "Do"}


def test_words_stay_words() -> None:
    fonts = Dictionary(Font=Dictionary(F=Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)))
    data = pdfs.rebuild(pages.made(b"1 0 0 rg BT /F 12 Tf 20 50 Td (Free them) Tj ET", resources=fonts)).data
    made = printing.grey(data).data
    with pypdfium2.PdfDocument(made) as document:
        assert document[0].get_textpage().get_text_bounded() == "Free them"
    assert _most_colour(_seen(made)[0]) == 0


def test_pictures_inside_become_grey_and_keep_their_masks() -> None:
    data = with_photo((300, 200), mask=True)
    made = printing.grey(data).data
    assert _most_colour(_seen(made, 1)[0]) == 0
    assert _is_as_bright(data, made)
    with pikepdf.open(io.BytesIO(made)) as pdf:
        (image,) = pdf.pages[0].obj.Resources.XObject.values()
        assert image.ColorSpace == Name.DeviceGray
        assert "/SMask" in image


HARD = {
    "shading": b"/Sh sh",
    "mixing": b"1 0 0 rg 10 10 80 80 re f /Mix gs 0 1 0 rg 50 50 80 40 re f",
    "inline": b"q 60 0 0 60 10 10 cm BI /W 1 /H 1 /CS /RGB /BPC 8 /F /AHx ID ff4000> EI Q",
    "through": b"/Through cs 1 0 0 /Dots scn 0 0 200 100 re f",
}


@pytest.mark.parametrize("name", HARD)
def test_what_has_no_single_colour_becomes_a_grey_picture_for_print(name: str) -> None:
    with pikepdf.new() as pdf:
        fades = Dictionary(FunctionType=2, Domain=[0, 1], C0=[1, 0, 0], C1=[0, 0, 1], N=1)
        shading = Dictionary(ShadingType=2, ColorSpace=Name.DeviceRGB, Coords=[0, 0, 200, 0], Function=fades)
        dots = pdf.make_stream(b"0 0 20 20 re f", PatternType=1, PaintType=2, TilingType=1, BBox=[0, 0, 40, 40])
        dots.XStep, dots.YStep, dots.Resources = 40, 40, Dictionary()
        mixing = Dictionary(BM=Name.Difference if name == "mixing" else Name.Normal)
        page = pdf.add_blank_page(page_size=(200, 100))
        page.Resources = Dictionary(
            ColorSpace=Dictionary(Through=Array([Name.Pattern, Name.DeviceRGB])),
            Pattern=Dictionary(Dots=dots),
            ExtGState=Dictionary(Mix=mixing),
            Shading=Dictionary(Sh=shading) if name == "shading" else Dictionary(),
        )
        page.Contents = pdf.make_stream(HARD[name])
        data = pages.saved(pdf)
    assert _most_colour(_seen(data, 1)[0]) > 50
    made = printing.grey(data).data
    assert _most_colour(_seen(made)[0]) == 0
    assert _is_as_bright(data, made)
    with pikepdf.open(io.BytesIO(made)) as pdf:
        (image,) = pdf.pages[0].obj.Resources.XObject.values()
        assert image.Width / (200 / 72) >= 200
        assert image.ColorSpace == Name.DeviceGray


def test_one_hard_page_leaves_the_others_sharp() -> None:
    made = printing.grey(pdfs.rebuild(typst.compile(test_pdfs.SET_BY_TYPST, ignore_system_fonts=True)).data).data
    first, second = _kinds(made)
    assert "Do" in first
    assert "Tj" in second or "TJ" in second
    assert all(_most_colour(page) == 0 for page in _seen(made, 1))


def test_planted_pages_and_pictures_come_out_grey() -> None:
    rebuilt = [pdfs.rebuild(corpus.planted_pdf()).data, images.rebuild(corpus.jpeg()).data]
    for data in (*rebuilt, images.rebuild(corpus.png()).data):
        assert all(_most_colour(page) == 0 for page in _seen(printing.grey(data).data, 1))


# To send on.


def with_photo(size: tuple[int, int], *, mask: bool = False, drawn: tuple[int, int] = (150, 100)) -> bytes:
    """A page with words and a photo of so many pixels."""
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
        return pages.saved(pdf)


@pytest.mark.parametrize("mask", [False, True])
def test_large_pictures_become_smaller_and_look_alike(mask: bool) -> None:
    data = with_photo((1500, 1000), mask=mask)
    made = printing.screen(data).data
    assert len(made) < len(data) / 3
    assert _difference(_seen(made, 1)[0], _seen(data, 1)[0]) < 2
    with pikepdf.open(io.BytesIO(made)) as pdf:
        (image,) = pdf.pages[0].obj.Resources.XObject.values()
        assert image.Width == pytest.approx(150 / 72 * 110, abs=1)
        assert ("/SMask" in image) == mask


def test_a_picture_within_a_form_is_measured_where_it_is_drawn() -> None:
    data = with_photo((1500, 1000))
    with pikepdf.open(io.BytesIO(data)) as pdf:
        page = pdf.pages[0].obj
        form = pdf.make_stream(page.Contents.read_bytes(), Type=Name.XObject, Subtype=Name.Form, BBox=page.MediaBox)
        form.Resources = page.Resources
        page.Resources = Dictionary(XObject=Dictionary(F=form))
        page.Contents = pdf.make_stream(b"0.5 0 0 0.5 0 0 cm /F Do")
        data = pages.saved(pdf)
    with pikepdf.open(io.BytesIO(printing.screen(data).data)) as pdf:
        (image,) = pdf.pages[0].obj.Resources.XObject.F.Resources.XObject.values()
        assert image.Width == pytest.approx(75 / 72 * 110, abs=1)


def test_pictures_that_are_small_enough_stay_as_they_are() -> None:
    data = with_photo((200, 130))
    with pikepdf.open(io.BytesIO(data)) as before, pikepdf.open(io.BytesIO(printing.screen(data).data)) as after:
        one, other = (next(iter(pdf.pages[0].obj.Resources.XObject.values())) for pdf in (before, after))
        assert one.read_raw_bytes() == other.read_raw_bytes()


# In the child.


@pytest.mark.parametrize("job", sandbox.PRINTED)
def test_the_child_makes_the_same_as_is_made_outside(job: Any) -> None:
    for data in (pdfs.rebuild(corpus.planted_pdf()).data, images.rebuild(corpus.jpeg()).data):
        assert sandbox.run(job, data) == getattr(printing, job)(data)


def test_equal_leaflets_give_equal_bytes() -> None:
    data = with_photo((900, 600))
    for job in sandbox.PRINTED:
        assert getattr(printing, job)(data).data == getattr(printing, job)(data).data


@pytest.mark.load
def test_forty_hard_pages_and_a_large_picture_fit_the_limits() -> None:
    with pikepdf.new() as pdf:
        fades = Dictionary(FunctionType=2, Domain=[0, 1], C0=[1, 0, 0], C1=[0, 0, 1], N=1)
        shading = Dictionary(ShadingType=2, ColorSpace=Name.DeviceRGB, Coords=[0, 0, 595, 0], Function=fades)
        for _ in range(40):
            page = pdf.add_blank_page(page_size=(595, 842))
            page.Resources = Dictionary(Shading=Dictionary(Sh=shading))
            page.Contents = pdf.make_stream(b"/Sh sh")
        hard = pages.saved(pdf)
    for data in (hard, with_photo((8000, 6000))):
        for job in sandbox.PRINTED:
            assert sandbox.run(job, data).data
