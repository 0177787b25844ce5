"""Files to print and to send on: made in the background, offered when they are there, gone with the leaflet."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from pathlib import Path

import pikepdf
import pytest
import structlog
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, update
from time_machine import TimeMachineFixture

from organizer import clock, outbox, storage
from organizer.db import db
from organizer.errors import Unavailable
from organizer.events.models import Event
from organizer.leaflets import files, rendering, renditions
from organizer.leaflets import service as leaflets
from organizer.leaflets.models import Leaflet, LeafletVersion, Rendition
from organizer.leaflets.rules import Paper, Purpose, State
from organizer.media import Picture, RebuiltPdf, Refused, sandbox
from organizer.outbox import Fact
from organizer.storage import Storage
from tests.factories import Person, post
from tests.leaflets import making, sending
from tests.media.pages import with_photo

PRINTS = re.compile(r'href="(/leaflets/[^"]+/print/([a-z0-9_]+)\.pdf)"')
LOOK_AGAIN = re.compile(r'href="([^"]+)"[^>]*>(?:<span>)?Look again<')
PAGE = Picture(b"RIFF", "image/webp", 1, 1)
WANTED = {"two_up_a4", "two_up_letter", "four_up_a4", "four_up_letter", "grey"}


@pytest.fixture
def address(organizer: Person, event: Event) -> str:
    """A leaflet that is rebuilt, and of which nothing more is made yet."""
    return sending.sent(organizer, event, sending.pdf())


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The child is stood in for; what it was asked for."""
    asked: list[str] = []

    def run(job: str, data: bytes) -> RebuiltPdf:
        asked.append(job)
        return RebuiltPdf(b"%PDF-1.7 " + job.encode(), 1, "", (), (), ())

    monkeypatch.setattr(sandbox, "run", run)
    return asked


def _version(address: str) -> LeafletVersion:
    db.session.rollback()
    return db.session.get_one(Leaflet, address.split("/")[2]).shown


def _rows() -> set[tuple[str, str]]:
    db.session.rollback()
    return {
        (row.purpose, row.paper) for row in db.session.query(Rendition) if (row.purpose, row.paper) in renditions.JOBS
    }


def _linked(page: str) -> dict[str, str]:
    return {name: url for url, name in PRINTS.findall(page)}


def _stored(folder: Path) -> int:
    return sum(path.is_file() for path in folder.rglob("*"))


def test_a_leaflet_is_there_to_print_in_every_way(client: FlaskClient, organizer: Person, address: str) -> None:
    post(organizer.client, f"{address}/versions/1/publish", {}, form_at=address)
    outbox.run_owed()
    page = client.get(address).text
    linked = _linked(page)
    # There is no photo in it, so that a small one would be no smaller.
    assert linked.keys() == WANTED
    assert "To print" in page
    assert "Being made" not in page
    for name, url in linked.items():
        answer = client.get(url)
        assert answer.content_type == "application/pdf"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
        expected = f"attachment; filename=letters-to-prisoners-en-{name.replace('_', '-')}.pdf"
        assert answer.headers["Content-Disposition"] == expected
        with pikepdf.open(io.BytesIO(answer.data)) as pdf:
            assert len(pdf.pages) == 2
            if name.endswith("letter"):
                assert [float(side) for side in pdf.pages[0].mediabox] == [0, 0, 612, 792]


def test_one_with_a_photo_has_a_small_one_too(organizer: Person, event: Event) -> None:
    address = sending.sent(organizer, event, with_photo((1500, 1000)))
    rendering.make_screen(Fact("leaflet.rebuilt", _version(address).id))
    small = organizer.client.get(f"{address}/print/screen.pdf")
    whole = organizer.client.get(f"{address}/file")
    assert len(small.data) < len(whole.data) / 2


def test_a_picture_is_there_to_print_as_well(organizer: Person, event: Event) -> None:
    address = sending.sent(organizer, event, sending.jpeg())
    outbox.run_owed()
    assert _linked(organizer.client.get(address).text).keys() >= WANTED
    assert organizer.client.get(f"{address}/print/four_up_a4.pdf").data.startswith(b"%PDF-")


def test_until_they_are_made_the_page_says_so_and_waits_for_her_to_look_again(
    organizer: Person, address: str, quick: list[str]
) -> None:
    page = organizer.client.get(address)
    assert (
        "Being made: Two on a sheet, Four on a sheet, In grey, for black ink, Small, to read and to send on"
        in page.text
    )
    # What she reads, and what she has unfolded, stays before her eyes.
    assert "Refresh" not in page.headers
    outbox.run_owed()
    later = organizer.client.get(LOOK_AGAIN.findall(page.text)[0])
    assert later.status_code == 200
    assert "Being made" not in later.text
    assert LOOK_AGAIN.findall(later.text) == []


