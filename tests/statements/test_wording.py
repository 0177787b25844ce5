"""What editors do with someone's words, and the author's answers by her link."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from organizer.db import db
from organizer.events.models import Event
from organizer.events.rules import Visibility
from organizer.statements.models import Statement, Suggestion
from tests import factories
from tests.factories import Person, post

FREE = {"may_edit": "y", "may_translate": "y"}
FORM: dict[str, object] = {
    "text": "I beleive in letters.\n\nNobody should sit for a word.",
    "language": "en",
    "byline_kind": "first_name",
    "byline": "Juniper",
    "affiliation": "Oakland",
    "uses": ["event_page", "site"],
}


def hand_in(client: FlaskClient, event: Event, **more: object) -> str:
    """Send the form; return the address of the author's page."""
    sent = post(client, f"/events/{event.slug}/statements/new", {**FORM, **more})
    assert sent.status_code == 303, sent.text
    return str(sent.location.partition("?")[0])


def only() -> Statement:
    db.session.rollback()
    return db.session.query(Statement).one()


def desk(event: Event) -> str:
    return f"/events/{event.id}/statements/{only().id}"


def work(organizer: Person, event: Event, page: str, **data: object) -> str:
    """Fill an editor's form in; return the page that she is led to, or the form again."""
    path = f"{desk(event)}/{page}"
    shown = re.search(r'name="shown"[^>]*value="([^"]+)"', organizer.client.get(path).text)
    sent = post(organizer.client, path, {"shown": shown[1] if shown else "", **data})
    if sent.status_code == 303:
        sent = organizer.client.get(sent.location)
    return sent.text


def publish(organizer: Person, event: Event) -> str:
    shown = re.search(r'name="shown"[^>]*value="([^"]+)"', organizer.client.get(desk(event)).text)
    assert shown
    form = {"shown": shown[1], "moment": "now"}
    assert post(organizer.client, f"{desk(event)}/publish", form, form_at=desk(event)).status_code == 303
    return f"/statements/{only().id}"


def test_spelling_is_mended_where_the_author_allows_it_and_she_can_undo_it(
    client: FlaskClient, organizer: Person, event: Event
) -> None:
    mine = hand_in(client, event, **FREE)
    address = publish(organizer, event)
    done = work(organizer, event, "words", text="I believe in letters. […]", mend="1")
    assert "Mended." in done
    page = client.get(address).text
    assert "I believe in letters." in page
    assert "Spelling mended" in page
    told = client.get(mine).text
    assert "<del>beleive</del><ins>believe</ins>" in told

    assert post(client, f"{mine}/restore", {}, form_at=mine).status_code == 303
    assert "beleive" in client.get(address).text
    assert "Put my words back" not in client.get(mine).text


def test_what_is_more_than_spelling_is_refused_and_nothing_typed_is_lost(
    client: FlaskClient, organizer: Person, event: Event
) -> None:
    hand_in(client, event, **FREE)
    refused = work(organizer, event, "words", text="I came for the music.", mend="1")
    assert "more than spelling" in refused
    assert "I came for the music." in refused
    assert only().text == FORM["text"]


def test_without_leave_nothing_is_mended(client: FlaskClient, organizer: Person, event: Event) -> None:
    hand_in(client, event)
    assert "has not allowed light edits" in work(organizer, event, "words", text="I believe in letters.", mend="1")
    assert "beleive" in only().text


def test_a_suggestion_changes_nothing_until_its_author_takes_it(
    client: FlaskClient, organizer: Person, event: Event
) -> None:
    mine = hand_in(client, event)
    address = publish(organizer, event)
    assert "Suggested." in work(organizer, event, "words", text="I came for letters.", note="Shorter?", suggest="1")
    assert "beleive" in client.get(address).text
    page = client.get(mine).text
    assert "Shorter?" in page
    path = f"{mine}/proposals/{db.session.query(Suggestion).one().id}"
    assert post(client, f"{path}/accept", {}, form_at=mine).status_code == 303
    assert "I came for letters." in client.get(address).text
    again = post(client, f"{path}/accept", {}, form_at=mine)
    assert again.status_code == 422
    assert "no longer there" in again.text


def test_a_refused_suggestion_leaves_no_words(client: FlaskClient, organizer: Person, event: Event) -> None:
    mine = hand_in(client, event)
    work(organizer, event, "words", text="I came for letters.", note="Shorter?", suggest="1")
    path = f"{mine}/proposals/{db.session.query(Suggestion).one().id}"
    assert post(client, f"{path}/refuse", {}, form_at=mine).status_code == 303
    db.session.rollback()
    left = db.session.query(Suggestion).one()
    assert (left.text, left.note, left.is_refused) == ("", "", True)
    assert "beleive" in only().text


def test_a_translation_stands_beside_the_words_it_translates(
    client: FlaskClient, organizer: Person, event: Event
) -> None:
    mine = hand_in(client, event, **FREE)
    address = publish(organizer, event)
    work(organizer, event, "translate", language="es", text="Creo en las cartas.", translator="Sorrel")
    page = client.get(address).text
    assert "Creo en las cartas." in page
    assert "Translated by Sorrel" in page
    assert post(client, f"{mine}/translations/es/drop", {}, form_at=mine).status_code == 303
    assert "cartas" not in client.get(address).text


def test_a_translation_falls_with_the_words_it_translates(client: FlaskClient, organizer: Person, event: Event) -> None:
    mine = hand_in(client, event, **FREE)
    work(organizer, event, "translate", language="es", text="Creo en las cartas.")
    post(client, f"{mine}/change", {**FORM, **FREE, "text": "I came alone."})
    assert "cartas" not in client.get(publish(organizer, event)).text


