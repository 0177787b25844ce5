"""Several files in one form, and pages that become pictures."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from pikepdf import Dictionary, Name

from organizer import outbox, storage, uploads
from organizer.db import db
from organizer.events.models import Event
from organizer.leaflets import files, jobs, outcome
from organizer.leaflets import service as leaflets
from organizer.leaflets.models import Leaflet, LeafletVersion, Rendition
from organizer.leaflets.rules import Kind, LeafletDetails, Purpose, State, Upload
from organizer.media import Refused, sandbox
from organizer.outbox import Fact
from organizer.storage import Storage, StorageDown
from tests.factories import Person, post
from tests.leaflets import sending
from tests.media import pages

SECRET = "Marigold Street 12"
BLACKED_OUT = b"BT /F 12 Tf 20 50 Td (%s) Tj ET 0 g 10 40 180 30 re f" % SECRET.encode()


def _blacked_out() -> bytes:
    """A page with an address under a black box."""
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    return pages.made(BLACKED_OUT, resources=Dictionary(Font=Dictionary(F=font)))


def _leaflets() -> dict[str, LeafletVersion]:
    db.session.rollback()
    return {leaflet.title: leaflet.versions[-1] for leaflet in db.session.query(Leaflet)}


def _version() -> LeafletVersion:
    db.session.rollback()
    return db.session.query(LeafletVersion).one()


def _blobs(folder: Path) -> int:
    return sum(path.is_file() for path in folder.rglob("*"))


# Several at once.


def test_each_of_several_files_becomes_a_leaflet_called_after_its_file(organizer: Person, event: Event) -> None:
    sent = [
        sending.file(sending.pdf(), "letters_to-prisoners.PDF"),
        sending.file(sending.jpeg(), "flyer 2023-01-21.jpg"),
    ]
    answer = sending.send_all(organizer, event, *sent, language="ru", credits="A kitchen table")
    assert answer.status_code == 303
    assert answer.location == f"/events/{event.id}/leaflets"
    made = _leaflets()
    assert {title: version.kind for title, version in made.items()} == {
        "Letters to prisoners": Kind.PDF,
        "Flyer 2023-01-21": Kind.PICTURE,
    }
    assert {(leaflet.language, leaflet.credits) for leaflet in db.session.query(Leaflet)} == {("ru", "A kitchen table")}
    outbox.run_owed()
    assert {version.state for version in _leaflets().values()} == {State.READY}


@pytest.mark.parametrize(("title", "called"), [("Marigolds", "Marigolds"), ("", "Letters"), (" \t", "Letters")])
def test_one_file_is_called_as_somebody_says_or_after_itself(
    organizer: Person, event: Event, title: str, called: str
) -> None:
    answer = sending.send(organizer, event, sending.jpeg(), "letters.jpg", title=title)
    assert re.fullmatch(r"/leaflets/[a-z2-7]{26}", answer.location)
    assert list(_leaflets()) == [called]


@pytest.mark.parametrize("name", ["___.pdf", ".pdf", "\x00\x1b.jpg", "../../"])
def test_a_name_that_says_nothing_makes_a_plain_title(organizer: Person, event: Event, name: str) -> None:
    assert sending.send(organizer, event, sending.jpeg(), name, title="").status_code == 303
    assert list(_leaflets()) == ["Leaflet"]


def test_a_name_that_is_too_long_is_cut(organizer: Person, event: Event) -> None:
    assert sending.send(organizer, event, sending.jpeg(), f"{'ж' * 400}.jpg", title="").status_code == 303
    assert list(_leaflets()) == ["Ж" + "ж" * 119]


def test_a_title_that_was_typed_is_that_of_each_of_several(organizer: Person, event: Event) -> None:
    sent = [sending.file(sending.plain_pdf(), f"leaflet-{code}.pdf") for code in ("en", "ru")]
    assert sending.send_all(organizer, event, *sent, title="Letters to prisoners").status_code == 303
    found = sorted((leaflet.language, leaflet.title) for leaflet in db.session.query(Leaflet))
    assert found == [("en", "Letters to prisoners"), ("ru", "Letters to prisoners")]


def test_what_cannot_be_taken_holds_up_none_of_the_others(organizer: Person, event: Event, blobs: Path) -> None:
    sent = [
        sending.file(sending.jpeg(), "good.jpg"),
        sending.file(b"PK\x03\x04", "<b>letter.docx"),
        sending.file(b"\xff\xd8\xff" + bytes(15_000_000), "huge.jpg"),
        sending.file(b"", "nothing.pdf"),
        sending.file(sending.plain_pdf(), "plain.pdf"),
    ]
    answer = sending.send_all(organizer, event, *sent, credits="A kitchen table")
    assert (answer.status_code, answer.location) == (303, f"/events/{event.id}/leaflets")
    assert {title: (version.state, version.reason) for title, version in _leaflets().items()} == {
        "Good": (State.UPLOADED, ""),
        "<b>letter": (State.REFUSED, "archive"),
        "Huge": (State.REFUSED, "picture_bytes"),
        "Nothing": (State.REFUSED, "file_kind"),
        "Plain": (State.UPLOADED, ""),
    }
    assert _blobs(blobs) == 2
    outbox.run_owed()
    assert [_leaflets()[title].state for title in ("Good", "Plain", "Huge")] == [
        State.READY,
        State.READY,
        State.REFUSED,
    ]


def test_the_list_says_beside_it_why_one_was_not_taken(organizer: Person, event: Event) -> None:
    sent = [sending.file(sending.jpeg(), "good.jpg"), sending.file(b"PK\x03\x04", "<b>letter.docx")]
    page = organizer.client.get(sending.send_all(organizer, event, *sent).location).text
    assert page.count("Office files and archives are not accepted.") == 1
    assert "&lt;b&gt;letter" in page
    assert page.count("Send another file") == 1
    refused = next(leaflet for leaflet in db.session.query(Leaflet) if leaflet.shown.state == State.REFUSED)
    assert f'href="/leaflets/{refused.id}/again"' in page


def test_it_does_so_for_a_new_version_beside_what_is_published(organizer: Person, event: Event) -> None:
    address = sending.published(organizer, event, sending.jpeg())
    sending.upload(organizer, f"{address}/versions/new", b"%PDF-1.7 torn")
    outbox.run_owed()
    page = organizer.client.get(f"/events/{event.id}/leaflets").text
    assert page.count("This PDF is damaged.") == 1
    assert f'href="{address}/versions/new"' in page
    assert f'href="{address}/again"' not in page


def test_another_file_takes_the_place_of_one_that_came_with_others(organizer: Person, event: Event) -> None:
    sent = [sending.file(sending.jpeg(), "good.jpg"), sending.file(b"PK\x03\x04", "letter.docx")]
    sending.send_all(organizer, event, *sent, credits="A kitchen table")
    refused = next(leaflet for leaflet in db.session.query(Leaflet) if leaflet.shown.state == State.REFUSED)
    page = organizer.client.get(f"/leaflets/{refused.id}").text
    assert "Office files and archives are not accepted." in page
    assert "Nothing of the file is kept." in page
    again = organizer.client.get(f"/leaflets/{refused.id}/again").text
    assert 'value="Letter"' in again
    assert 'value="A kitchen table"' in again
    sending.upload(organizer, f"/leaflets/{refused.id}/again", sending.plain_pdf(), title="Letter")
    outbox.run_owed()
    version = _leaflets()["Letter"]
    assert (version.state, version.kind, version.reason) == (State.READY, Kind.PDF, "")


def test_when_none_can_be_taken_each_is_named_and_nothing_is_made(organizer: Person, event: Event, blobs: Path) -> None:
    sent = [
        sending.file(b"PK\x03\x04", "<b>letter</b>.docx"),
        sending.file(b"\xff\xd8\xff" + bytes(15_000_000), "huge.jpg"),
    ]
    answer = sending.send_all(organizer, event, *sent, credits="A kitchen table")
    assert answer.status_code == 422
    assert "&lt;b&gt;letter&lt;/b&gt;.docx: Office files and archives are not accepted." in answer.text
    assert "huge.jpg: This picture is larger than 15 MB." in answer.text
    assert 'value="A kitchen table"' in answer.text
    assert _leaflets() == {}
    assert _blobs(blobs) == 0


def test_with_something_else_to_look_at_nothing_is_made_of_any(organizer: Person, event: Event, blobs: Path) -> None:
    sent = [sending.file(sending.jpeg(), "good.jpg"), sending.file(b"PK\x03\x04", "letter.docx")]
    answer = sending.send_all(organizer, event, *sent, credits="x" * 301)
    assert answer.status_code == 422
    assert "choose the file once more" in answer.text
    assert _leaflets() == {}
    assert _blobs(blobs) == 0


def test_too_many_files_are_refused(organizer: Person, event: Event) -> None:
    many = [sending.file(sending.jpeg(), f"{number}.jpg") for number in range(uploads.MOST_FILES + 1)]
    answer = sending.send_all(organizer, event, *many)
    assert answer.status_code == 422
    assert "more than 10 files" in answer.text
    assert _leaflets() == {}
    assert sending.send_all(organizer, event, *many[:0], sending.file(sending.jpeg())).status_code == 303


def test_several_leaflets_do_not_say_the_same(organizer: Person, event: Event) -> None:
    sent = [sending.file(sending.jpeg(), f"{name}.jpg") for name in "ab"]
    answer = sending.send_all(organizer, event, *sent, text_alternative="Write to them.")
    assert answer.status_code == 422
    assert "Each of several leaflets says something else." in answer.text
    assert "Write to them." in answer.text
    assert "choose the file once more" in answer.text


def test_each_of_several_has_the_language_that_its_name_ends_with(organizer: Person, event: Event) -> None:
    names = ("leaflet-en.pdf", "leaflet-ru.pdf", "Leaflet (Spanish).pdf", "letters.pdf", "uk.pdf")
    files = [sending.file(sending.plain_pdf(), name) for name in names]
    refused = sending.file(b"PK\x03\x04", "letter_fa.docx")
    assert sending.send_all(organizer, event, *files, refused, language="de").status_code == 303
    assert sorted((leaflet.title, leaflet.language) for leaflet in db.session.query(Leaflet)) == [
        ("Leaflet", "en"),
        ("Leaflet", "es"),
        ("Leaflet", "ru"),
        ("Letter", "fa"),
        ("Letters", "de"),
        ("Uk", "uk"),
    ]


def test_one_file_has_the_language_of_the_form(organizer: Person, event: Event) -> None:
    sending.send(organizer, event, sending.plain_pdf(), "leaflet-ru.pdf", title="", language="en")
    leaflet = db.session.query(Leaflet).one()
    assert (leaflet.title, leaflet.language) == ("Leaflet ru", "en")


def test_the_form_says_that_names_tell_languages(organizer: Person, event: Event) -> None:
    leaflet = sending.published(organizer, event, sending.jpeg())
    sentence = "leaflet-ru.pdf"
    assert sentence in organizer.client.get(f"/events/{event.id}/leaflets/new").text
    assert sentence not in organizer.client.get(f"{leaflet}/edit").text


class FailsAtTheSecond(Storage):
    """Takes one blob and no more."""

    is_full = False

    def put(self, key: str, data: bytes) -> None:
        if self.is_full:
            raise StorageDown
        super().put(key, data)
        self.is_full = True


def test_a_store_that_goes_away_between_two_files_keeps_neither(
    organizer: Person, event: Event, blobs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = storage.current()
    failing = FailsAtTheSecond(whole._store, whole._folder)
    monkeypatch.setattr(storage, "current", lambda: failing)
    answer = sending.send_all(organizer, event, *(sending.file(sending.jpeg(), f"{name}.jpg") for name in "ab"))
    assert answer.status_code == 503
    assert "nothing was kept" in answer.text
    assert _leaflets() == {}
    assert _blobs(blobs) == 0


# What the browser knows before it sends anything.


@pytest.mark.parametrize(
    ("form", "files", "size", "look_at"),
    [
        ("/events/{event}/leaflets/new", 10, 32_000_000, "/events/{event}/leaflets"),
        ("{leaflet}/again", 1, 25_000_000, "{leaflet}"),
        ("{leaflet}/versions/new", 1, 25_000_000, "{leaflet}"),
    ],
)
def test_every_form_with_a_file_tells_how_far_it_is_and_where_to_look(
    organizer: Person, event: Event, form: str, files: int, size: int, look_at: str
) -> None:
    leaflet = sending.published(organizer, event, sending.jpeg())
    names = {"event": event.id, "leaflet": leaflet}
    page = organizer.client.get(form.format(**names)).text
    assert "uploading.js" in page
    assert f'data-most-files="{files}" data-most-bytes="{size}"' in page
    assert f'data-look hidden><a class="button button-quiet" href="{look_at.format(**names)}"' in page
    assert ("Send them in parts." in page) == (files > 1)


# Pages as pictures.


def test_pages_that_become_pictures_on_the_way_in_say_nothing(
    client: FlaskClient, organizer: Person, event: Event
) -> None:
    address = sending.sent(organizer, event, _blacked_out(), is_flat="y")
    page = organizer.client.get(address).text
    assert SECRET not in page
    assert "Its pages are pictures. Write down what they say" in page
    assert "Words and links: its pages are pictures now" in page
    assert "Make pictures of its pages" not in page
    post(organizer.client, f"{address}/versions/1/publish", {}, form_at=address)
    outbox.run_owed()
    assert SECRET not in client.get(address).text
    assert SECRET.encode() not in client.get(f"{address}/file").data


def test_a_picture_is_taken_as_it_is(organizer: Person, event: Event) -> None:
    sending.sent(organizer, event, sending.jpeg(), is_flat="y")
    assert _version().is_flat is False
    assert _version().state == State.READY


def test_what_was_looked_at_is_made_anew_as_pictures(organizer: Person, event: Event, blobs: Path) -> None:
    address = sending.sent(organizer, event, _blacked_out())
    assert SECRET in organizer.client.get(address).text
    before = {row.blob_key for row in db.session.query(Rendition)}
    assert "There is no way back" in organizer.client.get(f"{address}/flatten").text
    answer = post(organizer.client, f"{address}/flatten", {})
    assert answer.location == address
    waiting = organizer.client.get(address)
    assert waiting.headers["Refresh"] == "2"
    assert post(organizer.client, f"{address}/versions/1/publish", {}, form_at=f"{address}/edit").status_code == 422
    outbox.run_owed()
    assert SECRET not in organizer.client.get(address).text
    version = _version()
    assert (version.state, version.text, version.is_flat) == (State.READY, "", True)
    assert before.isdisjoint(row.blob_key for row in version.renditions)
    assert _blobs(blobs) == len(version.renditions)


def test_all_that_was_taken_out_is_told_after_flattening(organizer: Person, event: Event) -> None:
    address = sending.sent(organizer, event, sending.pdf())
    removed = set(_version().removed)
    post(organizer.client, f"{address}/flatten", {})
    outbox.run_owed()
    assert set(_version().removed) == removed | {"words"}
    assert _version().links == []


@pytest.mark.parametrize("is_flat", ["y", ""])
def test_pictures_are_made_once_and_of_pdfs_alone(organizer: Person, event: Event, is_flat: str) -> None:
    data = _blacked_out() if is_flat else sending.jpeg()
    address = sending.sent(organizer, event, data, is_flat=is_flat)
    answer = post(organizer.client, f"{address}/flatten", {})
    assert answer.status_code == 422
    assert "Nothing hides in its pages" in answer.text
    assert _version().state == State.READY


def test_what_is_published_stays_as_it_is(organizer: Person, event: Event) -> None:
    address = sending.published(organizer, event, sending.pdf())
    answer = post(organizer.client, f"{address}/flatten", {})
    assert answer.status_code == 422
    assert _version().state == State.PUBLISHED


def test_when_no_pictures_can_be_made_the_file_is_what_it_was(
    organizer: Person, event: Event, blobs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = sending.sent(organizer, event, _blacked_out())
    kept = _blobs(blobs)
    post(organizer.client, f"{address}/flatten", {})

    def too_long(*_arguments: object) -> None:
        raise Refused("time")

    with monkeypatch.context() as patch:
        patch.setattr(sandbox, "run", too_long)
        outbox.run_owed()
    page = organizer.client.get(address).text
    assert "Its pages could not be made pictures. This file takes too long to be checked." in page
    assert SECRET in page
    assert _version().is_flat is False
    assert _blobs(blobs) == kept
    # What was owed from before came while it waited, and made nothing.
    outbox.run_owed()
    assert {Purpose.TWO_UP, Purpose.FOUR_UP, Purpose.GREY} <= {row.purpose for row in _version().renditions}
    post(organizer.client, f"{address}/flatten", {})
    outbox.run_owed()
    assert _version().is_flat is True
    assert "could not be made pictures" not in organizer.client.get(address).text


def test_a_late_attempt_does_not_bring_the_words_back(organizer: Person, event: Event, blobs: Path) -> None:
    upload = Upload(LeafletDetails("Letters", "en"), Kind.PDF, _blacked_out())
    version = leaflets.upload_all(event, [upload], organizer.account_id)[0].shown
    made_of, late = version.source_key, sandbox.run("pdfs", files.original(version))
    outbox.run_owed()
    leaflets.flatten(version, organizer.account_id)
    outcome.finish(version, late, made_of)
    assert _version().state == State.UPLOADED
    jobs.rebuild(Fact("leaflet.flattened", version.id))
    assert _version().text == ""
    assert _blobs(blobs) == len(_version().renditions)


def test_another_file_after_a_refusal_may_be_flat_too(organizer: Person, event: Event) -> None:
    address = sending.sent(organizer, event, b"%PDF-1.7 torn")
    assert sending.upload(organizer, f"{address}/again", _blacked_out(), is_flat="y").status_code == 303
    outbox.run_owed()
    assert _version().is_flat is True
    assert SECRET not in organizer.client.get(address).text
    assert Purpose.FILE in {row.purpose for row in _version().renditions}
