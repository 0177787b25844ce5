"""From the upload to the download, and back out of it."""

from __future__ import annotations

import io
import re
import threading
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from organizer import outbox, storage, uploads
from organizer.db import db
from organizer.events.models import Event
from organizer.events.rules import Visibility
from organizer.leaflets import files
from organizer.leaflets.models import Leaflet, Rendition
from organizer.media import sandbox
from organizer.policy import Role
from tests import factories
from tests.factories import Person, post
from tests.leaflets import sending
from tests.media import bombs, corpus

PICTURES = re.compile(r'(?:src|href)="(/leaflets/[^"]+\.webp[^"]*)"')
FILE = re.compile(r'href="(/leaflets/[^"]+/file[^"]*)"')


@pytest.fixture
def leaflet(organizer: Person, event: Event) -> str:
    """The address of a published PDF with a hundred canaries in it."""
    return sending.published(organizer, event, sending.pdf())


def _linked(pattern: re.Pattern[str], page: str) -> list[str]:
    return sorted({found.replace("&amp;", "&") for found in pattern.findall(page)})


def _stored(address: str) -> Leaflet:
    db.session.rollback()
    return db.session.get_one(Leaflet, address.rpartition("/")[2])


# The whole way.


def test_a_leaflet_from_the_upload_to_the_download(client: FlaskClient, organizer: Person, event: Event) -> None:
    upload = sending.send(organizer, event, sending.pdf(), credits="A kitchen table")
    assert upload.status_code == 303
    address = upload.location

    waiting = organizer.client.get(address)
    assert "Now it is rebuilt." in waiting.text
    assert waiting.headers["Refresh"] == "2"
    assert waiting.headers["Cache-Control"] == "no-store"

    outbox.run_owed()
    # What is to be printed follows.
    outbox.run_owed()
    draft = organizer.client.get(address)
    assert "Refresh" not in draft.headers
    assert "Free the prisoners" in draft.text
    assert "https://example.org/take-part" in draft.text
    assert "Attached files" in draft.text
    assert client.get(address).status_code == 404
    assert "Letters to prisoners" not in client.get("/leaflets").text

    confirmed = post(organizer.client, f"{address}/versions/1/publish", {}, form_at=address)
    assert confirmed.location == address
    page = client.get(address)
    assert "Letters to prisoners" in page.text
    assert "A kitchen table" in page.text
    assert "PDF, 2 pages" in page.text
    assert event.title in page.text
    assert "Letters to prisoners" in client.get("/leaflets").text

    file = client.get(_linked(FILE, page.text)[0])
    assert file.data.startswith(b"%PDF-")
    assert file.headers["Content-Disposition"] == "attachment; filename=letters-to-prisoners-en.pdf"


@pytest.mark.parametrize("is_rebuilt", [True, False])
def test_why_it_could_not_be_published_stays_to_be_read(organizer: Person, event: Event, is_rebuilt: bool) -> None:
    address = sending.send(organizer, event, sending.pdf()).location
    if is_rebuilt:
        outbox.run_owed()
    publish = f"{address}/versions/1/publish"
    stale = organizer.client.post(publish, data={"csrf_token": "old"})
    refused = stale if is_rebuilt else post(organizer.client, publish, {}, form_at=f"{address}/edit")
    for answer in (stale, refused):
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text
        assert "Refresh" not in answer.headers
        assert "looks again by itself" not in answer.text
        assert f'href="{address}">' in answer.text


def test_a_picture_goes_the_same_way(client: FlaskClient, organizer: Person, event: Event) -> None:
    address = sending.published(organizer, event, sending.jpeg())
    page = client.get(address).text
    assert "JPEG, " in page
    file = client.get(_linked(FILE, page)[0])
    assert file.content_type == "image/jpeg"
    assert Image.open(io.BytesIO(file.data)).size == (600, 400)


def test_the_event_page_and_the_home_page_have_their_parts(client: FlaskClient, leaflet: str, event: Event) -> None:
    for page in (client.get(f"/events/{event.slug}").text, client.get("/").text):
        assert "Letters to prisoners" in page
        assert f'href="{leaflet}/versions/1/file"' in page
        assert f'src="{leaflet}/versions/1/pages/1/small.webp"' in page


