"""Leaflets in the calendar entry of their event: each at its stable address, which leads to the latest version."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from time_machine import TimeMachineFixture

from organizer import clock
from organizer.calendars import entry
from organizer.calendars.entry import Days, Entry, Status
from organizer.calendars.models import StoredEntry
from organizer.db import db
from organizer.events import service as events
from organizer.events.models import Event
from organizer.leaflets import service as leaflets
from organizer.leaflets.models import EventLeaflet, Leaflet
from organizer.leaflets.rules import LeafletDetails
from organizer.media import Picture, RebuiltPdf
from tests import factories
from tests.calendars import linter
from tests.factories import Person
from tests.leaflets import making
from tests.leaflets.making import WHO

PIXEL = Picture(b"RIFF\x0c\x00\x00\x00WEBPVP8 ", "image/webp", 1, 1)
JPEG = Picture(b"\xff\xd8\xff\xe0 a picture", "image/jpeg", 1, 1, previews=(PIXEL,))
PNG = Picture(b"\x89PNG another", "image/png", 1, 1, previews=(PIXEL,))
PDF = RebuiltPdf(b"%PDF-1.7 a leaflet", pages=1, text="", links=(), removed=(), previews=(PIXEL,))
MADE: tuple[Picture | RebuiltPdf, ...] = (JPEG, PNG, PDF)


@dataclass(frozen=True)
class Told:
    """What a calendar is told of the event."""

    text: str

    @property
    def attached(self) -> list[tuple[str, str]]:
        """(address on the site, media type)."""
        return re.findall(r"ATTACH;FMTTYPE=([^:]+):http://localhost(\S+)", self.text)

    @property
    def description(self) -> str:
        return self._one("DESCRIPTION")

    @property
    def sequence(self) -> int:
        return int(self._one("SEQUENCE"))

    @property
    def changed(self) -> str:
        """When the entry was last changed; DTSTAMP says the same."""
        assert self._one("DTSTAMP") == self._one("LAST-MODIFIED")
        return self._one("LAST-MODIFIED")

    def _one(self, name: str) -> str:
        entry = self.text.partition("BEGIN:VEVENT")[2]
        found = re.search(rf"^{name}:(.*?)\r$", entry, re.MULTILINE)
        assert found, name
        return found[1]


def _told(client: FlaskClient, event: Event) -> Told:
    answer = client.get(f"/events/{event.id}.ics")
    assert answer.status_code == 200
    assert linter.problems(answer.data) == []
    return Told(answer.text.replace("\r\n ", ""))


def _published(event: Event, made: Picture | RebuiltPdf, title: str = "Letters to prisoners") -> Leaflet:
    return making.published(event, title, made)


def _replaced(leaflet: Leaflet, made: Picture | RebuiltPdf) -> None:
    making.next_version(leaflet, made)
    making.publish(leaflet)


def test_each_of_several_is_attached_with_its_type_and_told_in_the_text(client: FlaskClient, event: Event) -> None:
    made = {_published(event, each, f"Leaflet {number}").id: each for number, each in enumerate(MADE)}
    told = _told(client, event)
    types = {JPEG: "image/jpeg", PNG: "image/png", PDF: "application/pdf"}
    assert set(told.attached) == {(types[each], f"/leaflets/{leaflet_id}/file") for leaflet_id, each in made.items()}
    for media_type, path in told.attached:
        page = f"http://localhost{path.removesuffix('/file')}"
        assert re.search(rf"Leaflet: Leaflet \d \(English\)\\n{re.escape(page)}(\\n|$)", told.description)
        assert client.get(path).content_type == media_type
    assert "/file" not in told.description


def test_a_new_title_or_language_is_told_and_nothing_else_that_is_said_of_it(client: FlaskClient, event: Event) -> None:
    leaflet = _published(event, JPEG)
    before = _told(client, event)
    leaflets.edit(leaflet, LeafletDetails("Letters to prisoners", "en", credits="A kitchen table"), WHO, 1)
    assert _told(client, event) == before
    leaflets.edit(leaflet, LeafletDetails("Листи; на волю", "uk"), WHO, 1)
    after = _told(client, event)
    assert r"Leaflet: Листи\; на волю (українська)\n" in after.description
    assert after.attached == before.attached
    assert after.changed > before.changed


def test_an_entry_tells_of_it_in_the_language_of_the_action(client: FlaskClient, organizer: Person) -> None:
    event = factories.event(organizer.group, language="fa")
    _published(event, JPEG)
    assert "Letters to prisoners (English)" in _told(client, event).description


def test_what_waits_to_be_published_is_not_attached(client: FlaskClient, event: Event) -> None:
    before = _told(client, event)
    making.ready(event, made=JPEG)
    assert _told(client, event) == before


def test_a_new_version_keeps_the_address_and_moves_the_entry_but_not_its_sequence(
    client: FlaskClient, event: Event
) -> None:
    leaflet = _published(event, JPEG)
    before = _told(client, event)
    ((_type, path),) = before.attached
    making.next_version(leaflet, PNG)
    assert _told(client, event) == before
    assert client.get(path).data == JPEG.data
    making.publish(leaflet)
    after = _told(client, event)
    assert after.attached == [("image/png", path)]
    assert client.get(path).data == PNG.data
    assert after.changed > before.changed
    assert after.sequence == before.sequence


def test_subscribers_are_told_of_each_change_within_the_same_second(client: FlaskClient, event: Event) -> None:
    seen = [_told(client, event).changed]
    tags = [client.get("/events.ics").headers["ETag"]]
    leaflet = _published(event, JPEG)
    for made in (None, PNG, JPEG):
        if made:
            _replaced(leaflet, made)
        seen.append(_told(client, event).changed)
        tags.append(client.get("/events.ics").headers["ETag"])
    assert seen == sorted(set(seen))
    assert len(set(tags)) == len(tags)


def test_an_earlier_version_that_is_withdrawn_leaves_the_entry_alone(client: FlaskClient, event: Event) -> None:
    leaflet = _published(event, JPEG)
    _replaced(leaflet, PNG)
    before = _told(client, event)
    leaflets.withdraw_version(leaflet.versions[0], WHO)
    assert _told(client, event) == before
    leaflets.withdraw(leaflet, WHO)
    after = _told(client, event)
    assert after.attached == []
    assert "/leaflets/" not in after.text
    assert after.changed > before.changed


def test_a_leaflet_at_several_actions_stands_in_the_entry_of_each(
    client: FlaskClient, organizer: Person, event: Event
) -> None:
    leaflet = _published(event, JPEG)
    other = factories.event(organizer.group)
    before = _told(client, other)
    assert before.attached == []
    leaflets.bring(other, [leaflet.id], WHO)
    brought = _told(client, other)
    assert brought.attached == _told(client, event).attached
    assert brought.changed > before.changed
    _replaced(leaflet, PNG)
    assert [kind for kind, _path in _told(client, other).attached] == ["image/png"]
    leaflets.take_away(other, leaflet, WHO)
    assert _told(client, other).attached == []
    assert [kind for kind, _path in _told(client, event).attached] == ["image/png"]


def test_an_action_done_again_has_them_when_it_is_published(client: FlaskClient, event: Event) -> None:
    _published(event, JPEG)
    again = events.do_again(event, WHO)
    assert client.get(f"/events/{again.id}.ics").status_code == 404
    events.publish(again, WHO)
    assert _told(client, again).attached == _told(client, event).attached


def test_what_was_withdrawn_does_not_come_along_when_an_action_is_done_again(event: Event) -> None:
    leaflets.withdraw(_published(event, JPEG), WHO)
    again = events.do_again(event, WHO)
    assert list(db.session.scalars(select(EventLeaflet).where(EventLeaflet.event_id == again.id))) == []


def test_what_organizers_count_moves_no_calendar(client: FlaskClient, organizer: Person, event: Event) -> None:
    leaflet = _published(event, JPEG)
    before, tag = _told(client, event), client.get("/events.ics").headers["ETag"]
    row = db.session.get_one(EventLeaflet, (event.id, leaflet.id))
    page = f"/events/{event.id}/leaflets/{row.leaflet_id}/left"
    assert factories.post(organizer.client, page, {"left_over": "300"}).status_code == 303
    assert _told(client, event) == before
    assert client.get("/events.ics").headers["ETag"] == tag


def test_what_entries_of_earlier_versions_lead_to_still_answers(client: FlaskClient, event: Event) -> None:
    """They stay as they were stored until their action changes, and calendars keep them longer still."""
    leaflet = _published(event, JPEG)
    stored = db.session.get_one(StoredEntry, event.id)
    # The file stood in the text, too, where by now its page does.
    stored.text = entry.write(
        Entry(
            uid=event.uid,
            sequence=0,
            created_at=event.created_at,
            changed_at=event.changed_at,
            status=Status.CONFIRMED,
            when=Days(event.starts_on, event.starts_on + timedelta(days=1)),
            summary=event.title,
            url=f"http://localhost/events/{event.slug}",
            description=f"We come.\n\nhttp://localhost/leaflets/{leaflet.id}/file",
            attachments=((f"http://localhost/leaflets/{leaflet.id}/file", "image/jpeg"),),
        )
    )
    db.session.commit()
    held = set(re.findall(r"http://localhost(/[\w/-]+)", _told(client, event).text.partition("BEGIN:VEVENT")[2]))
    assert held == {f"/events/{event.slug}", f"/leaflets/{leaflet.id}/file"}
    _replaced(leaflet, PNG)
    held |= {path for _type, path in _told(client, event).attached}
    events.edit(event, factories.details(event.group, title="Another title", starts_on=event.starts_on), WHO)
    assert f"/events/{event.slug}" not in held
    for path in held:
        assert client.get(path, follow_redirects=True).status_code == 200, path


@pytest.mark.parametrize("act", ["cancel", "postpone"])
def test_what_is_off_keeps_its_leaflets(
    client: FlaskClient, event: Event, act: str, time_machine: TimeMachineFixture
) -> None:
    _published(event, JPEG)
    before = _told(client, event)
    time_machine.move_to(clock.now() + timedelta(minutes=1))
    getattr(events, act)(event, "The hall is closed.", WHO)
    after = _told(client, event)
    assert after.attached == before.attached
    assert after.sequence == before.sequence + 1
