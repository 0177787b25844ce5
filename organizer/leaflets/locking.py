"""The locks of all who change a leaflet or one of its versions.

In this order: leaflets, versions, events, and then what stands between an event and a leaflet. Whoever does an action
again goes the other way round: she holds the action, and then writes rows that refer to its leaflets. So leaflets and
events are locked against other writers only, and not against rows that refer to them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import Select, select

from organizer.db import db, writing
from organizer.errors import Gone
from organizer.events.models import Event
from organizer.leaflets.models import Leaflet, LeafletVersion

Row = TypeVar("Row", Leaflet, Event)


@contextmanager
def writing_leaflet(leaflet: Leaflet, *further_ids: str) -> Iterator[None]:
    """Begin to write with the leaflet locked, and with others. Raises Gone when it has been deleted meanwhile."""
    with writing():
        if leaflet not in locked(select(Leaflet).where(Leaflet.id.in_([leaflet.id, *further_ids]))):
            raise Gone
        yield


@contextmanager
def writing_versions(leaflet: Leaflet, *further_ids: str) -> Iterator[None]:
    """Begin to write with the leaflet and then all its versions locked, so that who works on one of them waits.

    Further leaflets are locked beside it, without their versions.
    """
    with writing_leaflet(leaflet, *further_ids):
        query = select(LeafletVersion).where(LeafletVersion.leaflet_id == leaflet.id).order_by(LeafletVersion.id)
        db.session.scalars(query.with_for_update(of=LeafletVersion).execution_options(populate_existing=True)).all()
        yield


def locked(query: Select[Row]) -> Sequence[Row]:
    """The leaflets or the events of the query as they are now, in the order of their ids."""
    model: type[Row] = query.column_descriptions[0]["entity"]
    held = query.order_by(model.id).with_for_update(of=model, key_share=True)
    return db.session.scalars(held.execution_options(populate_existing=True)).all()
