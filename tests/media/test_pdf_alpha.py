"""What a picture in a PDF tells itself to be transparent stays so when it is compressed anew, and is gone."""

import io
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Stream
from PIL import Image, ImageDraw, ImageFont

from organizer.media import Removed, pdf_alpha, pdf_drawn, pdfs, printing
from tests.media import corpus, figures, looking, pages

SIZE = (200, 200)
PAPER = (0, 0, 255)
GREEN = (0, 255, 0)
KEY = [0, 0, 240, 255, 0, 0]
"""All greens that are nearly the brightest one."""


def _picture(mode: str = "RGB", *, below: tuple[int, int, int] | None = None) -> Image.Image:
    """A photo with words in its lower half, which is of one colour if told so."""
    image = corpus.photo(SIZE)
    draw = ImageDraw.Draw(image)
    if below:
        draw.rectangle((0, 100, *SIZE), fill=below)
    draw.text((10, 120), "JANE", fill=(0, 245, 0) if below else "white", font=ImageFont.load_default(60))
    return image.convert(mode)


def _cut_out(mode: str) -> Image.Image:
    image, mask = _picture(mode), Image.new("L", SIZE, 255)
    ImageDraw.Draw(mask).rectangle((0, 100, *SIZE), fill=0)
    image.putalpha(mask)
    return image


def _page(make: Callable[[pikepdf.Pdf], Stream]) -> bytes:
    """Return a blue page with a picture on it."""
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=SIZE).obj
        page.Resources = Dictionary(XObject=Dictionary(X=make(pdf)))
        page.Contents = pdf.make_stream(b"0 0 1 rg 0 0 %d %d re f %d 0 0 %d 0 0 cm /X Do" % (*SIZE, *SIZE))
        return pages.saved(pdf)


def _image(data: bytes, codec: str, **keys: Any) -> bytes:
    def make(pdf: pikepdf.Pdf) -> Stream:
        told = {key: value for key, value in keys.items() if value is not None}
        made = figures.image(pdf, data, codec, Width=SIZE[0], Height=SIZE[1], **told)
        if len(told) < len(keys):
            del made["/ColorSpace"]
        return made

    return _page(make)


def _jpx(image: Image.Image, **keys: Any) -> bytes:
    return _image(figures.encoded(image, "JPEG2000"), "/JPXDecode", **keys)


