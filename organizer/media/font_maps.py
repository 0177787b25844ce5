"""How TrueType fonts tell which glyph draws a letter: by its code (`cmap`) and by its name (`post`)."""

import re
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

MOST_MAPS: Final = 20
MOST_CODES: Final = 200_000
UNICODE_VARIATIONS: Final = 14
SYMBOLS: Final = (0, 0xF000, 0xF100, 0xF200)
"""Where fonts of symbols have their letters."""
# Read here, as Python loads an encoding when it is first needed; in the sandbox that would be too late.
WINDOWS: Final = bytes(range(256)).decode("cp1252", "replace")
MAC: Final = bytes(range(256)).decode("mac_roman")
BLANKS: Final = frozenset({0x20, 0xA0, 0xAD})
NAMES: Final = b"\0\2\0\0"
NO_NAMES: Final = b"\0\3\0\0"
HEADER: Final = 32
STANDARD_NAMES: Final = 258
UNICODE_NAME: Final = re.compile(r"(?:uni|u)([\dA-F]{4,6})")

Codes = dict[int, int]


@dataclass(frozen=True)
class Shown:
    """Which glyphs a font of one byte a letter shows, and the codes and names by which readers may look for them."""

    glyphs: frozenset[int]
    codes: frozenset[int]


def shown(tables: Mapping[bytes, bytes], codes: Collection[int], names: Mapping[int, str]) -> Shown | None:
    """Return what these codes show, each by its name where it has one; None where that is not sure."""
    try:
        maps = [codes for _, codes in _maps(tables.get(b"cmap", b""))]
    except IndexError:
        return None
    named = {name: glyph for glyph, name in enumerate(_names(tables.get(b"post", b""))) if name}
    glyphs, asked = {0}, set(BLANKS)
    for code in codes:
        name = names.get(code, "")
        letters, by_name = _letters(code, name), named.get(name.encode("utf-8", "surrogateescape"))
        found = {mapped[letter] for letter in letters for mapped in maps if letter in mapped}
        found |= set() if by_name is None else {by_name}
        is_named_well = not name or by_name is not None or bool(_by_name(name))
        if not is_named_well or not (found or code in BLANKS):
            return None
        glyphs |= found | {code}
        asked |= letters
    return Shown(frozenset(glyphs), frozenset(asked))


def _letters(code: int, name: str) -> set[int]:
    """Return all numbers by which readers may look for a letter."""
    letters = {start + code for start in SYMBOLS}
    letters |= {ord(encoded[code]) for encoded in (WINDOWS, MAC)} | _by_name(name)
    return letters | {MAC.index(chr(letter)) for letter in letters if chr(letter) in MAC}


def _by_name(name: str) -> set[int]:
    told = UNICODE_NAME.fullmatch(name)
    return {int(told[1], 16)} if told and int(told[1], 16) < 0xD800 else {ord(name)} if len(name) == 1 else set()


def thinned_codes(table: bytes, shown: Shown) -> bytes:
    """Return a table (`cmap`) with nothing but what is shown. Raises IndexError."""
    maps = []
    for record, codes in _maps(table):
        kept = {
            code: glyph
            for code, glyph in sorted(codes.items())
            if code in shown.codes and glyph in shown.glyphs and code < 0xFFFF
        }
        maps.append((record, _trimmed(kept) if record.startswith(b"\0\1") else _segments(kept)))
    head, at, body = [b"\0\0" + len(maps).to_bytes(2, "big")], 4 + 8 * len(maps), []
    for record, data in maps:
        head.append(record + at.to_bytes(4, "big"))
        body.append(data)
        at += len(data)
    return b"".join([*head, *body])


def _trimmed(codes: Codes) -> bytes:
    first, last = (min(codes), max(codes)) if codes else (0, 0)
    return _numbers(6, 10 + 2 * (last - first + 1), 0, first, last - first + 1) + _numbers(
        *(codes.get(code, 0) for code in range(first, last + 1))
    )


def _segments(codes: Codes) -> bytes:
    """Return a map in which each letter is a piece of its own, and the last is none, as it must be."""
    count = len(codes) + 1
    steps = count.bit_length() - 1
    ends = _numbers(*codes, 0xFFFF)
    distances = _numbers(*((glyph - code) & 0xFFFF for code, glyph in codes.items()), 1)
    search = _numbers(2 * count, 2 << steps, steps, 2 * count - (2 << steps))
    return _numbers(4, 16 + 8 * count, 0) + search + ends + b"\0\0" + ends + distances + bytes(2 * count)


