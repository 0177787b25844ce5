"""From the author's form to the event's page, and back out of it."""

from __future__ import annotations

import pytest
from flask import Flask, render_template
from flask.testing import FlaskClient
from time_machine import TimeMachineFixture

from organizer import clock, config
from organizer.db import db
from organizer.events import queries as events
from organizer.events.models import Event
from organizer.events.rules import Visibility
from organizer.policy import NOBODY
from organizer.statements import queries
from organizer.statements.models import Statement
from tests import factories
from tests.factories import Person, post
from tests.statements.sending import FORM, NAMED, at_desk, decide, hand_in, only, publish


def test_from_the_form_to_the_page_and_back_out(
    app: Flask, client: FlaskClient, organizer: Person, event: Event
) -> None:
    mine, secret = hand_in(client, event, NAMED)
    assert client.get(f"/statements/{only().id}").status_code == 404
    assert "Juniper Vale" in organizer.client.get(at_desk(event)).text

    address = publish(organizer, event)
    page = client.get(address)
    assert "<strong>letters</strong>" in page.text
    assert "Name withheld" in page.text
    assert "Juniper" not in page.text + client.get("/statements").text

    assert decide(organizer, event, "signer", known_by="We were at school together").status_code == 303
    assert "Juniper Vale" in client.get(address).text
    assert "Juniper Vale" in client.get("/statements").text
    assert "school" not in client.get(address).text

    other = app.test_client()
    opened = other.get(secret)
    assert opened.status_code == 303
    assert post(other, f"{opened.location}/name", {}, form_at=opened.location).status_code == 303
    assert "Juniper" not in client.get(address).text + client.get("/statements").text
    assert "<strong>letters</strong>" in client.get(address).text

    assert post(other, f"{opened.location}/withdraw", {}).status_code == 200
    gone = client.get(address)
    assert gone.status_code == 410
    assert "letters" not in gone.text + client.get("/statements").text
    assert other.get(secret).status_code == 410
    assert client.get(mine).status_code == 410


def test_a_change_leaves_the_public_until_it_was_read(client: FlaskClient, organizer: Person, event: Event) -> None:
    mine, _ = hand_in(client, event)
    address = publish(organizer, event)
    changed = post(client, f"{mine}/change", {**FORM, "text": "I came for my brother."})
    assert changed.status_code == 303
    assert client.get(address).status_code == 404
    publish(organizer, event)
    assert "for my brother" in client.get(address).text


def test_taking_the_name_away_by_the_form_needs_no_editor(client: FlaskClient, organizer: Person, event: Event) -> None:
    mine, _ = hand_in(client, event, {**FORM, "byline_kind": "pseudonym", "byline": "Leek"})
    address = publish(organizer, event)
    assert "Leek" in client.get(address).text
    assert post(client, f"{mine}/change", FORM).status_code == 303
    assert client.get(address).status_code == 200
    assert "Leek" not in client.get(address).text


def test_nothing_changes_by_looking(client: FlaskClient, organizer: Person, event: Event) -> None:
    mine, secret = hand_in(client, event, NAMED)
    address = publish(organizer, event, known_by="From school")
    paths = ["", "/name", "/withdraw", "/change", "/agree", "/link"]
    for path in [secret, *(f"{mine}{path}" for path in paths)]:
        client.get(path)
    for act in ["", "/publish", "/reject", "/name", "/signer", "/take-down"]:
        organizer.client.get(at_desk(event, act))
    assert "Juniper Vale" in client.get(address).text
    assert client.get(secret).status_code == 303


