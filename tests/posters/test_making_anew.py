"""Made anew: what organizers wrote stays, what was there before goes, and what cannot be made anew is not offered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from organizer import outbox, storage
from organizer.db import db
from organizer.errors import RuleError
from organizer.events.models import Event
from organizer.leaflets import files
from organizer.leaflets import service as leaflets
from organizer.leaflets.models import Leaflet
from organizer.leaflets.rules import LeafletDetails, State, VersionDetails
from organizer.posters import queries
from organizer.posters import service as posters
from tests.factories import Person
from tests.leaflets import making as uploads
from tests.posters import making
from tests.posters.making import ready

Given = list[Mapping[str, Any]]
BUTTON = "/make-anew"


def _uploaded_since(leaflet: Leaflet) -> None:
    """A file of their own was published in its place."""
    leaflets.publish(leaflet, "", 1)
    uploads.next_version(leaflet)
    uploads.publish(leaflet)


def test_what_organizers_wrote_of_the_one_that_waits_stays(organizer: Person, event: Event, given: Given) -> None:
    made = ready(organizer, event, "en")
    leaflets.edit_version(made.shown, VersionDetails("A new time", "A woman holds a letter."), organizer.account_id)
    assert "What you wrote of it stays." in organizer.client.get(f"/leaflets/{made.id}/make-anew").text
    making.anew(organizer, made)
    version = made.shown
    assert (version.state, version.changes, version.text_alternative) == (
        State.READY, "A new time", "A woman holds a letter."
    )  # fmt: skip


def test_where_nothing_was_written_nothing_is_said_of_it(organizer: Person, event: Event, given: Given) -> None:
    made = ready(organizer, event, "en")
    assert "What you wrote of it" not in organizer.client.get(f"/leaflets/{made.id}/make-anew").text


def test_what_was_there_before_goes_at_once(organizer: Person, event: Event, given: Given) -> None:
    made = ready(organizer, event, "en")
    making.anew(organizer, made)
    assert set(storage.current().keys("leaflets")) == files.blob_keys(made.shown.id)
    assert outbox.run_owed() == db.session.query(outbox.OutboxRow).count() == 0


def test_it_is_not_offered_once_a_file_was_uploaded_in_its_place(organizer: Person, event: Event, given: Given) -> None:
    made = ready(organizer, event, "en")
    assert BUTTON in organizer.client.get(f"/leaflets/{made.id}").text
    _uploaded_since(made)
    for path in ("", "/versions/1"):
        assert BUTTON not in organizer.client.get(f"/leaflets/{made.id}{path}").text
    with pytest.raises(RuleError):
        posters.make_anew(made, queries.made_from(made)[0], LeafletDetails(made.title, "en"), organizer.account_id)
