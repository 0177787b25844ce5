"""Takes out of JPEG pictures and small programs what is not needed to show them, without changing the rest."""

import re
from collections.abc import Mapping
from math import prod
from typing import Final

from organizer.media import PICTURE_PIXELS, Refused

START_OF_IMAGE: Final = b"\xff\xd8"
END_OF_IMAGE: Final = b"\xff\xd9"
FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
TABLES: Final = frozenset({0xC4, 0xCC, 0xDB, 0xDD})
SCAN: Final = 0xDA
HUFFMAN: Final = 0xC4
QUANTIZING: Final = 0xDB
ADOBE: Final = 0xEE
ALONE: Final = frozenset({0x01, *range(0xD0, 0xD8)})
MARKER: Final = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
START_OF_SCAN: Final = b"\xff\xda"
MOST_SCANS: Final = 30
"""Each scan of a progressive JPEG passes over all pixels; cameras and programs write about ten."""

COLLECTIONS: Final = frozenset(b"Adobe CNS1 GB1 Identity Japan1 Japan2 KR Korea1 Manga1 UCS".split())
"""Who registers sets of characters, and what they are called; all others are somebody's own."""
MOST_PROGRAM_BYTES: Final = 4 << 20
TOKEN: Final = re.compile(
    rb"%[^\r\n]*+|(?P<name>/[^\s/()<>\[\]{}%]*+)(?P<used>\s*usecmap)?|(?P<mark><<|>>|[{}\[\]])|(?P<digits><[\da-fA-F\s]*+>)"
    rb"|(?P<text>\((?:[^()\\]|\\.)*+\))|(?P<word>[^\s/()<>\[\]{}%]++)",
    re.DOTALL,
)
NUMBER: Final = re.compile(rb"[-+]?[\d.]+(?:[eE][-+]?\d+)?")
SECTIONS: Final = b"bfchar bfrange cidchar cidrange codespacerange notdefchar notdefrange".split()
WORDS: Final = frozenset(
    b"abs add and atan bitshift ceiling copy cos cvi cvr div dup eq exch exp false floor ge gt idiv if ifelse index le"
    b" ln log lt mod mul ne neg not or pop roll round sin sqrt sub true truncate xor"
    b" begin begincmap currentdict def defineresource dict end endcmap findresource usecmap CMapName".split()
).union(*((b"begin" + section, b"end" + section) for section in SECTIONS))
"""What functions calculate with, and maps of characters are made of."""
MAP_NAMES: Final = frozenset(
    b"/CIDInit /CIDSystemInfo /CMap /CMapName /CMapType /CMapVersion /Ordering /ProcSet /Registry /Supplement"
    b" /UIDOffset /WMode /XUID".split()
)


def jpeg(data: bytes) -> bytes:
    """Return the picture without EXIF, XMP, ICC, thumbnails, comments, tables of no use, and whatever follows its end.

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
    used = {marker: _named(kept, marker) for marker in (HUFFMAN, QUANTIZING)}
    return b"".join([*(_with_used(segment, used) for segment in kept), END_OF_IMAGE])


def _named(segments: list[bytes], marker: int) -> set[int]:
    """Return by which numbers frames or scans name tables of this kind."""
    if marker == QUANTIZING:
        return {number for frame in segments if frame[1:2] and frame[1] in FRAMES for number in frame[12::3]}
    scans = [scan[6 : 5 + 2 * scan[4] : 2] for scan in segments if scan[1:2] == bytes([SCAN])]
    pairs = [pair for scan in scans for pair in scan]
    return {pair >> 4 for pair in pairs} | {0x10 | pair & 15 for pair in pairs}


def _with_used(segment: bytes, used: Mapping[int, set[int]]) -> bytes:
    """Return the segment; of one that holds tables those that are named."""
    if segment[1:2] not in (bytes([HUFFMAN]), bytes([QUANTIZING])):
        return segment
    marker, data, tables = segment[1], segment[4:], b""
    while data:
        size = _size_of_table(marker, data)
        # In the first byte of a quantizing table the upper half tells how long its numbers are.
        number = data[0] if marker == HUFFMAN else data[0] & 15
        tables += data[:size] if number in used[marker] else b""
        data = data[size:]
    return segment[:2] + (2 + len(tables)).to_bytes(2, "big") + tables if tables else b""


def _size_of_table(marker: int, data: bytes) -> int:
    if marker == HUFFMAN:
        return 17 + sum(data[1:17])
    return 129 if data[0] >> 4 else 65


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
        case 0xC4 | 0xDB:
            return _are_tables(data, marker)
    return True


def _are_tables(data: bytes, marker: int) -> bool:
    """Whether these are numbered tables, one behind the other."""
    while data:
        size = _size_of_table(marker, data)
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
    kept: list[bytes] = []
    is_within = False
    for found in TOKEN.finditer(data):
        word = found["word"]
        if word in WORDS:
            is_within = word.startswith(b"begin") and word[5:] in SECTIONS
        kept += _known(found, kept[-1:], is_within=is_within)
    return b" ".join(kept)


def _known(found: re.Match[bytes], before: list[bytes], *, is_within: bool) -> list[bytes]:
    """Return what of a token stays, after the one before it; `is_within` a section of codes."""
    token = found[0]
    match found.lastgroup:
        case "used":
            return [token]
        case "name":
            return [token if token in MAP_NAMES else b"/A"]
        case "mark":
            return [token]
        case "digits" if is_within:
            return [b"<" + b"".join(token[1:-1].split()) + b">"]
        case "digits" | "text":
            is_known = before in ([b"/Registry"], [b"/Ordering"]) and token[1:-1] in COLLECTIONS
            return [token if is_known else b"()"]
        case "word" if token in WORDS or NUMBER.fullmatch(token):
            return [token]
    return []


def samples(data: bytes, sizes: list[int], bits: int) -> bytes:
    """Return of a function's samples as many as it has, each of `bits`; `sizes` tell how many there are each way."""
    return data[: (prod(sizes) * bits + 7) // 8]
