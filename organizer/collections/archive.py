"""What a newspaper's editor takes with her: one file with the words, the photos at print size, and what was agreed."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import date
from io import BytesIO

from flask_babel import format_date
from flask_babel import gettext as _

from organizer import clock, storage
from organizer.collections import setting, words, written
from organizer.collections.cards import ForPrint, Shown
from organizer.collections.rules import MOST_PHOTOS, Kind
from organizer.errors import RuleError
from organizer.groups.rules import slug_of
from organizer.photos import files
from organizer.photos.cards import PhotoCard

MOST_BYTES = 120 * 1024 * 1024
EXTENSIONS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}
NO_DATE = (1980, 1, 1, 0, 0, 0)
"""The earliest that the format knows: equal contents give equal bytes."""


def write(given: ForPrint, page_url: str) -> bytes:
    """The whole archive, in memory. Call it inside `setting.one_at_a_time`.

    `page_url` is where she sees what has changed since. Raises RuleError for more photos than fit into one file.
    """
    photos = dict(_photos(given))
    reading, names = given.reading, {key: name for key, (name, _data) in photos.items()}

    def place(photo: PhotoCard) -> str:
        return names.get(photo.id, "")

    texts = {
        "statements.txt": written.plain(reading, place, is_numbered=True),
        "statements.md": written.markdown(reading, place, is_numbered=True),
        "captions.txt": captions(given, names),
        "consent.txt": consent(given, page_url),
    }
    said = setting.sheet(reading)
    made = {name: content.encode() for name, content in texts.items()}
    made |= {"collection.pdf": setting.pdf(reading, said)} | dict(photos.values())
    return _zipped(made)


def _photos(given: ForPrint) -> Iterator[tuple[str, tuple[str, bytes]]]:
    """By id, the name and the bytes of each photo that is for the press at this moment."""
    taken, found = 0, given.reading.photos
    if len(found) > MOST_PHOTOS:
        raise RuleError("These are too many photos for one file. Ask the group for two collections.")
    for number, photo in enumerate(found, 1):
        served = files.print_file(photo.id)
        if served is None:
            continue
        try:
            data = served.data()
        except storage.Missing:
            continue
        taken += len(data)
        if taken > MOST_BYTES:
            raise RuleError("These photos are too large for one file. Ask the group for two collections.")
        yield photo.id, (f"photos/{number:02}-{_slug(photo)}.{EXTENSIONS.get(served.file.content_type, 'jpg')}", data)


def _slug(photo: PhotoCard) -> str:
    return slug_of(photo.caption or photo.alt)[:40].strip("-") or "photo"


def captions(given: ForPrint, names: dict[str, str]) -> str:
    """Each photo with what stands under it: caption, credit, licence, what is seen in it, its size in print."""
    parts = [given.collection.title]
    for photo in given.reading.photos:
        lines = (
            names.get(photo.id, ""),
            _("Caption: %(caption)s", caption=photo.caption) if photo.caption else "",
            words.credited(photo),
            _("Licence: %(licence)s", licence=photo.licence_label),
            _("What is seen: %(alt)s", alt=photo.alt),
            words.sized(given.sizes[photo.id]),
        )
        parts.append("\n".join(line for line in lines if line))
    return "\n\n".join(parts) + "\n"


def consent(given: ForPrint, page_url: str) -> str:
    """What was agreed to for the press, item by item, and how to look whether it still holds."""
    parts = [given.collection.title, words.ready(given.collection), advice(page_url, clock.today())]
    parts += ["\n".join(_consent_of(given, shown)) for shown in given.reading.items]
    if given.changes:
        parts.append("\n".join([_("Changed since you got the link:"), *map(words.changed, given.changes)]))
    return "\n\n".join(part for part in parts if part) + "\n"


def advice(page_url: str, today: date) -> str:
    """How to look for withdrawals, which is what the whole file ends on."""
    return str(
        _(
            "This is how things stood on %(day)s. Before you print, look at %(url)s once more: it says what was "
            "withdrawn or changed. If your link no longer works, ask the group.",
            day=format_date(today, "long"),
            url=page_url,
        )
    )


def _consent_of(given: ForPrint, shown: Shown) -> Iterator[str]:
    yield words.numbered(shown.number, shown.kind)
    if shown.said:
        yield f"— {shown.said.signature}"
        if shown.said.is_withheld:
            yield words.withheld()
        if shown.said.is_edited:
            yield words.edited()
        yield " ".join(words.agreed(shown.kind, given.terms[shown.said.id]))
    for photo in shown.all_photos:
        told = " ".join(words.agreed(Kind.PHOTO, given.terms[photo.id]))
        yield f"{words.credited(photo)} {told}".strip()


def _zipped(made: dict[str, bytes]) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in made.items():
            info = zipfile.ZipInfo(name, NO_DATE)
            info.external_attr = 0o644 << 16
            is_text = name.endswith((".txt", ".md"))
            info.compress_type = zipfile.ZIP_DEFLATED if is_text else zipfile.ZIP_STORED
            archive.writestr(info, content)
    return file.getvalue()
