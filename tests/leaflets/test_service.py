from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from organizer import audit, clock, outbox, vault
from organizer.audit import AuditLine
from organizer.db import db
from organizer.errors import Gone, RuleError
from organizer.events.models import Event
from organizer.leaflets import files
from organizer.leaflets import service as leaflets
from organizer.leaflets.models import Leaflet, LeafletVersion
from organizer.leaflets.rules import Kind, LeafletDetails, State, Upload
from organizer.outbox import Fact
from organizer.pages.models import PageVersion
from tests.factories import Person
from tests.leaflets import making, sending
from tests.leaflets.making import WHO

DETAILS = LeafletDetails("Letters to prisoners", "en")


@pytest.fixture
def leaflet(organizer: Person, event: Event) -> Leaflet:
    """One that was rebuilt and waits to be published."""
    made = leaflets.upload(event, Upload(DETAILS, Kind.PICTURE, sending.jpeg()), organizer.account_id)
    outbox.run_owed()
    return made


@pytest.fixture
def stated(monkeypatch: pytest.MonkeyPatch) -> list[Fact]:
    """The facts of the commits to come."""
    facts: list[Fact] = []
    monkeypatch.setattr(outbox, "_last", [*outbox._last, facts.extend])
    return facts


def test_publishing_tells_the_calendars_of_each_event(
    leaflet: Leaflet, event: Event, organizer: Person, stated: list[Fact]
) -> None:
    before = event.changed_at
    leaflets.publish(leaflet, organizer.account_id, 1)
    assert stated == [Fact("leaflet.published", leaflet.shown.id), Fact("event.leaflets_changed", event.id)]
    assert event.changed_at > before


def test_withdrawing_does_so_only_for_what_was_public(
    leaflet: Leaflet, event: Event, organizer: Person, stated: list[Fact]
) -> None:
    leaflets.withdraw(leaflet, organizer.account_id)
    assert stated == [Fact("leaflet.withdrawn", leaflet.shown.id)]


def test_kept_pages_are_made_anew_for_what_readers_notice_only(leaflet: Leaflet, organizer: Person) -> None:
    def version() -> int:
        return db.session.scalars(select(PageVersion.version)).one()

    before = version()
    leaflets.upload(leaflet.events[0], Upload(DETAILS, Kind.PDF, b"%PDF- torn"), organizer.account_id)
    outbox.run_owed()
    assert version() == before
    leaflets.publish(leaflet, organizer.account_id, 1)
    assert version() == before + 1


def test_what_organizers_do_is_in_the_audit(leaflet: Leaflet, organizer: Person) -> None:
    leaflets.publish(leaflet, organizer.account_id, 1)
    leaflets.edit(leaflet, DETAILS, organizer.account_id, 1)
    leaflets.withdraw(leaflet, organizer.account_id)
    query = select(AuditLine.verb).where(AuditLine.object_id == leaflet.id).order_by(AuditLine.number)
    verbs = ["leaflet.uploaded", "leaflet.published", "leaflet.edited", "leaflet.withdrawn"]
    assert list(db.session.scalars(query)) == verbs
    assert audit.verify() is None


def test_a_withdrawn_leaflet_takes_no_more_words(leaflet: Leaflet, organizer: Person) -> None:
    leaflets.withdraw(leaflet, organizer.account_id)
    with pytest.raises(Gone):
        leaflets.edit(leaflet, DETAILS, organizer.account_id, 1)


def test_only_a_refused_file_is_replaced(leaflet: Leaflet, organizer: Person) -> None:
    with pytest.raises(RuleError):
        leaflets.upload_again(leaflet, Upload(DETAILS, Kind.PDF, sending.pdf()), organizer.account_id)
    assert leaflet.shown.state == State.READY
    assert set(files.blob_keys(leaflet.shown.id)) == {row.blob_key for row in leaflet.shown.renditions}


def test_an_original_has_a_key_of_its_own_that_the_database_alone_does_not_open(
    organizer: Person, event: Event
) -> None:
    first, second = (
        leaflets.upload(event, Upload(DETAILS, Kind.PDF, sending.pdf()), organizer.account_id).shown for _ in range(2)
    )
    assert files.original(first) == sending.pdf()
    assert first.original_seal
    second.original_seal = first.original_seal
    with pytest.raises(vault.Unreadable):
        files.original(second)
    db.session.rollback()


def test_one_version_at_most_is_published(leaflet: Leaflet, organizer: Person) -> None:
    leaflets.publish(leaflet, organizer.account_id, 1)
    more = LeafletVersion(
        leaflet_id=leaflet.id, number=2, kind=Kind.PDF, state=State.PUBLISHED, uploaded_at=clock.now()
    )
    db.session.add(more)
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


def test_words_go_to_the_version_that_they_were_written_for(event: Event) -> None:
    leaflet = making.published(event, text_alternative="Words of the first.")
    making.next_version(leaflet, text_alternative="Words of the second.")
    making.publish(leaflet)
    leaflets.edit(leaflet, LeafletDetails("Anew", "en", text_alternative="Written late."), WHO, 1)
    assert leaflet.title == "Anew"
    assert [version.text_alternative for version in leaflet.versions] == ["Written late.", "Words of the second."]


def test_no_words_come_back_to_a_version_that_was_withdrawn(event: Event) -> None:
    leaflet = making.published(event)
    making.next_version(leaflet)
    making.publish(leaflet)
    leaflets.withdraw_version(leaflet.versions[0], WHO)
    leaflets.edit(leaflet, LeafletDetails("Anew", "en", text_alternative="Written late."), WHO, 1)
    assert leaflet.title == "Anew"
    assert [version.text_alternative for version in leaflet.versions] == ["", ""]
