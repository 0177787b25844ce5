"""Takes out of font files what is not needed to draw with them: names, licences, notices, dates.

Sellers put the buyer's name there, and some people draw a font of their own. What becomes shorter is filled with
blanks where numbers elsewhere tell of its place.
"""

import re
import sys
from array import array
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from organizer.media import Refused, strip

KINDS: Final = (b"\x00\x01\x00\x00", b"OTTO", b"true")
TABLES: Final = frozenset(
    b"CFF |OS/2|VORG|cmap|cvt |fpgm|gasp|glyf|head|hhea|hmtx|loca|maxp|post|prep|vhea|vmtx".split(b"|")
)
HEAD_DATES: Final = slice(20, 36)
MAKER: Final = slice(58, 62)
OS2_SIZES: Final = {b"\0\0": 78, b"\0\1": 86, b"\0\5": 100}
OS2_SIZE: Final = 96

STANDARD: Final = frozenset(
    [
        "Courier",
        "Courier-Bold",
        "Courier-BoldOblique",
        "Courier-Oblique",
        "Helvetica",
        "Helvetica-Bold",
        "Helvetica-BoldOblique",
        "Helvetica-Oblique",
        "Symbol",
        "Times-Bold",
        "Times-BoldItalic",
        "Times-Italic",
        "Times-Roman",
        "ZapfDingbats",
    ]
)
"""Names of fonts that every reader has, and that tell of nobody."""

COMPACT_MAJOR: Final = 1
STANDARD_STRINGS: Final = 391
"""A compact font numbers its own strings from here on."""
ROS: Final = (12, 30)
FONT_ARRAY: Final = (12, 36)
TOLD: Final = frozenset({(0,), (1,), (2,), (3,), (4,), (12, 0), (12, 21), (12, 22), (12, 38)})
"""Version, notice, full name, family, weight, copyright, PostScript, and the names of what it was made from."""
MOST_FONTS: Final = 300
MOST_STRINGS: Final = 70_000

Span = tuple[int, int]
Operator = tuple[int, ...]

STRING_OR_COMMENT: Final = re.compile(rb"\(|%[^\r\n]*+")
BRACKET: Final = re.compile(rb"\\.|[()]", re.DOTALL)
DIGITS: Final = re.compile(rb"(?<!<)<[\da-fA-F\s]*+>(?!>)")
COMMENT: Final = re.compile(rb"%[^\r\n]*")
HEADER: Final = re.compile(rb"%!(?:PS-AdobeFont-|FontType)[0-9.-]*")
FONT_NAME: Final = re.compile(rb"/FontName\s*/(?:[A-Z]{6}\+)?([^\s/()<>\[\]{}%]+)")
NUMBER_OF_ITS_OWN: Final = re.compile(rb"(?<=/)X?U(?:nique)?ID\s*[\[\d][\d\s]*")
SCRAMBLED: Final = re.compile(rb"currentfile\s+eexec")
LAST_WORD: Final = b"cleartomark"


def opentype(data: bytes) -> bytes:
    """Return a TrueType or OpenType font with nothing but the tables that draw.

    Raises Refused when it is no such font.
    """
    if not data.startswith(KINDS):
        raise Refused("pdf_damaged")
    kept = {tag: _table(tag, table) for tag, table in tables(data).items()}
    if not kept:
        raise Refused("pdf_damaged")
    return written(data[:4], kept)


def tables(data: bytes) -> dict[bytes, bytes]:
    """Return those tables of a TrueType or OpenType font that draw, in the order of their names."""
    count = int.from_bytes(data[4:6], "big")
    records = [data[12 + 16 * index : 28 + 16 * index] for index in range(count)]
    found = {}
    for record in sorted(records):
        if record[:4] in TABLES and len(record) == 16:
            start, size = int.from_bytes(record[8:12], "big"), int.from_bytes(record[12:16], "big")
            found[record[:4]] = data[start : start + size]
    return found


