"""How large pages are, and what of them is seen."""

from __future__ import annotations

import io
from typing import Any

import pikepdf
import pypdfium2
import pytest
from pikepdf import Array, Dictionary, Name, String

from organizer.media import pdf_flat, pdf_sheets, pdfs
from tests.media import looking, pages

FADE = (
    b"<</Pattern<</P<</PatternType 2/Matrix[1 0 0 1 20 0]/Shading<</ShadingType 2/ColorSpace/DeviceRGB"
    b"/Coords[0 0 100 0]/Function<</FunctionType 2/Domain[0 1]/C0[1 0 0]/C1[0 0 1]/N 1>>>>>>>>>>"
)
FADED = b"/Pattern cs /P scn 20 20 100 200 re f 0 g 150 250 30 30 re f"


def _page(size: tuple[float, float] = (200, 300), content: bytes = FADED, **keys: Any) -> bytes:
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=size).obj
        page.Contents, page.Resources = pdf.make_stream(content), pikepdf.Object.parse(FADE)
        page.update(Dictionary(**keys))
        return pages.saved(pdf)


def _size(data: bytes) -> tuple[float, float]:
    with pypdfium2.PdfDocument(data) as document:
        return document[0].get_size()


def test_a_page_of_large_units_is_as_large_as_it_says_on_the_page_in_pictures_and_on_sheets() -> None:
    once, twice = pdfs.rebuild(_page()).data, pdfs.rebuild(_page(UserUnit=2)).data
    assert _size(twice) == (400, 600)
    assert _size(pdf_flat.flatten(twice).data) == (400, 600)
    (small,), (large,) = looking.pages(once), looking.pages(twice)
    assert pages.difference(large, small) < 2
    big = pdfs.rebuild(_page((400, 600), b"2 0 0 2 0 0 cm 0 g 150 250 30 30 re f")).data
    same = pdfs.rebuild(_page(UserUnit=2, content=b"0 g 150 250 30 30 re f")).data
    sheets = [pdf_sheets.arrange(data, 2, "a4")[0] for data in (big, same)]
    assert looking.off(*sheets) < looking.MOST_OFF


def test_all_edges_and_links_grow_with_the_units_and_nothing_tells_of_them() -> None:
    link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([20, 30, 40, 50]))
    link.A = Dictionary(S=Name.URI, URI=String("https://example.org/"))
    keys: dict[str, Any] = {f"{name}Box": Array([10, 10, 190, 290]) for name in ("Crop", "Trim", "Bleed", "Art")}
    rebuilt = pdfs.rebuild(_page(UserUnit=pikepdf.Object.parse(b"1.5"), Annots=Array([link]), **keys))
    with pikepdf.open(io.BytesIO(rebuilt.data)) as pdf:
        page = pdf.pages[0].obj
        assert [float(side) for side in page.MediaBox] == [0, 0, 300, 450]
        for key in keys:
            assert [float(side) for side in page[f"/{key}"]] == [15, 15, 285, 435]
        assert [float(side) for side in page.Annots[0].Rect] == [30, 45, 60, 75]
        assert "/UserUnit" not in page


@pytest.mark.parametrize("unit", [b"0", b"-2", b"/A", b"(2)", b"[2]", b"true", b"null", b"1", b"1.0"])
def test_a_unit_that_means_nothing_is_left_out(unit: bytes) -> None:
    data = pdfs.rebuild(_page(UserUnit=pikepdf.Object.parse(unit))).data
    assert _size(data) == (200, 300)
    assert b"UserUnit" not in data


@pytest.mark.parametrize(("unit", "size"), [(b"1000000", (9600, 14_400)), (b".001", (3, 4.5))])
def test_a_page_never_grows_or_shrinks_beyond_what_readers_show(unit: bytes, size: tuple[float, float]) -> None:
    data = pdfs.rebuild(_page(UserUnit=pikepdf.Object.parse(unit))).data
    assert _size(data) == pytest.approx(size, abs=0.01)


@pytest.mark.parametrize(
    "box", [b"[900 900 950 950]", b"[200 0 400 300]", b"[50 50 50 90]", b"[0 0 0 0]", b"[1 2 3]", b"[/A 0 9 9]", b"7"]
)
def test_a_crop_that_does_not_meet_the_page_is_none(box: bytes) -> None:
    rebuilt = pdfs.rebuild(_page(CropBox=pikepdf.Object.parse(box)))
    assert _size(rebuilt.data) == (200, 300)
    assert (rebuilt.previews[0].width, rebuilt.previews[0].height) == (1200, 1800)


@pytest.mark.parametrize(
    ("box", "size"),
    [(b"[-50 -50 100 100]", (100, 100)), (b"[190 20 10 280]", (180, 260)), (b"[0 0 200 300]", (200, 300))],
)
def test_of_a_crop_that_counts_is_what_lies_on_the_page(box: bytes, size: tuple[float, float]) -> None:
    assert _size(pdfs.rebuild(_page(CropBox=pikepdf.Object.parse(box))).data) == size


def test_a_crop_that_leaves_nothing_to_be_seen_is_refused() -> None:
    assert pages.reason(_page(CropBox=pikepdf.Object.parse(b"[5 5 6 200]"))) == "pdf_damaged"


def test_words_outside_a_page_of_large_units_are_told_to_the_uploader() -> None:
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(200, 300)).obj
        page.Resources = pikepdf.Object.parse(b"<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>")
        page.Contents, page.UserUnit = pdf.make_stream(b"BT /F 9 Tf -500 900 Td (Marigold) Tj ET"), 2
        assert "Marigold" in pdfs.rebuild(pages.saved(pdf)).text
