"""What could not be made of a leaflet is told to its organizers, who let it be made once more."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from organizer import outbox
from organizer.audit import AuditLine
from organizer.db import db
from organizer.events.models import Event
from organizer.leaflets import further_pages, renditions
from organizer.leaflets.models import Leaflet, LeafletVersion, Rendition
from organizer.leaflets.rules import Paper
from organizer.media import RebuiltPdf, Refused, sandbox
from tests import factories
from tests.factories import Person, post
from tests.leaflets import sending

AGAIN = re.compile(r'action="(/leaflets/[^"]+/print/again)"')
NOT_MADE = "Could not be made: Two on a sheet, Four on a sheet, In grey, for black ink"
NOTHING = "There is nothing to be made again"


def refuse(*_asked: object) -> RebuiltPdf:
    raise Refused("time")


@pytest.fixture
def address(organizer: Person, event: Event, monkeypatch: pytest.MonkeyPatch) -> str:
    """A published leaflet of six pages, of which nothing more could be made."""
    address = sending.sent(organizer, event, sending.plain_pdf(pages=6))
    with monkeypatch.context() as while_it_fails:
        while_it_fails.setattr(sandbox, "run", refuse)
        outbox.run_owed()
    sending.publish(organizer, address)
    return address


def version_of(address: str) -> LeafletVersion:
    db.session.rollback()
    return db.session.get_one(Leaflet, address.split("/")[2]).shown


def test_it_is_told_and_made_again(organizer: Person, address: str) -> None:
    page = organizer.client.get(address).text
    assert NOT_MADE in page
    assert "2 more pages are in the file." in page
    actions = AGAIN.findall(page)
    assert actions == [f"{address}/versions/1/print/again"] * 2
    answer = post(organizer.client, actions[0], {}, form_at=address)
    assert (answer.status_code, answer.location) == (303, address)
    waiting = organizer.client.get(address).text
    assert "They are being made." in waiting
    assert "Being made: Two on a sheet" in waiting
    assert "Pages 5 to 6 are being made." in waiting
    assert AGAIN.findall(waiting) == []
    outbox.run_owed()
    version = version_of(address)
    assert len(further_pages.missing(version)) == 0
    assert renditions.lacking(version) == set()
    page = organizer.client.get(address).text
    assert AGAIN.findall(page) == []
    assert "Could not be made" not in page


def test_it_stands_in_the_audit(organizer: Person, address: str) -> None:
    post(organizer.client, f"{address}/versions/1/print/again", {}, form_at=address)
    last = db.session.scalars(select(AuditLine).order_by(AuditLine.number.desc())).first()
    assert last
    assert (last.actor_id, last.verb, last.object_id) == (
        organizer.account_id,
        "leaflet.prints_asked",
        address.split("/")[2],
    )


def test_before_it_is_published_it_is_offered_as_well(
    organizer: Person, event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = sending.sent(organizer, event, sending.plain_pdf())
    assert AGAIN.findall(organizer.client.get(address).text) == []
    with monkeypatch.context() as while_it_fails:
        while_it_fails.setattr(sandbox, "run", refuse)
        outbox.run_owed()
    page = organizer.client.get(address).text
    assert NOT_MADE in page
    assert len(AGAIN.findall(page)) == 1


def test_only_organizers_are_told_and_may(app: Flask, client: FlaskClient, address: str) -> None:
    page = client.get(address).text
    assert "2 more pages are in the file." in page
    assert "Could not be made" not in page
    assert AGAIN.findall(page) == []
    stranger = factories.person(app).client
    assert post(stranger, f"{address}/versions/1/print/again", {}, form_at="/").status_code == 404


def test_what_is_there_or_is_being_made_is_not_asked_for_twice(organizer: Person, address: str) -> None:
    action = f"{address}/versions/1/print/again"
    token = {"csrf_token": re.findall(r'name="csrf_token"[^>]*value="([^"]+)', organizer.client.get(address).text)[0]}
    assert organizer.client.post(action, data=token).status_code == 303
    owed = db.session.query(outbox.OutboxRow).count()
    answer = organizer.client.post(action, data=token)
    assert answer.status_code == 422
    assert NOTHING in answer.text
    assert db.session.query(outbox.OutboxRow).count() == owed
    outbox.run_owed()
    refused = organizer.client.post(action, data=token)
    assert refused.status_code == 422
    assert NOTHING in refused.text


def test_a_small_one_that_was_not_worth_it_is_no_failure(organizer: Person, event: Event) -> None:
    address = sending.published(organizer, event, sending.plain_pdf())
    outbox.run_owed()
    page = organizer.client.get(address).text
    assert "Small, to read" not in page
    assert "Could not be made" not in page


def test_what_was_never_asked_for_has_not_failed(organizer: Person, event: Event) -> None:
    """It was rebuilt before there were such files, and its turn comes."""
    address = sending.published(organizer, event, sending.plain_pdf())
    outbox.run_owed()
    db.session.query(Rendition).filter(Rendition.paper != Paper.OWN).delete()
    db.session.commit()
    assert "Could not be made" in organizer.client.get(address).text
    db.session.query(LeafletVersion).update({"has_prints": False})
    db.session.commit()
    assert "Could not be made" not in organizer.client.get(address).text