def test_the_calendar_entry_has_it_until_it_is_withdrawn(client: FlaskClient, organizer: Person, leaflet: str) -> None:
    attached = f"ATTACH;FMTTYPE=application/pdf:http://localhost{leaflet}/file"
    before = client.get("/events.ics")
    assert attached in before.text.replace("\r\n ", "")
    post(organizer.client, f"{leaflet}/withdraw", {})
    after = client.get("/events.ics", headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert "ATTACH" not in after.text
    assert _changed(after.text) > _changed(before.text)


def _changed(feed: str) -> str:
    found = re.search(r"LAST-MODIFIED:(\d{8}T\d{6}Z)\r\nSEQUENCE", feed)
    assert found
    return found[1]


# Nothing rides along.


@pytest.mark.parametrize("make", [sending.pdf, *corpus.PICTURES.values()])
def test_what_was_planted_is_in_nothing_that_is_served(
    client: FlaskClient, organizer: Person, event: Event, make: object
) -> None:
    data = make()  # type: ignore[operator] # one of the makers above
    assert corpus.canaries(data)
    address = sending.published(organizer, event, data)
    page = client.get(address)
    pictures, files = _linked(PICTURES, page.text), _linked(FILE, page.text)
    assert pictures
    assert files
    served = [page, *(client.get(path) for path in (*pictures, *files, "/leaflets"))]
    assert all(answer.status_code == 200 for answer in served)
    # Hidden words that a page draws are text, which the uploader was shown.
    assert set().union(*(corpus.canaries(answer.data) for answer in served)) == set()
    file = client.get(files[0])
    if file.content_type == "application/pdf":
        assert corpus.pdf_canaries(file.data) == set()


def test_files_come_with_headers_that_make_them_harmless(client: FlaskClient, leaflet: str) -> None:
    for path in (f"{leaflet}/versions/1/file", f"{leaflet}/versions/1/pages/1/large.webp"):
        answer = client.get(path)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
        assert "Set-Cookie" not in answer.headers
        again = client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304
        assert again.data == b""
    assert client.get(f"{leaflet}/file").headers["Cache-Control"] == "private, no-cache"
    assert client.get(f"{leaflet}/pages/1/large.webp").content_type == "image/webp"


# Who sees what.


def test_before_it_is_published_only_the_group_sees_it(
    app: Flask, client: FlaskClient, organizer: Person, event: Event
) -> None:
    address = sending.sent(organizer, event, sending.pdf())
    stranger, member = factories.person(app), factories.person(app, Role.MEMBER, organizer.group)
    missing = client.get(f"/leaflets/{'a' * 26}")
    assert missing.status_code == 404
    for path in ("", "/file", "/pages/1/small.webp"):
        assert organizer.client.get(f"{address}{path}").status_code == 200
        assert client.get(f"{address}{path}").data == missing.data
        for person in (stranger, member):
            assert person.client.get(f"{address}{path}").status_code == 404


def test_the_organizers_pages_are_theirs(app: Flask, client: FlaskClient, leaflet: str, event: Event) -> None:
    stranger = factories.person(app)
    paths = [f"/events/{event.id}/leaflets", f"/events/{event.id}/leaflets/new"]
    paths += [f"{leaflet}/{verb}" for verb in ("again", "edit", "withdraw")]
    for path in paths:
        assert client.get(path).status_code == 303
        assert stranger.client.get(path).status_code == 404
    assert stranger.client.post(f"{leaflet}/versions/1/publish").status_code == 404


@pytest.mark.parametrize(
    ("changes", "status", "is_listed"),
    [
        ({}, 200, True),
        ({"visibility": Visibility.UNLISTED}, 200, False),
        ({"visibility": Visibility.PRIVATE}, 404, False),
        ({"published": False}, 404, False),
    ],
)
def test_a_leaflet_is_as_open_as_its_event(
    client: FlaskClient, organizer: Person, changes: dict[str, object], status: int, is_listed: bool
) -> None:
    event = factories.event(organizer.group, **changes)  # type: ignore[arg-type] # named by the test
    address = sending.published(organizer, event, sending.jpeg())
    for path in ("", "/file", "/pages/1/small.webp"):
        assert client.get(f"{address}{path}").status_code == status
    assert ("Letters to prisoners" in client.get("/leaflets").text) == is_listed


def test_what_is_withdrawn_is_gone_and_says_so(client: FlaskClient, organizer: Person, leaflet: str) -> None:
    assert "There is no way back." in organizer.client.get(f"{leaflet}/withdraw").text
    gone = post(organizer.client, f"{leaflet}/withdraw", {})
    assert gone.status_code == 303
    for path in ("", "/file?version=1", "/pages/1/small.webp?version=1"):
        assert client.get(f"{leaflet}{path}").status_code == 410
    assert "Letters to prisoners" not in client.get("/leaflets").text
    outbox.run_owed()
    left = _stored(leaflet)
    assert (left.title, left.credits, left.audience, left.print_notes) == ("", "", "", "")
    version = left.shown
    assert version.text == ""
    assert list(storage.current().keys(files.folder(version.id))) == []
    assert db.session.query(Rendition).count() == 0


def test_a_draft_that_is_thrown_away_never_was_there_for_others(
    client: FlaskClient, organizer: Person, event: Event
) -> None:
    address = sending.sent(organizer, event, sending.jpeg())
    assert post(organizer.client, f"{address}/withdraw", {}).status_code == 303
    assert client.get(address).status_code == 404
    assert organizer.client.get(address).status_code == 410


# What is sent wrongly.


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "neither a PDF nor a picture"),
        (b"<html>hello</html>", "neither a PDF nor a picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG drawings can carry programs"),
        (b"PK\x03\x04 a letter", "Office files and archives are not accepted"),
        (b"\xff\xd8\xff" + bytes(15_000_000), "This picture is larger than 15 MB"),
    ],
)
def test_a_file_that_is_none_is_refused_beside_its_field(
    organizer: Person, event: Event, data: bytes, sentence: str
) -> None:
    answer = sending.send(organizer, event, data, "leaflet.pdf", credits="Us")
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'value="Letters to prisoners"' in answer.text
    assert 'value="Us"' in answer.text
    assert db.session.query(Leaflet).count() == 0


