"""Images that stand within the content of a page."""

import re
import zlib
from dataclasses import dataclass
from typing import Any, Final

import pikepdf
from pikepdf import Array, Dictionary, Name

from organizer.media import Refused, strip

KEYS: Final = {
    b"/BitsPerComponent": b"/BPC",
    b"/ColorSpace": b"/CS",
    b"/Decode": b"/D",
    b"/DecodeParms": b"/DP",
    b"/Filter": b"/F",
    b"/Height": b"/H",
    b"/ImageMask": b"/IM",
    b"/Interpolate": b"/I",
    b"/Width": b"/W",
}
SHORT: Final = frozenset(KEYS.values())
JPEG: Final = ("/DCT", "/DCTDecode")
FILTERS: Final = frozenset(
    {"/AHx", "/ASCIIHexDecode", "/A85", "/ASCII85Decode", "/LZW", "/LZWDecode", "/Fl", "/FlateDecode", "/RL"}
    | {"/RunLengthDecode", "/CCF", "/CCITTFaxDecode", *JPEG}
)
PARAMETERS: Final = frozenset(
    {"/BitsPerComponent", "/BlackIs1", "/ColorTransform", "/Colors", "/Columns", "/DamagedRowsBeforeError"}
    | {"/EarlyChange", "/EncodedByteAlign", "/EndOfBlock", "/EndOfLine", "/K", "/Predictor", "/Rows"}
)
"""How filters go about it; each is a number, or yes or no."""
COLOURS: Final = {b"/G": 1, b"/DeviceGray": 1, b"/RGB": 3, b"/DeviceRGB": 3, b"/CMYK": 4, b"/DeviceCMYK": 4}
PLAIN: Final = re.compile(rb"(?:[-+.\d\s\[\]]|true|false|null)*+")
MOST_COLOURS: Final = 256
MOST_FIGURES: Final = 6
"""Of which a number of dots has fewer."""


@dataclass(frozen=True, slots=True)
class Inline:
    data: bytes
    """From BI to EI."""
    space: bytes = b""
    """The colour space, as it is named among the resources; empty where it is a plain one."""
    offset: int = 0
    """Where in `data` that name stands."""


def rebuilt(described: list[bytes], data: bytes) -> Inline:
    """Return the image with what describes it.

    `described` are keys and values in turn, as they were written. Raises Refused for a damaged JPEG, and for what
    readers may draw though it cannot be read here: left out, it would lay open what is below.
    """
    told = {_key(key): value for key, value in zip(described[::2], described[1::2], strict=False)}
    filters = _listed(told.pop(b"/F", None))
    parameters = _listed(told.pop(b"/DP", None))
    if not all(isinstance(name, Name) and str(name) in FILTERS for name in filters):
        raise Refused("pdf_complex")
    if any(name in JPEG for name in filters):
        data = strip.jpeg(_unpacked(data, filters[:-1], parameters))
        filters, parameters = filters[-1:], parameters[len(filters) - 1 : len(filters)]
    space = told.pop(b"/CS", b"")
    written, is_named = _space(space)
    if not is_named and (size := _size(told, written)):
        if not filters:
            data = data[:size]
        elif _is_flate(filters, parameters):
            data = _cut_packed(data, size)
    header = b"".join(b" " + key + b" " + value for key, value in told.items() if _is_plain(key, value))
    if filters:
        header += b" /F " + Array(filters).unparse()
    if parameters:
        header += b" /DP " + Array(map(_parameters, parameters)).unparse()
    start = b"BI" + header + (b" /CS " if space else b"")
    return Inline(start + written + b" ID " + data + b"\nEI", written if is_named else b"", len(start) * is_named)


def _size(told: dict[bytes, bytes], space: bytes) -> int:
    """Return how many bytes the dots take; 0 where that is not told in plain figures."""
    is_mask = told.get(b"/IM") == b"true"
    if not (is_mask or space):
        return 0
    figures = [told.get(b"/W", b""), told.get(b"/H", b""), b"1" if is_mask else told.get(b"/BPC", b"")]
    if not all(figure.isdigit() and len(figure) < MOST_FIGURES for figure in figures):
        return 0
    width, height, bits = map(int, figures)
    return -(-width * bits * (1 if is_mask else COLOURS.get(space, 1)) // 8) * height


def _is_flate(filters: list[Any], parameters: list[Any]) -> bool:
    return len(filters) == 1 and str(filters[0]) in ("/Fl", "/FlateDecode") and not any(parameters)


def _cut_packed(data: bytes, size: int) -> bytes:
    """Return the packed dots without what follows them, within and behind."""
    unpacking = zlib.decompressobj()
    try:
        dots = unpacking.decompress(data, size + 1)
    except zlib.error:
        return data
    if len(dots) <= size and unpacking.eof:
        return data[: len(data) - len(unpacking.unused_data)]
    return zlib.compress(dots[:size])


def _key(text: bytes) -> bytes:
    """Return a key in its short form, whether it has escapes or not."""
    plain = pikepdf.Object.parse(text).unparse() if b"#" in text else text
    return KEYS.get(plain, plain)


def _is_plain(key: bytes, value: bytes) -> bool:
    return key in SHORT and PLAIN.fullmatch(value) is not None


def _listed(written: bytes | None) -> list[Any]:
    """Return a value as a list, whether it is written as one or alone."""
    value: Any = None if written is None else pikepdf.Object.parse(written)
    return list(value) if isinstance(value, Array) else [] if value is None else [value]


def _parameters(told: Any) -> Dictionary | None:
    """Return what means anything of what is told to a filter."""
    if not isinstance(told, Dictionary):
        return None
    plain = {key: value for key, value in told.items() if PLAIN.fullmatch(_written(value))}
    return Dictionary({key: value for key, value in plain.items() if key in PARAMETERS})


def _written(value: Any) -> bytes:
    return value.unparse() if isinstance(value, pikepdf.Object) else str(value).lower().encode()


def _unpacked(data: bytes, filters: list[Any], parameters: list[Any]) -> bytes:
    """Return what is left when all filters but the last are undone."""
    if not filters:
        return data
    with pikepdf.new() as scratch:
        stream = scratch.make_stream(data, Filter=Array(filters))
        if any(parameters[: len(filters)]):
            stream.DecodeParms = Array(map(_parameters, parameters[: len(filters)]))
        try:
            return stream.read_bytes(pikepdf.StreamDecodeLevel.specialized)
        except pikepdf.PdfError:
            raise Refused("pdf_complex") from None


def _space(written: bytes) -> tuple[bytes, bool]:
    """Return a colour space as it shall be written, and whether it is the name of one among the resources."""
    if not written or written in COLOURS:
        return written, False
    space: Any = pikepdf.Object.parse(written)
    if isinstance(space, Name):
        return (space.unparse(), False) if space.unparse() in COLOURS else (written, True)
    parts: list[Any] = list(space) if isinstance(space, Array) else []
    if len(parts) != 4 or parts[0] not in (Name.I, Name.Indexed) or not isinstance(parts[3], pikepdf.String):
        raise Refused("pdf_complex")
    base, most = parts[1].unparse() if isinstance(parts[1], Name) else b"", parts[2]
    if base not in COLOURS or not isinstance(most, int) or not 0 <= most < MOST_COLOURS:
        raise Refused("pdf_complex")
    palette = bytes(parts[3])[: (most + 1) * COLOURS[base]]
    return b"[/Indexed %s %d <%s>]" % (base, most, palette.hex().encode()), False
