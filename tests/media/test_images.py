import io
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image, ImageCms, ImageOps

from organizer.media import PICTURE_BYTES, Refused, images
from tests.media import bombs, corpus

DECODED = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}


def _reason(data: bytes) -> str:
    with pytest.raises(Refused) as caught:
        images.rebuild(data)
    return caught.value.reason


def _written(image: Image.Image, kind: str, **options: Any) -> bytes:
    written = io.BytesIO()
    image.save(written, kind, **options)
    return written.getvalue()


def _opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def _difference(one: Image.Image, other: Image.Image) -> float:
    """Return how far two pictures of one size are apart, on average, in 256 steps of light."""
    pairs = zip(one.convert("RGB").tobytes(), other.convert("RGB").tobytes(), strict=True)
    return sum(abs(a - b) for a, b in pairs) / (one.width * one.height * 3)


# Nothing but pixels.


@pytest.mark.parametrize("kind", corpus.PICTURES)
@pytest.mark.parametrize("made", [corpus.photo, corpus.drawing])
def test_no_canary_is_left(kind: str, made: Callable[[], Image.Image]) -> None:
    data = corpus.PICTURES[kind](made())
    assert len(corpus.canaries(data)) >= 6
    rebuilt = images.rebuild(data)
    for picture in (rebuilt, *rebuilt.previews):
        assert corpus.canaries(picture.data) == set()
        opened = _opened(picture.data)
        assert not opened.getexif()
        assert opened.info.keys() <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression",
                                      "loop", "background", "timestamp", "duration"}  # fmt: skip


def test_what_follows_the_picture_is_left_behind() -> None:
    hidden = b"%PDF-1.7 CANARY-appended" * 1000
    assert len(images.rebuild(corpus.jpeg() + hidden).data) == len(images.rebuild(corpus.jpeg()).data)


# It still looks the same.


@pytest.mark.parametrize("kind", corpus.PICTURES)
def test_a_picture_looks_as_before(kind: str) -> None:
    rebuilt = images.rebuild(corpus.PICTURES[kind](corpus.photo()))
    assert (rebuilt.width, rebuilt.height) == (600, 400)
    assert _difference(_opened(rebuilt.data), corpus.photo()) < 3


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_is_turned_upright(orientation: int) -> None:
    turned = Image.Image.transpose
    back = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}
    stored = corpus.photo()
    if orientation in back:
        stored = turned(stored, Image.Transpose(back[orientation]))
    rebuilt = images.rebuild(corpus.jpeg(stored, orientation))
    assert (rebuilt.width, rebuilt.height) == (600, 400)
    assert _difference(_opened(rebuilt.data), corpus.photo()) < 3


@pytest.mark.parametrize("kind", ["png", "webp", "heic", "avif"])
def test_every_kind_is_turned_upright(kind: str) -> None:
    stored = corpus.photo().transpose(Image.Transpose.ROTATE_90)
    rebuilt = images.rebuild(corpus.PICTURES[kind](stored, 6))
    assert (rebuilt.width, rebuilt.height) == (600, 400)
    assert _difference(_opened(rebuilt.data), corpus.photo()) < 3


def test_a_large_photo_is_made_smaller_and_keeps_its_shape() -> None:
    rebuilt = images.rebuild(_written(corpus.photo((4000, 3000)), "JPEG", quality=50))
    assert (rebuilt.width, rebuilt.height) == (2560, 1920)
    assert _opened(rebuilt.data).size == (2560, 1920)


def test_a_small_picture_is_not_made_larger() -> None:
    assert images.rebuild(corpus.png(corpus.photo((3, 2)))).width == 3


@pytest.mark.parametrize("size", [(1, 1), (1, 4000), (20_000, 2)])
def test_odd_shapes_stay_pictures(size: tuple[int, int]) -> None:
    rebuilt = images.rebuild(_written(Image.new("RGB", size, "red"), "PNG"))
    assert max(rebuilt.width, rebuilt.height) <= 2560
    assert min(rebuilt.width, rebuilt.height) >= 1


def test_colours_are_kept_when_their_profile_goes() -> None:
    """A picture whose profile swaps red and blue: without converting, its red would turn blue."""
    swapped = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = swapped.replace(b"rXYZ", b"tmpX").replace(b"bXYZ", b"rXYZ").replace(b"tmpX", b"bXYZ")
    data = _written(Image.new("RGB", (50, 50), (0, 0, 255)), "PNG", icc_profile=swapped)
    red, _, blue = _opened(images.rebuild(data).data).convert("RGB").getpixel((25, 25))  # type: ignore[misc] # a triple
    assert red > 200
    assert blue < 60


def test_a_damaged_profile_is_passed_over() -> None:
    data = _written(corpus.photo(), "JPEG", icc_profile=b"no profile at all" * 20)
    assert _difference(_opened(images.rebuild(data).data), corpus.photo()) < 5


