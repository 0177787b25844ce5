"""Those who can be recognised: their consent to exactly one picture, and their own link."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from time_machine import TimeMachineFixture

from organizer import clock, outbox
from organizer.audit import AuditLine
from organizer.db import db
from organizer.events.models import Event
from organizer.photos import queries
from organizer.photos.models import PhotoPerson
from organizer.photos.rules import Use
from tests import factories
from tests.factories import Person, post
from tests.photos import sending

LINK = re.compile(r'value="http://localhost(/photos/mine/[^"]+)"')
CONSENT = {"uses": ["site", "event_page"]}


@pytest.fixture
def photo(organizer: Person, event: Event) -> str:
    """The address of a described photo in which somebody can be recognised."""
    return sending.described(organizer, event, faces="asked")


@pytest.fixture
def asked(organizer: Person, photo: str) -> str:
    """The organizer's page of that person."""
    return add(organizer, photo)


@pytest.fixture
def hers(client: FlaskClient, organizer: Person, asked: str) -> str:
    """Her own page, which `client` may open."""
    return opened(client, link_of(organizer, asked))


def add(organizer: Person, photo: str) -> str:
    answer = post(organizer.client, f"{photo}/people", {}, form_at=photo)
    assert answer.status_code == 303
    return answer.location


def link_of(organizer: Person, asked: str) -> str:
    found = LINK.search(organizer.client.get(asked).text)
    assert found
    return found[1]


def opened(client: FlaskClient, link: str) -> str:
    answer = client.get(link)
    assert answer.status_code == 303
    return answer.location


def agree(client: FlaskClient, page: str, **form: object) -> int:
    shown = sending.SHOWN.search(client.get(page).text)
    assert shown
    return post(client, f"{page}/agree", {"shown": shown[1], **CONSENT, **form}, form_at=page).status_code


def person() -> PhotoPerson:
    db.session.rollback()
    return db.session.query(PhotoPerson).one()


# By the link.


def test_a_person_agrees_by_her_link_and_then_it_is_published(
    client: FlaskClient, organizer: Person, photo: str, hers: str
) -> None:
    assert "has not agreed" in sending.publish(organizer, photo).text
    page = client.get(hers)
    assert "unless you agree" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert client.get(f"{hers}/picture").content_type == "image/webp"
    assert agree(client, hers) == 303
    assert (person().way, person().heard_by) == ("link", None)
    assert sending.publish(organizer, photo).status_code == 303
    assert client.application.test_client().get(photo).status_code == 200
    assert "It is public." in client.get(hers).text


def test_nothing_is_ticked_before_she_ticks_it(client: FlaskClient, hers: str) -> None:
    page = client.get(hers).text
    assert not re.search(r'name="uses"[^>]*checked|checked[^>]*name="uses"', page)


def test_ticking_less_holds_at_once(client: FlaskClient, organizer: Person, photo: str, hers: str) -> None:
    agree(client, hers)
    sending.publish(organizer, photo)
    photo_id = photo.rpartition("/")[2]
    with client.application.test_request_context():
        assert set(queries.shown([photo_id], Use.SITE)) == {photo_id}
    assert agree(client, hers, uses=["event_page"]) == 303
    with client.application.test_request_context():
        assert queries.shown([photo_id], Use.SITE) == {}
        assert set(queries.shown([photo_id], Use.EVENT_PAGE)) == {photo_id}


def test_consent_to_nothing_is_none(client: FlaskClient, hers: str) -> None:
    assert agree(client, hers, uses=[]) == 422
    assert agree(client, hers, expires_on="2001-01-01") == 422
    assert person().picture_hash == ""


