"""Pictures into PDFs that are made here, and pictures out of them, by pdfium."""

import io
import zlib
from collections.abc import Callable
from typing import Any, Final

import pikepdf
from pikepdf import Array, Dictionary, Name
from PIL import Image

from organizer.media import images, pdf_render

GREY_SPACES: Final = ("/DeviceGray", "/CalGray")
QUALITY: Final = 88
MOST_PIXELS: Final = 12_000_000

Encode = Callable[[Image.Image], tuple[bytes, Name]]


def is_grey(space: Any) -> bool:
    """Whether a colour space has nothing but black, white and what lies between."""
    return str(space[0] if isinstance(space, Array) else space) in GREY_SPACES


def seen(image: pikepdf.Object, size: tuple[int, int], *, in_grey: bool) -> Image.Image:
    """Return what an image of a PDF shows, its masks aside, in so many pixels; whatever its colours are told in."""
    # Drawn twice as fine and made smaller here, it is clearer; but not where that takes too much memory.
    times = 2 if 4 * size[0] * size[1] <= MOST_PIXELS and size[0] < int(image.Width) else 1
    finer = times * size[0], times * size[1]
    with pikepdf.new() as scratch:
        shown = scratch.copy_foreign(image)
        for key in ("/SMask", "/Mask"):
            if key in shown:
                del shown[key]
        page = scratch.add_blank_page()
        page.MediaBox = Array([0, 0, *finer])
        page.Resources = Dictionary(XObject=Dictionary(Shown=shown))
        page.Contents = scratch.make_stream(b"%d 0 0 %d 0 0 cm /Shown Do" % finer)
        drawn = pdf_render.picture(saved(scratch), is_grey=in_grey)
    return drawn if finer == size else drawn.resize(size, Image.Resampling.LANCZOS)


def encoded(picture: Image.Image, quality: int = QUALITY) -> tuple[bytes, Name]:
    """Return the pixels, L or RGB, compressed, and by what: a drawing of few colours without any loss."""
    if picture.getcolors(images.FEW_COLOURS) is not None:
        return zlib.compress(picture.tobytes()), Name.FlateDecode
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=quality)
    return written.getvalue(), Name.DCTDecode


def replace(image: pikepdf.Object, size: tuple[int, int], data: bytes, codec: Name, *, in_grey: bool) -> None:
    """Let an image hold these pixels, eight bits a colour; its masks stay."""
    if "/Decode" in image:
        del image["/Decode"]
    image.Width, image.Height = size
    image.BitsPerComponent = 8
    image.ColorSpace = Name.DeviceGray if in_grey else Name.DeviceRGB
    image.write(data, filter=codec)


def added(pdf: pikepdf.Pdf, picture: Image.Image, encode: Encode = encoded) -> pikepdf.Stream:
    """Return an image that holds these pixels, L or RGB, compressed by `encode`."""
    image = pdf.make_stream(b"", Type=Name.XObject, Subtype=Name.Image)
    replace(image, picture.size, *encode(picture), in_grey=picture.mode == "L")
    return image


def show(pdf: pikepdf.Pdf, page: pikepdf.Page, image: pikepdf.Stream, size: tuple[float, float]) -> None:
    """Let the page be of `size` (points), and hold nothing but an image that fills it."""
    for key in set(dict(page.obj.items())) - {"/Type", "/Parent"}:
        del page.obj[key]
    page.obj.MediaBox = Array([0, 0, *(round(side, 4) for side in size)])
    page.obj.Resources = Dictionary(XObject=Dictionary(Page=image))
    page.obj.Contents = pdf.make_stream(b"%.4f 0 0 %.4f 0 0 cm /Page Do" % size)


def saved(pdf: pikepdf.Pdf) -> bytes:
    """Return the file; equal pages give equal bytes, its id included."""
    written = io.BytesIO()
    pdf.save(written, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    return written.getvalue()
