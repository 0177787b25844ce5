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
from tests.leaflets import sending

DETAILS = LeafletDetails("Letters to prisoners", "en")


@pytest.fixture
def leaflet(organizer: Person, event: Event) -> Leaflet:
    """One that was rebuilt and waits to be published."""
    made = leaflets.upload(event, DETAILS, Kind.PICTURE, sending.jpeg(), organizer.account_id)
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
    leaflets.publish(leaflet, organizer.account_id)
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
    leaflets.upload(leaflet.events[0], DETAILS, Kind.PDF, b"%PDF- torn", organizer.account_id)
    outbox.run_owed()
    assert version() == before
    leaflets.publish(leaflet, organizer.account_id)
    assert version() == before + 1


def test_what_organizers_do_is_in_the_audit(leaflet: Leaflet, organizer: Person) -> None:
    leaflets.publish(leaflet, organizer.account_id)
    leaflets.edit(leaflet, DETAILS, organizer.account_id)
    leaflets.withdraw(leaflet, organizer.account_id)
    query = select(AuditLine.verb).where(AuditLine.object_id == leaflet.id).order_by(AuditLine.number)
    verbs = ["leaflet.uploaded", "leaflet.published", "leaflet.edited", "leaflet.withdrawn"]
    assert list(db.session.scalars(query)) == verbs
    assert audit.verify() is None


def test_a_withdrawn_leaflet_takes_no_more_words(leaflet: Leaflet, organizer: Person) -> None:
    leaflets.withdraw(leaflet, organizer.account_id)
    with pytest.raises(Gone):
        leaflets.edit(leaflet, DETAILS, organizer.account_id)


def test_only_a_refused_file_is_replaced(leaflet: Leaflet, organizer: Person) -> None:
    with pytest.raises(RuleError):
        leaflets.upload_again(leaflet, Upload(DETAILS, Kind.PDF, sending.pdf()), organizer.account_id)
    assert leaflet.shown.state == State.READY
    assert set(files.blob_keys(leaflet.shown.id)) == {row.blob_key for row in leaflet.shown.renditions}


def test_an_original_has_a_key_of_its_own_that_the_database_alone_does_not_open(
    organizer: Person, event: Event
) -> None:
    first, second = (
        leaflets.upload(event, DETAILS, Kind.PDF, sending.pdf(), organizer.account_id).shown for _ in range(2)
    )
    assert files.original(first) == sending.pdf()
    assert first.original_seal
    second.original_seal = first.original_seal
    with pytest.raises(vault.Unreadable):
        files.original(second)
    db.session.rollback()


def test_one_version_at_most_is_published(leaflet: Leaflet, organizer: Person) -> None:
    leaflets.publish(leaflet, organizer.account_id)
    more = LeafletVersion(
        leaflet_id=leaflet.id, number=2, kind=Kind.PDF, state=State.PUBLISHED, uploaded_at=clock.now()
    )
    db.session.add(more)
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()
