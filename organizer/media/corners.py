"""What `stamps` is asked for: which code, in which corner of which pages, and on which sheets.

It is framed with the file as a child reads it.

Apart from `stamps`, so that a web process that asks for a stamp never loads what draws it.
"""

from dataclasses import asdict, dataclass
from enum import StrEnum

from organizer.media import wire


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


class Layout(StrEnum):
    """The pages as they are, or several copies of each on sheets; names as in `sandbox.Printed`."""

    FULL = "full"
    TWO_UP_A4 = "two_up_a4"
    TWO_UP_LETTER = "two_up_letter"
    FOUR_UP_A4 = "four_up_a4"
    FOUR_UP_LETTER = "four_up_letter"

    @property
    def copies(self) -> int:
        return 1 if self == Layout.FULL else 2 if self.startswith("two") else 4

    @property
    def paper(self) -> str:
        """Of the sheets, as `pdf_sheets.PAPERS` has it."""
        return "" if self == Layout.FULL else self.rpartition("_")[2]


@dataclass(frozen=True, slots=True)
class Stamp:
    """`text` is what readers of QR codes read, `words` stand below it in small letters: ASCII, as they are a code."""

    text: str
    words: str
    corner: Corner = Corner.BOTTOM_RIGHT
    pages: Pages = Pages.LAST
    layout: Layout = Layout.FULL


def frame(data: bytes, stamp: Stamp) -> bytes:
    """A rebuilt file, and what it is to be stamped with."""
    return wire.frame(asdict(stamp), data)


def unframe(framed: bytes) -> tuple[bytes, Stamp]:
    """Return what `frame` was given."""
    told, data = wire.unframe(framed)
    chosen = Corner(told["corner"]), Pages(told["pages"]), Layout(told["layout"])
    return data, Stamp(told["text"], told["words"], *chosen)
