"""A statement as a file to take along: the same gate as its page."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from organizer.db import db
from organizer.events.models import Event
from organizer.events.rules import Visibility
from organizer.statements import service as statements
from organizer.statements.models import Statement
from organizer.statements.rules import BylineKind
from tests import factories
from tests.factories import Person
from tests.statements.speaking import handed_in, publish, said

FILES = (".txt", ".md")


def test_the_text_says_who_where_when_and_on_what_terms(client: FlaskClient, organizer: Person, event: Event) -> None:
    statement = said(
        organizer,
        event,
        "I came because of the **letters**.\n\nNobody should sit for a word.",
        byline="Sorrel",
        affiliation="Harbour Choir",
    )
    answer = client.get(f"/statements/{statement.id}.txt")
    assert answer.content_type == "text/plain; charset=utf-8"
    assert "I came because of the letters.\n\nNobody should sit for a word." in answer.text
    assert "— Sorrel, Harbour Choir" in answer.text
    assert "“Leaflets at the market”. Published on" in answer.text
    assert "ask the organizers" in answer.text
    assert answer.text.endswith(f"http://localhost/statements/{statement.id}\n")


def test_markdown_keeps_the_emphasis_and_no_mark_in_a_name_becomes_one(
    client: FlaskClient, organizer: Person, event: Event
) -> None:
    statement = said(organizer, event, "I came because of the **letters**.", byline="*Sor_rel* <b>")
    answer = client.get(f"/statements/{statement.id}.md")
    assert answer.content_type == "text/markdown; charset=utf-8"
    assert answer.text.startswith("# Why I was here: Leaflets at the market\n\nI came because of the **letters**.\n")
    assert "— \\*Sor\\_rel\\* \\<b\\>\n" in answer.text


def test_markdown_makes_other_readers_fetch_and_run_nothing(
    client: FlaskClient, organizer: Person, event: Event
) -> None:
    statement = said(organizer, event, "I came. <script>x</script> ![a](https://elsewhere.example/a.png)")
    answer = client.get(f"/statements/{statement.id}.md")
    assert "\n\nI came. \\<script>x\\</script> \\![a](https://elsewhere.example/a.png)\n\n" in answer.text


def test_an_unsigned_one_and_a_withheld_name_say_so(client: FlaskClient, organizer: Person, event: Event) -> None:
    unsigned = said(organizer, event, "I came.")
    withheld = said(
        organizer, event, "I stayed.", byline="Juniper Vale", kind=BylineKind.FULL_NAME, affiliation="Harbour Choir"
    )
    for ending in FILES:
        assert "— A participant\n" in client.get(f"/statements/{unsigned.id}{ending}").text
        text = client.get(f"/statements/{withheld.id}{ending}").text
        assert "— Name withheld\n" in text
        assert "Juniper" not in text
        assert "Harbour" not in text


@pytest.mark.parametrize("ending", FILES)
def test_it_can_be_taken_along_while_it_is_public_only(
    client: FlaskClient, organizer: Person, event: Event, ending: str
) -> None:
    statement = handed_in(event, "I came for the lanterns.")
    path = f"/statements/{statement.id}{ending}"
    assert client.get(path).status_code == 404
    publish(organizer, event, statement)
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    known = {"If-None-Match": answer.headers["ETag"]}
    assert client.get(path, headers=known).status_code == 304
    statements.hold(statement, organizer.account_id)
    assert client.get(path, headers=known).status_code == 404
    statements.lift(statement, organizer.account_id)
    publish(organizer, event, statement)
    statements.withdraw(statement)
    gone = client.get(path, headers=known)
    assert gone.status_code == 410
    assert "lanterns" not in gone.text


def test_of_a_private_action_members_alone_take_one_along_and_no_cache_keeps_it(
    app: Flask, client: FlaskClient, organizer: Person
) -> None:
    private = factories.event(organizer.group, starts_on=factories.past_day(), visibility=Visibility.PRIVATE)
    open_one = factories.event(organizer.group, starts_on=factories.past_day())
    statement = handed_in(open_one, "I came.")
    statement.events = [private]
    db.session.commit()
    publish(organizer, private, statement)
    for ending in FILES:
        path = f"/statements/{statement.id}{ending}"
        assert client.get(path).status_code == 404
        mine = organizer.client.get(path)
        assert mine.status_code == 200
        assert mine.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("name", ["%00", "a", "a" * 26, "a" * 3000, "..", "Ñ" * 26])
def test_what_is_no_id_is_not_there(client: FlaskClient, name: str) -> None:
    for ending in FILES:
        assert client.get(f"/statements/{name}{ending}").status_code == 404
    assert db.session.query(Statement).count() == 0
