"""Whether what an item shows is public, and what tells its present state from another; of rows, without cards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from organizer import text, vault
from organizer.collections.models import CollectionItem
from organizer.collections.rules import Kind, Trace
from organizer.db import db
from organizer.events.gate import Clearance, may_see
from organizer.photos import queries as photos
from organizer.photos.models import Photo
from organizer.photos.rules import Use
from organizer.statements import drafting
from organizer.statements import queries as statements
from organizer.statements import rules as statement_rules
from organizer.statements.models import Statement
from organizer.statements.quotes import is_quoted

Subject = Statement | Photo


def subject(kind: Kind, subject_id: str) -> Subject | None:
    """The statement or photo of this id, locked, so that it is not withdrawn before the commit."""
    if kind == Kind.PHOTO:
        return db.session.get(Photo, subject_id, with_for_update={"of": Photo})
    return db.session.get(Statement, subject_id, with_for_update={"of": Statement})


def subjects(items: Sequence[CollectionItem], *, is_locked: bool = False) -> dict[str, Subject]:
    """What these items show, by its id, in a fixed number of queries; statements can be locked."""
    photo_ids = {item.photo_id for item in items if item.photo_id}
    said = select(Statement).where(Statement.id.in_({item.statement_id for item in items if item.statement_id}))
    said = said.options(selectinload(Statement.events)).order_by(Statement.id)
    if is_locked:
        said = said.with_for_update(of=Statement)
    rows: list[Subject] = [*db.session.scalars(said)]
    if photo_ids:
        rows += db.session.scalars(select(Photo).where(Photo.id.in_(photo_ids)).options(selectinload(Photo.event)))
    return {row.id: row for row in rows}


def is_open(row: Subject, use: Use) -> bool:
    """Whether it may stand there, about an event that anyone may see."""
    is_public = photos.is_public(row, use) if isinstance(row, Photo) else statements.is_public(row, use)
    about = [row.event] if isinstance(row, Photo) else row.events
    return is_public and any(event is not None and may_see(event, Clearance.PUBLIC) for event in about)


def is_quotable(quote: str | None, markdown: str) -> bool:
    """Whether these words stand in a statement just so."""
    return bool(quote) and is_quoted(quote or "", text.to_plain(markdown))


def has_open(items: Sequence[CollectionItem], use: Use) -> bool:
    """Whether any of these may stand there."""
    return bool(dict(_open(items, subjects(items), use)))


def for_press(items: Sequence[CollectionItem], *, is_locked: bool = False) -> dict[str, Trace]:
    """By item id, what tells the state of each that is for the press; with `is_locked` nothing changes meanwhile."""
    rows = subjects(items, is_locked=is_locked)
    return {item.id: _trace(item, row) for item, row in _open(items, rows, Use.PRESS)}


def _open(
    items: Sequence[CollectionItem], rows: dict[str, Subject], use: Use
) -> Iterator[tuple[CollectionItem, Subject]]:
    for item in items:
        row = rows.get(item.subject_id)
        if row is None or not is_open(row, use):
            continue
        if item.kind != Kind.QUOTE or (isinstance(row, Statement) and is_quotable(item.quote, row.text)):
            yield item, row


def _trace(item: CollectionItem, row: Subject) -> Trace:
    signed: tuple[str, ...]
    if isinstance(row, Photo):
        words, signed = _seen(row), (row.credit,)
    else:
        words = [item.quote or row.text, *(_beside(row) if item.kind == Kind.STATEMENT else ())]
        byline = statement_rules.shown_byline(row)
        signed = (byline, row.affiliation) if byline or not row.byline else ()
    key = vault.derive("collection-traces")
    return Trace(vault.mac(key, "words", *words), vault.mac(key, "name", *signed), any(signed))


def _seen(photo: Photo) -> list[str]:
    return [photo.id, photo.picture_hash, photo.caption, photo.licence, photo.alt]


def _beside(statement: Statement) -> Iterator[str]:
    """Of the photos beside a statement that its author agreed to and that are for the press."""
    agreed = drafting.agreed_pictures(statement)
    for picture in statement.pictures:
        if picture.photo.picture_hash in agreed and photos.is_public(picture.photo, Use.PRESS):
            yield from _seen(picture.photo)
