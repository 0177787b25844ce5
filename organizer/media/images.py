"""Pictures, rebuilt from their pixels alone."""

import io
import warnings
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

import pillow_heif
from PIL import (
    AvifImagePlugin,
    Image,
    ImageCms,
    ImageOps,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)

from organizer.media import PICTURE_BYTES, PICTURE_PIXELS, Picture, Refused, strip

# Pillow loads its readers when they are first needed (TIFF's for EXIF); in the sandbox that would be too late.
READERS: Final = (JpegImagePlugin, MpoImagePlugin, PngImagePlugin, WebPImagePlugin, AvifImagePlugin, TiffImagePlugin)
Image.preinit()
FORMATS: Final = ("JPEG", "PNG", "WEBP", "AVIF", "HEIF")
DAMAGES: Final = (OSError, SyntaxError, ValueError, EOFError, RuntimeError)
"""What the readers raise, each as it likes."""

FAINT: Final = 4
"""Of 255: what is shown more faintly nobody sees, and a few steps of its colours could still be told apart."""
PREVIEW_PX: Final = (1200, 480)
FEW_COLOURS: Final = 64
"""A drawing has fewer; even a grey photo has more."""

# Threads would take address space by the 100 MB. An embedded thumbnail may show what was cropped away.
AvifImagePlugin.DEFAULT_MAX_THREADS = 1
pillow_heif.register_heif_opener(decode_threads=1, thumbnails=False, depth_images=False, aux_images=False)


def rebuild(data: bytes, max_px: int = 2560) -> Picture:
    """Return the picture upright, in sRGB, at most `max_px` wide and high, with nothing but pixels.

    A PNG when it is transparent or a drawing of few colours, otherwise a JPEG; previews are WebP.
    Raises Refused. What a file is called or claims to be plays no part: it is what can be decoded.
    """
    if len(data) > PICTURE_BYTES:
        raise Refused("picture_bytes")
    with warnings.catch_warnings():
        # Pillow warns of odd metadata, none of which is kept, and of sizes that are refused here.
        warnings.simplefilter("ignore")
        image = _plain_mode(_read(data, max_px))
        is_drawing = image.getcolors(FEW_COLOURS) is not None
        pixels = _pixels(image, max_px)
    if pixels.mode == "RGBA" or is_drawing:
        return _encoded(pixels, "PNG", optimize=True)
    return _encoded(pixels, "JPEG", quality=88, optimize=True, progressive=True)


def previews(pixels: Image.Image, widths_px: Sequence[int] = PREVIEW_PX) -> tuple[Picture, ...]:
    """Return WebP pictures of these widths, never wider than the original and never two alike."""
    widths = dict.fromkeys(min(width, pixels.width) for width in widths_px)
    return tuple(_preview(pixels, width) for width in widths)


def _preview(pixels: Image.Image, width: int) -> Picture:
    height = max(1, round(pixels.height * width / pixels.width))
    return _picture(_resized(pixels, (width, height)), "WEBP", quality=80, method=2)


def _encoded(pixels: Image.Image, kind: str, **options: object) -> Picture:
    picture = _picture(pixels, kind, **options)
    return Picture(picture.data, picture.content_type, picture.width, picture.height, previews(pixels))


def _picture(pixels: Image.Image, kind: str, **options: object) -> Picture:
    written = io.BytesIO()
    pixels.save(written, kind, **options)
    return Picture(written.getvalue(), f"image/{kind.lower()}", pixels.width, pixels.height)


def _read(data: bytes, max_px: int) -> Image.Image:
    image = _opened(data)
    if image.width * image.height > PICTURE_PIXELS:
        raise Refused("picture_pixels")
    # Several pictures in a HEIC or a JPEG are a burst, a depth map or a second lens: the first one is the photo.
    if image.format in ("PNG", "WEBP", "AVIF") and getattr(image, "is_animated", False):
        raise Refused("animated")
    if image.format in ("JPEG", "MPO"):
        # Decodes 50 megapixels at half their size, in a quarter of the memory.
        image.draft(None, (max_px, max_px))
    try:
        image.load()
    except DAMAGES:
        raise Refused("picture_damaged") from None
    return image


def _opened(data: bytes) -> Image.Image:
    if data.startswith(strip.START_OF_IMAGE) and data.count(strip.START_OF_SCAN) > strip.MOST_SCANS:
        raise Refused("picture_damaged")
    try:
        return Image.open(io.BytesIO(data), formats=FORMATS)
    except UnidentifiedImageError:
        raise Refused(_unreadable(data)) from None
    except Image.DecompressionBombError:
        raise Refused("picture_pixels") from None
    except DAMAGES:
        raise Refused("picture_damaged") from None


def _unreadable(data: bytes) -> str:
    """Return the reason that helps most, by a glance at the first bytes; nothing else depends on it."""
    start = data[:1000].lstrip().lower()
    if start.startswith((b"<svg", b"<?xml")) or b"<svg" in start:
        return "svg"
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")):
        return "archive"
    damaged = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF")
    return "picture_damaged" if data.startswith(damaged) else "picture_kind"


def _pixels(image: Image.Image, max_px: int) -> Image.Image:
    """Return a new image, made of nothing but the bytes of the pixels: what Pillow copies along stays behind."""
    profile = image.info.get("icc_profile")
    image = _srgb(ImageOps.exif_transpose(_small(image, max_px)), profile)
    if image.mode == "RGBA":
        # Colours of what is transparent would still be there for whoever takes the transparency away.
        alpha = image.getchannel("A").point(lambda value: 0 if value <= FAINT else value)
        image.putalpha(alpha)
        is_opaque = alpha.getextrema() == (255, 255)
        image = image.convert("RGB") if is_opaque else image.convert("RGBa").convert("RGBA")
    return Image.frombytes(image.mode, image.size, image.tobytes())


def _plain_mode(image: Image.Image) -> Image.Image:
    """Return the image in a mode that can be scaled: L, RGB, RGBA or CMYK."""
    if image.mode.startswith("I"):
        # 16 bits a pixel, which convert() would clip at 255 instead of scaling.
        return image.point(lambda value: value * (1 / 256)).convert("L")
    if image.has_transparency_data:
        return image.convert("RGBA")
    return image if image.mode in ("L", "RGB", "CMYK") else image.convert("L" if image.mode == "1" else "RGB")


def _small(image: Image.Image, max_px: int) -> Image.Image:
    scale = min(1.0, max_px / max(image.size))
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    return _resized(image, size)


def _resized(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    return image if size == image.size else image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)


def _srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Return the image in L, RGB or RGBA, its colours as its own profile shows them where that can be used."""
    if image.mode == "RGBA":
        colours = _srgb(image.convert("RGB"), profile)
        colours.putalpha(image.getchannel("A"))
        return colours
    if image.mode == "L":
        return image
    if profile:
        with suppress(ImageCms.PyCMSError, OSError, ValueError):
            srgb = ImageCms.createProfile("sRGB")
            return ImageCms.profileToProfile(image, io.BytesIO(profile), srgb, outputMode="RGB") or image
    return image.convert("RGB")
