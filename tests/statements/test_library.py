"""The library: what is found in it and what never is, its filters, its feeds."""

from __future__ import annotations

import json
import re
from datetime import date
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient

from organizer import clock
from organizer.db import db
from organizer.events.models import Event
from organizer.events.rules import Visibility
from organizer.statements import rules, search
from organizer.statements import service as statements
from organizer.statements.models import Statement
from organizer.statements.rules import BylineKind, ReviewDetails, Use
from organizer.statements.search import Wanted
from tests import factories, querying
from tests.factories import Person
from tests.statements.speaking import handed_in, photo_of, publish, put_beside, said

ATOM = "{http://www.w3.org/2005/Atom}"
WAYS = ("/statements", "/statements.atom", "/statements.json")


def everything(client: FlaskClient, query: str = "") -> str:
    """All that the library says to a stranger, one way or another."""
    return "".join(client.get(f"{way}{query}").get_data(as_text=True) for way in WAYS)


def texts(client: FlaskClient, **query: str) -> list[str]:
    """What a search finds, the newest first."""
    items = json.loads(client.get("/statements.json", query_string=query).data)["items"]
    return [item["content_text"].partition("\n")[0] for item in items]


# What stands in it.


def test_nothing_is_found_before_it_is_published(client: FlaskClient, organizer: Person, event: Event) -> None:
    handed = handed_in(event, "I came for the lanterns.", byline="Sorrel")
    assert "for the lanterns" not in everything(client) + everything(client, "?q=lanterns")
    publish(organizer, event, handed)
    for way in WAYS:
        assert "for the lanterns" in client.get(way).text
        assert "for the lanterns" in client.get(f"{way}?q=Sorrel").text


@pytest.mark.parametrize("act", ["reject", "hold"])
def test_what_an_editor_takes_out_is_found_nowhere(
    client: FlaskClient, organizer: Person, event: Event, act: str
) -> None:
    statement = said(organizer, event, "I came for the lanterns.")
    getattr(statements, act)(statement, organizer.account_id)
    assert "came for the lanterns" not in everything(client) + everything(client, "?q=lanterns")


def test_it_holds_what_was_agreed_to_for_the_whole_site_only(
    client: FlaskClient, organizer: Person, event: Event
) -> None:
    said(organizer, event, "Only on its own page.", uses=frozenset({Use.EVENT_PAGE}))
    assert "Only on its own" not in everything(client)
    assert search.found(Wanted(), 20).count == 0


def test_a_consent_that_is_over_counts_for_nothing(client: FlaskClient, organizer: Person, event: Event) -> None:
    statement = said(organizer, event, "I came for the lanterns.")
    statement.consents[0].expires_on = date(2020, 1, 1)
    db.session.commit()
    assert "for the lanterns" not in everything(client)
    assert search.found(Wanted(), 20).count == 0


@pytest.mark.parametrize("visibility", [Visibility.UNLISTED, Visibility.PRIVATE])
def test_actions_that_are_not_listed_are_neither_found_nor_named(
    client: FlaskClient, organizer: Person, visibility: Visibility
) -> None:
    hidden = factories.event(
        organizer.group, starts_on=factories.past_day(), title="Behind the mill", visibility=visibility
    )
    statement = handed_in(factories.event(organizer.group, starts_on=factories.past_day()), "I came along.")
    statement.events = [hidden]
    db.session.commit()
    publish(organizer, hidden, statement)
    assert "I came along" not in everything(client, f"?action={hidden.id}")
    assert "Behind the mill" not in everything(client)


# Searching.


def test_every_word_must_occur_whatever_its_capitals(client: FlaskClient, organizer: Person, event: Event) -> None:
    said(organizer, event, "We read the **letters** aloud.\n\nIt was cold.")
    said(organizer, event, "The letters stay.")
    assert texts(client, q="LETTERS") == ["The letters stay.", "We read the letters aloud."]
    assert texts(client, q="cold Letters") == ["We read the letters aloud."]
    assert texts(client, q="letters warm") == []


