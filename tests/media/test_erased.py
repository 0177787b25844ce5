"""What was rubbed out of a picture, or lies under its mask, is not in what is made of it."""

import io
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pikepdf
import pytest
from pikepdf import Dictionary, Name, Stream
from PIL import Image, ImageDraw, ImageFont, JpegImagePlugin

from organizer.media import Removed, images, pdf_drawn, pdfs, printing, strip
from tests.media import corpus, figures, looking, pages

SIZE = (400, 300)
ERASED = (0, 100, 400, 200)
EDGE = 20


def _picture(mode: str = "RGB") -> Image.Image:
    """A photo with a name across its middle."""
    image = corpus.photo(SIZE)
    ImageDraw.Draw(image).text((20, 110), "JANE DOE", fill="white", font=ImageFont.load_default(70))
    return image.convert(mode)


def _mask(alpha: int = 0) -> Image.Image:
    mask = Image.new("L", SIZE, 255)
    ImageDraw.Draw(mask).rectangle((ERASED[0], ERASED[1], ERASED[2] - 1, ERASED[3] - 1), fill=alpha)
    return mask


def _erased(mode: str = "RGB", alpha: int = 0) -> Image.Image:
    image = _picture(mode)
    image.putalpha(_mask(alpha))
    return image


def _told(image: Image.Image) -> int:
    """Return how many steps apart the colours of the middle are, its edge aside, where JPEG mixes them with others."""
    inner = image.convert("RGB").crop((ERASED[0], ERASED[1] + EDGE, ERASED[2], ERASED[3] - EDGE))
    return max(high - low for low, high in inner.getextrema())  # type: ignore[misc] # three bands have three pairs


PICTURES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "PNG": ("RGB", "PNG", {}),
    "grey PNG": ("L", "PNG", {}),
    "PNG with a profile": ("RGB", "PNG", {"icc_profile": corpus.profile()}),
    "WebP": ("RGB", "WEBP", {"lossless": True, "exact": True}),
    "AVIF": ("RGB", "AVIF", {"speed": 10, "quality": 90}),
    "HEIC": ("RGB", "HEIF", {"quality": 90}),
}


@pytest.mark.parametrize("kind", PICTURES)
@pytest.mark.parametrize("max_px", [2560, 200])
def test_colours_that_are_transparent_are_gone(kind: str, max_px: int) -> None:
    mode, written_as, options = PICTURES[kind]
    data = figures.encoded(_erased(mode), written_as, **options)
    with Image.open(io.BytesIO(data)) as image:
        assert _told(image.convert("RGBA")) > 100
    rebuilt = images.rebuild(data, max_px)
    for picture in (rebuilt, *rebuilt.previews):
        with Image.open(io.BytesIO(picture.data)) as image:
            # WebP shivers a little even where there is a single colour.
            least = 4 if image.format == "WEBP" else 0
            assert _told(image.resize(SIZE, Image.Resampling.NEAREST)) <= least
    with Image.open(io.BytesIO(rebuilt.data)) as image:
        assert image.mode == "RGBA"


@pytest.mark.parametrize("alpha", range(1, images.FAINT + 1))
def test_what_was_erased_with_a_soft_brush_is_gone(alpha: int) -> None:
    rebuilt = images.rebuild(figures.encoded(_erased(alpha=alpha), "PNG"))
    for picture in (rebuilt, *rebuilt.previews):
        with Image.open(io.BytesIO(picture.data)) as image:
            assert image.resize(SIZE).crop((0, 110, 400, 190)).getchannel("A").getextrema() == (0, 0)
            assert _told(image.resize(SIZE, Image.Resampling.NEAREST)) <= (4 if image.format == "WEBP" else 0)


def test_colours_that_are_hardly_seen_have_as_many_steps_as_are_seen() -> None:
    alpha = images.FAINT + 1
    with Image.open(io.BytesIO(images.rebuild(figures.encoded(_erased(alpha=alpha), "PNG")).data)) as image:
        colours = image.crop(ERASED).getcolors()
    assert colours is not None
    assert len(colours) <= (alpha + 1) ** 3


