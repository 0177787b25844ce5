"""Each thing that a site stands on is looked at, and an alarm says what to do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text
from time_machine import TimeMachineFixture

from organizer import audit, clock, config, outbox, storage, vault
from organizer.config import Config
from organizer.db import db, new_id, writing
from organizer.errors import Unavailable
from organizer.events.gate import Clearance, visible
from organizer.keeping import doctor, upgrades
from organizer.outbox import OutboxRow
from organizer.rsvps import service as rsvps
from organizer.rsvps.rules import Coming, RsvpDetails
from tests import factories

Alarms = Callable[[], dict[str, str]]


@pytest.fixture
def alarms(app: Flask) -> Alarms:
    """The alarms' sentences by subject."""
    return lambda: {finding.subject: finding.sentence for finding in doctor.examine() if finding.is_alarm}


def test_a_sound_site_has_no_alarm_and_a_line_for_each_subject(app: Flask) -> None:
    findings = list(doctor.examine())
    assert [finding.sentence for finding in findings if finding.is_alarm] == []
    assert [finding.subject for finding in findings] == [
        "settings",
        "master key",
        "database",
        "event keys",
        "blobs",
        "purge",
        "upgrade copies",
        "outbox",
        "audit trail",
        "disk",
    ]


def test_a_copy_from_before_an_upgrade_is_told_of_and_soon_an_alarm(
    app: Flask, alarms: Alarms, time_machine: TimeMachineFixture
) -> None:
    copy = config.current().data_dir / "before-upgrade-2026-01-01T000000.sqlite3"
    copy.touch()
    try:
        told = {finding.subject: finding.sentence for finding in doctor.examine()}
        assert "still stands in it" in told["upgrade copies"]
        assert "upgrade copies" not in alarms()
        time_machine.move_to(clock.now() + timedelta(days=3, minutes=1))
        assert "is a worker running?" in alarms()["upgrade copies"]
    finally:
        copy.unlink()


def test_looking_leaves_nothing_behind(app: Flask) -> None:
    folder = config.current().data_dir
    before = {path for path in folder.rglob("*") if path.parent != folder}
    list(doctor.examine())
    assert {path for path in folder.rglob("*") if path.parent != folder} == before


def test_a_master_key_that_others_may_read_is_an_alarm(alarms: Alarms) -> None:
    path = config.current().master_key_file
    path.chmod(0o644)
    try:
        assert "chmod 600" in alarms()["master key"]
    finally:
        path.chmod(0o600)


def test_a_database_at_another_revision_is_an_alarm(alarms: Alarms) -> None:
    present = upgrades.revisions().present
    db.session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    db.session.commit()
    try:
        assert "flask upgrade" in alarms()["database"]
    finally:
        db.session.execute(text("UPDATE alembic_version SET version_num = :present"), {"present": present})
        db.session.commit()


def test_a_key_store_that_is_down_is_an_alarm_and_the_rest_is_looked_at(
    alarms: Alarms, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object, **_options: object) -> None:
        raise Unavailable

    monkeypatch.setattr(vault, "event_key", fail)
    monkeypatch.setattr(storage.Storage, "put", fail)
    assert alarms() == {
        "event keys": "cannot be reached (Unavailable)",
        "blobs": "cannot be reached (Unavailable)",
    }


def test_answers_that_are_kept_a_day_too_long_are_an_alarm(alarms: Alarms, time_machine: TimeMachineFixture) -> None:
    event = factories.event()
    rsvps.answer(visible(event, Clearance.PUBLIC, clock.now()), RsvpDetails(Coming.GOING))
    time_machine.move_to(event.ends_at + timedelta(days=8))
    assert alarms()["purge"].startswith("what people told for 1 events is kept a day too long: run flask purge")


def test_a_job_that_waits_since_yesterday_is_an_alarm(alarms: Alarms, time_machine: TimeMachineFixture) -> None:
    with writing():
        db.session.add(OutboxRow(fact="event.published", subject_id=new_id(), handler="x", happened_at=clock.now()))
        outbox.commit()
    assert alarms() == {}
    time_machine.move_to(clock.now() + timedelta(days=1, minutes=1))
    assert "is a worker running" in alarms()["outbox"]


def test_a_changed_audit_line_is_an_alarm(alarms: Alarms) -> None:
    with writing():
        audit.write(None, "event.published", new_id())
        outbox.commit()
    db.session.execute(text("UPDATE audit_line SET verb = 'event.cancelled'"))
    db.session.commit()
    assert "line 1" in alarms()["audit trail"]


def test_a_full_disk_is_an_alarm(alarms: Alarms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "LEAST_FREE_BYTES", 10**18)
    assert "make room" in alarms()["disk"]


def test_no_finding_tells_a_password(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    sentences = " ".join(finding.sentence for finding in doctor.examine())
    assert config.current().database_url not in sentences
    assert isinstance(config.current(), Config)
