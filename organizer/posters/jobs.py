"""What follows when a poster or a leaflet is asked for: typst sets it, and then it is like any other upload."""

from __future__ import annotations

import subprocess
from dataclasses import replace

from organizer import clock, documents, outbox
from organizer.db import db
from organizer.events.gate import Clearance, visible
from organizer.events.models import Event
from organizer.leaflets import files, outcome, queries
from organizer.leaflets.models import LeafletVersion
from organizer.leaflets.rules import NO_LETTERS, NO_ROOM, NOT_OPEN, NOT_SET, State
from organizer.media import RebuiltPdf, Refused, sandbox
from organizer.outbox import Fact
from organizer.posters import sheets, words
from organizer.posters.rules import NotMade, Recipe, may_be_made


@outbox.after("leaflet.made", turn=queries.turn)
def set_pages(fact: Fact) -> None:
    """Set it from what everyone may see of its event, or record why not."""
    version = db.session.get(LeafletVersion, fact.subject_id)
    if version is not None and _waits(version):
        try:
            done = _set(Recipe.of(version.made_as or {}))
        except (NotMade, Refused) as problem:
            outcome.refuse(version, problem.reason, made_of=None)
        else:
            outcome.finish(version, done, made_of=None)
    files.sweep(fact.subject_id)


def _waits(version: LeafletVersion) -> bool:
    """Whether it is to be set, and not to be made of a file."""
    return version.state == State.UPLOADED and version.made_as is not None and version.source_key is None


def _set(recipe: Recipe) -> RebuiltPdf:
    event = db.session.get(Event, recipe.event_id)
    if event is None or not may_be_made(event):
        raise NotMade(NOT_OPEN)
    sides = words.sides(visible(event, Clearance.PUBLIC, clock.now()), recipe)
    # Others may need the connection while the children work.
    db.session.rollback()
    rebuilt = sandbox.run("pdfs", _pdf(sides, recipe))
    if rebuilt.pages != len(sides):
        raise NotMade(NO_ROOM)
    # What we wrote reads better than what can be found in a file, above all from right to left.
    return replace(rebuilt, text=words.said(sides), removed=())


def _pdf(sides: list[words.Side], recipe: Recipe) -> bytes:
    template = f"posters/{recipe.shape}.typ"
    try:
        return documents.pdf(template, sheets.sheet(sides, recipe), needs_all_letters=True)
    except documents.NoLetters:
        raise NotMade(NO_LETTERS) from None
    except documents.NoRoom:
        raise NotMade(NO_ROOM) from None
    except (RuntimeError, subprocess.TimeoutExpired):
        raise NotMade(NOT_SET) from None
