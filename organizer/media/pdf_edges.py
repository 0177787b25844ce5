"""The edges of pages: how large they are, in points, and what of them is seen."""

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from pikepdf import Array

from organizer.media import Refused

LETTER: Final = (0.0, 0.0, 612.0, 792.0)
PAGE_SIZES: Final = (3, 14_400)
"""In points; the second is the largest that readers show."""
BOXES: Final = ("/MediaBox", "/CropBox", "/BleedBox", "/TrimBox", "/ArtBox")

Sides = tuple[float, float, float, float]
"""Left, bottom, right, top."""


def of(page: Mapping[str, Any]) -> tuple[Sides, Sides | None, float]:
    """Return the edges of a page, what is seen of it where that is less, and how many points each of its units is.

    Raises Refused for a size that nobody can show.
    """
    edges = _media(page.get("/MediaBox"))
    return edges, _crop(page.get("/CropBox"), edges), _unit(page.get("/UserUnit"), edges)


def _media(box: Any) -> Sides:
    """Return the page's edges, US Letter where they are missing."""
    return _shown(sides(box) if isinstance(box, Array) and len(box) == 4 else LETTER)


def _crop(box: Any, page: Sides) -> Sides | None:
    """Return what is seen of a page; None where readers show all of it: nothing is told, or nothing of the page."""
    if not _are_numbers(box):
        return None
    inner = overlap(sides(box), page)
    return None if inner is None else _shown(inner)


def turn(value: Any) -> int:
    """Return by how many degrees a page is turned: 0, 90, 180 or 270."""
    return int(value) % 360 if isinstance(value, int | Decimal) and value % 90 == 0 else 0


def sides(box: Any) -> Sides:
    """Return the sides of a box in their order, whichever of its corners it tells."""
    one, two, three, four = (float(side) for side in list(box)[:4])
    return min(one, three), min(two, four), max(one, three), max(two, four)


def overlap(one: Sides, other: Sides) -> Sides | None:
    """Return what two boxes share, if that is more than an edge."""
    left, bottom, right, top = (*map(max, one[:2], other[:2]), *map(min, one[2:], other[2:]))
    return (left, bottom, right, top) if left < right and bottom < top else None


def _unit(value: Any, page: Sides) -> float:
    """Return how many points a unit of the page is, so that the page has a size that readers show."""
    told = float(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else 1.0
    if not (told > 0 and math.isfinite(told)):
        return 1.0
    width, height = page[2] - page[0], page[3] - page[1]
    return min(max(told, PAGE_SIZES[0] / min(width, height)), PAGE_SIZES[1] / max(width, height))


def array(box: Sides, times: float = 1.0) -> Array:
    return Array([round(side * times, 4) for side in box])


def scale(page: Any, times: float) -> None:
    """Make the edges of a page so many times as large."""
    for key in BOXES:
        if times != 1.0 and key in page:
            page[key] = array(sides(page[key]), times)


def _are_numbers(box: Any) -> bool:
    return isinstance(box, Array) and len(box) == 4 and all(isinstance(side, int | Decimal) for side in list(box))


def _shown(box: Sides) -> Sides:
    least, most = PAGE_SIZES
    if not all(least <= side <= most for side in (box[2] - box[0], box[3] - box[1])):
        raise Refused("pdf_damaged")
    return box
