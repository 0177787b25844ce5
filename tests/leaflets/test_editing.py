"""A form that stays open while others go on: what is written for one version is never written onto another."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from organizer.db import db
from organizer.events.models import Event
from organizer.leaflets import service as leaflets
from organizer.leaflets.models import Leaflet
from tests import reading
from tests.factories import Person
from tests.leaflets import making
from tests.leaflets.making import WHO

FIRST, SECOND = "Words of the first.", "Words of the second."


@pytest.fixture
def leaflet(event: Event) -> Leaflet:
    """A published one."""
    return making.published(event, text_alternative=FIRST)


def _opened(organizer: Person, leaflet: Leaflet) -> dict[str, str]:
    """What a browser sends when she saves the form as it stands."""
    path = f"/leaflets/{leaflet.id}/edit"
    form = reading.Page(organizer.client.get(path).text, path).forms[-1]
    return {name: field.value for name, field in form.fields.items()}


def _renewed(leaflet: Leaflet) -> None:
    """Meanwhile another one publishes a second version."""
    making.next_version(leaflet, text_alternative=SECOND)
    making.publish(leaflet)


def _words(leaflet: Leaflet) -> list[str]:
    db.session.rollback()
    db.session.expire_all()
    return [version.text_alternative for version in leaflet.versions]


def test_who_changes_the_title_leaves_the_words_of_a_new_version(
    client: FlaskClient, organizer: Person, leaflet: Leaflet
) -> None:
    sent = _opened(organizer, leaflet) | {"title": "Anew"}
    _renewed(leaflet)
    answer = organizer.client.post(f"/leaflets/{leaflet.id}/edit", data=sent)
    assert answer.location == f"/leaflets/{leaflet.id}/versions/1"
    assert _words(leaflet) == [FIRST, SECOND]
    page = client.get(f"/leaflets/{leaflet.id}").text
    assert "Anew" in page
    assert SECOND in page


def test_it_stays_so_when_something_has_to_be_corrected_first(organizer: Person, leaflet: Leaflet) -> None:
    path = f"/leaflets/{leaflet.id}/edit"
    sent = _opened(organizer, leaflet) | {"title": "", "text_alternative": "Written late."}
    _renewed(leaflet)
    refused = organizer.client.post(path, data=sent)
    assert refused.status_code == 422
    again = reading.Page(refused.text, path).forms[-1]
    assert again.fields["text_alternative"].value == "Written late."
    corrected = {name: field.value for name, field in again.fields.items()} | {"title": "Anew"}
    assert organizer.client.post(path, data=corrected).status_code == 303
    assert _words(leaflet) == ["Written late.", SECOND]


def test_who_wrote_for_a_version_that_is_gone_is_told(organizer: Person, leaflet: Leaflet) -> None:
    sent = _opened(organizer, leaflet) | {"title": "Anew", "text_alternative": "Written late."}
    _renewed(leaflet)
    leaflets.withdraw_version(leaflet.versions[0], WHO)
    answer = organizer.client.post(f"/leaflets/{leaflet.id}/edit", data=sent, follow_redirects=True)
    assert answer.status_code == 200
    assert "The version whose words you changed was taken away meanwhile. The rest is saved." in answer.text
    assert _words(leaflet) == ["", SECOND]
    assert leaflet.title == "Anew"


@pytest.mark.parametrize("number", [None, "", "0", "3", "x", "\u0661", "9" * 40, "1\x00"])
def test_a_form_that_does_not_say_which_version_writes_nothing(
    organizer: Person, leaflet: Leaflet, number: str | None
) -> None:
    sent = _opened(organizer, leaflet) | {"title": "Anew", "text_alternative": "Written late."}
    _renewed(leaflet)
    del sent["version"]
    answer = organizer.client.post(
        f"/leaflets/{leaflet.id}/edit", data=sent if number is None else sent | {"version": number}
    )
    assert answer.status_code == 422
    assert "Something was lost on the way." in answer.text
    assert "Written late." in answer.text
    assert _words(leaflet) == [FIRST, SECOND]
