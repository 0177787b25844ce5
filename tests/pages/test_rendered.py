"""Kept pages are rendered anew when readers could notice a change, and tell nothing of others."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from time_machine import TimeMachineFixture

from organizer import clock
from organizer.collections import service as collections
from organizer.db import db, new_id
from organizer.events import service as events
from organizer.events.models import Event
from organizer.events.rules import Visibility
from organizer.leaflets import outcome
from organizer.leaflets import service as leaflets
from organizer.leaflets.models import Leaflet
from organizer.leaflets.rules import Kind, LeafletDetails, Upload
from organizer.pages.models import PageVersion
from organizer.photos import service as photos
from organizer.photos.rules import PhotoDetails
from organizer.statements import service as statements
from tests import factories
from tests.collections.collecting import DETAILS, collection, photo
from tests.statements.saying import EVERYWHERE, WORDS, past_event, published, submitted
from tests.world import PHOTO

ORGANIZER = new_id()
LEAFLET = LeafletDetails("Letters to prisoners", "en")
Change = Callable[[Event], object]


@pytest.fixture(autouse=True)
def _one_minute(time_machine: TimeMachineFixture) -> None:
    """The minute is part of every version."""
    time_machine.move_to(clock.now().replace(second=0), tick=False)


def _tag(client: FlaskClient, path: str = "/") -> str:
    return client.get(path).headers["ETag"]


def _edit(event: Event, **changes: object) -> None:
    events.edit(event, factories.details(event.group, **{"title": "Another title", **changes}), ORGANIZER)


def _notice(event: Event) -> None:
    events.post_notice(event, {"en": "Bring water."}, ORGANIZER)


def _cancel(event: Event) -> None:
    events.cancel(event, "Rain.", ORGANIZER)


def test_a_tag_tells_neither_how_much_nor_when_anything_has_happened(client: FlaskClient) -> None:
    number = 987_654
    db.session.query(PageVersion).update({"version": number})
    db.session.commit()
    answer = client.get("/")

    assert re.fullmatch(r'W/"[a-z2-7]{16}"', answer.headers["ETag"])
    assert "Last-Modified" not in answer.headers
    assert client.get("/", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_the_language_and_the_minute_are_told_apart(client: FlaskClient, time_machine: TimeMachineFixture) -> None:
    tags = {_tag(client), _tag(client, "/?lang=es")}
    client.delete_cookie("language")
    assert _tag(client) in tags
    time_machine.move_to(clock.now() + timedelta(minutes=1), tick=False)
    tags.add(_tag(client))
    assert len(tags) == 3


@pytest.mark.parametrize("change", [_edit, _notice, _cancel])
def test_a_draft_moves_no_page_that_others_see(client: FlaskClient, change: Change) -> None:
    before = _tag(client)
    change(factories.event(published=False))
    assert _tag(client) == before


@pytest.mark.parametrize("change", [_notice, _cancel])
def test_what_befalls_a_private_event_moves_none_either(client: FlaskClient, change: Change) -> None:
    event = factories.event(visibility=Visibility.PRIVATE)
    before = _tag(client)
    change(event)
    assert _tag(client) == before


def test_what_was_never_public_of_statements_and_photos_moves_none(app: Flask, client: FlaskClient) -> None:
    event, organizer = past_event(), factories.person(app)
    statement, uploaded = submitted(event), photos.upload(event, b"sent", ORGANIZER)[0]
    draft = collection(organizer, is_published=False)
    before = _tag(client)
    statements.change(statement, replace(WORDS[1]), EVERYWHERE)
    photos.edit(uploaded, PhotoDetails("A table.", "en"), ORGANIZER)
    photos.withdraw(uploaded, ORGANIZER)
    collections.edit(draft, replace(DETAILS, title="Another title"), ORGANIZER)
    assert _tag(client) == before


def test_what_was_never_public_of_leaflets_moves_none(client: FlaskClient) -> None:
    event, private = past_event(), factories.event(visibility=Visibility.PRIVATE)
    waiting, thrown_away, shown = (_uploaded(each) for each in (event, event, private))
    leaflets.publish(shown, ORGANIZER, 1)
    before = _tag(client)
    leaflets.edit(waiting, replace(LEAFLET, title="Another title"), ORGANIZER, 1)
    leaflets.edit(shown, replace(LEAFLET, title="Another title"), ORGANIZER, 1)
    leaflets.withdraw(thrown_away, ORGANIZER)
    assert _tag(client) == before


def test_what_is_public_of_leaflets_moves_the_pages(client: FlaskClient) -> None:
    leaflet = _uploaded(past_event())
    tags = [_tag(client)]
    for change in (
        lambda: leaflets.publish(leaflet, ORGANIZER, 1),
        lambda: leaflets.edit(leaflet, replace(LEAFLET, title="Another title"), ORGANIZER, 1),
        lambda: leaflets.withdraw(leaflet, ORGANIZER),
    ):
        change()
        tags.append(_tag(client))
    assert len(set(tags)) == 4


def _uploaded(event: Event) -> Leaflet:
    leaflet = leaflets.upload(event, Upload(LEAFLET, Kind.PICTURE, b"sent"), ORGANIZER)
    outcome.finish(leaflet.shown, PHOTO, leaflet.shown.source_key)
    return leaflet


def test_what_is_said_of_a_private_event_moves_none(client: FlaskClient) -> None:
    event = past_event()
    statement = published(event)
    _edit(event, starts_on=event.starts_on, visibility=Visibility.PRIVATE)
    before = _tag(client)
    statements.take_name_back(statement)
    assert _tag(client) == before


def test_what_is_taken_back_is_gone_with_the_next_request(app: Flask, client: FlaskClient) -> None:
    organizer = factories.person(app)
    statement = published(past_event())
    picture = photo(organizer)
    page = client.get("/").text
    assert statement.text in page
    assert f"/photos/{picture.id}" in page
    statements.withdraw(statement)
    assert WORDS[0].text not in client.get("/").text
    photos.withdraw(picture)
    assert f"/photos/{picture.id}" not in client.get("/").text


def test_an_event_that_becomes_private_is_gone_with_the_next_request(client: FlaskClient) -> None:
    event = factories.event(title="Letters to the square")
    assert "Letters to the square" in client.get("/").text
    _edit(event, title="Letters to the square", visibility=Visibility.PRIVATE)
    assert "Letters to the square" not in client.get("/").text


@pytest.mark.parametrize("change", [_edit, _notice, _cancel])
def test_what_readers_see_moves_the_pages(client: FlaskClient, change: Change) -> None:
    event = factories.event()
    before = _tag(client)
    change(event)
    assert _tag(client) != before
