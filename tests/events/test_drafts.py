"""A draft: what it will ask, what can be done with it, and that nothing is left of a deleted one."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from organizer import outbox
from organizer.db import db
from organizer.errors import RuleError
from organizer.events import service as events
from organizer.events.models import Event
from organizer.leaflets import service as leaflets
from organizer.leaflets.models import EventLeaflet, LeafletVersion
from organizer.leaflets.rules import Kind, LeafletDetails, State, Upload
from tests import factories, undoing, world
from tests.factories import Person, post

ACTOR = "a" * 26


@pytest.fixture
def draft(organizer: Person) -> Event:
    return factories.event(organizer.group, published=False, title="Half a plan", tags=("letters",))


def test_its_page_says_what_people_will_be_asked(organizer: Person, draft: Event) -> None:
    rally = factories.event(organizer.group, published=False, kind="rally")
    page = organizer.client.get(f"/events/{draft.id}").text
    assert "How many come, and a nickname if they like" in page
    assert "Just come. Nobody asks for your name." not in page
    assert "Tell them you come" not in page
    assert "Nothing: people just come" in organizer.client.get(f"/events/{rally.id}").text


def test_it_can_be_changed_published_and_deleted_and_what_people_are_told_is_not_offered(
    organizer: Person, draft: Event
) -> None:
    page = organizer.client.get(f"/events/{draft.id}").text
    for act in ("edit", "publish", "delete"):
        assert f"/events/{draft.id}/{act}" in page
    for act in ("notice", "postpone", "cancel", "reschedule", "again", "report"):
        assert f"/events/{draft.id}/{act}" not in page
    published = factories.event(organizer.group)
    page = organizer.client.get(f"/events/{published.slug}").text
    for act in ("notice", "postpone", "cancel", "reschedule", "again"):
        assert f"/events/{published.id}/{act}" in page
    assert "/delete" not in page


def test_a_deleted_draft_is_gone_with_all_that_was_its_own(organizer: Person, draft: Event) -> None:
    kept = factories.event(organizer.group)
    events.post_notice(draft, {"en": "To ourselves"}, ACTOR)
    words = LeafletDetails("Only here", "en")
    only_here = leaflets.upload(draft, Upload(words, Kind.PICTURE, world.PHOTO.data), ACTOR).shown.id
    elsewhere = leaflets.upload(draft, Upload(words, Kind.PICTURE, world.PHOTO.data), ACTOR)
    db.session.add(EventLeaflet(event_id=kept.id, leaflet_id=elsewhere.id))
    db.session.commit()
    before, draft_id, elsewhere_id = undoing.all_rows(), draft.id, elsewhere.shown.id
    assert draft_id in repr(before)

    page = organizer.client.get(f"/events/{draft_id}/delete")
    assert "Half a plan" in page.text
    assert db.session.get(Event, draft_id)
    gone = post(organizer.client, f"/events/{draft_id}/delete", {})
    assert gone.location == f"/groups/{organizer.group.slug}/desk"
    assert "The draft is deleted." in organizer.client.get(gone.location).text
    outbox.run_owed()

    left = {name: rows for name, rows in undoing.all_rows().items() if name != "audit_line"}
    assert draft_id not in repr(left)
    assert organizer.client.get(f"/events/{draft_id}").status_code == 404
    assert db.session.get_one(LeafletVersion, only_here).state == State.WITHDRAWN
    assert db.session.get_one(LeafletVersion, elsewhere_id).state != State.WITHDRAWN


def test_what_was_published_cannot_be_deleted(client: FlaskClient, organizer: Person, draft: Event) -> None:
    events.publish(draft, ACTOR)
    assert post(organizer.client, f"/events/{draft.id}/delete", {}, form_at="/events/new").status_code == 404
    with pytest.raises(RuleError):
        events.delete_draft(draft, ACTOR)
    assert client.get(f"/events/{draft.slug}").status_code == 200
