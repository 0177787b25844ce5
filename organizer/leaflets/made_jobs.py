"""What follows when a poster or a leaflet is asked for: typst sets it, and then it is like any other upload."""

from __future__ import annotations

import subprocess
from dataclasses import replace

from organizer import clock, documents, outbox
from organizer.db import db
from organizer.events.gate import Clearance, visible
from organizer.events.models import Event
from organizer.leaflets import jobs, made, made_words
from organizer.leaflets import service as leaflets
from organizer.leaflets.made import Recipe
from organizer.leaflets.models import LeafletVersion
from organizer.leaflets.rules import State
from organizer.media import RebuiltPdf, Refused, sandbox
from organizer.outbox import Fact


@outbox.after("leaflet.made")
def set_pages(fact: Fact) -> None:
    """Set it from what everyone may see of its event, or record why not."""
    version = db.session.get(LeafletVersion, fact.subject_id)
    if version is not None and _waits(version):
        try:
            done = _set(Recipe.of(version.made_as or {}))
        except _NotSet as problem:
            leaflets.refuse(version, problem.reason)
        except Refused as refusal:
            leaflets.refuse(version, refusal.reason)
        else:
            leaflets.finish(version, done)
    jobs.sweep(fact)


class _NotSet(Exception):
    """`reason` is a key of `made.REASONS`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def _waits(version: LeafletVersion) -> bool:
    """Whether it is to be set, and not to be made of a file."""
    return version.state == State.UPLOADED and version.made_as is not None and version.source_key is None


def _set(recipe: Recipe) -> RebuiltPdf:
    event = db.session.get(Event, recipe.event_id)
    if event is None or not made.may_be_made(event):
        raise _NotSet(made.NOT_OPEN)
    sides = made_words.sides(visible(event, Clearance.PUBLIC, clock.now()), recipe)
    # Others may need the connection while the children work.
    db.session.rollback()
    rebuilt = sandbox.run("pdfs", _pdf(sides, recipe))
    if rebuilt.pages != len(sides):
        raise _NotSet(made.NO_ROOM)
    # What we wrote reads better than what can be found in a file, above all from right to left.
    return replace(rebuilt, text="\n\n".join(side.words() for side in sides), removed=())


def _pdf(sides: list[made_words.Side], recipe: Recipe) -> bytes:
    template = f"leaflets/made/{recipe.shape}.typ"
    try:
        return documents.pdf(template, made_words.sheet(sides, recipe), needs_all_letters=True)
    except documents.NoLetters:
        raise _NotSet(made.NO_LETTERS) from None
    except documents.NoRoom:
        raise _NotSet(made.NO_ROOM) from None
    except (RuntimeError, subprocess.TimeoutExpired):
        raise _NotSet(made.NOT_SET) from None
