"""The library: what is found in it and what never is, its filters and its pages."""

from __future__ import annotations

import html
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event as listening

from organizer.db import db
from organizer.events.models import Event
from organizer.events.rules import Visibility
from organizer.leaflets import search, views
from organizer.leaflets import service as leaflets
from organizer.leaflets.models import Leaflet
from organizer.leaflets.rules import Kind, LeafletDetails, VersionDetails
from organizer.leaflets.search import Wanted
from organizer.media import Picture, RebuiltPdf
from tests import factories
from tests.factories import Person
from tests.world import PHOTO

TITLE = re.compile(r'<h2[^>]*><a href="/leaflets/[^"]+">([^<]+)</a></h2>')


def _out(
    organizer: Person, event: Event, title: str, language: str = "en", made: Picture | RebuiltPdf = PHOTO, **words: str
) -> Leaflet:
    """A published leaflet."""
    kind = Kind.PDF if isinstance(made, RebuiltPdf) else Kind.PICTURE
    details = LeafletDetails(title, language, **words)  # type: ignore[arg-type] # named by the tests
    leaflet = leaflets.upload(event, details, kind, b"sent", organizer.account_id)
    leaflets.finish(leaflet.shown, made)
    return leaflets.publish(leaflet, organizer.account_id)


def _pdf(text: str) -> RebuiltPdf:
    return RebuiltPdf(b"%PDF-", 1, text, (), (), PHOTO.previews)


def _titles(client: FlaskClient, **query: str) -> list[str]:
    """What a reader finds, the newest first."""
    page = client.get("/leaflets", query_string=query)
    assert page.status_code == 200
    return [html.unescape(title) for title in TITLE.findall(page.text)]


# Searching.


def test_words_are_found_wherever_they_stand(client: FlaskClient, organizer: Person, event: Event) -> None:
    _out(organizer, event, "Letters to prisoners")
    _out(organizer, event, "Second", audience="for neighbours")
    _out(organizer, event, "Third", made=_pdf("Write before the\ntrial begins."))
    _out(organizer, event, "Fourth", text_alternative="A drawing of a lantern.")
    assert _titles(client, q="PRISONERS") == ["Letters to prisoners"]
    assert _titles(client, q="neighbour") == ["Second"]
    assert _titles(client, q="trial write") == ["Third"]
    assert _titles(client, q="lantern") == ["Fourth"]
    assert _titles(client, q="lantern trial") == []


@pytest.mark.parametrize(
    ("title", "query"),
    [
        ("Письма узникам", "письма"),
        ("ПИСЬМА узникам", "письма"),
        ("Листи в'язням", "ЛИСТИ"),
        ("نامه به زندانیان", "زندانیان"),
        ("写信给囚犯", "囚犯"),
        ("Cartas a presos políticos", "POLÍTICOS"),
    ],
)
def test_it_searches_in_every_script(
    client: FlaskClient, organizer: Person, event: Event, title: str, query: str
) -> None:
    _out(organizer, event, title)
    _out(organizer, event, "Something else")
    assert _titles(client, q=query) == [title]


def test_letters_put_together_in_a_file_are_found_as_they_are_typed(
    client: FlaskClient, organizer: Person, event: Event
) -> None:
    _out(organizer, event, "Marché", made=_pdf("Au marche\u0301 demain."))
    assert _titles(client, q="march\u00e9 demain") == ["Marché"]


@pytest.mark.parametrize("query", ["%", "_", "\\", "100%", "' OR 1=1 --"])
def test_signs_of_the_database_mean_themselves(
    client: FlaskClient, organizer: Person, event: Event, query: str
) -> None:
    _out(organizer, event, "Plain words")
    assert _titles(client, q=query) == []
    _out(organizer, event, f"With {query}", text_alternative=query)
    assert len(_titles(client, q=query)) == 1


# Filters.


def test_filters_narrow_and_go_together(client: FlaskClient, organizer: Person, event: Event) -> None:
    tagged = factories.event(organizer.group, tags=("Letters", "market"))
    _out(organizer, event, "English picture")
    _out(organizer, event, "Russian PDF", "ru", _pdf("x"))
    _out(organizer, tagged, "Russian picture", "ru")
    assert _titles(client, language="ru") == ["Russian picture", "Russian PDF"]
    assert _titles(client, format="pdf") == ["Russian PDF"]
    assert _titles(client, topic="letters") == ["Russian picture"]
    assert _titles(client, language="ru", format="picture", topic="market", q="russian") == ["Russian picture"]
    assert _titles(client, language="en", topic="letters") == []


