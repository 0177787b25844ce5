"""Takes the outlines and widths of letters that nobody shows out of fonts; the others keep their numbers."""

from collections.abc import Iterable
from itertools import pairwise
from typing import Final

from organizer.media import font_compact, font_maps, fonts

LONG: Final = 50
"""Where `head` tells how places are written."""
COUNT: Final = slice(4, 6)
METRICS: Final = slice(34, 36)
COMPOSITE_PARTS: Final = 10
WORDS, SCALE, MORE, TWO_SCALES, MATRIX = 0x01, 0x08, 0x20, 0x40, 0x80


def truetype(data: bytes, shown: Iterable[int], asked: font_maps.Shown | None = None) -> bytes:
    """Return a font as from `fonts.opentype` with the outlines of these glyphs and their parts.

    None is found by code or name any more but what is `asked` for. What is damaged stays as it is.
    """
    tables = fonts.tables(data)
    codes, names = tables.get(b"cmap", b""), tables.get(b"post", b"")
    try:
        count = int.from_bytes(tables[b"maxp"][COUNT], "big")
        glyphs = _glyphs(tables, count)
        kept = _with_parts(glyphs, {0, *(glyph for glyph in shown if glyph < count)})
        _set_glyphs(tables, [glyph if number in kept else b"" for number, glyph in enumerate(glyphs)])
        made = _with_metrics(tables, kept)
        if asked:
            made[b"cmap"] = font_maps.thinned_codes(codes, asked)
            made |= {b"post": font_maps.thinned_names(names, kept)} if names else {}
    except LookupError:
        return data
    return fonts.written(data[:4], made)


def compact(data: bytes, shown: Iterable[int] | None) -> bytes:
    """Return a font as from `fonts.compact` with the outlines of these letters, by their numbers (CID); None for all.

    What is damaged stays as it is.
    """
    if not data.startswith(fonts.KINDS):
        return font_compact.thinned(data, shown)[0]
    tables = fonts.tables(data)
    if b"CFF " not in tables:
        return data
    tables[b"CFF "], kept = font_compact.thinned(tables[b"CFF "], shown)
    return fonts.written(data[:4], tables if kept is None else _with_metrics(tables, kept))


def _with_metrics(tables: dict[bytes, bytes], kept: set[int]) -> dict[bytes, bytes]:
    """Return a font's tables with the widths of these glyphs, and without what they are found by."""
    count = int.from_bytes(tables.get(b"maxp", b"")[COUNT], "big")
    for header, metrics in ((b"hhea", b"hmtx"), (b"vhea", b"vmtx")):
        if header in tables and metrics in tables:
            tables[metrics] = _metrics(tables[metrics], int.from_bytes(tables[header][METRICS], "big"), count, kept)
    if b"post" in tables:
        tables[b"post"] = font_maps.NO_NAMES + tables[b"post"][4 : font_maps.HEADER]
    return {tag: table for tag, table in tables.items() if tag != b"cmap"}


def _glyphs(tables: dict[bytes, bytes], count: int) -> list[bytes]:
    """Return the outline of each glyph. Raises LookupError where places make no sense."""
    loca, glyf = tables[b"loca"], tables[b"glyf"]
    size, times = (4, 1) if tables[b"head"][LONG + 1] else (2, 2)
    if len(loca) < size * (count + 1):
        raise LookupError
    places = [times * int.from_bytes(loca[at : at + size], "big") for at in range(0, size * (count + 1), size)]
    if places != sorted(places) or places[-1] > len(glyf):
        raise LookupError
    return [glyf[start:end] for start, end in pairwise(places)]


def _set_glyphs(tables: dict[bytes, bytes], glyphs: list[bytes]) -> None:
    padded = [glyph + bytes(-len(glyph) % 4) for glyph in glyphs]
    places = [0]
    for glyph in padded:
        places.append(places[-1] + len(glyph))
    tables[b"glyf"] = b"".join(padded)
    tables[b"loca"] = b"".join(place.to_bytes(4, "big") for place in places)
    tables[b"head"] = tables[b"head"][:LONG] + b"\0\1" + tables[b"head"][LONG + 2 :]


def _with_parts(glyphs: list[bytes], shown: set[int]) -> set[int]:
    """Return these glyphs and those that they are put together from."""
    kept: set[int] = set()
    waiting = list(shown)
    while waiting:
        number = waiting.pop()
        if number in kept or number >= len(glyphs):
            continue
        kept.add(number)
        waiting += _parts(glyphs[number])
    return kept


def _parts(glyph: bytes) -> list[int]:
    parts: list[int] = []
    at, flags = COMPOSITE_PARTS, MORE
    if not glyph[:1] >= b"\x80":
        return parts
    while flags & MORE and at + 4 <= len(glyph):
        flags = int.from_bytes(glyph[at : at + 2], "big")
        parts.append(int.from_bytes(glyph[at + 2 : at + 4], "big"))
        at += 8 if flags & WORDS else 6
        at += 8 if flags & MATRIX else 4 if flags & TWO_SCALES else 2 if flags & SCALE else 0
    return parts


def _metrics(table: bytes, full: int, count: int, kept: set[int]) -> bytes:
    """Return widths and bearings, naught for what is not kept; the last width is that of all that follow."""
    follows = any(number >= full - 1 for number in kept)
    metrics = bytearray(4 * full + 2 * max(0, count - full))
    metrics[: len(table)] = table[: len(metrics)]
    for number in range(count):
        if number in kept:
            continue
        if number >= full:
            start = 4 * full + 2 * (number - full)
            metrics[start : start + 2] = b"\0\0"
        elif number < full - 1 or not follows:
            metrics[4 * number : 4 * number + 4] = bytes(4)
        else:
            metrics[4 * number + 2 : 4 * number + 4] = bytes(2)
    return bytes(metrics)