def test_what_is_seen_of_a_transparent_picture_looks_as_before() -> None:
    faded = _picture()
    faded.putalpha(Image.linear_gradient("L").resize(SIZE))
    with Image.open(io.BytesIO(images.rebuild(figures.encoded(faded, "PNG")).data)) as image:
        shown = [Image.alpha_composite(Image.new("RGBA", SIZE, "white"), each) for each in (faded, image)]
    off = np.abs(np.asarray(shown[0]).astype(int) - np.asarray(shown[1]).astype(int))
    assert off.max() <= images.FAINT


def _soft(pdf: pikepdf.Pdf, alpha: int, size: tuple[int, int] = SIZE) -> Stream:
    mask = _mask(alpha).resize(size, Image.Resampling.NEAREST)
    keys = {"ColorSpace": Name.DeviceGray, "Width": size[0], "Height": size[1]}
    return figures.image(pdf, zlib.compress(mask.tobytes()), "/FlateDecode", **keys)


def _stencil(pdf: pikepdf.Pdf, **keys: Any) -> Stream:
    """A mask of dots, in which those that are set hide."""
    dots = _mask().point(lambda value: 255 - value).convert("1")
    told = {"Width": SIZE[0], "Height": SIZE[1], "BitsPerComponent": 1, "ImageMask": True, **keys}
    made = figures.image(pdf, zlib.compress(dots.tobytes()), "/FlateDecode", **told)
    del made["/ColorSpace"]
    return made


def _image(pdf: pikepdf.Pdf, kind: str, **keys: Any) -> Stream:
    told: dict[str, Any] = {"Width": SIZE[0], "Height": SIZE[1], **keys}
    match kind:
        case "JPEG" | "grey JPEG" | "CMYK JPEG":
            mode = {"JPEG": "RGB", "grey JPEG": "L", "CMYK JPEG": "CMYK"}[kind]
            plain = {"RGB": Name.DeviceRGB, "L": Name.DeviceGray, "CMYK": Name.DeviceCMYK}[mode]
            inverted = {"Decode": [1, 0] * 4} if mode == "CMYK" else {}
            data = figures.encoded(_picture(mode), "JPEG", quality=92)
            return figures.image(pdf, data, "/DCTDecode", ColorSpace=plain, **inverted, **told)
        case "JPX":
            return figures.image(pdf, figures.encoded(_picture(), "JPEG2000"), "/JPXDecode", **told)
        case "palette":
            few = _picture().quantize(200)
            colours = pikepdf.String(bytes(few.getpalette() or []).ljust(600, b"\0")[:600])
            space = pikepdf.Array([Name.Indexed, Name.DeviceRGB, 199, colours])
            return figures.image(pdf, zlib.compress(few.tobytes()), "/FlateDecode", ColorSpace=space, **told)
        case "black and white":
            told |= {"BitsPerComponent": 1, "ColorSpace": Name.DeviceGray}
            return figures.image(pdf, zlib.compress(_picture("1").tobytes()), "/FlateDecode", **told)
    return figures.image(pdf, zlib.compress(_picture().tobytes()), "/FlateDecode", **told)


def _page(kind: str, mask: str) -> bytes:
    with pikepdf.new() as pdf:
        masks: dict[str, Callable[[], dict[str, Any]]] = {
            "soft": lambda: {"SMask": _soft(pdf, 0)},
            "faint": lambda: {"SMask": _soft(pdf, 3)},
            "coarse": lambda: {"SMask": _soft(pdf, 0, (200, 150))},
            "fine": lambda: {"SMask": _soft(pdf, 0, (800, 600))},
            "stencil": lambda: {"Mask": _stencil(pdf)},
            "inverted stencil": lambda: {"Mask": _stencil(pdf, Decode=[1, 0])},
        }
        page = pdf.add_blank_page(page_size=SIZE).obj
        page.Resources = Dictionary(XObject=Dictionary(X=_image(pdf, kind, **masks[mask]())))
        page.Contents = pdf.make_stream(b"%d 0 0 %d 0 0 cm /X Do" % SIZE)
        return pages.saved(pdf)


