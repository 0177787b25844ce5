"""Leaves in fonts only what their shown letters need: what letters mean, their names, widths and outlines.

Programs put letters into a font in the order in which a text has them, so that it would tell words that were taken out.
"""

import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from typing import Any, Final

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

from organizer.media import font_maps, font_outlines, fonts
from organizer.media.pdf_codes import SPACE, Codes, Meanings

Shown = set[int] | None
"""Codes; None where any may be shown."""
Outlines = set[int] | font_maps.Shown | None
"""Glyphs by number; with the codes and names for them, where readers look for those; None where any may be shown."""
SYMBOLIC: Final = 4
UNLIKE: Final = frozenset(b"'`")
"""In the oldest encoding these are no straight marks."""
ACROSS_AND_DOWN: Final = ("/Identity-H", "/Identity-V")
LAST_CODE: Final = 0xFFFF


class _Users:
    """Things that several fonts may share, each with all that is shown of it."""

    def __init__(self) -> None:
        self._all: dict[tuple[int, int], tuple[pikepdf.Object, Shown]] = {}

    def add(self, thing: Any, shown: Shown) -> None:
        if isinstance(thing, Stream | Dictionary) and thing.is_indirect:
            _, before = self._all.get(thing.objgen, (thing, set()))
            self._all[thing.objgen] = thing, None if before is None or shown is None else before | shown

    def __iter__(self) -> Iterator[tuple[pikepdf.Object, Shown]]:
        return iter(self._all.values())


def thin(fonts: Iterable[tuple[pikepdf.Object, Codes]]) -> None:
    """Take from these fonts what the codes do not need that are shown in each. Raises Refused for endless maps."""
    listed = [(font, _shown(font, codes)) for font, codes in fonts]
    spaces = _told(listed)
    parts = _Users()
    for font, shown in listed:
        needed = None if shown is None else shown | spaces.get(_number(font.get("/ToUnicode")), set())
        if font.get("/Subtype") == Name.Type0:
            parts.add(_part(font), needed)
        else:
            _thin_widths(font, needed)
            _thin_names(font, needed)
            parts.add(font, needed)
    for part, shown in parts:
        for key, size in (("/W", 1), ("/W2", 3)):
            if shown is not None and isinstance(part.get(key), Array):
                part[key] = _widths(_items(part[key]), sorted(shown), size)
    _thin_files(parts)


def _thin_files(parts: "_Users") -> None:
    numbers, compact = _Users(), _Users()
    truetype: dict[tuple[int, int], tuple[pikepdf.Object, list[Outlines]]] = {}
    for part, shown in parts:
        described = part.get("/FontDescriptor")
        files = described if isinstance(described, Dictionary) else Dictionary()
        numbers.add(part.get("/CIDToGIDMap"), shown)
        compact.add(files.get("/FontFile3"), shown if part.get("/Subtype") == Name.CIDFontType0 else None)
        file = files.get("/FontFile2")
        if isinstance(file, Stream):
            truetype.setdefault(file.objgen, (file, []))[1].append(_outlines(part, shown, file))
    for stream, shown in numbers:
        data = stream.read_bytes()
        _write(stream, _glyph_map(data, shown))
    for stream, shown in compact:
        _write(stream, font_outlines.compact(stream.read_bytes(), shown))
    for stream, uses in truetype.values():
        data = _thinned(stream.read_bytes(), uses)
        _write(stream, data)
        stream.Length1 = len(data)


def _thinned(data: bytes, uses: list[Outlines]) -> bytes:
    """Return a font file with the outlines that its fonts show, all of them where that is not sure."""
    numbers = [use for use in uses if isinstance(use, set)]
    asked = [use for use in uses if isinstance(use, font_maps.Shown)]
    if len(numbers) == len(uses):
        return font_outlines.truetype(data, set().union(*numbers))
    if len(asked) == len(uses):
        both = font_maps.Shown(
            frozenset().union(*(use.glyphs for use in asked)), frozenset().union(*(use.codes for use in asked))
        )
        return font_outlines.truetype(data, both.glyphs, both)
    return data


def _shown(font: pikepdf.Object, codes: Codes) -> Shown:
    if codes.are_all:
        return None
    if font.get("/Subtype") != Name.Type0:
        return codes.single
    return codes.double if str(font.get("/Encoding")) in ACROSS_AND_DOWN else None


def _part(font: pikepdf.Object) -> pikepdf.Object:
    parts = font.get("/DescendantFonts")
    part = parts[0] if isinstance(parts, Array) and len(parts) else None
    return part if isinstance(part, Dictionary) else Dictionary()


def _number(thing: Any) -> tuple[int, int]:
    return thing.objgen if isinstance(thing, Stream) else (0, 0)


def _write(stream: pikepdf.Object, data: bytes) -> None:
    stream.write(zlib.compress(data), filter=Name.FlateDecode)


