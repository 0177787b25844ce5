"""What it takes to read them."""

from __future__ import annotations

import pytest

from organizer import vault
from organizer.copies import queries
from organizer.db import db
from organizer.events.models import Event
from organizer.leaflets.models import EventLeaflet
from tests import factories, querying
from tests.copies import counting
from tests.factories import Person


def test_any_number_of_leaflets_takes_one_query(organizer: Person, event: Event) -> None:
    other, counts = factories.event(organizer.group), []
    for number in range(2):
        for each in (event, other):
            counting.seal(db.session.get_one(EventLeaflet, (each.id, counting.leaflet(each, f"Leaflet {number}").id)))
        db.session.rollback()
        ids = [event.id, other.id]
        counts.append(querying.asked(lambda ids=ids: queries.of_events(ids)))  # type: ignore[misc] # the ids of this round
        assert [len(queries.of_events(ids)[each]) for each in ids] == [number + 1] * 2
    assert counts == [1, 1]


def test_an_events_key_is_read_once_and_only_where_there_are_names(
    organizer: Person, event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key store may be a bucket elsewhere."""
    without = factories.event(organizer.group)
    for each in (event, event, without):
        row = db.session.get_one(EventLeaflet, (each.id, counting.leaflet(each).id))
        counting.seal(row, "" if each is without else counting.NAME)
    read: list[str] = []
    event_key = vault.event_key

    def told(event_id: str) -> bytes:
        read.append(event_id)
        return event_key(event_id)

    monkeypatch.setattr(vault, "event_key", told)
    found = queries.of_events([event.id, without.id])
    assert [copies.known.brought_by for copies in found[event.id]] == [counting.NAME] * 2
    assert read == [event.id]
