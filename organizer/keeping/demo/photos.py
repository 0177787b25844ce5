"""The demo's photos: drawn, so that nobody is in them, and covered like any other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from organizer.keeping.demo.leaflets import DRAWN_FOR_THE_DEMO, drawing
from organizer.keeping.demo.past import OAKLAND, SAN_FRANCISCO
from organizer.keeping.demo.scenes import Scene
from organizer.photos.rules import Box, Licence, PhotoDetails, Use


@dataclass(frozen=True)
class Shot:
    """What an organizer would send, and the boxes that she would lay over it."""

    scene: Scene
    details: PhotoDetails
    boxes: tuple[Box, ...]
    take: Callable[[], bytes]


def _details(alt: str, caption: str) -> PhotoDetails:
    return PhotoDetails(alt, "en", caption, DRAWN_FOR_THE_DEMO, Licence.CC0, frozenset(Use))


PHOTOS = (
    Shot(
        OAKLAND,
        _details(
            "A yellow umbrella over a table between market stalls. Two people stand behind it, two others have stopped "
            "to read; the head of one is covered by a black box.",
            "Three hours between the oranges and the honey.",
        ),
        ((725, 470, 112, 150),),
        partial(drawing, "market"),
    ),
    Shot(
        SAN_FRANCISCO,
        _details(
            "Many people from behind, with flags and signs. One of them holds up a picture frame with a grey figure in "
            "it.",
            "One carried the portrait of a prisoner.",
        ),
        (),
        partial(drawing, "crowd"),
    ),
)
