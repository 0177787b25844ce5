"""The demo holds what a newcomer should see, and gives way to a real site without a rest."""

from __future__ import annotations

import resource
import time
from dataclasses import dataclass
from datetime import time as clock_time
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from time_machine import TimeMachineFixture

from organizer import clock, storage, vault
from organizer.accounts import service as accounts
from organizer.calendars.models import Feed
from organizer.codes.models import LeafletCode, LeafletScan
from organizer.collections.models import Collection
from organizer.copies import queries as copies
from organizer.db import db
from organizer.events.models import Event
from organizer.events.rules import Editorial, Occurrence, SpotShown
from organizer.groups.models import Group
from organizer.keeping.demo import emptying, filling, handing_out, state, telling
from organizer.leaflets import renditions
from organizer.leaflets.models import EventLeaflet, Leaflet, LeafletVersion
from organizer.leaflets.rules import Kind, Purpose, State
from organizer.photos.models import Photo
from organizer.photos.rules import State as PhotoState
from organizer.rsvps.models import Capacity, Rsvp
from organizer.rsvps.rules import Availability, availability
from organizer.statements.models import Statement, StatementEvent
from tests import factories, undoing, world
from tests.factories import Person
from tests.undoing import Rows


@dataclass(frozen=True)
class Kept:
    """What a filling left: rows, and the files beside the database. `seconds` are the processor's."""

    seconds: float
    rows: Rows
    files: dict[Path, bytes]

    def put_back(self) -> None:
        undoing.refill(self.rows)
        for path, content in self.files.items():
            path.write_bytes(content)


_kept: dict[str, Kept] = {}


@pytest.fixture
def filled(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[Event]:
    """All events of the demo, the soonest first; without leaflets and photos, whose rebuilding takes seconds."""
    without_files(monkeypatch)
    filled_once("without files")
    return _events(db.session())


@pytest.fixture
def seconds(app: Flask) -> float:
    """How long the processor took to fill the demo that is there."""
    return filled_once("whole").seconds


def without_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handing_out, "LEAFLETS", ())
    monkeypatch.setattr(telling, "PHOTOS", ())


def filled_once(name: str) -> Kept:
    """Fill the demo, or put back what that left in an earlier test."""
    if name in _kept:
        _kept[name].put_back()
    else:
        started = _processor_seconds()
        assert filling.fill()
        took = _processor_seconds() - started
        paths = [state.password_file(), *world.files()]
        _kept[name] = Kept(took, undoing.all_rows(), {path: path.read_bytes() for path in paths})
    return _kept[name]


