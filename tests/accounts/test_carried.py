"""What becomes of a form whose session has ended when it is sent."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from organizer.accounts.models import Account
from organizer.db import db
from tests import factories
from tests.factories import PASSWORD, Person, post

NAME = "ana of the table"


@pytest.fixture
def ana(app: Flask) -> Account:
    return factories.account(NAME)


def _fields(page: str) -> dict[str, str]:
    found = re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in found}


def _is_signed_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def _name_of(person: Person) -> str:
    return db.session.get_one(Account, person.account_id).name


TYPED = {
    "name": 'The Group\'s "New" Name',
    "about": "First line\r\nSecond <b>line</b> & more",
    "contact": "table@bay.example",
    "zone": "Europe/Kyiv",
    "language": "uk",
}


@pytest.fixture
def address(organizer: Person) -> str:
    return f"/groups/{organizer.group.slug}/edit"


def _send_after_the_session_ended(organizer: Person, address: str, typed: Mapping[str, object]) -> TestResponse:
    organizer.client.get(address)
    organizer.client.delete_cookie("session")
    return post(organizer.client, address, typed, form_at="/sign-in")


def test_a_form_whose_session_has_ended_is_shown_filled_again_after_signing_in(organizer: Person, address: str) -> None:
    typed = {**TYPED, "city_id": organizer.group.city_id}
    name = _name_of(organizer)

    asked = _send_after_the_session_ended(organizer, address, typed)
    assert asked.status_code == 403
    assert "What you typed is kept" in asked.text
    action = re.search(r'action="(/sign-in[^"]*)"', asked.text)
    assert action
    assert "Second" not in action[1]

    wrong = organizer.client.post(
        html.unescape(action[1]), data={**_fields(asked.text), "name": name, "password": "not the right one"}
    )
    assert wrong.status_code == 422

    back = organizer.client.post(
        html.unescape(action[1]), data={**_fields(wrong.text), "name": name, "password": PASSWORD}
    )
    assert back.status_code == 200
    assert f'action="{address}"' in back.text
    kept = _fields(back.text)
    assert {name: kept[name] for name in typed} == typed

    shown = organizer.client.post(address, data=kept)
    assert shown.status_code == 422
    assert "Nothing is sent yet" in shown.text
    assert "Second &lt;b&gt;line&lt;/b&gt;" in shown.text
    assert organizer.group.name not in _fields(shown.text).values()

    token = _fields(shown.text)["csrf_token"]
    assert organizer.client.post(address, data={**kept, "csrf_token": token}).status_code == 303
    db.session.refresh(organizer.group)
    assert organizer.group.name == typed["name"]


def test_as_much_as_is_carried_comes_back_from_the_sign_in(organizer: Person, address: str) -> None:
    typed = {"about": '🌻"\\' * 110_000}
    asked = _send_after_the_session_ended(organizer, address, typed)
    assert "What you typed is kept" in asked.text
    signed_in = {**_fields(asked.text), "name": _name_of(organizer), "password": PASSWORD}
    back = organizer.client.post(f"/sign-in?next={address}", data=signed_in)
    assert back.status_code == 200
    assert _fields(back.text)["about"] == typed["about"]


@pytest.mark.parametrize("size", [900_001, 4_000_000])
def test_what_is_too_large_to_be_carried_is_said_and_can_be_sent_once_more(
    organizer: Person, address: str, size: int
) -> None:
    asked = _send_after_the_session_ended(organizer, address, {"about": "a" * size})

    assert asked.status_code == 403
    assert "too large to be kept here. Leave this page open" in asked.text
    assert "aaaa" not in asked.text


def test_what_is_carried_holds_no_password_and_no_old_token(organizer: Person, address: str) -> None:
    asked = _send_after_the_session_ended(
        organizer, address, {"name": "N", "password": "a secret of mine", "password_again": "a secret of mine"}
    )
    carried = _fields(asked.text)["carried"]

    assert carried == '[["began", ""], ["name", "N"]]'
    assert "a secret of mine" not in asked.text


def test_a_button_that_was_pressed_too_late_can_be_pressed_again(app: Flask, organizer: Person) -> None:
    event = factories.event(organizer.group, published=False)
    organizer.client.get("/account")
    asked = _send_after_the_session_ended(organizer, f"/events/{event.id}/publish", {})
    signed_in = organizer.client.post(
        f"/sign-in?next=/events/{event.id}/publish",
        data={**_fields(asked.text), "name": _name_of(organizer), "password": PASSWORD},
    )
    assert f'action="/events/{event.id}/publish"' in signed_in.text

    shown = organizer.client.post(f"/events/{event.id}/publish", data=_fields(signed_in.text))
    assert shown.status_code == 422
    token = _fields(shown.text)["csrf_token"]
    assert organizer.client.post(f"/events/{event.id}/publish", data={"csrf_token": token}).status_code == 303


@pytest.mark.usefixtures("ana")
@pytest.mark.parametrize("carried", ["", "nonsense", "{}", "[1]", '[["a"]]', "[" * 50_000, '{"a": {"b": 1}}'])
def test_what_claims_to_be_carried_and_is_not_is_left_behind(client: FlaskClient, carried: str) -> None:
    answer = post(client, "/sign-in?next=/past", {"name": NAME, "password": PASSWORD, "carried": carried})

    assert answer.status_code in (200, 303)
    assert _is_signed_in(client)


@pytest.mark.usefixtures("ana")
def test_nothing_is_sent_in_her_name_by_signing_in(client: FlaskClient, organizer: Person, address: str) -> None:
    planted = '[["name", "Taken over"], ["zone", "UTC"], ["language", "en"]]'
    back = post(
        organizer.client,
        f"/sign-in?next={address}",
        {"name": _name_of(organizer), "password": PASSWORD, "carried": planted},
    )

    assert "csrf_token" not in back.text
    assert organizer.client.post(address, data=_fields(back.text)).status_code == 422
    db.session.refresh(organizer.group)
    assert organizer.group.name != "Taken over"
