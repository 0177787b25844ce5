"""Takes out of JPEG pictures, fonts and small programs what is not needed to show them, without changing the rest."""

import re
from dataclasses import dataclass
from typing import Final

from organizer.media import PICTURE_PIXELS, Refused

START_OF_IMAGE: Final = b"\xff\xd8"
END_OF_IMAGE: Final = b"\xff\xd9"
FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
TABLES: Final = frozenset({0xC4, 0xCC, 0xDB, 0xDD})
SCAN: Final = 0xDA
ADOBE: Final = 0xEE
ALONE: Final = frozenset({0x01, *range(0xD0, 0xD8)})
MARKER: Final = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
START_OF_SCAN: Final = b"\xff\xda"
MOST_SCANS: Final = 30
"""Each scan of a progressive JPEG passes over all pixels; cameras and programs write about ten."""

FONT_KINDS: Final = (b"\x00\x01\x00\x00", b"OTTO", b"true")
FONT_TABLES: Final = frozenset(
    b"CFF |OS/2|VORG|cmap|cvt |fpgm|gasp|glyf|head|hhea|hmtx|loca|maxp|post|prep|vhea|vmtx".split(b"|")
)
HEAD_DATES: Final = slice(20, 36)


@dataclass(frozen=True, slots=True)
class Jpeg:
    data: bytes
    width: int
    height: int


def jpeg(data: bytes) -> Jpeg:
    """Return the picture without EXIF, XMP, ICC, thumbnails, comments, and whatever follows its end.

    Raises Refused when it is damaged or would be huge.
    """
    kept, position, size, scans = [START_OF_IMAGE], len(START_OF_IMAGE), (0, 0), 0
    if not data.startswith(START_OF_IMAGE):
        raise Refused("pdf_damaged")
    while (found := MARKER.search(data, position)) and data[found.start() + 1] != 0xD9:
        position, marker = found.start(), data[found.start() + 1]
        end = position + 2 + (0 if marker in ALONE else int.from_bytes(data[position + 2 : position + 4], "big"))
        segment = data[position:end]
        if marker in FRAMES:
            size = _frame_size(segment)
        if marker == SCAN:
            scans += 1
            following = MARKER.search(data, end)
            end = following.start() if following else len(data)
            segment = data[position:end]
        kept += [_adobe(segment)] if marker == ADOBE else [segment] if marker in FRAMES | TABLES | {SCAN} else []
        position = max(end, position + 2)
    if not 0 < scans <= MOST_SCANS or 0 in size:
        raise Refused("pdf_damaged")
    return Jpeg(b"".join([*kept, END_OF_IMAGE]), *size)


def _frame_size(segment: bytes) -> tuple[int, int]:
    height, width = int.from_bytes(segment[5:7], "big"), int.from_bytes(segment[7:9], "big")
    if width * height > PICTURE_PIXELS:
        raise Refused("pdf_complex")
    return width, height


def _adobe(segment: bytes) -> bytes:
    """Return the one application segment that matters, in its plain form: it tells how the colours are stored."""
    if segment[4:9] != b"Adobe" or len(segment) < 16:
        return b""
    return b"\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00" + segment[15:16]


def font(data: bytes) -> bytes:
    """Return a TrueType or OpenType font without names, licences and dates: sellers put the buyer's name there.

    Raises Refused when it is no such font.
    """
    if not data.startswith(FONT_KINDS):
        raise Refused("pdf_damaged")
    count = int.from_bytes(data[4:6], "big")
    records = [data[12 + 16 * index : 28 + 16 * index] for index in range(count)]
    tables = {record[:4]: record for record in sorted(records) if record[:4] in FONT_TABLES and len(record) == 16}
    if not tables:
        raise Refused("pdf_damaged")
    directory, body, offset = [], [], 12 + 16 * len(tables)
    for tag, record in tables.items():
        start, size = int.from_bytes(record[8:12], "big"), int.from_bytes(record[12:16], "big")
        table = bytearray(data[start : start + size])
        if tag == b"head":
            table[HEAD_DATES] = bytes(16)
        directory.append(record[:8] + offset.to_bytes(4, "big") + len(table).to_bytes(4, "big"))
        table += bytes(-len(table) % 4)
        body.append(bytes(table))
        offset += len(table)
    return b"".join([data[:4], _search_numbers(len(tables)), *directory, *body])


def _search_numbers(count: int) -> bytes:
    """Return the number of tables and what a binary search over them starts from, as OpenType wants it."""
    steps = count.bit_length() - 1
    span = 16 << steps
    return b"".join(number.to_bytes(2, "big") for number in (count, span, steps, 16 * count - span))


def program(data: bytes) -> bytes:
    """Return a character map or a calculating function without its comments."""
    return re.sub(rb"%[^\r\n]*", b"", data)
