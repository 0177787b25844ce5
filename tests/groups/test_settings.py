"""A group's settings, and adding a city."""

from __future__ import annotations

import html
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from organizer.db import db
from organizer.errors import RuleError
from organizer.groups import service as groups
from organizer.groups.models import City, Group, Membership
from organizer.groups.rules import CityDetails, GroupDetails
from organizer.policy import Role
from tests import factories
from tests.factories import Person, post

CITY = {"name": "Emeryville", "region": "California", "country": "US"}


def _typed(person: Person, **changes: str) -> dict[str, str]:
    return {
        "name": "East Bay Together",
        "about": "We meet on Thursdays.",
        "contact": "hello@bay.example",
        "zone": "Europe/Kyiv",
        "language": "uk",
        "city_id": person.group.city_id,
        **changes,
    }


def _edit(person: Person, **changes: str) -> tuple[int, str]:
    answer = post(person.client, f"/groups/{person.group.slug}/edit", _typed(person, **changes))
    return answer.status_code, answer.text


def test_organizers_change_what_the_group_says_of_itself(client: FlaskClient, organizer: Person) -> None:
    assert _edit(organizer)[0] == 303

    db.session.refresh(organizer.group)
    stored = {name: getattr(organizer.group, name) for name in _typed(organizer)}
    assert stored == _typed(organizer)
    page = client.get(f"/groups/{organizer.group.slug}").text
    assert "East Bay Together" in page
    assert "We meet on Thursdays." in page


def test_a_page_that_readers_had_seen_shows_the_new_name_at_once(client: FlaskClient, organizer: Person) -> None:
    path = f"/groups/{organizer.group.slug}"
    assert organizer.group.name in client.get(path).text
    _edit(organizer)
    assert "East Bay Together" in client.get(path).text


def test_a_renamed_group_keeps_its_address(organizer: Person) -> None:
    slug = organizer.group.slug
    _edit(organizer)
    db.session.refresh(organizer.group)
    assert organizer.group.slug == slug


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"name": "  \t "},
        {"name": "n" * 100_000},
        {"name": "\x00\x07"},
        {"about": "a" * 100_000},
        {"contact": "c" * 100_000},
        {"zone": "Mars/Olympus"},
        {"zone": ""},
        {"language": "tlh"},
        {"city_id": "x" * 26},
        {"city_id": "\x00"},
    ],
)
def test_bad_input_is_refused_beside_its_field_and_nothing_is_lost(organizer: Person, changes: dict[str, str]) -> None:
    status, page = _edit(organizer, **changes)

    assert status == 422
    assert f'id="{next(iter(changes))}-error"' in page
    if "about" not in changes:
        assert "We meet on Thursdays." in page
    db.session.refresh(organizer.group)
    assert organizer.group.name != "East Bay Together"


def test_markup_and_other_scripts_are_shown_as_they_were_typed(client: FlaskClient, organizer: Person) -> None:
    name = "<b>Солідарність</b> 団結 همبستگی"
    assert _edit(organizer, name=name)[0] == 303
    assert html.escape(name) in client.get(f"/groups/{organizer.group.slug}").text


@pytest.mark.parametrize("path", ["edit", "people"])
def test_other_groups_and_mere_members_meet_the_one_404(app: Flask, organizer: Person, path: str) -> None:
    stranger, member = factories.person(app), factories.person(app, Role.MEMBER, organizer.group)
    pages = [person.client.get(f"/groups/{organizer.group.slug}/{path}") for person in (stranger, member)]
    pages.append(stranger.client.get(f"/groups/no-such-group/{path}"))

    assert {page.status_code for page in pages} == {404}
    assert pages[0].data == pages[2].data


def test_a_city_is_added_once_for_all(client: FlaskClient, organizer: Person) -> None:
    answer = post(organizer.client, "/cities/new", CITY)

    assert (answer.status_code, answer.location) == (303, "/cities/emeryville-california-us")
    assert client.get(answer.location).status_code == 200
    assert "Emeryville, California" in organizer.client.get("/events/new").text