@pytest.mark.parametrize("mode", ["L", "LA", "P", "1", "CMYK", "I;16", "RGBA"])
def test_every_way_to_store_colours_is_read(mode: str) -> None:
    light = corpus.photo().convert("L")
    if mode == "I;16":
        data = _written(light.convert("I").point(lambda value: value * 257).convert("I;16"), "PNG")
    else:
        data = _written(light.convert(mode), "JPEG" if mode == "CMYK" else "PNG")
    rebuilt = images.rebuild(data)
    assert _difference(_opened(rebuilt.data), light) < (120 if mode == "1" else 3)


# What it becomes.


def test_a_photo_becomes_a_jpeg_and_a_drawing_a_png() -> None:
    assert images.rebuild(corpus.png(corpus.photo())).content_type == "image/jpeg"
    assert images.rebuild(corpus.webp(corpus.drawing())).content_type == "image/png"


def test_transparency_stays_and_needs_a_png() -> None:
    seen_through = corpus.photo().convert("RGBA")
    seen_through.putalpha(Image.linear_gradient("L").resize((600, 400)))
    rebuilt = images.rebuild(_written(seen_through, "WEBP"))
    assert rebuilt.content_type == "image/png"
    assert _opened(rebuilt.data).getchannel("A").getextrema() == (0, 255)
    assert _opened(rebuilt.previews[0].data).mode == "RGBA"


def test_transparency_that_is_not_used_is_dropped() -> None:
    assert images.rebuild(_written(corpus.photo().convert("RGBA"), "PNG")).content_type == "image/jpeg"


def test_previews_are_webp_of_two_widths() -> None:
    rebuilt = images.rebuild(_written(corpus.photo((2000, 1000)), "JPEG"))
    assert [(preview.width, preview.height) for preview in rebuilt.previews] == [(1200, 600), (480, 240)]
    for picture in (rebuilt, *rebuilt.previews):
        opened = _opened(picture.data)
        assert (opened.format, opened.size) == (DECODED[picture.content_type], (picture.width, picture.height))


def test_a_tiny_picture_has_one_preview() -> None:
    assert [preview.width for preview in images.rebuild(corpus.jpeg(corpus.photo((90, 60)))).previews] == [90]


def test_the_same_upload_gives_the_same_bytes() -> None:
    assert images.rebuild(corpus.jpeg()) == images.rebuild(corpus.jpeg())


# Refusals.


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "picture_kind"),
        (b"hello", "picture_kind"),
        (b"GIF89a" + bytes(100), "picture_kind"),
        (b"II*\0" + bytes(100), "picture_kind"),
        (b"%PDF-1.7\n", "picture_kind"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "svg"),
        (b"\n <?xml version='1.0'?><svg/>", "svg"),
        (b"PK\x03\x04" + bytes(100), "archive"),
        (b"\xd0\xcf\x11\xe0" + bytes(100), "archive"),
        (b"\xff\xd8\xff\xe0 not a picture", "picture_damaged"),
    ],
)
def test_other_files_are_refused_with_a_reason(data: bytes, reason: str) -> None:
    assert _reason(data) == reason


@pytest.mark.parametrize("kind", ["TIFF", "GIF", "BMP", "ICO", "PPM", "JPEG2000", "PDF"])
def test_other_kinds_of_pictures_are_refused(kind: str) -> None:
    assert _reason(_written(corpus.photo((64, 64)), kind)) == "picture_kind"


@pytest.mark.parametrize("kind", corpus.PICTURES)
def test_half_a_picture_is_damaged(kind: str) -> None:
    data = corpus.PICTURES[kind](corpus.photo())
    assert _reason(data[: len(data) // 2]) in ("picture_damaged", "picture_kind")


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "AVIF"])
def test_a_picture_that_moves_is_refused(kind: str) -> None:
    other = ImageOps.mirror(corpus.photo())
    assert _reason(_written(corpus.photo(), kind, save_all=True, append_images=[other])) == "animated"


def test_of_a_photo_with_a_second_lens_the_first_one_is_kept() -> None:
    data = _written(corpus.photo(), "MPO", save_all=True, append_images=[corpus.drawing()])
    assert _difference(_opened(images.rebuild(data).data), corpus.photo()) < 3


def test_too_many_bytes_are_refused_unread() -> None:
    assert _reason(b"\xff\xd8\xff" + bytes(PICTURE_BYTES)) == "picture_bytes"


def test_fifty_megapixels_are_enough() -> None:
    assert _reason(_written(Image.new("1", (7100, 7100)), "PNG")) == "picture_pixels"
    assert images.rebuild(_written(Image.new("1", (7000, 7000)), "PNG")).width == 2560


def test_a_jpeg_with_endless_scans_is_refused() -> None:
    assert _reason(bombs.endless_scans(_written(corpus.photo(), "JPEG", progressive=True))) == "picture_damaged"
    assert images.rebuild(_written(corpus.photo(), "JPEG", progressive=True)).width == 600


def test_damage_anywhere_is_a_refusal_or_a_picture() -> None:
    """Some damage goes unseen; none makes anything else than a refusal."""
    for make in corpus.PICTURES.values():
        data = bytearray(make(corpus.photo((64, 48))))
        for place in range(0, len(data), max(1, len(data) // 60)):
            spoilt = bytes(data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :])
            try:
                images.rebuild(spoilt)
            except Refused:
                continue