def _numbers(*numbers: int) -> bytes:
    return b"".join(number.to_bytes(2, "big") for number in numbers)


def _maps(table: bytes) -> list[tuple[bytes, Codes]]:
    """Return each map with what the table says that it is for. Raises IndexError for one that is not known here."""
    found, count = [], 0
    if _at(table, 2) > MOST_MAPS:
        raise IndexError
    for index in range(_at(table, 2)):
        record = table[4 + 8 * index : 12 + 8 * index]
        data = table[int.from_bytes(record[4:], "big") :]
        if _at(data, 0) == UNICODE_VARIATIONS:
            continue
        codes = _read(data)
        count += len(codes)
        if count > MOST_CODES:
            raise IndexError
        found.append((record[:4], codes))
    return found


def _at(data: bytes, place: int, size: int = 2) -> int:
    if place + size > len(data):
        raise IndexError
    return int.from_bytes(data[place : place + size], "big")


def _read(data: bytes) -> Codes:
    match _at(data, 0):
        case 0:
            return {code: data[6 + code] for code in range(256) if data[6 + code]}
        case 4:
            return _read_segments(data)
        case 6:
            first = _at(data, 6)
            return {first + index: _at(data, 10 + 2 * index) for index in range(_at(data, 8))}
        case 12:
            return _read_ranges(data)
    raise IndexError


def _read_ranges(data: bytes) -> Codes:
    codes: Codes = {}
    following = 0
    for at in range(16, 16 + 12 * _at(data, 12, 4), 12):
        first, last, glyph = (_at(data, at + place, 4) for place in (0, 4, 8))
        if not following <= first <= last or last > sys.maxunicode or len(codes) > MOST_CODES:
            raise IndexError
        following = last + 1
        codes |= {code: glyph + code - first for code in range(first, min(last, first + 0xFFFF) + 1)}
    return codes


def _read_segments(data: bytes) -> Codes:
    size = _at(data, 6) & ~1
    codes: Codes = {}
    following = 0
    for at in range(0, size, 2):
        last, first = _at(data, 14 + at), _at(data, 16 + size + at)
        distance, place = _at(data, 16 + 2 * size + at), 16 + 3 * size + at
        offset = _at(data, place)
        if first < following and first != 0xFFFF:
            # In order, so that all together are no more than there are codes.
            raise IndexError
        following = last + 1
        for code in range(first, min(last, 0xFFFE) + 1):
            glyph = _at(data, place + offset + 2 * (code - first)) if offset else code
            if glyph:
                codes[code] = (glyph + distance) & 0xFFFF
    return codes


def _names(table: bytes) -> list[bytes]:
    """Return each glyph's own name, an empty one where it has none or one that all fonts know."""
    if not table.startswith(NAMES):
        return []
    count = int.from_bytes(table[HEADER : HEADER + 2], "big")
    numbers = [int.from_bytes(table[at : at + 2], "big") for at in range(HEADER + 2, HEADER + 2 + 2 * count, 2)]
    names, at = list[bytes](), HEADER + 2 + 2 * count
    while at < len(table):
        names.append(table[at + 1 : at + 1 + table[at]])
        at += 1 + table[at]
    own = [number - STANDARD_NAMES for number in numbers]
    return [names[number] if 0 <= number < len(names) else b"" for number in own]


def thinned_names(table: bytes, kept: Collection[int]) -> bytes:
    """Return a table (`post`) with the names of these glyphs."""
    names = _names(table)
    if not names:
        return NO_NAMES + table[4:HEADER]
    told, numbers = list[bytes](), list[int]()
    for glyph, name in enumerate(names):
        start = HEADER + 2 + 2 * glyph
        numbers.append(int.from_bytes(table[start : start + 2], "big") if glyph in kept and not name else 0)
        if glyph in kept and name:
            numbers[-1] = STANDARD_NAMES + len(told)
            told.append(bytes([len(name)]) + name)
    return b"".join([table[:HEADER], _numbers(len(names), *numbers), *told])
