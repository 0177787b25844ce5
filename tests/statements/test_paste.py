"""A transcript of many, from the paste to the queue, as a browser without script sends it."""

from __future__ import annotations

import re
import time
from collections import Counter

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from organizer.db import db
from organizer.events.models import Event
from organizer.statements import opening, slips, transcripts
from organizer.statements.cues import Role
from organizer.statements.models import Statement
from organizer.statements.rules import BylineKind, State
from organizer.statements.slips import ConsentSlip
from organizer.statements.transcript import read
from tests import factories
from tests.factories import Person
from tests.statements.pasting import FIVE, blocks_on, card, form_on, kept, number_of, pasted, send
from tests.statements.transcribing import STYLES, Said, messy, said, words


@pytest.fixture
def address(event: Event) -> str:
    return f"/events/{event.id}/statements/paste"


# The journey.


def test_from_the_paste_to_the_queue(organizer: Person, address: str, event: Event) -> None:
    client = organizer.client
    review = pasted(client, address, FIVE)
    assert "Juniper Vale, Oakland" in review
    assert "A short line before or after all statements." in review
    assert db.session.query(Statement).count() == 0
    sign = send(client, address, review, "go").text
    assert "One statement is unsigned. It is left out unless you tick it." in sign
    assert "A full name stays findable for years" in sign
    assert 'value="Photo: Leek"' in sign
    assert 'value="[She laughed.]"' in sign
    done = send(client, address, sign, "keep")
    assert (done.status_code, done.location) == (303, f"/events/{event.id}/statements")
    assert "2 statements wait to be read." in client.get(done.location).text
    first, second = kept()
    assert first.text == "I came because one of them looked back at me.\n\nThey feel."
    assert (first.byline, first.affiliation, first.byline_kind) == ("Juniper Vale", "Oakland", BylineKind.FULL_NAME)
    assert (second.byline, second.byline_kind, second.state) == ("Maria K.", BylineKind.FIRST_NAME, State.SUBMITTED)
    assert [statement.consents for statement in (first, second)] == [[], []]
    assert [statement.events for statement in (first, second)] == [[event], [event]]


def test_some_have_agreed_and_some_have_a_slip(app: Flask, organizer: Person, address: str, event: Event) -> None:
    slips.make_sheet(event, "")
    slip = db.session.query(ConsentSlip).first()
    assert slip
    sign = send(organizer.client, address, pasted(organizer.client, address, FIVE), "go").text
    one, three = card(sign, 1), card(sign, 3)
    choices = {
        f"{one}agreed": "y",
        f"{one}slip": slip.shown_number,
        f"{three}keep": "y",
        f"{three}language": "uk",
        "uses": ["site"],
        "read_back": ["text", "byline"],
        "heard_by": "Wren",
    }
    assert send(organizer.client, address, sign, "keep", **choices).status_code == 303
    first, _second, third = kept()
    assert [use.value for use in first.consents[0].uses] == ["site"]
    assert (third.text, third.byline, third.language, third.consents) == ("I have no words.", "", "uk", [])
    led = app.test_client().get(f"/s/slip/{slips.link_token(slip)}")
    assert led.location == f"/s/{opening.link_token(first)}"


def test_the_editor_moves_joins_and_splits(organizer: Person, address: str) -> None:
    client = organizer.client
    review = pasted(client, address, "I came.\n\nWren Marlow\n\nI saw it. I left.\n\n—Leek\n\nI stayed.\n\n—Sorrel")
    name = number_of(review, address, "Wren Marlow")
    again = send(client, address, review, "look", **{f"role-{name}": "byline"})
    assert again.status_code == 200
    assert "Set for you: look here" in again.text
    assert "You chose this." in again.text
    third = number_of(again.text, address, "I saw it. I left.")
    cut = send(client, address, again.text, "look", **{f"text-{third}": "I saw it.\r\n\r\nI left."}).text
    assert "Set for you" not in cut
    assert blocks_on(cut, address)[2:4] == ["I saw it.", "I left."]
    last = number_of(cut, address, "I stayed.")
    joined = send(client, address, cut, "go", **{f"begins-{last}": None}).text
    assert send(client, address, joined, "keep").status_code == 303
    assert [(each.byline, each.text) for each in kept()] == [
        ("Wren Marlow", "I came."),
        ("Leek; Sorrel", "I saw it.\n\nI left.\n\nI stayed."),
    ]


def test_a_boundary_that_is_set_for_the_editor_is_seen_before_going_on(organizer: Person, address: str) -> None:
    review = pasted(organizer.client, address, "I came.\n\nWren Marlow\n\nI saw it.\n\n—Leek")
    held = send(organizer.client, address, review, "go", **{"role-1": "byline"})
    assert held.status_code == 422
    assert "Below each name that you marked, a new statement begins now." in held.text
    assert "Set for you: look here" in held.text
    assert 'id="signed"' in send(organizer.client, address, held.text, "go").text


def test_a_single_name_with_a_colon_is_set_apart_as_the_page_says(organizer: Person, address: str) -> None:
    assert "set it apart by a blank line" in organizer.client.get(address).text
    review = pasted(organizer.client, address, "I came.\n\nWren Marlow: I saw it. I stayed.\n\nI left.\n\n—Leek")
    assert "Type a blank line behind the colon" in review
    mended = {"text-1": "Wren Marlow:\r\n\r\nI saw it. I stayed.", "role-1": "byline"}
    held = send(organizer.client, address, review, "go", **mended)
    assert held.status_code == 422
    assert "words belong elsewhere now" in held.text
    assert "It was cut from a name." in held.text
    signed = send(organizer.client, address, held.text, "go").text
    assert send(organizer.client, address, signed, "keep").status_code == 303
    assert [(each.byline, each.text) for each in kept()] == [
        ("Leek", "I left."),
        ("Wren Marlow", "I saw it. I stayed."),
    ]