@pytest.mark.parametrize(
    ("text", "language", "query"),
    [
        ("Я ПРИШЛА РАДИ ПИСЕМ.", "ru", "писем"),
        ("Ми прийшли заради Їжака.", "uk", "їЖАКА"),
        ("برای آزادی آمدم.", "fa", "آزادی"),
        ("我为自由而来。", "zh", "自由"),
        ("Die Straße war voll.", "de", "STRASSE"),
        ("İstanbul'dan geldik.", "tr", "İSTANBUL"),
    ],
)
def test_it_searches_in_every_script(
    client: FlaskClient, organizer: Person, event: Event, text: str, language: str, query: str
) -> None:
    said(organizer, event, text, language=language)
    said(organizer, event, "Something else.")
    assert texts(client, q=query) == [text]


@pytest.mark.parametrize("query", ["%", "_", "\\", "/", "100%", "a_b", "' OR 1=1 --"])
def test_signs_of_the_database_mean_themselves(
    client: FlaskClient, organizer: Person, event: Event, query: str
) -> None:
    said(organizer, event, "Plain words.")
    assert texts(client, q=query) == []
    said(organizer, event, f"With {query} in it.")
    assert len(texts(client, q=query)) == 1


@pytest.mark.parametrize("query", ["Sorrel", "sorrel", "Олена", "олена", "ОЛЕНА", "harbour", "Гавань", "гавань"])
def test_a_shown_signature_is_found(client: FlaskClient, organizer: Person, event: Event, query: str) -> None:
    said(organizer, event, "I came.", byline="Sorrel Олена", affiliation="Harbour Гавань")
    said(organizer, event, "I stayed.")
    assert texts(client, q=query) == ["I came."]


def test_a_withheld_name_is_not_to_be_found(client: FlaskClient, organizer: Person, event: Event) -> None:
    full = {"byline": "Juniper Vale", "kind": BylineKind.FULL_NAME, "affiliation": "Harbour Choir"}
    statement = said(organizer, event, "I came for the lanterns.", **full)
    assert texts(client, q="Juniper") == texts(client, q="Harbour") == []
    assert search.found(Wanted(words=("Vale",)), 20).count == 0
    statements.know_signer(statement, _as_shown(statement), organizer.account_id)
    assert texts(client, q="juniper") == ["I came for the lanterns."]
    statements.take_name_back(statement)
    assert texts(client, q="Juniper") == texts(client, q="Harbour") == []


def _as_shown(statement: Statement) -> ReviewDetails:
    return ReviewDetails(rules.fingerprint(statement), known_by="From school")


# Filters.


@pytest.fixture
def elsewhere(organizer: Person) -> Event:
    city = factories.city("Fresno")
    db.session.commit()
    return factories.event(organizer.group, starts_on=factories.past_day(), title="Candles", city_id=city.id)


def test_filters_combine_and_the_form_keeps_them(
    client: FlaskClient, organizer: Person, event: Event, elsewhere: Event
) -> None:
    said(organizer, event, "Here, in English.")
    said(organizer, event, "Aquí, en español.", language="es")
    said(organizer, elsewhere, "There, in English.")
    city = elsewhere.city.slug
    assert texts(client, action=event.id) == ["Aquí, en español.", "Here, in English."]
    assert texts(client, city=city) == ["There, in English."]
    assert texts(client, language="es") == ["Aquí, en español."]
    assert texts(client, action=event.id, language="en", q="here") == ["Here, in English."]
    assert texts(client, action=event.id, city=city) == []
    page = client.get(f"/statements?q=there&city={city}&language=en").text
    assert "1 statement<" in page
    assert 'value="there"' in page
    assert f'<option value="{city}" selected>' in page
    assert '<option value="en" selected>' in page
    assert f"/statements.atom?q=there&amp;city={city}&amp;language=en" in page


