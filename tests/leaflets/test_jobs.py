"""What becomes of an upload, also when the storage, the child or the worker goes away."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError
from time_machine import TimeMachineFixture

from organizer import clock, outbox, storage
from organizer.db import db
from organizer.events.models import Event
from organizer.leaflets import files, jobs, outcome, queries
from organizer.leaflets import service as leaflets
from organizer.leaflets.models import Leaflet, LeafletVersion, Rendition
from organizer.leaflets.rules import Kind, LeafletDetails, State, Upload
from organizer.media import sandbox
from organizer.outbox import Fact, OutboxRow
from organizer.storage import Storage, StorageDown
from tests import factories
from tests.factories import Person
from tests.leaflets import sending

DETAILS = LeafletDetails("Letters to prisoners", "en")


@pytest.fixture(autouse=True)
def made_once() -> None:
    """It is the children themselves that are looked at here."""


@pytest.fixture
def version(organizer: Person, event: Event) -> LeafletVersion:
    """An upload that waits to be rebuilt."""
    return leaflets.upload(event, Upload(DETAILS, Kind.PDF, sending.pdf()), organizer.account_id).shown


def _state() -> str:
    db.session.rollback()
    return db.session.query(LeafletVersion).one().state


def _files(folder: Path) -> int:
    return sum(path.is_file() for path in folder.rglob("*"))


def _break(folder: Path) -> None:
    """Let the storage be down: a file stands where its folder was."""
    folder.rename(folder.with_name("away"))
    folder.write_text("")


def _mend(folder: Path) -> None:
    folder.unlink()
    folder.with_name("away").rename(folder)


def test_the_original_goes_when_the_upload_is_rebuilt(version: LeafletVersion, blobs: Path) -> None:
    assert _files(blobs) == 1
    outbox.run_owed()
    assert _state() == State.READY
    assert version.original_key is None
    assert version.original_seal is None
    kept = {rendition.blob_key for rendition in db.session.query(Rendition)}
    assert {str(path.relative_to(blobs)) for path in blobs.rglob("*") if path.is_file()} == kept
    assert [(row.purpose, row.page) for row in version.renditions] == [
        ("file", 0), ("large", 1), ("small", 1), ("large", 2), ("small", 2)
    ]  # fmt: skip


def test_a_second_run_changes_nothing(version: LeafletVersion, blobs: Path) -> None:
    outbox.run_owed()
    before = {row.blob_key for row in db.session.query(Rendition)}
    jobs.rebuild(Fact("leaflet.uploaded", version.id))
    assert {row.blob_key for row in db.session.query(Rendition)} == before
    assert _files(blobs) == len(before)


def test_with_the_storage_down_nothing_is_stored_and_the_form_says_so(
    organizer: Person, event: Event, blobs: Path
) -> None:
    _break(blobs)
    answer = sending.send(organizer, event, sending.jpeg(), credits="A kitchen table")
    assert answer.status_code == 503
    assert "could not be stored just now" in answer.text
    assert "A kitchen table" in answer.text
    _mend(blobs)
    assert _files(blobs) == 0
    assert db.session.query(Leaflet).count() == 0
    assert sending.send(organizer, event, sending.jpeg()).status_code == 303


def test_when_the_database_refuses_no_blob_stays(event: Event, blobs: Path) -> None:
    with pytest.raises(IntegrityError):
        leaflets.upload(event, Upload(DETAILS, None, b"%PDF-"), "nobody")  # type: ignore[arg-type] # breaks the row
    assert _files(blobs) == 0


def test_a_storage_that_was_down_is_tried_again(
    version: LeafletVersion, blobs: Path, time_machine: TimeMachineFixture
) -> None:
    _break(blobs)
    assert outbox.run_owed() == 0
    assert _state() == State.UPLOADED
    _mend(blobs)
    time_machine.move_to(clock.now() + timedelta(minutes=1))
    assert outbox.run_owed() == 1
    assert _state() == State.READY


def test_so_is_a_child_that_could_not_start(
    version: LeafletVersion, monkeypatch: pytest.MonkeyPatch, time_machine: TimeMachineFixture
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(sys, "executable", "/nowhere/python")
        assert outbox.run_owed() == 0
    assert _state() == State.UPLOADED
    time_machine.move_to(clock.now() + timedelta(minutes=1))
    assert outbox.run_owed() == 1
    assert _state() == State.READY


def test_one_groups_file_is_not_behind_all_those_of_another(
    app: Flask, organizer: Person, event: Event, version: LeafletVersion
) -> None:
    queue, sent = app.extensions["outbox.queue"], Upload(DETAILS, Kind.PDF, sending.pdf())
    queue.flush()
    many = [leaflet.shown.id for leaflet in leaflets.upload_all(event, [sent] * 4, organizer.account_id)]
    other = factories.person(app)
    one = leaflets.upload(factories.event(other.group), sent, other.account_id).shown.id
    subjects = {row.id: row.subject_id for row in db.session.query(OutboxRow)}
    db.session.rollback()
    order = []
    while task := queue.dequeue():
        order.append(subjects[task.args[0]])
    assert order[0] == one
    assert sorted(order[1:]) == sorted(many)


def test_stopping_the_service_throws_no_upload_away(
    version: LeafletVersion, monkeypatch: pytest.MonkeyPatch, time_machine: TimeMachineFixture
) -> None:
    """The signal may reach the child before it reaches the worker."""
    with monkeypatch.context() as patch:
        patch.setitem(sandbox.JOBS, "pdfs", "tests.media.misbehaving:be_stopped_by_term")
        assert outbox.run_owed() == 0
    assert _state() == State.UPLOADED
    assert version.original_key
    time_machine.move_to(clock.now() + timedelta(minutes=1))
    assert outbox.run_owed() == 1
    assert _state() == State.READY


class FailsInBetween(Storage):
    """Takes three blobs and no more."""

    def __init__(self, whole: Storage) -> None:
        super().__init__(whole._store, whole._folder)
        self.left = 3

    def put(self, key: str, data: bytes) -> None:
        self.left -= 1
        if self.left < 0:
            raise StorageDown
        super().put(key, data)


def test_what_was_half_done_is_done_anew_and_leaves_nothing(
    app: Flask, version: LeafletVersion, blobs: Path, time_machine: TimeMachineFixture
) -> None:
    whole = storage.current()
    app.extensions["storage"] = FailsInBetween(whole)
    assert outbox.run_owed() == 0
    assert _state() == State.UPLOADED
    assert db.session.query(Rendition).count() == 0
    assert _files(blobs) == 1
    app.extensions["storage"] = whole
    time_machine.move_to(clock.now() + timedelta(minutes=1))
    assert outbox.run_owed() == 1
    assert _state() == State.READY
    assert _files(blobs) == db.session.query(Rendition).count() == 5


def test_what_a_killed_worker_left_goes_within_minutes(
    version: LeafletVersion, blobs: Path, time_machine: TimeMachineFixture
) -> None:
    storage.current().put(storage.new_key(files.folder(version.id)), b"a page, and no row that leads to it")
    outbox.run_owed()
    assert _state() == State.READY
    # Until then it could be of a worker that is still at it; the original has gone at once.
    assert _files(blobs) == 6
    time_machine.move_to(clock.now() + 2 * storage.SETTLED)
    jobs_left = db.session.query(OutboxRow).filter_by(fact="leaflet.uploaded")
    assert jobs_left.count() == 1
    outbox.run(jobs_left.one().id)
    assert _files(blobs) == 5
    assert jobs_left.count() == 0


def test_a_child_that_is_killed_becomes_a_refusal(app: Flask, organizer: Person, version: LeafletVersion) -> None:
    killer = threading.Thread(target=_kill_first_child)
    killer.start()
    outbox.run_owed()
    killer.join()
    assert _state() == State.REFUSED
    page = organizer.client.get(f"/leaflets/{version.leaflet_id}")
    assert "This file needs too much memory to be opened." in page.text


def _kill_first_child() -> None:
    """Only a child of this very process, as soon as there is one."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        for task in Path("/proc/self/task").iterdir():
            for child in (task / "children").read_text().split():
                if b"organizer.media" not in Path(f"/proc/{child}/cmdline").read_bytes():
                    continue
                os.kill(int(child), signal.SIGKILL)
                return
        time.sleep(0.005)