def _inside(data: bytes) -> Image.Image:
    """Return the only picture that has a mask, without it."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        (found,) = (item for item in pdf.objects if isinstance(item, Stream) and "/SMask" in item)
        return pdf_drawn.seen(found, SIZE, in_grey=False)


def _steps(image: Image.Image) -> int:
    """Return how far apart the colours of the lower half are, its edge aside."""
    inner = image.crop((0, 120, *SIZE))
    return max(high - low for low, high in inner.getextrema())  # type: ignore[misc] # three bands have three pairs


def _is_paper_below(data: bytes) -> bool:
    (page,) = pages.seen(data, 1)
    return bool((np.abs(page[104:] - PAPER).max(axis=2) < 8).all())


def _is_like_the_photo_above(data: bytes, photo: Image.Image) -> bool:
    (page,) = pages.seen(data, 1)
    off = np.abs(page[:98] - np.asarray(photo.convert("RGB")).astype(int)[:98]).max(axis=2)
    return bool((off > looking.SEEN).mean() < looking.MOST_OFF)


@pytest.mark.parametrize("mode", ["RGB", "L"])
@pytest.mark.parametrize("is_told", [True, False])
def test_what_is_cut_out_of_a_jpx_stays_hidden_and_is_erased(mode: str, is_told: bool) -> None:
    space = {"RGB": Name.DeviceRGB, "L": Name.DeviceGray}[mode] if is_told else None
    made = pdfs.rebuild(_jpx(_cut_out(mode), SMaskInData=1, ColorSpace=space))
    assert Removed.PICTURE_DATA in made.removed
    for data in (made.data, printing.screen(made.data).data, pdfs.rebuild(made.data).data):
        assert _is_paper_below(data)
        assert _is_like_the_photo_above(data, _picture(mode))
        assert _steps(_inside(data)) <= 2


def test_a_cut_out_jpx_looks_as_before() -> None:
    data = _jpx(_cut_out("RGB"), SMaskInData=1)
    assert looking.off(data, pdfs.rebuild(data).data) < looking.MOST_OFF


@pytest.mark.parametrize("told", [{}, {"SMaskInData": 0}])
def test_a_channel_that_readers_pass_over_hides_nothing(told: dict[str, int]) -> None:
    data = _jpx(_cut_out("RGB"), **told)
    rebuilt = pdfs.rebuild(data).data
    assert looking.off(data, rebuilt) < looking.MOST_OFF
    assert not _is_paper_below(rebuilt)


def test_a_jpx_without_the_channel_that_is_told_is_shown() -> None:
    data = _jpx(_picture(), SMaskInData=1)
    assert looking.off(data, pdfs.rebuild(data).data) < looking.MOST_OFF


def test_a_jpx_whose_transparency_cannot_be_told_is_refused() -> None:
    with_soft = _page(
        lambda pdf: figures.image(
            pdf,
            figures.encoded(_cut_out("RGB"), "JPEG2000"),
            "/JPXDecode",
            SMaskInData=1,
            SMask=figures.image(pdf, zlib.compress(bytes(3600)), "/FlateDecode", ColorSpace=Name.DeviceGray),
        )
    )
    deep = Image.new("I;16", SIZE, 300)
    refused = [
        with_soft,
        _jpx(_cut_out("RGB"), SMaskInData=2),
        _jpx(_cut_out("RGB"), SMaskInData=1, ColorSpace=Name.DeviceCMYK),
        _jpx(_picture("L"), Mask=Array(KEY), ColorSpace=Name.DeviceGray),
        _jpx(deep, Mask=Array([0, 400]), ColorSpace=Name.DeviceGray),
        _image(figures.encoded(_cut_out("RGB"), "JPEG2000")[:600], "/JPXDecode", SMaskInData=1),
    ]
    assert [pages.reason(data) for data in refused] == ["pdf_complex"] * len(refused)


def test_a_jpx_that_is_larger_than_it_says_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_alpha, "PICTURE_PIXELS", SIZE[0] * SIZE[1] - 1)
    assert pages.reason(_jpx(_cut_out("RGB"), SMaskInData=1)) == "pdf_complex"


def test_colours_of_a_jpx_that_are_not_shown_stay_hidden() -> None:
    photo = _picture(below=GREEN)
    made = pdfs.rebuild(_jpx(photo, Mask=Array(KEY)))
    assert _is_paper_below(made.data)
    assert _is_like_the_photo_above(made.data, photo)
    assert _steps(_inside(made.data)) <= 2


def test_half_a_list_of_colours_is_refused() -> None:
    assert pages.reason(_jpx(_picture(), Mask=Array(KEY[:3]))) == "pdf_damaged"


def _pixels(image: Image.Image, **keys: Any) -> bytes:
    return _image(zlib.compress(image.tobytes()), "/FlateDecode", **keys)


def _only(data: bytes) -> tuple[bytes, bytes, set[str]]:
    """Return the one picture of a page: as it is compressed, its numbers, and its keys."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        (found,) = pdf.pages[0].obj.Resources.XObject.values()
        return found.read_raw_bytes(), found.read_bytes(), set(found.keys())


def test_of_colours_that_are_not_shown_one_is_left() -> None:
    photo = _picture(below=GREEN)
    data = _pixels(photo, Mask=Array(KEY))
    made = pdfs.rebuild(data)
    assert made.removed == (Removed.PICTURE_DATA,)
    assert looking.off(data, made.data) < looking.MOST_OFF
    after = Image.frombytes("RGB", SIZE, _only(made.data)[1])
    assert _steps(after) == 0
    assert after.crop((0, 0, 200, 98)).tobytes() == photo.crop((0, 0, 200, 98)).tobytes()


