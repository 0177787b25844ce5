"""Pictures as cameras and programs write them, with all that these add: nothing of it is left, and they are upright."""

import io
import struct
from collections.abc import Callable
from itertools import chain

import numpy as np
import pillow_heif
import pytest
from PIL import ExifTags, Image

from organizer.media import images
from tests.media import bombs, corpus, figures, looking

ON_ITS_SIDE = 6
BOX = b"".join(
    struct.pack(">I", 8 + len(told)) + kind + told
    for kind, told in ((b"uuid", b"0123456789abcdefCANARY-uuid"), (b"free", b"CANARY-free"), (b"Xtra", b"CANARY-extra"))
)


def _exif_with_thumbnail() -> bytes:
    """EXIF of a photo on its side, with a small picture of what was there before it was cropped, and a maker's note."""
    told = corpus.exif(ON_ITS_SIDE)
    told.get_ifd(0x8769).update({0x927C: b"CANARY-maker_note", 0x9286: b"ASCII\0\0\0CANARY-user_comment"})
    told.get_ifd(0x8769)[0xA431] = "CANARY-serial_number"
    whole = told.tobytes()
    small = figures.encoded(corpus.photo((16, 8)), "JPEG", comment=b"CANARY-thumbnail")
    # The second directory stands behind all else, and the first one ends with where it is.
    tiff = bytearray(whole[6:])
    order = "<" if tiff[:2] == b"II" else ">"
    first = struct.unpack_from(order + "I", tiff, 4)[0]
    link = first + 2 + 12 * struct.unpack_from(order + "H", tiff, first)[0]
    struct.pack_into(order + "I", tiff, link, len(tiff))
    entries = [(0x0103, 3, 1, 6), (0x0201, 4, 1, len(tiff) + 42), (0x0202, 4, 1, len(small))]
    directory = struct.pack(order + "H", 3) + b"".join(struct.pack(order + "HHII", *entry) for entry in entries)
    return whole[:6] + bytes(tiff) + directory + bytes(4) + small


def _lying(image: Image.Image) -> Image.Image:
    return image.transpose(Image.Transpose.ROTATE_90)


def _camera_jpeg() -> bytes:
    return figures.photoshop_jpeg(_lying(corpus.photo()), exif=_exif_with_thumbnail(), quality=95)


def _motion_photo() -> bytes:
    """A photo with seconds of film behind its end, as phones make it."""
    return _camera_jpeg() + b"\0\0\0\x18ftypmp42CANARY-film" + bytes(5000) + b"CANARY-sound"


def _two_lenses() -> bytes:
    first, second = _lying(corpus.photo()), corpus.drawing()
    return figures.encoded(first, "MPO", save_all=True, append_images=[second], exif=_exif_with_thumbnail(), quality=95)


def _png() -> bytes:
    plain = corpus.png(_lying(corpus.photo()), ON_ITS_SIDE)
    told = bombs.chunk(b"tIME", bytes([7, 231, 1, 21, 10, 0, 0])) + bombs.chunk(b"sPLT", b"CANARY-palette\0\x08")
    told += bombs.chunk(b"caNv", b"CANARY-canvas")
    told += bombs.chunk(b"zTXt", b"CANARY-keyword\0\0" + bombs.deflated(b"CANARY-packed ", 3))
    return plain[:33] + told + plain[33:]


def _webp(**options: object) -> bytes:
    made = figures.encoded(
        _lying(corpus.photo()),
        "WEBP",
        exif=_exif_with_thumbnail(),
        xmp=corpus.XMP,
        icc_profile=corpus.profile(),
        **options,
    )
    unknown = b"CNRY" + struct.pack("<I", 14) + b"CANARY-unknown"
    return b"RIFF" + struct.pack("<I", len(made) - 8 + len(unknown)) + made[8:] + unknown + b"CANARY-behind_the_end"


def _heic() -> bytes:
    """Two pictures, the first one with a thumbnail of its own."""
    written, both = io.BytesIO(), pillow_heif.HeifFile()  # type: ignore[no-untyped-call] # no types
    for image in (_lying(corpus.photo()), corpus.drawing()):
        both.add_from_pillow(image)
    told = {"exif": _exif_with_thumbnail(), "xmp": corpus.XMP, "icc_profile": corpus.profile()}
    both.save(written, primary_index=0, quality=95, **told)
    return written.getvalue() + BOX + b"CANARY-behind_the_end"


def _avif() -> bytes:
    told = {"exif": _exif_with_thumbnail(), "xmp": corpus.XMP, "icc_profile": corpus.profile()}
    return figures.encoded(_lying(corpus.photo()), "AVIF", speed=10, quality=95, **told) + BOX


MADE: dict[str, Callable[[], bytes]] = {
    "JPEG from a camera": _camera_jpeg,
    "JPEG with film behind it": _motion_photo,
    "JPEG of two lenses": _two_lenses,
    "PNG": _png,
    "WebP": _webp,
    "WebP without loss": lambda: _webp(lossless=True),
    "HEIC of two pictures": _heic,
    "AVIF": _avif,
}


@pytest.mark.parametrize("kind", MADE)
def test_a_picture_keeps_its_pixels_upright_and_nothing_else(kind: str) -> None:
    data = MADE[kind]()
    assert {"gps", "maker_note"} & corpus.canaries(data) or kind == "PNG"
    assert len(corpus.canaries(data)) >= 6
    rebuilt = images.rebuild(data)
    assert (rebuilt.width, rebuilt.height) == (600, 400)
    for picture in chain([rebuilt], rebuilt.previews):
        assert looking.left_in_picture(picture.data) == set()
    with Image.open(io.BytesIO(rebuilt.data)) as image:
        off = np.abs(np.asarray(image.convert("RGB")).astype(int) - np.asarray(corpus.photo()).astype(int))
    assert (off.max(axis=2) > looking.SEEN).mean() < looking.MOST_OFF


def test_the_thumbnail_is_where_programs_find_it() -> None:
    with Image.open(io.BytesIO(_camera_jpeg())) as image:
        told = image.getexif()
        small = told.get_ifd(ExifTags.IFD.IFD1)
    assert told[ExifTags.Base.Orientation] == ON_ITS_SIDE
    start = _exif_with_thumbnail()[6:][small[ExifTags.Base.JpegIFOffset] :]
    assert b"CANARY-thumbnail" in start
    with Image.open(io.BytesIO(start)) as thumbnail:
        assert thumbnail.size == (16, 8)
