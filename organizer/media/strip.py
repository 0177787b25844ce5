"""Takes out of JPEG pictures and small programs what is not needed to show them, without changing the rest."""

import re
from collections.abc import Callable
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

TEXT: Final = re.compile(rb"(/Registry\s*|/Ordering\s*)?\(((?:[^()\\]|\\.)*)\)", re.DOTALL)
COLLECTIONS: Final = frozenset(b"Adobe CNS1 GB1 Identity Japan1 Japan2 KR Korea1 Manga1 UCS".split())
"""Who registers sets of characters, and what they are called; all others are somebody's own."""
COMMENT: Final = re.compile(rb"%[^\r\n]*")
MOST_PROGRAM_BYTES: Final = 4 << 20
NAME: Final = re.compile(rb"/([^\s/()<>\[\]{}%]+)(?!\s*usecmap)(?![^\s/()<>\[\]{}%])")
MAP_WORDS: Final = frozenset(
    b"CIDInit CIDSystemInfo CMap CMapName CMapType CMapVersion Ordering ProcSet Registry Supplement UIDOffset WMode"
    b" XUID".split()
)


def jpeg(data: bytes) -> bytes:
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
        if not _is_whole(marker, segment[4:]):
            raise Refused("pdf_damaged")
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
    return b"".join([*kept, END_OF_IMAGE])


def _frame_size(segment: bytes) -> tuple[int, int]:
    height, width = int.from_bytes(segment[5:7], "big"), int.from_bytes(segment[7:9], "big")
    if width * height > PICTURE_PIXELS:
        raise Refused("pdf_complex")
    return width, height


def _is_whole(marker: int, data: bytes) -> bool:
    """Whether a segment that is kept has all it should from its first byte to its last, and nothing more."""
    match marker:
        case _ if marker in FRAMES:
            return len(data) > 5 and len(data) == 6 + 3 * data[5]
        case 0xDA:
            return len(data) > 0 and len(data) == 4 + 2 * data[0]
        case 0xDD:
            return len(data) == 2
        case 0xCC:
            return len(data) % 2 == 0
        case 0xC4:
            return _are_tables(data, lambda rest: 17 + sum(rest[1:17]))
        case 0xDB:
            return _are_tables(data, lambda rest: 129 if rest[0] >> 4 else 65)
    return True


def _are_tables(data: bytes, size_of: Callable[[bytes], int]) -> bool:
    """Whether these are numbered tables, one behind the other."""
    while data:
        size = size_of(data)
        if len(data) < size or data[0] & 0xEC:
            return False
        data = data[size:]
    return True


def _adobe(segment: bytes) -> bytes:
    """Return the one application segment that matters, in its plain form: it tells how the colours are stored."""
    if segment[4:9] != b"Adobe" or len(segment) < 16:
        return b""
    return b"\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00" + segment[15:16]


def program(data: bytes) -> bytes:
    """Return a character map or a calculating function without its comments and names of its own.

    Of strings those stay that name a collection of characters, such as Adobe and Japan1. Raises Refused when it is
    longer than any program writes, for readers go through it for each font.
    """
    if len(data) > MOST_PROGRAM_BYTES:
        raise Refused("pdf_complex")
    plain = TEXT.sub(_untold, data)
    return NAME.sub(lambda found: found[0] if found[1] in MAP_WORDS else b"/A", COMMENT.sub(b"", plain))


def _untold(found: re.Match[bytes]) -> bytes:
    is_known = found[1] and found[2] in COLLECTIONS
    return found[0] if is_known else (found[1] or b"") + b"()"
