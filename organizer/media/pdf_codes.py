"""Codes of letters: which are shown in a font, and what a font's map says that they mean."""

import re
import sys
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from organizer.media import Refused

SPACE: Final = 0x20
MOST_ENTRIES: Final = 500_000
"""Of one map; no font has more letters than 65,536."""
MOST_IN_A_BLOCK: Final = 100
LONGEST: Final = 128
"""Digits of what one code means; the longest ligatures have half of that."""
LONGEST_CODE: Final = 8
EDGE: Final = re.compile(rb"(?:begin|end)(codespacerange|bfchar|bfrange)")
ITEM: Final = re.compile(rb"<([\da-fA-F\s]*+)>|[\[\]]")


@dataclass
class Codes:
    """What strings hold as letters of one byte, and of two; a font reads them in one way only."""

    single: set[int] = field(default_factory=set)
    double: set[int] = field(default_factory=set)
    are_all: bool = False
    """Whether any other may be shown, too."""

    def add(self, shown: bytes) -> None:
        self.single.update(shown)
        pairs = array("H", shown[: len(shown) & ~1])
        if sys.byteorder == "little":
            pairs.byteswap()
        self.double.update(pairs)

    def update(self, other: "Codes") -> None:
        self.single |= other.single
        self.double |= other.double
        self.are_all |= other.are_all


@dataclass
class Meanings:
    """What a map (ToUnicode) says: which bytes make codes, and what these mean, as UTF-16 in hexadecimal."""

    ranges: list[tuple[bytes, bytes]] = field(default_factory=list)
    letters: dict[int, tuple[bytes, bytes]] = field(default_factory=dict)
    """By code, each with the code as it is written."""

    @classmethod
    def read(cls, program: bytes, shown: Collection[int] | None) -> "Meanings":
        """Take from a map what it says of these codes, None for all, and of spaces. Raises Refused for endless ones."""
        made, wanted = cls(), None if shown is None else sorted(shown)
        count = 0
        for section, low, high, meant in _lines(program):
            count += 1
            if section == b"codespacerange":
                made.ranges.append((low, high))
                continue
            first, last = int(low, 16), min(int(high, 16), int(low, 16) + 0xFFFF)
            codes = _between(wanted, first, last)
            if not isinstance(meant, list) and 0 <= (space := SPACE - int(meant, 16)) <= last - first:
                codes = [*codes, first + space]
            for code in codes:
                count += 1
                text = _meant(meant, code - first)
                if text is not None:
                    made.letters[code] = b"%0*x" % (len(low), code), text
            if count > MOST_ENTRIES:
                raise Refused("pdf_complex")
        return made

    @property
    def spaces(self) -> set[int]:
        return {code for code, (_, text) in self.letters.items() if int(text, 16) == SPACE}

    def written(self) -> bytes:
        lines = [b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap"]
        lines += [b"/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def"]
        lines += [b"/CMapName /A def /CMapType 2 def"]
        lines += _blocks(b"codespacerange", self.ranges) + _blocks(b"bfchar", sorted(self.letters.values()))
        return b"\n".join([*lines, b"endcmap CMapName currentdict /CMap defineresource pop end end"])


def _blocks(section: bytes, pairs: list[tuple[bytes, bytes]]) -> list[bytes]:
    lines = []
    for start in range(0, len(pairs), MOST_IN_A_BLOCK):
        block = pairs[start : start + MOST_IN_A_BLOCK]
        lines += [b"%d begin%b" % (len(block), section), *(b"<%b> <%b>" % pair for pair in block), b"end" + section]
    return lines


def _between(wanted: list[int] | None, first: int, last: int) -> Collection[int]:
    if wanted is None:
        return range(first, last + 1)
    return wanted[bisect_left(wanted, first) : bisect_right(wanted, last)]


def _meant(meant: bytes | list[bytes], at: int) -> bytes | None:
    if isinstance(meant, list):
        return meant[at] if at < len(meant) else None
    return b"%0*x" % (len(meant), int(meant, 16) + at)


def _lines(program: bytes) -> Iterator[tuple[bytes, bytes, bytes, bytes | list[bytes]]]:
    """Yield each line of a map as (section, first code, last code, what the first means), all in hexadecimal."""
    edges = list(EDGE.finditer(program))
    for begin, end in pairwise([*edges, None]):
        if begin is None or begin[0].startswith(b"end"):
            continue
        section, items = begin[1], _read(program[begin.end() : end.start() if end else len(program)])
        size = 3 if section == b"bfrange" else 2
        for at in range(0, len(items) - size + 1, size):
            low, high, meant = items[at], items[at if section == b"bfchar" else at + 1], items[at + size - 1]
            if isinstance(low, bytes) and isinstance(high, bytes) and max(len(low), len(high)) <= LONGEST_CODE:
                yield section, low, high, meant


def _read(lines: bytes) -> list[bytes | list[bytes]]:
    """Return the numbers in hexadecimal that stand there, those in brackets as lists."""
    items: list[bytes | list[bytes]] = []
    listed: list[bytes] | None = None
    for found in ITEM.finditer(lines):
        digits = b"".join((found[1] or b"").split())[:LONGEST]
        if found[0] == b"[":
            listed = []
        elif found[0] == b"]":
            items += [] if listed is None else [listed]
            listed = None
        elif listed is None:
            items.append(digits or b"0")
        else:
            listed.append(digits or b"0")
    return items