def test_those_with_a_photo_that_may_stand_there_can_be_chosen(
    client: FlaskClient, organizer: Person, event: Event
) -> None:
    with_one, not_agreed, not_there, _without = (
        said(organizer, event, text) for text in ("With one.", "Not agreed to.", "Not for the site.", "Without.")
    )
    put_beside(photo_of(event), with_one)
    put_beside(photo_of(event), not_agreed, agreed=False)
    put_beside(photo_of(event, uses=frozenset({Use.EVENT_PAGE})), not_there)
    assert texts(client, photo="1") == ["With one."]
    assert texts(client, photo="1", q="without") == []
    page = client.get("/statements?photo=1").text
    assert "1 statement<" in page
    assert re.search(r'<input id="photo"[^>]* checked>', page)


def test_the_form_offers_only_what_was_spoken_of(
    client: FlaskClient, organizer: Person, event: Event, elsewhere: Event
) -> None:
    said(organizer, event, "Here.")
    handed_in(elsewhere, "Not yet read.", language="fa")
    page = client.get("/statements").text
    assert f'value="{event.id}"' in page
    assert elsewhere.id not in page
    assert "Fresno" not in page
    assert "فارسی" not in page.partition("filters")[2].partition("</form>")[0]


def test_nothing_found_is_said_kindly(client: FlaskClient, organizer: Person, event: Event) -> None:
    said(organizer, event, "Here.")
    page = client.get("/statements?q=nowhere").text
    assert "We found nothing like that" in page
    assert "0 statements" in page
    assert "Show all" in page


def test_without_any_statement_it_says_what_to_do(client: FlaskClient) -> None:
    page = client.get("/statements")
    assert "Nobody has said it here yet" in page.text
    assert "<select" not in page.text


def test_a_long_list_has_pages_that_keep_the_filters(client: FlaskClient, organizer: Person, event: Event) -> None:
    for number in range(23):
        said(organizer, event, f"Voice {number:02} of many.")
    first = client.get("/statements?q=voice").text
    assert "23 statements" in first
    assert first.count('<article class="statement"') == 20
    assert "/statements?page=2&amp;q=voice" in first
    second = client.get("/statements?page=2&q=voice").text
    assert second.count('<article class="statement"') == 3
    assert "Voice 00" in second
    assert client.get("/statements?page=900&q=voice").status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "q=%00",
        "q=a%00b",
        "q=" + "x" * 5000,
        "q=" + "+".join("abcdefghijklmnop"),
        "q=%ff%fe",
        "q=%ed%a0%80",
        "action=%00",
        "action=" + "a" * 26,
        "action[]=1",
        "city=%00",
        "city=../../etc",
        "city=" + "a" * 4000,
        "language=xx",
        "language=%00",
        "photo=%00",
        "page=-1",
        "page=99999999999999999999",
        "page=x&q=%25",
    ],
)
def test_bad_input_finds_nothing_or_is_left_out(
    client: FlaskClient, organizer: Person, event: Event, query: str
) -> None:
    said(organizer, event, "Here.")
    assert [client.get(f"{way}?{query}").status_code for way in WAYS] == [200, 200, 200]


def test_the_number_of_queries_is_fixed(app: Flask, client: FlaskClient, organizer: Person, event: Event) -> None:
    counted: list[int] = []
    for number in range(6):
        said(organizer, event, f"Voice {number}.", byline=f"Name {number}", kind=BylineKind.FULL_NAME)
        if number in (0, 5):
            counted.append(_queries(client, "/statements?q=voice"))
    assert counted[0] == counted[1]


def _queries(client: FlaskClient, path: str) -> int:
    with querying.statements() as sent:
        assert client.get(path).status_code == 200
    return len(sent)


# Feeds.


