"""What follows when a version was rebuilt: its further files are made, each purpose by itself.

Whatever cannot be made is not offered, and logged by the reason alone; the leaflet is none the worse for it. A handler
that is killed is run again, and makes what is still missing. What was rebuilt before there were such files gets them
a few at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Literal

import structlog

from organizer import outbox
from organizer.db import db
from organizer.errors import Gone
from organizer.leaflets import files, further_pages, renditions
from organizer.leaflets.models import LeafletVersion
from organizer.leaflets.renditions import JOBS, REBUILT
from organizer.leaflets.rules import Paper, Purpose
from organizer.media import Refused, sandbox
from organizer.outbox import Fact

WORTH_IT = 0.9
"""A small file that is hardly smaller than the leaflet itself is one choice too many."""
PAGES: Final[Literal["further_pages"]] = "further_pages"
log = structlog.get_logger()

outbox.each_minute(renditions.ask_late)


# One handler a purpose: each fits its lease, and what is owed is what a page says is being made.


@outbox.after(REBUILT, can_wait=outbox.A_WHILE)
def make_pages(fact: Fact) -> None:
    """The first one, as an organizer waits to look at them, once no upload waits."""
    version = db.session.get(LeafletVersion, fact.subject_id)
    wanted = further_pages.missing(version) if version else ()
    if version is None or version.source_key is None or not wanted:
        return
    with _telling(PAGES):
        made_of, data = version.source_key, files.made(version)
        # Others may need the connection while the child works.
        db.session.rollback()
        made = sandbox.run(PAGES, data, sandbox.LIMITS[PAGES].for_pages(len(wanted)))
        further_pages.keep(version, made.previews, made_of)


@outbox.after(REBUILT, can_wait=outbox.LONG)
def make_two_up(fact: Fact) -> None:
    _make(fact.subject_id, Purpose.TWO_UP)


@outbox.after(REBUILT, can_wait=outbox.LONG)
def make_four_up(fact: Fact) -> None:
    _make(fact.subject_id, Purpose.FOUR_UP)


@outbox.after(REBUILT, can_wait=outbox.LONG)
def make_grey(fact: Fact) -> None:
    _make(fact.subject_id, Purpose.GREY)


@outbox.after(REBUILT, can_wait=outbox.LONG)
def make_screen(fact: Fact) -> None:
    _make(fact.subject_id, Purpose.SCREEN)


def _make(version_id: str, purpose: Purpose) -> None:
    version = db.session.get(LeafletVersion, version_id)
    for paper in renditions.missing(version, purpose) if version else ():
        with _telling(JOBS[purpose, paper]):
            _make_one(version_id, purpose, paper)


@contextmanager
def _telling(job: str) -> Iterator[None]:
    """Log why nothing could be made."""
    try:
        yield
    except Refused as refusal:
        log.warning("leaflet.rendition_not_made", job=job, reason=refusal.reason)
    except Gone:
        # It was withdrawn meanwhile, or its file is lost, which its download says.
        log.warning("leaflet.rendition_not_made", job=job, reason="missing")


def _make_one(version_id: str, purpose: Purpose, paper: Paper) -> None:
    version = db.session.get(LeafletVersion, version_id)
    if version is None or version.source_key is None:
        return
    made_of, data = version.source_key, files.made(version)
    # Others may need the connection while the child works.
    db.session.rollback()
    made = sandbox.run(JOBS[purpose, paper], data)
    if purpose == Purpose.SCREEN and len(made.data) > WORTH_IT * len(data):
        return
    renditions.keep(version, purpose, paper, made.data, made_of)
