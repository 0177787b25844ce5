"""What readers and a newspaper's editor see of an item, once it has passed the gates of what it shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from organizer.collections.models import Collection
from organizer.collections.rules import Change, Kind
from organizer.photos.cards import PhotoCard
from organizer.photos.rules import Way
from organizer.statements.cards import Quote

DOTS_PER_INCH = 300
CENTIMETRES_PER_INCH = 2.54


@dataclass(frozen=True)
class Shown:
    """An item that may stand there at this moment: `said` for a statement or a quote, `photo` for a photo.

    `quote` is plain text; `photos` are those that stand beside a statement.
    """

    item_id: str
    number: int
    kind: Kind
    said: Quote | None = None
    quote: str = ""
    photo: PhotoCard | None = None
    photos: tuple[PhotoCard, ...] = ()

    @property
    def language(self) -> str:
        card = self.said or self.photo
        return card.language if card else ""

    @property
    def all_photos(self) -> tuple[PhotoCard, ...]:
        """Every photo that stands in it, the item itself included."""
        return (self.photo,) if self.photo else self.photos


@dataclass(frozen=True)
class Reading:
    """A collection with what may stand in it; `is_public` is False when only its organizers look at it."""

    collection: Collection
    items: tuple[Shown, ...]
    is_indexed: bool = False
    is_public: bool = True
    may_edit: bool = False

    @property
    def photos(self) -> list[PhotoCard]:
        """Every photo in it once, in order."""
        return list({photo.id: photo for shown in self.items for photo in shown.all_photos}.values())


@dataclass(frozen=True)
class ToArrange:
    """A collection before its organizers: each item by its id, as far as readers or a newspaper may see it.

    `on_site` are the ids of those that readers see; `said` and `photos` are what the group could put in.
    """

    shown: dict[str, Shown]
    on_site: set[str]
    said: list[Quote]
    photos: list[PhotoCard]


@dataclass(frozen=True)
class Terms:
    """What was agreed to for the press, on which day and how.

    For a photo, `people` is how many can be recognised, and the days are the last and the first to end of theirs.
    """

    given_on: date | None
    way: Way | None = None
    may_edit: bool = False
    may_translate: bool = False
    expires_on: date | None = None
    people: int = 0


@dataclass(frozen=True)
class PrintSize:
    """A photo's size in print, pixels and centimetres at 300 to the inch."""

    width: int
    height: int

    @property
    def width_cm(self) -> float:
        return round(self.width / DOTS_PER_INCH * CENTIMETRES_PER_INCH, 1)

    @property
    def height_cm(self) -> float:
        return round(self.height / DOTS_PER_INCH * CENTIMETRES_PER_INCH, 1)


@dataclass(frozen=True)
class Changed:
    """An item that is not as the editor was shown it; of what is gone, nothing but its number and kind."""

    number: int
    kind: Kind
    change: Change


@dataclass(frozen=True)
class ForPrint:
    """What a newspaper's editor is given: only what those who said it agreed to for the press.

    `terms` and `sizes` are by the id of a statement or photo. `others` is how many are not for the press.
    """

    reading: Reading
    terms: dict[str, Terms]
    sizes: dict[str, PrintSize]
    changes: tuple[Changed, ...]
    others: int

    @property
    def collection(self) -> Collection:
        return self.reading.collection
