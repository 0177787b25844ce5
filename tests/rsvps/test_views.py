"""Answering without an account, and what organizers do with answers."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from time_machine import TimeMachineFixture

from organizer import clock, config
from organizer.db import db
from organizer.events import service as events
from organizer.events.models import Event
from organizer.keeping import purge
from organizer.rsvps.models import Capacity, Rsvp
from tests import factories
from tests.factories import Person, post
from tests.leaflets import making

GOING = {"coming": "going", "party_size": "1"}


def _address(event: Event) -> str:
    return f"/events/{event.slug}/answer"


def _limit(event: Event, **columns: object) -> None:
    row = db.session.get_one(Capacity, event.id)
    for name, value in columns.items():
        setattr(row, name, value)
    db.session.commit()


def _going(event: Event) -> int:
    db.session.rollback()
    return db.session.get_one(Capacity, event.id).going


def _secret(page: str) -> str:
    found = re.search(r'value="http://localhost(/r/[^"]+)"', page)
    assert found
    return found[1]


@pytest.fixture
def event(app: Flask) -> Event:
    return factories.event()


@pytest.fixture
def mine(client: FlaskClient, event: Event) -> str:
    """The page of an answer for two that this browser has just given."""
    answered = post(client, _address(event), {"coming": "going", "party_size": "2", "nickname": "Leek"})
    return answered.location.partition("?")[0]


@pytest.mark.parametrize("kind", ["rally", "vigil"])
def test_where_nothing_is_asked_people_just_come(client: FlaskClient, kind: str) -> None:
    event = factories.event(kind=kind)
    page = client.get(f"/events/{event.slug}").text
    assert "Just come" in page
    assert "Tell them you come" not in page
    assert post(client, _address(event), GOING).status_code == 422


def test_the_page_says_who_sees_an_answer_and_until_when(client: FlaskClient, event: Event) -> None:
    page = client.get(_address(event)).text
    assert "The organizers of East Bay Solidarity see it; no one else. Deleted on" in page
    assert "You can just come. Answering only helps us print enough." in page


def test_an_answer_shows_what_is_held_and_a_link_that_works_elsewhere(
    app: Flask, client: FlaskClient, mine: str
) -> None:
    page = client.get(mine).text
    assert "Leek" in page
    assert "2 people" in page
    assert "<svg" in page
    assert client.get(f"{mine}/link.txt").text.strip() == f"http://localhost{_secret(page)}"
    elsewhere = app.test_client()
    assert "Leek" in elsewhere.get(_secret(page), follow_redirects=True).text


def test_the_page_of_an_answer_begins_with_what_was_answered_and_ends_with_what_is_held(
    client: FlaskClient, event: Event, mine: str
) -> None:
    page = client.get(mine).text
    parts = ("See you there", "2 people · Leek", event.place, "Change it", "I am not coming", "secret", "What we hold")
    places = [page.index(part) for part in parts]
    assert places == sorted(places)


def test_the_page_of_an_answer_has_the_leaflets_of_the_event(client: FlaskClient, event: Event, mine: str) -> None:
    assert 'id="leaflets"' not in client.get(mine).text
    leaflet = making.published(event)
    part = client.get(mine).text.partition('id="leaflets"')[2].partition("</section>")[0]
    assert "Letters to prisoners" in part
    assert f'href="/leaflets/{leaflet.id}/versions/1/file"' in part


def test_the_secret_link_becomes_a_cookie_and_a_clean_address(app: Flask, client: FlaskClient, mine: str) -> None:
    secret = _secret(client.get(mine).text)
    opened = app.test_client().get(secret)
    assert opened.status_code == 303
    assert opened.location == mine
    cookie = opened.headers["Set-Cookie"]
    assert f"Path={mine}" in cookie
    assert "HttpOnly" in cookie
    assert client.get(mine).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("change", ["tail", "id", "cut", "empty"])
def test_a_forged_link_is_answered_like_a_missing_one(app: Flask, client: FlaskClient, mine: str, change: str) -> None:
    secret = _secret(client.get(mine).text)
    forged = {
        "tail": secret[:-2] + ("aa" if not secret.endswith("aa") else "bb"),
        "id": f"/r/{'a' * 26}.{secret.partition('.')[2]}",
        "cut": secret.partition(".")[0],
        "empty": "/r/.",
    }[change]
    stranger = app.test_client()
    answer, missing = stranger.get(forged), stranger.get("/r/nothing.here")
    assert answer.status_code == 404
    assert answer.data == missing.data


def test_changing_the_party_keeps_the_count_exact(client: FlaskClient, event: Event, mine: str) -> None:
    assert _going(event) == 2
    assert post(client, mine, {"coming": "going", "party_size": "5"}).status_code == 303
    assert _going(event) == 5
    assert post(client, mine, {"coming": "maybe", "party_size": "3"}).status_code == 303
    assert _going(event) == 0
    assert db.session.get_one(Capacity, event.id).maybe == 3


def test_looking_at_the_page_changes_nothing_and_withdrawing_deletes_all(
    client: FlaskClient, event: Event, mine: str
) -> None:
    for _ in range(2):
        assert client.get(mine).status_code == 200
    assert client.get(f"{mine}/withdraw").status_code == 405
    gone = post(client, f"{mine}/withdraw", {}, form_at=mine)
    assert "We hold nothing about you any more" in gone.text
    assert _going(event) == 0
    assert db.session.query(Rsvp).count() == 0
    assert client.get(mine).status_code == 404


def test_more_people_than_places_get_a_kind_word_and_lose_nothing(client: FlaskClient, event: Event) -> None:
    _limit(event, places=3)
    assert post(client, _address(event), {**GOING, "party_size": "2"}).status_code == 303
    refused = post(client, _address(event), {**GOING, "party_size": "2", "nickname": "Leek"})
    assert refused.status_code == 422
    assert "not enough places" in refused.text
    assert 'value="Leek"' in refused.text
    assert _going(event) == 2
    assert post(client, _address(event), {**GOING, "coming": "maybe", "party_size": "6"}).status_code == 303


def test_the_public_learns_few_or_full_and_never_the_number(client: FlaskClient, event: Event) -> None:
    _limit(event, places=7)
    page = f"/events/{event.slug}"
    client.get(page)
    post(client, _address(event), {**GOING, "party_size": "5"})
    assert "Few places left" in client.get(page).text
    post(client, _address(event), {**GOING, "party_size": "2"})
    full = client.get(page).text
    assert "Full" in full
    assert "7" not in re.sub(r"<[^>]+>", "", full.partition("Coming?")[2].partition("Add to calendar")[0])


def test_a_public_count_is_off_by_default_and_then_a_step(client: FlaskClient, organizer: Person) -> None:
    event = factories.event(organizer.group)
    for _ in range(3):
        post(client, _address(event), {**GOING, "party_size": "4"})
    assert "people are coming" not in client.get(f"/events/{event.slug}").text
    asked = {"level": "headcount", "places": "", "party_max": "6", "is_open": "y", "has_public_count": "y"}
    assert post(organizer.client, f"/events/{event.id}/answers", asked).status_code == 303
    assert "10+ people are coming" in client.get(f"/events/{event.slug}").text


@pytest.mark.parametrize("size", ["0", "-1", "1000000000", "", "two", "1.5", "٣٣٣٣٣"])
def test_a_party_that_is_none_is_refused_beside_its_field(client: FlaskClient, event: Event, size: str) -> None:
    refused = post(client, _address(event), {"coming": "going", "party_size": size, "nickname": "Leek"})
    assert refused.status_code == 422
    assert 'id="party_size-error"' in refused.text
    assert 'value="Leek"' in refused.text


def test_machines_are_recognised_and_people_are_told(client: FlaskClient, event: Event) -> None:
    assert post(client, _address(event), {**GOING, "website": "https://spam.example"}).status_code == 422
    assert post(client, _address(event), {**GOING, "began": "forged"}).status_code == 422
    assert post(client, _address(event), {**GOING, "coming": "perhaps"}).status_code == 422
    assert _going(event) == 0


def test_a_form_that_is_filled_faster_than_hands_can_is_asked_to_wait(
    app: Flask, client: FlaskClient, event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = config.load_config({"ORGANIZER_FORM_AGE_SECONDS": "5", "ORGANIZER_DATA_DIR": str(config.current().data_dir)})
    monkeypatch.setitem(app.extensions, "config", slow)
    fast = post(client, _address(event), GOING)
    assert fast.status_code == 422
    assert "That was fast" in fast.text
    assert 'href="#began"' not in fast.text  # nobody can be led to a field that nobody sees


def test_whoever_has_the_secret_link_changes_the_answer_as_fast_as_she_likes(
    app: Flask, client: FlaskClient, event: Event, mine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = config.load_config({"ORGANIZER_FORM_AGE_SECONDS": "5", "ORGANIZER_DATA_DIR": str(config.current().data_dir)})
    monkeypatch.setitem(app.extensions, "config", slow)
    assert post(client, mine, {"coming": "going", "party_size": "5"}).status_code == 303
    assert _going(event) == 5


def test_a_flood_meets_the_events_own_bucket(
    app: Flask, client: FlaskClient, event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = factories.event()
    env = {"ORGANIZER_ANSWERS_PER_MINUTE": "3", "ORGANIZER_FORM_AGE_SECONDS": "0"}
    strict = config.load_config({**env, "ORGANIZER_DATA_DIR": str(config.current().data_dir)})
    monkeypatch.setitem(app.extensions, "config", strict)
    assert [post(client, _address(event), GOING).status_code for _ in range(4)] == [303, 303, 303, 422]
    assert post(client, _address(other), GOING).status_code == 303


def test_closed_answers_and_over_events_say_so(
    client: FlaskClient, event: Event, time_machine: TimeMachineFixture
) -> None:
    _limit(event, is_open=False)
    assert post(client, _address(event), GOING).status_code == 422
    _limit(event, is_open=True)
    time_machine.move_to(event.ends_at + timedelta(minutes=1))
    assert post(client, _address(event), GOING).status_code == 422


def test_of_what_is_cancelled_only_that_and_why_and_the_next_action_are_told(
    client: FlaskClient, organizer: Person, event: Event
) -> None:
    soon = factories.event(organizer.group, title="Cancelled too", starts_on=clock.today() + timedelta(days=1))
    factories.event(organizer.group, title="Come here instead", starts_on=clock.today() + timedelta(days=2))
    events.cancel(soon, "Rain", "a" * 26)
    events.cancel(event, "The hall is closed", "a" * 26)
    for page in (client.get(_address(event)), post(client, _address(event), GOING, form_at="/sign-in")):
        assert "This will not take place." in page.text
        assert "The hall is closed" in page.text
        assert "Come here instead" in page.text
        assert "Cancelled too" not in page.text
        assert "party_size" not in page.text
        assert "You can just come" not in page.text
    assert _going(event) == 0
    assert "Come here instead" in client.get(f"/events/{event.slug}").text


def test_a_post_without_its_token_shows_the_filled_form_again(client: FlaskClient, event: Event) -> None:
    client.get(_address(event))
    refused = client.post(_address(event), data={**GOING, "nickname": "Leek"})
    assert refused.status_code == 422
    assert 'value="Leek"' in refused.text
    assert _going(event) == 0


def test_a_batch_is_set_aside_and_taken_back(client: FlaskClient, organizer: Person) -> None:
    event = factories.event(organizer.group)
    _limit(event, places=6)
    for size in ("1", "2", "3"):
        assert post(client, _address(event), {**GOING, "party_size": size}).status_code == 303
    answers = f"/events/{event.id}/answers"
    aside = post(organizer.client, f"{answers}/aside", {"first": "2", "last": "3"}, form_at=answers)
    assert aside.status_code == 303
    assert _going(event) == 1
    assert "set aside" in organizer.client.get(answers).text
    assert post(organizer.client, f"{answers}/back/1", {}, form_at=answers).status_code == 303
    assert _going(event) == 6


def test_a_batch_that_no_longer_fits_is_not_taken_back(client: FlaskClient, organizer: Person) -> None:
    event = factories.event(organizer.group)
    _limit(event, places=3)
    post(client, _address(event), {**GOING, "party_size": "3"})
    answers = f"/events/{event.id}/answers"
    post(organizer.client, f"{answers}/aside", {"first": "1", "last": "1"}, form_at=answers)
    post(client, _address(event), {**GOING, "party_size": "2"})
    refused = post(organizer.client, f"{answers}/back/1", {}, form_at=answers)
    assert refused.status_code == 422
    assert "no longer enough places" in refused.text
    assert _going(event) == 2


def test_fewer_places_than_are_taken_are_refused(client: FlaskClient, organizer: Person) -> None:
    event = factories.event(organizer.group)
    post(client, _address(event), {**GOING, "party_size": "3"})
    asked = {"level": "headcount", "places": "2", "party_max": "6", "is_open": "y"}
    refused = post(organizer.client, f"/events/{event.id}/answers", asked)
    assert refused.status_code == 422
    assert "3 people are coming already" in refused.text


def test_a_nickname_is_dropped_where_none_is_asked(client: FlaskClient, event: Event) -> None:
    _limit(event, level="headcount")
    post(client, _address(event), {**GOING, "nickname": "Leek"})
    assert db.session.query(Rsvp).one().nickname is None


def test_a_nickname_lies_sealed_in_the_database(client: FlaskClient, event: Event, mine: str) -> None:
    assert mine
    sealed = db.session.query(Rsvp).one().nickname
    assert sealed
    assert b"Leek" not in sealed


def test_the_purge_leaves_a_rounded_total_and_no_way_back(
    app: Flask, client: FlaskClient, organizer: Person, time_machine: TimeMachineFixture
) -> None:
    event = factories.event(organizer.group, starts_on=clock.today() + timedelta(days=5))
    answered = [post(client, _address(event), {**GOING, "party_size": "4"}).location for _ in range(4)]
    event_id, ends_at = event.id, event.ends_at
    time_machine.move_to(ends_at + timedelta(days=6, hours=23))
    assert purge.run() == 0
    time_machine.move_to(ends_at + timedelta(days=7, minutes=1))
    assert purge.run() == 1
    assert purge.run() == 0
    assert db.session.query(Rsvp).count() == 0
    assert client.get(answered[-1]).status_code == 404
    row = db.session.get_one(Capacity, event_id)
    assert (row.going, row.maybe, row.total_rounded) == (0, 0, 20)
    assert "About 20 people had answered" in organizer.client.get(f"/events/{event_id}/answers").text
    assert row.purged_at is not None
    assert row.purged_at <= clock.now()
