"""Writes compact fonts (CFF) anew: with the outlines of shown letters, and nothing between their tables.

By Adobe's Technical Note 5176.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from organizer.media import fonts

Entry = tuple[bytes, list[int]]
"""What stands before an operator, as written and as whole numbers."""
Entries = dict[fonts.Operator, Entry]

CHARSET, ENCODING, GLYPHS, PRIVATE, SUBROUTINES = (15,), (16,), (17,), (18,), (19,)
Places = dict[fonts.Operator, list[int]]
KIND_OF_OUTLINES: Final = (12, 6)
FONT_CHOICE: Final = (12, 37)
PLACES: Final = (GLYPHS, FONT_CHOICE, fonts.FONT_ARRAY, PRIVATE)
UNKNOWN: Final = frozenset({KIND_OF_OUTLINES, (12, 20), (12, 24), (12, 25), (12, 26)})
"""Old outlines, fonts made from others, and those with several masters: they stay as they are."""
NUMBERS_OF_ITS_OWN: Final = frozenset({(13,), (14,), (12, 35)})
END: Final = 14
LARGEST_PREDEFINED: Final = 2
BEYOND_ASCII: Final = [
    *(*range(161, 176), *range(177, 181), *range(182, 190), 191, *range(193, 201), 202, 203, *range(205, 209)),
    *(225, 227, *range(232, 236), 241, 245, *range(248, 252)),
]
STANDARD_ENCODING: Final = dict(zip([*range(32, 127), *BEYOND_ASCII], range(1, 150), strict=True))
"""From codes to numbers of standard strings: letters with accents name their parts by them."""


def thinned(data: bytes, shown: Iterable[int] | None) -> tuple[bytes, set[int] | None]:
    """Return a bare compact font, and the numbers of the glyphs that it still has; None for all.

    `shown` are glyphs by the numbers that a PDF has for them (CID), None for all. What is damaged stays as it is.
    """
    try:
        return _Font(data).thinned(None if shown is None else set(shown))
    except (LookupError, ValueError, OverflowError, StopIteration):
        return data, None


class _Font:
    def __init__(self, data: bytes) -> None:
        """Raises LookupError for what makes no sense, or is too unusual."""
        self._data = data
        _, after = fonts.index(data, data[2])
        (top,), after = fonts.index(data, after)
        self._strings, after = fonts.index(data, after)
        _, end = fonts.index(data, after)
        self._subroutines = data[after:end]
        self._top = self._entries(top)
        if UNKNOWN & self._top.keys():
            raise LookupError
        self._glyphs = self._items(self._top[GLYPHS][1][-1])
        self._has_numbers = fonts.ROS in self._top
        self._charset = self._read_charset()

    def _items(self, start: int) -> list[bytes]:
        spans, _ = fonts.index(self._data, start)
        return [self._data[start:end] for start, end in spans]

    def _entries(self, span: fonts.Span) -> Entries:
        found, start = Entries(), span[0]
        for operator, numbers, at in fonts.entries(self._data, span):
            found[operator] = self._data[start:at], numbers
            start = at + len(operator)
        told = fonts.TOLD | NUMBERS_OF_ITS_OWN
        return {operator: entry for operator, entry in found.items() if operator not in told}

    def _pairs(self, start: int, count: int, size: int = 2) -> list[int]:
        part = self._data[start : start + count * size]
        if len(part) < count * size:
            raise LookupError
        return [int.from_bytes(part[at : at + size], "big") for at in range(0, len(part), size)]

    def _read_charset(self) -> list[int] | None:
        """Return the names of glyphs as numbers of strings, or their own numbers; None for a set that readers have."""
        start = self._top.get(CHARSET, (b"", [0]))[1][-1]
        if start <= LARGEST_PREDEFINED:
            return None
        kind, at, named, count = self._data[start], start + 1, [0], len(self._glyphs)
        if kind == 0:
            return [0, *self._pairs(at, count - 1)]
        while len(named) < count:
            (first,) = self._pairs(at, 1)
            (more,) = self._pairs(at + 2, 1, kind)
            named += range(first, first + more + 1)
            at += 2 + kind
        return named[:count]

    def thinned(self, shown: set[int] | None) -> tuple[bytes, set[int] | None]:
        kept = self._kept(shown)
        glyphs = [glyph if number in kept else bytes([END]) for number, glyph in enumerate(self._glyphs)]
        entries = dict(self._top)
        named, strings = self._renamed(kept, entries)
        tables: dict[fonts.Operator, bytes] = {GLYPHS: _listed(glyphs)}
        if named is not None:
            tables[CHARSET] = b"\0" + b"".join(number.to_bytes(2, "big") for number in named[1:])
        encoding = entries.get(ENCODING, (b"", [0]))[1][-1]
        if encoding > 1:
            tables[ENCODING] = self._encoding(encoding)
        if self._has_numbers:
            tables[FONT_CHOICE] = b"\0" + bytes(self._choices(kept))
        return self._written(entries, strings, tables), None if shown is None else kept

    def _kept(self, shown: set[int] | None) -> set[int]:
        everything = range(len(self._glyphs))
        if shown is None:
            return set(everything)
        if self._has_numbers and self._charset is not None:
            return {0, *(glyph for glyph, number in enumerate(self._charset) if number in shown)}
        kept = {0, *(number for number in shown if number in everything)}
        names = list(everything) if self._charset is None else self._charset
        parts = {STANDARD_ENCODING.get(code, 0) for glyph in kept for code in _parts(self._glyphs[glyph])}
        return kept | {glyph for glyph, name in enumerate(names) if name in parts}

    def _renamed(self, kept: set[int], entries: Entries) -> tuple[list[int] | None, list[bytes]]:
        """Return the glyphs' names, and the strings that these need; glyphs that are left out have others' names."""
        if self._has_numbers:
            entries[fonts.ROS] = b"\x1c" + (391).to_bytes(2, "big") + b"\x1c" + (392).to_bytes(2, "big") + b"\x8b", []
            if self._charset is None:
                return None, [b"Adobe", b"Identity"]
            used = {self._charset[glyph] for glyph in kept}
            free = (number for number in range(1, 1 << 16) if number not in used)
            numbers = [old if glyph in kept else next(free) for glyph, old in enumerate(self._charset)]
            return numbers, [b"Adobe", b"Identity"]
        if self._charset is None:
            return None, []
        strings: dict[int, bytes] = {}
        named = [number if glyph in kept else 0 for glyph, number in enumerate(self._charset)]
        for number in sorted({number for number in named if number >= fonts.STANDARD_STRINGS}):
            start, end = self._strings[number - fonts.STANDARD_STRINGS]
            strings[number] = self._data[start:end]
        order = {number: fonts.STANDARD_STRINGS + at for at, number in enumerate(strings)}
        return [order.get(number, number) for number in named], list(strings.values())

    def _encoding(self, start: int) -> bytes:
        kind, count = self._data[start], self._data[start + 1]
        if kind > 1:
            raise LookupError
        return self._data[start : start + 2 + count * (kind + 1)]

    def _choices(self, kept: set[int]) -> list[int]:
        """Return of which of its fonts each glyph is."""
        start, count = self._top[FONT_CHOICE][1][-1], len(self._glyphs)
        if self._data[start] == 0:
            fonts_of = self._pairs(start + 1, count, 1)
        else:
            (ranges,) = self._pairs(start + 1, 1)
            fonts_of = []
            for at in range(start + 3, start + 3 + 3 * ranges, 3):
                (following,) = self._pairs(at + 3, 1)
                fonts_of += [self._data[at + 2]] * (min(following, count) - len(fonts_of))
        return [choice if glyph in kept else 0 for glyph, choice in enumerate(fonts_of)]

    def _written(self, entries: Entries, strings: list[bytes], tables: dict[fonts.Operator, bytes]) -> bytes:
        head = b"\1\0\4\4" + _listed([b"A"])
        places: Places = {operator: [0, 0] if operator == PRIVATE else [0] for operator in (*PLACES, *tables)}
        after = _listed(strings) + self._subroutines
        at = len(head) + len(_listed([_dictionary(entries, places)])) + len(after)
        body = [after]
        for operator, table in tables.items():
            places[operator] = [at]
            body.append(table)
            at += len(table)
        inner = []
        for font in map(self._entries, self._inner()):
            private, place = self._private(font, at)
            inner.append(_dictionary(font, {PRIVATE: place}))
            body.append(private)
            at += len(private)
        if self._has_numbers:
            places[fonts.FONT_ARRAY] = [at]
            body.append(_listed(inner))
        else:
            private, places[PRIVATE] = self._private(entries, at)
            body.append(private)
        return b"".join([head, _listed([_dictionary(entries, places)]), *body])

    def _inner(self) -> list[fonts.Span]:
        if not self._has_numbers:
            return []
        return fonts.index(self._data, self._top[fonts.FONT_ARRAY][1][-1])[0]

    def _private(self, font: Entries, at: int) -> tuple[bytes, list[int]]:
        """Return a dictionary that outlines need with its subroutines, and how a font tells that it is at `at`."""
        if PRIVATE not in font:
            return b"", [0, at]
        size, start = font[PRIVATE][1][-2:]
        if start < 0 or size < 0 or start + size > len(self._data):
            raise LookupError
        entries = self._entries((start, start + size))
        length = len(_dictionary(entries, {SUBROUTINES: [0]}))
        plain = _dictionary(entries, {SUBROUTINES: [length]})
        if SUBROUTINES in entries:
            first = start + entries[SUBROUTINES][1][-1]
            plain += self._data[first : fonts.index(self._data, first)[1]]
        return plain, [length, at]


def _dictionary(entries: Entries, places: Places) -> bytes:
    """Return it with these numbers, each as long as any."""
    written = []
    for operator, (operands, _) in entries.items():
        numbers = [b"\x1d" + number.to_bytes(4, "big") for number in places.get(operator, [])]
        written += [*(numbers or [operands]), bytes(operator)]
    return b"".join(written)


def _listed(items: list[bytes]) -> bytes:
    if not items:
        return b"\0\0"
    places = [1]
    for item in items:
        places.append(places[-1] + len(item))
    return b"".join([len(items).to_bytes(2, "big"), b"\4", *(at.to_bytes(4, "big") for at in places), *items])


def _parts(glyph: bytes) -> Iterator[int]:
    """Yield the codes of the two letters that a letter is put together from, if it is one with an accent."""
    numbers, at = list[int](), 0
    while at < len(glyph) and (glyph[at] >= 32 or glyph[at] == 28):
        size, number = (5, 0) if glyph[at] == 255 else fonts.number(glyph, at)
        numbers.append(number)
        at += size
    if glyph[at : at + 1] == bytes([END]) and len(numbers) >= 4:
        yield from numbers[-2:]
