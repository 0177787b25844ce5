"""What was uploaded for a draft alone, from the deletion of the draft until the worker comes."""

from __future__ import annotations

import pytest

from organizer import outbox
from organizer.db import db
from organizer.events import service as events
from organizer.leaflets import outcome
from organizer.leaflets.models import Leaflet
from organizer.leaflets.rules import State
from tests import factories
from tests.factories import Person, post
from tests.leaflets import making
from tests.leaflets.making import WHO


@pytest.fixture(params=["uploaded", "ready", "refused", "published"])
def leaflet(request: pytest.FixtureRequest, organizer: Person) -> Leaflet:
    """One in each state, whose only action is no more."""
    draft = factories.event(organizer.group, published=False)
    made = making.sent(draft) if request.param in ("uploaded", "refused") else making.ready(draft)
    match request.param:
        case "refused":
            outcome.refuse(made.shown, "unsafe", made.shown.source_key)
        case "published":
            making.publish(made)
    events.delete_draft(draft, WHO)
    return made


def test_its_pages_answer_and_lead_back_to_the_desk(organizer: Person, leaflet: Leaflet) -> None:
    desk = f"/groups/{organizer.group.slug}/desk"
    is_published = leaflet.published is not None
    page = organizer.client.get(f"/leaflets/{leaflet.id}")
    assert page.status_code == 200
    assert is_published or f'href="{desk}"' in page.text
    for path in ("edit", "withdraw", "codes", "flatten", "again"):
        assert organizer.client.get(f"/leaflets/{leaflet.id}/{path}").status_code == 200


def test_who_throws_it_away_comes_to_the_desk(organizer: Person, leaflet: Leaflet) -> None:
    answer = post(organizer.client, f"/leaflets/{leaflet.id}/withdraw", {})
    assert answer.location == f"/groups/{organizer.group.slug}/desk"
    assert organizer.client.get(f"/leaflets/{leaflet.id}").status_code == 410


def test_the_worker_throws_it_away(organizer: Person, leaflet: Leaflet) -> None:
    outbox.run_owed()
    db.session.expire_all()
    assert leaflet.shown.state == State.WITHDRAWN