def test_an_author_changes_her_words_as_fast_as_she_likes(
    app: Flask, client: FlaskClient, event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, _ = hand_in(client, event)
    slow = config.load_config({"ORGANIZER_FORM_AGE_SECONDS": "5", "ORGANIZER_DATA_DIR": str(config.current().data_dir)})
    monkeypatch.setitem(app.extensions, "config", slow)
    assert post(client, f"{mine}/change", {**FORM, "text": "I came for my brother."}).status_code == 303
    assert only().text == "I came for my brother."


def test_before_the_action_the_form_says_to_come_back(client: FlaskClient, app: Flask) -> None:
    coming = factories.event()
    path = f"/events/{coming.slug}/statements/new"
    page = client.get(path)
    assert page.status_code == 200
    assert "has not begun" in page.text
    assert "<textarea" not in page.text
    over = factories.event(starts_on=factories.past_day())
    refused = post(client, path, FORM, form_at=f"/events/{over.slug}/statements/new")
    assert refused.status_code == 422
    assert db.session.query(Statement).count() == 0


def test_statements_may_not_be_kept_by_caches(client: FlaskClient, organizer: Person, event: Event) -> None:
    mine, _ = hand_in(client, event)
    address = publish(organizer, event)
    for path in (address, "/statements"):
        page = client.get(path)
        assert page.headers["Cache-Control"] == "no-cache"
        assert page.headers["Vary"] == "Accept-Language, Cookie"
        assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
        assert '<meta name="robots" content="noindex">' in page.text
    for personal in (client.get(mine), organizer.client.get(address), organizer.client.get(at_desk(event))):
        assert personal.headers["Cache-Control"] == "no-store"
    assert "HttpOnly" in client.get(hand_in(client, event)[1]).headers["Set-Cookie"]


def test_feeds_do_not_notice(client: FlaskClient, organizer: Person, event: Event) -> None:
    before = [client.get(path).headers["ETag"] for path in ("/events.ics", f"/events/{event.id}.ics")]
    hand_in(client, event)
    publish(organizer, event)
    assert [client.get(path).headers["ETag"] for path in ("/events.ics", f"/events/{event.id}.ics")] == before


def test_kept_pages_notice_what_is_public_and_nothing_else(
    client: FlaskClient, organizer: Person, event: Event, time_machine: TimeMachineFixture
) -> None:
    time_machine.move_to(clock.now(), tick=False)
    before = client.get("/").headers["ETag"]
    mine, _ = hand_in(client, event)
    assert client.get("/").headers["ETag"] == before
    publish(organizer, event)
    published = client.get("/").headers["ETag"]
    assert published != before
    post(client, f"{mine}/withdraw", {})
    assert client.get("/").headers["ETag"] != published


def test_an_events_page_shows_what_was_said_and_asks_who_was_there(
    app: Flask, client: FlaskClient, organizer: Person, event: Event
) -> None:
    hand_in(client, event)
    publish(organizer, event)
    seen = events.seen_by(NOBODY, event, "en")
    with app.test_request_context():
        quotes = queries.on_event(event.id)
        on_event = render_template("statements/_on_event.html", quotes=quotes, event=seen, lang="en")
        on_home = render_template("statements/_on_home.html", quotes=queries.latest(2), lang="en")
        say_why = render_template("statements/_say_why.html", event=seen)
    assert "<strong>letters</strong>" in on_event
    assert "A participant" in on_event
    assert "Nobody should sit for a word." in on_home
    assert f"/events/{event.slug}/statements/new" in say_why


@pytest.mark.parametrize("act", ["", "/agree", "/change", "/name", "/link", "/withdraw"])
def test_without_the_link_there_is_nothing(app: Flask, client: FlaskClient, event: Event, act: str) -> None:
    mine, secret = hand_in(client, event)
    stranger = app.test_client()
    assert stranger.get(mine + act).status_code in (404, 405)
    assert stranger.post(mine + act).status_code in (404, 405)
    forged = secret[:-1] + ("a" if secret[-1] != "a" else "b")
    assert stranger.get(forged).status_code == 404
    stranger.set_cookie("statement", forged.removeprefix("/s/"), path=mine)
    assert stranger.get(mine).status_code == 404


@pytest.mark.parametrize("token", ["x", "%00", ".", "a" * 26, "a" * 26 + ".", "a" * 26 + "." + "я" * 32, "я." * 9])
def test_tokens_that_are_none_lead_nowhere(client: FlaskClient, event: Event, token: str) -> None:
    assert client.get(f"/s/{token}").status_code == 404
    assert client.get(f"/statements/{token}").status_code == 404


@pytest.mark.parametrize("act", ["/agree", "/change", "/name", "/link", "/withdraw"])
def test_a_post_without_token_changes_nothing(client: FlaskClient, organizer: Person, event: Event, act: str) -> None:
    mine, secret = hand_in(client, event, NAMED)
    address = publish(organizer, event, known_by="From school")
    assert client.post(mine + act, data=FORM).status_code == 422
    assert "Juniper Vale" in client.get(address).text
    assert client.get(secret).status_code == 303


def test_a_private_action_takes_statements_from_its_members_only(
    app: Flask, client: FlaskClient, organizer: Person
) -> None:
    private = factories.event(organizer.group, starts_on=factories.past_day(), visibility=Visibility.PRIVATE)
    path = f"/events/{private.id}/statements/new"
    assert client.get(path).status_code == 404
    assert organizer.client.get(path).status_code == 200
    assert post(organizer.client, path, FORM).status_code == 303
    address = publish(organizer, private)
    assert client.get(address).status_code == 404
    assert organizer.client.get(address).status_code == 200
