"""What an organizer finds on her desk."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from time_machine import TimeMachineFixture

from organizer import clock
from organizer.keeping import purge
from organizer.policy import Role
from tests import factories, querying
from tests.factories import Person, post


@pytest.fixture
def desk(organizer: Person) -> str:
    return f"/groups/{organizer.group.slug}/desk"


def test_an_empty_desk_says_what_to_do(organizer: Person, desk: str) -> None:
    page = organizer.client.get(desk).text
    assert "A first action takes a minute" in page
    assert "/events/new?group=" in page


def test_the_next_action_stands_first_with_its_answers(client: FlaskClient, organizer: Person, desk: str) -> None:
    event = factories.event(organizer.group, starts_on=clock.today() + timedelta(days=3))
    factories.event(organizer.group, title="Later", starts_on=clock.today() + timedelta(days=9))
    post(client, f"/events/{event.slug}/answer", {"coming": "going", "party_size": "4"})
    page = organizer.client.get(desk).text
    head = page.partition('class="desk-next"')[2].partition("</section>")[0]
    assert "Leaflets at the market" in head
    assert ">4<" in head
    assert f"/events/{event.id}/notice" in head
    assert "Later" in page.partition('id="upcoming"')[2]


def test_drafts_and_missing_reports_wait_with_their_fix(
    organizer: Person, desk: str, time_machine: TimeMachineFixture
) -> None:
    held = factories.event(organizer.group, starts_on=clock.today() + timedelta(days=1))
    factories.event(organizer.group, published=False, title="Half a plan", starts_on=clock.today() + timedelta(days=20))
    time_machine.move_to(held.ends_at + timedelta(hours=1))
    needs = _needs(organizer.client.get(desk).text)
    assert "Half a plan is a draft." in needs
    assert f"/events/{held.id}/report" in needs


def _needs(page: str) -> str:
    return page.partition('id="needs"')[2].partition("</section>")[0].replace("\u202f", " ")


def test_two_needs_of_the_same_title_are_told_apart_by_their_days(organizer: Person, desk: str) -> None:
    for day in (date(2027, 3, 6), date(2027, 3, 13)):
        factories.event(organizer.group, published=False, title="Half a plan", starts_on=day)
    needs = _needs(organizer.client.get(desk).text)
    assert "Saturday, March 6, 2027, 10:00 AM to 1:00 PM" in needs
    assert "Saturday, March 13, 2027, 10:00 AM to 1:00 PM" in needs


def test_where_nothing_is_asked_nobody_is_counted(
    organizer: Person, desk: str, time_machine: TimeMachineFixture
) -> None:
    event = factories.event(organizer.group, kind="rally", starts_on=clock.today() + timedelta(days=1))
    page = organizer.client.get(desk).text
    assert "People coming" not in page
    assert event.title in page
    asked = organizer.client.get(f"/events/{event.id}/answers").text
    assert 'class="tallies"' not in asked
    time_machine.move_to(event.ends_at + timedelta(days=8))
    purge.run()
    for path in (desk, f"/events/{event.id}/answers"):
        assert "had answered" not in organizer.client.get(path).text
    assert "The answers are deleted on" not in organizer.client.get(desk).text


def test_a_total_of_nobody_is_not_told(organizer: Person, desk: str, time_machine: TimeMachineFixture) -> None:
    event = factories.event(organizer.group, starts_on=clock.today() + timedelta(days=1))
    time_machine.move_to(event.ends_at + timedelta(days=8))
    purge.run()
    for path in (desk, f"/events/{event.id}/answers"):
        assert "About 0 people" not in organizer.client.get(path).text


def test_a_new_time_a_postponement_and_a_cancellation_are_at_hand(organizer: Person, desk: str) -> None:
    event = factories.event(organizer.group)
    head = organizer.client.get(desk).text.partition('class="desk-next"')[2].partition("</section>")[0]
    for act in ("edit", "reschedule", "postpone", "cancel"):
        assert f'href="/events/{event.id}/{act}"' in head


def test_links_between_the_desk_and_the_groups_page_say_where_they_lead(
    app: Flask, client: FlaskClient, organizer: Person, desk: str
) -> None:
    slug = organizer.group.slug
    links = _links(organizer.client.get(desk).text)
    assert links["The group's page"] == f"/groups/{slug}"
    assert links["Settings"] == f"/groups/{slug}/edit"
    assert "People and invitations" not in links
    name = organizer.group.name
    for path in (f"/groups/{slug}/edit", f"/events/new?group={slug}"):
        assert _links(organizer.client.get(path).text)[f"Desk of {name}"] == desk
    owner = factories.person(app, Role.OWNER, of=organizer.group).client
    assert _links(owner.get(desk).text)["People and invitations"] == f"/groups/{slug}/people"
    page = f"/groups/{slug}"
    assert _links(owner.get(page).text.partition("<main")[2])["Your desk"] == desk
    stranger = factories.person(app).client
    for reader in (client, stranger):
        assert desk not in reader.get(page).text


def _links(page: str) -> dict[str, str]:
    """Where the links of a page lead, by their words."""
    found = re.findall(r'<a [^>]*href="([^"]*)"[^>]*>(.*?)</a>', page, re.DOTALL)
    return {unescape(re.sub(r"<[^>]+>", "", words)).strip(): href for href, words in found}


def test_a_late_purge_is_told(
    organizer: Person, desk: str, client: FlaskClient, time_machine: TimeMachineFixture
) -> None:
    event = factories.event(organizer.group, starts_on=clock.today() + timedelta(days=1))
    post(client, f"/events/{event.slug}/answer", {"coming": "going", "party_size": "1"})
    time_machine.move_to(event.ends_at + timedelta(days=8, hours=1))
    assert f"What people told for {event.title} should be deleted by now" in organizer.client.get(desk).text


def test_only_the_groups_organizers_have_it(app: Flask, client: FlaskClient, organizer: Person, desk: str) -> None:
    assert client.get(desk).status_code == 403 or client.get(desk).location.startswith("/sign-in")
    assert factories.person(app, Role.MEMBER, of=organizer.group).client.get(desk).status_code == 404
    assert factories.person(app).client.get(desk).status_code == 404


def test_it_asks_the_database_as_often_for_three_events_as_for_one(organizer: Person, desk: str) -> None:
    seen = []
    for day in (3, 5, 7):
        factories.event(organizer.group, starts_on=clock.today() + timedelta(days=day))
        if day != 5:
            with querying.statements() as sent:
                assert organizer.client.get(desk).status_code == 200
            seen.append(len(sent))
    assert seen[0] == seen[1]
