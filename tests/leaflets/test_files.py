"""Who may keep a leaflet's files, and for how long."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from organizer.events.rules import Visibility
from organizer.leaflets import renditions
from organizer.leaflets.rules import Paper, Purpose
from organizer.policy import Role
from tests import factories
from tests.factories import Person
from tests.leaflets import making

FILES = ("file", "pages/1/small.webp", "print/grey.pdf")
FOR_GOOD = "private, max-age=31536000, immutable"


def _address(organizer: Person, **changes: object) -> str:
    """A published leaflet of one action, with a file to print."""
    leaflet = making.ready(factories.event(organizer.group, **changes))  # type: ignore[arg-type] # named by the tests
    renditions.keep(leaflet.shown, Purpose.GREY, Paper.OWN, b"%PDF-", leaflet.shown.source_key or "")
    return f"/leaflets/{making.publish(leaflet).id}"


@pytest.mark.parametrize("changes", [{"visibility": Visibility.PRIVATE}, {"published": False}])
def test_what_not_everyone_may_have_is_kept_in_no_browser(
    app: Flask, client: FlaskClient, organizer: Person, changes: dict[str, object]
) -> None:
    address = _address(organizer, **changes)
    member = factories.person(app, Role.MEMBER, organizer.group)
    for path in [f"{address}{place}/{name}" for place in ("", "/versions/1") for name in FILES]:
        assert client.get(path).status_code == 404
        assert organizer.client.get(path).headers["Cache-Control"] == "no-store"
        seen = member.client.get(path)
        if "visibility" in changes:
            assert seen.headers["Cache-Control"] == "no-store"
        else:
            assert seen.status_code == 404


@pytest.mark.parametrize("visibility", [Visibility.PUBLIC, Visibility.UNLISTED])
def test_what_everyone_may_have_is_kept_by_all(client: FlaskClient, organizer: Person, visibility: Visibility) -> None:
    address = _address(organizer, visibility=visibility)
    for anyone in (client, organizer.client):
        for name in FILES:
            assert anyone.get(f"{address}/versions/1/{name}").headers["Cache-Control"] == FOR_GOOD
            assert anyone.get(f"{address}/{name}").headers["Cache-Control"] == "private, no-cache"


def test_one_open_action_is_enough(client: FlaskClient, organizer: Person) -> None:
    leaflet = making.published(factories.event(organizer.group, visibility=Visibility.PRIVATE))
    path = f"/leaflets/{leaflet.id}/versions/1/file"
    assert organizer.client.get(path).headers["Cache-Control"] == "no-store"
    making.bring(leaflet, factories.event(organizer.group))
    assert client.get(path).headers["Cache-Control"] == organizer.client.get(path).headers["Cache-Control"] == FOR_GOOD


def test_what_is_not_published_yet_is_kept_in_no_browser(organizer: Person) -> None:
    leaflet = making.published(factories.event(organizer.group))
    making.next_version(leaflet)
    waiting = organizer.client.get(f"/leaflets/{leaflet.id}/versions/2/file")
    assert waiting.headers["Cache-Control"] == "no-store"