def _processor_seconds() -> float:
    """Of this process and its children: other tests may be running beside."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def _events(session: Session) -> list[Event]:
    return list(session.scalars(select(Event).order_by(Event.starts_at)))


def test_it_is_filled_in_less_than_ten_seconds(seconds: float) -> None:
    assert seconds < 10


def test_what_nobody_waits_for_is_left_to_the_worker(seconds: float) -> None:
    for version in db.session.scalars(select(LeafletVersion).where(LeafletVersion.state == State.PUBLISHED)):
        assert {Purpose.TWO_UP, Purpose.FOUR_UP} <= renditions.being_made(version.id)


def test_what_was_said_and_seen_uses_all_there_is(seconds: float) -> None:
    photos = db.session.scalars(select(Photo)).all()
    assert {photo.event_id for photo in photos} == {event.id for event in _events(db.session())[:2]}
    assert {photo.state for photo in photos} == {PhotoState.PUBLISHED}
    collection = db.session.scalars(select(Collection)).one()
    assert collection.published_at
    assert {item.kind for item in collection.items} == {"photo", "statement"}
    said = db.session.scalars(select(Statement)).all()
    assert any(statement.pictures for statement in said)
    assert any(statement.quotes for statement in said)
    assert any(statement.translations for statement in said)
    assert any(statement.consents[0].agreed_text for statement in said)


def test_the_demo_holds_what_was_promised(seconds: float) -> None:
    filled = _events(db.session())
    past, upcoming = filled[:2], filled[2:]
    assert [(event.city.name, event.starts_on.isoformat()) for event in past] == [
        ("Oakland", "2023-01-21"),
        ("San Francisco", "2023-02-26"),
    ]
    assert (past[0].starts_time, past[0].ends_time) == (clock_time(10), clock_time(13))
    assert all(event.report and event.came is None and event.handed_out is None for event in past)
    assert all(db.session.query(StatementEvent).filter_by(event_id=event.id).count() >= 3 for event in past)

    with_leaflets = set(db.session.scalars(select(EventLeaflet.event_id)))
    assert {event.id for event in past} <= with_leaflets
    assert with_leaflets & {event.id for event in upcoming}
    versions = db.session.scalars(select(LeafletVersion).where(LeafletVersion.made_as.is_(None))).all()
    assert {version.state for version in versions} == {State.PUBLISHED, State.REPLACED}
    assert {version.kind for version in versions} == {Kind.PDF, Kind.PICTURE}
    assert all(db.session.get_one(Leaflet, version.leaflet_id).credits for version in versions)
    drawn = [version for version in versions if version.kind == Kind.PICTURE]
    assert drawn
    assert all(version.text_alternative for version in drawn)

    assert len(upcoming) == 10
    assert all(event.editorial == Editorial.PUBLISHED for event in filled)
    assert all(event.starts_at > clock.now() + timedelta(days=1) for event in upcoming)
    assert db.session.query(Group).count() == 3
    assert len({event.group_id for event in filled}) == 3
    assert len({event.city_id for event in upcoming}) == 4
    assert len({event.zone for event in upcoming}) == 3

    for kind in (
        lambda event: event.is_all_day,
        lambda event: event.ends_on is not None,
        lambda event: event.occurrence == Occurrence.CANCELLED and event.reason,
        lambda event: event.occurrence == Occurrence.POSTPONED and event.reason,
        lambda event: _availability(event) == Availability.FULL,
        lambda event: not event.when.has_end,
        lambda event: event.spot and event.spot_shown != SpotShown.AT_ONCE,
        lambda event: len(event.notices) == 1,
        lambda event: len(event.translations) == 2,
    ):
        assert len([event for event in upcoming if kind(event)]) == 1
    with_answers = set(db.session.scalars(select(Rsvp.event_id)))
    assert len(with_answers & {event.id for event in upcoming}) >= 5


def test_a_leaflet_was_replaced_and_its_copies_are_counted_where_it_was_and_where_it_goes(
    seconds: float, client: FlaskClient
) -> None:
    then, coming = _events(db.session())[:1] + _events(db.session())[2:3]
    first = db.session.scalars(select(LeafletVersion).where(LeafletVersion.state == State.REPLACED)).one()
    leaflet = db.session.get_one(Leaflet, first.leaflet_id)
    assert {event.id for event in leaflet.events} == {then.id, coming.id}
    second = leaflet.published
    assert second
    assert second.changes
    assert first.published_at
    assert second.published_at
    assert first.published_at < then.starts_at < second.published_at
    assert copies.of_event(then.id)[leaflet.id] == handing_out.THEN
    assert copies.of_event(coming.id)[leaflet.id] == handing_out.NEXT
    told = client.get(f"/leaflets/{leaflet.id}").text
    assert second.changes in told
    assert "There is a newer version" in client.get(f"/leaflets/{leaflet.id}/versions/1").text
    assert handing_out.NEXT.brought_by
    assert handing_out.NEXT.brought_by not in told + client.get(f"/events/{coming.slug}").text
    desk = _organizer(client).get(f"/groups/{coming.group.slug}/desk").text
    assert f"300 of 400 printed · {handing_out.NEXT.brought_by} brings them" in desk
    assert "250 of 300 printed · 40 left · 210 handed out" in client.get(f"/events/{then.id}/leaflets").text


def test_a_leaflet_in_two_languages_leads_from_the_one_to_the_other(seconds: float, client: FlaskClient) -> None:
    spanish = db.session.scalars(select(Leaflet).where(Leaflet.language == "es")).one()
    english = db.session.scalars(select(Leaflet).where(Leaflet.work_id == spanish.work_id, Leaflet.language == "en"))
    assert f'href="/leaflets/{spanish.id}" lang="es"' in client.get(f"/leaflets/{english.one().id}").text


def test_a_code_in_a_place_was_followed_on_some_days(seconds: float, client: FlaskClient) -> None:
    code = db.session.scalars(select(LeafletCode)).one()
    assert code.version.state == State.PUBLISHED
    days = db.session.scalars(select(LeafletScan.day)).all()
    assert len(days) == len(handing_out.FOLLOWED)
    assert code.created_on < min(days)
    page = _organizer(client).get(f"/leaflets/{code.version.leaflet_id}/codes").text
    assert handing_out.PLACE in page
    assert page.count('<th scope="row">') == len(days)
    assert client.get(f"/l/{code.code}").location == f"/leaflets/{code.version.leaflet_id}"


def test_a_poster_of_the_next_action_is_left_to_the_worker(seconds: float) -> None:
    poster = db.session.scalars(select(LeafletVersion).where(LeafletVersion.made_as.is_not(None))).one()
    assert [event.id for event in db.session.get_one(Leaflet, poster.leaflet_id).events] == [
        _events(db.session())[2].id
    ]
    assert poster.state == State.UPLOADED
    assert telling.worked(poster).state == State.READY
    assert "market" in poster.text


def _organizer(client: FlaskClient) -> FlaskClient:
    client.set_cookie("session", accounts.sign_in(state.ACCOUNT_NAME, state.password() or "", "test"))
    return client


def _availability(event: Event) -> Availability:
    capacity = db.session.get_one(Capacity, event.id)
    return availability(capacity.places, capacity.going)


def test_it_is_filled_once(filled: list[Event]) -> None:
    assert not filling.fill()
    assert [event.id for event in _events(db.session())] == [event.id for event in filled]


def test_every_page_says_that_it_is_a_demo(filled: list[Event], client: FlaskClient) -> None:
    paths = ["/", "/past", "/privacy", "/sign-in", "/nothing", *(f"/events/{event.slug}" for event in filled)]
    paths += ["/groups/lanterns", f"/cities/{filled[0].city.slug}", "/tags/letters"]
    assert [path for path in paths if 'class="demo"' not in client.get(path).text] == []


def test_its_pages_and_feeds_stand(filled: list[Event], client: FlaskClient) -> None:
    home = client.get("/").text
    assert "Leaflets and letters at the market" in home
    assert "yellow umbrella" not in home + client.get(f"/events/{filled[2].slug}").text
    for path in ("/events.ics", "/groups/lanterns.ics", f"/cities/{filled[0].city.slug}.ics", "/tags/letters.ics"):
        assert client.get(path).status_code == 200


def test_its_event_in_three_languages_is_shown_in_each(filled: list[Event], client: FlaskClient) -> None:
    event = next(event for event in filled if event.translations)
    titles = {event.title, *(texts["title"] for texts in event.translations.values())}
    shown = {
        title
        for title in titles
        for code in ("en", "es", "uk")
        if title in client.get(f"/events/{event.slug}?lang={code}").text
    }
    assert shown == titles


def test_a_filling_that_was_broken_off_is_begun_anew(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_arguments: object) -> None:
        raise KeyboardInterrupt

    without_files(monkeypatch)
    with monkeypatch.context() as broken:
        broken.setattr(telling, "_statement", stop)
        with pytest.raises(KeyboardInterrupt):
            filling.fill()
    db.session.rollback()
    assert state.is_demo()
    assert not state.is_filled()
    assert filling.fill()
    assert len(_events(db.session())) == 12


def test_a_real_site_is_never_filled_nor_shown_as_a_demo(organizer: Person, client: FlaskClient) -> None:
    with pytest.raises(filling.NotEmpty):
        filling.fill()
    assert filling.sign_in_password() is None
    assert 'class="demo"' not in client.get("/").text


def test_a_password_that_lies_about_does_not_make_a_real_site_a_demo(organizer: Person, client: FlaskClient) -> None:
    state.new_password()
    assert filling.sign_in_password() is None
    assert not state.is_shown()


def test_the_password_is_for_the_owner_of_the_files_only(app: Flask) -> None:
    state.new_password()
    assert state.password_file().stat().st_mode & 0o777 == 0o600


def test_emptying_leaves_nothing_but_versions(
    filled: list[Event], client: FlaskClient, time_machine: TimeMachineFixture
) -> None:
    event_ids = [event.id for event in filled]
    assert any(vault.has_event_key(event_id) for event_id in event_ids)
    storage.current().put(storage.new_key("leaflets"), b"a leaflet")
    before = {path: client.get(path) for path in ("/", "/events.ics", "/groups/lanterns.ics")}
    time_machine.move_to(clock.now() + timedelta(seconds=2))
    emptying.empty()

    left = {table.name for table in db.metadata.sorted_tables if db.session.execute(table.select()).first()}
    assert left == {"feed", "page_version"}
    assert db.session.scalars(select(Feed.key).where(Feed.is_served)).all() == ["all"]
    assert not any(vault.has_event_key(event_id) for event_id in event_ids)
    assert list(storage.current().keys()) == []

    for path, header, validator in (
        ("/", "If-None-Match", "ETag"),
        ("/events.ics", "If-None-Match", "ETag"),
        ("/events.ics", "If-Modified-Since", "Last-Modified"),
    ):
        after = client.get(path, headers={header: before[path].headers[validator]})
        assert after.status_code == 200
        assert "Lanterns" not in after.text
        assert "Leaflets and letters" not in after.text
    assert client.get("/groups/lanterns.ics").status_code == 404


def test_a_feed_of_the_same_name_never_repeats_a_version(filled: list[Event], client: FlaskClient) -> None:
    seen = {client.get("/groups/lanterns.ics").headers["ETag"]}
    emptying.empty()
    group = factories.group("Lanterns")
    group.slug = "lanterns"
    db.session.commit()
    seen.add(client.get("/groups/lanterns.ics").headers["ETag"])
    for _ in range(len(filled)):
        factories.event(group)
        etag = client.get("/groups/lanterns.ics").headers["ETag"]
        assert etag not in seen
        seen.add(etag)
