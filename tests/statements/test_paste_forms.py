"""What goes wrong with a transcript is told, and nothing typed is lost."""

from __future__ import annotations

import pytest
from flask import Flask

from organizer.db import db
from organizer.events.models import Event
from organizer.statements import slips
from organizer.statements.slips import ConsentSlip
from tests import factories
from tests.factories import Person
from tests.reading import Page
from tests.statements.pasting import FIVE, blocks_on, card, form_on, kept, pasted, send


@pytest.fixture
def address(event: Event) -> str:
    return f"/events/{event.id}/statements/paste"


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
