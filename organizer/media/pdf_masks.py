"""Takes the colours out of a PDF's pictures that their masks hide: who cut something out of a picture wants it gone."""

import io
import zlib
from typing import Any, Final

import pikepdf
from pikepdf import Dictionary, Name
from PIL import Image, ImageFilter, ImageStat, JpegImagePlugin

from organizer.media import Refused, pdf_drawn, pdf_pictures, strip

FAINT: Final = 4
"""Of 255: what is shown more faintly nobody sees, and a few steps of its colours could still be told apart."""
FLAT: Final = 8
"""Colours that differ by no more, in a picture of 255 steps, show nothing: there a picture keeps its bytes."""
MODES: Final = {1: "L", 3: "RGB", 4: "CMYK"}
JPEG_MODES: Final = ("L", "RGB", "CMYK")


def blank(image: pikepdf.Object) -> bool:
    """Give what the image's mask hides a single colour, but for a pixel along its edges, where readers mix colours.

    A mask that is told by the picture's own colours hides nothing but these. False when there was nothing to hide.
    Raises Refused.
    """
    shown = _shown(image.get("/SMask", image.get("/Mask")))
    if shown.getextrema() == (255, 255):
        return False
    try:
        pixels, is_own = _pixels(image)
    except (OSError, SyntaxError, ValueError):
        raise Refused("pdf_damaged") from None
    size = pixels.size
    # Readers mix neighbours of the mask as well as of the picture.
    near = shown.filter(ImageFilter.BoxBlur(1)).resize(size, Image.Resampling.BOX).filter(ImageFilter.BoxBlur(1))
    visible = near.point(lambda value: 255 if value else 0)
    hidden = near.point(lambda value: 0 if value else 255)
    if hidden.getbbox() is None or _is_flat(pixels, hidden):
        return False
    some = visible if visible.getbbox() else None
    pixels.paste(tuple(round(mean) for mean in ImageStat.Stat(pixels, mask=some).mean), mask=hidden)
    _write(image, pixels, is_own=is_own)
    return True


def _shown(mask: Any) -> Image.Image:
    """Return at 255 what can be seen through a mask, at 0 what cannot."""
    size = int(mask.Width), int(mask.Height)
    seen = pdf_drawn.seen(mask, size, in_grey=True)
    # A stencil is drawn in black where it lets the picture through.
    if mask.get("/ImageMask", False):
        return seen.point(lambda value: 255 if value < 255 - FAINT else 0)
    return seen.point(lambda value: 255 if value > FAINT else 0)


def _pixels(image: pikepdf.Object) -> tuple[Image.Image, bool]:
    """Return the picture's own numbers where they are bytes, otherwise what is seen of it; and whether they are."""
    size = int(image.Width), int(image.Height)
    if image.get("/Filter") == Name.DCTDecode:
        read = Image.open(io.BytesIO(image.read_raw_bytes()), formats=("JPEG",))
        if read.mode in JPEG_MODES and read.size == size:
            read.load()
            return read, True
    elif _is_bytes(image) and (data := _unpacked(image)) is not None:
        bands = pdf_pictures.colours(image.ColorSpace)
        return Image.frombytes(MODES[bands], size, data.ljust(size[0] * size[1] * bands, b"\0")), True
    in_grey = pdf_drawn.is_grey(image.get("/ColorSpace", Name.DeviceGray))
    return pdf_drawn.seen(image, size, in_grey=in_grey), False


def _unpacked(image: pikepdf.Object) -> bytes | None:
    """Return the picture's bytes; None where they are more than `pdfs` lets qpdf unpack, or damaged."""
    try:
        return image.read_bytes(pikepdf.StreamDecodeLevel.specialized)
    except pikepdf.exceptions.PikepdfError:
        return None


def _is_bytes(image: pikepdf.Object) -> bool:
    is_eight = int(image.get("/BitsPerComponent", 8)) == 8 and image.get("/Filter") == Name.FlateDecode
    return is_eight and pdf_pictures.colours(image.get("/ColorSpace")) in MODES


def _is_flat(pixels: Image.Image, hidden: Image.Image) -> bool:
    return all(high - low <= FLAT for low, high in ImageStat.Stat(pixels, mask=hidden).extrema)


def _write(image: pikepdf.Object, pixels: Image.Image, *, is_own: bool) -> None:
    """Put the pixels back as they were compressed, if they are the picture's own numbers."""
    if isinstance(pixels, JpegImagePlugin.JpegImageFile):
        written = io.BytesIO()
        sampling = JpegImagePlugin.get_sampling(pixels)
        pixels.save(written, "JPEG", qtables=pixels.quantization, subsampling=max(0, sampling))
        # The parameters tell of the colours of a JPEG that does not tell itself.
        told = image.get("/DecodeParms")
        parameters = told if isinstance(told, Dictionary) and "adobe" not in pixels.info else None
        image.write(strip.jpeg(written.getvalue()), filter=Name.DCTDecode, decode_parms=parameters)
    elif is_own:
        image.write(zlib.compress(pixels.tobytes()), filter=Name.FlateDecode)
    else:
        data = zlib.compress(pixels.tobytes())
        pdf_drawn.replace(image, pixels.size, data, Name.FlateDecode, in_grey=pixels.mode == "L")
