"""The operators of pages: what each takes, names and does, and which operands are written for it."""

import re
from decimal import Decimal
from typing import Any, Final

import pikepdf

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

# What drawing operators become in a layer that is not shown: what they set stays, what they draw goes.
UNSEEN: Final[dict[bytes, bytes]] = {
    **dict.fromkeys(b"b B b* B* f F f* s S".split(), b"n"),
    **dict.fromkeys(b"Do sh Tj TJ".split(), b""),
    **dict.fromkeys(b"' \"".split(), b"T*"),
}

USES: Final[dict[bytes, str]] = {
    **dict.fromkeys(b"SCN scn".split(), "/Pattern"),
    **dict.fromkeys(b"CS cs".split(), "/ColorSpace"),
    b"Do": "/XObject",
    b"gs": "/ExtGState",
    b"sh": "/Shading",
    b"Tf": "/Font",
}
"""Which resources an operator names."""
PLAIN_SPACES: Final = frozenset(b"/DeviceCMYK /DeviceGray /DeviceRGB /Pattern".split())
NAMED: Final = frozenset({*USES, b"ri"})
INTENTS: Final = frozenset(b"/AbsoluteColorimetric /Perceptual /RelativeColorimetric /Saturation".split())

SLOTS: Final[dict[bytes, tuple[bytes, tuple[bytes, ...]]]] = {
    b"Tf": (b"Tf", ()),
    **dict.fromkeys((b"cs", b"g", b"rg", b"k"), (b"cs", (b"scn",))),
    **dict.fromkeys((b"CS", b"G", b"RG", b"K"), (b"CS", (b"SCN",))),
    **dict.fromkeys((b"sc", b"scn"), (b"scn", ())),
    **dict.fromkeys((b"SC", b"SCN"), (b"SCN", ())),
}
"""Which place an operator fills in what is in force, and which other ones it empties."""

NOTED: Final = frozenset({*USES, *SLOTS, *TEXT, b"q", b"Q"})
"""What matters to what is drawn with which resources."""

SIZING: Final = frozenset(b"q Q BT cm Tm Tf Tz".split())
"""What decides how large letters are."""
SMALLEST: Final = 1e-20
"""Square points; smaller letters are none to readers that count with short fractions, and so are not told."""

NUMBER_STARTS: Final = frozenset(b"%d" % digit for digit in range(10)) | {b"-", b"+", b"."}
NUMBERS: Final = re.compile(rb"(?:[-+.\d]++(?:[eE][-+]?\d++)? ?)*+")
DASHES: Final = re.compile(rb"\[[-+.\d\s]*+\]")
LETTERS: Final = re.compile(rb"\[(?:[-+.\d\s]|\((?:[^()\\]|\\.)*+\)|<[\da-fA-F\s]*+>)*+\]", re.DOTALL)
"""An array for TJ that holds nothing but numbers and strings; those with brackets in them are looked at one by one."""

Operand = tuple[object, bytes]


class Sizes:
    """How large letters are, by what a content says of it."""

    def __init__(self) -> None:
        self._page = self._size = self._width = 1.0
        self._line = 1.0
        self._kept: list[tuple[float, float, float]] = []

    @property
    def are_naught(self) -> bool:
        """Whether nobody sees letters, nor finds them in what pdfium tells."""
        return self._page * self._line * self._size**2 * self._width < SMALLEST

    def follow(self, operator: bytes, operands: list[Operand]) -> None:
        if operator == b"q":
            self._kept.append((self._page, self._size, self._width))
        elif operator == b"Q":
            if self._kept:
                self._page, self._size, self._width = self._kept.pop()
        elif operator == b"BT":
            self._line = 1.0
        else:
            self._scale(
                operator, [float(number) for number, _ in operands if isinstance(number, int | float | Decimal)]
            )

    def _scale(self, operator: bytes, numbers: list[float]) -> None:
        match operator, numbers:
            case b"cm", [a, b, c, d, _, _]:
                self._page *= abs(a * d - b * c)
            case b"Tm", [a, b, c, d, _, _]:
                self._line = abs(a * d - b * c)
            case b"Tf", [size]:
                self._size = size
            case b"Tz", [width]:
                self._width = abs(width)


def is_unknown(text: bytes) -> bool:
    """Whether this is an operator that is not known, so that its operands go with it."""
    return text[:1].isalpha() and text not in (b"true", b"false", b"null")


def written(operator: bytes, operands: list[Operand]) -> bytes | None:
    """Return a line that holds the operator; None when an operand does not belong there, and could hide text."""
    plain = b" ".join([text for _, text in operands])
    if operator in NAMED or not NUMBERS.fullmatch(plain):
        if not _is_named_well(operator, operands):
            return None
        texts = [_operand(obj, text, operator) for obj, text in operands]
        known = [text for text in texts if text is not None]
        if len(known) < len(texts):
            return None
        plain = b" ".join(known)
    return plain + b" " + operator if plain else operator


def _is_named_well(operator: bytes, operands: list[Operand]) -> bool:
    """Whether names stand where the operator wants one, and nowhere else."""
    names = [at for at, (_, text) in enumerate(operands) if text.startswith(b"/")]
    if operator == b"ri":
        return bool(names) and operands[0][1] in INTENTS
    if operator not in USES:
        return not names
    if operator in (b"SCN", b"scn"):
        return names in ([], [len(operands) - 1])
    return names == [0]


def _operand(obj: object, text: bytes, operator: bytes) -> bytes | None:
    """Return the operand as it shall be written, if it belongs there."""
    match text[:1]:
        case b"[" if operator == b"TJ":
            return text if LETTERS.fullmatch(text) else _letters(obj)
        case b"[":
            return text if DASHES.fullmatch(text) and operator == b"d" else None
        case b"(" | b"<":
            belongs = operator in TEXT and not text.startswith(b"<<")
        case b"/":
            belongs = True
        case _:
            belongs = NUMBERS.fullmatch(text) is not None
    return text if belongs else None


def _letters(array: object) -> bytes | None:
    """Return the array for TJ with its strings and numbers alone."""
    if not isinstance(array, pikepdf.Array):
        return None
    items: list[Any] = list(array)
    kept = [item for item in items if isinstance(item, int | Decimal | pikepdf.String) and not isinstance(item, bool)]
    return pikepdf.Array(kept).unparse()
