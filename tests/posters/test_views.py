"""The form, and what follows when it is sent."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from organizer import documents, outbox
from organizer.db import db
from organizer.events import service as events
from organizer.events.models import Event
from organizer.events.rules import Visibility
from organizer.leaflets import renditions
from organizer.leaflets import service as leaflets
from organizer.leaflets.models import Leaflet
from organizer.leaflets.rules import Paper, Purpose, State
from tests import factories
from tests.factories import Person, post
from tests.posters.making import ask, details, ready

HOW = ("on one side of the paper", "it takes one sheet of paper", "it takes 2 sheets of paper")
CHECKED = re.compile(r'<input checked id="[\w-]+" name="(\w+)" type="\w+" value="(\w+)">')


def test_it_is_asked_for_looked_at_and_published(
    app: Flask, organizer: Person, event: Event, given: list[object]
) -> None:
    listed = organizer.client.get(f"/events/{event.id}/leaflets").text
    assert f"/events/{event.id}/leaflets/make" in listed
    asked = ask(organizer, event, "en")
    waiting = organizer.client.get(asked.location)
    assert "Leaflet, on its way" in waiting.text
    assert waiting.headers["Refresh"]
    outbox.run_owed()
    page = organizer.client.get(asked.location).text
    assert "Leaflet, not published yet" in page
    assert "Poster, A4" in page
    assert "Make it anew" in page
    assert app.test_client().get(asked.location).status_code == 404
    leaflets.publish(db.session.get_one(Leaflet, asked.location.rpartition("/")[2]), organizer.account_id, 1)
    assert event.title in app.test_client().get(asked.location).text


def test_nothing_chosen_and_nonsense_are_told_and_make_nothing(organizer: Person, event: Event) -> None:
    for wrong in ({}, details(), details("en", paper="a0"), details("en", shape="flag"), details("de")):
        answer = post(organizer.client, f"/events/{event.id}/leaflets/make", wrong)
        assert answer.status_code == 422
    assert db.session.query(Leaflet).count() == 0


def test_the_papers_of_the_country_come_first(organizer: Person, event: Event) -> None:
    page = organizer.client.get(f"/events/{event.id}/leaflets/make").text
    assert 'checked id="paper-2"' in page


def test_an_action_that_is_not_open_gets_no_paper(organizer: Person) -> None:
    private = factories.event(organizer.group, visibility=Visibility.PRIVATE)
    draft = factories.event(organizer.group, published=False)
    cancelled = factories.event(organizer.group)
    events.cancel(cancelled, "Rain", organizer.account_id)
    for each in (private, draft, cancelled):
        page = organizer.client.get(f"/events/{each.id}/leaflets/make")
        assert page.status_code == 200
        assert 'name="shape"' not in page.text
        ask(organizer, each, "en")
    assert db.session.query(Leaflet).count() == 0


def test_who_makes_paper_of_an_unlisted_action_is_told_what_that_gives_away(organizer: Person) -> None:
    event = factories.event(organizer.group, visibility=Visibility.UNLISTED)
    assert "A poster gives the link away" in organizer.client.get(f"/events/{event.id}/leaflets/make").text


def test_what_was_uploaded_is_not_made_anew(organizer: Person, event: Event, given: list[object]) -> None:
    leaflet = ready(organizer, event, "en")
    leaflet.shown.made_as = None
    db.session.commit()
    assert organizer.client.get(f"/leaflets/{leaflet.id}/make-anew").status_code == 404


# One that does not fit.


def test_what_does_not_fit_is_chosen_otherwise_right_there(
    organizer: Person, event: Event, given: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ask(organizer, event, "en", "uk", shape="leaflet", paper="a5")
    with monkeypatch.context() as small:
        small.setattr(documents, "pdf", no_room)
        outbox.run_owed()
    page = organizer.client.get(asked.location).text
    assert "Its words do not fit" in page
    assert f'href="/events/{event.id}/edit"' in page
    assert f'action="{asked.location}/make-anew"' in page
    ticked = [("shape", "leaflet"), ("paper", "a5"), ("languages", "en"), ("languages", "uk")]
    assert CHECKED.findall(page) == ticked
    assert page.count("Make it anew") == 1
    post(organizer.client, f"{asked.location}/make-anew", details("en", shape="leaflet", paper="a4"))
    outbox.run_owed()
    db.session.expire_all()
    leaflet = db.session.query(Leaflet).one()
    assert (leaflet.shown.state, leaflet.shown.pages) == (State.READY, 1)


def no_room(*_given: object, **_options: object) -> bytes:
    raise documents.NoRoom


def test_nonsense_is_told_beside_the_choices_and_makes_nothing_anew(
    organizer: Person, event: Event, given: list[object]
) -> None:
    leaflet = ready(organizer, event, "en")
    for wrong in ({}, details(), details("en", paper="a0"), details("de")):
        answer = post(organizer.client, f"/leaflets/{leaflet.id}/make-anew", wrong)
        assert answer.status_code == 422
        assert 'name="paper"' in answer.text
    assert outbox.run_owed() == 0


def test_of_an_action_that_closed_nothing_is_asked(organizer: Person, event: Event, given: list[object]) -> None:
    leaflet = ready(organizer, event, "en")
    events.cancel(event, "Rain", organizer.account_id)
    outbox.run_owed()
    path = f"/leaflets/{leaflet.id}/make-anew"
    assert 'name="paper"' not in organizer.client.get(path).text
    assert "Paper stays where it is put" in post(organizer.client, path, details("en")).text
    assert outbox.run_owed() == 0


# Printing it.


@pytest.mark.parametrize(
    ("shape", "languages", "said"),
    [
        ("poster", ["en"], "on one side of the paper"),
        ("poster", ["en", "uk", "fa"], "on one side of the paper"),
        ("leaflet", ["en"], ""),
        ("leaflet", ["en", "uk"], "it takes one sheet of paper"),
        ("leaflet", ["en", "uk", "fa"], "it takes 2 sheets of paper"),
    ],
)
def test_how_to_print_it_fits_what_it_is(
    organizer: Person, event: Event, given: list[object], shape: str, languages: list[str], said: str
) -> None:
    version = ready(organizer, event, *languages, shape=shape).shown
    renditions.keep(version, Purpose.GREY, Paper.OWN, b"%PDF-", version.source_key or "")
    page = organizer.client.get(f"/leaflets/{version.leaflet_id}").text
    assert [sentence for sentence in HOW if sentence in page] == [said] * bool(said)
    assert "mark to mark" not in page
    renditions.keep(version, Purpose.TWO_UP, Paper.A4, b"%PDF-", version.source_key or "")
    assert "mark to mark" in organizer.client.get(f"/leaflets/{version.leaflet_id}").text


# In words of the reader's language.


def test_what_it_is_is_told_in_the_language_of_whoever_reads(
    app: Flask, organizer: Person, event: Event, given: list[object]
) -> None:
    organizer.client.get("/?lang=es")
    leaflet = ready(organizer, event, "en")
    leaflets.publish(leaflet, organizer.account_id, 1)
    assert leaflet.print_notes == ""
    assert "Poster, A4" in app.test_client().get(f"/leaflets/{leaflet.id}").text
