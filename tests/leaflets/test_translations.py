"""The same leaflet in several languages: readers of the one find the other."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from organizer.db import db
from organizer.events.models import Event
from organizer.events.rules import Visibility
from organizer.leaflets import outcome
from organizer.leaflets import service as leaflets
from organizer.leaflets.models import Leaflet
from organizer.leaflets.rules import Kind, LeafletDetails, Upload
from tests import factories, querying, reading
from tests.factories import Person
from tests.leaflets import making, sending
from tests.leaflets.making import WHO

CHIP = re.compile(r'<a href="/leaflets/(\w+)" lang="(\w+)" hreflang="(\w+)">([^<]+)</a>')


@pytest.fixture
def english(event: Event) -> Leaflet:
    return making.published(event)


@pytest.fixture
def russian(event: Event) -> Leaflet:
    return making.published(event, "Письма", language="ru")


def edited(organizer: Person, leaflet: Leaflet, **changed: str) -> tuple[int, str]:
    """Open the form, change something in it, and save; the status and the page that follows."""
    path = f"/leaflets/{leaflet.id}/edit"
    form = reading.Page(organizer.client.get(path).text, path).forms[-1]
    sent = {name: field.value for name, field in form.fields.items()} | changed
    answer = organizer.client.post(path, data=sent, follow_redirects=False)
    return answer.status_code, answer.text


def chips(client: FlaskClient, leaflet: Leaflet) -> list[tuple[str, str]]:
    """Where the switch leads to, and in which words."""
    page = client.get(f"/leaflets/{leaflet.id}").text
    return [(found[0], found[3]) for found in CHIP.findall(page)]


def offered(organizer: Person, leaflet: Leaflet) -> str:
    path = f"/leaflets/{leaflet.id}/edit"
    page = organizer.client.get(path).text
    field = re.search(r'<select[^>]*name="same_as".*?</select>', page, re.DOTALL)
    return field[0] if field else ""


def test_two_that_are_said_to_be_the_same_lead_to_each_other(
    client: FlaskClient, organizer: Person, english: Leaflet, russian: Leaflet
) -> None:
    assert chips(client, english) == []
    assert edited(organizer, russian, same_as=english.id)[0] == 303
    assert chips(client, russian) == [(english.id, "English")]
    assert chips(client, english) == [(russian.id, "русский")]
    assert 'aria-current="page" lang="en">English' in client.get(f"/leaflets/{english.id}").text


def test_a_third_joins_both_whichever_was_chosen(
    client: FlaskClient, organizer: Person, event: Event, english: Leaflet, russian: Leaflet
) -> None:
    spanish = making.published(event, "Cartas", language="es")
    edited(organizer, russian, same_as=english.id)
    edited(organizer, spanish, same_as=russian.id)
    assert chips(client, spanish) == [(english.id, "English"), (russian.id, "русский")]
    assert {found for found, _words in chips(client, english)} == {spanish.id, russian.id}
    # Saved once more as it stands, nothing changes.
    edited(organizer, english)
    assert {found for found, _words in chips(client, english)} == {spanish.id, russian.id}
    # One goes its own way, and the other two stay together.
    edited(organizer, english, same_as="")
    assert chips(client, english) == []
    assert chips(client, russian) == [(spanish.id, "español")]


def test_whoever_is_tied_to_one_keeps_those_that_are_the_same_as_it(
    client: FlaskClient, organizer: Person, event: Event, english: Leaflet, russian: Leaflet
) -> None:
    edited(organizer, russian, same_as=english.id)
    spanish = making.published(event, "Cartas", language="es")
    ukrainian = making.published(event, "Листи", language="uk")
    edited(organizer, ukrainian, same_as=spanish.id)
    assert edited(organizer, english, same_as=spanish.id)[0] == 303
    assert [words for _id, words in chips(client, english)] == ["español", "русский", "українська"]
    # Two pairs that have a language in common stay apart.
    other = making.published(event, "Other letters")
    edited(organizer, making.published(event, "Andere", language="de"), same_as=other.id)
    de = db.session.query(Leaflet).filter_by(language="de").one()
    status, page = edited(organizer, de, same_as=russian.id)
    assert (status, "Two of all these would be in one language." in page) == (422, True)


def test_who_saves_the_title_alone_leaves_what_a_colleague_has_tied_meanwhile(
    client: FlaskClient, organizer: Person, english: Leaflet, russian: Leaflet
) -> None:
    path = f"/leaflets/{english.id}/edit"
    form = reading.Page(organizer.client.get(path).text, path).forms[-1]
    sent = {name: field.value for name, field in form.fields.items()} | {"title": "Anew"}
    edited(organizer, russian, same_as=english.id)
    assert organizer.client.post(path, data=sent).status_code == 303
    assert chips(client, english) == [(russian.id, "русский")]


def test_what_is_made_from_its_action_is_not_offered_but_where_it_is_the_same_already(
    client: FlaskClient, organizer: Person, english: Leaflet, russian: Leaflet
) -> None:
    edited(organizer, russian, same_as=english.id)
    making.next_version(russian)
    making.publish(russian)
    russian.versions[0].made_as = {"languages": "ru"}
    db.session.commit()
    third = making.published(english.events[0], "Cartas", language="es")
    assert russian.id not in offered(organizer, third)
    assert russian.id in offered(organizer, english)
    edited(organizer, english, title="Anew")
    assert chips(client, english) == [(russian.id, "русский")]


def test_another_file_in_a_language_that_is_there_is_alone(
    organizer: Person, event: Event, english: Leaflet, russian: Leaflet
) -> None:
    edited(organizer, russian, same_as=english.id)
    spanish = making.sent(event, "Cartas", language="es")
    edited(organizer, spanish, same_as=english.id)
    outcome.refuse(spanish.shown, "file_kind", spanish.shown.source_key)
    details = LeafletDetails(title="Letters", language="en")
    leaflets.upload_again(spanish, Upload(details, Kind.PICTURE, making.SENT), WHO)
    assert spanish.work_id is None


def test_one_in_the_same_language_is_refused_and_what_was_typed_stays(
    organizer: Person, event: Event, english: Leaflet
) -> None:
    other = making.published(event, "Letters, shorter")
    status, page = edited(organizer, other, same_as=english.id, credits="A kitchen table")
    assert status == 422
    assert "That leaflet is there in this language already: English." in page
    assert "A kitchen table" in page
    db.session.rollback()
    assert english.work_id is other.work_id is None


def test_so_is_a_language_that_a_third_one_has(
    organizer: Person, event: Event, english: Leaflet, russian: Leaflet
) -> None:
    edited(organizer, russian, same_as=english.id)
    other = making.published(event, "Письма, коротко", language="ru")
    assert edited(organizer, other, same_as=english.id)[0] == 422
    # And the language that would make two of one cannot be chosen later.
    assert edited(organizer, russian, language="en")[0] == 422


def test_one_that_is_withdrawn_is_no_longer_among_them(
    client: FlaskClient, organizer: Person, event: Event, english: Leaflet, russian: Leaflet
) -> None:
    edited(organizer, russian, same_as=english.id)
    leaflets.withdraw(english, WHO)
    assert chips(client, russian) == []
    assert english.id not in offered(organizer, russian)
    again = making.published(event, "Letters, again")
    assert edited(organizer, again, same_as=russian.id)[0] == 303
    assert chips(client, russian) == [(again.id, "English")]


def test_one_that_is_withdrawn_meanwhile_is_said_to_be_gone(
    organizer: Person, english: Leaflet, russian: Leaflet
) -> None:
    path = f"/leaflets/{russian.id}/edit"
    form = reading.Page(organizer.client.get(path).text, path).forms[-1]
    sent = {name: field.value for name, field in form.fields.items()} | {"same_as": english.id}
    leaflets.withdraw(english, WHO)
    answer = organizer.client.post(path, data=sent)
    assert answer.status_code == 422
    assert "That one is gone by now. Choose another one." in answer.text


def test_those_of_other_groups_are_neither_offered_nor_taken(
    organizer: Person, event: Event, english: Leaflet, russian: Leaflet
) -> None:
    theirs = making.published(factories.event(factories.group("Others")), "Theirs", language="es")
    assert theirs.id not in offered(organizer, english)
    assert russian.id in offered(organizer, english)
    for nonsense in (theirs.id, english.id, "x" * 26, "1", "\x00"):
        assert edited(organizer, english, same_as=nonsense)[0] == 422


def test_nothing_is_asked_where_there_is_no_other(organizer: Person, english: Leaflet) -> None:
    assert offered(organizer, english) == ""
    assert edited(organizer, english, title="Anew")[0] == 303


def test_a_draft_is_led_to_only_when_it_is_published(
    client: FlaskClient, organizer: Person, event: Event, english: Leaflet
) -> None:
    draft = making.ready(event, "Письма", language="ru")
    edited(organizer, draft, same_as=english.id)
    assert chips(client, english) == []
    making.publish(draft)
    assert chips(client, english) == [(draft.id, "русский")]


def test_one_that_only_members_may_see_is_not_told_of_to_others(
    client: FlaskClient, organizer: Person, english: Leaflet
) -> None:
    private = making.published(factories.event(organizer.group, visibility=Visibility.PRIVATE), "Письма", language="ru")
    edited(organizer, private, same_as=english.id)
    assert chips(client, english) == []
    assert chips(organizer.client, english) == [(private.id, "русский")]


def test_one_that_is_by_link_alone_is_told_of_to_who_came_by_such_a_link(
    app: Flask, client: FlaskClient, organizer: Person, event: Event, english: Leaflet
) -> None:
    unlisted = factories.event(organizer.group, visibility=Visibility.UNLISTED)
    ours = making.published(unlisted, "Письма", language="ru")
    edited(organizer, ours, same_as=english.id)
    spanish = making.published(unlisted, "Cartas", language="es")
    edited(organizer, spanish, same_as=english.id)
    assert chips(client, english) == []
    assert len(chips(organizer.client, english)) == 2
    assert [words for _id, words in chips(client, ours)] == ["English", "español"]


def test_files_of_one_title_in_several_languages_are_the_same(organizer: Person, event: Event) -> None:
    def sent(*names: str, title: str = "") -> dict[str, set[str]]:
        """By work, the languages of what was sent."""
        db.session.query(Leaflet).update({"title": "before", "work_id": None})
        db.session.commit()
        sending.send_all(organizer, event, *(sending.file(sending.jpeg(), name) for name in names), title=title)
        db.session.rollback()
        works: dict[str, set[str]] = {}
        for leaflet in db.session.query(Leaflet).where(Leaflet.title != "before"):
            works.setdefault(leaflet.work_id or f"alone {leaflet.title}", set()).add(leaflet.language)
        return works

    (languages,) = sent("market-en.jpg", "market-ru.jpg", "Market (Spanish).jpg").values()
    assert languages == {"en", "ru", "es"}
    (languages,) = sent("a-en.jpg", "b-ru.jpg", title="Come to the market").values()
    assert languages == {"en", "ru"}
    # Two pages of one language are no translations of each other.
    assert set(sent("market-en.jpg", "market-ru.jpg", "market_en.jpg")) == {"alone Market"}
    assert set(sent("market-en.jpg", "flyer-ru.jpg")) == {"alone Market", "alone Flyer"}


def test_a_page_asks_the_same_however_many_there_are(client: FlaskClient, organizer: Person, event: Event) -> None:
    made = [making.published(event, language=code) for code in ("en", "ru", "es", "uk")]
    edited(organizer, made[1], same_as=made[0].id)
    path = f"/leaflets/{made[0].id}"
    client.get(path)
    of_two = querying.asked(lambda: client.get(path))
    for leaflet in made[2:]:
        edited(organizer, leaflet, same_as=made[0].id)
    client.get(path)
    assert querying.asked(lambda: client.get(path)) == of_two
    assert len(chips(client, made[0])) == 3
