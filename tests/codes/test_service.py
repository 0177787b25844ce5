"""Making, mending and deleting codes, and counting: whatever happens, whoever follows one is led on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from structlog.testing import capture_logs
from time_machine import TimeMachineFixture

from organizer import clock
from organizer.audit import AuditLine
from organizer.codes import rules
from organizer.codes import service as codes
from organizer.codes.models import LeafletCode
from organizer.codes.queries import Followed
from organizer.db import db, new_id, writing
from organizer.errors import Gone, RuleError
from organizer.events.models import Event
from organizer.leaflets import service as leaflets
from organizer.leaflets.models import Leaflet
from tests.codes import coding
from tests.groups import racing

FOLLOWERS = 8


# Making them.


def test_a_place_has_one_code_for_each_version_and_action(leaflet: Leaflet, event: Event) -> None:
    coding.code(leaflet)
    with pytest.raises(RuleError, match="already") as refused:
        coding.code(leaflet, "the NORTH gate")
    assert refused.value.field == "place"
    codes.make(leaflet.versions[0], "The north gate", event.id, new_id())
    coding.code(leaflet, version=coding.replaced(leaflet))
    assert db.session.query(LeafletCode).count() == 3


def test_a_version_has_so_many_codes_and_the_next_one_as_many_again(
    leaflet: Leaflet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(codes, "MOST_OF_VERSION", 2)
    for _ in range(3):
        for place in ("one", "two"):
            coding.code(leaflet, place)
        with pytest.raises(RuleError, match="2 codes"):
            coding.code(leaflet, "three")
        coding.replaced(leaflet)


def test_a_code_is_made_on_the_groups_own_day(leaflet: Leaflet, time_machine: TimeMachineFixture) -> None:
    time_machine.move_to("2027-06-13T03:00:00+00:00", tick=False)
    assert coding.code(leaflet).created_on == date(2027, 6, 12)


def test_a_code_that_is_taken_is_not_given_again(leaflet: Leaflet, monkeypatch: pytest.MonkeyPatch) -> None:
    taken, fresh = coding.code(leaflet).code, rules.new_code
    drawn = iter([taken] * 3)
    monkeypatch.setattr(rules, "new_code", lambda: next(drawn, None) or fresh())
    assert coding.code(leaflet, "two").code != taken


# Mending them.


def test_a_code_made_for_the_wrong_place_is_mended_and_stays_the_same(leaflet: Leaflet, event: Event) -> None:
    code = coding.code(leaflet)
    coding.count(code, 9)
    written = code.code
    codes.edit(code, "The south gate", event.id, new_id())
    assert (code.place, code.event_id, code.code) == ("The south gate", event.id, written)
    assert coding.counts(code) == [9]


def test_a_mended_place_is_not_that_of_another_code(leaflet: Leaflet) -> None:
    code = coding.code(leaflet)
    coding.code(leaflet, "The south gate")
    with pytest.raises(RuleError, match="already") as refused:
        codes.edit(code, "The SOUTH gate", None, new_id())
    assert refused.value.field == "place"
    codes.edit(code, "the NORTH gate", None, new_id())
    assert code.place == "the NORTH gate"


def test_a_code_of_an_older_version_is_mended_and_one_of_a_withdrawn_is_not(leaflet: Leaflet) -> None:
    code = coding.code(leaflet)
    coding.replaced(leaflet)
    codes.edit(code, "The south gate", None, new_id())
    assert code.place == "The south gate"
    leaflets.withdraw_version(leaflet.versions[0], new_id())
    with pytest.raises(RuleError, match="withdrawn"):
        codes.edit(code, "The bridge", None, new_id())
    assert db.session.get_one(LeafletCode, code.id).place == ""


def test_no_code_is_made_or_mended_for_an_action_that_was_deleted_meanwhile(leaflet: Leaflet) -> None:
    code, gone = coding.code(leaflet), new_id()
    with pytest.raises(RuleError, match="deleted meanwhile"):
        codes.make(leaflet.versions[0], "The south gate", gone, new_id())
    with pytest.raises(RuleError, match="deleted meanwhile"):
        codes.edit(code, code.place, gone, new_id())


def test_a_deleted_code_is_gone_with_its_counts_and_others_stay(leaflet: Leaflet) -> None:
    code, other = coding.code(leaflet), coding.code(leaflet, "The south gate")
    coding.count(code, 9, 3)
    coding.count(other, 7)
    codes.delete(code, new_id())
    assert db.session.query(LeafletCode).all() == [other]
    assert coding.counts() == [7]


@pytest.mark.parametrize("act", ["edit", "delete"])
def test_whoever_comes_second_finds_it_gone(leaflet: Leaflet, act: str) -> None:
    code = coding.code(leaflet)
    db.session.execute(text("DELETE FROM leaflet_code"))
    db.session.commit()
    with pytest.raises(Gone):
        codes.delete(code, "") if act == "delete" else codes.edit(code, "The south gate", None, "")


def test_the_audit_has_who_made_mended_and_deleted_codes_and_no_place(leaflet: Leaflet) -> None:
    actor = new_id()
    code = codes.make(leaflet.shown, "Zebrafink gate", None, actor)
    codes.edit(code, "Zebrafink bridge", None, actor)
    codes.delete(code, actor)
    lines = db.session.query(AuditLine).filter_by(actor_id=actor).order_by(AuditLine.number).all()
    assert [line.verb for line in lines] == ["leaflet.code_made", "leaflet.code_changed", "leaflet.code_deleted"]
    assert {line.object_id for line in lines} == {leaflet.id}
    assert "Zebrafink" not in str([vars(line) for line in lines])


# Counting.


def test_a_flood_is_led_on_and_no_longer_counted(
    client: FlaskClient, leaflet: Leaflet, time_machine: TimeMachineFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(codes, "COUNTED_PER_CODE", "3/minute")
    north, south = coding.code(leaflet), coding.code(leaflet, "The south gate")
    time_machine.move_to("2027-06-13T19:00:00+00:00", tick=False)
    assert [coding.follow(client, north).status_code for _ in range(5)] == [303] * 5
    coding.follow(client, south)
    assert (coding.counts(north), coding.counts(south)) == ([3], [1])
    time_machine.shift(61)
    coding.follow(client, north)
    assert coding.counts(north) == [4]


def test_a_busy_database_leads_on_uncounted_and_others_keep_their_patience(
    client: FlaskClient, leaflet: Leaflet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(codes, "COUNT_PATIENCE_SECONDS", 0.01)
    code = coding.code(leaflet)
    coding.follow(client, code)
    is_sqlite = db.engine.dialect.name == "sqlite"
    busy = db.engine.raw_connection()
    driver: Any = busy.driver_connection
    driver.execute("BEGIN IMMEDIATE" if is_sqlite else "LOCK TABLE leaflet_scan IN EXCLUSIVE MODE")
    try:
        assert coding.follow(client, code).status_code == 303
    finally:
        busy.rollback()
        busy.close()
    coding.follow(client, code)
    assert coding.counts(code) == [2]
    with writing():
        asked = "PRAGMA busy_timeout" if is_sqlite else "SHOW lock_timeout"
        assert str(db.session.scalar(text(asked))) in ("10000", "0")


def test_a_database_that_fails_leads_on(client: FlaskClient, leaflet: Leaflet, monkeypatch: pytest.MonkeyPatch) -> None:
    code = coding.code(leaflet)

    def full(*_values: object) -> None:
        raise SQLAlchemyError("full")

    monkeypatch.setattr(codes, "upsert", full)
    assert coding.follow(client, code).status_code == 303
    assert coding.counts() == []


def followed(code: LeafletCode, leaflet: Leaflet) -> Followed:
    """What somebody has followed a moment ago who is not counted yet."""
    return Followed(code.id, leaflet.id, clock.today(), is_older=False, is_counted=True)


@pytest.mark.parametrize("act", ["withdraw", "delete"])
def test_who_followed_what_went_a_moment_later_is_not_counted(leaflet: Leaflet, act: str) -> None:
    code = coding.code(leaflet)
    follower = followed(code, leaflet)
    leaflets.withdraw(leaflet, new_id()) if act == "withdraw" else codes.delete(code, new_id())
    with capture_logs() as told:
        codes.count(follower)
    assert coding.counts() == []
    assert told == []


@pytest.mark.load
def test_whoever_comes_while_it_is_withdrawn_leaves_no_count(app: Flask, event: Event) -> None:
    for _ in range(10):
        leaflet = coding.leaflet(event)
        follower, leaflet_id = followed(coding.code(leaflet), leaflet), leaflet.id
        db.session.rollback()

        def come(wait: Callable[[], int], follower: Followed = follower) -> None:
            wait()
            for _ in range(5):
                codes.count(follower)

        def withdraw(wait: Callable[[], int], leaflet_id: str = leaflet_id) -> object:
            wait()
            return leaflets.withdraw(db.session.get_one(Leaflet, leaflet_id), new_id())

        outcomes = racing.at_once(app, [come, come, come, withdraw])
        assert outcomes[:3] == [None] * 3
        assert coding.counts() == []


@pytest.mark.load
def test_followers_at_the_same_moment_are_all_counted(
    app: Flask, leaflet: Leaflet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(codes, "COUNT_PATIENCE_SECONDS", 10)
    code = coding.code(leaflet).code
    start = threading.Barrier(FOLLOWERS, timeout=10)
    answers: list[int] = []

    def come() -> None:
        client = app.test_client()
        for _again in range(3):
            start.wait()
            answers.append(client.get(f"/l/{code}").status_code)

    threads = [threading.Thread(target=come) for _ in range(FOLLOWERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert answers == [303] * 3 * FOLLOWERS
    assert coding.counts() == [3 * FOLLOWERS]
