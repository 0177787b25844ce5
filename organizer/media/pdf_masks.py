"""Takes the colours out of a PDF's pictures that their masks hide: who cut something out of a picture wants it gone."""

import io
import zlib
from typing import Any, Final

import pikepdf
from pikepdf import Array, Dictionary, Name
from PIL import Image, ImageFilter, ImageStat, JpegImagePlugin

from organizer.media import Refused, images, pdf_alpha, pdf_drawn, pdf_pictures, strip

MODES: Final = {1: "L", 3: "RGB", 4: "CMYK"}
JPEG_MODES: Final = ("L", "RGB", "CMYK")


def blank(pdf: pikepdf.Pdf, image: pikepdf.Object) -> bool:
    """Give what the image's mask hides a single colour, but for a pixel along its edges, where readers mix colours.

    False when there was nothing to hide. Raises Refused.
    """
    key = pdf_alpha.key_of(image)
    try:
        return _blank_by_mask(image) if key is None else _blank_by_key(pdf, image, key)
    except (OSError, SyntaxError, ValueError):
        raise Refused("pdf_damaged") from None


def _blank_by_mask(image: pikepdf.Object) -> bool:
    shown = _shown(image.get("/SMask", image.get("/Mask")))
    if shown.getextrema() == (255, 255):
        return False
    return erase(image, shown)


def erase(image: pikepdf.Object, shown: Image.Image) -> bool:
    """Give what is at 0 in `shown`, of any size, a single colour; False when it has but one. Raises Refused."""
    try:
        own = _numbers(image)
        return _erase(image, own or _seen(image), shown, is_own=own is not None)
    except (OSError, SyntaxError, ValueError):
        raise Refused("pdf_damaged") from None


def _blank_by_key(pdf: pikepdf.Pdf, image: pikepdf.Object, key: list[int]) -> bool:
    """Of colours that are not shown, let there be but one; where the picture's numbers can be told."""
    if all(low >= high for low, high in zip(key[::2], key[1::2], strict=True)):
        return False
    pixels = _numbers(image)
    if pixels is None or len(key) != 2 * len(pixels.getbands()):
        return False
    is_jpeg = isinstance(pixels, JpegImagePlugin.JpegImageFile)
    if is_jpeg and (pixels.mode == "CMYK" or "/DecodeParms" in image):
        return False
    shown = pdf_alpha.by_key(pixels.split(), key)
    colour = None if is_jpeg else tuple(min(max(0, low), 255) for low in key[::2])
    if not _erase(image, pixels, shown, is_own=True, colour=colour):
        return False
    if is_jpeg:
        # Its numbers are others now, if not by much.
        pdf_alpha.become_soft(pdf, image, shown)
    return True


def _erase(
    image: pikepdf.Object,
    pixels: Image.Image,
    shown: Image.Image,
    *,
    is_own: bool,
    colour: tuple[int, ...] | None = None,
) -> bool:
    size = pixels.size
    # Readers mix neighbours of the mask as well as of the picture.
    near = shown.filter(ImageFilter.BoxBlur(1)).resize(size, Image.Resampling.BOX).filter(ImageFilter.BoxBlur(1))
    visible = near.point(lambda value: 255 if value else 0)
    hidden = near.point(lambda value: 0 if value else 255)
    if hidden.getbbox() is None or _is_flat(pixels, hidden):
        return False
    pixels.paste(colour or _usual(image, pixels, visible), mask=hidden)
    _write(image, pixels, is_own=is_own)
    return True


def _usual(image: pikepdf.Object, pixels: Image.Image, visible: Image.Image) -> tuple[int, ...]:
    """Return a colour that is not noticed where readers mix it with what is visible."""
    some = visible if visible.getbbox() else None
    if _is_indexed(image):
        counts = pixels.histogram(some)
        return (counts.index(max(counts)),)
    return tuple(round(mean) for mean in ImageStat.Stat(pixels, mask=some).mean)


def _shown(mask: Any) -> Image.Image:
    """Return at 255 what can be seen through a mask, at 0 what cannot."""
    size = int(mask.Width), int(mask.Height)
    seen = pdf_drawn.seen(mask, size, in_grey=True)
    # A stencil is drawn in black where it lets the picture through.
    if mask.get("/ImageMask", False):
        return seen.point(lambda value: 255 if value < 255 - images.FAINT else 0)
    return seen.point(lambda value: 255 if value > images.FAINT else 0)


def _numbers(image: pikepdf.Object) -> Image.Image | None:
    """Return the picture's own numbers where they are bytes."""
    size = int(image.Width), int(image.Height)
    if image.get("/Filter") == Name.DCTDecode:
        read = Image.open(io.BytesIO(image.read_raw_bytes()), formats=("JPEG",))
        if read.mode in JPEG_MODES and read.size == size:
            read.load()
            return read
    elif _is_bytes(image) and (data := _unpacked(image)) is not None:
        bands = pdf_pictures.colours(image.ColorSpace)
        return Image.frombytes(MODES[bands], size, data.ljust(size[0] * size[1] * bands, b"\0"))
    return None


def _seen(image: pikepdf.Object) -> Image.Image:
    in_grey = pdf_drawn.is_grey(image.get("/ColorSpace", Name.DeviceGray))
    return pdf_drawn.seen(image, (int(image.Width), int(image.Height)), in_grey=in_grey)


def _unpacked(image: pikepdf.Object) -> bytes | None:
    """Return the picture's bytes; None where they are more than `pdfs` lets qpdf unpack, or damaged."""
    try:
        return image.read_bytes(pikepdf.StreamDecodeLevel.specialized)
    except pikepdf.exceptions.PikepdfError:
        return None


def _is_bytes(image: pikepdf.Object) -> bool:
    is_eight = int(image.get("/BitsPerComponent", 8)) == 8 and image.get("/Filter") == Name.FlateDecode
    return is_eight and pdf_pictures.colours(image.get("/ColorSpace")) in MODES


def _is_indexed(image: pikepdf.Object) -> bool:
    space = image.get("/ColorSpace")
    return isinstance(space, Array) and space[0] == Name.Indexed


def _is_flat(pixels: Image.Image, hidden: Image.Image) -> bool:
    """Whether there is but one colour: the least step can be the darkest one, by a palette or /Decode."""
    return all(low == high for low, high in ImageStat.Stat(pixels, mask=hidden).extrema)


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
