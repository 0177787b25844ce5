"""What is said on paper, in each language; that it is really printed, `test_jobs` sees."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from time_machine import TimeMachineFixture

from organizer import clock, documents
from organizer.events import service as events
from organizer.events.gate import Clearance, visible
from organizer.events.models import Event
from organizer.events.rules import SpotShown, Texts, Visibility
from organizer.posters import words
from organizer.posters.rules import Recipe, Shape, Sheet
from tests import factories
from tests.factories import Person
from tests.posters import making
from tests.posters.making import ready

Given = list[Mapping[str, Any]]


def side(event: Event, shape: Shape = Shape.POSTER) -> words.Side:
    """The one in the event's own language."""
    recipe = Recipe(event.id, shape, Sheet.A4, (event.language,))
    return words.sides(visible(event, Clearance.PUBLIC, clock.now()), recipe)[0]


def test_what_it_says_is_told_in_words_too(organizer: Person, event: Event, given: Given) -> None:
    text = ready(organizer, event, "en", "fa").shown.text
    assert text.startswith(f"Leafleting\n\n{event.title}\n\n")
    assert "نامه در بازار\n\n" in text
    assert making.url(event) in text


def test_words_from_right_to_left_are_kept_as_they_were_typed(organizer: Person, event: Event, given: Given) -> None:
    mixed = "شماره ۱۲۳۴۵ — 25 نوامبر — Letters Club"
    events.translate(event, "fa", Texts("نامه", f"برگه با خود می\u200cبرد.\n\n{mixed}"), "")
    text = ready(organizer, event, "fa", shape="leaflet").shown.text
    assert f"برگه با خود می\u200cبرد.\n\n{mixed}\n\n" in text


def test_a_leaflet_has_all_that_it_is_for_and_how_to_reach_the_group(organizer: Person) -> None:
    event = factories.event(organizer.group, what_for="First.\n\n" + "Nobody shall be forgotten.\n\n" * 400)
    leaflet, poster = side(event, Shape.LEAFLET), side(event)
    assert len(leaflet.what_for) == 401
    assert leaflet.contact == "table@bay.example"
    assert (poster.what_for, poster.contact) == (("First.",), "")


def test_a_poster_says_little(organizer: Person) -> None:
    long = "So that nobody is forgotten. " * 30
    said = side(factories.event(organizer.group, what_for=long, what_to_bring=long))
    assert len(said.what_for[0]) <= words.POSTER_CHARACTERS
    assert len(said.bring) <= words.BRING_CHARACTERS


def test_the_little_pictures_of_a_title_are_left_out(organizer: Person) -> None:
    event = factories.event(organizer.group, title="✊🏽 Letters 🇺🇦 for all 👩‍👧 ☮️")
    assert side(event).title.split() == ["Letters", "for", "all"]


@pytest.mark.parametrize("shape", Shape)
def test_the_exact_spot_is_on_it_only_when_everyone_may_know_it(
    organizer: Person, given: Given, time_machine: TimeMachineFixture, shape: Shape
) -> None:
    event = factories.event(
        organizer.group, spot="Canary gate", spot_shown=SpotShown.BEFORE_START, private_notes="Canary notes"
    )
    hidden = factories.event(organizer.group, spot="Canary gate", spot_shown=SpotShown.TO_ANSWERED)
    for each in (event, hidden):
        text = ready(organizer, each, "en", shape=shape).shown.text
        assert "Canary" not in json.dumps(given.pop(), ensure_ascii=False) + text
    page = organizer.client.get(f"/events/{event.id}/leaflets/make").text
    assert "The exact spot does not stand on it" in page
    time_machine.move_to(event.starts_at - timedelta(hours=2))
    ready(organizer, event, "en", shape=shape)
    assert "Canary gate" in given[0]["sides"][0]["place"]
    assert "Canary notes" not in json.dumps(given, ensure_ascii=False)


def test_the_code_of_an_unlisted_action_leads_to_its_link(organizer: Person, given: Given) -> None:
    event = factories.event(organizer.group, visibility=Visibility.UNLISTED)
    ready(organizer, event, "en")
    set_side, address = given[0]["sides"][0], f"http://localhost/events/{event.id}?lang=en"
    assert set_side["url"] == address
    assert documents.qr_svg(address).partition(" ")[2] in set_side["qr"]