def _inside(data: bytes) -> list[Image.Image]:
    """Return the coloured pictures of a PDF without their masks."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        found = [item for item in pdf.objects if isinstance(item, Stream) and ("/SMask" in item or "/Mask" in item)]
        return [pdf_drawn.seen(item, SIZE, in_grey=False) for item in found]


KINDS = ["pixels", "JPEG", "grey JPEG", "CMYK JPEG", "JPX", "palette", "black and white"]


@pytest.mark.parametrize(
    ("kind", "mask"),
    [*((kind, "soft") for kind in KINDS), *(("JPEG", mask) for mask in ("faint", "coarse", "fine", "stencil"))],
)
def test_colours_under_a_mask_are_gone_and_the_rest_looks_as_before(kind: str, mask: str) -> None:
    data = _page(kind, mask)
    assert [_told(image) > 100 for image in _inside(data)] == [True]
    made_of_it = pdfs.rebuild(data)
    rebuilt = made_of_it.data
    assert Removed.PICTURE_DATA in made_of_it.removed
    assert all(_told(image) <= 12 for image in _inside(rebuilt))
    for made in (printing.screen(rebuilt).data, printing.grey(rebuilt).data):
        assert all(_told(image) <= 12 for image in _inside(made))
    assert looking.off(data, rebuilt) < looking.MOST_OFF
    assert looking.inked(rebuilt) > 0.3


def test_under_a_mask_not_even_the_next_number_of_a_palette_is_left() -> None:
    few = Image.new("L", SIZE, 0)
    ImageDraw.Draw(few).text((20, 110), "JANE DOE", fill=1, font=ImageFont.load_default(70))
    with pikepdf.new() as pdf:
        space = pikepdf.Array([Name.Indexed, Name.DeviceRGB, 1, pikepdf.String(b"\xff\xff\xff\0\0\0")])
        keys = {"Width": SIZE[0], "Height": SIZE[1], "ColorSpace": space, "SMask": _soft(pdf, 0)}
        image = figures.image(pdf, zlib.compress(few.tobytes()), "/FlateDecode", **keys)
        page = pdf.add_blank_page(page_size=SIZE).obj
        page.Resources, page.Contents = Dictionary(XObject=Dictionary(X=image)), pdf.make_stream(b"/X Do")
        data = pages.saved(pdf)
    assert [_told(image) for image in _inside(data)] == [255]
    assert [_told(image) for image in _inside(pdfs.rebuild(data).data)] == [0]


def test_a_mask_that_is_inverted_hides_the_other_part() -> None:
    data = _page("pixels", "inverted stencil")
    (before,), (after,) = _inside(data), _inside(pdfs.rebuild(data).data)
    assert before.crop(ERASED).tobytes() == after.crop(ERASED).tobytes()
    assert _told(before) > 100
    top = after.crop((0, 0, 400, 95)).getextrema()
    assert all(low == high for low, high in top)  # type: ignore[misc] # three bands have three pairs


def _only(data: bytes) -> bytes:
    """Return the one picture with a mask as it is compressed."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        (image,) = (item for item in pdf.objects if isinstance(item, Stream) and "/SMask" in item)
        return image.read_raw_bytes()


@pytest.mark.parametrize("mask", [b"\xff", b"\x80"])
def test_a_photo_that_its_mask_shows_in_full_keeps_its_bytes(mask: bytes) -> None:
    with pikepdf.open(io.BytesIO(_page("JPEG", "soft"))) as pdf:
        soft = pdf.pages[0].obj.Resources.XObject.X.SMask
        soft.write(zlib.compress(mask * SIZE[0] * SIZE[1]), filter=Name.FlateDecode)
        data = pages.saved(pdf)
    assert _only(pdfs.rebuild(data).data) == strip.jpeg(_only(data))


def test_a_jpeg_with_a_mask_is_written_as_fine_as_it_was() -> None:
    data = _page("JPEG", "soft")
    before, after = (Image.open(io.BytesIO(_only(each))) for each in (data, pdfs.rebuild(data).data))
    assert isinstance(before, JpegImagePlugin.JpegImageFile)
    assert isinstance(after, JpegImagePlugin.JpegImageFile)
    assert before.quantization == after.quantization
    assert JpegImagePlugin.get_sampling(before) == JpegImagePlugin.get_sampling(after)
