"""What is known of copies goes with the leaflet."""

from __future__ import annotations

from sqlalchemy import exists, update

from organizer import outbox
from organizer.copies.rules import COUNTS
from organizer.db import db
from organizer.leaflets.models import EventLeaflet, LeafletVersion
from organizer.leaflets.rules import State
from organizer.outbox import Fact


@outbox.within("leaflet.withdrawn")
def forget(fact: Fact) -> None:
    """Leave nothing of the copies of a leaflet of which no version is left, nor of who brings them."""
    leaflet_id = db.session.get_one(LeafletVersion, fact.subject_id).leaflet_id
    is_left = exists().where(LeafletVersion.leaflet_id == leaflet_id, LeafletVersion.state != State.WITHDRAWN)
    nothing = dict.fromkeys((*COUNTS, "brought_by"))
    db.session.execute(update(EventLeaflet).where(EventLeaflet.leaflet_id == leaflet_id, ~is_left).values(nothing))
