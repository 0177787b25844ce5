"""From the upload to the boxes: nobody but the browser that sent a picture ever sees it uncovered."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from time_machine import TimeMachineFixture

from organizer import clock, outbox, vault
from organizer.db import db
from organizer.events.models import Event
from organizer.outbox import Fact
from organizer.photos import files, jobs, rules
from organizer.photos import service as photos
from organizer.photos.covering import KEY_COOKIE
from organizer.photos.models import Photo, PhotoFile
from organizer.policy import Role
from tests import factories, reading
from tests.factories import Person, post
from tests.leaflets.meanwhile import ActsAfterPut
from tests.media import corpus
from tests.photos import sending
from tests.world import PHOTO


def _key(person: Person, address: str) -> bytes:
    found = person.client.get_cookie(KEY_COOKIE, path=address)
    assert found
    key = files.key_of(found.value)
    assert key
    return key


def _forget(person: Person, address: str) -> None:
    person.client.delete_cookie(KEY_COOKIE, path=address)


def _below(data: bytes, box: rules.Box, inset: int = 0) -> Image.Image:
    image = Image.open(io.BytesIO(data)).convert("RGB")
    left, top, width, height = box
    return image.crop(
        (
            left * image.width // 1000 + inset,
            top * image.height // 1000 + inset,
            -(-(left + width) * image.width // 1000) - inset,
            -(-(top + height) * image.height // 1000) - inset,
        )
    )


# The whole way, with the squares, as without script.


def test_from_the_upload_to_the_covered_picture(organizer: Person, event: Event, blobs: Path) -> None:
    answer = sending.send(organizer, event, sending.noisy())
    address = answer.location
    waiting = organizer.client.get(address)
    assert "Now it is rebuilt" in waiting.text
    assert waiting.headers["Refresh"] == "2"
    assert sending.readable(blobs) == []

    outbox.run_owed()
    assert organizer.client.get(address).location == f"{address}/cover"
    page = organizer.client.get(f"{address}/cover")
    form = next(form for form in reading.Page(page.text, f"{address}/cover").forms if "cells" in form.fields)
    assert form.fields["cells"].choices == rules.cells(8)
    assert "Cover each face of somebody who was not asked." in page.text
    squares = page.text.index("Choose each square in which a bit of the face is.")
    assert page.text.index("Drag over each face to draw a box.") < squares < page.text.index("data-cover>")
    uncovered = organizer.client.get(f"{address}/uncovered")
    assert Image.open(io.BytesIO(uncovered.data)).size == (900, 600)
    assert uncovered.headers["Cache-Control"] == "no-store"
    assert uncovered.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert corpus.canaries(uncovered.data) == set()
    assert sending.readable(blobs) == []

    assert sending.cover(organizer, address, cells=["B2", "F7"]).status_code == 303
    assert organizer.client.get_cookie(KEY_COOKIE, path=address) is None
    assert "Now the boxes are burnt in" in organizer.client.get(address).text
    assert sending.readable(blobs) == []
    outbox.run_owed()
    draft = organizer.client.get(address)
    assert "not published yet" in draft.text
    assert sending.stored(address).state == "draft"
    assert organizer.client.get(f"{address}/uncovered").status_code == 404


def test_what_was_below_the_boxes_is_in_no_file(organizer: Person, event: Event, blobs: Path) -> None:
    drawn: rules.Box = (600, 300, 200, 250)
    address = sending.draft(organizer, event, cells=["B2"], boxes=json.dumps([drawn], separators=(",", ":")))
    covered = [drawn, rules.cell_box("B2", 8)]
    sizes = {size: organizer.client.get(f"{address}/{size}") for size in ("small", "large", "print")}
    assert {size: answer.content_type for size, answer in sizes.items()} == {
        "small": "image/webp", "large": "image/webp", "print": "image/jpeg"
    }  # fmt: skip
    for box in covered:
        assert _below(sizes["print"].data, box).getextrema() == ((0, 0),) * 3
        for size in ("small", "large"):
            # WebP rings at the edges, with what stands beside the box.
            assert max(_below(sizes[size].data, box, 8).tobytes()) <= 8
    stored = list(sending.contents(blobs))
    assert sorted(map(len, stored)) == sorted(len(answer.data) for answer in sizes.values())
    assert [corpus.canaries(content) for content in stored] == [set()] * 3


def test_what_is_black_stays_black_when_more_is_covered(organizer: Person, event: Event, blobs: Path) -> None:
    address = sending.draft(organizer, event, cells=["B2"])
    before = sending.stored(address).picture_hash
    assert sending.cover(organizer, address, cells=["K8"]).status_code == 303
    assert sending.stored(address).picture_hash == ""
    outbox.run_owed()
    assert sending.stored(address).picture_hash not in ("", before)
    printed = organizer.client.get(f"{address}/print").data
    for name in ("B2", "K8"):
        assert _below(printed, rules.cell_box(name, 8)).getextrema() == ((0, 0),) * 3
    assert len(list(sending.contents(blobs))) == 3


@pytest.mark.parametrize("kind", corpus.PICTURES)
def test_every_kind_is_taken(kind: str, organizer: Person, event: Event, blobs: Path) -> None:
    address = sending.draft(organizer, event, corpus.PICTURES[kind]())
    assert sending.stored(address).state == "draft"
    assert set().union(*map(corpus.canaries, sending.contents(blobs))) == set()


# Nobody else opens it.


def test_no_blob_and_no_row_opens_it_without_the_cookie(organizer: Person, event: Event, blobs: Path) -> None:
    sent = sending.send(organizer, event, sending.noisy())
    key = _key(organizer, sent.location)
    assert files.held_key(sending.stored(sent.location)) == key
    outbox.run_owed()
    photo = sending.stored(sent.location)
    assert photo.waiting_seal is None
    with pytest.raises(vault.Unreadable):
        files.held_key(photo)
    told = " ".join(str(value) for column in Photo.__table__.columns for value in [getattr(photo, column.key)])
    assert files.key_text(key) not in told
    assert key not in b"".join(sending.contents(blobs))
    assert len(list(sending.contents(blobs))) == 1
    assert files.waiting(photo, key)
    for other in (files.wrapping_key(), bytes(32), vault.derive("photo-notes")):
        with pytest.raises(vault.Unreadable):
            files.waiting(photo, other)


def test_the_cookie_is_for_this_photo_s_pages_and_for_an_hour(organizer: Person, event: Event) -> None:
    answer = sending.send(organizer, event, sending.noisy())
    told = next(value for value in answer.headers.getlist("Set-Cookie") if value.startswith(KEY_COOKIE))
    assert f"Path={answer.location}" in told
    for part in ("HttpOnly", "SameSite=Lax", "Max-Age=3600"):
        assert part in told


def test_who_has_lost_the_cookie_sends_it_again(organizer: Person, event: Event) -> None:
    address = sending.ready(organizer, event)
    _forget(organizer, address)
    page = organizer.client.get(f"{address}/cover")
    assert "Please send it again" in page.text
    assert "/uncovered" not in page.text
    assert organizer.client.get(f"{address}/uncovered").status_code == 404
    assert sending.cover(organizer, address, cells=["A1"]).status_code == 200
    assert sending.stored(address).state == "ready"


@pytest.mark.parametrize("value", ["", "x", "ü" * 43, "A" * 43 + "=", "A" * 400])
def test_a_key_that_is_none_opens_nothing(value: str, organizer: Person, event: Event) -> None:
    address = sending.ready(organizer, event)
    organizer.client.set_cookie(KEY_COOKIE, value, path=address)
    assert "Please send it again" in organizer.client.get(f"{address}/cover").text
    assert organizer.client.get(f"{address}/uncovered").status_code == 404


def test_neither_does_another_organizer_without_it(organizer: Person, event: Event) -> None:
    address = sending.ready(organizer, event)
    other = factories.person(organizer.client.application, Role.ORGANIZER, organizer.group)
    assert "Please send it again" in other.client.get(f"{address}/cover").text
    assert other.client.get(f"{address}/uncovered").status_code == 404


def test_the_cookie_alone_is_not_enough(organizer: Person, event: Event, client: FlaskClient) -> None:
    address = sending.ready(organizer, event)
    stranger = factories.person(organizer.client.application)
    for browser in (client, stranger.client):
        browser.set_cookie(KEY_COOKIE, files.key_text(_key(organizer, address)), path=address)
    for path in ("", "/cover", "/uncovered", "/edit", "/withdraw", "/large"):
        assert stranger.client.get(f"{address}{path}").status_code == 404
    assert client.get(f"{address}/uncovered").status_code == 303
    assert client.get(address).status_code == 404
    assert stranger.client.get(f"/events/{event.id}/photos").status_code == 404
    assert stranger.client.get(f"/events/{event.id}/photos/new").status_code == 404


# An hour.


def test_what_waits_for_an_hour_is_deleted(
    organizer: Person, event: Event, blobs: Path, time_machine: TimeMachineFixture
) -> None:
    address = sending.ready(organizer, event)
    time_machine.move_to(clock.now() + timedelta(minutes=59), tick=False)
    outbox.tick()
    assert sending.stored(address).state == "ready"
    time_machine.move_to(clock.now() + timedelta(minutes=2), tick=False)
    outbox.tick()
    outbox.run_owed()
    assert sending.stored(address).state == "refused"
    assert list(sending.contents(blobs)) == []
    assert "It waited for an hour and was deleted. Please send it again." in organizer.client.get(address).text
    assert organizer.client.get(f"{address}/cover").location == address


def test_so_is_what_no_worker_has_rebuilt(
    organizer: Person, event: Event, blobs: Path, time_machine: TimeMachineFixture
) -> None:
    address = sending.send(organizer, event, sending.noisy()).location
    time_machine.move_to(clock.now() + timedelta(minutes=61), tick=False)
    outbox.tick()
    outbox.run_owed()
    photo = sending.stored(address)
    assert (photo.state, photo.waiting_key, photo.waiting_seal) == ("refused", None, None)
    assert list(sending.contents(blobs)) == []


# What is none.


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"just words", "This is not a picture"),
        (b"%PDF-1.7 ", "This is not a picture"),
        (b"<svg xmlns=''>", "SVG drawings can carry programs"),
        (b"PK\x03\x04" + bytes(40), "Office files and archives"),
        (b"\xff\xd8\xff" + bytes(15_000_001), "larger than 15 MB"),
    ],
)
def test_what_is_no_picture_is_refused_at_once(data: bytes, sentence: str, organizer: Person, event: Event) -> None:
    answer = sending.send(organizer, event, data)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert db.session.query(Photo).count() == 0


def test_what_only_looks_like_one_is_refused_when_it_is_decoded(organizer: Person, event: Event, blobs: Path) -> None:
    address = sending.ready(organizer, event, b"\xff\xd8\xff" + b"no picture" * 100)
    assert "damaged or incomplete" in organizer.client.get(address).text
    assert list(sending.contents(blobs)) == []


@pytest.mark.parametrize(
    "boxes",
    [
        "[[0,0,10]]",
        "[[0,0,10,10],]",
        "[[-1,0,10,10]]",
        "[[0,0,1001,10]]",
        "[[990,0,20,10]]",
        "[[0,0,0,10]]",
        '{"a":1}',
        "[[0.5,0,1,1]]",
        "[" * 5000,
        "[[0,0,١,1]]",
        "null",
        "\x00",
    ],
)
def test_bad_boxes_are_said_and_change_nothing(boxes: str, organizer: Person, event: Event) -> None:
    address = sending.ready(organizer, event)
    answer = sending.cover(organizer, address, boxes=boxes)
    assert answer.status_code == 422
    assert "them again, please" in answer.text
    assert sending.stored(address).state == "ready"
    assert organizer.client.get(f"{address}/uncovered").status_code == 200


@pytest.mark.parametrize("form", [{"cells": ["Z9"]}, {"cells": ["A99"]}, {"faces": ""}, {"faces": "some"}])
def test_so_are_squares_and_faces(form: dict[str, object], organizer: Person, event: Event) -> None:
    address = sending.ready(organizer, event)
    assert sending.cover(organizer, address, **form).status_code == 422
    assert sending.stored(address).state == "ready"


def test_what_was_chosen_stands_there_again(organizer: Person, event: Event) -> None:
    address = sending.ready(organizer, event)
    page = sending.cover(organizer, address, cells=["C3"], boxes="[[1,2,3,4]]", faces="").text
    form = next(form for form in reading.Page(page, f"{address}/cover").forms if "cells" in form.fields)
    assert form.fields["cells"].values == ["C3"]
    assert form.fields["boxes"].value == "[[1,2,3,4]]"


# When something is down.


def test_with_the_storage_down_nothing_is_kept(organizer: Person, event: Event, blobs: Path) -> None:
    blobs.rename(blobs.with_name("away"))
    blobs.write_text("")
    answer = sending.send(organizer, event, sending.noisy())
    assert answer.status_code == 503
    assert "could not be stored just now" in answer.text
    assert KEY_COOKIE not in str(answer.headers.getlist("Set-Cookie"))
    blobs.unlink()
    blobs.with_name("away").rename(blobs)
    assert db.session.query(Photo).count() == 0
    assert list(sending.contents(blobs)) == []


def test_a_picture_that_was_lost_is_asked_for_again(organizer: Person, event: Event, blobs: Path) -> None:
    address = sending.send(organizer, event, sending.noisy()).location
    for path in blobs.rglob("*"):
        if path.is_file():
            path.unlink()
    outbox.run_owed()
    assert "was lost before it could be checked" in organizer.client.get(address).text


def test_a_sweep_that_comes_between_a_picture_and_its_row_leaves_it(
    app: Flask, organizer: Person, event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo, key = photos.upload(event, sending.noisy(), organizer.account_id)
    fact = Fact("photo.uploaded", photo.id)
    monkeypatch.setitem(app.extensions, "storage", ActsAfterPut(app, lambda: jobs.sweep(fact)))
    photos.rebuilt(photo, PHOTO, key)
    assert files.waiting(photo, key) == PHOTO.data


def test_what_is_withdrawn_while_it_is_covered_stays_so(organizer: Person, event: Event, blobs: Path) -> None:
    address = sending.ready(organizer, event)
    sending.cover(organizer, address, cells=["A1"])
    post(organizer.client, f"{address}/withdraw", {})
    outbox.run_owed()
    assert sending.stored(address).state == "withdrawn"
    assert db.session.query(PhotoFile).count() == 0
    assert list(sending.contents(blobs)) == []


def test_covering_an_uncovered_picture_needs_its_key_even_in_the_service(organizer: Person, event: Event) -> None:
    address = sending.ready(organizer, event)
    sending.cover(organizer, address, cells=["A1"])
    assert sending.cover(organizer, address, cells=["B1"]).location == address
