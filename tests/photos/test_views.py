"""What is said about a photo, its publication, its withdrawal, and what readers are sent."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select

from organizer import outbox
from organizer.audit import AuditLine
from organizer.db import db
from organizer.events import service as events
from organizer.events.models import Event
from organizer.events.rules import Visibility
from organizer.pages.models import PageVersion
from organizer.photos.models import PhotoFile
from tests import factories
from tests.factories import Person, post
from tests.photos import sending

SIZES = ("small", "large", "print")


@pytest.fixture
def photo(organizer: Person, event: Event) -> str:
    """The address of a published photo."""
    return sending.published(organizer, event)


# Words.


def test_what_is_said_stands_on_the_page(client: FlaskClient, photo: str, event: Event) -> None:
    page = client.get(photo)
    for words in ("At the market.", "Photo: A participant", "Newspapers may print it with the credit", event.title):
        assert words in page.text
    assert 'alt="A table with leaflets; two people talk."' in page.text
    assert page.headers["Cache-Control"] == "no-cache"


def test_a_photo_names_no_action_that_only_its_link_leads_to(
    client: FlaskClient, organizer: Person, photo: str, event: Event
) -> None:
    details = factories.details(
        organizer.group, title="A quiet vigil", visibility=Visibility.UNLISTED, starts_on=factories.past_day()
    )
    events.edit(event, details, organizer.account_id)
    for path in (photo, f"{photo}/remove"):
        page = client.get(path)
        assert page.status_code == 200
        assert "A quiet vigil" not in page.text
        assert event.id not in page.text
    assert "A quiet vigil" in organizer.client.get(photo).text


def test_search_engines_are_kept_out_unless_it_is_granted(client: FlaskClient, organizer: Person, photo: str) -> None:
    assert client.get(photo).headers["X-Robots-Tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in client.get(photo).text
    post(organizer.client, f"{photo}/edit", {**sending.WORDS, "uses": ["site", "search"]})
    assert "X-Robots-Tag" not in client.get(photo).headers
    assert "noindex" not in client.get(photo).text


def test_without_words_for_those_who_cannot_see_it_nothing_is_published(organizer: Person, event: Event) -> None:
    address = sending.draft(organizer, event)
    answer = sending.publish(organizer, address)
    assert answer.status_code == 422
    assert "Say first what is seen in it, for those who cannot see it." in answer.text
    assert sending.stored(address).state == "draft"


def test_and_a_published_photo_keeps_them(organizer: Person, photo: str) -> None:
    answer = post(organizer.client, f"{photo}/edit", {**sending.WORDS, "alt": ""})
    assert answer.status_code == 422
    assert sending.stored(photo).alt


def test_an_organizer_confirms_every_face_first(organizer: Person, event: Event) -> None:
    address = sending.described(organizer, event)
    assert "Look at every face, and confirm it." in sending.publish(organizer, address, is_everyone_asked="").text
    assert "It was changed a moment ago." in sending.publish(organizer, address, shown="0" * 64).text
    assert sending.stored(address).state == "draft"


def test_before_it_is_published_readers_find_nothing(client: FlaskClient, organizer: Person, event: Event) -> None:
    address = sending.described(organizer, event)
    for path in ("", *(f"/{size}" for size in SIZES)):
        assert client.get(f"{address}{path}").status_code == 404
    assert organizer.client.get(f"{address}/large").status_code == 200


def test_after_covering_more_it_is_not_public(client: FlaskClient, organizer: Person, photo: str) -> None:
    sending.cover(organizer, photo, cells=["K8"])
    for _ in range(2):
        assert client.get(photo).status_code == 404
        assert client.get(f"{photo}/large").status_code == 404
        outbox.run_owed()
    assert sending.publish(organizer, photo).status_code == 303
    assert client.get(photo).status_code == 200


# Files.


def test_files_are_asked_for_each_time(client: FlaskClient, photo: str) -> None:
    for size in SIZES:
        answer = client.get(f"{photo}/{size}")
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        known = client.get(f"{photo}/{size}", headers={"If-None-Match": answer.headers["ETag"]})
        assert known.status_code == 304
    assert Image.open(io.BytesIO(client.get(f"{photo}/print").data)).size == (900, 600)
    for size in ("huge", "PRINT", "\x01"):
        assert client.get(f"{photo}/{size}").status_code == 404


def test_the_print_size_is_for_the_press_only(client: FlaskClient, organizer: Person, photo: str) -> None:
    assert f'href="{photo}/print"' in client.get(photo).text
    post(organizer.client, f"{photo}/edit", {**sending.WORDS, "uses": ["site"]})
    assert client.get(f"{photo}/print").status_code == 404
    assert f"{photo}/print" not in client.get(photo).text
    assert organizer.client.get(f"{photo}/print").status_code == 200


def test_a_photo_is_as_open_as_its_event(client: FlaskClient, organizer: Person, photo: str, event: Event) -> None:
    details = factories.details(organizer.group, visibility=Visibility.PRIVATE, starts_on=factories.past_day())
    events.edit(db.session.get_one(Event, event.id), details, organizer.account_id)
    assert client.get(photo).status_code == 404
    assert client.get(f"{photo}/large").status_code == 404
    assert organizer.client.get(photo).status_code == 200


# Withdrawal.


def test_a_withdrawal_is_at_once_and_leaves_nothing(
    client: FlaskClient, organizer: Person, photo: str, event: Event, blobs: Path
) -> None:
    tag = client.get(f"{photo}/large").headers["ETag"]
    said = organizer.client.get(f"{photo}/withdraw").text
    assert "printed issues" in said
    assert post(organizer.client, f"{photo}/withdraw", {}).location == f"/events/{event.id}/photos"
    gone = client.get(photo)
    assert gone.status_code == 410
    for words in ("At the market.", "A participant", "A table with leaflets"):
        assert words not in gone.text
    for size in SIZES:
        assert client.get(f"{photo}/{size}", headers={"If-None-Match": tag}).status_code == 410
    for path in ("", "/cover", "/edit", "/withdraw", "/uncovered"):
        assert organizer.client.get(f"{photo}{path}").status_code == 410
    assert db.session.query(PhotoFile).count() == 0
    outbox.run_owed()
    assert list(sending.contents(blobs)) == []
    row = sending.stored(photo)
    assert [row.alt, row.caption, row.credit, row.picture_hash, row.uses, row.boxes] == ["", "", "", "", [], []]


def test_one_that_was_never_public_is_not_told_of(client: FlaskClient, organizer: Person, event: Event) -> None:
    address = sending.described(organizer, event)
    post(organizer.client, f"{address}/withdraw", {})
    assert client.get(address).status_code == 404
    assert organizer.client.get(address).status_code == 410


def test_what_was_uploaded_for_a_deleted_draft_goes(organizer: Person, blobs: Path) -> None:
    draft = factories.event(organizer.group, published=False, starts_on=factories.past_day())
    address = sending.draft(organizer, draft)
    events.delete_draft(db.session.get_one(Event, draft.id), organizer.account_id)
    outbox.run_owed()  # withdrawn
    outbox.run_owed()  # and deleted
    assert sending.stored(address).state == "withdrawn"
    assert list(sending.contents(blobs)) == []
    assert organizer.client.get(address).status_code == 410


# For organizers.


def test_the_list_tells_where_each_stands(organizer: Person, event: Event, photo: str) -> None:
    sending.ready(organizer, event)
    away = sending.draft(organizer, event)
    post(organizer.client, f"{away}/withdraw", {})
    page = organizer.client.get(f"/events/{event.id}/photos").text
    for words in ("Published", "Faces to be covered", "Taken away", "At the market."):
        assert words in page


def test_what_organizers_do_is_in_the_audit(organizer: Person, photo: str) -> None:
    post(organizer.client, f"{photo}/withdraw", {})
    query = select(AuditLine.verb).where(AuditLine.object_id == photo.rpartition("/")[2]).order_by(AuditLine.number)
    verbs = ["uploaded", "covered_asked", "edited", "published", "withdrawn"]
    assert list(db.session.scalars(query)) == [f"photo.{verb}" for verb in verbs]


def test_kept_pages_are_made_anew_for_what_readers_notice(organizer: Person, event: Event) -> None:
    def version() -> int:
        db.session.rollback()
        return db.session.scalars(select(PageVersion.version)).one()

    address = sending.ready(organizer, event)
    sending.cover(organizer, address, cells=["A1"])
    before = version()
    outbox.run_owed()
    assert version() == before
    post(organizer.client, f"{address}/edit", sending.WORDS)
    sending.publish(organizer, address)
    published = version()
    assert published > before
    post(organizer.client, f"{address}/withdraw", {})
    assert version() > published
