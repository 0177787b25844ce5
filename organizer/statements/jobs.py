"""What time does to statements."""

from __future__ import annotations

from sqlalchemy import select

from organizer import clock, outbox
from organizer.db import db
from organizer.outbox import Fact
from organizer.photos.models import Photo
from organizer.statements import editing, queries
from organizer.statements import service as statements
from organizer.statements.models import Consent, Statement, StatementPhoto


@outbox.within("photo.withdrawn", "photo.covered_asked")
def forget_picture(fact: Fact) -> None:
    """Leave nothing by which a guess of a picture could be confirmed that is no more: its hash in consents."""
    query = select(Consent).join(StatementPhoto, StatementPhoto.statement_id == Consent.statement_id)
    query = query.where(StatementPhoto.photo_id == fact.subject_id).order_by(Consent.id).with_for_update(of=Consent)
    for consent in db.session.scalars(query):
        beside = select(Photo.picture_hash).join(StatementPhoto, StatementPhoto.photo_id == Photo.id)
        held = set(db.session.scalars(beside.where(StatementPhoto.statement_id == consent.statement_id)))
        consent.pictures = [picture for picture in consent.pictures or () if picture in held]


@outbox.after("event.deleted")
def withdraw_unused(fact: Fact) -> None:  # noqa: ARG001 - whichever draft it was
    """What was written down for a deleted draft goes with it."""
    for statement in queries.without_event():
        statements.withdraw(statement)


@outbox.each_minute
def expire_rejected() -> int:
    """Leave nothing of what was rejected and not published since; returns of how many."""
    due = queries.due_to_expire(clock.today())
    for statement_id in due:
        statements.expire(db.session.get_one(Statement, statement_id))
    return len(due)


@outbox.each_minute
def publish_due() -> int:
    """Publish what was scheduled for a time that has come; returns how many."""
    due = queries.due_to_publish(clock.now())
    return sum(statements.release(db.session.get_one(Statement, statement_id)) for statement_id in due)


@outbox.each_minute
def end_consents() -> int:
    """Delete the consents whose last day is over; returns of how many statements."""
    today = clock.today()
    due = queries.due_to_end(today)
    return sum(editing.end_consent(db.session.get_one(Statement, statement_id), today) for statement_id in due)