@pytest.mark.parametrize(("language", "allowed"), [("es", {}), ("en", FREE), ("tlh", FREE)])
def test_a_translation_that_cannot_be_is_refused(
    client: FlaskClient, organizer: Person, event: Event, language: str, allowed: dict[str, str]
) -> None:
    hand_in(client, event, **allowed)
    work(organizer, event, "translate", language=language, text="Creo en las cartas.")
    assert only().translations == []


def test_a_short_quote_is_set_large_on_the_front_page(client: FlaskClient, organizer: Person, event: Event) -> None:
    hand_in(client, event)
    publish(organizer, event)
    work(organizer, event, "quotes", quotes="Nobody should sit for a word.")
    assert "<p>Nobody should sit for a word.</p>" in client.get("/").text
    refused = work(organizer, event, "quotes", quotes="Everybody should sit.")
    assert "not in the statement word for word" in refused
    assert "Everybody should sit." in refused


def test_a_statement_may_speak_of_several_actions_of_its_group(
    client: FlaskClient, organizer: Person, event: Event
) -> None:
    other = factories.event(organizer.group, title="The rally", starts_on=factories.past_day())
    foreign = factories.event(title="Elsewhere", starts_on=factories.past_day())
    hand_in(client, event)
    publish(organizer, event)
    assert "not a valid choice" in work(organizer, event, "beside", events=[event.id, foreign.id])
    work(organizer, event, "beside", events=[event.id, other.id])
    assert "in letters" in client.get(f"/events/{other.slug}").text
    assert "in letters" not in client.get(f"/events/{foreign.slug}").text
    assert "one action at least" in work(organizer, event, "beside", events=[])


def test_what_is_held_back_is_out_of_sight_at_once(client: FlaskClient, organizer: Person, event: Event) -> None:
    mine = hand_in(client, event)
    address = publish(organizer, event)
    assert post(organizer.client, f"{desk(event)}/hold", {}, form_at=desk(event)).status_code == 303
    assert client.get(address).status_code == 404
    assert "hold it back" in client.get(mine).text
    assert post(organizer.client, f"{desk(event)}/lift", {}, form_at=desk(event)).status_code == 303
    assert client.get(address).status_code == 404
    publish(organizer, event)
    assert client.get(address).status_code == 200


def test_search_engines_see_only_what_its_author_lets_them(
    client: FlaskClient, organizer: Person, event: Event
) -> None:
    mine = hand_in(client, event)
    address = publish(organizer, event)
    assert "noindex" in client.get(address).text
    shown = re.search(r'name="shown"[^>]*value="([^"]+)"', client.get(mine).text)
    assert shown
    allowed = {"uses": ["event_page", "site", "search"], "shown": shown[1]}
    assert post(client, f"{mine}/agree", allowed, form_at=mine).status_code == 303
    assert "noindex" not in client.get(address).text


def test_taking_leave_back_takes_the_translation_away(client: FlaskClient, organizer: Person, event: Event) -> None:
    mine = hand_in(client, event, **FREE)
    address = publish(organizer, event)
    work(organizer, event, "translate", language="es", text="Creo en las cartas.")
    shown = re.search(r'name="shown"[^>]*value="([^"]+)"', client.get(mine).text)
    assert shown
    post(client, f"{mine}/agree", {"uses": ["site"], "shown": shown[1]}, form_at=mine)
    assert "cartas" not in client.get(address).text


def test_the_city_goes_with_the_name_and_the_text_stays_public(
    client: FlaskClient, organizer: Person, event: Event
) -> None:
    mine = hand_in(client, event)
    address = publish(organizer, event)
    assert "Oakland" in client.get(address).text.partition("<footer")[0]
    post(client, f"{mine}/name", {}, form_at=mine)
    page = client.get(address)
    assert page.status_code == 200
    assert "Juniper" not in page.text
    assert '<span class="affiliation">' not in page.text


def test_what_was_said_of_a_private_action_is_not_brought_to_a_public_page(
    client: FlaskClient, organizer: Person, event: Event
) -> None:
    private = factories.event(organizer.group, starts_on=factories.past_day(), visibility=Visibility.PRIVATE)
    path = f"/events/{private.id}/statements/new"
    assert post(organizer.client, path, FORM).status_code == 303
    refused = work(organizer, private, "beside", events=[private.id, event.id])
    assert "fewer people see" in refused
    assert [row.id for row in only().events] == [private.id]


def test_a_waiting_suggestion_is_not_mended_away_unseen(client: FlaskClient, organizer: Person, event: Event) -> None:
    mine = hand_in(client, event, **FREE)
    work(organizer, event, "words", text="I came for letters.", note="Shorter?", suggest="1")
    page = organizer.client.get(f"{desk(event)}/words").text
    assert "A suggestion waits for its author" in page
    assert "<ins>" in page
    better = "I believe in letters.\n\nNobody should sit for a word."
    refused = work(organizer, event, "words", text=better, mend="1")
    assert "Tick below that you take it back" in refused
    assert "I believe in letters." in refused
    assert "Shorter?" in client.get(mine).text
    assert "beleive" in only().text

    assert "Mended." in work(organizer, event, "words", text=better, mend="1", take_back="y")
    assert "Shorter?" not in client.get(mine).text
    assert only().text == better


def test_without_a_suggestion_none_is_taken_back(client: FlaskClient, organizer: Person, event: Event) -> None:
    hand_in(client, event, **FREE)
    assert 'name="take_back"' not in organizer.client.get(f"{desk(event)}/words").text
