"""Keys that were lost, and a key store that is down: names cannot be read then, and all else can be done."""

from __future__ import annotations

import pytest

from organizer import vault
from organizer.copies.rules import CopiesDetails
from organizer.errors import Unavailable
from organizer.events.models import Event
from organizer.leaflets.models import EventLeaflet
from tests.copies import counting
from tests.factories import Person, post

UNREAD = "cannot be read just now"


@pytest.fixture
def pages(organizer: Person, event: Event, row: EventLeaflet) -> tuple[str, ...]:
    """Where organizers read who brings what."""
    desk, leaflets = f"/groups/{organizer.group.slug}/desk", f"/events/{event.id}/leaflets"
    return desk, leaflets, counting.path(row), counting.path(row, "left")


def _take_down(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object, **_options: object) -> bytes:
        raise Unavailable

    monkeypatch.setattr(vault, "event_key", fail)


def test_after_a_restore_without_events_keys_everything_opens_and_names_are_gone(
    organizer: Person, event: Event, row: EventLeaflet, pages: tuple[str, ...]
) -> None:
    counting.seal(row)
    vault.destroy_event_key(event.id)
    vault.event_key(event.id, create=True)  # the first answer since then
    for path in pages:
        answer = organizer.client.get(path)
        assert (answer.status_code, counting.NAME in answer.text) == (200, False), path
    counting.save(organizer, row, printed="300", brought_by="Sorrel")
    assert counting.known(row) == CopiesDetails(printed=300, brought_by="Sorrel")


def test_while_the_key_store_is_down_the_pages_say_so_in_place_of_the_name(
    organizer: Person, row: EventLeaflet, pages: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    counting.seal(row)
    _take_down(monkeypatch)
    for path in pages:
        answer = organizer.client.get(path)
        assert (answer.status_code, UNREAD in answer.text) == (200, True), path


def test_what_is_counted_while_the_key_store_is_down_keeps_the_name(
    organizer: Person, row: EventLeaflet, monkeypatch: pytest.MonkeyPatch
) -> None:
    counting.seal(row)
    with monkeypatch.context() as patched:
        _take_down(patched)
        counting.save(organizer, row, printed="410")
        post(organizer.client, counting.path(row, "left"), {"left_over": "30", "shown": ""})
    assert counting.known(row) == CopiesDetails(printed=410, left_over=30, brought_by=counting.NAME)
