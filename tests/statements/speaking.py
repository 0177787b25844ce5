"""Statements as they come about, by way of the services."""

from __future__ import annotations

from datetime import datetime

from organizer import clock, vault
from organizer.db import db, new_id
from organizer.events import queries as events
from organizer.events.models import Event
from organizer.photos.models import Photo, PhotoFile
from organizer.photos.rules import Faces, Size
from organizer.photos.rules import State as PhotoState
from organizer.policy import NOBODY
from organizer.statements import rules
from organizer.statements import service as statements
from organizer.statements.models import Statement, StatementPhoto
from organizer.statements.rules import BylineKind, ConsentDetails, Moment, ReviewDetails, StatementDetails, Use
from tests.factories import Person

EVERYWHERE = frozenset({Use.EVENT_PAGE, Use.SITE})


def handed_in(
    event: Event,
    text: str,
    *,
    language: str = "en",
    byline: str = "",
    kind: BylineKind = BylineKind.PSEUDONYM,
    affiliation: str = "",
    uses: frozenset[Use] = EVERYWHERE,
) -> Statement:
    """What its author has sent, with her consent; unsigned without a byline."""
    kind = kind if byline else BylineKind.NONE
    details = StatementDetails(text, language, kind, byline, affiliation)
    return statements.submit(events.seen(NOBODY, event.id), details, ConsentDetails(uses))


def publish(
    organizer: Person,
    event: Event,
    statement: Statement,
    known_by: str = "",
    at_local: datetime | None = None,
) -> Statement:
    """Let an editor publish it, now or at a wall time."""
    moment = Moment.AT if at_local else Moment.NOW
    review = ReviewDetails(rules.fingerprint(statement), known_by, moment, at_local)
    statements.publish(statement, events.seen(NOBODY, event.id), review, organizer.account_id)
    return statement


def said(organizer: Person, event: Event, text: str, *, known_by: str = "", **signed: object) -> Statement:
    """A published statement."""
    handed = handed_in(event, text, **signed)  # type: ignore[arg-type] # named by the tests
    return publish(organizer, event, handed, known_by)


def photo_of(event: Event, uses: frozenset[Use] = EVERYWHERE) -> Photo:
    """A public photo in which nobody can be recognised."""
    fresh = vault.new_token()
    photo = Photo(
        id=new_id(),
        group_id=event.group_id,
        event_id=event.id,
        state=PhotoState.PUBLISHED,
        state_on=clock.today(),
        uploaded_at=clock.now(),
        published_at=clock.now(),
        picture_hash=fresh,
        checked_hash=fresh,
        faces=Faces.NOBODY,
        alt="A table with leaflets.",
        language="en",
        uses=sorted(uses),
        files=[
            PhotoFile(size=size, blob_key=new_id(), content_type="image/webp", size_bytes=9, width=9, height=6)
            for size in Size
        ],
    )
    db.session.add(photo)
    db.session.commit()
    return photo


def put_beside(photo: Photo, statement: Statement, *, agreed: bool = True) -> None:
    """Let the photo stand beside the statement, with its author's consent to just that picture or without."""
    statement.pictures = [StatementPhoto(photo_id=photo.id, number=1)]
    statement.consents[0].pictures = [photo.picture_hash] if agreed else []
    db.session.commit()