def test_doubtful_places_and_both_ends_ask_to_be_looked_at(organizer: Person, address: str) -> None:
    review = pasted(
        organizer.client, address, "I came.\n\n—Juniper\n\nRemember: they feel.\n\n—Wren\n\nI saw.\n\n—Leek"
    )
    headings = re.findall(r"<h2 id=\"group-\d+\">(.*?)</h2>", review, re.DOTALL)
    assert ["Look here" in heading for heading in headings] == [True, False, True]
    assert re.search(r"Look here</span> It looks like a name", review)


def test_going_back_loses_nothing_that_was_typed(organizer: Person, address: str) -> None:
    client = organizer.client
    sign = send(client, address, pasted(client, address, FIVE), "go").text
    one = card(sign, 1)
    typed = {f"{one}byline": "Juniper V.", f"{one}slip": "123", "heard_by": "Wren", "uses": ["site"]}
    back = send(client, address, sign, "look", **typed, read_back=["text", "byline"]).text
    assert re.findall(r'name="read_back" value="(\w+)"', back) == ["text", "byline"]
    forth = form_on(send(client, address, back, "go").text, address).filled()
    assert {name: forth[name] for name in typed} == {
        name: [value] if isinstance(value, str) else value for name, value in typed.items()
    }


# Nothing is lost, doubled or given to another.


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=messy.filter(lambda text: bool(read(transcripts.clean(text)))))
def test_a_page_sends_back_what_was_pasted(organizer: Person, address: str, text: str) -> None:
    blocks = read(transcripts.clean(text))
    review = pasted(organizer.client, address, text)
    assert blocks_on(review, address) == [block.text for block in blocks]
    again = send(organizer.client, address, review, "look")
    assert again.status_code == 200
    first, second = (form_on(page, address).filled() for page in (review, again.text))
    assert first | {"csrf_token": second["csrf_token"]} == second
    sign = send(organizer.client, address, again.text, "go").text
    assert blocks_on(sign, address) == [block.text for block in blocks]


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    people=st.lists(said, min_size=1, max_size=5, unique_by=lambda each: each[2]), style=st.sampled_from(sorted(STYLES))
)
def test_what_is_kept_of_each_is_just_hers(organizer: Person, address: str, people: list[Said], style: str) -> None:
    for statement in kept():
        db.session.delete(statement)
    db.session.commit()
    text = "Why we came\n\n" + "\n\n".join(map(STYLES[style], people)) + "\n\nShare this"
    sign = send(organizer.client, address, pasted(organizer.client, address, text), "go").text
    done = send(organizer.client, address, sign, "keep")
    assert done.status_code == 303, done.text
    expected = Counter(("\n\n".join(paragraphs), name, city) for name, city, paragraphs in people)
    assert Counter((each.text, each.byline, each.affiliation) for each in kept()) == expected


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=messy.filter(lambda text: bool(read(transcripts.clean(text)))), data=st.data())
def test_whatever_the_editor_chooses_each_word_is_on_the_page_once(
    organizer: Person, address: str, text: str, data: st.DataObject
) -> None:
    review = pasted(organizer.client, address, text)
    names = [f"role-{number}" for number in range(len(blocks_on(review, address)))]
    roles = {name: data.draw(st.sampled_from(Role)) for name in names}
    again = send(organizer.client, address, review, "look", **roles)
    assert again.status_code == 200
    assert words(*blocks_on(again.text, address)) == words(transcripts.clean(text))


def test_it_is_the_organizers_own(app: Flask, client: FlaskClient, organizer: Person, address: str) -> None:
    review = pasted(organizer.client, address, FIVE)
    stranger = factories.person(app).client
    assert stranger.get(address).status_code == 404
    for step in ("read", "look", "go", "keep"):
        assert send(stranger, address, review, step).status_code == 404
    assert client.get(address).status_code in (302, 303, 401)
    assert kept() == []


def test_what_looks_like_markup_stays_words(organizer: Person, address: str) -> None:
    text = "I came <b>for</b> her & him. </textarea><script>alert(1)</script>\n\n—“Wren” <i>"
    review = pasted(organizer.client, address, text)
    assert blocks_on(review, address)[0] == "I came <b>for</b> her & him. </textarea><script>alert(1)</script>"
    assert "<script>alert" not in review + send(organizer.client, address, review, "go").text


# As large as it may be.


def test_two_thousand_paragraphs_are_shown_and_sent_back(organizer: Person, address: str) -> None:
    text = "\n\n".join(f"{'Вони відчувають. ' * 3} {number}\n\n—Анна" for number in range(1_000))
    began = time.monotonic()
    review = pasted(organizer.client, address, text)
    again = send(organizer.client, address, review, "look")
    assert again.status_code == 200
    assert len(blocks_on(again.text, address)) == 2_000
    assert time.monotonic() - began < 20  # seconds, on a busy machine; alone it takes a tenth
    many = send(organizer.client, address, again.text, "go")
    assert many.status_code == 422
    assert "These are 1000 statements." in many.text


@pytest.mark.parametrize("sign", ["a", "я", "我", "🐔"])
def test_the_longest_transcript_of_any_script_comes_back(organizer: Person, address: str, sign: str) -> None:
    lines = ("\n\n".join([sign * 198] * 1_000))[:199_000]
    review = pasted(organizer.client, address, lines)
    assert send(organizer.client, address, review, "look").status_code == 200
    assert words(*blocks_on(review, address)) == words(lines)
