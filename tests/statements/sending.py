"""Statements sent as browsers send them, by their authors and by editors."""

from __future__ import annotations

import re

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from organizer.db import db
from organizer.events.models import Event
from organizer.statements.models import Statement
from tests.factories import Person, post

SECRET = re.compile(r'value="http://localhost(/s/[^"]+)"')

FORM: dict[str, object] = {
    "text": "I came because of the **letters**.\n\nNobody should sit for a word.",
    "language": "en",
    "byline_kind": "none",
    "byline": "",
    "uses": ["event_page", "site"],
}

NAMED = {**FORM, "byline_kind": "full_name", "byline": "Juniper Vale"}


def hand_in(client: FlaskClient, event: Event, form: dict[str, object] = FORM) -> tuple[str, str]:
    """Send the form; return the clean address of the author's page, and the secret link."""
    sent = post(client, f"/events/{event.slug}/statements/new", form)
    assert sent.status_code == 303, sent.text
    mine = client.get(sent.location)
    secret = SECRET.search(mine.text)
    assert mine.status_code == 200
    assert secret
    return sent.location.partition("?")[0], secret[1]


def only() -> Statement:
    db.session.rollback()
    return db.session.query(Statement).one()


def at_desk(event: Event, act: str = "") -> str:
    return f"/events/{event.id}/statements/{only().id}{act}"


def decide(organizer: Person, event: Event, act: str, **data: object) -> TestResponse:
    """Press an editor's button on the statement's page, with what its form carries."""
    page = organizer.client.get(at_desk(event)).text
    shown = re.search(r'name="shown"[^>]*value="([^"]+)"', page)
    return post(
        organizer.client,
        at_desk(event, f"/{act}"),
        {"shown": shown[1] if shown else "", **data},
        form_at=at_desk(event),
    )


def publish(organizer: Person, event: Event, **data: object) -> str:
    """Publish the only statement; return its address."""
    assert decide(organizer, event, "publish", **data).status_code == 303
    return f"/statements/{only().id}"