def written(kind: bytes, tables: dict[bytes, bytes]) -> bytes:
    """Return a font that holds these tables; `kind` is what it begins with."""
    directory, body, offset = [], [], 12 + 16 * len(tables)
    for tag, table in sorted(tables.items()):
        padded = table + bytes(-len(table) % 4)
        sizes = (_sum(padded), offset, len(table))
        directory.append(tag + b"".join(number.to_bytes(4, "big") for number in sizes))
        body.append(padded)
        offset += len(padded)
    return b"".join([kind, _search_numbers(len(tables)), *directory, *body])


def _sum(table: bytes) -> int:
    """Return the sum of a table's words; another's would tell what was in it."""
    words = array("I", table)
    if sys.byteorder == "little":
        words.byteswap()
    return sum(words) & 0xFFFFFFFF


def _table(tag: bytes, table: bytes) -> bytes:
    """Return a table without what it tells of its maker, and without what stands behind its end."""
    match tag:
        case b"head":
            # The sum of the whole font would tell what was in it.
            return table[:8] + bytes(4) + table[12 : HEAD_DATES.start] + bytes(16) + table[HEAD_DATES.stop : 54]
        case b"OS/2":
            size = OS2_SIZES.get(table[:2], OS2_SIZE)
            return table[: MAKER.start] + b"    " + table[MAKER.stop : size] if len(table) >= MAKER.stop else table
        case b"hhea" | b"vhea":
            return table[:36]
        case b"maxp":
            return table[: 32 if table.startswith(b"\0\1") else 6]
        case b"CFF ":
            return _compact(table)
    return table


def _search_numbers(count: int) -> bytes:
    """Return the number of tables and what a binary search over them starts from, as OpenType wants it."""
    steps = count.bit_length() - 1
    span = 16 << steps
    return b"".join(number.to_bytes(2, "big") for number in (count, span, steps, 16 * count - span))


def compact(data: bytes) -> bytes:
    """Return a compact font (CFF), bare or in OpenType's wrapping, as long as before where it is bare.

    Raises Refused when it is neither.
    """
    return opentype(data) if data.startswith(KINDS) else _compact(data)


def _compact(data: bytes) -> bytes:
    if data[:1] != bytes([COMPACT_MAJOR]):
        raise Refused("pdf_damaged")
    try:
        names, after = index(data, data[2])
        tops, after = index(data, after)
        strings, _ = index(data, after)
        blanked = bytearray(data)
        for start, end in names:
            blanked[start:end] = b"A" * (end - start)
        for start, end in _told_in(data, tops, strings):
            blanked[start:end] = b" " * (end - start)
    except IndexError:
        raise Refused("pdf_damaged") from None
    return bytes(blanked)


def _told_in(data: bytes, tops: list[Span], strings: list[Span]) -> Iterator[Span]:
    """Yield where the strings are that no glyph is called by."""
    found = [entry[:2] for top in tops for entry in entries(data, top)]
    collections = [number for operator, numbers in found if operator == ROS for number in numbers[:2]]
    if collections:
        # The glyphs have numbers in place of names, so that all other strings only tell.
        needed = {number - STANDARD_STRINGS for number in collections}
        is_known = [data[start:end] in strip.COLLECTIONS for start, end in strings]
        yield from (span for number, span in enumerate(strings) if number not in needed or not is_known[number])
        return
    for operator, numbers in list(found):
        if operator == FONT_ARRAY and numbers:
            inner, _ = index(data, numbers[-1])
            found += [entry[:2] for span in inner[:MOST_FONTS] for entry in entries(data, span)]
    told = {numbers[-1] - STANDARD_STRINGS for operator, numbers in found if operator in TOLD and numbers}
    yield from (strings[number] for number in told if 0 <= number < len(strings))


def index(data: bytes, start: int) -> tuple[list[Span], int]:
    """Return where the items of the list at `start` are, and where it ends. Raises IndexError."""
    count = int.from_bytes(data[start : start + 2], "big")
    if start < 0 or start + 2 > len(data) or count > MOST_STRINGS:
        raise IndexError
    if not count:
        return [], start + 2
    width = data[start + 2]
    first = start + 3
    base = first + width * (count + 1) - 1
    places = [
        base + int.from_bytes(data[at : at + width], "big") for at in range(first, first + width * (count + 1), width)
    ]
    if not 1 <= width <= 4 or places != sorted(places) or places[-1] > len(data):
        raise IndexError
    return list(pairwise(places)), places[-1]