def test_a_consent_ends_on_its_day(
    client: FlaskClient, organizer: Person, photo: str, hers: str, time_machine: TimeMachineFixture
) -> None:
    agree(client, hers, expires_on=(clock.today() + timedelta(days=2)).isoformat())
    sending.publish(organizer, photo)
    reader = client.application.test_client()
    time_machine.move_to(clock.now() + timedelta(days=2), tick=False)
    assert reader.get(photo).status_code == 200
    time_machine.move_to(clock.now() + timedelta(days=1), tick=False)
    assert reader.get(photo).status_code == 404
    assert reader.get(f"{photo}/large").status_code == 404
    assert "has not agreed" in organizer.client.get(photo).text.lower()


def test_consent_is_to_the_picture_that_she_saw(client: FlaskClient, organizer: Person, photo: str, hers: str) -> None:
    shown = sending.SHOWN.search(client.get(hers).text)
    assert shown
    sending.cover(organizer, photo, cells=["K8"], faces="asked")
    assert "being covered just now" in client.get(hers).text
    outbox.run_owed()
    answer = post(client, f"{hers}/agree", {"shown": shown[1], **CONSENT}, form_at=hers)
    assert "The picture was changed a moment ago." in answer.text
    assert agree(client, hers) == 303


def test_consent_falls_when_the_picture_changes(client: FlaskClient, organizer: Person, photo: str, hers: str) -> None:
    agree(client, hers)
    sending.cover(organizer, photo, cells=["K8"], faces="asked")
    outbox.run_owed()
    assert "has not agreed" in sending.publish(organizer, photo).text
    assert "unless you agree" in client.get(hers).text


def test_somebody_more_hides_it_until_she_agrees(client: FlaskClient, organizer: Person, photo: str, hers: str) -> None:
    agree(client, hers)
    sending.publish(organizer, photo)
    reader = client.application.test_client()
    assert reader.get(photo).status_code == 200
    other = opened(reader, link_of(organizer, add(organizer, photo)))
    assert reader.get(photo).status_code == 404
    assert agree(reader, other) == 303
    assert reader.get(photo).status_code == 200


# Away.


def test_she_takes_the_picture_away_at_once(
    client: FlaskClient, organizer: Person, photo: str, hers: str, blobs: Path
) -> None:
    agree(client, hers)
    sending.publish(organizer, photo)
    assert "printed issues" in client.get(f"{hers}/away").text
    assert "It is deleted" in post(client, f"{hers}/away", {}).text
    reader = client.application.test_client()
    for path in ("", "/small", "/large", "/print"):
        assert reader.get(f"{photo}{path}").status_code == 410
        assert organizer.client.get(f"{photo}{path}").status_code == 410
    outbox.run_owed()
    assert list(sending.contents(blobs)) == []
    row = person()
    assert (row.picture_hash, row.uses, row.agreed_on, row.way) == ("", [], None, None)


def test_her_link_then_says_that_it_is_gone(client: FlaskClient, organizer: Person, asked: str, hers: str) -> None:
    link = link_of(organizer, asked)
    post(client, f"{hers}/away", {})
    assert client.get(link).status_code == 410
    assert client.get(hers).status_code == 404
    assert client.get(f"{hers}/picture").status_code == 404


# The link.


def test_a_link_opens_one_person_s_page_only(client: FlaskClient, organizer: Person, photo: str, asked: str) -> None:
    link = link_of(organizer, asked)
    other = link_of(organizer, add(organizer, photo))
    assert client.get(link[:-1] + ("a" if link[-1] != "a" else "b")).status_code == 404
    assert client.get("/photos/mine/nothing").status_code == 404
    page, others = opened(client, link), opened(client.application.test_client(), other)
    assert client.get(page).status_code == 200
    for path in ("", "/picture", "/away", "/link.txt"):
        assert client.get(f"{others}{path}").status_code == 404
    assert client.get(f"{page}/link.txt").text == f"http://localhost{link}\n"