def test_what_is_withdrawn_while_it_is_rebuilt_stays_so(
    organizer: Person, version: LeafletVersion, blobs: Path
) -> None:
    made_of, made = version.source_key, sandbox.run("pdfs", files.original(version))
    leaflets.withdraw(db.session.get_one(Leaflet, version.leaflet_id), organizer.account_id)
    outcome.finish(version, made, made_of)
    jobs.rebuild(Fact("leaflet.uploaded", version.id))
    assert _state() == State.WITHDRAWN
    assert db.session.query(Rendition).count() == 0
    assert _files(blobs) == 0


def test_an_original_that_was_lost_is_asked_for_again(organizer: Person, version: LeafletVersion, blobs: Path) -> None:
    next(path for path in blobs.rglob("*") if path.is_file()).unlink()
    outbox.run_owed()
    assert _state() == State.REFUSED
    page = organizer.client.get(f"/leaflets/{version.leaflet_id}")
    assert "The file was lost before it could be checked." in page.text


def test_an_original_that_was_changed_is_not_opened(version: LeafletVersion, blobs: Path) -> None:
    sealed = next(path for path in blobs.rglob("*") if path.is_file())
    sealed.write_bytes(sealed.read_bytes()[:-1] + b"\0\0")
    outbox.run_owed()
    assert version.reason == queries.LOST
