"""Transcripts pasted and sent on as a browser without script does."""

from __future__ import annotations

import re

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from organizer.db import db
from organizer.statements.models import Statement
from tests.reading import Form, Page

FIVE = """Why we came

I came because one of them looked back at me.

They feel.

—Juniper Vale, Oakland

Photo: Leek

I came with my daughter.

—Maria K.

[She laughed.]

I have no words."""


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
