"""Compact fonts, written anew: shown letters draw as before, the others draw nothing and have no name."""

from functools import cache
from pathlib import Path

import pytest

from organizer.media import Refused, font_compact, fonts
from tests.media import corpus, typeset

BLANK = b"\x0e"


def _glyph(number: int) -> bytes:
    """Move and draw a line, as long as the number."""
    return bytes([139, 139, 21, 139 + number, 139, 5]) + BLANK


def _font(names: bytes, glyphs: list[bytes], *strings: bytes, top: bytes = b"", behind: bytes = b"") -> bytes:
    """Return a font; `names` is its charset, `top` stands before what tells of places."""

    def made(charset: int, outlines: int, private: int) -> bytes:
        places = [b"\x1d" + place.to_bytes(4, "big") for place in (charset, outlines, private)]
        entries = top + places[0] + b"\x0f" + places[1] + b"\x11" + b"\x8e" + places[2] + b"\x12"
        return b"\1\0\4\1" + typeset.listed(b"F") + typeset.listed(entries) + typeset.listed(*strings) + b"\0\0"

    start = len(made(0, 0, 0))
    outlines = typeset.listed(*glyphs)
    return made(start, start + len(names), start + len(names + outlines)) + names + outlines + b"\x8b\x8b\x14" + behind


def _read(data: bytes) -> tuple[list[bytes], list[int]]:
    """Return the glyphs and their names."""
    font = font_compact._Font(data)
    return font._glyphs, font._charset or []


GLYPHS = [_glyph(number) for number in range(5)]
NAMES = b"\0" + b"".join(number.to_bytes(2, "big") for number in (391, 34, 392, 35))
SEVERAL = b"\1" + (391).to_bytes(2, "big") + b"\1" + (34).to_bytes(2, "big") + b"\1"


@pytest.mark.parametrize(
    ("names", "named"), [(NAMES, [0, 391, 0, 0, 35]), (SEVERAL, [0, 391, 0, 0, 35])], ids=["one by one", "in ranges"]
)
def test_letters_that_nobody_shows_lose_outline_and_name(names: bytes, named: list[int]) -> None:
    data = _font(names, GLYPHS, b"shown", b"CANARY-glyph", b"CANARY-unused", behind=b"CANARY-behind")
    written, kept = font_compact.thinned(data, {1, 4})
    assert kept == {0, 1, 4}
    assert corpus.canaries(written) == set()
    assert _read(written) == ([GLYPHS[0], GLYPHS[1], BLANK, BLANK, GLYPHS[4]], named)
    assert b"shown" in written
    assert font_compact.thinned(written, {1, 4}) == (written, kept)


def test_of_a_font_all_of_which_may_be_shown_nothing_goes_but_what_stands_between() -> None:
    data = _font(NAMES, GLYPHS, b"first", b"second", b"CANARY-unused", behind=b"CANARY-behind")
    written, kept = font_compact.thinned(data, None)
    assert kept is None
    assert corpus.canaries(written) == set()
    assert _read(written) == (GLYPHS, [0, 391, 34, 392, 35])


def test_the_parts_of_a_letter_with_an_accent_stay() -> None:
    accented = bytes([139, 139, 139 + 65]) + b"\xf7\x56" + BLANK  # A, and the acute by its code 194
    names = b"\0" + b"".join(number.to_bytes(2, "big") for number in (171, 34, 125, 35))
    written, kept = font_compact.thinned(_font(names, [GLYPHS[0], accented, *GLYPHS[2:]]), {1})
    assert kept == {0, 1, 2, 3}
    assert _read(written)[0][4] == BLANK


def test_a_font_that_is_too_unusual_or_damaged_stays_as_it_is() -> None:
    data = _font(NAMES, GLYPHS, b"first", b"second", top=b"\x8b\x0c\x14")
    assert font_compact.thinned(data, {1}) == (data, None)
    whole = _font(NAMES, GLYPHS, b"first", b"second")
    for at in range(len(whole)):
        for damaged in (whole[:at], whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]):
            try:
                fonts.compact(damaged)
            except Refused:
                continue
            font_compact.thinned(damaged, {1})


@cache
def _system_font() -> bytes:
    path = Path("/usr/share/fonts/opentype/urw-base35/NimbusSans-Regular.otf")
    if not path.exists():
        pytest.skip("a font of Debian is missing: apt-get install fonts-urw-base35")
    return fonts.tables(path.read_bytes())[b"CFF "]


def test_a_whole_font_keeps_its_subroutines() -> None:
    data = _system_font()
    before, after = font_compact._Font(data), font_compact._Font(font_compact.thinned(data, {36, 37})[0])
    assert after._glyphs[36:38] == before._glyphs[36:38]
    assert after._subroutines == before._subroutines
    assert sum(glyph != BLANK for glyph in after._glyphs) >= 3
