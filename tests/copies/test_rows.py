"""An event's leaflets told apart, each with what its organizers do next."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from time_machine import TimeMachineFixture

from organizer.db import db
from organizer.events.models import Event
from organizer.leaflets import outcome
from organizer.leaflets.models import EventLeaflet, Leaflet, LeafletVersion
from organizer.leaflets.rules import NOT_SET, State
from organizer.posters.rules import Recipe, Shape, Sheet
from tests import querying
from tests.codes import coding
from tests.copies import counting
from tests.factories import Person
from tests.leaflets import making

LABEL = re.compile(r'<label for="handed_out">([^<]+?)\s*<')


def _rows(person: Person, event: Event) -> list[str]:
    page = person.client.get(f"/events/{event.id}/leaflets").text.partition('class="needs"')[2].partition("</ul>")[0]
    return [row.partition("</li>")[0] for row in page.split("<li>")[1:]]


def _made(leaflet: Leaflet, shape: Shape, paper: Sheet, *languages: str) -> LeafletVersion:
    """Its first version, as if it were made from the event."""
    version = leaflet.versions[0]
    version.made_as = Recipe(leaflet.events[0].id, shape, paper, languages).kept()
    db.session.commit()
    return version


def test_a_row_leads_to_what_is_published_until_something_else_waits(organizer: Person, event: Event) -> None:
    leaflet = coding.leaflet(event)
    (row,) = _rows(organizer, event)
    assert f'href="/leaflets/{leaflet.id}"' in row
    coding.waiting(leaflet)
    (row,) = _rows(organizer, event)
    assert row.count(f'href="/leaflets/{leaflet.id}/versions/2"') == 2
    assert f'href="/leaflets/{leaflet.id}"' not in row


def test_a_row_shows_the_first_page_of_what_it_leads_to(organizer: Person, event: Event) -> None:
    leaflet = coding.leaflet(event)
    assert f'src="/leaflets/{leaflet.id}/versions/1/pages/1/small.webp"' in _rows(organizer, event)[0]
    coding.waiting(leaflet)
    assert f'src="/leaflets/{leaflet.id}/versions/2/pages/1/small.webp"' in _rows(organizer, event)[0]


def test_while_there_is_nothing_to_look_at_a_row_has_no_picture(organizer: Person, event: Event) -> None:
    counting.leaflet(event)
    assert "<img" not in _rows(organizer, event)[0]


def test_what_was_made_from_the_event_says_as_what_and_in_which_languages(organizer: Person, event: Event) -> None:
    _made(coding.leaflet(event), Shape.POSTER, Sheet.A4, "en", "fa", "ru")
    _made(coding.leaflet(event), Shape.LEAFLET, Sheet.HALF_LETTER, "en")
    coding.leaflet(event)
    told = sorted(re.findall(r'<p class="meta"><bdi>(.*?)</bdi>', "".join(_rows(organizer, event))))
    assert told == ["English", "Leaflet, US half-letter · English", "Poster, A4 · English, فارسی, русский"]


def test_what_could_not_be_made_is_not_called_refused_and_can_be_made_again(organizer: Person, event: Event) -> None:
    version = _made(coding.leaflet(event, published=False), Shape.POSTER, Sheet.A4, "en")
    version.state, version.reason = State.REFUSED, NOT_SET
    db.session.commit()
    (row,) = _rows(organizer, event)
    assert "Could not be made" in row
    assert "Not taken" not in row
    again = f"/leaflets/{version.leaflet_id}/make-anew"
    assert row.count(f'href="{again}"') == 1
    assert organizer.client.get(again).status_code == 200


def test_a_new_version_that_could_not_be_made_says_so_beside_the_one_that_is_there(
    organizer: Person, event: Event
) -> None:
    leaflet = coding.leaflet(event)
    _made(leaflet, Shape.POSTER, Sheet.A4, "en")
    waiting = coding.waiting(leaflet)
    waiting.state, waiting.reason, waiting.made_as = State.REFUSED, NOT_SET, leaflet.versions[0].made_as
    db.session.commit()
    (row,) = _rows(organizer, event)
    assert "New version: Could not be made" in row
    assert row.count(f'href="/leaflets/{leaflet.id}/make-anew"') == 1
    page = organizer.client.get(f"/leaflets/{leaflet.id}").text
    assert "Could not be made" in page
    assert "Not taken" not in page


def test_a_file_that_was_refused_stays_not_taken(organizer: Person, event: Event) -> None:
    leaflet = coding.leaflet(event, published=False)
    leaflet.versions[0].state, leaflet.versions[0].reason = State.REFUSED, "unsafe"
    db.session.commit()
    (row,) = _rows(organizer, event)
    assert "Not taken" in row
    assert "make-anew" not in row


def test_more_leaflets_take_no_more_queries(organizer: Person, event: Event) -> None:
    path = f"/events/{event.id}/leaflets"
    seen = []
    for number in range(3):
        coding.leaflet(event, title=f"Leaflet {number}")
        db.session.expire_all()
        seen.append(querying.asked(lambda: organizer.client.get(path)))
    assert seen[0] == seen[-1]


def test_the_number_handed_out_is_not_called_as_the_place_is(organizer: Person, row: EventLeaflet) -> None:
    """The leaflet's page says where it is handed out, in words that mean a number in English alone."""
    page = organizer.client.get(counting.path(row)).text
    assert LABEL.findall(page) == ["Copies handed out"]


