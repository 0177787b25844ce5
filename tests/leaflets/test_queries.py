from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event as listening

from organizer.codes import service as codes
from organizer.db import db
from organizer.events.models import Event
from organizer.events.rules import Visibility
from organizer.leaflets import outcome, queries, renditions
from organizer.leaflets import service as leaflets
from organizer.leaflets.attached import Attachment, attachments
from organizer.leaflets.models import EventLeaflet, Leaflet
from organizer.leaflets.rules import Paper, Purpose
from organizer.policy import Role
from tests import factories, querying
from tests.factories import Person
from tests.leaflets import making
from tests.leaflets.making import PDF, WHO

FILES = ("/file", "/versions/1/file", "/pages/1/small.webp", "/versions/1/pages/1/large.webp", "/print/grey.pdf")


def test_the_parts_of_pages_take_the_same_queries_for_any_number(app: Flask, event: Event) -> None:
    reads = (lambda: queries.on_event(event.id), lambda: queries.latest(20), lambda: queries.of_event(event.id))
    counts = []
    for _ in range(2):
        making.published(event)
        db.session.rollback()
        assert event.id
        with app.test_request_context():
            counts.append([querying.asked(read) for read in reads])
    assert counts == [[1, 1, 2], [1, 1, 2]]


def test_the_newest_stands_first(app: Flask, event: Event) -> None:
    for title in ("First", "Second"):
        making.published(event, title)
    with app.test_request_context():
        assert [card.title for card in queries.on_event(event.id)] == ["Second", "First"]
        assert [card.title for card in queries.latest(1)] == ["Second"]
        assert [card.title for card in queries.latest(1, offset=1)] == ["First"]


def test_a_leaflet_of_two_events_stands_once_in_the_library(app: Flask, organizer: Person, event: Event) -> None:
    other = factories.event(organizer.group)
    leaflets.bring(other, [making.published(event).id], WHO)
    with app.test_request_context():
        assert [len(queries.on_event(one.id)) for one in (event, other)] == [1, 1]
        assert len(queries.latest(10)) == 1


def test_attachments_need_no_request(organizer: Person, event: Event) -> None:
    draft = making.ready(event, made=PDF)
    assert attachments(event.id) == ()
    picture = making.published(event)
    making.publish(draft)
    assert set(attachments(event.id)) == {
        Attachment(f"/leaflets/{draft.id}", "application/pdf", "Letters to prisoners", "English"),
        Attachment(f"/leaflets/{picture.id}", "image/jpeg", "Letters to prisoners", "English"),
    }
    assert attachments(factories.event(organizer.group).id) == ()


def test_what_waits_for_a_look_is_counted(organizer: Person, event: Event) -> None:
    other = factories.event(organizer.group)
    making.ready(event)
    refused = making.sent(event).shown
    outcome.refuse(refused, "unsafe", refused.source_key)
    making.published(other)
    assert queries.waiting([event.id, other.id]) == {event.id: 2}


@pytest.mark.parametrize(
    ("size", "label"), [(1, "1 kB"), (340_400, "340 kB"), (999_400, "999 kB"), (1_240_000, "1.2 MB")]
)
def test_sizes_read_like_words(app: Flask, event: Event, size: int, label: str) -> None:
    making.published(event).shown.renditions[0].size_bytes = size
    with app.test_request_context():
        assert queries.on_event(event.id)[0].size_label == f"JPEG, <bdi>{label}</bdi>"


# What one request asks for.


@pytest.fixture
def complete(event: Event) -> Leaflet:
    """A published one with a file to print."""
    leaflet = making.ready(event)
    renditions.keep(leaflet.shown, Purpose.GREY, Paper.OWN, b"%PDF-", leaflet.shown.source_key or "")
    return making.publish(leaflet)


def _bring_elsewhere(leaflet: Leaflet, organizer: Person, times: int) -> None:
    for number in range(times):
        leaflets.bring(factories.event(organizer.group, tags=(f"tag {number}",)), [leaflet.id], WHO)


@pytest.mark.parametrize("path", [*FILES, "code"])
def test_a_file_and_a_code_ask_for_nothing_that_only_a_page_shows(
    client: FlaskClient, organizer: Person, complete: Leaflet, path: str
) -> None:
    code = codes.make(complete.shown, "The north gate", None, WHO)
    address = f"/l/{code.code}" if path == "code" else f"/leaflets/{complete.id}{path}"
    counts = []
    for _ in range(2):
        with querying.statements() as sent:
            assert client.get(address).status_code in (200, 303)
        read = " ".join(sent)
        assert [words for words in ("text_alternative", "what_for", "notice", "event_tag") if words in read] == []
        counts.append(len(sent))
        _bring_elsewhere(complete, organizer, 2)
    assert counts[0] == counts[1]
    assert path == "code" or counts[0] <= 4


@pytest.mark.parametrize("path", ["", "/versions/1"])
def test_a_leaflet_at_many_actions_takes_the_queries_of_one_at_one(
    client: FlaskClient, organizer: Person, complete: Leaflet, path: str
) -> None:
    counts = []
    for _ in range(2):
        counts.append(querying.asked(lambda: client.get(f"/leaflets/{complete.id}{path}")))
        _bring_elsewhere(complete, organizer, 4)
    assert counts[0] == counts[1]


def test_many_in_the_library_take_the_queries_of_one(client: FlaskClient, organizer: Person) -> None:
    counts = set()
    for number in range(3):
        making.published(factories.event(organizer.group, tags=(f"tag {number}",)))
        counts.add(querying.asked(lambda: client.get("/leaflets")))
    assert len(counts) == 1


def test_what_was_thrown_away_long_ago_is_not_read_again(organizer: Person, event: Event) -> None:
    draft = factories.event(organizer.group, published=False)
    making.ready(event)
    for leaflet in (making.ready(draft), making.ready(draft)):
        leaflets.withdraw(leaflet, WHO)
    waiting = making.ready(draft).id
    db.session.query(EventLeaflet).filter_by(event_id=draft.id).delete()
    db.session.commit()
    db.session.expunge_all()
    loaded: list[str] = []

    def note(leaflet: Leaflet, _context: object) -> None:
        loaded.append(leaflet.id)

    listening.listen(Leaflet, "load", note)
    try:
        assert [leaflet.id for leaflet in queries.unused()] == [waiting]
    finally:
        listening.remove(Leaflet, "load", note)
    assert loaded == [waiting]


def test_a_public_leaflet_tells_nobody_else_of_an_action_by_link(
    app: Flask, client: FlaskClient, organizer: Person, event: Event
) -> None:
    leaflet = making.published(event, "Letters")
    by_link = factories.event(organizer.group, title="At the back door", visibility=Visibility.UNLISTED)
    leaflets.bring(by_link, [leaflet.id], organizer.account_id)
    page = f"/leaflets/{leaflet.id}"
    for stranger in (client, factories.person(app, Role.OWNER, factories.group()).client):
        told = stranger.get(page).text
        assert event.title in told
        assert "At the back door" not in told
        assert by_link.id not in told
    for ours in (organizer, factories.person(app, Role.MEMBER, organizer.group)):
        assert "At the back door" in ours.client.get(page).text