def test_no_file_is_asked_for(organizer: Person, event: Event) -> None:
    answer = post(organizer.client, f"/events/{event.id}/leaflets/new", {**sending.WORDS})
    assert answer.status_code == 422
    assert "Choose a file." in answer.text


def test_when_something_else_is_wrong_the_file_is_asked_for_again(organizer: Person, event: Event) -> None:
    answer = sending.send(organizer, event, sending.jpeg(), title="x" * 121, credits="A kitchen table")
    assert answer.status_code == 422
    assert "longer than 120 characters" in answer.text
    assert "choose the file once more" in answer.text
    assert "A kitchen table" in answer.text
    assert list(storage.current().keys("leaflets")) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("title", "x" * 121),
        ("language", "tlh"),
        ("licence", "all mine"),
        ("credits", "x" * 301),
        ("text_alternative", "x" * 100_000),
    ],
)
def test_each_field_has_its_bounds(organizer: Person, event: Event, name: str, value: str) -> None:
    assert sending.send(organizer, event, sending.jpeg(), **{name: value}).status_code == 422


def test_controls_and_markup_in_words_do_no_harm(client: FlaskClient, organizer: Person, event: Event) -> None:
    words = {"title": "<b>Free\x00 them\x1b</b>", "text_alternative": "<script>alert(1)</script>\x00 ok"}
    page = client.get(sending.published(organizer, event, sending.jpeg(), **words)).text
    assert "&lt;b&gt;Free them&lt;/b&gt;" in page
    assert "<script>alert" not in page


def test_an_upload_without_a_token_shows_the_filled_form(organizer: Person, event: Event) -> None:
    body, content_type = sending.encoded({**sending.WORDS, "file": sending.file(sending.jpeg())})
    answer = organizer.client.post(f"/events/{event.id}/leaflets/new", data=body, content_type=content_type)
    assert answer.status_code == 422
    assert "Letters to prisoners" in answer.text
    assert db.session.query(Leaflet).count() == 0


def test_more_than_the_largest_upload_is_not_read(organizer: Person, event: Event) -> None:
    assert sending.send(organizer, event, bytes(33 << 20)).status_code == 413


def test_other_pages_take_no_large_requests(app: Flask, organizer: Person, leaflet: str) -> None:
    too_many = bytes(app.config["MAX_CONTENT_LENGTH"])
    assert sending.upload(organizer, f"{leaflet}/edit", too_many).status_code == 413


def test_what_cannot_be_decoded_is_refused_on_its_page(organizer: Person, event: Event) -> None:
    address = sending.sent(organizer, event, b"%PDF-1.7 and then nothing of the kind")
    page = organizer.client.get(address)
    assert "This PDF is damaged." in page.text
    assert list(storage.current().keys("leaflets")) == []
    again = organizer.client.get(f"{address}/again").text
    assert 'value="Letters to prisoners"' in again


