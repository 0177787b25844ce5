"""What a page, a form or a glyph draws: read operator by operator, and written anew from those that draw."""

import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

import pikepdf

from organizer.media import strip

# Every operator that draws or says how, with the number of its operands; None: as many as the colour space has.
# Not here: marked content (it can hold any text), compatibility sections, PostScript.
OPERATORS: Final[dict[bytes, int | None]] = {
    **dict.fromkeys(b"b B b* B* BT ET f F f* h n q Q s S T* W W*".split(), 0),
    **dict.fromkeys(b"CS cs Do G g gs i j J M ri sh Tc Tj TJ TL Tr Ts Tw Tz w '".split(), 1),
    **dict.fromkeys(b"d d0 l m Td TD Tf".split(), 2),
    **dict.fromkeys(b'RG rg "'.split(), 3),
    **dict.fromkeys(b"K k re v y".split(), 4),
    **dict.fromkeys(b"c cm d1 Tm".split(), 6),
    **dict.fromkeys(b"SC sc SCN scn".split(), None),
}
MOST_OPERANDS: Final = 33
TEXT: Final = frozenset(b"Tj TJ ' \"".split())
NAMED: Final = frozenset(b"CS cs Do gs ri SCN scn sh Tf".split())

# What drawing operators become in a layer that is not shown: what they set stays, what they draw goes.
UNSEEN: Final[dict[bytes, bytes]] = {
    **dict.fromkeys(b"b B b* B* f F f* s S".split(), b"n"),
    **dict.fromkeys(b"Do sh Tj TJ".split(), b""),
    **dict.fromkeys(b"' \"".split(), b"T*"),
}

# Which resources an operator draws with, when its last operand is a name.
USES: Final = {b"Do": "/XObject", b"gs": "/ExtGState", b"scn": "/Pattern", b"SCN": "/Pattern"}

INLINE_KEYS: Final = frozenset(
    b"/BPC /BitsPerComponent /CS /ColorSpace /D /Decode /DP /DecodeParms /F /Filter /H /Height /IM /ImageMask"
    b" /I /Interpolate /W /Width".split()
)
INLINE_JPEG: Final = frozenset({b"/DCT", b"/DCTDecode"})

Operand = tuple[object, bytes]


@dataclass
class Content:
    data: bytes
    operators: int = 0
    uses: Counter[tuple[str, bytes]] = field(default_factory=Counter)
    """How often each resource, as (category, name as written), is drawn with."""
    has_hidden: bool = False


def clean(data: bytes, hidden: Collection[str] = ()) -> Content:
    """Return the content with nothing but operators that draw; comments and marks go.

    `hidden` are the names of property lists for layers that are not shown: what they draw goes too.
    """
    with pikepdf.new() as scratch:
        page = pikepdf.Dictionary(Type=pikepdf.Name.Page, Contents=scratch.make_stream(data))
        cleaner = _Cleaner(data, hidden)
        pikepdf.Page(page).parse_contents(cleaner)
    cleaner.content.data = b"\n".join(cleaner.written)
    return cleaner.content


class _Cleaner(pikepdf.StreamParser):
    """Copies slices of the original, so that numbers and strings stay as they were written."""

    def __init__(self, data: bytes, hidden: Collection[str]) -> None:
        super().__init__()
        self.content = Content(b"")
        self.written: list[bytes] = []
        self._data = data
        self._hidden = hidden
        self._operands: list[Operand] = []
        self._marks: list[bool] = []
        """For each open mark, whether it hides what it holds."""
        self._inline: list[bytes] | None = None
        """The image between ID and EI, once its dictionary is read."""

    def handle_object(self, obj: object, offset: int, length: int) -> None:
        text = self._data[offset : offset + length]
        if self._inline is not None:
            self._end_inline(text)
        elif text in OPERATORS:
            self._operate(text)
        elif text in (b"BMC", b"BDC", b"EMC"):
            self._mark(text)
        elif text == b"ID":
            self._inline = [operand for _, operand in self._operands]
            self._operands = []
        elif text == b"BI" or _is_unknown(text):
            self._operands = []
        else:
            self._operands.append((obj, text))

    def handle_eof(self) -> None:
        """Operands without an operator are left out."""

    def _operate(self, operator: bytes) -> None:
        operands, self._operands = self._operands, []
        count = OPERATORS[operator]
        if count is not None:
            if len(operands) < count:
                return
            operands = operands[len(operands) - count :]
        if any(self._marks) and operator in UNSEEN:
            operands, operator = [], UNSEEN[operator]
            self.content.has_hidden = True
        texts = [_operand(obj, text, operator) for obj, text in operands[-MOST_OPERANDS:]]
        if operator and None not in texts:
            self.content.operators += 1
            self._note_use(operands, operator)
            self.written.append(b" ".join([*(text for text in texts if text), operator]))

    def _note_use(self, operands: list[Operand], operator: bytes) -> None:
        if operator in USES and operands and operands[-1][1].startswith(b"/"):
            self.content.uses[USES[operator], operands[-1][1]] += 1

    def _mark(self, operator: bytes) -> None:
        operands, self._operands = self._operands, []
        if operator == b"EMC":
            if self._marks:
                self._marks.pop()
            return
        is_layer = len(operands) == 2 and operands[0][1] == b"/OC" and operands[1][1].startswith(b"/")
        self._marks.append(is_layer and _name(operands[1][1]) in self._hidden)

    def _end_inline(self, text: bytes) -> None:
        """Write an image that stands within the content: `text` is its data, then EI."""
        described = self._inline or []
        if text == b"EI":
            self._inline = None
            return
        pairs = dict(zip(described[::2], described[1::2], strict=False))
        kept = {key: value for key, value in pairs.items() if key in INLINE_KEYS and b"(" not in value}
        filters = set((kept.get(b"/F") or kept.get(b"/Filter") or b"").strip(b"[] ").split())
        if any(self._marks):
            self.content.has_hidden = True
            return
        if filters & INLINE_JPEG:
            if len(filters) > 1:
                return
            text = strip.jpeg(text).data
        self.content.operators += 1
        header = b" ".join(b" ".join(pair) for pair in kept.items())
        self.written += [b"BI " + header + b" ID " + text, b"EI"]


def _name(text: bytes) -> str:
    """Return a name as pikepdf spells the keys of dictionaries: without escapes, odd bytes as half surrogates."""
    plain = re.sub(rb"#([0-9A-Fa-f]{2})", lambda found: bytes.fromhex(found[1].decode()), text)
    return plain.decode("utf-8", "surrogateescape")


def _is_unknown(text: bytes) -> bool:
    """Whether this is an operator that is not known, so that its operands go with it."""
    return text[:1].isalpha() and text not in (b"true", b"false", b"null")


def _operand(obj: object, text: bytes, operator: bytes) -> bytes | None:
    """Return the operand as it shall be written; None when it does not belong there, and could hide text."""
    match text[:1]:
        case b"[":
            text = obj.unparse() if b"%" in text and isinstance(obj, pikepdf.Object) else text
            belongs = operator == b"TJ" or not any(mark in text for mark in b"(</")
        case b"(" | b"<":
            belongs = operator in TEXT and not text.startswith(b"<<")
        case b"/":
            belongs = operator in NAMED
        case _:
            belongs = True
    return text if belongs else None
