"""How a photo reads on a page."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import lazy_gettext as _

from organizer.events.gate import VisibleEvent
from organizer.photos.models import Photo, PhotoFile
from organizer.photos.rules import Licence, Size, Use

LICENCES = [
    (Licence.ASK, _("Ask the photographer first")),
    (Licence.PRESS, _("Newspapers may print it with the credit")),
    (Licence.CC0, _("CC0: do with it what you like")),
    (Licence.BY, _("CC BY 4.0: change it, and name the photographer")),
    (Licence.BY_SA, _("CC BY-SA 4.0: change it, name the photographer, pass it on under this licence")),
]
USES = [
    (Use.EVENT_PAGE, _("On the page of this action")),
    (Use.SITE, _("Elsewhere on this site: the front page, beside statements")),
    (Use.LEAFLET, _("On leaflets and posters")),
    (Use.PRESS, _("In newspapers")),
    (Use.SOCIAL, _("Where links to this site are shared")),
    (Use.SEARCH, _("In search engines")),
]
_LABELS = dict(LICENCES)


@dataclass(frozen=True)
class PhotoCard:
    """What readers see. `small_url` and `large_url` are WebP; `width` and `height` are those of the large one."""

    id: str
    url: str
    small_url: str
    small_width: int
    large_url: str
    width: int
    height: int
    caption: str
    credit: str
    licence_label: str
    alt: str
    language: str
    event_title: str
    event_url: str


def card(photo: Photo, event: VisibleEvent | None) -> PhotoCard:
    """The card of a photo that has its files, whoever may see it."""
    files = {file.size: file for file in photo.files}
    small, large = files[Size.SMALL], files[Size.LARGE]
    return PhotoCard(
        id=photo.id,
        url=url_for("photos.read", photo_id=photo.id),
        small_url=file_url(small),
        small_width=small.width,
        large_url=file_url(large),
        width=large.width,
        height=large.height,
        caption=photo.caption,
        credit=photo.credit,
        licence_label=str(_LABELS[photo.licence]),
        alt=photo.alt,
        language=photo.language,
        event_title=event.title if event else "",
        event_url=url_for("pages.event", address=event.address) if event else "",
    )


def file_url(file: PhotoFile) -> str:
    """Where the picture is served in this size."""
    return url_for("photos.picture", photo_id=file.photo_id, size=file.size)
