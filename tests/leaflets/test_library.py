"""The library: what is found in it and what never is, its filters and its pages."""

from __future__ import annotations

import html
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from time_machine import TimeMachineFixture

from organizer.db import db
from organizer.events.models import Event
from organizer.events.rules import Visibility
from organizer.leaflets import search, views
from organizer.leaflets import service as leaflets
from organizer.leaflets.models import Leaflet
from organizer.leaflets.search import Wanted
from organizer.media import Picture, RebuiltPdf
from organizer.posters.rules import Recipe, Shape, Sheet
from organizer.search import LONGEST_WORD, SOUGHT_IN
from tests import factories, querying
from tests.factories import Person
from tests.leaflets import making
from tests.world import PHOTO

TITLE = re.compile(r'<h2[^>]*><a href="/leaflets/[^"]+">([^<]+)</a></h2>')


def _out(
    organizer: Person, event: Event, title: str, language: str = "en", made: Picture | RebuiltPdf = PHOTO, **words: str
) -> Leaflet:
    """A published leaflet."""
    return making.published(event, title, made, language=language, **words)


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


def test_a_single_letter_beside_words_does_not_narrow(client: FlaskClient, organizer: Person, event: Event) -> None:
    _out(organizer, event, "Letters to prisoners")
    _out(organizer, event, "写信给囚犯")
    assert _titles(client, q="ж prisoners q") == ["Letters to prisoners"]
    assert _titles(client, q="q") == []
    # A sign that is a word of its own does.
    assert _titles(client, q="囚 写信") == ["写信给囚犯"]
    assert _titles(client, q="信 prisoners") == []


def test_no_word_and_no_text_is_so_long_that_a_search_holds_up_the_site(
    client: FlaskClient, organizer: Person, event: Event
) -> None:
    """A long word of one letter, looked for in a text of that letter alone, takes their product."""
    _out(organizer, event, "All of one letter", made=_pdf("a" * SOUGHT_IN + " lantern"))
    _out(organizer, event, "To its end", made=_pdf("b" * (SOUGHT_IN - 8) + " lantern"))
    assert _titles(client, q="lantern") == ["To its end"]
    assert _titles(client, q="b" * LONGEST_WORD + "another end") == ["To its end"]


def test_of_many_words_the_longest_are_looked_for(client: FlaskClient, organizer: Person, event: Event) -> None:
    _out(organizer, event, "Write letters to prisoners before the trial")
    assert _titles(client, q="to the nil trial before prisoners letters") != []
    assert _titles(client, q="to the nil trial before prisoners lanterns") == []
    assert _titles(client, q="write write write write nil") == []


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


def test_what_was_made_in_several_languages_is_found_in_each(
    client: FlaskClient, organizer: Person, event: Event
) -> None:
    made, _single = _out(organizer, event, "In three", "en"), _out(organizer, event, "In one", "uk")
    made.versions[0].made_as = Recipe(event.id, Shape.POSTER, Sheet.A4, ("en", "fa", "zh")).kept()
    db.session.commit()
    for language in ("en", "fa", "zh"):
        assert _titles(client, language=language) == ["In three"]
    assert _titles(client, language="uk") == ["In one"]
    page = client.get("/leaflets").text
    offered = page.partition('name="language"')[2].partition("</select>")[0]
    assert re.findall(r'<option value="(\w+)"', offered) == ["en", "fa", "uk", "zh"]
    assert "Poster, A4 · English, فارسی, 中文" in page


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
    making.next_version(leaflet, _pdf("a fresh sentence"))
    assert _titles(client, q="fresh") == _titles(client, format="pdf") == []
    assert _titles(client, q="old") == ["Letters"]
    making.publish(leaflet)
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
        db.session.rollback()
        with app.test_request_context(), querying.statements() as sent:
            search.found(Wanted(words=("letters",)), 20)
            search.choices()
        counts.append(len(sent))
    assert counts == [3, 3, 3]


def test_they_are_counted_only_where_that_is_not_known_already(app: Flask, organizer: Person, event: Event) -> None:
    for number in range(5):
        _out(organizer, event, f"Letters {number}")
    db.session.rollback()
    asked = {}
    with app.test_request_context():
        for limit, offset in ((6, 0), (5, 0), (3, 3), (3, 6)):
            with querying.statements() as sent:
                found = search.found(Wanted(words=("letters",)), limit, offset)
            assert found.count == 5
            asked[limit, offset] = len(sent)
        with querying.statements() as sent:
            assert search.found(Wanted(words=("nothing",)), 6).count == 0
    assert asked == {(6, 0): 1, (5, 0): 2, (3, 3): 1, (3, 6): 2}
    assert len(sent) == 1


# Too often.


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch, time_machine: TimeMachineFixture) -> TimeMachineFixture:
    """Three searches in a minute, on a clock that stands still."""
    monkeypatch.setattr(views, "SEARCHED", "3/minute")
    time_machine.move_to("2027-06-13T19:00:00+00:00", tick=False)
    return time_machine


def _search(client: FlaskClient, count: int, query: str = "q=letters", address: str = "198.51.100.77") -> list[int]:
    """How as many searches are answered."""
    path, asker = f"/leaflets?{query}", {"REMOTE_ADDR": address}
    return [client.get(path, environ_overrides=asker).status_code for _ in range(count)]


def test_a_flood_of_searches_is_told_to_wait_whoever_sends_them(
    client: FlaskClient, patience: TimeMachineFixture
) -> None:
    assert _search(client, 4) == [200, 200, 200, 429]
    assert _search(client, 1, "q=letters&page=2", "203.0.113.91") == [429]
    refused = client.get("/leaflets?q=trial")
    assert refused.headers["Retry-After"] == "60"
    assert "too often in a short time" in refused.text
    patience.shift(61)
    assert _search(client, 1) == [200]


def test_looking_around_without_words_is_never_too_often(
    client: FlaskClient, organizer: Person, event: Event, patience: TimeMachineFixture
) -> None:
    _out(organizer, event, "Letters")
    for query in ("", "q=", "q=%20", "language=en", "topic=letters&format=pdf", "page=2"):
        assert set(_search(client, 9, query)) == {200}
    assert _search(client, 4) == [200, 200, 200, 429]
    assert _titles(client) == _titles(client, language="en") == ["Letters"]


def test_a_search_that_is_refused_looks_at_no_leaflet(client: FlaskClient, patience: TimeMachineFixture) -> None:
    _search(client, 3)
    with querying.statements() as sent:
        assert _search(client, 1) == [429]
    assert not any("leaflet" in statement for statement in sent)
