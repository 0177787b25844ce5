"""What no row needs goes after a day; what a row needs, what is new and what is not ours stays."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from time_machine import TimeMachineFixture

from organizer import clock, outbox, storage
from organizer.db import db, new_id
from organizer.events.models import Event
from organizer.keeping import doctor, orphans
from organizer.leaflets import files as leaflet_files
from organizer.leaflets.models import LeafletVersion, Rendition
from organizer.leaflets.rules import Purpose
from organizer.photos import files as photo_files
from organizer.photos.models import Photo, PhotoFile
from organizer.photos.rules import Size
from organizer.storage import Blob, Storage, new_key
from tests import buckets, factories
from tests.factories import Person
from tests.leaflets import sending as leaflets
from tests.photos import sending as photos

DAYS = timedelta(days=1)


@pytest.fixture(scope="module")
def bucket_server() -> Iterator[str]:
    with buckets.serving() as server:
        yield server


@pytest.fixture(params=["folder", "bucket"])
def blobs(
    request: pytest.FixtureRequest, app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Storage]:
    """Each test's own storage, and a round of its own."""
    if request.param == "folder":
        url = (tmp_path / "blobs").as_uri()
    else:
        for name, value in buckets.CREDENTIALS.items():
            monkeypatch.setenv(name, value)
        url = buckets.new_bucket(request.getfixturevalue("bucket_server"))
    monkeypatch.setitem(app.extensions, "storage", storage.open_storage(url))
    app.extensions.pop(orphans.ROUND, None)
    yield storage.current()
    app.extensions.pop(orphans.ROUND, None)


@pytest.fixture
def later(blobs: Storage, time_machine: TimeMachineFixture) -> Callable[[timedelta], None]:
    """Let time pass. The bucket's server has our clock; files have the system's, so they become older."""

    def move(by: timedelta) -> None:
        if blobs._folder is None:
            time_machine.move_to(clock.now() + by)
            return
        for path in blobs._folder.rglob("*"):
            if path.is_file():
                changed_at = path.stat().st_mtime - by.total_seconds()
                os.utime(path, (changed_at, changed_at))

    return move


@pytest.fixture
def event(organizer: Person) -> Event:
    return factories.event(organizer.group, starts_on=factories.past_day())


@pytest.fixture
def needed(blobs: Storage, organizer: Person, event: Event) -> set[str]:
    """The blobs of a leaflet and a photo that wait to be rebuilt, and of what was made of others."""
    leaflets.send(organizer, event, leaflets.jpeg())
    photos.send(organizer, event, photos.noisy())
    version_id, photo_id = (
        db.session.scalars(select(LeafletVersion.id)).one(),
        db.session.scalars(select(Photo.id)).one(),
    )
    for number in range(3):
        made = {"content_type": "image/webp", "size_bytes": 1, "width": 1, "height": 1}
        keys = [new_key(leaflet_files.folder(version_id)), new_key(photo_files.folder(photo_id))]
        db.session.add(Rendition(version_id=version_id, purpose=Purpose.LARGE, page=number, blob_key=keys[0], **made))
        db.session.add(PhotoFile(photo_id=photo_id, size=list(Size)[number], blob_key=keys[1], **made))
        for key in keys:
            blobs.put(key, b"x")
    db.session.commit()
    assert _needed() == set(blobs.keys())
    return _needed()


def _needed() -> set[str]:
    db.session.rollback()
    columns = (Rendition.blob_key, LeafletVersion.original_key, PhotoFile.blob_key, Photo.waiting_key)
    return {key for column in columns for key in db.session.scalars(select(column)) if key}


def _orphan(blobs: Storage, folder: str = "leaflets") -> str:
    key = new_key(f"{folder}/{new_id()}")
    blobs.put(key, b"sealed by a key that is nowhere")
    return key


def _round() -> int:
    """A whole round, minute by minute."""
    return sum(orphans.sweep() for _ in range(20))


def test_what_no_row_needs_goes_after_a_day(blobs: Storage, needed: set[str], later: Callable[..., None]) -> None:
    old = {_orphan(blobs), _orphan(blobs, "photos"), new_key(leaflet_files.folder(next(iter(needed)).split("/")[1]))}
    for key in old:
        blobs.put(key, b"x")
    later(DAYS + timedelta(minutes=1))
    young = _orphan(blobs)
    assert _round() == 3
    assert set(blobs.keys()) == needed | {young}


