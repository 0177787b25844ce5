"""What could not be made of a version, pages to look at or files to print, is asked for once more."""

from __future__ import annotations

from sqlalchemy import select

from organizer import audit, outbox
from organizer.db import db, writing
from organizer.errors import RuleError
from organizer.leaflets import further_pages, renditions
from organizer.leaflets.models import LeafletVersion
from organizer.leaflets.renditions import REBUILT
from organizer.outbox import Fact, OutboxRow


def ask(version: LeafletVersion, actor_id: str) -> LeafletVersion:
    """Let a worker make what is missing. Raises RuleError when nothing is, or when it is being made."""
    with writing(lock=version):
        is_owed = select(OutboxRow.id).where(OutboxRow.fact == REBUILT, OutboxRow.subject_id == version.id).limit(1)
        is_lacking = bool(further_pages.missing(version) or renditions.lacking(version))
        if not is_lacking or db.session.scalar(is_owed):
            raise RuleError("There is nothing to be made again: all is there, or is being made.")
        audit.write(actor_id, "leaflet.prints_asked", version.leaflet_id)
        outbox.commit(Fact(REBUILT, version.id))
    return version
