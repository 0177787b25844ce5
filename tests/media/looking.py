"""Looks for what was left in a file as someone would who searches it: by other ways than those that rebuilt it."""

import io
import re
import zlib
from collections.abc import Iterator

import numpy as np
import pikepdf
import pypdfium2
from PIL import Image

from tests.media import corpus

STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
PRIVATE = (
    b"Exif\0\0",
    b"ns.adobe.com/xap",
    b"Photoshop 3.0",
    b"ICC_PROFILE",
    b"MPF\0",
    b"acsp",
    b"http://www.w3.org/1999/02/22-rdf",
)
"""What begins metadata in pictures of any kind."""
NO_TALE = frozenset(
    {"adobe", "adobe_transform", "jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression"}
    | {"loop", "background", "timestamp", "duration"}
)
"""What Pillow tells of any picture, whoever made it."""
DEEPEST = 3
DOTS_AN_INCH = 100
SEEN = 32
"""How far a colour, of 256 steps, must be off to be seen: less is another rounding at the edge of a letter."""
MOST_OFF = 0.005


def left(data: bytes, words: frozenset[str] = frozenset()) -> set[str]:
    """Return the canaries in a PDF, those of `words` that are in it, and marks of its pictures' metadata."""
    found: set[str] = set()
    for part in _parts(data):
        found |= corpus.canaries(part) | {word for word in words if word.encode() in part}
        found |= {mark.decode("latin-1") for mark in PRIVATE if mark in part}
    return found


def _parts(data: bytes) -> Iterator[bytes]:
    """Yield the file, what is found between the marks of streams, and its objects as another program reads them."""
    yield data
    for packed in STREAM.findall(data):
        yield from _unpacked(packed)
    with pikepdf.open(io.BytesIO(data)) as pdf:
        yield pdf.trailer.unparse()
        for item in filter(_is_object, pdf.objects):
            yield item.unparse(resolved=True)
            yield from _texts(item)
            if isinstance(item, pikepdf.Stream):
                yield from _unpacked(item.read_raw_bytes())
                yield _read(item)


def _is_object(item: object) -> bool:
    """Whether this is more than a number or nothing at all, which pikepdf gives as Python's own."""
    return isinstance(item, pikepdf.Object)


def _texts(item: pikepdf.Object) -> Iterator[bytes]:
    """Yield the strings of an object as they are meant, however they are written."""
    if isinstance(item, pikepdf.String):
        yield bytes(item)
        yield str(item).encode()
    elif isinstance(item, pikepdf.Array):
        for inner in item:
            if _is_object(inner) and not inner.is_indirect:
                yield from _texts(inner)
    elif isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
        for name, inner in item.items():
            yield name.encode("utf-8", "surrogateescape")
            if _is_object(inner) and not inner.is_indirect:
                yield from _texts(inner)


def _read(stream: pikepdf.Stream) -> bytes:
    try:
        return stream.read_bytes()
    except pikepdf.PdfError:
        return b""


def _unpacked(packed: bytes, depth: int = 0) -> Iterator[bytes]:
    """Yield the bytes, what follows the end of the compressed ones, and what is packed in them in turn."""
    yield packed
    unpacking = zlib.decompressobj()
    try:
        plain = unpacking.decompress(packed)
    except zlib.error:
        return
    yield unpacking.unused_data
    if depth < DEEPEST:
        yield from _unpacked(plain, depth + 1)


def left_in_picture(data: bytes) -> set[str]:
    """Return what a picture tells beside its pixels: canaries, metadata, and what Pillow finds in it."""
    found = corpus.canaries(data) | {mark.decode("latin-1") for mark in PRIVATE if mark in data}
    with Image.open(io.BytesIO(data)) as image:
        image.load()
        found |= {"exif"} if image.getexif() else set()
        return found | {str(key) for key in image.info} - NO_TALE


def pictures_tell(data: bytes) -> set[str]:
    """Return what the JPEGs inside a PDF say beside their pixels, as Pillow reads them."""
    told: set[str] = set()
    for start in (found.start() for found in re.finditer(rb"\xff\xd8\xff", data)):
        try:
            with Image.open(io.BytesIO(data[start:])) as image:
                told |= {str(key) for key in image.info} - NO_TALE
                told |= {"exif"} if image.getexif() else set()
        except (OSError, SyntaxError):
            continue
    return told


def pages(data: bytes) -> list[np.ndarray]:
    """Return what the pages show, with what is laid over them: notes, stamps and form fields."""
    with pypdfium2.PdfDocument(data) as document:
        document.init_forms()
        return [page.render(scale=DOTS_AN_INCH / 72).to_numpy().astype(int) for page in document]


def off(before: bytes, after: bytes) -> float:
    """Return the largest share of a page's pixels that anyone sees to be another colour; 1 for pages of other sizes."""
    first, second = pages(before), pages(after)
    if [page.shape[:2] for page in first] != [page.shape[:2] for page in second]:
        return 1.0
    pairs = zip(first, second, strict=True)
    return max(float((np.abs(one - other).max(axis=2) > SEEN).mean()) for one, other in pairs)


def inked(data: bytes) -> float:
    """Return the share of pixels that are not white on the page that has most, so that nothing compared is noticed."""
    return max(float((page.min(axis=2) < 250).mean()) for page in pages(data))
