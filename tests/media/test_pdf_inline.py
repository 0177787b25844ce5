"""Images that stand within the content: all that readers draw of them stays, and nothing else."""

from __future__ import annotations

import base64
import io
import zlib

import pikepdf
import pytest
from pikepdf import Dictionary, Name
from PIL import Image

from organizer.media import pdfs
from tests.media import corpus, looking, pages

SECRET = b"BT /F 20 Tf 50 50 Td (Marigold) Tj ET"
DARK = bytes(4)


def _jpeg() -> bytes:
    return corpus.jpeg(Image.new("L", (2, 2), 0))


def _a85(data: bytes) -> bytes:
    return base64.a85encode(data) + b"~>"


def _covered(header: bytes, data: bytes) -> bytes:
    """Return a page with a name, and an image of two by two dots over it."""
    image = b"BI /W 2 /H 2 /BPC 8 " + header + b" ID " + data + b"\nEI Q"
    fonts = Dictionary(Font=Dictionary(F=Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)))
    return pages.made(SECRET + b" q 150 0 0 30 40 42 cm " + image, resources=fonts)


COVERS = {
    "a JPEG": (b"/CS /G /F /DCT", _jpeg()),
    "a JPEG in letters": (b"/CS /G /F [/A85 /DCT]", _a85(_jpeg())),
    "a JPEG in figures": (b"/CS /G /Filter [/AHx /DCTDecode]", _jpeg().hex().encode() + b">"),
    "a JPEG thrice packed": (b"/CS /G /F [/A85 /Fl /DCT] /DP [null null null]", _a85(zlib.compress(_jpeg()))),
    "a JPEG packed with hints": (
        b"/CS /G /F [/Fl /DCT] /DP [<</Predictor 1>> <</ColorTransform 0>>]",
        zlib.compress(_jpeg()),
    ),
    "dots in letters": (b"/CS /G /F [/A85 /Fl]", _a85(zlib.compress(DARK))),
    "a filter with a comment": (b"/CS /G /F [/AHx % CANARY-comment\n]", b"00000000>"),
    "a palette as a string": (b"/CS [/Indexed /DeviceRGB 1 (\\000\\000\\000\\(\\)\\377)]", DARK),
    "a palette in figures": (b"/CS [/I /RGB 1 <000000 ffffff>]", DARK),
    "a mask": (b"/IM true /BPC 1 /D[1 0]", b"\xff\xff"),
}


@pytest.mark.parametrize("case", COVERS)
def test_what_covers_a_name_stays_over_it(case: str) -> None:
    data = _covered(*COVERS[case])
    rebuilt = pdfs.rebuild(data).data
    (before,), (after,) = looking.pages(data), looking.pages(rebuilt)
    assert int(before[48:75, 64:250].max()) == int(after[48:75, 64:250].max()) == 0
    assert looking.left(rebuilt) == set()


@pytest.mark.parametrize(
    ("header", "data", "reason"),
    [
        (b"/CS /G /F [/DCT /A85]", b"", "pdf_complex"),
        (b"/CS /G /F [/A85 /DCT]", _a85(b"no JPEG"), "pdf_damaged"),
        (b"/CS /G /F [/Fl /DCT]", b"not packed", "pdf_complex"),
        (b"/CS /G /F /JPXDecode", b"", "pdf_complex"),
        (b"/CS /G /F (A85)", b"", "pdf_complex"),
        (b"/CS [/Indexed /Other 1 <000000ffffff>]", DARK, "pdf_complex"),
        (b"/CS [/Indexed /RGB 999 <000000ffffff>]", DARK, "pdf_complex"),
        (b"/CS [/CalGray <<>>]", DARK, "pdf_complex"),
        (b"/CS (G)", DARK, "pdf_complex"),
    ],
)
def test_what_cannot_be_kept_is_refused(header: bytes, data: bytes, reason: str) -> None:
    assert pages.reason(_covered(header, data)) == reason


def test_no_more_is_unpacked_than_fits() -> None:
    data = zlib.compress(zlib.compress(bytes(80 << 20), 9), 9)
    assert pages.reason(_covered(b"/CS /G /F [/Fl /Fl /DCT]", data)) in ("pdf_complex", "pdf_damaged", "memory")


def test_a_palette_keeps_only_the_colours_that_are_counted() -> None:
    rebuilt = pdfs.rebuild(_covered(b"/CS [/I /G 0 (\\000CANARY-palette)]", DARK)).data
    assert looking.left(rebuilt) == set()
    with pikepdf.open(io.BytesIO(rebuilt)) as pdf:
        assert b"<00>]" in pdf.pages[0].Contents.read_bytes()


@pytest.mark.parametrize(
    ("header", "data"),
    [
        (b"/CS /G", DARK + b"CANARY-behind"),
        (b"/CS [/I /G 1 <00ff>]", DARK + b"CANARY-behind"),
        (b"/CS /RGB /F /Fl", zlib.compress(bytes(12)) + b"CANARY-behind"),
        (b"/CS /G /F /Fl", zlib.compress(DARK + b"CANARY-more_rows")),
        (b"/CS /G /F /Fl", zlib.compress(DARK + bytes(99)) + b"CANARY-behind"),
    ],
)
def test_nothing_rides_along_behind_the_dots(header: bytes, data: bytes) -> None:
    page = _covered(header, data)
    rebuilt = pdfs.rebuild(page).data
    assert looking.off(page, rebuilt) < looking.MOST_OFF
    assert looking.left(rebuilt) == set()
    with pikepdf.open(io.BytesIO(rebuilt)) as pdf:
        content = pdf.pages[0].Contents.read_bytes()
    packed = content[content.index(b" ID ") + 4 : content.rindex(b"\nEI")]
    assert set(zlib.decompress(packed) if b"/Fl" in header else packed) == {0}
