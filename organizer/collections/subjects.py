"""What print needs to know of statements and photos beside what readers see, for many at once.

Ask only about what has passed their gates: nothing here decides whether it may be shown.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from organizer import clock, storage
from organizer.collections.cards import PrintSize, Terms
from organizer.db import db
from organizer.photos.models import Photo
from organizer.photos.rules import Size, Use
from organizer.statements import rules as statement_rules
from organizer.statements.models import Statement


@dataclass(frozen=True)
class Picture:
    """What is behind a photo's card: the hash of its picture, its print size, the press's terms."""

    picture_hash: str
    size: PrintSize
    terms: Terms
    screen_key: str
    screen_type: str
    width: int
    height: int
    """Of the size for screens."""

    def screen(self) -> bytes:
        """The picture as screens get it, in the size for large ones. Raises storage.Missing, storage.StorageDown."""
        return storage.current().get(self.screen_key)


def pictures(ids: Collection[str]) -> dict[str, Picture]:
    """What is behind these photos, in a fixed number of queries."""
    rows = db.session.scalars(select(Photo).where(Photo.id.in_(ids))).all() if ids else ()
    # One that was withdrawn while a file waited for its turn has none left.
    return {row.id: _picture(row) for row in rows if row.files}


def _picture(photo: Photo) -> Picture:
    files = {file.size: file for file in photo.files}
    agreed_on = [person.agreed_on for person in photo.persons if person.agreed_on]
    ends_on = [person.expires_on for person in photo.persons if person.expires_on]
    return Picture(
        picture_hash=photo.picture_hash,
        size=PrintSize(files[Size.PRINT].width, files[Size.PRINT].height),
        terms=Terms(
            given_on=max(agreed_on, default=None), people=len(photo.persons), expires_on=min(ends_on, default=None)
        ),
        screen_key=files[Size.LARGE].blob_key,
        screen_type=files[Size.LARGE].content_type,
        width=files[Size.LARGE].width,
        height=files[Size.LARGE].height,
    )


def statement_terms(ids: Collection[str]) -> dict[str, Terms]:
    """What the authors of these agreed to for the press, in a fixed number of queries."""
    today, found = clock.today(), {}
    for row in db.session.scalars(select(Statement).where(Statement.id.in_(ids))) if ids else ():
        for consent in row.consents:
            if Use.PRESS in consent.uses and statement_rules.agrees(consent, row, today):
                ends_on = consent.expires_on
                found[row.id] = Terms(consent.given_on, consent.way, consent.may_edit, consent.may_translate, ends_on)
    return found


def withdrawn_statements(ids: Collection[str]) -> set[str]:
    """Those of these statements that were withdrawn."""
    is_withdrawn = Statement.state == statement_rules.State.WITHDRAWN
    query = select(Statement.id).where(Statement.id.in_(ids), is_withdrawn)
    return set(db.session.scalars(query)) if ids else set()