def test_after_a_refusal_another_file_takes_its_place(client: FlaskClient, organizer: Person, event: Event) -> None:
    address = sending.sent(organizer, event, b"\x89PNG\r\n\x1a\n torn")
    assert sending.upload(organizer, f"{address}/again", sending.pdf(), title="Whole").location == address
    outbox.run_owed()
    assert post(organizer.client, f"{address}/versions/1/publish", {}, form_at=address).status_code == 303
    assert "PDF, 2 pages" in client.get(address).text
    assert client.get(f"{address}/file").data.startswith(b"%PDF-")


def test_who_publishes_what_is_published_already_is_led_there(organizer: Person, leaflet: str) -> None:
    before = organizer.client.get(f"{leaflet}/file").headers["ETag"]
    answer = post(organizer.client, f"{leaflet}/versions/1/publish", {}, form_at=f"{leaflet}/edit")
    assert (answer.status_code, answer.location) == (303, leaflet)
    assert organizer.client.get(f"{leaflet}/file").headers["ETag"] == before


@pytest.mark.parametrize("path", ["/leaflets/x", "/leaflets/%00", f"/leaflets/{'A' * 26}", "/leaflets/" + "9" * 400])
def test_odd_addresses_lead_nowhere(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("tail", ["pages/0/small.webp", "pages/9/small.webp", "pages/99999999999999999999/small.webp",
                                  "pages/1/huge.webp", "pages/1/file.webp", "pages/-1/large.webp"])  # fmt: skip
def test_so_do_odd_pages(client: FlaskClient, leaflet: str, tail: str) -> None:
    assert client.get(f"{leaflet}/{tail}").status_code == 404


@pytest.mark.parametrize("page", ["0", "-1", "x", "9" * 40])
def test_the_library_shows_something_for_any_page_number(client: FlaskClient, leaflet: str, page: str) -> None:
    assert client.get(f"/leaflets?page={page}").status_code == 200


# What is said about it.


def test_words_of_a_picture_can_be_written_down(client: FlaskClient, organizer: Person, event: Event) -> None:
    address = sending.sent(organizer, event, sending.jpeg())
    assert "We found no words in it." in organizer.client.get(address).text
    form: dict[str, object] = {
        **sending.WORDS,
        "version": "1",
        "text_alternative": "Write to them.",
        "licence": "CC-BY-4.0",
    }
    assert post(organizer.client, f"{address}/edit", form).status_code == 303
    assert "Write to them." in organizer.client.get(address).text
    post(organizer.client, f"{address}/versions/1/publish", {}, form_at=address)
    page = client.get(address).text
    assert "Write to them." in page
    assert "CC BY 4.0" in page


def test_what_organizers_write_stands_in_place_of_what_was_found(
    client: FlaskClient, organizer: Person, leaflet: str
) -> None:
    assert corpus.VISIBLE in client.get(leaflet).text
    post(organizer.client, f"{leaflet}/edit", {**sending.WORDS, "version": "1", "text_alternative": "In order."})
    page = client.get(leaflet).text
    assert "In order." in page
    assert corpus.VISIBLE not in page


# While others go on.


def test_a_bomb_is_refused_while_the_site_answers(
    app: Flask, client: FlaskClient, organizer: Person, event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = sending.send(organizer, event, bombs.nested_forms()).location
    is_working, is_answered, run = threading.Event(), threading.Event(), sandbox.run
    in_time = []

    def run_meanwhile(job: Any, data: bytes) -> Any:
        is_working.set()
        in_time.append(is_answered.wait(60))
        return run(job, data)

    monkeypatch.setattr(sandbox, "run", run_meanwhile)
    worker = threading.Thread(target=_work, args=[app])
    worker.start()
    assert is_working.wait(60)
    assert client.get("/leaflets").status_code == 200
    meanwhile = sending.send(organizer, event, sending.jpeg(), title="Meanwhile")
    assert meanwhile.status_code == 303
    is_answered.set()
    worker.join()
    assert in_time == [True]
    assert "Please" in organizer.client.get(address).text
    assert _stored(address).shown.state == "refused"
    assert _stored(meanwhile.location).shown.state == "uploaded"


def _work(app: Flask) -> None:
    with app.app_context():
        outbox.run_owed()


def test_few_uploads_at_once_are_taken_in(organizer: Person, event: Event, monkeypatch: pytest.MonkeyPatch) -> None:
    places = threading.BoundedSemaphore(1)
    monkeypatch.setattr(uploads, "_places", places)
    monkeypatch.setattr(uploads, "WAITING_SECONDS", 0.01)
    with places:
        answer = sending.send(organizer, event, sending.jpeg())
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "10"
    assert "Others are sending files just now." in answer.text
    assert sending.send(organizer, event, sending.jpeg()).status_code == 303