def _items(array: Any) -> list[Any]:
    return list(array) if isinstance(array, Array) else []


def _told(listed: list[tuple[pikepdf.Object, Shown]]) -> dict[tuple[int, int], set[int]]:
    """Let each map tell what shown codes mean; return which codes are spaces, for readers ask how wide one is."""
    maps = _Users()
    for font, shown in listed:
        maps.add(font.get("/ToUnicode"), shown)
    spaces = {}
    for stream, shown in maps:
        told = Meanings.read(stream.read_bytes(), shown)
        _write(stream, told.written())
        spaces[stream.objgen] = told.spaces
    return spaces


def _thin_widths(font: pikepdf.Object, shown: Shown) -> None:
    widths, first = _items(font.get("/Widths")), font.get("/FirstChar", 0)
    if shown is None or not widths or not isinstance(first, int):
        return
    kept = [code for code in range(first, first + len(widths)) if code in shown or code == SPACE]
    low, high = (kept[0], kept[-1]) if kept else (first, first)
    told = dict.fromkeys(range(low, high + 1), 0) | {code: widths[code - first] for code in kept}
    font.Widths, font.FirstChar, font.LastChar = Array(list(told.values())), low, high


def _thin_names(font: pikepdf.Object, shown: Shown) -> None:
    encoding = font.get("/Encoding")
    if shown is None or not isinstance(encoding, Dictionary) or "/Differences" not in encoding:
        return
    kept: list[Any] = []
    following = -1
    for code, name in _named(encoding):
        if code in shown or name == Name.space:
            kept += [name] if code == following else [code, name]
            following = code + 1
    font.Encoding = Dictionary({**dict(encoding.items()), "/Differences": Array(kept)})


def _named(encoding: Any) -> Iterator[tuple[int, Any]]:
    """Yield each code to which an encoding gives a name of its own, and the name."""
    code = 0
    for item in _items(encoding.get("/Differences")) if isinstance(encoding, Dictionary) else []:
        if isinstance(item, Name):
            yield code, item
            code += 1
        else:
            code = int(item)


def _widths(told: list[Any], shown: list[int], size: int) -> Array:
    """Return the widths of these letters out of /W (`size` 1), or their places out of /W2 (3)."""
    kept: dict[int, list[Any]] = {}
    at = 0
    while at + 1 < len(told) and not isinstance(told[at], Array):
        first, then = int(told[at]), told[at + 1]
        values = _items(then)
        last = first + len(values) // size - 1 if isinstance(then, Array) else int(then)
        for code in _between(shown, first, last):
            kept[code] = values[(code - first) * size :][:size] if values else told[at + 2 : at + 2 + size]
        at += 2 if isinstance(then, Array) else 2 + size
    return Array([item for code, values in sorted(kept.items()) for item in (code, Array(values))])


def _between(shown: list[int], first: int, last: int) -> list[int]:
    return shown[bisect_left(shown, first) : bisect_right(shown, last)]


def _glyph_map(data: bytes, shown: Shown) -> bytes:
    """Return a map from codes to glyphs (CIDToGIDMap) as long as it need be."""
    if shown is None:
        return data[: 2 * LAST_CODE + 2]
    codes = range(max(shown, default=0) + 1)
    return b"".join(data[2 * code : 2 * code + 2] if code in shown else b"\0\0" for code in codes)


def _outlines(part: pikepdf.Object, shown: Shown, file: pikepdf.Object) -> Outlines:
    """Return which glyphs of its file a font shows; None where that is not sure."""
    if shown is None or part.get("/Subtype") not in (Name.CIDFontType2, Name.TrueType):
        return None
    if part.get("/Subtype") == Name.TrueType:
        names = {code: str(name)[1:] for code, name in _named(part.get("/Encoding"))}
        if not _is_plain(part) and any(code not in names and (code > 126 or code in UNLIKE) for code in shown):
            return None
        return font_maps.shown(fonts.tables(file.read_bytes()), shown, names)
    numbers = part.get("/CIDToGIDMap", Name.Identity)
    if not isinstance(numbers, Stream):
        return shown
    data = numbers.read_bytes()
    return {int.from_bytes(data[2 * code : 2 * code + 2], "big") for code in shown}


def _is_plain(font: pikepdf.Object) -> bool:
    """Whether a font's codes are those of Windows or of the Mac, or of the font file itself."""
    encoding = font.get("/Encoding")
    base = encoding.get("/BaseEncoding") if isinstance(encoding, Dictionary) else encoding
    if base in (Name.WinAnsiEncoding, Name.MacRomanEncoding):
        return True
    flags = font.get("/FontDescriptor", Dictionary()).get("/Flags", 0)
    return base is None and isinstance(flags, int) and bool(flags & SYMBOLIC)
