"""The pages of a version after the first ones, each as one picture, made once it was rebuilt."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from organizer import outbox
from organizer.db import db, writing
from organizer.leaflets import files
from organizer.leaflets.files import Attempt
from organizer.leaflets.models import LeafletVersion, Rendition
from organizer.leaflets.renditions import MADE_OF, REBUILT
from organizer.leaflets.rules import Purpose
from organizer.media import Picture
from organizer.outbox import OutboxRow


def missing(version: LeafletVersion) -> range:
    """The numbers of the pages that cannot be looked at; none for a version of which nothing may be made."""
    if version.state not in MADE_OF or version.source_key is None:
        return range(0)
    shown = sum(rendition.purpose == Purpose.LARGE for rendition in version.renditions)
    return range(shown + 1, version.pages + 1)


def to_come(version: LeafletVersion) -> range:
    """Those of them that the worker still has to make; one query where any is missing."""
    wanted = missing(version)
    made_by = OutboxRow.handler.endswith(".make_pages", autoescape=True)
    owed = select(OutboxRow.id).where(OutboxRow.fact == REBUILT, OutboxRow.subject_id == version.id, made_by)
    return wanted if wanted and db.session.scalar(owed.limit(1)) else range(0)


def keep(version: LeafletVersion, pictures: Sequence[Picture], made_of: str) -> None:
    """Keep the pictures of all pages that are missing, which were made of the file under the key `made_of`.

    Nothing when that file is gone by now, or when another worker was faster. Raises storage.StorageDown.
    """
    with files.attempt(version.id) as new:
        put = [_row(version.id, picture, new) for picture in pictures]
        with writing(lock=version):
            numbers = missing(version)
            if version.source_key != made_of or len(numbers) != len(put):
                return
            for row, number in zip(put, numbers, strict=True):
                row.page = number
            db.session.add_all(put)
            outbox.commit()
            new.is_kept = True


def _row(version_id: str, picture: Picture, new: Attempt) -> Rendition:
    return Rendition(
        version_id=version_id,
        purpose=Purpose.LARGE,
        blob_key=new.put(picture.data),
        content_type=picture.content_type,
        size_bytes=len(picture.data),
        width=picture.width,
        height=picture.height,
    )
