"""What is made from actions takes of what its group may have of the site, as uploads do."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from organizer import config
from organizer.db import db
from organizer.errors import RuleError
from organizer.events import service as events
from organizer.events.models import Event
from organizer.leaflets import queries, rules
from organizer.leaflets import service as leaflets
from organizer.leaflets.models import Leaflet, LeafletVersion
from organizer.leaflets.rules import NO_ROOM, LeafletDetails, State
from organizer.posters import queries as made_queries
from organizer.posters import service as posters
from organizer.posters.rules import NotMade, Recipe, Shape, Sheet
from tests import factories
from tests.factories import Person
from tests.leaflets import making as uploads
from tests.leaflets.making import WHO
from tests.posters import making

pytestmark = pytest.mark.usefixtures("given")
LETTERS = LeafletDetails("Letters", "en")
MB = 1_000_000
TOO_MANY, TOO_MUCH = "Wait some minutes", "Withdraw leaflets or versions"


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two files of a group may wait."""
    monkeypatch.setattr(rules, "MOST_WAITING", 2)


@pytest.fixture
def poster(organizer: Person, event: Event) -> Leaflet:
    """One that waits to be looked at."""
    return making.ready(organizer, event, "en")


def make(event: Event) -> Leaflet:
    return posters.make(event, Recipe(event.id, Shape.POSTER, Sheet.A4, ("en",)), LETTERS, WHO)


def make_anew(leaflet: Leaflet) -> LeafletVersion:
    return posters.make_anew(leaflet, made_queries.made_from(leaflet)[0], LETTERS, WHO)


def fill(app: Flask, monkeypatch: pytest.MonkeyPatch, leaflet: Leaflet) -> None:
    """Let the leaflet's file take all that its group may keep."""
    leaflet.shown.renditions[0].size_bytes = MB
    db.session.commit()
    monkeypatch.setitem(app.extensions, "config", replace(config.current(), leaflet_megabytes=1))


def stored() -> tuple[int, list[State]]:
    db.session.rollback()
    versions = db.session.query(LeafletVersion).order_by(LeafletVersion.leaflet_id, LeafletVersion.number)
    return db.session.query(Leaflet).count(), [version.state for version in versions]


@pytest.mark.usefixtures("few")
def test_more_than_wait_already_are_not_made_until_some_are_set(event: Event, poster: Leaflet) -> None:
    shown = leaflets.publish(with_pages(event), WHO, 1)
    first, _second = uploads.sent(event), make(event)
    before = stored()
    for ask in (lambda: make(event), lambda: make_anew(poster), lambda: make_anew(shown)):
        with pytest.raises(RuleError, match=TOO_MANY):
            ask()
        assert stored() == before
    make(factories.event(factories.group()))
    uploads.finish(first.shown)
    assert make_anew(poster).state == State.UPLOADED
    with pytest.raises(RuleError, match=TOO_MANY):
        make(event)


def with_pages(event: Event) -> Leaflet:
    """One whose pages are there, and that says as a version that it was made of the event."""
    leaflet = uploads.ready(event, made=uploads.PDF)
    leaflet.shown.made_as = Recipe(event.id, Shape.POSTER, Sheet.A4, ("en",)).kept()
    db.session.commit()
    return leaflet


@pytest.mark.usefixtures("few")
def test_files_are_not_taken_either_beside_posters_that_wait(event: Event) -> None:
    make(event)
    make(event)
    with pytest.raises(RuleError, match=TOO_MANY):
        uploads.sent(event)


def test_a_group_that_keeps_too_much_makes_no_more(
    app: Flask, event: Event, poster: Leaflet, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaflets.publish(poster, WHO, 1)
    fill(app, monkeypatch, poster)
    before = stored()
    for ask in (lambda: make(event), lambda: make_anew(poster)):
        with pytest.raises(RuleError, match=TOO_MUCH):
            ask()
        assert stored() == before
    make(factories.event(factories.group()))
    leaflets.withdraw(poster, WHO)
    make(event)


def test_what_takes_the_place_of_pages_that_wait_needs_no_more_room(
    app: Flask, event: Event, poster: Leaflet, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(app, monkeypatch, uploads.published(event))
    assert make_anew(poster).state == State.UPLOADED
    assert queries.held(event.group_id) == (1, MB + sum(_others(event)))


def _others(event: Event) -> list[int]:
    """The sizes of what the group keeps, but for the largest."""
    kept = [each.size_bytes for leaflet in queries.of_event(event.id) for each in leaflet.shown.renditions]
    return sorted(kept)[:-1]


def test_what_could_not_be_made_takes_room_when_it_can(
    app: Flask, event: Event, poster: Leaflet, monkeypatch: pytest.MonkeyPatch
) -> None:
    poster.shown.lose_file()
    poster.shown.state, poster.shown.reason = State.REFUSED, NO_ROOM
    db.session.commit()
    fill(app, monkeypatch, uploads.published(event))
    with pytest.raises(RuleError, match=TOO_MUCH):
        make_anew(poster)


def test_why_it_can_never_be_made_is_told_first(
    app: Flask, event: Event, poster: Leaflet, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(app, monkeypatch, poster)
    events.cancel(event, "Rain", WHO)
    with pytest.raises(NotMade):
        make(event)


def test_the_forms_say_so(
    app: Flask, organizer: Person, event: Event, poster: Leaflet, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaflets.publish(poster, WHO, 1)
    fill(app, monkeypatch, poster)
    for answer in (making.ask(organizer, event, "en"), making.anew(organizer, poster)):
        assert answer.status_code == 422
        assert f"{TOO_MUCH} that nobody needs" in answer.text.partition('role="alert"')[2].partition("</ul>")[0]


@pytest.mark.usefixtures("few")
def test_the_sentence_about_those_that_wait_is_about_no_file_that_was_sent(organizer: Person, event: Event) -> None:
    make(event)
    make(event)
    answer = making.ask(organizer, event, "en")
    assert answer.status_code == 422
    assert "No more than 2 files of a group can wait for their turn. Wait some minutes, then try again." in answer.text
