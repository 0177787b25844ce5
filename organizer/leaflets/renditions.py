"""Further files of a version, made of the rebuilt one: for screens, for black ink, several on a sheet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import url_for
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString
from sqlalchemy import select

from organizer import outbox
from organizer.db import db, new_id, writing
from organizer.leaflets import files, queries
from organizer.leaflets.cards import size_words
from organizer.leaflets.files import ServedFile
from organizer.leaflets.models import LeafletVersion, Rendition
from organizer.leaflets.names import name_of
from organizer.leaflets.rules import Paper, Purpose, State
from organizer.media.sandbox import Printed
from organizer.outbox import Fact, OutboxRow
from organizer.policy import Viewer

REBUILT = "leaflet.rebuilt"
MADE_OF = (State.READY, State.PUBLISHED, State.REPLACED)
IS_LATE = (~LeafletVersion.has_prints, LeafletVersion.state.in_(MADE_OF))
LATE_AT_ONCE = 2
"""Versions a minute; each takes six or seven children one after another."""
SHEETS = (Purpose.TWO_UP, Purpose.FOUR_UP)
JOBS: Mapping[tuple[Purpose, Paper], Printed] = {
    (Purpose.TWO_UP, Paper.A4): "two_up_a4",
    (Purpose.TWO_UP, Paper.LETTER): "two_up_letter",
    (Purpose.FOUR_UP, Paper.A4): "four_up_a4",
    (Purpose.FOUR_UP, Paper.LETTER): "four_up_letter",
    (Purpose.GREY, Paper.OWN): "grey",
    (Purpose.SCREEN, Paper.OWN): "screen",
}
"""What is made, by the sandbox's name for it, which is in its address too; pages list it in this order."""
LABELS = {
    Purpose.TWO_UP: _("Two on a sheet"),
    Purpose.FOUR_UP: _("Four on a sheet"),
    Purpose.GREY: _("In grey, for black ink"),
    Purpose.SCREEN: _("Small, to read and to send on"),
}
PAPERS = {Paper.A4: _("A4"), Paper.LETTER: _("US Letter"), Paper.OWN: _("PDF")}


@dataclass(frozen=True)
class PrintLink:
    url: str
    paper_label: LazyString
    size_label: str


@dataclass(frozen=True)
class PrintGroup:
    """The files for one purpose, on each paper."""

    purpose: Purpose
    label: LazyString
    links: tuple[PrintLink, ...]


@dataclass(frozen=True)
class ToPrint:
    """What there is of a version to print and to send on.

    `being_made` are the labels of what will be there, `not_made` of what could not be made.
    """

    groups: tuple[PrintGroup, ...]
    being_made: tuple[LazyString, ...]
    not_made: tuple[LazyString, ...]

    @property
    def has_sheets(self) -> bool:
        return any(group.purpose in SHEETS for group in self.groups)


# What there is.


def to_print(version: LeafletVersion) -> ToPrint:
    """What a leaflet's page lists; one query beside the renditions."""
    made = {(rendition.purpose, rendition.paper): rendition for rendition in version.renditions}
    groups = []
    for purpose, label in LABELS.items():
        links = tuple(_link(version, made[wanted]) for wanted in JOBS if wanted[0] == purpose and wanted in made)
        groups += [PrintGroup(purpose, label, links)] if links else []
    owed = being_made(version.id)
    failed = lacking(version) - owed
    named = [tuple(label for purpose, label in LABELS.items() if purpose in wanted) for wanted in (owed, failed)]
    return ToPrint(tuple(groups), *named)


def lacking(version: LeafletVersion) -> set[Purpose]:
    """The purposes for which a file that was asked for is not there; a small one may just not have been worth it."""
    made = {(rendition.purpose, rendition.paper) for rendition in version.renditions}
    is_asked = version.has_prints and version.state in MADE_OF and version.source_key is not None
    return {purpose for purpose, _paper in JOBS.keys() - made if purpose != Purpose.SCREEN} if is_asked else set()