# On the desk.


def _on_desk(person: Person) -> list[tuple[str, str]]:
    """Each leaflet of the next action: its title, and what else is told of it."""
    page = person.client.get(f"/groups/{person.group.slug}/desk").text
    rows = page.partition('id="leaflets-left"')[2].partition("</ul>")[0].split("<li>")[1:]
    return [(_said(r"<strong>(.*?)</strong>", row), _said(r'<p class="meta"><bdi>(.*?)</bdi>', row)) for row in rows]


def _said(pattern: str, row: str) -> str:
    found = re.search(pattern, row)
    return found[1] if found else ""


def test_the_desk_tells_those_of_one_title_apart(organizer: Person, event: Event) -> None:
    for language in ("en", "fa"):
        coding.leaflet(event, title="Letters", language=language)
    coding.leaflet(event, title="Soup")
    assert sorted(_on_desk(organizer)) == [("Letters", "English"), ("Letters", "فارسی"), ("Soup", "")]


def test_the_desk_tells_what_was_made_by_its_shape_and_paper(organizer: Person, event: Event) -> None:
    _made(coding.leaflet(event, title="Letters"), Shape.POSTER, Sheet.A4, "en")
    anew = coding.leaflet(event, title="Letters")
    _made(anew, Shape.POSTER, Sheet.A4, "en")
    waiting = coding.waiting(anew)
    waiting.made_as = Recipe(event.id, Shape.LEAFLET, Sheet.A5, ("en", "ru")).kept()
    db.session.commit()
    assert sorted(label for _title, label in _on_desk(organizer)) == [
        "Leaflet, A5 · English, русский",
        "Poster, A4 · English",
    ]


def test_nobody_is_asked_how_many_there_are_of_what_was_not_taken(organizer: Person, event: Event) -> None:
    refused = making.sent(event, "Torn")
    outcome.refuse(refused.shown, "pdf_damaged", refused.shown.source_key)
    assert "Torn" not in organizer.client.get(f"/groups/{organizer.group.slug}/desk").text
    assert "Torn" in organizer.client.get(f"/events/{event.id}/leaflets").text


def test_days_are_those_of_the_group(organizer: Person, event: Event, time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(datetime(2026, 11, 24, 0, 30, tzinfo=UTC))
    leaflet = making.published(event)
    making.next_version(leaflet)
    making.publish(leaflet)
    assert "Nov 23, 2026" in _rows(organizer, event)[0]
    page = organizer.client.get(f"/leaflets/{leaflet.id}").text
    assert "2, November 23, 2026" in page
    assert "Nov 24" not in page
