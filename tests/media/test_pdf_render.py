"""What pages look like: the first ones in two sizes, all others in one that can be read."""

from __future__ import annotations

import io

import pikepdf
import pytest
from pikepdf import Dictionary, Name
from PIL import Image

from organizer.media import pdf_render, pdfs, sandbox
from tests.media import pages

A4 = (595, 842)


def _grey(number: int) -> bytes:
    """What the page with this number draws: it is as light as its number is high."""
    return b"%.3f g 0 0 2000 2000 re f" % (number / 50)


def _pdf(count: int, size: tuple[float, float] = A4) -> bytes:
    with pikepdf.new() as pdf:
        for number in range(1, count + 1):
            pdf.add_blank_page(page_size=size).Contents = pdf.make_stream(_grey(number))
        return pdfs.rebuild(pages.saved(pdf)).data


def _shown(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("L")


def test_the_first_pages_and_the_further_ones_are_all_pages_in_their_order() -> None:
    rebuilt = pdfs.rebuild(_pdf(40))
    further = pdf_render.further_pages(rebuilt.data)
    pictures = [*rebuilt.previews, *further.previews]
    greys = [_shown(picture.data).getpixel((9, 9)) for picture in pictures]
    assert greys == pytest.approx([number * 255 / 50 for number in range(1, 41)], abs=2)
    assert (further.data, further.pages, further.text) == (b"", 40, "")


def test_a_further_page_is_one_picture_that_can_be_read() -> None:
    (picture,) = pdf_render.further_pages(_pdf(5)).previews
    assert (picture.content_type, picture.width, picture.height) == ("image/webp", 800, 1132)
    assert picture.previews == ()
    assert _shown(picture.data).size == (800, 1132)


@pytest.mark.parametrize("count", [1, 4])
def test_where_the_first_pages_are_all_there_is_nothing_further(count: int) -> None:
    assert pdf_render.further_pages(_pdf(count)).previews == ()


@pytest.mark.parametrize(("size", "shown"), [((100, 2000), (80, 1600)), ((14_400, 3), (800, 1))])
def test_a_page_of_an_odd_shape_is_not_too_large(size: tuple[int, int], shown: tuple[int, int]) -> None:
    (picture,) = pdf_render.further_pages(_pdf(5, size)).previews
    assert (picture.width, picture.height) == shown


def test_the_child_does_it_too() -> None:
    data = _pdf(6)
    assert sandbox.run("further_pages", data) == pdf_render.further_pages(data)


@pytest.mark.load
def test_forty_pages_full_of_letters_and_fades_fit_the_limits() -> None:
    fades = Dictionary(FunctionType=2, Domain=[0, 1], C0=[1, 0, 0], C1=[0, 0, 1], N=1)
    shading = Dictionary(ShadingType=2, ColorSpace=Name.DeviceRGB, Coords=[0, 0, 595, 0], Function=fades)
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    lines = b" ".join(b"BT /F 9 Tf 20 %d Td (%s) Tj ET" % (y, b"Marigold " * 20) for y in range(0, 842, 10))
    with pikepdf.new() as pdf:
        for _ in range(40):
            page = pdf.add_blank_page(page_size=A4)
            page.Resources = Dictionary(Shading=Dictionary(Sh=shading), Font=Dictionary(F=font))
            page.Contents = pdf.make_stream(b"/Sh sh 0 g " + lines)
        data = sandbox.run("pdfs", pages.saved(pdf)).data
    assert len(sandbox.run("further_pages", data).previews) == 36
