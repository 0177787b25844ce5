"""What a child process answers, as bytes: the size of a header, the header in JSON, then the files that it points to.

The child has read what a stranger sent and may have been taken over, so its answer is checked like any input:
nothing in it is run, and a wrong type or place raises ValueError. What a job is given beside a file goes to the child
in the same frame.
"""

import json
from collections.abc import Callable
from typing import Any, TypeVar

from organizer.media import REASONS, Picture, RebuiltPdf, Refused, Removed

SIZE_BYTES = 4
CONTENT_TYPES = ("image/jpeg", "image/png", "image/webp")

T = TypeVar("T")
Framed = TypeVar("Framed", bytes, memoryview)


def frame(header: Any, *files: bytes) -> bytes:
    """What JSON can tell, and files behind it."""
    told = json.dumps(header).encode()
    return b"".join([len(told).to_bytes(SIZE_BYTES, "big"), told, *files])


def unframe(framed: Framed) -> tuple[Any, Framed]:
    """Return what `frame` was given, its files as one. Raises ValueError when no header begins the bytes."""
    start = SIZE_BYTES + int.from_bytes(framed[:SIZE_BYTES], "big")
    return json.loads(bytes(framed[SIZE_BYTES:start])), framed[start:]


def pack(answer: Picture | RebuiltPdf | Refused) -> bytes:
    """The bytes that a child answers with, files included."""
    files: list[bytes] = []
    told: dict[str, Any]
    match answer:
        case Picture():
            told = {"picture": _pack_picture(answer, files)}
        case RebuiltPdf():
            told = {"pdf": _pack_pdf(answer, files)}
        case Refused():
            told = {"refused": answer.reason}
    return frame(told, *files)


def unpack(packed: bytes) -> Picture | RebuiltPdf | Refused:
    """Return what `pack` was given. Raises ValueError when the bytes are not its work."""
    try:
        # Files are large: none is copied but where it goes.
        header, files = unframe(memoryview(packed))
        match header:
            case {"picture": told}:
                return _unpack_picture(told, files)
            case {"pdf": told}:
                return _unpack_pdf(told, files)
            case {"refused": str(reason)} if reason in REASONS:
                return Refused(reason)
    except (KeyError, TypeError, RecursionError) as error:
        raise ValueError("The answer lacks something.") from error
    raise ValueError("The answer is of no known kind.")


def _pack_file(data: bytes, files: list[bytes]) -> list[int]:
    place = [sum(map(len, files)), len(data)]
    files.append(data)
    return place


def _pack_picture(picture: Picture, files: list[bytes]) -> dict[str, Any]:
    return {
        "data": _pack_file(picture.data, files),
        "content_type": picture.content_type,
        "width": picture.width,
        "height": picture.height,
        "previews": [_pack_picture(preview, files) for preview in picture.previews],
    }


def _pack_pdf(pdf: RebuiltPdf, files: list[bytes]) -> dict[str, Any]:
    return {
        "data": _pack_file(pdf.data, files),
        "pages": pdf.pages,
        "text": pdf.text,
        "links": pdf.links,
        "removed": pdf.removed,
        "previews": [_pack_picture(preview, files) for preview in pdf.previews],
    }


def _unpack_picture(told: dict[str, Any], files: memoryview) -> Picture:
    if told["content_type"] not in CONTENT_TYPES:
        raise ValueError("The answer has a picture of another type.")
    return Picture(
        data=_file(told["data"], files),
        content_type=told["content_type"],
        width=_count(told["width"]),
        height=_count(told["height"]),
        previews=_each(told["previews"], lambda preview: _unpack_picture(preview, files)),
    )


def _unpack_pdf(told: dict[str, Any], files: memoryview) -> RebuiltPdf:
    return RebuiltPdf(
        data=_file(told["data"], files),
        pages=_count(told["pages"]),
        text=_text(told["text"]),
        links=_each(told["links"], _text),
        removed=_each(told["removed"], Removed),
        previews=_each(told["previews"], lambda preview: _unpack_picture(preview, files)),
    )


def _file(place: Any, files: memoryview) -> bytes:
    start, size = map(_count, place)
    if start + size > len(files):
        raise ValueError("The answer ends too early.")
    return bytes(files[start : start + size])


def _count(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise ValueError("The answer has something else where a number belongs.")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("The answer has something else where text belongs.")
    value.encode()  # half a surrogate pair is a ValueError too, here rather than in the database
    return value


def _each(values: Any, read: Callable[[Any], T]) -> tuple[T, ...]:
    if not isinstance(values, list):
        raise ValueError("The answer has something else where a list belongs.")
    return tuple(read(value) for value in values)
