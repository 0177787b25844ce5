"""Bad input: a clear message or the right status, nothing that was typed is lost, never a 5xx."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from organizer.db import db
from organizer.events.models import Event
from organizer.statements.models import Statement
from tests import factories
from tests.factories import Person, post
from tests.statements.sending import FORM, at_desk, hand_in, publish


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"heard_by": ""}, "Who heard it?"),
        ({"read_back": []}, "Read the text back first"),
        ({"given_on": ""}, "Give a day from the action on"),
        ({"given_on": "2099-01-01"}, "Give a day from the action on"),
        ({"given_on": "2023-02-30"}, "Not a valid date"),
        ({"uses": []}, "leave all about consent empty"),
    ],
)
def test_half_a_consent_in_person_is_refused(
    organizer: Person, event: Event, changes: dict[str, object], sentence: str
) -> None:
    whole = {**FORM, "given_on": factories.past_day().isoformat(), "heard_by": "Wren", "read_back": ["text"]}
    sent = post(organizer.client, f"/events/{event.id}/statements/take", {**whole, **changes})
    assert sent.status_code == 422
    assert sentence in sent.text
    assert "because of the **letters**" in sent.text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"text": ""}, "Write a sentence at least."),
        ({"text": " \n\t "}, "Write a sentence at least."),
        ({"text": "\x00\x07"}, "Write a sentence at least."),
        ({"text": "a" * 100_000}, "20000"),
        ({"byline": "b" * 100_000, "byline_kind": "pseudonym"}, "80"),
        ({"byline": "Juniper"}, "what kind of name"),
        ({"byline_kind": "first_name"}, "Write the name as it should stand"),
        ({"byline_kind": "title"}, "Invalid Choice"),
        ({"byline_kind": ""}, "Choose how to sign"),
        ({"uses": []}, "Say where it may stand."),
        ({"uses": ["billboard"]}, "Invalid choice"),
        ({"uses": ["search"]}, "Say where it may stand."),
        ({"expires_on": "2020-01-01"}, "This day is over."),
        ({"expires_on": "soon"}, "Not a valid date"),
        ({"affiliation": "b" * 1000}, "120"),
        ({"language": "tlh"}, "Not a valid choice"),
        ({"website": "http://example.org"}, "Leave this field empty."),
    ],
)
def test_bad_input_is_told_and_what_was_typed_stays(
    client: FlaskClient, event: Event, changes: dict[str, object], sentence: str
) -> None:
    form = {**FORM, **changes}
    refused = post(client, f"/events/{event.slug}/statements/new", form)
    assert refused.status_code == 422
    assert sentence in refused.text
    assert db.session.query(Statement).count() == 0
    if "text" not in changes:
        assert "because of the **letters**" in refused.text


def test_two_hundred_kilobytes_in_another_script_get_an_answer(client: FlaskClient, event: Event) -> None:
    refused = post(client, f"/events/{event.slug}/statements/new", {**FORM, "text": "я" * 100_000})
    assert refused.status_code in (413, 422)


@pytest.mark.parametrize(
    ("text", "byline"),
    [
        ("Я пришла, потому что молчать нельзя.", "Ксения"),
        ("آمدم چون سکوت همدستی است.", "نسرین"),
        ("我来是因为不能沉默。", "小林"),
        ("Zażółć gęślą jaźń 🕊️", "🌻"),
    ],
)
def test_other_scripts_stand_as_they_were_written(
    client: FlaskClient, organizer: Person, event: Event, text: str, byline: str
) -> None:
    hand_in(client, event, {**FORM, "text": text, "byline_kind": "pseudonym", "byline": byline})
    page = client.get(publish(organizer, event)).text
    assert text in page
    assert byline in page


def test_markup_and_controls_do_nothing(client: FlaskClient, organizer: Person, event: Event) -> None:
    text = "<script>alert(1)</script> ![x](https://example.org/x.png) [here](javascript:alert(1)) [there](https://example.org)\x00\x1b"
    hand_in(client, event, {**FORM, "text": text, "byline_kind": "pseudonym", "byline": "<b onload=x>Leek\x07</b>"})
    pages = client.get(publish(organizer, event)).text + organizer.client.get(at_desk(event)).text
    pages += organizer.client.get(f"/events/{event.id}/statements").text + client.get("/statements").text
    assert "<script>alert" not in pages
    assert "<b onload" not in pages
    assert "<img" not in pages
    assert 'href="javascript' not in pages
    assert not re.search(r"[\x00\x07\x1b]", pages)
    assert re.search(r'<a href="https://example.org"[^>]*rel="[^"]*nofollow', pages)


def test_a_form_without_token_is_shown_again_filled(client: FlaskClient, event: Event) -> None:
    sent = client.post(f"/events/{event.slug}/statements/new", data=FORM)
    assert sent.status_code == 422
    assert "because of the **letters**" in sent.text