def test_a_second_run_makes_nothing_again(address: str, quick: list[str], blobs: Path) -> None:
    outbox.run_owed()
    before, stored = _rows(), _stored(blobs)
    quick.clear()
    for make in (rendering.make_two_up, rendering.make_four_up, rendering.make_grey, rendering.make_screen):
        make(Fact("leaflet.rebuilt", _version(address).id))
    assert quick == []
    assert (_rows(), _stored(blobs)) == (before, stored)


class Killed(BaseException):
    """The worker goes."""


def test_what_was_cut_off_half_way_is_taken_up_again(
    app: Flask, address: str, quick: list[str], blobs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fact = Fact("leaflet.rebuilt", _version(address).id)
    before, run = _stored(blobs), sandbox.run

    def killed_at_letter(job: str, data: bytes) -> RebuiltPdf:
        if job == "two_up_letter":
            raise Killed
        return run(job, data)  # type: ignore[call-overload] # stood in for

    with monkeypatch.context() as patch:
        patch.setattr(sandbox, "run", killed_at_letter)
        with pytest.raises(Killed):
            rendering.make_two_up(fact)
    assert _rows() == {("two_up", "a4")}
    quick.clear()
    rendering.make_two_up(fact)
    assert quick == ["two_up_letter"]
    assert _rows() == {("two_up", "a4"), ("two_up", "letter")}
    assert _stored(blobs) == before + 2


def test_a_row_that_cannot_be_written_leaves_no_blob(
    address: str, quick: list[str], blobs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _stored(blobs)

    def fail(*facts: Fact) -> None:
        raise Killed

    monkeypatch.setattr(outbox, "commit", fail)
    with pytest.raises(Killed):
        rendering.make_grey(Fact("leaflet.rebuilt", _version(address).id))
    assert _stored(blobs) == before
    assert _rows() == set()


class Down(Storage):
    def put(self, key: str, data: bytes) -> None:
        raise storage.StorageDown


def test_with_the_storage_down_it_is_made_later(
    app: Flask, address: str, quick: list[str], time_machine: TimeMachineFixture
) -> None:
    whole = storage.current()
    app.extensions["storage"] = Down(whole._store, whole._folder)
    outbox.run_owed()
    assert _rows() == set()
    assert renditions.being_made(_version(address).id) >= {Purpose.TWO_UP, Purpose.GREY}
    app.extensions["storage"] = whole
    time_machine.move_to(clock.now() + timedelta(minutes=1))
    outbox.run_owed()
    assert {"two_up", "four_up", "grey"} <= {purpose for purpose, _ in _rows()}
    assert renditions.being_made(_version(address).id) == set()


def test_what_cannot_be_made_is_not_offered_and_no_harm_to_the_leaflet(
    client: FlaskClient, organizer: Person, address: str, quick: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = sandbox.run

    def refuse_grey(job: str, data: bytes) -> RebuiltPdf:
        if job == "grey":
            raise Refused("memory")
        return run(job, data)  # type: ignore[call-overload] # stood in for

    monkeypatch.setattr(sandbox, "run", refuse_grey)
    with structlog.testing.capture_logs() as told:
        outbox.run_owed()
    assert {"event": "leaflet.rendition_not_made", "log_level": "warning", "job": "grey", "reason": "memory"} in told
    page = organizer.client.get(address)
    assert page.status_code == 200
    assert "Could not be made: In grey, for black ink" in page.text
    assert "grey" not in _linked(page.text)
    assert organizer.client.get(f"{address}/print/grey.pdf").status_code == 404
    assert post(organizer.client, f"{address}/versions/1/publish", {}, form_at=address).status_code == 303


def test_what_is_stopped_with_the_service_stays_owed(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sandbox.JOBS, "grey", "tests.media.misbehaving:be_stopped_by_term")
    with pytest.raises(Unavailable):
        rendering.make_grey(Fact("leaflet.rebuilt", _version(address).id))


def test_they_are_as_open_as_the_leaflet(
    client: FlaskClient, organizer: Person, address: str, quick: list[str]
) -> None:
    outbox.run_owed()
    missing = client.get(f"/leaflets/{'a' * 26}/print/grey.pdf")
    assert missing.status_code == 404
    assert client.get(f"{address}/print/grey.pdf").data == missing.data
    draft = organizer.client.get(f"{address}/print/grey.pdf")
    assert draft.status_code == 200
    assert draft.headers["Cache-Control"] == "no-store"
    for name in ("file", "large", "gre", "two_up", "GREY", "two_up_a3"):
        assert organizer.client.get(f"{address}/print/{name}.pdf").status_code == 404


def test_a_withdrawn_leaflet_loses_them_all(
    client: FlaskClient, organizer: Person, address: str, quick: list[str], blobs: Path
) -> None:
    post(organizer.client, f"{address}/versions/1/publish", {}, form_at=address)
    outbox.run_owed()
    assert client.get(f"{address}/print/two_up_a4.pdf").status_code == 200
    post(organizer.client, f"{address}/withdraw", {})
    assert client.get(f"{address}/print/two_up_a4.pdf").status_code == 410
    outbox.run_owed()
    assert db.session.query(Rendition).count() == 0
    assert _stored(blobs) == 0


def test_what_is_withdrawn_while_they_are_made_stays_so(
    organizer: Person, address: str, blobs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = _version(address)
    made_of = version.source_key or ""
    leaflets.withdraw(db.session.get_one(Leaflet, version.leaflet_id), organizer.account_id)
    renditions.keep(version, Purpose.GREY, Paper.OWN, b"%PDF-1.7", made_of)
    outbox.run_owed()
    assert db.session.query(Rendition).count() == 0
    assert _stored(blobs) == 0


def test_what_was_made_of_an_earlier_file_is_not_kept(address: str, blobs: Path) -> None:
    version, before = _version(address), _stored(blobs)
    renditions.keep(version, Purpose.GREY, Paper.OWN, b"%PDF-1.7", f"{files.folder(version.id)}/before")
    assert _rows() == set()
    assert _stored(blobs) == before


# What was there before such files were made.


@pytest.fixture
def earlier(organizer: Person, event: Event, quick: list[str]) -> list[LeafletVersion]:
    """Three leaflets that everyone has, the oldest first, none of which was ever made ready to print."""
    made = []
    for number in range(3):
        rebuilt = RebuiltPdf(b"%PDF-1.7", 1, "", (), (), (PAGE,))
        made.append(making.published(event, f"Leaflet {number}", rebuilt).shown)
    for number, version in enumerate(made):
        version.uploaded_at = clock.now() + timedelta(minutes=number)
    db.session.execute(delete(outbox.OutboxRow))
    db.session.execute(update(LeafletVersion).values(has_prints=False))
    db.session.commit()
    return made


def _printed(versions: list[LeafletVersion]) -> list[bool]:
    """Which of them have all that can be printed."""
    db.session.rollback()
    db.session.expire_all()
    wanted = set(renditions.JOBS) - {(Purpose.SCREEN, Paper.OWN)}
    return [wanted <= {(row.purpose, row.paper) for row in version.renditions} for version in versions]


def _ticked_and_worked() -> None:
    """The clock asks, and leaves it to the worker."""
    outbox.tick()
    outbox.run_owed()


def test_what_was_there_before_gets_its_files_a_few_at_a_time_the_newest_first(
    client: FlaskClient, earlier: list[LeafletVersion], quick: list[str]
) -> None:
    _ticked_and_worked()
    assert _printed(earlier) == [False, True, True]
    _ticked_and_worked()
    assert _printed(earlier) == [True, True, True]
    assert "To print" in client.get(f"/leaflets/{earlier[0].leaflet_id}").text
    quick.clear()
    _ticked_and_worked()
    assert quick == []


def test_while_some_are_being_made_no_more_are_asked_for(earlier: list[LeafletVersion]) -> None:
    renditions.ask_late()
    renditions.ask_late()
    owed = db.session.query(outbox.OutboxRow.subject_id).filter_by(fact="leaflet.rebuilt").distinct()
    assert {row[0] for row in owed} == {version.id for version in earlier[1:]}
    db.session.execute(update(outbox.OutboxRow).values(attempts=2))
    db.session.commit()
    renditions.ask_late()
    assert owed.count() == 3


def test_what_was_refused_once_is_not_tried_again(
    earlier: list[LeafletVersion], monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []

    def refuse(job: str, data: bytes) -> RebuiltPdf:
        tried.append(job)
        raise Refused("pdf_damaged")

    monkeypatch.setattr(sandbox, "run", refuse)
    for _ in range(4):
        _ticked_and_worked()
    assert len(tried) == len(renditions.JOBS) * len(earlier)
    assert _printed(earlier) == [False] * 3


def test_what_is_not_rebuilt_or_was_withdrawn_is_left_alone(
    organizer: Person, earlier: list[LeafletVersion], quick: list[str]
) -> None:
    leaflets.withdraw(db.session.get_one(Leaflet, earlier[0].leaflet_id), organizer.account_id)
    earlier[1].state, earlier[2].state = State.UPLOADED, State.REFUSED
    db.session.commit()
    renditions.ask_late()
    assert db.session.query(outbox.OutboxRow).filter_by(fact="leaflet.rebuilt").count() == 0


def test_what_is_uploaded_now_is_asked_for_once(address: str, quick: list[str]) -> None:
    outbox.run_owed()
    quick.clear()
    _ticked_and_worked()
    assert quick == []
