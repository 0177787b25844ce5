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
from werkzeug.test import TestResponse

from organizer.db import db
from organizer.events.models import Event
from organizer.statements import queries, slips, transcripts
from organizer.statements.cues import Role
from organizer.statements.models import Statement
from organizer.statements.rules import BylineKind, State
from organizer.statements.slips import ConsentSlip
from organizer.statements.transcript import read
from tests import factories
from tests.factories import Person
from tests.reading import Form, Page
from tests.statements.test_transcript import STYLES, Said, messy, said, words

FIVE = """Why we came

I came because one of them looked back at me.

They feel.

—Juniper Vale, Oakland

Photo: Leek

I came with my daughter.

—Maria K.

[She laughed.]

I have no words."""
Sent = dict[str, list[str]]


@pytest.fixture
def event(organizer: Person) -> Event:
    return factories.event(organizer.group, starts_on=factories.past_day())


@pytest.fixture
def address(event: Event) -> str:
    return f"/events/{event.id}/statements/paste"


def form_on(page: str, address: str) -> Form:
    return next(form for form in Page(page, address).forms if form.method == "post" and form.path == address)


def send(client: FlaskClient, address: str, page: str, step: str, **changes: object) -> TestResponse:
    """Press a button of the page, with all that stands in its form; None leaves a field out."""
    sent = {
        **form_on(page, address).filled(),
        "step": step,
        **{name.replace("__", "-"): each for name, each in changes.items()},
    }
    return client.post(address, data={name: value for name, value in sent.items() if value is not None})


def pasted(client: FlaskClient, address: str, text: str) -> str:
    page = send(client, address, client.get(address).text, "read", text=text)
    assert page.status_code == 200, page.text
    return page.text


def blocks_on(page: str, address: str) -> list[str]:
    fields = form_on(page, address).fields
    return [fields[f"text-{number}"].value for number in range(int(fields["blocks"].value))]


def number_of(page: str, address: str, text: str) -> int:
    return blocks_on(page, address).index(text)


def card(page: str, number: int) -> str:
    """What a statement's fields are called by."""
    keys = re.findall(r'id="(s[0-9a-f]{12}[0-9]+-)title">Statement (\d+)', page)
    return next(key for key, at in keys if int(at) == number)


def kept() -> list[Statement]:
    db.session.rollback()
    return sorted(db.session.query(Statement), key=lambda statement: statement.text)


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
    assert led.location == f"/s/{queries.link_token(first)}"


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


# What goes wrong is told, and nothing typed is lost.


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Paste what was said."),
        (" \n\u200f\n\x00", "Paste what was said."),
        ("a" * 200_001, "each of 200000 characters at most"),
        ("a\n\n" * 2_001, "each of 2000 paragraphs at most"),
        ("a\n" * 10_001, "each of 10000 lines at most"),
    ],
)
def test_a_paste_that_cannot_be_read_is_told(organizer: Person, address: str, text: str, sentence: str) -> None:
    refused = send(organizer.client, address, organizer.client.get(address).text, "read", text=text)
    assert refused.status_code == 422
    assert sentence in refused.text
    assert form_on(refused.text, address).fields["text"].value.strip("\x00 \n") == text.strip("\x00 \n")


@pytest.mark.parametrize("step", ["look", "go", "keep"])
@pytest.mark.parametrize(
    "changes", [{"role-1": None}, {"was-2": "x"}, {"blocks": "3"}, {"text-1": None}, {"role-0": "poet"}]
)
def test_what_comes_damaged_is_told(organizer: Person, address: str, step: str, changes: dict[str, object]) -> None:
    review = pasted(organizer.client, address, FIVE)
    refused = send(organizer.client, address, review, step, **changes)
    assert refused.status_code == 422
    assert "Something was lost on the way" in refused.text
    lost = {blocks_on(review, address)[1]} if "text-1" in changes else set()
    assert blocks_on(refused.text, address) == [text for text in blocks_on(review, address) if text not in lost]
    assert send(organizer.client, address, refused.text, "look").status_code == 200
    assert kept() == []


def test_more_paragraphs_than_there_may_be_are_told_and_kept(organizer: Person, address: str) -> None:
    review = pasted(organizer.client, address, "a\n\n" * 1_999)
    more = "b\r\n\r\n" * 1_001
    refused = send(organizer.client, address, review, "look", **{"text-0": more})
    assert refused.status_code == 422
    assert "each of 2000 paragraphs at most" in refused.text
    assert blocks_on(refused.text, address)[0].count("b") == 1_001
    many = {
        f"{name}-{at}": value
        for at in range(3_000)
        for name, value in (("text", "a"), ("role", "said"), ("was", "said.0.plain"))
    }
    refused = send(organizer.client, address, review, "go", **many, blocks="3000")
    assert refused.status_code == 422
    assert len(blocks_on(refused.text, address)) == 3_000


def test_a_token_that_is_old_shows_all_of_it_again(organizer: Person, address: str) -> None:
    client = organizer.client
    review = pasted(client, address, FIVE)
    sign = send(client, address, review, "go").text
    for page, step in ((review, "look"), (review, "go"), (sign, "keep")):
        refused = send(client, address, page, step, csrf_token="old", heard_by="Wren")
        assert refused.status_code == 422
        assert "Nothing is sent yet." in refused.text
        assert blocks_on(refused.text, address) == blocks_on(review, address)
        assert form_on(refused.text, address).fields["heard_by"].value == "Wren"
        assert ('id="signed"' in refused.text) == (step == "keep")
    assert kept() == []


