"""Kept pages are rendered anew when readers could notice a change, and tell nothing of others."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from time_machine import TimeMachineFixture

from organizer import clock
from organizer.db import db, new_id
from organizer.events import service as events
from organizer.events.models import Event
from organizer.events.rules import Visibility
from organizer.pages.models import PageVersion
from tests import factories

ORGANIZER = new_id()
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
