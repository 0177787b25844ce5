"""The demo's leaflets in use: versions, copies, a code that is followed, and a poster that a worker makes.

The numbers are invented, and only organizers see them. What only days can bring, dates and counts, is written straight
into the rows.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from organizer import clock, outbox
from organizer.codes import service as codes
from organizer.codes.models import LeafletScan
from organizer.copies import queries as copies_queries
from organizer.copies import service as copies
from organizer.copies.rules import CopiesDetails
from organizer.db import db, writing
from organizer.events.gate import Clearance, visible
from organizer.events.models import Event
from organizer.keeping.demo import state, telling
from organizer.keeping.demo.leaflets import LEAFLETS, Edition
from organizer.keeping.demo.leaflets import Sheet as DemoSheet
from organizer.keeping.demo.upcoming import MARKET
from organizer.leaflets import service as leaflets
from organizer.leaflets.models import EventLeaflet, Leaflet, LeafletVersion
from organizer.leaflets.rules import State, Upload
from organizer.posters import service as posters
from organizer.posters import words
from organizer.posters.rules import Recipe, Shape, Sheet

THEN = CopiesDetails(needed=300, printed=250, left_over=40, handed_out=210)
NEXT = CopiesDetails(needed=400, printed=300, brought_by="Juniper")
PLACE = "Market, north gate"
# How many days ago the code was followed how often.
FOLLOWED = {26: 34, 19: 41, 18: 12, 12: 52, 5: 38, 4: 17}
DAYS_OLD = 30

log = structlog.get_logger()


def hand_out(played: dict[str, Event]) -> None:
    """Fill in all that is handed out; `played` are the events by title."""
    uploaded = [
        leaflets.upload(played[sheet.scene.title], Upload(sheet.details, sheet.kind, sheet.make()), state.ACCOUNT_ID)
        for sheet in LEAFLETS
    ]
    by_title = {leaflet.title: leaflet for leaflet in uploaded}
    for leaflet, sheet in zip(uploaded, LEAFLETS, strict=True):
        if _publish(leaflet, leaflet.shown):
            _go_on(leaflet, sheet, played)
        if sheet.same_as:
            leaflets.edit(leaflet, sheet.details, state.ACCOUNT_ID, 1, same_as=by_title[sheet.same_as].id)
    _ask_for_poster(played[MARKET.title])


def _publish(leaflet: Leaflet, version: LeafletVersion) -> bool:
    if telling.worked(version).state != State.READY:
        log.warning("demo.leaflet_missing")
        return False
    leaflets.publish(leaflet, state.ACCOUNT_ID, version.number)
    return True


def _go_on(leaflet: Leaflet, sheet: DemoSheet, played: dict[str, Event]) -> None:
    """Replace the first version, have it at a further action, and count the copies of what was replaced."""
    if sheet.second and not _replace(leaflet, sheet.second, began_at=played[sheet.scene.title].starts_at):
        return
    if sheet.further:
        leaflets.bring(played[sheet.further.title], [leaflet.id], state.ACCOUNT_ID)
    if sheet.further and sheet.second:
        _count(played[sheet.scene.title], leaflet, THEN)
        _count(played[sheet.further.title], leaflet, NEXT)


def _replace(leaflet: Leaflet, second: Edition, began_at: datetime) -> bool:
    version = leaflets.upload_version(leaflet, Upload(second.details, second.kind, second.make()), state.ACCOUNT_ID)
    is_there = _publish(leaflet, version)
    if is_there:
        _date_back(leaflet, began_at - timedelta(days=6))
    return is_there


def _count(event: Event, leaflet: Leaflet, known: CopiesDetails) -> None:
    row = db.session.get_one(EventLeaflet, (event.id, leaflet.id))
    copies.change(row, known, copies_queries.known(row).fingerprint, state.ACCOUNT_ID)


def _date_back(leaflet: Leaflet, began_at: datetime) -> None:
    """Let the first version be from before its action, and the second be some weeks old, as its code is."""
    first, second = leaflet.versions
    code = codes.make(second, PLACE, None, state.ACCOUNT_ID)
    with writing():
        leaflet.created_at = first.uploaded_at = first.published_at = began_at
        second.uploaded_at = second.published_at = clock.now() - timedelta(days=DAYS_OLD)
        today = code.created_on
        code.created_on = today - timedelta(days=DAYS_OLD)
        for days, count in FOLLOWED.items():
            db.session.add(LeafletScan(code_id=code.id, day=today - timedelta(days=days), count=count))
        outbox.commit()


def _ask_for_poster(event: Event) -> None:
    """Nobody waits for it here: it is a worker's to make, and an organizer's to look at."""
    recipe = Recipe(event.id, Shape.POSTER, Sheet.LETTER, (event.language,))
    said = visible(event, Clearance.PUBLIC, clock.now())
    posters.make(event, recipe, words.details(said, recipe), state.ACCOUNT_ID)