def test_a_session_that_has_ended_loses_nothing(app: Flask, organizer: Person, address: str) -> None:
    sign = send(organizer.client, address, pasted(organizer.client, address, FIVE), "go").text
    asked = send(app.test_client(), address, sign, "keep", heard_by="Wren")
    assert asked.status_code == 403
    carried = next(form for form in Page(asked.text, address).forms if "carried" in form.fields)
    assert "They feel." in carried.fields["carried"].value
    assert "Wren" in carried.fields["carried"].value


def test_nothing_said_or_nothing_ticked_is_told(organizer: Person, address: str) -> None:
    client = organizer.client
    notes = send(client, address, pasted(client, address, "[She laughed.]"), "go")
    assert (notes.status_code, "Nothing here is marked as said." in notes.text) == (422, True)
    sign = send(client, address, pasted(client, address, FIVE), "go").text
    none = send(client, address, sign, "keep", **{f"{card(sign, 1)}keep": None, f"{card(sign, 2)}keep": None})
    assert (none.status_code, "Tick at least one statement to keep." in none.text) == (422, True)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"byline": ""}, "Write the name as it should stand there"),
        ({"byline": "b" * 81}, "80 characters"),
        ({"affiliation": "b" * 121}, "120 characters"),
        ({"byline_kind": "none"}, "Say above what kind of name this is"),
        ({"byline_kind": None}, "Choose how to sign."),
        ({"byline_kind": "title"}, "Invalid Choice"),
        ({"language": "tlh"}, "Not a valid choice"),
        ({"slip": "12"}, "A slip’s number has six digits."),
        ({"agreed": "y"}, "Say where it may stand."),
    ],
)
def test_what_is_wrong_with_a_statement_stands_beside_it(
    organizer: Person, address: str, changes: dict[str, object], sentence: str
) -> None:
    sign = send(organizer.client, address, pasted(organizer.client, address, FIVE), "go").text
    key = card(sign, 2)
    typed = {f"{key}{name}": value for name, value in changes.items()}
    refused = send(organizer.client, address, sign, "keep", **{f"{key}affiliation": "Berkeley", **typed})
    assert refused.status_code == 422
    assert sentence in refused.text
    assert ("Statement 2: " in refused.text) == ("agreed" not in changes)
    filled = form_on(refused.text, address).filled()
    assert [filled.get(name, [None])[0] for name in typed if "language" not in name and "kind" not in name] == [
        value for name, value in typed.items() if "language" not in name and "kind" not in name
    ]
    assert kept() == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"heard_by": ""}, "Who heard it?"),
        ({"read_back": ["text"]}, "Read the text back first, and the name if there is one."),
        ({"given_on": ""}, "Give a day from the action on"),
        ({"uses": []}, "leave all about consent empty"),
        ({"agreed": None}, "Tick above who agreed"),
    ],
)
def test_half_a_consent_is_refused(organizer: Person, address: str, changes: dict[str, object], sentence: str) -> None:
    sign = send(organizer.client, address, pasted(organizer.client, address, FIVE), "go").text
    whole = {"uses": ["site"], "heard_by": "Wren", "read_back": ["text", "byline"], "agreed": "y", **changes}
    agreed = whole.pop("agreed")
    refused = send(organizer.client, address, sign, "keep", **whole, **{f"{card(sign, 1)}agreed": agreed})
    assert refused.status_code == 422
    assert sentence in refused.text
    assert kept() == []


def test_a_slip_serves_once(organizer: Person, address: str, event: Event) -> None:
    slips.make_sheet(event, "")
    slip = db.session.query(ConsentSlip).first()
    assert slip
    sign = send(organizer.client, address, pasted(organizer.client, address, FIVE), "go").text
    both = {f"{card(sign, number)}slip": slip.number for number in (1, 2)}
    refused = send(organizer.client, address, sign, "keep", **both)
    assert refused.status_code == 422
    assert "Statement 2: This slip is used already" in refused.text
    assert kept() == []


def test_pressing_twice_keeps_once(organizer: Person, address: str) -> None:
    sign = send(organizer.client, address, pasted(organizer.client, address, FIVE), "go").text
    assert send(organizer.client, address, sign, "keep").status_code == 303
    twice = send(organizer.client, address, sign, "keep")
    assert twice.status_code == 422
    assert "These words are kept already, under this name." in twice.text
    assert len(kept()) == 2


def test_a_statement_that_is_too_long_is_told(organizer: Person, address: str) -> None:
    text = "\n\n".join(["They feel. " * 900] * 3) + "\n\n—Wren"
    sign = send(organizer.client, address, pasted(organizer.client, address, text), "go").text
    refused = send(organizer.client, address, sign, "keep")
    assert refused.status_code == 422
    assert "This is longer than 20000 characters." in refused.text


def test_before_the_action_nothing_is_taken(organizer: Person) -> None:
    event = factories.event(organizer.group)
    address = f"/events/{event.id}/statements/paste"
    refused = send(organizer.client, address, organizer.client.get(address).text, "read", text=FIVE)
    assert refused.status_code == 422
    assert "The action has not begun." in refused.text
    assert "one of them looked back" in refused.text


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
