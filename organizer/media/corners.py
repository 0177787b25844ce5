"""What `stamps` is asked for: which code, in which corner of which pages, framed with the file as a child reads it.

Apart from `stamps`, so that a web process that asks for a stamp never loads what draws it.
"""

import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Final

SIZE_BYTES: Final = 4


class Corner(StrEnum):
    """Of a page as readers see it, whichever way its file has turned it."""

    TOP_LEFT = "top_left"
    TOP_RIGHT = "top_right"
    BOTTOM_LEFT = "bottom_left"
    BOTTOM_RIGHT = "bottom_right"


class Pages(StrEnum):
    FIRST = "first"
    LAST = "last"
    ALL = "all"

    def of(self, count: int) -> range:
        """The indexes of the pages that are meant, of `count`."""
        return {Pages.FIRST: range(1), Pages.LAST: range(count - 1, count), Pages.ALL: range(count)}[self]


@dataclass(frozen=True, slots=True)
class Stamp:
    """`text` is what readers of QR codes read, `words` stand below it in small letters: ASCII, as they are a code."""

    text: str
    words: str
    corner: Corner = Corner.BOTTOM_RIGHT
    pages: Pages = Pages.LAST


def frame(data: bytes, stamp: Stamp) -> bytes:
    """A rebuilt file, and what it is to be stamped with."""
    header = json.dumps(asdict(stamp)).encode()
    return b"".join([len(header).to_bytes(SIZE_BYTES, "big"), header, data])


def unframe(framed: bytes) -> tuple[bytes, Stamp]:
    """Return what `frame` was given."""
    start = SIZE_BYTES + int.from_bytes(framed[:SIZE_BYTES], "big")
    told = json.loads(framed[SIZE_BYTES:start])
    stamp = Stamp(told["text"], told["words"], Corner(told["corner"]), Pages(told["pages"]))
    return framed[start:], stamp
