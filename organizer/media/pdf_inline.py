"""Images that stand within the content of a page."""

import re
from dataclasses import dataclass
from typing import Final

from organizer.media import strip

KEYS: Final = frozenset(
    b"/BPC /BitsPerComponent /CS /ColorSpace /D /Decode /DP /DecodeParms /F /Filter /H /Height /IM /ImageMask"
    b" /I /Interpolate /W /Width".split()
)
JPEG: Final = frozenset({b"/DCT", b"/DCTDecode"})
SPACES: Final = frozenset(b"/CMYK /DeviceCMYK /DeviceGray /DeviceRGB /G /I /Indexed /RGB".split())
NAMES: Final = SPACES | frozenset(
    b"/AHx /ASCIIHexDecode /A85 /ASCII85Decode /LZW /LZWDecode /Fl /FlateDecode /RL /RunLengthDecode /CCF"
    b" /CCITTFaxDecode /DCT /DCTDecode /BitsPerComponent /BlackIs1 /ColorTransform /Colors /Columns /EarlyChange"
    b" /DamagedRowsBeforeError /EncodedByteAlign /EndOfBlock /EndOfLine /K /Predictor /Rows".split()
)
"""All that means anything in such an image, but for the name of a colour space among the resources."""
NAME: Final = re.compile(rb"/[^\s/()<>\[\]{}%]+")
PLAIN: Final = re.compile(rb"(?:[-+.\d\s\[\]]|true|false|null|<<|>>|/[^\s/()<>\[\]{}%]++)*+")
COLOURS: Final = re.compile(rb"<[\da-fA-F\s]*+>")


@dataclass(frozen=True, slots=True)
class Inline:
    data: bytes
    """From BI to EI."""
    space: bytes = b""
    """The colour space, as it is named among the resources; empty where it is a plain one."""
    offset: int = 0
    """Where in `data` that name stands."""


def rebuilt(described: list[bytes], data: bytes) -> Inline | None:
    """Return the image with what describes it; None for one that cannot be kept.

    `described` are keys and values in turn, as they were written. Raises Refused for a damaged JPEG.
    """
    header, space, offset = b"BI", b"", 0
    filters: set[bytes] = set()
    for key, value in zip(described[::2], described[1::2], strict=False):
        is_space = key in (b"/CS", b"/ColorSpace")
        if is_space and NAME.fullmatch(value) and value not in SPACES:
            space, offset = value, len(header) + len(key) + 2
        elif key not in KEYS or not _is_plain(value, is_space=is_space):
            continue
        if key in (b"/F", b"/Filter"):
            filters = set(value.strip(b"[] ").split())
        header += b" " + key + b" " + value
    if filters & JPEG:
        if len(filters) > 1:
            return None
        data = strip.jpeg(data)
    return Inline(header + b" ID " + data + b"\nEI", space, offset)


def _is_plain(value: bytes, *, is_space: bool) -> bool:
    """Whether a value holds nothing but numbers and names that mean something, and colours where they belong."""
    rest = COLOURS.sub(b"", value) if is_space else value
    return PLAIN.fullmatch(rest) is not None and NAMES.issuperset(NAME.findall(rest))
