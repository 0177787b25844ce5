"""Whose a leaflet is: a version that only members had stays theirs, and what is by link alone no search engine has."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from organizer.events.rules import Visibility
from organizer.leaflets import service as leaflets
from organizer.leaflets.models import Leaflet
from organizer.policy import Role
from tests import factories
from tests.factories import Person
from tests.leaflets import making


def _paths(leaflet: Leaflet, version: int | None = None) -> tuple[str, ...]:
    """Its page, its file and a picture of it."""
    base = f"/leaflets/{leaflet.id}" + (f"/versions/{version}" if version else "")
    return base, f"{base}/file", f"{base}/pages/1/small.webp"


def _statuses(browser: FlaskClient, leaflet: Leaflet, version: int | None = None) -> set[int]:
    return {browser.get(path).status_code for path in _paths(leaflet, version)}


@pytest.fixture
def among_us(organizer: Person) -> Leaflet:
    """One for members alone, in its second version."""
    leaflet = making.published(factories.event(organizer.group, visibility=Visibility.PRIVATE))
    making.next_version(leaflet)
    return making.publish(leaflet)


def test_a_version_that_only_members_had_stays_theirs_when_the_next_one_is_for_everyone(
    app: Flask, client: FlaskClient, organizer: Person, among_us: Leaflet
) -> None:
    assert _statuses(client, among_us) == {404}
    making.bring(among_us, factories.event(organizer.group))
    member = factories.person(app, Role.MEMBER, organizer.group)
    stranger = factories.person(app)
    assert _statuses(client, among_us) == _statuses(client, among_us, 2) == {200}
    assert _statuses(client, among_us, 1) == _statuses(stranger.client, among_us, 1) == {404}
    assert _statuses(member.client, among_us, 1) == _statuses(organizer.client, among_us, 1) == {200}
    kept = organizer.client.get(f"/leaflets/{among_us.id}/versions/1/file").headers["Cache-Control"]
    assert "max-age" not in kept


def test_a_version_that_everyone_had_stays_everyones(client: FlaskClient, organizer: Person) -> None:
    leaflet = making.published(factories.event(organizer.group, visibility=Visibility.UNLISTED))
    making.next_version(leaflet)
    making.publish(leaflet)
    assert _statuses(client, leaflet, 1) == {200}


def test_what_is_handed_out_by_link_alone_is_in_no_search_engine(client: FlaskClient, organizer: Person) -> None:
    leaflet = making.published(factories.event(organizer.group, visibility=Visibility.UNLISTED))
    page, file, picture = _paths(leaflet)

    def hidden() -> list[bool]:
        told = [client.get(path).headers.get("X-Robots-Tag") == "noindex" for path in (file, picture)]
        return ['name="robots" content="noindex"' in client.get(page).text, *told]

    assert hidden() == [True, True, True]
    making.bring(leaflet, factories.event(organizer.group))
    assert hidden() == [False, False, False]


def test_whoever_has_a_withdrawn_one_in_her_hand_sees_where_to_come(client: FlaskClient, organizer: Person) -> None:
    event = factories.event(organizer.group)
    leaflet = making.published(event, "Old hours")
    leaflets.withdraw(leaflet, making.WHO, "The hours have changed.")
    gone = client.get(f"/leaflets/{leaflet.id}")
    assert gone.status_code == 410
    assert "The hours have changed." in gone.text
    assert f'href="/events/{event.slug}"' in gone.text
    assert "Old hours" not in gone.text