def test_the_page_leads_to_its_feeds(client: FlaskClient) -> None:
    page = client.get("/statements").text
    assert '<link rel="alternate" type="application/atom+xml" href="/statements.atom"' in page
    assert '<a class="more-link" href="/statements.atom"' in page


def test_atom_carries_whole_texts_as_safe_html(client: FlaskClient, organizer: Person, event: Event) -> None:
    text = "I **came** <script>alert(1)</script>.\n\n" + "And stayed for long. " * 40 + "To the end."
    statement = said(organizer, event, text, byline="Sorrel", language="es", affiliation="Harbour Choir")
    answer = client.get("/statements.atom")
    assert answer.content_type == "application/atom+xml; charset=utf-8"
    entry = ElementTree.fromstring(answer.data).find(f"{ATOM}entry")
    assert entry is not None
    content = entry.findtext(f"{ATOM}content") or ""
    assert "<strong>came</strong>" in content
    assert "To the end." in content
    assert "<script" not in content
    assert "Sorrel, Harbour Choir" in content
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "Sorrel"
    assert (entry.findtext(f"{ATOM}published") or "").startswith(f"{clock.today()}T00:00:00")
    assert entry.get("{http://www.w3.org/XML/1998/namespace}lang") == "es"
    assert entry.findtext(f"{ATOM}id") == f"http://localhost/statements/{statement.id}"


def test_the_json_feed_has_the_shape_of_its_standard(client: FlaskClient, organizer: Person, event: Event) -> None:
    signed = said(organizer, event, "I *came*.", byline="Sorrel")
    said(organizer, event, "Me too.", byline="Juniper Vale", kind=BylineKind.FULL_NAME)
    answer = client.get("/statements.json?language=en")
    assert answer.mimetype == "application/feed+json"
    feed = json.loads(answer.data)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["title"]
    assert feed["home_page_url"] == "http://localhost/statements?language=en"
    assert feed["feed_url"] == "http://localhost/statements.json?language=en"
    withheld, first = feed["items"]
    assert first["id"] == first["url"] == f"http://localhost/statements/{signed.id}"
    assert first["authors"] == [{"name": "Sorrel"}]
    assert "<em>came</em>" in first["content_html"]
    assert first["content_text"].startswith("I came.")
    assert first["date_published"] == f"{clock.today()}T00:00:00+00:00"
    assert first["language"] == "en"
    assert "authors" not in withheld


def test_a_feed_holds_fifty_at_most(client: FlaskClient, organizer: Person, event: Event) -> None:
    for number in range(53):
        said(organizer, event, f"Voice {number:02}.")
    found = texts(client)
    assert len(found) == 50
    assert found[0] == "Voice 52."


@pytest.mark.parametrize("way", WAYS[1:])
def test_a_feed_is_asked_for_again_and_answered_briefly(
    client: FlaskClient, organizer: Person, event: Event, way: str
) -> None:
    statement = said(organizer, event, "I came for the lanterns.", byline="Sorrel")
    first = client.get(way)
    assert first.headers["Cache-Control"] == "no-cache"
    assert first.headers["X-Robots-Tag"] == "noindex"
    known = {"If-None-Match": first.headers["ETag"]}
    assert client.get(way, headers=known).status_code == 304
    statements.take_name_back(statement)
    unsigned = client.get(way, headers=known)
    assert unsigned.status_code == 200
    assert "Sorrel" not in unsigned.text
    known = {"If-None-Match": unsigned.headers["ETag"]}
    statements.withdraw(statement)
    gone = client.get(way, headers=known)
    assert gone.status_code == 200
    assert "for the lanterns" not in gone.text
    assert "for the lanterns" not in everything(client) + everything(client, "?q=lanterns")


def test_an_empty_feed_is_the_same_each_time(client: FlaskClient) -> None:
    for way in WAYS[1:]:
        assert client.get(way).headers["ETag"] == client.get(way).headers["ETag"]