def test_the_country_of_ones_own_city_is_chosen_already(organizer: Person) -> None:
    page = organizer.client.get("/cities/new").text
    assert re.search(r'<option selected value="US">United States</option>', page)


@pytest.mark.parametrize(
    "again",
    [CITY, {**CITY, "name": " emeryville "}, {**CITY, "name": "Émeryville"}, {**CITY, "region": "CALIFORNIA"}],
)
def test_a_city_that_is_there_is_refused_kindly(organizer: Person, again: dict[str, str]) -> None:
    post(organizer.client, "/cities/new", CITY)
    answer = post(organizer.client, "/cities/new", again)

    assert answer.status_code == 422
    assert "is in the list already" in answer.text


def test_names_that_leave_no_latin_letter_are_told_apart(organizer: Person) -> None:
    kyiv, lviv = ({"name": name, "region": "", "country": "UA"} for name in ("Київ", "Львів"))

    assert post(organizer.client, "/cities/new", kyiv).status_code == 303
    assert post(organizer.client, "/cities/new", lviv).status_code == 303
    assert post(organizer.client, "/cities/new", {**kyiv, "name": "КИЇВ"}).status_code == 422


def test_the_same_name_in_another_region_is_another_city(organizer: Person) -> None:
    assert post(organizer.client, "/cities/new", CITY).status_code == 303
    assert post(organizer.client, "/cities/new", {**CITY, "region": "South Dakota"}).status_code == 303


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"name": "n" * 100_000},
        {"name": "\x00"},
        {"region": "r" * 100_000},
        {"country": ""},
        {"country": "ZZ"},
        {"country": "us"},
        {"country": "\x00"},
    ],
)
def test_what_is_no_city_is_refused_beside_its_field(organizer: Person, changes: dict[str, str]) -> None:
    answer = post(organizer.client, "/cities/new", {**CITY, **changes})

    assert answer.status_code == 422
    assert f'id="{next(iter(changes))}-error"' in answer.text
    assert db.session.scalar(select(func.count()).select_from(City).where(City.name == "Emeryville")) == 0


def test_who_organizes_nothing_adds_no_city(app: Flask) -> None:
    member = factories.person(app, Role.MEMBER)
    assert member.client.get("/cities/new").status_code == 404


def _details(city: City, **changes: str) -> GroupDetails:
    return GroupDetails(**{"name": "Bay", "zone": "UTC", "language": "en", "city_id": city.id, **changes})


def test_a_group_is_founded_with_its_owner(app: Flask) -> None:
    owner = factories.person(app)
    city = groups.add_city(CityDetails("Albany", "US", "California"), None)
    group = groups.found(_details(city), owner.account_id)

    assert group.slug == "bay"
    assert db.session.get_one(Membership, (group.id, owner.account_id)).role == Role.OWNER
    assert owner.client.get("/groups/bay/people").status_code == 200


def test_a_second_group_of_the_same_name_has_an_address_of_its_own(app: Flask) -> None:
    city = groups.add_city(CityDetails("Albany", "US"), None)
    first, second = (groups.found(_details(city), None) for _ in range(2))

    assert first.slug == "bay"
    assert re.fullmatch(r"bay-[a-z2-7]{6}", second.slug)


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"city_id": "x" * 26}, "city_id"), ({"language": "tlh"}, "language"), ({"name": ""}, "name")],
)
def test_a_group_that_cannot_be_is_not_founded(app: Flask, changes: dict[str, str], field: str) -> None:
    city = groups.add_city(CityDetails("Albany", "US"), None)
    with pytest.raises(RuleError) as refused:
        groups.found(_details(city, **changes), None)

    assert refused.value.field == field
    assert db.session.scalar(select(func.count()).select_from(Group)) == 0