def test_what_is_chosen_stays_chosen(client: FlaskClient, organizer: Person, event: Event) -> None:
    _out(organizer, factories.event(organizer.group, tags=("letters",)), "Letters", "ru")
    page = client.get("/leaflets?q=lett&language=ru&topic=letters&format=picture").text
    for words in ('value="lett"', 'value="ru" selected', 'value="letters" selected', 'value="picture" selected'):
        assert words in page
    assert "1 leaflet" in page
    assert '<details class="filters-more" open>' in page


def test_only_what_something_public_has_is_offered(client: FlaskClient, organizer: Person, event: Event) -> None:
    hidden = factories.event(organizer.group, tags=("among-us",), visibility=Visibility.UNLISTED)
    _out(organizer, hidden, "Behind the mill", "fa")
    factories.event(organizer.group, tags=("nothing-yet",))
    _out(organizer, factories.event(organizer.group, tags=("letters",)), "Letters", "uk")
    assert search.choices() == search.Choices([("uk", "українська")], [("letters", "letters")])
    assert _titles(client, topic="among-us") == _titles(client, q="mill") == _titles(client, language="fa") == []


@pytest.mark.parametrize(
    "query",
    ["language=tlh", "format=exe", "topic=%00", "topic=A%20B", "q=%00", "q=" + "a" * 5000, "page=x", "q=" + "a+" * 999],
)
def test_what_cannot_be_asked_for_does_no_harm(
    client: FlaskClient, organizer: Person, event: Event, query: str
) -> None:
    _out(organizer, event, "Letters")
    assert client.get(f"/leaflets?{query}").status_code == 200


# What stands in it.


def test_drafts_old_versions_and_what_was_withdrawn_are_not_found(
    client: FlaskClient, organizer: Person, event: Event
) -> None:
    leaflet = _out(organizer, event, "Letters", text_alternative="an old sentence")
    version = leaflets.upload_version(leaflet, VersionDetails(), Kind.PDF, b"sent", organizer.account_id)
    leaflets.finish(version, _pdf("a fresh sentence"))
    assert _titles(client, q="fresh") == _titles(client, format="pdf") == []
    assert _titles(client, q="old") == ["Letters"]
    leaflets.publish(leaflet, organizer.account_id)
    assert _titles(client, q="fresh") == _titles(client, format="pdf") == _titles(client) == ["Letters"]
    assert _titles(client, q="old") == []
    leaflets.withdraw(leaflet, organizer.account_id)
    assert _titles(client, q="fresh") == _titles(client) == []


def test_it_says_how_many_there_are_and_what_to_do_when_there_is_none(
    client: FlaskClient, organizer: Person, event: Event
) -> None:
    assert "They appear here as soon as" in client.get("/leaflets").text
    for title in ("First", "Second"):
        _out(organizer, event, title)
    assert "2 leaflets" in client.get("/leaflets").text
    nothing = client.get("/leaflets?q=xyzzy").text
    assert "0 leaflets" in nothing
    assert "We found nothing like that." in nothing


def test_further_pages_keep_what_is_looked_for(
    client: FlaskClient, organizer: Person, event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "PAGE", 2)
    for number in range(5):
        _out(organizer, event, f"Letters {number}", "ru")
    _out(organizer, event, "Something else")
    seen, path = [], "/leaflets?q=letters&language=ru"
    for _ in range(3):
        page = client.get(path).text
        seen += TITLE.findall(page)
        older = re.search(r'rel="next" href="([^"]+)"', page)
        path = older[1].replace("&amp;", "&") if older else ""
    assert seen == [f"Letters {number}" for number in (4, 3, 2, 1, 0)]
    assert path == ""


def test_any_number_takes_the_same_queries(app: Flask, client: FlaskClient, organizer: Person) -> None:
    counts = []
    for number in range(3):
        event = factories.event(organizer.group, tags=(f"tag {number}",))
        _out(organizer, event, f"Letters {number}")
        statements: list[object] = []

        def listen(*told: object, into: list[object] = statements) -> None:
            into.append(told[2])

        db.session.rollback()
        with app.test_request_context():
            listening.listen(db.engine, "before_cursor_execute", listen)
            search.found(Wanted(words=("letters",)), 20)
            search.choices()
            listening.remove(db.engine, "before_cursor_execute", listen)
        counts.append(len(statements))
    assert counts == [4, 4, 4]
