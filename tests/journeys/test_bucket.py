"""Files from the upload to the withdrawal in a bucket; and what still works while the bucket does not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from time_machine import TimeMachineFixture

from organizer import clock, outbox, storage
from organizer.db import db
from organizer.events.models import Event
from organizer.leaflets.models import Leaflet, LeafletVersion
from organizer.photos.models import Photo
from organizer.rsvps.models import Rsvp
from organizer.storage import Storage
from organizer.web import create_app
from tests import buckets, factories
from tests.factories import Person, post
from tests.leaflets import sending as leaflets
from tests.media import corpus
from tests.photos import sending as photos

FILES = re.compile(r'(?:src|href)="(/(?:leaflets|photos)/[^"]+(?:\.webp|/file|/large|/small)(?:\?[^"]*)?)"')
NOWHERE = "s3://blobs/site?endpoint=http://127.0.0.1:9&region=us-east-1"


@pytest.fixture(scope="module")
def bucket_server() -> Iterator[str]:
    with buckets.serving() as server:
        yield server


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in buckets.CREDENTIALS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def bucket(app: Flask, bucket_server: str, monkeypatch: pytest.MonkeyPatch) -> Storage:
    """The site's storage, in a bucket."""
    monkeypatch.setitem(app.extensions, "storage", storage.open_storage(buckets.new_bucket(bucket_server)))
    return storage.current()


@pytest.fixture
def event(organizer: Person) -> Event:
    return factories.event(organizer.group, starts_on=factories.past_day())


def _linked(page: str) -> set[str]:
    return set(FILES.findall(page))


def _count(model: type[Leaflet | LeafletVersion | Photo | Rsvp]) -> int | None:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model))


def test_the_setting_leads_to_the_bucket(bucket_server: str, tmp_path: Path) -> None:
    url = buckets.new_bucket(bucket_server)
    env = {"ORGANIZER_DATA_DIR": str(tmp_path), "ORGANIZER_BLOB_URL": url}
    with create_app(env, testing=True).app_context():
        storage.current().put("leaflets/one", b"x")
    assert storage.open_storage(url).get("leaflets/one") == b"x"


@pytest.mark.parametrize("data", [leaflets.pdf, leaflets.jpeg])
def test_a_leaflet_lives_in_a_bucket(
    client: FlaskClient, organizer: Person, event: Event, bucket: Storage, data: object
) -> None:
    address = leaflets.published(organizer, event, data())  # type: ignore[operator] # one of the two makers
    linked = _linked(client.get(address).text)
    assert len(linked) >= 2
    for path in linked:
        answer = client.get(path)
        assert answer.status_code == 200
        assert corpus.canaries(answer.data) == set()
        parts = [client.get(path, headers={"Range": asked}).data for asked in ("bytes=0-99", "bytes=100-")]
        assert b"".join(parts) == answer.data
    assert bucket.keys("leaflets")
    post(organizer.client, f"{address}/withdraw", {})
    assert {client.get(path).status_code for path in linked} == {410}
    outbox.run_owed()
    assert bucket.keys() == []


def test_a_photo_lives_in_a_bucket(client: FlaskClient, organizer: Person, event: Event, bucket: Storage) -> None:
    address = photos.published(organizer, event)
    linked = _linked(client.get(address).text)
    assert linked
    for path in linked:
        answer = client.get(path)
        assert (answer.status_code, answer.content_type) == (200, "image/webp")
        assert client.get(path, headers={"Range": "bytes=5-9"}).data == answer.data[5:10]
    assert len(bucket.keys("photos")) == 3
    post(organizer.client, f"{address}/withdraw", {})
    assert {client.get(path).status_code for path in linked} == {410}
    outbox.run_owed()
    assert bucket.keys() == []


def test_with_the_bucket_down_all_that_needs_no_file_goes_on(
    app: Flask, client: FlaskClient, organizer: Person, event: Event, bucket: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaflet, photo = leaflets.published(organizer, event, leaflets.jpeg()), photos.published(organizer, event)
    coming = factories.event(organizer.group)
    pages = ["/", "/leaflets", leaflet, photo, f"/events/{event.slug}", f"/events/{coming.slug}", "/events.ics"]
    before, had = [client.get(page).text for page in pages], (_count(Leaflet), _count(LeafletVersion), _count(Photo))
    desk = f"/groups/{organizer.group.slug}/desk"
    with monkeypatch.context() as patch:
        patch.setitem(app.extensions, "storage", storage.open_storage(NOWHERE))
        shown = [client.get(page) for page in pages]
        assert {page.status_code for page in shown} == {200}
        assert organizer.client.get(desk).status_code == 200
        assert _linked(before[2])
        assert _linked(shown[2].text) == _linked(before[2])
        for path in _linked(before[2]) | _linked(before[3]):
            answer = client.get(path)
            assert answer.status_code == 503
            assert "Not possible at the moment" in answer.text
            assert answer.headers["Cache-Control"] == "no-store"

        assert post(client, f"/events/{coming.slug}/answer", {"coming": "going", "party_size": "2"}).status_code == 303
        assert _count(Rsvp) == 1

        refused = leaflets.send(organizer, event, leaflets.jpeg(), credits="A kitchen table")
        assert refused.status_code == 503
        assert "could not be stored just now, and nothing was kept" in refused.text
        assert "A kitchen table" in refused.text
        refused = photos.send(organizer, event, photos.noisy())
        assert refused.status_code == 503
        assert "could not be stored just now, and nothing was kept" in refused.text
        outbox.tick()
    assert had == (_count(Leaflet), _count(LeafletVersion), _count(Photo))
    assert {client.get(path).status_code for path in _linked(before[2]) | _linked(before[3])} == {200}


@pytest.mark.load
def test_a_bucket_that_dies_and_comes_back_empty_loses_no_upload(
    app: Flask, organizer: Person, event: Event, monkeypatch: pytest.MonkeyPatch, time_machine: TimeMachineFixture
) -> None:
    """First nobody listens, then there is no such bucket; both are no reason to give an upload up."""
    with buckets.mortal() as (server, process):
        url = buckets.new_bucket(server)
        monkeypatch.setitem(app.extensions, "storage", storage.open_storage(url))
        assert leaflets.send(organizer, event, leaflets.jpeg()).status_code == 303
        assert photos.send(organizer, event, photos.noisy()).status_code == 303
        dying = storage.current()
        kept = {key: dying.get(key) for key in dying.keys("")}
        process.kill()
        process.wait(buckets.PATIENCE_SECONDS)
        assert outbox.run_owed() == 0
    with buckets.serving() as server:
        bucket, _, options = url.partition("?")
        again = f"{bucket}?endpoint={server}&{options.partition('&')[2]}"
        app.extensions["storage"] = storage.open_storage(again)
        time_machine.move_to(clock.now() + timedelta(minutes=1))
        assert outbox.run_owed() == 0
        db.session.rollback()
        assert {row.state for row in (*db.session.query(LeafletVersion), *db.session.query(Photo))} == {"uploaded"}

        buckets.make(server, bucket.removeprefix("s3://").partition("/")[0])
        for key, data in kept.items():
            storage.current().put(key, data)
        time_machine.move_to(clock.now() + timedelta(minutes=1))
        assert outbox.run_owed() == 2
        db.session.rollback()
        assert {row.state for row in (*db.session.query(LeafletVersion), *db.session.query(Photo))} == {"ready"}
