"""Asking to remove a statement, as a stranger, and what the organizers make of it."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from organizer.db import db
from organizer.events.models import Event
from organizer.removals import queries
from organizer.removals.models import RemovalRequest
from organizer.statements import service as statements
from organizer.statements.models import Statement
from tests import factories
from tests.factories import Person, post
from tests.statements.speaking import handed_in, photo_of, said


@pytest.fixture
def event(organizer: Person) -> Event:
    return factories.event(organizer.group, starts_on=factories.past_day())


@pytest.fixture
def statement(organizer: Person, event: Event) -> Statement:
    return said(organizer, event, "I came for the letters.")


def path(statement: Statement) -> str:
    return f"/statements/{statement.id}/remove"


def asked() -> list[RemovalRequest]:
    db.session.rollback()
    return db.session.query(RemovalRequest).all()


def test_anyone_asks_without_a_name_and_nothing_is_removed_by_it(
    client: FlaskClient, organizer: Person, statement: Statement
) -> None:
    page = client.get(path(statement)).text
    assert "your link takes it down at once" in page
    assert "You need not say who you are." in page
    sent = post(client, path(statement), {"note": "That is my <sister>."})
    assert sent.status_code == 303
    thanks = client.get(sent.location)
    assert "Thank you" in thanks.text
    assert "sister" not in thanks.text
    assert "letters" not in thanks.text
    assert client.get(f"/statements/{statement.id}").status_code == 200
    (request,) = queries.waiting(organizer.group.id)
    assert (request.kind, request.subject_id, request.notes) == ("statement", statement.id, ("That is my <sister>.",))


def test_nothing_needs_to_be_written(client: FlaskClient, organizer: Person, statement: Statement) -> None:
    assert post(client, path(statement), {"note": ""}).status_code == 303
    assert [request.notes for request in queries.waiting(organizer.group.id)] == [()]


def test_a_flood_is_refused_with_a_sentence_and_loses_nothing_typed(client: FlaskClient, statement: Statement) -> None:
    for _each in range(10):
        assert post(client, path(statement), {}).status_code == 303
    refused = post(client, path(statement), {"note": "That is my sister."})
    assert refused.status_code == 422
    assert "too often in a short time" in refused.text
    assert "That is my sister." in refused.text
    assert len(asked()) == 10


@pytest.mark.parametrize(
    "data", [{"note": "x" * 2001}, {"website": "http://pills.example"}, {"began": "forged"}, {"csrf_token": "forged"}]
)
def test_what_a_machine_sends_is_refused(client: FlaskClient, statement: Statement, data: dict[str, object]) -> None:
    assert post(client, path(statement), data).status_code == 422
    assert asked() == []


def test_looking_asks_for_nothing(client: FlaskClient, statement: Statement) -> None:
    client.get(path(statement))
    client.get(f"{path(statement)}?sent=1")
    assert asked() == []


def test_only_what_is_public_can_be_asked_about(
    client: FlaskClient, organizer: Person, event: Event, statement: Statement
) -> None:
    waits = handed_in(event, "Not yet.")
    for each in (path(waits), f"/statements/{'a' * 26}/remove", "/statements/%00/remove"):
        assert client.get(each).status_code == 404
        assert client.post(each).status_code == 404
    statements.withdraw(statement)
    assert client.get(path(statement)).status_code == 410


def test_a_withdrawal_takes_the_request_along(client: FlaskClient, organizer: Person, statement: Statement) -> None:
    post(client, path(statement), {"note": "Mine."})
    statements.withdraw(statement)
    assert asked() == []


def test_only_organizers_of_the_group_settle(
    app: Flask, client: FlaskClient, organizer: Person, statement: Statement
) -> None:
    post(client, path(statement), {"note": "Mine."})
    (request,) = asked()
    settle = f"/groups/{organizer.group.slug}/removals/{request.id}/settle"
    stranger = factories.person(app)
    assert client.post(settle).status_code == 403
    assert stranger.client.post(settle).status_code == 404
    own = f"/groups/{stranger.group.slug}/removals/{request.id}/settle"
    assert stranger.client.post(own).status_code == 404
    for name in ("%00", "a" * 26, "x"):
        assert organizer.client.post(f"/groups/{organizer.group.slug}/removals/{name}/settle").status_code == 404
    assert [row.state for row in asked()] == ["open"]
    without_token = organizer.client.post(settle)
    assert without_token.status_code == 422
    assert "Nothing is sent yet." in without_token.text
    assert [row.state for row in asked()] == ["open"]
    done = post(organizer.client, settle, {}, form_at=f"/groups/{organizer.group.slug}/statements")
    assert done.status_code == 303
    assert [row.state for row in asked()] == ["settled"]


def test_a_photo_can_be_asked_about_just_so(client: FlaskClient, organizer: Person, event: Event) -> None:
    photo = photo_of(event)
    about = f"/photos/{photo.id}/remove"
    assert "it takes the photo down at once" in client.get(about).text
    sent = post(client, about, {"note": "That is my <sister>."})
    assert sent.status_code == 303
    thanks = client.get(sent.location).text
    assert "Thank you" in thanks
    assert "sister" not in thanks
    assert "table" not in thanks.partition("<main")[2].partition("</main>")[0]
    (request,) = queries.waiting(organizer.group.id)
    assert (request.kind, request.subject_id) == ("photo", photo.id)
    queue = organizer.client.get(f"/groups/{organizer.group.slug}/statements").text
    assert f'href="/photos/{photo.id}"' in queue
    photo.checked_hash = ""
    db.session.commit()
    assert client.get(about).status_code == 404
    assert organizer.client.get(about).status_code == 404
    assert 'id="asked"' in organizer.client.get(f"/photos/{photo.id}").text
