"""What of a picture in a PDF is transparent, where the picture itself tells: in one channel more, or by its colours."""

import functools
import io
import zlib
from collections.abc import Sequence
from typing import Any, Final

import pikepdf
from pikepdf import Array, Name
from PIL import Image, ImageChops, Jpeg2KImagePlugin

from organizer.media import PICTURE_PIXELS, Refused

# Loaded here, since Pillow would look for it when the first one is opened; in the sandbox that is too late.
READER: Final = Jpeg2KImagePlugin
OPAQUE: Final = ("L", "I;16", "RGB", "CMYK")
KNOWN: Final = ("L", "LA", "RGB", "RGBA")
START_OF_SAMPLES: Final = b"\xff\x4f\xff\x51"
DEPTH_AT: Final = 42
"""How far behind that mark the depth of the first colour stands, less one."""


def key_of(image: pikepdf.Object) -> list[int] | None:
    """Return the lowest and the highest number of each colour that is not shown, if that is the picture's mask.

    Raises Refused for half a pair.
    """
    key = image.get("/Mask")
    if not isinstance(key, Array) or image.get("/ImageMask", False):
        return None
    if not len(key) or len(key) % 2:
        raise Refused("pdf_damaged")
    numbers: list[Any] = list(key)
    return [int(number) for number in numbers]


def by_key(bands: Sequence[Image.Image], key: Sequence[int]) -> Image.Image:
    """Return at 0 where all numbers of a pixel lie between those of `key`, at 255 elsewhere."""
    outside = [
        band.point([0 if low <= number <= high else 255 for number in range(256)])
        for band, low, high in zip(bands, key[::2], key[1::2], strict=True)
    ]
    return functools.reduce(ImageChops.lighter, outside)


def of_jpx(copy: pikepdf.Object, data: bytes, told: int, colours: int | None) -> Image.Image | None:
    """Return how much of a JPEG 2000 is shown, 255 in full; None for all of it.

    `told` is what the PDF says of a channel for that (SMaskInData); without it readers show all. `colours` are those
    of its space, if it has one. Raises Refused where it cannot be told for sure.
    """
    key = key_of(copy)
    if not told and key is None:
        return None
    if told not in (0, 1) or (told and ("/SMask" in copy or "/Mask" in copy)):
        raise Refused("pdf_complex")
    pixels = _pixels(data)
    if key is None and pixels.mode in OPAQUE:
        return None
    bands = [band for band, name in zip(pixels.split(), pixels.getbands(), strict=True) if name in "LRGB"]
    if pixels.mode not in KNOWN or colours not in (None, len(bands)):
        raise Refused("pdf_complex")
    if key is None:
        return pixels.getchannel("A")
    if len(key) != 2 * len(bands) or not _is_told_in_bytes(data):
        raise Refused("pdf_complex")
    return by_key(bands, key)


def of_dots(copy: pikepdf.Object, dots: Image.Image) -> Image.Image | None:
    """Return how much is shown of a picture in black and white (0 and 255); None for all of it. Raises Refused."""
    key = key_of(copy)
    if key is None:
        return None
    if len(key) != 2 or "/Decode" in copy or copy.get("/ColorSpace") != Name.DeviceGray:
        raise Refused("pdf_complex")
    return by_key([dots.point(lambda value: 1 if value > 127 else 0)], key)


def become_soft(pdf: pikepdf.Pdf, image: pikepdf.Object, shown: Image.Image) -> None:
    """Let so much of the picture be shown; colours do not tell it any more."""
    if "/Mask" in image:
        del image["/Mask"]
    if shown.getextrema() == (255, 255):
        return
    soft = pdf.make_stream(b"", Type=Name.XObject, Subtype=Name.Image, Width=shown.width, Height=shown.height)
    soft.ColorSpace, soft.BitsPerComponent = Name.DeviceGray, 8
    soft.write(zlib.compress(shown.tobytes()), filter=Name.FlateDecode)
    image.SMask = soft


def _pixels(data: bytes) -> Image.Image:
    try:
        pixels = Image.open(io.BytesIO(data), formats=("JPEG2000",))
        if pixels.width * pixels.height > PICTURE_PIXELS:
            raise Refused("pdf_complex")
        pixels.load()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise Refused("pdf_complex") from None
    return pixels


def _is_told_in_bytes(data: bytes) -> bool:
    """Whether a JPEG 2000 has eight bits a colour, so that its numbers are those that a PDF speaks of."""
    at = data.find(START_OF_SAMPLES)
    return at >= 0 and data[at + DEPTH_AT : at + DEPTH_AT + 1] == b"\7"