def test_nothing_goes_before(blobs: Storage, needed: set[str], later: Callable[..., None]) -> None:
    orphan = _orphan(blobs)
    later(DAYS - timedelta(minutes=5))
    assert _round() == 0
    assert set(blobs.keys()) == needed | {orphan}


def test_what_a_row_needs_stays_however_old_it_is(blobs: Storage, needed: set[str], later: Callable[..., None]) -> None:
    later(400 * DAYS)
    assert _round() == 0
    assert set(blobs.keys()) == needed


def test_what_is_not_ours_stays(blobs: Storage, needed: set[str], later: Callable[..., None]) -> None:
    others = {f"backups/{new_id()}/{new_id()}", new_id(), f"leaflets/{new_id()}", "leaflets/x/y", "photos/readme.txt"}
    others |= {f"leaflets/{new_id()}/{new_id()}/{new_id()}", f"events/{new_id()}/{new_id()}", f"photos/{new_id()}/x"}
    for key in others:
        blobs.put(key, b"x")
    later(2 * DAYS)
    assert _round() == 0
    assert set(blobs.keys()) == needed | others


def test_a_little_is_looked_at_each_minute_until_all_is_done_and_then_again_in_an_hour(
    blobs: Storage, needed: set[str], later: Callable[..., None], monkeypatch: pytest.MonkeyPatch,
    time_machine: TimeMachineFixture,
) -> None:  # fmt: skip
    time_machine.move_to(clock.now(), tick=False)
    monkeypatch.setattr(orphans, "PAGE", 2)
    asked: list[str] = []
    monkeypatch.setattr(Storage, "page", _spied(Storage.page, asked))
    first = {_orphan(blobs, "leaflets"), _orphan(blobs, "photos")}
    later(2 * DAYS)
    for minute in range(1, 20):
        orphans.sweep()
        assert len(asked) <= minute
    assert set(blobs.keys()) == needed
    done = len(asked)
    assert done >= (len(needed) + len(first)) // 2
    _orphan(blobs)
    if blobs._folder is not None:
        later(2 * DAYS)
    time_machine.move_to(clock.now() + timedelta(minutes=59))
    assert _round() == 0
    assert len(asked) == done
    time_machine.move_to(clock.now() + 2 * DAYS)
    assert _round() == 1
    assert set(blobs.keys()) == needed


def _spied(page: Callable[..., list[Blob]], asked: list[str]) -> Callable[..., list[Blob]]:
    def spying(self: Storage, prefix: str, after: str, most: int) -> list[Blob]:
        asked.append(after)
        found = page(self, prefix, after, most)
        assert len(found) <= 2
        return found

    return spying