def test_of_colours_of_a_palette_that_are_not_shown_one_is_left() -> None:
    numbers = Image.new("L", SIZE, 1)
    ImageDraw.Draw(numbers).text((10, 120), "JANE", fill=3, font=ImageFont.load_default(60))
    ImageDraw.Draw(numbers).rectangle((0, 100, 200, 110), fill=2)
    ImageDraw.Draw(numbers).rectangle((0, 0, 200, 99), fill=0)
    space = Array([Name.Indexed, Name.DeviceRGB, 3, pikepdf.String(bytes([9, 9, 9, *GREEN, *PAPER, 255, 255, 255]))])
    data = _pixels(numbers, ColorSpace=space, Mask=Array([1, 3]))
    made = pdfs.rebuild(data).data
    assert looking.off(data, made) < looking.MOST_OFF
    assert _is_paper_below(made)
    after = Image.frombytes("L", SIZE, _only(made)[1])
    assert after.crop((0, 102, *SIZE)).getextrema() == (1, 1)


@pytest.mark.parametrize("key", [[0, 0, 255, 255, 0, 0], [300, 400] * 3])
def test_a_single_colour_that_is_not_shown_hides_nothing(key: list[int]) -> None:
    data = _pixels(_picture(below=GREEN), Mask=Array(key))
    made = pdfs.rebuild(data)
    assert made.removed == ()
    assert _only(made.data)[0] == _only(data)[0]
    assert looking.off(data, made.data) == 0


def test_colours_of_a_jpeg_that_are_not_shown_are_erased() -> None:
    data = _image(
        figures.encoded(_picture(below=GREEN), "JPEG", quality=95, subsampling=0),
        "/DCTDecode",
        Mask=Array([0, 60, 190, 255, 0, 60]),
    )
    made = pdfs.rebuild(data).data
    assert looking.off(data, made) < looking.MOST_OFF
    assert _is_paper_below(made)
    assert _steps(_inside(made)) <= 12


@pytest.mark.parametrize("key", [[0, 0], [1, 1], [0, 1]])
@pytest.mark.parametrize("codec", ["/JBIG2Decode", "/CCITTFaxDecode"])
def test_dots_that_are_not_shown_stay_hidden(codec: str, key: list[int]) -> None:
    def make(pdf: pikepdf.Pdf) -> Stream:
        told = Dictionary(K=0, Columns=figures.SIDE, Rows=figures.SIDE)
        is_fax = codec == "/CCITTFaxDecode"
        keys = {**figures.BILEVEL, "Mask": Array(key), **({"DecodeParms": told} if is_fax else {})}
        return figures.image(pdf, figures.fax(kind="group3") if is_fax else figures.jbig2(), codec, **keys)

    data = _page(make)
    made = pdfs.rebuild(data).data
    assert looking.off(data, made) < looking.MOST_OFF
    assert looking.inked(made) > 0.02


def test_dots_of_a_palette_that_are_not_shown_are_refused() -> None:
    space = Array([Name.Indexed, Name.DeviceRGB, 1, pikepdf.String(bytes([*GREEN, *PAPER]))])
    keys = {**figures.BILEVEL, "ColorSpace": space, "Mask": Array([0, 0])}
    assert pages.reason(_page(lambda pdf: figures.image(pdf, figures.jbig2(), "/JBIG2Decode", **keys))) == "pdf_complex"


def test_of_two_masks_the_one_that_counts_stays() -> None:
    def make(pdf: pikepdf.Pdf) -> Stream:
        alpha = _cut_out("RGB").getchannel("A")
        keys = {"Width": SIZE[0], "Height": SIZE[1]}
        soft = figures.image(pdf, zlib.compress(alpha.tobytes()), "/FlateDecode", **keys, ColorSpace=Name.DeviceGray)
        pixels = zlib.compress(_picture().tobytes())
        return figures.image(pdf, pixels, "/FlateDecode", **keys, SMask=soft, Mask=Array([0, 255] * 3))

    data = _page(make)
    made = pdfs.rebuild(data).data
    assert looking.off(data, made) < looking.MOST_OFF
    assert "/Mask" not in _only(made)[2]
    assert _is_paper_below(made)