def entries(data: bytes, span: Span) -> Iterator[tuple[Operator, list[int], int]]:
    """Yield each operator of a dictionary with the whole numbers before it, and its place. Raises IndexError."""
    at, end = span
    numbers: list[int] = []
    while at < end:
        lead = data[at]
        if lead <= 21:
            size = 2 if lead == 12 else 1
            yield tuple(data[at : at + size]), numbers, at
            numbers = []
        else:
            size, value = number(data, at)
            numbers.append(value)
        at += size


def number(data: bytes, at: int) -> tuple[int, int]:
    """Return how long the number is, and its value; a fraction counts as nothing."""
    match data[at]:
        case 28:
            return 3, int.from_bytes(data[at + 1 : at + 3], "big", signed=True)
        case 29:
            return 5, int.from_bytes(data[at + 1 : at + 5], "big", signed=True)
        case 30:
            last = next(place for place in range(at + 1, len(data) + 1) if data[place] & 15 == 15)
            return last - at + 1, 0
        case lead if lead <= 246:
            return 1, lead - 139
        case lead if lead <= 250:
            return 2, (lead - 247) * 256 + data[at + 1] + 108
        case lead:
            return 2, -(lead - 251) * 256 - data[at + 1] - 108


def type1(data: bytes) -> bytes:
    """Return a Type 1 font, as long as before, with blanks for what its readable parts say.

    Raises Refused when it is no such font.
    """
    scrambled = SCRAMBLED.search(data)
    if not scrambled or not HEADER.search(data, 0, 100):
        raise Refused("pdf_damaged")
    end = scrambled.start()
    last = data.rfind(LAST_WORD)
    last = last + len(LAST_WORD) if last > end else len(data)
    return _untold(data[:end]) + data[end:last] + _blank(data[last:])


def _untold(readable: bytes) -> bytes:
    plain = _without_strings(readable)
    plain = DIGITS.sub(lambda found: b"<" + _blank(found[0][2:]) + b">", plain)
    plain = COMMENT.sub(_uncommented, plain)
    plain = NUMBER_OF_ITS_OWN.sub(lambda found: re.sub(rb"\d", b"0", found[0]), plain)
    name = FONT_NAME.search(plain)
    if name:
        same = rb"(?<=[/+])" + re.escape(name[1]) + rb"(?![^\s/()<>\[\]{}%])"
        plain = re.sub(same, b"A" * len(name[1]), plain)
    return plain


def _without_strings(text: bytes) -> bytes:
    """Return a program with blanks in its strings, and brackets in these; one without an end takes all that follows."""
    kept, at = [], 0
    while found := STRING_OR_COMMENT.search(text, at):
        end = _end_of_string(text, found.end()) if found[0] == b"(" else found.end()
        inner = text[found.end() : end - 1]
        kept += [text[at : found.start()], found[0], *([_blank(inner), b")"] if found[0] == b"(" else [])]
        at = end
    return b"".join([*kept, text[at:]])[: len(text)]


def _end_of_string(text: bytes, at: int) -> int:
    """Return where a string ends whose first bracket stands before `at`."""
    depth = 1
    for found in BRACKET.finditer(text, at):
        depth += {b"(": 1, b")": -1}.get(found[0], 0)
        if not depth:
            return found.end()
    return len(text) + 1


def _uncommented(comment: re.Match[bytes]) -> bytes:
    """Return blanks, but for the words by which a font is known as one."""
    header = HEADER.match(comment[0])
    kept = header[0] if header else b""
    return kept + b" " * (len(comment[0]) - len(kept))


def _blank(text: bytes) -> bytes:
    return re.sub(rb"[^\r\n]", b" ", text)
