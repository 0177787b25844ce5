"""What organizers do: write statements down, read them, publish them, take them off."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from organizer import clock
from organizer.events.models import Event
from organizer.policy import Role
from tests import factories
from tests.factories import Person, post
from tests.statements.sending import FORM, NAMED, SECRET, at_desk, decide, hand_in, only, publish


def test_an_organizer_writes_one_down_with_consent_in_person(
    app: Flask, client: FlaskClient, organizer: Person, event: Event
) -> None:
    consent = {
        "given_on": factories.past_day().isoformat(),
        "heard_by": "Wren",
        "read_back": ["text", "byline"],
    }
    named = {**FORM, "byline_kind": "first_name", "byline": "Juniper"}
    sent = post(organizer.client, f"/events/{event.id}/statements/take", {**named, **consent})
    assert sent.status_code == 303, sent.text
    handed = organizer.client.get(sent.location)
    mine = organizer.client.get(handed.location)
    assert "Let them photograph the code" in mine.text
    assert "Wren" in mine.text
    address = publish(organizer, event)
    assert "Juniper" in client.get(address).text
    author = app.test_client()
    secret = SECRET.search(mine.text)
    assert secret
    assert "Wren" in author.get(author.get(secret[1]).location).text


def test_what_was_written_down_without_consent_stays_unseen_until_its_author_agrees(
    app: Flask, client: FlaskClient, organizer: Person, event: Event
) -> None:
    sent = post(organizer.client, f"/events/{event.id}/statements/take", {**FORM, "uses": []})
    assert sent.status_code == 303, sent.text
    assert "has not agreed yet" in organizer.client.get(at_desk(event)).text
    address = publish(organizer, event)
    assert client.get(address).status_code == 404
    author = app.test_client()
    mine = author.get(sent.location).location
    page = author.get(mine).text
    shown = re.search(r'name="shown"[^>]*value="([^"]+)"', page)
    assert shown
    agreed = post(author, f"{mine.partition('?')[0]}/agree", {"shown": shown[1], "uses": ["event_page"]}, form_at=mine)
    assert agreed.status_code == 303
    assert client.get(address).status_code == 200
    assert "letters" not in client.get("/statements").text


def test_a_note_about_the_signer_is_asked_for_and_seen_by_organizers_only(
    client: FlaskClient, organizer: Person, event: Event
) -> None:
    mine, _ = hand_in(client, event, NAMED)
    publish(organizer, event, known_by="From the choir")
    assert "From the choir" in organizer.client.get(at_desk(event)).text
    assert "From the choir" not in client.get(mine).text


def test_an_organizer_takes_it_down_at_the_authors_word(client: FlaskClient, organizer: Person, event: Event) -> None:
    _, secret = hand_in(client, event, NAMED)
    address = publish(organizer, event)
    assert decide(organizer, event, "name").status_code == 303
    assert "Name withheld" not in client.get(address).text
    take_down = at_desk(event, "/take-down")
    assert "at once" in organizer.client.get(take_down).text
    assert client.get(address).status_code == 200
    assert post(organizer.client, take_down, {}).status_code == 303
    assert client.get(address).status_code == 410
    assert client.get(secret).status_code == 410
    assert organizer.client.get(at_desk(event)).status_code == 410
    assert "Taken back" in organizer.client.get(f"/events/{event.id}/statements").text


def test_what_is_rejected_is_unseen_and_can_be_published_after_all(
    client: FlaskClient, organizer: Person, event: Event
) -> None:
    mine, _ = hand_in(client, event)
    address = publish(organizer, event)
    assert decide(organizer, event, "reject").status_code == 303
    assert client.get(address).status_code == 404
    assert "do not publish it" in client.get(mine).text
    publish(organizer, event)
    assert client.get(address).status_code == 200


def test_an_editor_who_read_other_words_is_shown_the_new_ones(
    client: FlaskClient, organizer: Person, event: Event
) -> None:
    mine, _ = hand_in(client, event)
    stale = re.search(r'name="shown"[^>]*value="([^"]+)"', organizer.client.get(at_desk(event)).text)
    assert stale
    post(client, f"{mine}/change", {**FORM, "text": "I came for my brother."})
    refused = post(organizer.client, at_desk(event, "/publish"), {"shown": stale[1]}, form_at=at_desk(event))
    assert refused.status_code == 422
    assert "for my brother" in refused.text
    assert only().state == "submitted"


def test_nothing_is_published_during_the_action_unless_it_is_said_to_be_safe(
    client: FlaskClient, organizer: Person
) -> None:
    # It began yesterday and lasts until the day after tomorrow.
    began = clock.now() - timedelta(days=1)
    ends_on = (began + timedelta(days=3)).date()
    going_on = factories.event(organizer.group, starts_on=began.date(), ends_on=ends_on)
    hand_in(client, going_on)
    address = publish(organizer, going_on)
    assert client.get(address).status_code == 404
    assert "Scheduled" in organizer.client.get(at_desk(going_on)).text
    publish(organizer, going_on, moment="now")
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("act", ["publish", "signer", "reject", "name", "take-down"])
def test_an_editors_post_without_token_changes_nothing(
    client: FlaskClient, organizer: Person, event: Event, act: str
) -> None:
    hand_in(client, event, NAMED)
    assert organizer.client.post(at_desk(event, f"/{act}"), data={"known_by": "x"}).status_code == 422
    assert (only().state, only().byline, only().known_by) == ("submitted", "Juniper Vale", None)


@pytest.mark.parametrize("act", ["", "/publish", "/signer", "/reject", "/name", "/take-down"])
def test_only_organizers_of_the_events_group_decide(
    app: Flask, client: FlaskClient, organizer: Person, event: Event, act: str
) -> None:
    hand_in(client, event)
    path, missing = at_desk(event, act), f"/events/{event.id}/statements/{'a' * 26}{act}"
    member = factories.person(app, Role.MEMBER, organizer.group)
    stranger = factories.person(app)
    for person in (member, stranger):
        for method in ("GET", "POST"):
            answer = person.client.open(path, method=method)
            assert answer.status_code in (404, 405)
            assert answer.data == person.client.open(missing, method=method).data
    assert client.post(path).status_code in (303, 403, 405)
    other = factories.event(stranger.group, starts_on=factories.past_day())
    assert stranger.client.get(f"/events/{other.id}/statements/{only().id}").status_code == 404


@pytest.mark.parametrize("path", ["statements", "statements/take"])
def test_the_queue_is_for_organizers(app: Flask, client: FlaskClient, event: Event, path: str) -> None:
    assert client.get(f"/events/{event.id}/{path}").status_code == 303
    assert factories.person(app).client.get(f"/events/{event.id}/{path}").status_code == 404
