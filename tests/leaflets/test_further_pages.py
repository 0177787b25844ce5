"""The pages after the first ones: made in the background, looked at before anything is published, gone with it."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pikepdf
import pytest
import structlog
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import delete

from organizer import outbox, storage
from organizer.db import db
from organizer.events.models import Event
from organizer.leaflets import files, further_pages, rendering
from organizer.leaflets import service as leaflets
from organizer.leaflets.models import Leaflet, LeafletVersion, Rendition
from organizer.media import Picture, RebuiltPdf, Refused, sandbox
from organizer.outbox import Fact
from organizer.storage import Storage, StorageDown
from tests.factories import Person, post
from tests.leaflets import sending
from tests.media import pages

PAGES = re.compile(r'<a href="(/leaflets/[^"]+/pages/(\d+)/large\.webp)"><img src="\1"')
LOOK_AGAIN = re.compile(r'href="([^"]+)"[^>]*>Look again<')
PICTURE = Picture(b"RIFF", "image/webp", 8, 9)


def _pdf(count: int) -> bytes:
    """Pages that are the lighter, the later they come."""
    with pikepdf.new() as pdf:
        for number in range(1, count + 1):
            page = pdf.add_blank_page(page_size=(300, 400))
            page.Contents = pdf.make_stream(b"%.3f g 0 0 300 400 re f" % (number / 50))
        return pages.saved(pdf)


@pytest.fixture
def address(organizer: Person, event: Event) -> str:
    """A leaflet of six pages that is rebuilt, and of which nothing more is made yet."""
    return sending.sent(organizer, event, _pdf(6))


def _version(address: str) -> LeafletVersion:
    db.session.rollback()
    return db.session.get_one(Leaflet, address.split("/")[2]).shown


def _make(address: str) -> None:
    rendering.make_pages(Fact("leaflet.rebuilt", _version(address).id))


def _numbers(page: str) -> list[int]:
    """The pages that can be looked at."""
    return [int(number) for _url, number in PAGES.findall(page)]


def _stored(folder: Path) -> int:
    return sum(path.is_file() for path in folder.rglob("*"))


def test_all_pages_are_seen_before_anything_is_published(organizer: Person, address: str) -> None:
    waiting = organizer.client.get(address)
    assert _numbers(waiting.text) == [1, 2, 3, 4]
    assert "Pages 5 to 6 are being made." in waiting.text
    assert "more pages are in the file" not in waiting.text
    assert "Refresh" not in waiting.headers
    outbox.run_owed()
    page = organizer.client.get(LOOK_AGAIN.findall(waiting.text)[0]).text
    assert _numbers(page) == [1, 2, 3, 4, 5, 6]
    assert "being made" not in page
    assert LOOK_AGAIN.findall(page) == []
    greys = []
    for url, _number in PAGES.findall(page):
        answer = organizer.client.get(url)
        assert answer.content_type == "image/webp"
        greys.append(Image.open(io.BytesIO(answer.data)).convert("L").getpixel((9, 9)))
    assert greys == pytest.approx([number * 255 / 50 for number in range(1, 7)], abs=2)


def test_everyone_sees_them_once_it_is_published(client: FlaskClient, organizer: Person, address: str) -> None:
    _make(address)
    url = f"{address}/versions/1/pages/6/large.webp"
    assert organizer.client.get(url).status_code == 200
    assert client.get(url).status_code == 404
    sending.publish(organizer, address)
    assert _numbers(client.get(address).text) == [1, 2, 3, 4, 5, 6]
    assert client.get(url).status_code == 200


def test_they_have_time_by_their_number(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    given = []

    def run(_job: str, _data: bytes, limits: sandbox.Limits) -> RebuiltPdf:
        given.append(limits)
        raise Refused("time")

    monkeypatch.setattr(sandbox, "run", run)
    _make(address)
    assert given == [sandbox.LIMITS["further_pages"].for_pages(2)]


def test_a_single_one_is_told_as_one(organizer: Person, event: Event) -> None:
    address = sending.sent(organizer, event, _pdf(5))
    assert "Page 5 is being made." in organizer.client.get(address).text


@pytest.mark.parametrize("make", [sending.pdf, sending.jpeg])
def test_where_the_first_ones_are_all_nothing_is_asked_for(
    organizer: Person, event: Event, make: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = sending.sent(organizer, event, make())  # type: ignore[operator] # one of the makers above
    assert " being made." not in organizer.client.get(address).text
    monkeypatch.delattr(sandbox, "run")
    _make(address)


def test_what_cannot_be_made_is_told_and_no_harm_to_the_leaflet(
    organizer: Person, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_job: str, _data: bytes, _limits: sandbox.Limits | None = None) -> RebuiltPdf:
        raise Refused("time")

    monkeypatch.setattr(sandbox, "run", refuse)
    with structlog.testing.capture_logs() as told:
        outbox.run_owed()
    assert {
        "event": "leaflet.rendition_not_made",
        "log_level": "warning",
        "job": "further_pages",
        "reason": "time",
    } in told
    page = organizer.client.get(address).text
    assert _numbers(page) == [1, 2, 3, 4]
    assert "2 more pages are in the file." in page
    assert post(organizer.client, f"{address}/versions/1/publish", {}, form_at=address).status_code == 303


def test_a_second_run_makes_nothing_again(address: str, blobs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _make(address)
    stored = _stored(blobs)
    monkeypatch.delattr(sandbox, "run")
    _make(address)
    assert _stored(blobs) == stored


def test_two_workers_keep_them_once(address: str, blobs: Path) -> None:
    version, made_of = _version(address), _version(address).source_key or ""
    for _worker in range(2):
        further_pages.keep(version, [PICTURE, PICTURE], made_of)
    assert [row.page for row in _version(address).renditions if row.size_bytes == 4] == [5, 6]
    assert _stored(blobs) == len(_version(address).renditions)


def test_what_was_made_of_another_file_or_of_too_few_pages_is_not_kept(address: str, blobs: Path) -> None:
    version, before = _version(address), _stored(blobs)
    further_pages.keep(version, [PICTURE, PICTURE], f"{files.folder(version.id)}/before")
    further_pages.keep(version, [PICTURE], version.source_key or "")
    assert _stored(blobs) == before
    assert len(_version(address).renditions) == before


def test_what_is_withdrawn_while_they_are_made_stays_so(organizer: Person, address: str, blobs: Path) -> None:
    version = _version(address)
    made_of = version.source_key or ""
    leaflets.withdraw(db.session.get_one(Leaflet, version.leaflet_id), organizer.account_id)
    further_pages.keep(version, [PICTURE, PICTURE], made_of)
    outbox.run_owed()
    assert db.session.query(Rendition).count() == 0
    assert _stored(blobs) == 0


class FailsAtTheSecond(Storage):
    """Takes one blob and no more."""

    is_full = False

    def put(self, key: str, data: bytes) -> None:
        if self.is_full:
            raise StorageDown
        super().put(key, data)
        self.is_full = True


def test_a_store_that_goes_away_between_two_keeps_none_and_they_are_made_later(
    app: Flask, organizer: Person, address: str, blobs: Path
) -> None:
    before, whole = _stored(blobs), storage.current()
    app.extensions["storage"] = FailsAtTheSecond(whole._store, whole._folder)
    with pytest.raises(StorageDown):
        _make(address)
    app.extensions["storage"] = whole
    assert _stored(blobs) == before
    assert "Pages 5 to 6 are being made." in organizer.client.get(address).text
    _make(address)
    assert _numbers(organizer.client.get(address).text) == [1, 2, 3, 4, 5, 6]


def test_pages_that_became_pictures_are_made_anew(organizer: Person, address: str) -> None:
    _make(address)
    before = {row.blob_key for row in _version(address).renditions}
    db.session.execute(delete(outbox.OutboxRow))
    db.session.commit()
    post(organizer.client, f"{address}/flatten", {})
    outbox.run_owed()
    assert _numbers(organizer.client.get(address).text) == [1, 2, 3, 4]
    _make(address)
    assert _numbers(organizer.client.get(address).text) == [1, 2, 3, 4, 5, 6]
    assert before.isdisjoint(row.blob_key for row in _version(address).renditions)
