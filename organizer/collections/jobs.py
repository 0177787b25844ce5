"""What follows for collections when something in them is taken back: nothing of it stays here."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select

from organizer import outbox, text
from organizer.collections.models import CollectionItem
from organizer.collections.rules import GONE
from organizer.db import db
from organizer.outbox import Fact
from organizer.photos.models import Photo
from organizer.statements.models import Statement
from organizer.statements.quotes import is_quoted


@outbox.within("statement.withdrawn", "statement.changed", "statement.edited", "statement.rejected")
def forget_quotes(fact: Fact) -> None:
    """Empty the quotes that are no longer part of their statement."""
    plain = text.to_plain(db.session.get_one(Statement, fact.subject_id).text)
    for item in _items(CollectionItem.statement_id == fact.subject_id):
        if item.quote is not None and not is_quoted(item.quote, plain):
            item.quote = None


@outbox.within("statement.withdrawn", "photo.withdrawn")
def forget_traces(fact: Fact) -> None:
    """Leave nothing by which a guess of the words, the picture or the name could be confirmed."""
    subject = (CollectionItem.statement_id == fact.subject_id) | (CollectionItem.photo_id == fact.subject_id)
    for item in _items(subject):
        if item.shown_hash:
            item.shown_hash = item.shown_name_hash = GONE


@outbox.within("statement.byline_removed", "statement.changed")
def forget_name(fact: Fact) -> None:
    """Leave nothing by which a guess of a name could be confirmed that was taken back."""
    if not db.session.get_one(Statement, fact.subject_id).byline:
        _forget_names(CollectionItem.statement_id == fact.subject_id)


@outbox.within("photo.edited")
def forget_credit(fact: Fact) -> None:
    """The same for whoever took a photo."""
    if not db.session.get_one(Photo, fact.subject_id).credit:
        _forget_names(CollectionItem.photo_id == fact.subject_id)


def _forget_names(subject: ColumnElement[bool]) -> None:
    for item in _items(subject):
        if item.was_signed:
            item.shown_name_hash = GONE


def _items(subject: ColumnElement[bool]) -> list[CollectionItem]:
    query = select(CollectionItem).where(subject).order_by(CollectionItem.id).with_for_update()
    return list(db.session.scalars(query))