def being_made(version_id: str) -> set[Purpose]:
    """The purposes for which the worker still has to make something."""
    query = select(OutboxRow.handler).where(OutboxRow.fact == REBUILT, OutboxRow.subject_id == version_id)
    owed = {handler.rpartition(".")[2] for handler in db.session.scalars(query)}
    return {purpose for purpose in LABELS if f"make_{purpose}" in owed}


def printed(viewer: Viewer, leaflet_id: str, rendition: str, version: int | None = None) -> ServedFile | None:
    """Policy: one of these files, by the name of its job, of this version or of the published one.

    Raises Gone when it was withdrawn.
    """
    found = queries.seen(viewer, leaflet_id, version)
    wanted = next((wanted for wanted, job in JOBS.items() if job == rendition), None)
    if found is None or wanted is None:
        return None
    made = _made(found.version.id, *wanted)
    if made is None:
        return None
    name = name_of(found.leaflet, found.version, "pdf", rendition)
    return ServedFile(made, name, found.is_for_everyone, found.is_listed, version is not None)


def _link(version: LeafletVersion, rendition: Rendition) -> PrintLink:
    url = url_for(
        "print_pages.printed",
        leaflet_id=version.leaflet_id,
        version=version.number,
        rendition=JOBS[rendition.purpose, rendition.paper],
    )
    return PrintLink(url, PAPERS[rendition.paper], size_words(rendition.size_bytes))


def _made(version_id: str, purpose: Purpose, paper: Paper) -> Rendition | None:
    of_version = Rendition.version_id == version_id
    query = select(Rendition).where(of_version, Rendition.purpose == purpose, Rendition.paper == paper)
    return db.session.scalar(query)


# What is made.


def missing(version: LeafletVersion, purpose: Purpose) -> list[Paper]:
    """The papers for which nothing is there yet; none for a version of which nothing may be made."""
    if version.state not in MADE_OF or version.source_key is None:
        return []
    return [paper for wanted, paper in JOBS if wanted == purpose and _made(version.id, purpose, paper) is None]


def ask_late() -> None:
    """Let a few versions that were rebuilt before these files were made have them, too, the newest first.

    A version is asked for once, whatever becomes of that, and none while any is being made, so that uploads wait no
    longer than usual.
    """
    query = select(LeafletVersion.id).where(*IS_LATE).order_by(LeafletVersion.uploaded_at.desc(), LeafletVersion.id)
    ids = list(db.session.scalars(query.limit(LATE_AT_ONCE)))
    # What has failed pauses, for an hour at last, and holds up nothing.
    is_being_made = select(OutboxRow.id).where(OutboxRow.fact == REBUILT, OutboxRow.attempts < 2).limit(1)
    if not ids or db.session.scalar(is_being_made):
        return
    with writing():
        late = select(LeafletVersion).where(LeafletVersion.id.in_(ids), *IS_LATE).order_by(LeafletVersion.id)
        asked = db.session.scalars(late.with_for_update(of=LeafletVersion)).all()
        for version in asked:
            version.has_prints = True
        outbox.commit(*(Fact(REBUILT, version.id) for version in asked))


def keep(version: LeafletVersion, purpose: Purpose, paper: Paper, data: bytes, made_of: str) -> None:
    """Keep a PDF that was made of the file under the key `made_of`.

    Nothing when that file is gone by now, or when another worker was faster. Raises storage.StorageDown.
    """
    with files.attempt(version.id) as new:
        blob_key = new.put(data)
        with writing(lock=version):
            if version.source_key == made_of and paper in missing(version, purpose):
                row = Rendition(id=new_id(), version_id=version.id, purpose=purpose, paper=paper, blob_key=blob_key)
                row.content_type, row.size_bytes = "application/pdf", len(data)
                db.session.add(row)
                outbox.commit()
                new.is_kept = True
