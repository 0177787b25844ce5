"""TrueType fonts keep what shown letters need: outlines with their parts, widths, codes, names."""

import io
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from organizer.media import font_maps, font_outlines, fonts, sandbox
from tests.media import corpus, looking, pages

KIND = b"\0\1\0\0"
SIMPLE = [b"\0\1" + bytes([number]) * 12 + b"\0\0" for number in range(5)]
PART = b"\0\x20\0\2\0\0" + b"\0\x01\0\3" + bytes(4)
GLYPHS = [SIMPLE[0], b"\xff\xff" + bytes(8) + PART, *SIMPLE[2:], b"\0\1CANARY-glyph\0\0"]
"""The second is put together from the third and the fourth."""


def _numbers(*numbers: int, size: int = 2) -> bytes:
    return b"".join(number.to_bytes(size, "big") for number in numbers)


def _post(*names: bytes) -> bytes:
    told = b"".join(bytes([len(name)]) + name for name in names)
    return b"\0\2\0\0" + bytes(28) + _numbers(len(names), *range(258, 258 + len(names))) + told


def _codes(*maps: tuple[bytes, bytes]) -> bytes:
    head, body, at = b"\0\0" + _numbers(len(maps)), b"", 4 + 8 * len(maps)
    for record, data in maps:
        head += record + _numbers(at + len(body), size=4)
        body += data
    return head + body


BYTES = _numbers(0, 262, 0) + bytes(65) + bytes([1, 2, 5]) + bytes(188)
TRIMMED = _numbers(6, 16, 0, 65, 3, 1, 2, 5)
SEGMENTS = _numbers(4, 42, 0, 4, 4, 1, 0, 67, 0xFFFF, 0, 65, 0xFFFF, 0, 1, 4, 0, 1, 2, 5)
RANGES = _numbers(12, 0) + _numbers(28, 0, 2, 65, 66, 1, 67, 67, 5, size=4)
MAPS = {"bytes": BYTES, "trimmed": TRIMMED, "segments": SEGMENTS, "ranges": RANGES}


def _font(**tables: bytes) -> bytes:
    places, glyf = [0], b""
    for glyph in GLYPHS:
        glyf += glyph
        places.append(len(glyf))
    made = {
        b"head": bytes(50) + b"\0\1\0\0",
        b"maxp": b"\0\1\0\0" + _numbers(len(GLYPHS)) + bytes(26),
        b"loca": _numbers(*places, size=4),
        b"glyf": glyf + b"CANARY-tail!",
        b"hhea": bytes(34) + _numbers(4),
        b"hmtx": _numbers(*range(101, 109), 201, 202),
        b"OS/2": b"\0\4" + bytes(56) + b"CNRY" + bytes(34) + b"CANARY-tail",
        **{name.encode(): table for name, table in tables.items()},
    }
    return fonts.opentype(fonts.written(KIND, made))


def test_shown_letters_keep_outlines_and_widths() -> None:
    written = font_outlines.truetype(_font(post=_post(*[b"CANARY-name"] * 6), cmap=_codes((b"\0\1\0\0", BYTES))), {1})
    tables = fonts.tables(written)
    assert corpus.canaries(written) == set()
    assert b"CNRY" not in written
    assert b"cmap" not in tables
    assert tables[b"post"][:4] == b"\0\3\0\0"
    glyphs = font_outlines._glyphs(tables, len(GLYPHS))
    assert [glyph[: len(whole)] for glyph, whole in zip(glyphs, GLYPHS, strict=True)] == [*GLYPHS[:4], b"", b""]
    assert tables[b"hmtx"] == _numbers(*range(101, 109), 0, 0)
    assert fonts.tables(font_outlines.truetype(written, {0}))[b"hmtx"] == _numbers(101, 102, *[0] * 8)


@pytest.mark.parametrize("name", MAPS)
def test_codes_of_shown_letters_stay(name: str) -> None:
    table = _codes((b"\0\1\0\0", MAPS[name]), (b"\0\3\0\1", MAPS[name]))
    tables = {b"cmap": table, b"post": _post(b"a", b"b", b"c", b"d", b"e", b"CANARY-name")}
    shown = font_maps.shown(tables, {65, 67}, {})
    assert shown is not None
    assert {0, 1, 5} <= shown.glyphs
    assert 2 not in shown.glyphs
    for _, codes in font_maps._maps(font_maps.thinned_codes(table, shown)):
        assert {code: glyph for code, glyph in codes.items() if glyph} == {65: 1, 67: 5}
    assert font_maps._names(font_maps.thinned_names(tables[b"post"], {0, 2})) == [b"a", b"", b"c", b"", b"", b""]


