"""What lies below a box is in none of the files."""

import io
import random

import pytest
from PIL import Image

from organizer.media import Picture, Refused, images, sandbox, wire
from tests.media import corpus

Box = tuple[int, int, int, int]
BOXES: list[Box] = [(100, 200, 150, 300), (333, 0, 84, 112), (900, 900, 100, 100)]


def _noise(size: tuple[int, int], least: int = 120) -> Image.Image:
    dice = random.Random(size[0])
    return Image.frombytes("RGB", size, bytes(dice.randrange(least, 256) for _ in range(size[0] * size[1] * 3)))


def _covered(data: bytes, boxes: list[Box]) -> Picture:
    return sandbox.run("covers", wire.frame(boxes, data))


def _opened(picture: Picture) -> Image.Image:
    return Image.open(io.BytesIO(picture.data)).convert("RGB")


def _below(image: Image.Image, box: Box, inset: int = 0) -> Image.Image:
    """The pixels that a box touches, without so many at its edges."""
    left, top, width, height = box
    edges = (
        left * image.width // 1000 + inset,
        top * image.height // 1000 + inset,
        -(-(left + width) * image.width // 1000) - inset,
        -(-(top + height) * image.height // 1000) - inset,
    )
    return image.crop(edges)


@pytest.mark.parametrize("size", [(900, 600), (611, 1013), (2560, 1707)])
def test_all_that_a_box_touches_is_flat_in_print(size: tuple[int, int]) -> None:
    made = _covered(images.rebuild(corpus.jpeg(_noise(size), quality=95)).data, BOXES)
    assert made.content_type == "image/jpeg"
    assert (made.width, made.height) == size
    for box in BOXES:
        assert _below(_opened(made), box).getextrema() == ((0, 0),) * 3


def test_the_small_ones_are_made_of_the_covered_pixels() -> None:
    """Where WebP rings at an edge, it rings with what stands beside the box."""
    data = images.rebuild(corpus.jpeg(_noise((1800, 1200)), quality=95)).data
    made = _covered(data, BOXES)
    assert [preview.width for preview in made.previews] == [1200, 480]
    for preview in made.previews:
        assert preview.content_type == "image/webp"
        for box in BOXES:
            inner = _below(_opened(preview), box, inset=8)
            assert max(inner.tobytes()) <= 8


def test_two_pictures_that_differ_below_the_boxes_alone_become_one() -> None:
    one, other = _noise((640, 480)), _noise((640, 480))
    other.paste((255, 0, 0), (70, 110, 150, 220))
    box: Box = (100, 200, 150, 300)
    made = [_covered(corpus.png(image), [box]) for image in (one, other)]
    assert made[0] == made[1]


def test_what_is_around_stays() -> None:
    data = corpus.png(corpus.photo())
    made = _opened(_covered(data, [(0, 0, 100, 100)]))
    before = corpus.photo()
    for place in ((300, 200), (590, 390), (100, 300)):
        pairs = zip(made.getpixel(place), before.getpixel(place), strict=True)  # type: ignore[arg-type] # triples
        assert all(abs(one - two) < 12 for one, two in pairs)


def test_a_box_at_the_edge_and_one_over_all_are_boxes() -> None:
    for size in ((600, 400), (3, 2), (1, 900)):
        made = _covered(corpus.png(corpus.photo(size)), [(0, 0, 1000, 1000)])
        assert _opened(made).getextrema() == ((0, 0),) * 3


def test_without_boxes_it_is_the_same_picture() -> None:
    made = _covered(corpus.png(corpus.photo()), [])
    assert _opened(made).size == (600, 400)
    assert _opened(made).getpixel((5, 5)) != (0, 0, 0)


def test_what_is_transparent_is_white_on_paper() -> None:
    clear = Image.new("RGBA", (200, 100), (255, 0, 0, 0))
    written = io.BytesIO()
    clear.save(written, "PNG")
    made = _opened(_covered(written.getvalue(), [(0, 0, 100, 100)]))
    assert made.getpixel((150, 80)) == (255, 255, 255)
    assert made.getpixel((5, 5)) == (0, 0, 0)


def test_covering_twice_keeps_the_first_boxes() -> None:
    first = _covered(images.rebuild(corpus.jpeg(_noise((900, 600)))).data, BOXES[:1])
    second = _covered(first.data, BOXES[1:])
    for box in BOXES:
        assert _below(_opened(second), box).getextrema() == ((0, 0),) * 3


@pytest.mark.parametrize(
    "framed", [b"", b"\0\0\0\x02[]", b"\0\0\0\x02[]no picture", b"\xff\xff\xff\xff", b"\0\0\0\x03[1]"]
)
def test_what_is_no_picture_with_boxes_is_refused(framed: bytes) -> None:
    with pytest.raises(Refused):
        sandbox.run("covers", framed)


def test_a_frame_comes_out_as_it_went_in() -> None:
    assert wire.unframe(wire.frame({"boxes": [[1, 2]]}, b"picture")) == ({"boxes": [[1, 2]]}, b"picture")