def test_what_is_stored_between_the_listing_and_the_deletion_stays(
    blobs: Storage, needed: set[str], later: Callable[..., None], organizer: Person, event: Event,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """The row comes when the blob has been listed, and looks old enough."""
    orphan = _orphan(blobs)
    page, sent = Storage.page, []

    def stores_meanwhile(self: Storage, prefix: str, after: str, most: int) -> list[Blob]:
        leaflets.send(organizer, event, leaflets.jpeg())
        photos.send(organizer, event, photos.noisy())
        found = [Blob(blob.key, blob.changed_at - 2 * DAYS) for blob in page(self, prefix, after, most)]
        leaflets.send(organizer, event, leaflets.jpeg())
        sent.append(prefix)
        return found

    monkeypatch.setattr(Storage, "page", stores_meanwhile)
    assert _round() == 1
    assert sent == ["leaflets", "photos"]
    assert orphan not in set(blobs.keys())
    assert set(blobs.keys()) == _needed()
    assert len(_needed()) == len(needed) + 6


def _finished(blobs: Storage, folder: str = "photos") -> set[str]:
    """What was made of an upload: several files in one folder."""
    keys = {new_key(f"{folder}/{new_id()}")}
    keys |= {new_key(key.rpartition("/")[0]) for key in list(keys) for _ in range(2)}
    for key in keys:
        blobs.put(key, b"x")
    return keys


def test_an_old_database_beside_the_blobs_costs_nothing(blobs: Storage, later: Callable[..., None]) -> None:
    found = {key for folder in ("leaflets", "photos") for _ in range(3) for key in _finished(blobs, folder)}
    found |= {_orphan(blobs, folder) for folder in ("leaflets", "photos")}
    later(2 * DAYS)
    assert _round() == 0
    assert set(blobs.keys()) == found
    told = {finding.subject: finding for finding in doctor.examine()}["blobs"]
    assert told.is_alarm
    assert "20 are needed by nothing" in told.sentence
    assert "flask sweep" in told.sentence
    assert orphans.sweep_all() == 20
    assert blobs.keys() == []


def test_what_killed_uploads_left_goes_also_from_an_empty_site(blobs: Storage, later: Callable[..., None]) -> None:
    for folder in ("leaflets", "photos"):
        for _ in range(12):
            _orphan(blobs, folder)
    later(2 * DAYS)
    assert _round() == 24
    assert blobs.keys() == []


def test_more_than_kills_leave_stays(
    blobs: Storage, later: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(orphans, "MOST_KILLED", 12)
    found = {_orphan(blobs) for _ in range(13)}
    later(2 * DAYS)
    assert _round() == 0
    assert set(blobs.keys()) == found


@pytest.mark.parametrize("page", [4, 5])
def test_what_was_made_of_an_upload_is_known_across_the_pages_of_a_listing(
    page: int, blobs: Storage, later: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its last file stands first on the next page, or its first one last on this."""
    monkeypatch.setattr(orphans, "PAGE", page)
    monkeypatch.setattr(orphans, "FEW", 0)
    found = {key for _ in range(8) for key in _finished(blobs)}
    later(2 * DAYS)
    assert _round() == 0
    assert set(blobs.keys()) == found


def test_the_doctor_tells_how_many_there_are(blobs: Storage, needed: set[str], later: Callable[..., None]) -> None:
    def told() -> tuple[str, bool]:
        finding = {finding.subject: finding for finding in doctor.examine()}["blobs"]
        return finding.sentence, finding.is_alarm

    _orphan(blobs)
    assert told() == ("a blob was written and deleted, 0 are needed by nothing", False)
    later(DAYS + timedelta(minutes=1))
    assert told() == ("a blob was written and deleted, 1 are needed by nothing", False)
    later(DAYS)
    assert told()[1]
    _round()
    assert told() == ("a blob was written and deleted, 0 are needed by nothing", False)


def test_a_storage_that_is_down_stops_neither_the_clock_nor_the_round(
    app: Flask, blobs: Storage, needed: set[str], later: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    orphan = _orphan(blobs)
    later(2 * DAYS)
    with monkeypatch.context() as patch:
        patch.setitem(app.extensions, "storage", storage.open_storage("s3://x/y?endpoint=http://127.0.0.1:9&region=a"))
        for name, value in buckets.CREDENTIALS.items():
            patch.setenv(name, value)
        outbox.tick()
    assert orphan in set(blobs.keys())
    for _ in range(3):
        outbox.tick()
    assert orphan not in set(blobs.keys())


def test_empty_folders_and_what_was_half_written_go_with_the_round(app: Flask, tmp_path: Path) -> None:
    folder = tmp_path / "own"
    app.extensions.pop(orphans.ROUND, None)
    before = app.extensions["storage"]
    app.extensions["storage"] = blobs = storage.open_storage(folder.as_uri())
    try:
        key = _orphan(blobs)
        half = folder / "photos" / new_id() / f"{new_id()}#1"
        (folder / "leaflets" / new_id()).mkdir()
        half.parent.mkdir(parents=True)
        for path in (half, folder / key):
            path.write_bytes(b"x")
            os.utime(path, (1, 1))
        assert _round() == 1
        assert {path.relative_to(folder).as_posix() for path in folder.rglob("*")} == {"leaflets", "photos"}
    finally:
        app.extensions["storage"] = before
        app.extensions.pop(orphans.ROUND, None)


def test_a_room_with_blobs_is_swept() -> None:
    """A room that stores files names their folder and the blobs that it needs; this finds one that was forgotten."""
    root = Path(orphans.__file__).parents[1]
    stores = {path.parent.name for path in root.glob("*/*.py") if "storage.new_key(" in path.read_text()}
    assert stores - {"keeping"} == set(orphans.ROOMS)
