"""Words that were taken out of a page are not told by its fonts, and what is shown looks and reads as before."""

import io
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pikepdf
import pytest
import typst
from pikepdf import Array, Dictionary, Name, String

from organizer.media import Refused, pdf_subsets, pdfs
from organizer.media.pdf_codes import Meanings
from tests.media import looking, pages

TEXT = """#set page(width: 14cm, height: 8cm)
#set text(size: 14pt)
Office affluent: Свобода éü \\
#text(font: "DejaVu Sans Mono")[mono é 0123 Zoya ЖЩ] \\
$ sum_(n=1)^oo x^2 $
#text(font: "New Computer Modern")[Kuznetsova ŽŁ]
"""
SHOWN = 3


@cache
def _typeset() -> bytes:
    return typst.compile(TEXT.encode(), ignore_system_fonts=True)


def _cut(data: bytes) -> bytes:
    """Leave of each line its first letters, as an editor does that takes words out."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        page, made = pdf.pages[0], list[Any]()
        for told in pikepdf.parse_content_stream(page):
            operator, shown = str(told.operator), told.operands[0] if len(told.operands) else None
            if operator in ("Tj", "TJ"):
                items: list[Any] = list(shown) if isinstance(shown, Array) else [shown]
                (first, *_) = [bytes(item) for item in items if isinstance(item, String)]
                made.append(([Array([String(first[: 2 * SHOWN])])], pikepdf.Operator("TJ")))
            else:
                made.append(told)
        page.Contents = pdf.make_stream(pikepdf.unparse_content_stream(made))
        return pages.saved(pdf)


def _fonts(data: bytes) -> Iterator[Any]:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for item in pdf.objects:
            if isinstance(item, Dictionary) and item.get("/Type") == Name.Font and "/ToUnicode" in item:
                yield item


def _told(data: bytes) -> str:
    """Return all letters that fonts say what they mean."""
    told = ""
    for font in _fonts(data):
        lines = font.ToUnicode.read_bytes().partition(b"endcodespacerange")[2]
        found = re.findall(rb"<[\da-f]+> <([\da-f]+)>\n", lines)
        told += "".join(bytes.fromhex(text.decode()).decode("utf-16-be") for text in found)
    return told


def test_letters_that_nobody_shows_have_no_meaning_and_no_width() -> None:
    cut = pdfs.rebuild(_cut(_typeset()))
    assert set("OfСв") <= set(_told(cut.data))
    assert not set("ZoyaKuznetsЖЩŽŁ") & set(_told(cut.data)) - set(cut.text)
    for font in _fonts(cut.data):
        codes = re.findall(rb"^<([\da-f]+)> <", font.ToUnicode.read_bytes(), re.MULTILINE)
        widths = [item for item in font.DescendantFonts[0].W if not isinstance(item, Array)]
        assert len(widths) <= len(codes) - 1


@pytest.mark.parametrize("make", [_typeset, lambda: _cut(_typeset())])
def test_what_is_shown_looks_and_reads_as_before(make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    data = make()
    thinned = pdfs.rebuild(data)
    monkeypatch.setattr(pdf_subsets, "thin", list)
    whole = pdfs.rebuild(data)
    assert thinned.text == whole.text
    assert looking.inked(data) > 0.005
    assert looking.off(data, thinned.data) < looking.MOST_OFF
    again = pdfs.rebuild(thinned.data)
    assert (again.text, looking.off(data, again.data) < looking.MOST_OFF) == (whole.text, True)


# Simple fonts.


def _simple(**keys: Any) -> dict[str, Any]:
    with pikepdf.new() as pdf:
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name("/CANARY+Helvetica"), **keys)
        page = pdf.add_blank_page(page_size=(200, 100)).obj
        page.Resources = Dictionary(Font=Dictionary(F=font))
        page.Contents = pdf.make_stream(b"BT /F 9 Tf 20 50 Td [(AC) 5 (A)] TJ ET")
        data = pages.saved(pdf)
    rebuilt = pdfs.rebuild(data).data
    assert looking.left(rebuilt) == set()
    with pikepdf.open(io.BytesIO(rebuilt)) as pdf:
        (found,) = pdf.pages[0].obj.Resources.Font.values()
        return {str(key)[1:]: value for key, value in found.items()}


def test_what_stands_before_the_name_of_a_font_of_every_reader_goes() -> None:
    assert _simple()["BaseFont"] == Name.Helvetica


def test_letters_that_nobody_shows_have_no_name() -> None:
    named = [Name.A, Name("/CANARY-one"), Name.C, 200, Name("/CANARY-two"), Name.space]
    font = _simple(Encoding=Dictionary(Type=Name.Encoding, Differences=Array([65, *named])))
    assert font["Encoding"].Differences.as_list() == [65, Name.A, 67, Name.C, 201, Name.space]


def test_widths_stay_for_what_is_shown_and_for_spaces() -> None:
    font = _simple(FirstChar=31, LastChar=90, Widths=Array(range(31, 91)))
    assert (font["FirstChar"], font["LastChar"], len(font["Widths"])) == (32, 67, 36)
    assert {int(width) for width in font["Widths"]} == {0, 32, 65, 67}


@pytest.mark.parametrize("first", [Array([1]), Name.A, 10**18, -5])
def test_widths_that_make_no_sense_do_no_harm(first: Any) -> None:
    assert _simple(FirstChar=first, LastChar=90, Widths=Array([500] * 60))["BaseFont"] == Name.Helvetica


# Maps.

MAP = b"""/CIDInit /ProcSet findresource begin begincmap
/CIDSystemInfo << /Registry (outer CANARY-one (inner) CANARY-two) /Ordering <43414e4152592d> >> def CANARY-word pop
1 begincodespacerange <00> <ff> endcodespacerange
2 beginbfchar <41><0061> <42> <00430041004e> endbfchar
3 beginbfrange <43> <45> <0063>
<46> <47> [<0066> <00660069>]
<20> <40> <0020> endbfrange endcmap CANARY-behind
"""


@pytest.mark.parametrize(
    ("shown", "meant"),
    [
        ({0x41, 0x44, 0x47, 0x90}, {0x20: "0020", 0x41: "0061", 0x44: "0064", 0x47: "00660069"}),
        (set(), {0x20: "0020"}),
    ],
)
def test_a_map_tells_what_shown_codes_mean(shown: set[int], meant: dict[int, str]) -> None:
    told = Meanings.read(MAP, shown)
    assert {code: text.decode() for code, (_, text) in told.letters.items()} == meant
    assert told.spaces == {0x20}
    assert b"CANARY" not in told.written()
    assert Meanings.read(told.written(), None) == told


def test_a_map_of_which_any_code_may_be_shown_keeps_them_all() -> None:
    assert len(Meanings.read(MAP, None).letters) == 7 + 0x21


def test_an_endless_map_is_refused() -> None:
    with pytest.raises(Refused):
        Meanings.read(b"beginbfrange" + b"<0000> <ffff> <0000>" * 1000, set(range(65536)))


def test_every_cut_of_a_map_is_read() -> None:
    for end in range(len(MAP)):
        Meanings.read(MAP[:end], {0x41})
        Meanings.read(MAP[:end] + MAP[end + 1 :], None)


@pytest.mark.parametrize(
    ("told", "left"),
    [
        ([3, Array([1, 2, 3]), 7, 9, 5], [4, Array([2]), 8, Array([5])]),
        ([3, 4, Array([1])], [4, Array([Array([1])])]),
        ([Array([1]), 4], []),
        ([8], []),
        ([0, 10**12, 7], [4, Array([7]), 8, Array([7])]),
    ],
)
def test_widths_of_a_font_put_together_stay_for_what_is_shown(told: list[Any], left: list[Any]) -> None:
    assert pdf_subsets._widths(told, [4, 8], 1) == Array(left)


def test_a_map_to_glyphs_is_as_long_as_need_be() -> None:
    assert pdf_subsets._glyph_map(b"\0\1\0\2\0\3CANARY", {1}) == b"\0\0\0\2"
    assert len(pdf_subsets._glyph_map(bytes(200_000), None)) == 131_072
