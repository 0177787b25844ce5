"""Pages in grey, shown by rendering them."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pikepdf
import pypdfium2
import pytest
import typst
from pikepdf import Array, Dictionary, Name

from organizer.media import images, pdfs, printing
from tests.media import corpus, pages, test_pdfs
from tests.media.pages import colour, seen, with_photo


def _most_colour(page: Any) -> int:
    return int(colour(page).max())


def _is_as_bright(data: bytes, made: bytes) -> bool:
    weights = np.array([0.299, 0.587, 0.114])
    return all(
        float(np.abs(before @ weights - after @ weights).mean()) < 3
        for before, after in zip(seen(data, 1), seen(made, 1), strict=True)
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
    assert all(_most_colour(page) > 100 for page in seen(data, 1))
    assert all(_most_colour(page) == 0 for page in seen(made, 1))
    assert _is_as_bright(data, made)
    # It stays a drawing, whose only colours are greys.
    assert not set().union(*_kinds(made)) & {"rg", "RG", "k", "K", "sc", "scn", "SC", "SCN", "cs", "CS", "Do"}


def test_words_stay_words() -> None:
    fonts = Dictionary(Font=Dictionary(F=Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)))
    data = pdfs.rebuild(pages.made(b"1 0 0 rg BT /F 12 Tf 20 50 Td (Free them) Tj ET", resources=fonts)).data
    made = printing.grey(data).data
    with pypdfium2.PdfDocument(made) as document:
        assert document[0].get_textpage().get_text_bounded() == "Free them"
    assert _most_colour(seen(made)[0]) == 0


def test_pictures_inside_become_grey_and_keep_their_masks() -> None:
    data = with_photo((300, 200), mask=True)
    made = printing.grey(data).data
    assert _most_colour(seen(made, 1)[0]) == 0
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
    assert _most_colour(seen(data, 1)[0]) > 50
    made = printing.grey(data).data
    assert _most_colour(seen(made)[0]) == 0
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
    assert all(_most_colour(page) == 0 for page in seen(made, 1))


def test_planted_pages_and_pictures_come_out_grey() -> None:
    rebuilt = [pdfs.rebuild(corpus.planted_pdf()).data, images.rebuild(corpus.jpeg()).data]
    for data in (*rebuilt, images.rebuild(corpus.png()).data):
        assert all(_most_colour(page) == 0 for page in seen(printing.grey(data).data, 1))