@pytest.mark.parametrize(
    ("names", "is_sure"),
    [({65: "B"}, True), ({65: "uni0042"}, True), ({65: "own"}, True), ({65: "unknown"}, False), ({65: "Z"}, True)],
)
def test_what_a_name_means_is_known_or_nothing_goes(names: dict[int, str], *, is_sure: bool) -> None:
    tables = {b"cmap": _codes((b"\0\3\0\1", TRIMMED)), b"post": _post(b"", b"", b"", b"own", b"", b"")}
    shown = font_maps.shown(tables, {65}, names)
    assert (shown is not None) == is_sure
    if shown and names[65] in ("B", "uni0042"):
        assert {1, 2} <= shown.glyphs
    if shown and names[65] == "own":
        assert 3 in shown.glyphs


@pytest.mark.parametrize("table", [b"", _codes((b"\0\3\0\1", b"\0\2")), _codes(*[(b"\0\3\0\1", TRIMMED)] * 30)])
def test_where_codes_are_not_understood_nothing_goes(table: bytes) -> None:
    assert font_maps.shown({b"cmap": table}, {65}, {}) is None


def test_damaged_fonts_do_no_harm() -> None:
    whole = _font(post=_post(*[b"name"] * 6), cmap=_codes(*((b"\0\3\0\1", data) for data in MAPS.values())))
    shown = font_maps.Shown(frozenset({1, 5}), frozenset({65}))
    for at in range(len(whole)):
        for damaged in (whole[:at], whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]):
            font_outlines.truetype(damaged, {1, 99}, shown)
            font_maps.shown(fonts.tables(damaged), {65}, {})


def _set_in(path: Path, encoding: Any) -> bytes:
    with pikepdf.new() as pdf:
        described = Dictionary(Type=Name.FontDescriptor, FontName=Name.Own, Flags=32, FontBBox=Array([0, 0, 1, 1]))
        described.FontFile2 = pdf.make_stream(path.read_bytes())
        font = Dictionary(Type=Name.Font, Subtype=Name.TrueType, BaseFont=Name.Own, FirstChar=32, LastChar=255)
        font.Widths, font.FontDescriptor = Array([602] * 224), pdf.make_indirect(described)
        font.Encoding = encoding
        page = pdf.add_blank_page(page_size=(200, 100)).obj
        page.Resources = Dictionary(Font=Dictionary(F=pdf.make_indirect(font)))
        page.Contents = pdf.make_stream(b"BT /F 20 Tf 20 50 Td (A\xe9 \xfcb) Tj ET")
        return pages.saved(pdf)


@pytest.mark.parametrize(
    "encoding",
    [
        Name.WinAnsiEncoding,
        Name.MacRomanEncoding,
        Dictionary(BaseEncoding=Name.WinAnsiEncoding, Differences=Array([65, Name.B, 233, Name.uni0416])),
    ],
    ids=["Windows", "Mac", "own"],
)
def test_a_font_of_one_byte_a_letter_looks_and_reads_as_before(encoding: Any) -> None:
    path = Path("/usr/share/fonts/truetype/dejavu/DejaVuSansMono-Bold.ttf")
    if not path.exists():
        pytest.skip("a font is missing: apt-get install fonts-dejavu")
    data = _set_in(path, encoding)
    rebuilt = sandbox.run("pdfs", data)
    assert looking.inked(data) > 0.01
    assert looking.off(data, rebuilt.data) < looking.MOST_OFF
    assert len(rebuilt.data) < len(data) / 2
    with pikepdf.open(io.BytesIO(rebuilt.data)) as pdf:
        (font,) = pdf.pages[0].obj.Resources.Font.values()
        tables = fonts.tables(font.FontDescriptor.FontFile2.read_bytes())
    outlines = font_outlines._glyphs(tables, int.from_bytes(tables[b"maxp"][4:6], "big"))
    assert sum(map(bool, outlines)) < 30
