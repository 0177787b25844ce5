from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import event as listening

from organizer.db import db
from organizer.events.models import Event
from organizer.leaflets import queries
from organizer.leaflets import service as leaflets
from organizer.leaflets.models import EventLeaflet, Leaflet
from tests import factories
from tests.factories import Person
from tests.leaflets import sending


def _count(read: Callable[[], object]) -> int:
    """How many statements it takes."""
    statements: list[object] = []

    def listen(*told: object) -> None:
        statements.append(told[2])

    listening.listen(db.engine, "before_cursor_execute", listen)
    try:
        read()
    finally:
        listening.remove(db.engine, "before_cursor_execute", listen)
    return len(statements)


def _id(address: str) -> str:
    return address.rpartition("/")[2]


def test_the_parts_of_pages_take_the_same_queries_for_any_number(app: Flask, organizer: Person, event: Event) -> None:
    reads = (lambda: queries.on_event(event.id), lambda: queries.latest(20), lambda: queries.of_event(event.id))
    counts = []
    for _ in range(2):
        sending.published(organizer, event, sending.jpeg())
        db.session.rollback()
        assert event.id
        with app.test_request_context():
            counts.append([_count(read) for read in reads])
    assert counts == [[1, 1, 2], [1, 1, 2]]


def test_the_newest_stands_first(app: Flask, organizer: Person, event: Event) -> None:
    for title in ("First", "Second"):
        sending.published(organizer, event, sending.jpeg(), title=title)
    with app.test_request_context():
        assert [card.title for card in queries.on_event(event.id)] == ["Second", "First"]
        assert [card.title for card in queries.latest(1)] == ["Second"]
        assert [card.title for card in queries.latest(1, offset=1)] == ["First"]


def test_a_leaflet_of_two_events_stands_once_in_the_library(app: Flask, organizer: Person, event: Event) -> None:
    address = sending.published(organizer, event, sending.jpeg())
    other = factories.event(organizer.group)
    db.session.add(EventLeaflet(event_id=other.id, leaflet_id=_id(address)))
    db.session.commit()
    with app.test_request_context():
        assert [len(queries.on_event(one.id)) for one in (event, other)] == [1, 1]
        assert len(queries.latest(10)) == 1


def test_attachments_need_no_request(organizer: Person, event: Event) -> None:
    draft = sending.sent(organizer, event, sending.pdf())
    assert queries.attachments(event.id) == ()
    picture = sending.published(organizer, event, sending.jpeg())
    leaflets.publish(db.session.get_one(Leaflet, _id(draft)), organizer.account_id)
    assert set(queries.attachments(event.id)) == {
        (f"{draft}/file", "application/pdf"),
        (f"{picture}/file", "image/jpeg"),
    }
    assert queries.attachments(factories.event(organizer.group).id) == ()


def test_what_waits_for_a_look_is_counted(organizer: Person, event: Event) -> None:
    other = factories.event(organizer.group)
    sending.sent(organizer, event, sending.jpeg())
    sending.sent(organizer, event, b"%PDF- torn")
    sending.published(organizer, other, sending.jpeg())
    assert queries.waiting([event.id, other.id]) == {event.id: 2}


@pytest.mark.parametrize(
    ("size", "label"), [(1, "1 kB"), (340_400, "340 kB"), (999_400, "999 kB"), (1_240_000, "1.2 MB")]
)
def test_sizes_read_like_words(app: Flask, organizer: Person, event: Event, size: int, label: str) -> None:
    address = sending.published(organizer, event, sending.jpeg())
    db.session.get_one(Leaflet, _id(address)).shown.renditions[0].size_bytes = size
    with app.test_request_context():
        assert queries.on_event(event.id)[0].size_label == f"JPEG, {label}"
