"""What becomes of a version, also when workers and people come between each other's steps."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from organizer import outbox, storage
from organizer.db import db
from organizer.errors import Unsettled
from organizer.events.models import Event
from organizer.leaflets import files, jobs, outcome, renditions
from organizer.leaflets import service as leaflets
from organizer.leaflets.models import Leaflet, LeafletVersion
from organizer.leaflets.rules import Kind, LeafletDetails, Paper, Purpose, State, Upload
from organizer.outbox import Fact, OutboxRow
from organizer.posters import service as posters
from organizer.posters.rules import Recipe, Shape, Sheet
from tests.leaflets import making, sending
from tests.leaflets.making import PDF, WHO
from tests.leaflets.meanwhile import ActsAfterPut
from tests.world import PHOTO

DETAILS = LeafletDetails("Letters to prisoners", "en")


def _again(leaflet: Leaflet, data: bytes = making.SENT) -> str | None:
    """Send another file in place of one that was refused; the blob that waits."""
    leaflets.upload_again(leaflet, Upload(DETAILS, Kind.PICTURE, data), WHO)
    return leaflet.shown.original_key


def _refused(event: Event) -> tuple[Leaflet, str | None]:
    """A leaflet with the blob that was refused."""
    leaflet = making.sent(event)
    before = leaflet.shown.original_key
    outcome.refuse(leaflet.shown, "unsafe", before)
    files.sweep(leaflet.shown.id, [before or ""])
    return leaflet, before


def _blobs(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def _needed() -> set[str]:
    db.session.rollback()
    db.session.expire_all()
    return files.blob_keys(*(version.id for version in db.session.query(LeafletVersion)))


# What was refused after it had been ready.


def test_what_stays_as_it_was_is_still_made_ready_to_print(event: Event) -> None:
    version = making.ready(event, made=PDF).shown
    leaflets.flatten(version, WHO)
    # The handlers of the first time come now, and find that it waits.
    db.session.query(OutboxRow).delete()
    db.session.commit()
    outcome.refuse(version, "time", version.source_key)
    assert version.state == State.READY
    assert renditions.being_made(version.id) == set(renditions.LABELS)


def test_a_file_that_is_refused_at_first_is_not(event: Event) -> None:
    leaflet, _before = _refused(event)
    assert renditions.being_made(leaflet.shown.id) == set()


# One worker after another.


def test_a_late_refusal_leaves_the_next_file_alone(event: Event) -> None:
    leaflet, before = _refused(event)
    waiting = _again(leaflet)
    outcome.refuse(leaflet.shown, "time", before)
    db.session.expire_all()
    assert (leaflet.shown.state, leaflet.shown.original_key) == (State.UPLOADED, waiting)


def test_what_is_set_late_does_not_take_the_place_of_a_file(event: Event, blobs: Path) -> None:
    poster = posters.make(event, Recipe(event.id, Shape.POSTER, Sheet.A4, ("en",)), DETAILS, WHO)
    outcome.refuse(poster.shown, "not_set", None)
    waiting = _again(poster)
    outcome.finish(poster.shown, PDF, None)
    outcome.refuse(poster.shown, "no_room", None)
    db.session.expire_all()
    assert (poster.shown.state, poster.shown.original_key) == (State.UPLOADED, waiting)
    assert _blobs(blobs) == {waiting}


def test_what_was_made_in_vain_goes_at_once(event: Event, blobs: Path) -> None:
    leaflet = making.ready(event)
    outcome.finish(leaflet.shown, PDF, "leaflets/gone/before")
    assert leaflet.shown.state == State.READY
    assert _blobs(blobs) - _needed() == set()


# Between a file and its row.


@pytest.fixture
def between(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Let somebody act when the next blob is put."""

    def after_put(act: Callable[[], object]) -> None:
        monkeypatch.setitem(app.extensions, "storage", ActsAfterPut(app, act))

    return after_put


Between = Callable[[Callable[[], object]], None]


def test_a_sweep_that_comes_between_leaves_a_file_to_print(event: Event, blobs: Path, between: Between) -> None:
    version = making.ready(event).shown
    version_id, made_of = version.id, version.source_key or ""
    between(lambda: jobs.rebuild(Fact("leaflet.uploaded", version_id)))
    renditions.keep(version, Purpose.GREY, Paper.OWN, b"%PDF- grey", made_of)
    assert _blobs(blobs) == _needed()
    assert Purpose.GREY in {row.purpose for row in version.renditions}


def test_it_leaves_a_file_that_is_sent_again(event: Event, blobs: Path, between: Between) -> None:
    leaflet, _before = _refused(event)
    version_id = leaflet.shown.id
    between(lambda: jobs.rebuild(Fact("leaflet.uploaded", version_id)))
    _again(leaflet, sending.jpeg())
    outbox.run_owed()
    db.session.expire_all()
    assert (leaflet.shown.state, leaflet.shown.reason) == (State.READY, "")
    assert _blobs(blobs) == _needed()


def test_it_leaves_what_another_worker_is_making(event: Event, blobs: Path, between: Between) -> None:
    version = making.sent(event).shown
    version_id = version.id
    between(lambda: files.sweep(version_id))
    making.finish(version)
    assert version.state == State.READY
    assert _blobs(blobs) >= _needed()


def test_what_was_left_is_asked_for_again(event: Event) -> None:
    version = making.ready(event).shown
    storage.current().put(storage.new_key(files.folder(version.id)), b"of a worker that was killed")
    with pytest.raises(Unsettled):
        jobs.rebuild(Fact("leaflet.uploaded", version.id))


@pytest.mark.parametrize("act", ["finish", "keep"])
def test_a_withdrawal_that_comes_between_leaves_nothing(event: Event, blobs: Path, between: Between, act: str) -> None:
    leaflet = making.sent(event) if act == "finish" else making.ready(event)
    version, leaflet_id = leaflet.shown, leaflet.id
    made_of = version.source_key or ""
    between(lambda: leaflets.withdraw(db.session.get_one(Leaflet, leaflet_id), WHO))
    if act == "finish":
        outcome.finish(version, PHOTO, made_of)
    else:
        renditions.keep(version, Purpose.GREY, Paper.OWN, b"%PDF- grey", made_of)
    assert version.state == State.WITHDRAWN
    jobs.sweep(Fact("leaflet.withdrawn", version.id))
    assert _blobs(blobs) == set()


def test_what_everyone_got_before_goes_at_once(event: Event, blobs: Path) -> None:
    """The words below a black box, that are the reason why its pages become pictures."""
    version = making.ready(event, made=PDF).shown
    had = files.blob_keys(version.id)
    leaflets.flatten(version, WHO)
    making.finish(version)
    assert _blobs(blobs) == _needed()
    assert had.isdisjoint(_needed())
