"""Made anew: what is published stays until the new one is, and nothing is made twice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from flask import Flask

from organizer import outbox
from organizer.db import db
from organizer.errors import Gone
from organizer.events import service as events
from organizer.events.models import Event
from organizer.leaflets import queries as leaflet_queries
from organizer.leaflets import service as leaflets
from organizer.leaflets.models import Leaflet
from organizer.leaflets.rules import NOT_OPEN, LeafletDetails, State
from organizer.posters import queries
from organizer.posters import service as posters
from organizer.posters.rules import NotMade, Recipe, Shape, Sheet
from tests.factories import Person, post
from tests.posters import making
from tests.posters.making import ready

Given = list[Mapping[str, Any]]


def make_anew(leaflet: Leaflet, organizer: Person) -> None:
    """As it was made before."""
    details = LeafletDetails(leaflet.title, leaflet.language)
    posters.make_anew(leaflet, queries.made_from(leaflet)[0], details, organizer.account_id)


def test_a_draft_that_is_made_anew_is_replaced(organizer: Person, event: Event, given: Given) -> None:
    made = ready(organizer, event, "en", "fa", shape="leaflet", paper="a5")
    recipe = Recipe.of(made.shown.made_as or {})
    before = {rendition.blob_key for rendition in made.shown.renditions}
    making.change(event, title="Letters at the market")
    answer = making.anew(organizer, made)
    assert answer.location == f"/leaflets/{made.id}/versions/1"
    assert [(version.number, version.state) for version in made.versions] == [(1, State.READY)]
    assert Recipe.of(made.shown.made_as or {}) == recipe
    assert not before & {rendition.blob_key for rendition in made.shown.renditions}
    assert (made.shown.pages, given[-1]["paper"]) == (2, "a5")
    assert given[-1]["sides"][0]["title"] == "Letters at the market"


def test_what_is_published_stays_until_the_new_one_is(
    app: Flask, organizer: Person, event: Event, given: Given
) -> None:
    made = ready(organizer, event, "en")
    address = f"/leaflets/{made.id}"
    leaflets.publish(made, organizer.account_id, 1)
    before = app.test_client().get(f"{address}/file")
    making.change(event, title="Letters at the market")
    answer = making.anew(organizer, made)
    assert answer.location == f"{address}/versions/2"
    assert "Letters at the market" in organizer.client.get(answer.location).text
    assert [(version.number, version.state) for version in made.versions] == [(1, State.PUBLISHED), (2, State.READY)]
    assert app.test_client().get(f"{address}/file").headers["ETag"] == before.headers["ETag"]
    assert made.published
    assert made.waiting
    assert "Leaflets at the market" in made.published.text
    assert "Letters at the market" in made.waiting.text


def test_the_new_one_has_a_page_that_looks_again_by_itself(organizer: Person, event: Event, given: Given) -> None:
    made = ready(organizer, event, "en")
    leaflets.publish(made, organizer.account_id, 1)
    asked = post(organizer.client, f"/leaflets/{made.id}/make-anew", making.details("en"))
    page = organizer.client.get(asked.location)
    assert page.headers["Refresh"]
    assert f'href="{asked.location}"><span>Look again' in page.text


def test_it_is_made_otherwise_in_its_own_place(organizer: Person, event: Event, given: Given) -> None:
    made = ready(organizer, event, "en", shape="leaflet", paper="a5")
    making.anew(organizer, made, shape="poster", paper="letter", languages=["uk", "fa"])
    assert [Recipe.of(version.made_as or {}) for version in made.versions] == [
        Recipe(event.id, Shape.POSTER, Sheet.LETTER, ("uk", "fa"))
    ]
    assert (made.title, made.language) == ("Листівки на ринку", "uk")
    assert [side["language"] for side in given[-1]["sides"]] == ["uk", "fa"]


def test_a_title_that_its_organizers_gave_it_stays(organizer: Person, event: Event, given: Given) -> None:
    made = ready(organizer, event, "en")
    leaflets.edit(made, LeafletDetails("For the window", "en"), organizer.account_id, 1)
    making.anew(organizer, made, languages=["en", "uk"])
    assert made.title == "For the window"
    leaflets.publish(made, organizer.account_id, 1)
    making.anew(organizer, made, languages=["uk"])
    assert (made.title, made.language) == ("For the window", "en")


def test_one_that_is_being_made_is_not_made_twice(organizer: Person, event: Event, given: Given) -> None:
    leaflet_id = making.ask(organizer, event, "en").location.rpartition("/")[2]
    refused = post(organizer.client, f"/leaflets/{leaflet_id}/make-anew", making.details("en"))
    assert refused.status_code == 422
    assert outbox.run_owed() == 1
    assert len(given) == 1


def test_of_a_cancelled_action_nothing_is_made_anew(organizer: Person, event: Event, given: Given) -> None:
    made = ready(organizer, event, "en")
    events.cancel(event, "Rain", organizer.account_id)
    with pytest.raises(NotMade) as refused:
        make_anew(made, organizer)
    assert refused.value.reason == NOT_OPEN
    assert made.shown.state == State.READY


def test_what_was_withdrawn_is_gone(organizer: Person, event: Event, given: Given) -> None:
    made = ready(organizer, event, "en")
    leaflets.withdraw(made, organizer.account_id)
    with pytest.raises(Gone):
        make_anew(made, organizer)


def test_an_action_that_is_done_again_does_not_bring_the_old_day_along(
    organizer: Person, event: Event, given: Given
) -> None:
    ready(organizer, event, "en")
    post(organizer.client, f"/events/{event.id}/again", {}, form_at=f"/events/{event.id}/edit")
    copy = db.session.query(Event).filter(Event.copied_from_id == event.id).one()
    assert leaflet_queries.of_event(copy.id) == []