def test_a_replaced_link_leads_nowhere(client: FlaskClient, organizer: Person, asked: str, hers: str) -> None:
    old = link_of(organizer, asked)
    assert post(client, f"{hers}/link", {}, form_at=hers).status_code == 303
    assert client.get(hers).status_code == 200
    assert client.get(old).status_code == 404
    new = link_of(organizer, asked)
    assert post(organizer.client, f"{asked}/link", {}, form_at=asked).status_code == 303
    assert client.get(new).status_code == 404
    assert client.get(hers).status_code == 404


def test_the_link_s_code_is_on_the_organizer_s_screen(organizer: Person, asked: str) -> None:
    page = organizer.client.get(asked).text
    assert '<svg class="qr-code"' in page
    assert "link.txt" not in page


# In person.


def test_an_organizer_writes_down_what_was_said(client: FlaskClient, organizer: Person, photo: str, asked: str) -> None:
    shown = sending.SHOWN.search(organizer.client.get(asked).text)
    assert shown
    said = {"shown": shown[1], **CONSENT, "agreed_on": clock.today().isoformat(), "heard_by": "Rowan"}
    assert "Who heard it?" in post(organizer.client, asked, {**said, "heard_by": ""}).text
    assert "Give a day" in post(organizer.client, asked, {**said, "agreed_on": ""}).text
    assert "Say where it may stand." in post(organizer.client, asked, {**said, "uses": []}).text
    assert "was changed a moment ago" in post(organizer.client, asked, {**said, "shown": "0"}).text
    assert post(organizer.client, asked, said).location == photo
    row = person()
    assert row.way == "in_person"
    assert b"Rowan" not in (row.heard_by or b"")
    assert "Heard by Rowan" in organizer.client.get(asked).text
    assert sending.publish(organizer, photo).status_code == 303
    assert client.get(photo).status_code == 200


def test_who_is_covered_now_is_removed_from_the_list(organizer: Person, photo: str, asked: str) -> None:
    assert post(organizer.client, f"{asked}/remove", {}, form_at=asked).location == photo
    assert db.session.query(PhotoPerson).count() == 0
    assert organizer.client.get(asked).status_code == 404
    assert sending.publish(organizer, photo).status_code == 303


def test_while_it_is_published_nobody_is_removed(client: FlaskClient, organizer: Person, photo: str, hers: str) -> None:
    agree(client, hers)
    sending.publish(organizer, photo)
    asked = f"{photo}/people/{person().id}"
    assert "/remove" not in organizer.client.get(asked).text
    post(organizer.client, f"{asked}/remove", {}, form_at=asked)
    assert person().picture_hash


def test_where_nobody_can_be_recognised_nobody_is_asked(organizer: Person, photo: str, asked: str) -> None:
    sending.cover(organizer, photo, cells=["K8"], faces="nobody")
    outbox.run_owed()
    assert db.session.query(PhotoPerson).count() == 0
    assert sending.publish(organizer, photo).status_code == 303


def test_nobody_is_added_before_there_is_a_picture(organizer: Person, event: Event) -> None:
    listed = sending.draft(organizer, event)
    address = sending.ready(organizer, event)
    answer = post(organizer.client, f"{address}/people", {}, form_at=listed)
    assert answer.status_code == 422
    assert 'class="error-summary"' in answer.text
    assert db.session.query(PhotoPerson).count() == 0


def test_strangers_find_none_of_it(client: FlaskClient, organizer: Person, asked: str, photo: str) -> None:
    stranger = factories.person(client.application)
    assert stranger.client.get(asked).status_code == 404
    other = sending.draft(organizer, sending.stored(photo).event)  # type: ignore[arg-type] # it has one
    assert organizer.client.get(f"{other}/people/{person().id}").status_code == 404
    assert organizer.client.get(f"{photo}/people/nothing").status_code == 404


def test_the_audit_has_no_word_of_hers(client: FlaskClient, organizer: Person, photo: str, hers: str) -> None:
    agree(client, hers)
    query = select(AuditLine.verb).where(AuditLine.object_id == photo.rpartition("/")[2]).order_by(AuditLine.number)
    assert list(db.session.scalars(query))[-1] == "photo.person_added"
