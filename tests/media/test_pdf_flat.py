"""Pages as pictures: they look the same, and nothing else is left of them."""

from __future__ import annotations

import io

import numpy as np
import pikepdf
import pypdfium2
import pytest
from pikepdf import Array, Dictionary, Name

from organizer.media import RebuiltPdf, Refused, Removed, pdf_flat, pdfs, sandbox
from tests.media import corpus, pages

FONTS = Dictionary(Font=Dictionary(F=Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)))
SECRET = "Marigold"
BLACKED_OUT = b"BT /F 40 Tf 20 40 Td (Marigold) Tj ET 0 g 10 30 180 60 re f"
RED = b"1 0 0 rg 0 0 100 100 re f"


def _flat(data: bytes) -> RebuiltPdf:
    return pdf_flat.flatten(pdfs.rebuild(data).data)


def _pictures(data: bytes) -> list[pikepdf.Object]:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return [pikepdf.Object.parse(page.Resources.XObject.Page.stream_dict.unparse()) for page in pdf.pages]


def test_nothing_is_left_under_a_black_box() -> None:
    made = pdfs.rebuild(pages.made(BLACKED_OUT, resources=FONTS))
    assert SECRET in made.text
    flat = pdf_flat.flatten(made.data)
    assert flat.text == ""
    with pypdfium2.PdfDocument(flat.data) as document:
        assert document[0].get_textpage().get_text_bounded() == ""
        box = document[0].render(scale=200 / 72).to_numpy()[60:180, 60:480]
    assert int(box.max()) == 0
    with pikepdf.open(io.BytesIO(flat.data)) as pdf:
        assert set(pdf.pages[0].obj.keys()) == {"/Type", "/Parent", "/MediaBox", "/Resources", "/Contents"}
        assert set(pdf.pages[0].Resources.keys()) == {"/XObject"}
        assert "/Font" not in b"".join(item.unparse(resolved=True) for item in pdf.objects).decode("latin-1")


def test_pages_look_as_before_and_keep_their_sizes() -> None:
    made = pdfs.rebuild(corpus.planted_pdf())
    flat = pdf_flat.flatten(made.data)
    assert flat.pages == made.pages
    for before, after in zip(pages.drawn(made.data), pages.drawn(flat.data), strict=True):
        assert before.shape == after.shape
        assert np.abs(before - after).mean() < 2
    assert corpus.pdf_canaries(flat.data) == set()


@pytest.mark.parametrize(("angle", "size"), [(0, (200, 100)), (90, (100, 200)), (270, (100, 200))])
def test_a_turned_and_cropped_page_is_what_is_seen_of_it(angle: int, size: tuple[int, int]) -> None:
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(300, 300))
        page.Contents = pdf.make_stream(b"1 0 0 rg 50 50 100 100 re f 0 0 1 rg 0 0 40 40 re f")
        page.obj.CropBox, page.obj.Rotate = Array([50, 50, 250, 150]), angle
        data = pages.saved(pdf)
    made = pdfs.rebuild(data)
    flat = pdf_flat.flatten(made.data)
    with pypdfium2.PdfDocument(flat.data) as document:
        assert document[0].get_size() == size
    (before,), (after,) = pages.drawn(made.data), pages.drawn(flat.data)
    assert np.abs(before - after).mean() < 2


def test_words_and_links_are_told_as_taken_out() -> None:
    assert _flat(pages.made(BLACKED_OUT, resources=FONTS)).removed == (Removed.WORDS,)
    assert _flat(pages.made(RED)).removed == ()
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(200, 100))
        action = Dictionary(S=Name.URI, URI="https://example.org/")
        page.obj.Annots = Array([Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=action)])
        flat = _flat(pages.saved(pdf))
    assert flat.removed == (Removed.WORDS,)
    assert flat.links == ()
    assert b"example.org" not in flat.data


def test_pages_have_print_density() -> None:
    (picture,) = _pictures(_flat(pages.made(RED)).data)
    assert [int(picture.Width), int(picture.Height)] == [556, 278]


@pytest.mark.parametrize(
    ("sides", "count"), [((2384, 3370), 1), ((14_400, 14_400), 3), ((14_400, 3), 1), ((842, 1191), 24)]
)
def test_large_pages_and_many_have_fewer_dots(sides: tuple[int, int], count: int) -> None:
    with pikepdf.new() as pdf:
        for _ in range(count):
            pdf.add_blank_page(page_size=sides)
        flat = _flat(pages.saved(pdf))
    pixels = [int(picture.Width) * int(picture.Height) for picture in _pictures(flat.data)]
    assert flat.pages == count
    assert max(pixels) <= 1.01 * pdf_flat.PAGE_PIXELS
    assert sum(pixels) <= 1.01 * pdf_flat.DOCUMENT_PIXELS
    with pypdfium2.PdfDocument(flat.data) as document:
        assert document[0].get_size() == sides


def test_grey_pages_are_exact_and_colours_are_kept() -> None:
    exact, red = _pictures(_flat(pages.made(b"0.5 g 0 0 90 90 re f", RED)).data)
    assert (exact.ColorSpace, exact.Filter) == (Name.DeviceGray, Name.FlateDecode)
    assert (red.ColorSpace, red.Filter) == (Name.DeviceRGB, Name.DCTDecode)


def test_previews_show_the_pictures() -> None:
    flat = _flat(pages.made(*[RED] * 6))
    assert [(preview.width, preview.height) for preview in flat.previews] == [(1200, 600)] * 4
    assert {preview.content_type for preview in flat.previews} == {"image/webp"}


def test_equal_pages_give_equal_bytes() -> None:
    data = pages.made(RED, BLACKED_OUT, resources=FONTS)
    assert _flat(data) == _flat(data)


def test_the_sandbox_does_it_within_its_limits() -> None:
    made = sandbox.run("pdfs", corpus.planted_pdf())
    assert sandbox.run("flat_pdfs", made.data) == pdf_flat.flatten(made.data)


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"words"])
def test_what_is_no_pdf_is_refused(data: bytes) -> None:
    with pytest.raises(Refused, match="This PDF is damaged"):
        sandbox.run("flat_pdfs", data)


def _long(count: int, size: tuple[int, int]) -> bytes:
    """Pages full of letters in all colours."""
    lines = b" ".join(
        b"BT /F 9 Tf 20 %d Td 0 .%d 1 rg (%s) Tj ET" % (y, y % 9, b"Marigold " * 20) for y in range(0, size[1], 10)
    )
    with pikepdf.new() as pdf:
        for _ in range(count):
            page = pdf.add_blank_page(page_size=size)
            page.Contents, page.Resources = pdf.make_stream(lines), FONTS
        return pages.saved(pdf)


@pytest.mark.load
@pytest.mark.parametrize(("count", "size"), [(40, (595, 842)), (10, (1191, 1684)), (1, (14_400, 14_400))])
def test_the_largest_that_is_taken_fits_into_the_limits(count: int, size: tuple[int, int]) -> None:
    made = sandbox.run("pdfs", _long(count, size))
    assert sandbox.run("flat_pdfs", made.data).pages == count
