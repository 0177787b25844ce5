"""Solid boxes over a picture, burnt in: what lay below them is in none of the files that are made."""

import io
from typing import Final

from PIL import Image, ImageDraw

from organizer.media import PICTURE_PIXELS, Picture, Refused, images, wire

BLOCK_PX: Final = 8
"""JPEG writes squares of so many pixels, each by itself where colours are as fine as light. A box of whole squares
comes out flat, and nothing beyond its edge shines in."""
COLOUR: Final = (0, 0, 0)


def burn(framed: bytes) -> Picture:
    """Return a rebuilt picture under its boxes, as JPEG, its previews made of the covered pixels.

    `framed` is by `wire.frame`: the boxes, each as left, top, width and height in thousandths of the picture's width
    and height, and the picture. Each box is made larger to whole blocks, so that no half-covered pixel stays at its
    edge. Raises Refused.
    """
    boxes, data = wire.unframe(framed)
    pixels = _opaque(data)
    draw = ImageDraw.Draw(pixels)
    for box in boxes:
        left, right = _span(box[0], box[2], pixels.width)
        top, bottom = _span(box[1], box[3], pixels.height)
        draw.rectangle((left, top, right - 1, bottom - 1), fill=COLOUR)
    written = io.BytesIO()
    # Neither optimized nor progressive: both fail where there is more detail than Pillow makes room for.
    pixels.save(written, "JPEG", quality=90, subsampling=0)
    return Picture(written.getvalue(), "image/jpeg", pixels.width, pixels.height, images.previews(pixels))


def _opaque(data: bytes) -> Image.Image:
    """The picture in RGB, what is transparent as white as paper."""
    image = Image.open(io.BytesIO(data), formats=("JPEG", "PNG"))
    if image.width * image.height > PICTURE_PIXELS:
        raise Refused("picture_pixels")
    paper = Image.new("RGB", image.size, "white")
    if image.mode == "RGBA":
        paper.paste(image, mask=image.getchannel("A"))
    else:
        paper.paste(image.convert("RGB"))
    return paper


def _span(start: int, length: int, whole_px: int) -> tuple[int, int]:
    """From which pixel to before which one, at least one pixel more on either side, in whole blocks."""
    first = start * whole_px // 1000 - 1
    behind = -(-(start + length) * whole_px // 1000) + 1
    return max(0, first // BLOCK_PX * BLOCK_PX), min(whole_px, -(-behind // BLOCK_PX) * BLOCK_PX)
