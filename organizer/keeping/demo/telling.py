"""What was said and seen on the demo's past actions, through the services that authors and editors use."""

from __future__ import annotations

from time import sleep

import structlog
from sqlalchemy import select

from organizer import clock, outbox
from organizer.collections import service as collections
from organizer.collections.rules import CollectionDetails, Kind
from organizer.db import db
from organizer.events.gate import Clearance, visible
from organizer.events.models import Event
from organizer.groups.models import Group
from organizer.keeping.demo import state
from organizer.keeping.demo.past import OAKLAND
from organizer.keeping.demo.photos import PHOTOS, Shot
from organizer.keeping.demo.statements import STATEMENTS, Telling
from organizer.leaflets.models import LeafletVersion
from organizer.leaflets.rules import State as LeafletState
from organizer.outbox import OutboxRow
from organizer.photos import service as photos
from organizer.photos.models import Photo
from organizer.photos.rules import Faces
from organizer.photos.rules import State as PhotoState
from organizer.statements import editing
from organizer.statements import service as statements
from organizer.statements.models import Statement
from organizer.statements.rules import ConsentDetails, ReviewDetails, SuggestionDetails, Use, fingerprint

PATIENCE_SECONDS = 60
WAITING = {PhotoState.UPLOADED, PhotoState.COVERING, LeafletState.UPLOADED}
FREELY = ConsentDetails(frozenset(Use), may_edit=True, may_translate=True)
PRINTED = CollectionDetails(
    title="Why we stood at the market",
    language="en",
    note="Some of those who handed out leaflets on a Saturday in January wrote down why. We print what they wrote as "
    "they wrote it. Who is not named did not want to be.",
    publication="The Corner Sheet, a newspaper invented for this demo",
    issue="March–April 2023",
)

log = structlog.get_logger()


def tell(played: dict[str, Event], bands: dict[str, Group]) -> None:
    """Fill in photos, statements and the collection; `played` are the events by title, `bands` the groups by name."""
    seen = {shot.scene.title: photo for shot in PHOTOS if (photo := _photo(played[shot.scene.title], shot))}
    said = [_statement(played[telling.scene.title], telling, seen.get(telling.scene.title)) for telling in STATEMENTS]
    at_market = [row for row, telling in zip(said, STATEMENTS, strict=True) if telling.scene == OAKLAND]
    _collection(bands[OAKLAND.group], seen.get(OAKLAND.title), at_market)


def worked(row: Photo | LeafletVersion) -> Photo | LeafletVersion:
    """Have owed work done on `row`, here or by a worker that was quicker, until it waits for none; for a minute.

    What else is owed, such as files to print, is left to the worker, for which nobody waits here.
    """
    for _ in range(PATIENCE_SECONDS):
        for owed in db.session.scalars(select(OutboxRow.id).where(OutboxRow.subject_id == row.id)).all():
            outbox.run(owed)
        db.session.refresh(row)
        if row.state not in WAITING:
            break
        sleep(1)
    return row


def _photo(event: Event, shot: Shot) -> Photo | None:
    photo, key = photos.upload(event, shot.take(), state.ACCOUNT_ID)
    if worked(photo).state != PhotoState.READY:
        log.warning("demo.photo_missing")
        return None
    photos.cover(photo, shot.boxes, Faces.NOBODY, key, state.ACCOUNT_ID)
    if worked(photo).state != PhotoState.DRAFT:
        log.warning("demo.photo_missing")
        return None
    photos.edit(photo, shot.details, state.ACCOUNT_ID)
    return photos.publish(photo, photo.picture_hash, is_everyone_asked=True, actor_id=state.ACCOUNT_ID)


def _statement(event: Event, telling: Telling, photo: Photo | None) -> Statement:
    seen = visible(event, Clearance.PUBLIC, clock.now())
    statement = statements.submit(seen, telling.details, FREELY)
    if telling.has_photo and photo is not None:
        editing.put_beside(statement, [photo], [event], state.ACCOUNT_ID)
        statements.agree(statement, FREELY, _shown(statement))
    if telling.mended:
        editing.edit(statement, SuggestionDetails(telling.mended), _shown(statement), state.ACCOUNT_ID)
    if telling.quotes:
        editing.choose_quotes(statement, telling.quotes, state.ACCOUNT_ID)
    if telling.translation:
        editing.translate(statement, telling.translation, _shown(statement), state.ACCOUNT_ID)
    statements.publish(statement, seen, ReviewDetails(_shown(statement)), state.ACCOUNT_ID)
    return statement


def _shown(statement: Statement) -> str:
    return fingerprint(statement, statement.picture_hashes)


def _collection(group: Group, photo: Photo | None, said: list[Statement]) -> None:
    made = collections.create(group, PRINTED, state.ACCOUNT_ID)
    if photo is not None:
        collections.add(made, Kind.PHOTO, photo.id, "", state.ACCOUNT_ID)
    for statement in said:
        collections.add(made, Kind.STATEMENT, statement.id, "", state.ACCOUNT_ID)
    collections.publish(made, state.ACCOUNT_ID)
