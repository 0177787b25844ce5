"""A code on a corner: read again from the rendered page, where it belongs, and nothing else of the page changed."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name
from PIL import Image

from organizer.media import Picture, RebuiltPdf, Refused, sandbox, stamps
from organizer.media.corners import Corner, Pages, Stamp, frame, unframe
from tests.media import corpus, qr

ADDRESS = "https://organizer.example/l/CD7K5MN"
WORDS = "CD7 K5MN"
A5 = (420, 595)
MM = 72 / 25.4
PLACES = {
    Corner.TOP_LEFT: (0, 0),
    Corner.TOP_RIGHT: (1, 0),
    Corner.BOTTOM_LEFT: (0, 1),
    Corner.BOTTOM_RIGHT: (1, 1),
}
# As odd as contents that are drawn alike may end: scaled, turned, clipped, and more taken off the stack than was put.
UGLY = b"Q 0.9 1 0.95 rg 0 0 2000 2000 re f 0.3 0.1 -0.1 0.3 50 50 cm 0 0 10 10 re W n q q"


def pdf(content: bytes = UGLY, size: tuple[float, float] = A5, count: int = 3, **page_keys: Any) -> bytes:
    with pikepdf.new() as made:
        for _page in range(count):
            page = made.add_blank_page(page_size=size)
            page.Contents = made.make_stream(content)
            for key, value in page_keys.items():
                page.obj[f"/{key}"] = value
        written = io.BytesIO()
        made.save(written)
        return written.getvalue()


def jpeg(size: tuple[int, int] = (1800, 2560), mode: str = "RGB") -> bytes:
    return saved(Image.radial_gradient("L").resize(size).convert(mode), "JPEG", quality=88)


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    written = io.BytesIO()
    image.save(written, kind, **options)
    return written.getvalue()


def stamped(data: bytes, corner: Corner = Corner.BOTTOM_RIGHT, pages: Pages = Pages.ALL) -> Picture | RebuiltPdf:
    return stamps.stamp(frame(data, Stamp(ADDRESS, WORDS, corner, pages)))


def is_in(corner: Corner, place: tuple[float, float]) -> bool:
    return all(abs(at - wanted) < 0.35 for at, wanted in zip(place, PLACES[corner], strict=True))


def test_what_is_asked_for_arrives_as_it_was_sent() -> None:
    stamp = Stamp(ADDRESS, WORDS, Corner.TOP_LEFT, Pages.FIRST)
    assert unframe(frame(b"%PDF-", stamp)) == (b"%PDF-", stamp)


# In a PDF.


@pytest.mark.parametrize("turned", [0, 90, 180, 270, -90])
@pytest.mark.parametrize("corner", Corner)
def test_a_code_is_read_in_its_corner_whichever_way_the_page_is_turned(corner: Corner, turned: int) -> None:
    made = stamped(pdf(count=1, Rotate=turned), corner)
    (page,) = qr.pages(made.data)
    codes = qr.codes_on(page)
    assert set(codes) == {ADDRESS}
    assert is_in(corner, codes[ADDRESS])


@pytest.mark.parametrize(
    ("pages", "on"), [(Pages.FIRST, [True, False, False]), (Pages.LAST, [False, False, True]), (Pages.ALL, [True] * 3)]
)
def test_a_code_stands_on_the_pages_that_were_chosen(pages: Pages, on: list[bool]) -> None:
    made = stamped(pdf(), pages=pages)
    assert isinstance(made, RebuiltPdf)
    assert made.pages == 3
    assert [ADDRESS in qr.codes_on(page) for page in qr.pages(made.data)] == on


@pytest.mark.parametrize("turned", [0, 90])
@pytest.mark.parametrize("corner", Corner)
def test_a_cropped_page_has_it_in_the_corner_that_is_seen(corner: Corner, turned: int) -> None:
    cropped = pdf(size=(800, 900), count=1, MediaBox=Array([-100, -50, 700, 850]), CropBox=Array([50, 100, 470, 695]))
    made = stamped(_with(cropped, Rotate=turned), corner)
    (page,) = qr.pages(made.data)
    assert sorted(page.size) == [1260, 1785]
    assert is_in(corner, qr.codes_on(page)[ADDRESS])


def _with(data: bytes, **keys: Any) -> bytes:
    with pikepdf.open(io.BytesIO(data)) as opened:
        for key, value in keys.items():
            opened.pages[0].obj[f"/{key}"] = value
        written = io.BytesIO()
        opened.save(written)
        return written.getvalue()


def test_the_code_has_its_size_its_quiet_zone_and_its_margin() -> None:
    made = stamped(pdf(b"0.2 g 0 0 2000 2000 re f", count=1))
    (page,) = qr.pages(made.data, scale=4)
    white = np.argwhere(np.asarray(page.convert("L")) > 250)
    top, left = white.min(axis=0)
    bottom, right = white.max(axis=0) + 1
    side = 20 * 37 / 29 * MM * 4
    assert right - left == pytest.approx(side, abs=2)
    assert bottom - top == pytest.approx(side * 41 / 37, abs=2)
    assert page.width - right == pytest.approx(5 * MM * 4, abs=2)
    assert page.height - bottom == pytest.approx(5 * MM * 4, abs=2)
    module = side / 37
    ground = np.asarray(page.convert("L").crop((int(left), int(top), int(right), int(bottom))))
    dark = np.argwhere(ground[: int(module * 36)] < 128)
    assert dark.min() >= int(module * 4) - 1
    assert dark.max() <= int(module * 33) + 1


@pytest.mark.parametrize("turned", [0, 90])
@pytest.mark.parametrize("corner", Corner)
def test_the_short_code_stands_below_in_letters(corner: Corner, turned: int) -> None:
    made = stamped(pdf(b"0.2 g 0 0 2000 2000 re f", count=1, Rotate=turned), corner)
    check_words(qr.pages(made.data, scale=8)[0])


def check_words(shown: Image.Image) -> None:
    """There are black signs in a row below the quiet zone, in the middle; around the ground all is dark."""
    grey = np.asarray(shown.convert("L"))
    rows, columns = np.nonzero(grey > 200)
    ground = grey[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    module = ground.shape[1] / 37
    below = ground[round(33.5 * module) :] < 128
    down, across = (np.unique(places) for places in np.nonzero(below))
    # Two of the seven may touch.
    assert 1 + np.count_nonzero(np.diff(across) > 1) in (6, 7)
    assert (across[0] + across[-1]) / 2 == pytest.approx(ground.shape[1] / 2, abs=module)
    assert 14 * module < across[-1] - across[0] < 24 * module
    # A quiet zone above them, and white below.
    assert down[0] >= 3 * module
    assert 2 * module < down[-1] - down[0] < 3 * module
    assert len(below) - down[-1] > module


def test_the_rest_of_the_page_looks_as_it_did() -> None:
    content = b"0.9 0.2 0.1 rg 20 20 300 300 re f 0 0 1 RG 8 w 0 0 m 420 595 l S"
    before, after = qr.pages(pdf(content, count=1))[0], qr.pages(stamped(pdf(content, count=1)).data)[0]
    different = np.argwhere((np.asarray(before) != np.asarray(after)).any(axis=2))
    top, left = different.min(axis=0)
    assert left > before.width - 35 * MM * 3
    assert top > before.height - 38 * MM * 3


def test_links_and_transparency_of_a_page_stay() -> None:
    link = Dictionary(
        Type=Name.Annot,
        Subtype=Name.Link,
        Rect=Array([10, 10, 90, 30]),
        A=Dictionary(S=Name.URI, URI="https://example.org/take-part"),
    )
    group = Dictionary(S=Name.Transparency, CS=Name.DeviceRGB)
    made = stamped(pdf(count=1, Annots=Array([link]), Group=group))
    with pikepdf.open(io.BytesIO(made.data)) as opened:
        page = opened.pages[0].obj
        assert str(page.Annots[0].A.URI) == "https://example.org/take-part"
        assert Name.Transparency == page.Group.S


@pytest.mark.parametrize("unit", [1, 2])
def test_a_page_in_larger_units_has_a_code_of_the_same_size(unit: int) -> None:
    made = stamped(pdf(b"0.2 g 0 0 2000 2000 re f", count=1, UserUnit=unit))
    with pikepdf.open(io.BytesIO(made.data)) as opened:
        ground = opened.pages[0].Contents.read_bytes().split(b"1 g ")[1].split()
    assert float(ground[2]) * unit == pytest.approx(20 * 37 / 29 * MM, abs=0.01)


def test_a_small_page_has_a_smaller_code_and_a_tiny_one_none() -> None:
    (page,) = qr.pages(stamped(pdf(size=(120, 160), count=1)).data, scale=8)
    assert ADDRESS in qr.codes_on(page)
    with pytest.raises(Refused, match="no room"):
        stamped(pdf(size=(60, 400), count=1))


@pytest.mark.parametrize("contents", [Array([]), None])
def test_an_empty_page_is_stamped_too(contents: Any) -> None:
    data = pdf(count=1) if contents is None else pdf(count=1, Contents=contents)
    if contents is None:
        with pikepdf.open(io.BytesIO(data)) as opened:
            del opened.pages[0].obj["/Contents"]
            written = io.BytesIO()
            opened.save(written)
            data = written.getvalue()
    assert ADDRESS in qr.codes_on(qr.pages(stamped(data).data)[0])


def test_what_is_no_pdf_any_more_is_refused() -> None:
    with pytest.raises(Refused):
        stamped(b"%PDF-1.7 nothing")


# In a picture.


@pytest.mark.parametrize("corner", Corner)
@pytest.mark.parametrize("size", [(1800, 2560), (2560, 1800), (900, 600)])
def test_a_picture_has_it_in_its_corner(corner: Corner, size: tuple[int, int]) -> None:
    made = stamped(jpeg(size), corner)
    assert isinstance(made, Picture)
    assert (made.content_type, made.width, made.height) == ("image/jpeg", *size)
    assert is_in(corner, qr.codes_on(qr.picture(made.data))[ADDRESS])


@pytest.mark.parametrize("corner", Corner)
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_picture_has_the_short_code_in_letters(kind: str, corner: Corner) -> None:
    dark = Image.new("RGB", (1800, 2560), (51, 51, 51))
    check_words(qr.picture(stamped(saved(dark, kind), corner).data))


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
def test_a_drawing_stays_one_and_its_code_is_on_white(mode: str) -> None:
    drawing = Image.new(mode, (1200, 1600))
    made = stamped(saved(drawing, "PNG"))
    assert isinstance(made, Picture)
    assert made.content_type == "image/png"
    shown = qr.picture(made.data)
    assert shown.mode == mode
    assert ADDRESS in qr.codes_on(shown)


def test_a_picture_that_is_too_small_is_refused() -> None:
    with pytest.raises(Refused, match="no room"):
        stamped(jpeg((300, 200)))


def test_nothing_rides_along_in_a_stamped_picture() -> None:
    assert corpus.canaries(corpus.jpeg())
    assert corpus.canaries(stamped(corpus.jpeg()).data) == set()


@pytest.mark.parametrize("data", [pdf(count=1), jpeg((900, 600)), b"neither"], ids=["pdf", "picture", "neither"])
def test_the_child_does_it_too(data: bytes) -> None:
    """Fonts and readers are loaded before its rights go."""
    asked = frame(data, Stamp(ADDRESS, WORDS))
    if data == b"neither":
        with pytest.raises(Refused):
            sandbox.run("stamps", asked)
        return
    made = sandbox.run("stamps", asked)
    shown = qr.pages(made.data)[0] if isinstance(made, RebuiltPdf) else qr.picture(made.data)
    assert ADDRESS in qr.codes_on(shown)
