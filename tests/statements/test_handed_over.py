"""What was written down on the street without consent: how its author is reached afterwards."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from organizer import clock
from organizer.db import db
from organizer.errors import RuleError
from organizer.events.models import Event
from organizer.statements import editing, slips
from organizer.statements import service as statements
from organizer.statements.models import Statement
from organizer.statements.rules import ReviewDetails, SuggestionDetails
from tests import factories
from tests.factories import Person, post
from tests.statements.saying import EVERYWHERE, WORDS, in_person, seen, shown, submitted

SECRET = re.compile(r'value="http://localhost(/s/[^"]+)"')
HEARD: dict[str, object] = {"uses": ["event_page"], "heard_by": "Wren", "read_back": ["text", "byline"]}


@pytest.fixture
def noted(organizer: Person, event: Event) -> Statement:
    return statements.note_down(event, replace(WORDS[1]), None, organizer.account_id)


def at_desk(event: Event, statement: Statement, act: str = "") -> str:
    return f"/events/{event.id}/statements/{statement.id}{act}"


def desk(organizer: Person, event: Event, statement: Statement) -> str:
    return organizer.client.get(at_desk(event, statement)).text


def hear(organizer: Person, event: Event, statement: Statement, **changes: object) -> tuple[int, str]:
    """Fill in on the organizers' page what was agreed to in person; the answer, after where it leads to."""
    form = {**HEARD, "shown": shown(statement), "given_on": factories.past_day().isoformat(), **changes}
    page = at_desk(event, statement)
    sent = post(organizer.client, f"{page}/in-person", form, form_at=page)
    return sent.status_code, sent.text


def test_its_link_waits_with_the_organizers_until_its_author_has_answered_by_it(
    app: Flask, organizer: Person, event: Event, noted: Statement
) -> None:
    secret = SECRET.search(desk(organizer, event, noted))
    assert secret
    author = app.test_client()
    mine = author.get(secret[1]).location
    agreed = post(author, f"{mine}/agree", {"shown": shown(noted), "uses": ["event_page"]}, form_at=mine)
    assert agreed.status_code == 303
    page = desk(organizer, event, noted)
    assert not SECRET.search(page)
    assert "They agreed in person just now" not in page


def test_the_link_stays_with_its_author_when_the_consent_has_ended(
    organizer: Person, event: Event, noted: Statement
) -> None:
    statements.agree(noted, replace(EVERYWHERE, expires_on=clock.today()), shown(noted))
    assert editing.end_consent(noted, clock.today() + timedelta(days=1))
    page = desk(organizer, event, noted)
    assert "has not agreed yet" in page
    assert not SECRET.search(page)


def test_any_answer_by_the_link_makes_it_the_authors_own(organizer: Person, event: Event) -> None:
    for answer in (statements.renew_link, statements.take_name_back):
        statement = statements.note_down(event, replace(WORDS[1]), None, organizer.account_id)
        answer(statement)
        assert not SECRET.search(desk(organizer, event, statement))


@pytest.mark.parametrize("answer", [editing.accept, editing.refuse])
def test_so_does_an_answer_to_a_suggestion(
    organizer: Person, event: Event, noted: Statement, answer: Callable[[Statement, str], None]
) -> None:
    editing.suggest(noted, SuggestionDetails("I came for letters."), organizer.account_id)
    answer(noted, noted.suggestions[0].id)
    assert not SECRET.search(desk(organizer, event, noted))


def test_an_organizer_who_removes_the_name_still_reaches_its_author(
    organizer: Person, event: Event, noted: Statement
) -> None:
    statements.take_name_back(noted, organizer.account_id)
    assert SECRET.search(desk(organizer, event, noted))


def test_nobody_else_is_shown_the_link_of_what_its_author_sent_or_holds_a_slip_for(
    organizer: Person, event: Event
) -> None:
    sent = submitted(event)
    slips.make_sheet(event, organizer.account_id)
    number = db.session.query(slips.ConsentSlip).first()
    assert number
    with_slip = statements.note_down(event, replace(WORDS[3]), None, organizer.account_id, number.number)
    heard = statements.note_down(event, replace(WORDS[1]), in_person(), organizer.account_id)
    for statement in (sent, with_slip, heard):
        assert not SECRET.search(desk(organizer, event, statement))


def test_what_they_agreed_to_in_person_afterwards_makes_it_public(
    client: FlaskClient, organizer: Person, event: Event, noted: Statement
) -> None:
    statements.publish(noted, seen(event), ReviewDetails(shown(noted)), organizer.account_id)
    assert client.get(f"/statements/{noted.id}").status_code == 404
    assert hear(organizer, event, noted)[0] == 303
    assert client.get(f"/statements/{noted.id}").status_code == 200
    page = desk(organizer, event, noted)
    assert "Wren" in page
    assert not SECRET.search(page)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"heard_by": ""}, "Who heard it?"),
        ({"read_back": ["text"]}, "Read the text back first"),
        ({"given_on": ""}, "Give a day from the action on"),
        ({"uses": [], "heard_by": "", "read_back": []}, "Say where it may stand."),
        ({"shown": "something else"}, "changed a moment ago"),
    ],
)
def test_half_of_it_is_refused_and_nothing_typed_is_lost(
    organizer: Person, event: Event, noted: Statement, changes: dict[str, object], sentence: str
) -> None:
    status, page = hear(organizer, event, noted, **changes)
    assert status == 422
    assert sentence in page
    assert str(changes.get("heard_by", "Wren")) in page
    db.session.rollback()
    assert noted.consents == []


def test_nobody_says_in_person_what_the_author_decides_by_the_link(organizer: Person, event: Event) -> None:
    statement = submitted(event)
    with pytest.raises(RuleError):
        statements.agree_in_person(statement, seen(event), in_person(), shown(statement), organizer.account_id)
    assert statement.consents[0].way == "link"
