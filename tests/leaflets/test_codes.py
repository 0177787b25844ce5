"""Codes: how they are read, where they lead, and that of whoever follows one nothing stays but a number."""

from __future__ import annotations

import itertools
import re
import threading
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from time_machine import TimeMachineFixture

from organizer import clock
from organizer.db import db, new_id, writing
from organizer.errors import RuleError
from organizer.events.models import Event
from organizer.events.rules import Visibility
from organizer.leaflets import code_service, codes
from organizer.leaflets import service as leaflets
from organizer.leaflets.codes import ALPHABET, LENGTH, Count, told_days, told_total
from organizer.leaflets.models import Leaflet, LeafletCode, LeafletScan
from organizer.leaflets.rules import Kind, VersionDetails
from organizer.policy import Role
from tests import factories
from tests.factories import Person
from tests.leaflets import coding

FOLLOWERS = 8
CANARIES = {
    "User-Agent": "CanaryBrowser/9.7.31 (Zebrafink OS)",
    "X-Forwarded-For": "203.0.113.91",
    "Referer": "https://example.org/zebrafink",
    "Cookie": "zebrafink=zebrafink",
    "Accept-Language": "eo",
}
ADDRESS = {"REMOTE_ADDR": "198.51.100.77"}


@pytest.fixture
def leaflet(event: Event) -> Leaflet:
    return coding.leaflet(event)


# As they are written.


def test_a_code_is_short_and_no_word_and_hard_to_guess() -> None:
    made = {codes.new_code() for _ in range(2000)}
    assert len(made) == 2000
    assert all(re.fullmatch(f"[{ALPHABET}]{{{LENGTH}}}", code) for code in made)
    assert all(re.search(r"(.)\1", code) is None for code in made)
    assert not set(ALPHABET) & set("AEIOU0134")
    assert len(ALPHABET) * (len(ALPHABET) - 1) ** (LENGTH - 1) > 10**9


@given(
    between=st.sampled_from(["", " ", "-", "–", "\u00a0", "\u200f"]),
    case=st.sampled_from([str.lower, str.upper, str.title]),
    code=st.text(ALPHABET, min_size=LENGTH, max_size=LENGTH),
    data=st.data(),
)
def test_a_code_is_read_as_people_write_it(
    between: str, case: Callable[[str], str], code: str, data: st.DataObject
) -> None:
    taken_for: dict[str, list[str]] = {char: [char] for char in ALPHABET}
    for wrong, right in codes.LOOK_ALIKES.items():
        taken_for[str(right)].append(chr(wrong))
    for char, digits in zip("256789", ("٢۲２", "٥۵５", "٦۶６", "٧۷７", "٨۸８", "٩۹９"), strict=True):
        taken_for[char] += digits
    written = "".join(data.draw(st.sampled_from(taken_for[char])) for char in code)
    assert codes.read(case(f" {written[:3]}{between}{written[3:]} ")) == code


@pytest.mark.parametrize(
    "typed", ["", "CD7K5M", "CD7K5MNN", "CD7K5ME", "CD7K5M\x00", "new", "½D7K5MN", "x" * 10_000, "ßßß", "🌻"]
)
def test_what_is_no_code_is_none(client: FlaskClient, typed: str) -> None:
    assert codes.read(typed) is None
    assert client.get(f"/l/{typed}").status_code == 404


def test_no_look_alike_is_a_character_of_its_own() -> None:
    assert not {chr(wrong) for wrong in codes.LOOK_ALIKES} & set(ALPHABET)
    assert set(map(str, codes.LOOK_ALIKES.values())) <= set(ALPHABET)


# Where they lead.


def test_a_code_leads_to_its_leaflet_and_adds_one_to_the_day(client: FlaskClient, leaflet: Leaflet) -> None:
    code = coding.code(leaflet)
    led = coding.follow(client, code)
    assert (led.status_code, led.location) == (303, f"/leaflets/{leaflet.id}")
    assert led.headers["Cache-Control"] == "no-store"
    assert led.headers["Referrer-Policy"] == "same-origin"
    assert "Set-Cookie" not in led.headers
    assert client.get(led.location).status_code == 200
    coding.follow(client, f"{code.code[:3].lower()}-{code.code[3:]}")
    assert coding.counts(code) == [2]


def test_each_code_and_each_day_counts_for_itself(
    client: FlaskClient, leaflet: Leaflet, time_machine: TimeMachineFixture
) -> None:
    north, south = coding.code(leaflet), coding.code(leaflet, "The south gate")
    coding.follow(client, north)
    coding.follow(client, south)
    time_machine.move_to(clock.now() + timedelta(days=1))
    coding.follow(client, north)
    assert (coding.counts(north), coding.counts(south)) == ([1, 1], [1])


def test_a_day_is_the_groups_own(client: FlaskClient, leaflet: Leaflet, time_machine: TimeMachineFixture) -> None:
    code = coding.code(leaflet)
    time_machine.move_to("2027-06-13T03:00:00+00:00", tick=False)
    coding.follow(client, code)
    assert db.session.query(LeafletScan).one().day == date(2027, 6, 12)


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Purpose": "prefetch"},
        {"Sec-Purpose": "prefetch;prerender"},
        {"Purpose": "prefetch"},
        {"X-Moz": "prefetch"},
    ],
)
def test_who_only_looks_ahead_is_led_and_not_counted(
    client: FlaskClient, leaflet: Leaflet, headers: dict[str, str]
) -> None:
    assert coding.follow(client, coding.code(leaflet), **headers).status_code == 303
    assert coding.counts() == []


def test_a_head_request_is_not_counted(client: FlaskClient, leaflet: Leaflet) -> None:
    assert coding.follow(client, coding.code(leaflet), "HEAD").status_code == 303
    assert coding.counts() == []


def test_the_groups_own_organizers_are_not_counted_and_other_people_are(
    app: Flask, organizer: Person, leaflet: Leaflet
) -> None:
    code = coding.code(leaflet)
    assert coding.follow(organizer.client, code).status_code == 303
    assert coding.counts() == []
    coding.follow(factories.person(app, Role.MEMBER, organizer.group).client, code)
    coding.follow(factories.person(app).client, code)
    assert coding.counts() == [2]


def test_a_code_of_an_older_version_leads_to_the_current_one_and_says_so(client: FlaskClient, leaflet: Leaflet) -> None:
    old = coding.code(leaflet)
    new = coding.code(leaflet, version=coding.replaced(leaflet))
    led = coding.follow(client, old)
    notice = "You followed the code of an older version."
    assert notice in client.get(led.location).text
    assert "/versions/2/pages/1/" in client.get(led.location).text
    assert notice not in client.get(coding.follow(client, new).location).text
    assert (coding.counts(old), coding.counts(new)) == ([1], [1])


def test_a_code_of_what_is_not_published_is_the_404_of_none(
    client: FlaskClient, organizer: Person, event: Event
) -> None:
    draft = coding.code(coding.leaflet(event, published=False))
    unknown = coding.follow(client, codes.new_code())
    hidden = coding.follow(client, draft)
    assert hidden.status_code == unknown.status_code == 404
    assert hidden.data == unknown.data
    assert coding.follow(organizer.client, draft).status_code == 303
    assert coding.counts() == []


def test_a_code_of_a_version_that_waits_says_nothing_of_the_one_before(client: FlaskClient, leaflet: Leaflet) -> None:
    published = coding.code(leaflet)
    version = leaflets.upload_version(leaflet, VersionDetails(), Kind.PICTURE, b"\xff\xd8\xff", new_id())
    leaflets.finish(version, coding.picture())
    waiting = coding.code(leaflet, version=version)
    assert coding.follow(client, waiting).status_code == 404
    assert "code=older" not in coding.follow(client, published).location


def test_a_code_of_what_only_members_see_leads_nobody_else(app: Flask, client: FlaskClient, organizer: Person) -> None:
    private = factories.event(organizer.group, visibility=Visibility.PRIVATE)
    code = coding.code(coding.leaflet(private))
    member = factories.person(app, Role.MEMBER, organizer.group).client
    assert coding.follow(client, code).status_code == 404
    assert coding.follow(member, code).status_code == 303
    assert coding.counts() == [1]


def test_a_withdrawn_leaflets_code_leads_to_what_is_left_and_its_counts_and_places_go(
    client: FlaskClient, leaflet: Leaflet, event: Event
) -> None:
    code = code_service.make(leaflet.versions[0], "Zebrafink gate", event.id, new_id())
    other = coding.code(coding.leaflet(event), "The south gate")
    coding.follow(client, code)
    coding.follow(client, other)
    leaflets.withdraw(leaflet, new_id())
    assert coding.counts() == [1]
    stored = db.session.get_one(LeafletCode, code.id)
    assert (stored.place, stored.event_id) == ("", None)
    assert db.session.get_one(LeafletCode, other.id).place == "The south gate"
    led = coding.follow(client, code)
    assert client.get(led.location).status_code == 410
    assert coding.counts() == [1]


def test_a_withdrawn_version_leads_to_the_one_that_stands(client: FlaskClient, leaflet: Leaflet) -> None:
    old = coding.code(leaflet)
    coding.replaced(leaflet)
    leaflets.withdraw_version(leaflet.versions[0], new_id())
    led = coding.follow(client, old)
    assert "code=older" in led.location
    assert client.get(led.location).status_code == 200


# Nothing else is kept.


def kept() -> dict[str, list[Any]]:
    """All rows of all tables."""
    db.session.rollback()
    return {table.name: list(map(tuple, db.session.execute(table.select()))) for table in db.metadata.sorted_tables}


def test_of_whoever_follows_a_code_nothing_is_kept_but_a_number(
    client: FlaskClient, leaflet: Leaflet, capfd: pytest.CaptureFixture[str], time_machine: TimeMachineFixture
) -> None:
    code = coding.code(leaflet)
    time_machine.move_to("2027-06-13T19:41:37.123456+00:00", tick=False)
    before = kept()
    led = client.get(f"/l/{code.code}", headers=CANARIES, environ_overrides=ADDRESS)
    assert led.status_code == 303
    after = kept()
    changed = {name for name, rows in after.items() if rows != before[name]}
    assert changed == {"leaflet_scan"}
    assert after["leaflet_scan"] == [(code.id, date(2027, 6, 13), 1)]
    out = "".join(capfd.readouterr())
    told = str(after) + out + str(led.headers)
    for canary in ("anaryBrowser", "ebrafink", "203.0.113.91", "198.51.100.77", "19:41"):
        assert canary not in told


# Whatever happens, it leads on.


def test_a_flood_is_led_on_and_no_longer_counted(
    client: FlaskClient, leaflet: Leaflet, time_machine: TimeMachineFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(code_service, "COUNTED_PER_CODE", "3/minute")
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
    monkeypatch.setattr(code_service, "COUNT_PATIENCE_SECONDS", 0.01)
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

    monkeypatch.setattr(code_service, "upsert", full)
    assert coding.follow(client, code).status_code == 303
    assert coding.counts() == []


@pytest.mark.load
def test_followers_at_the_same_moment_are_all_counted(
    app: Flask, leaflet: Leaflet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(code_service, "COUNT_PATIENCE_SECONDS", 10)
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


# Small counts.

TODAY = date(2027, 6, 13)
BEFORE = [TODAY - timedelta(days=back) for back in (3, 2, 1)]


def told(*counts: int, today: int = 0) -> tuple[list[tuple[date, Count]], Count]:
    """What is shown of so many on the days before, and of so many today."""
    kept = {day: count for day, count in zip((*BEFORE, TODAY), (*counts, today), strict=True) if count}
    days = told_days(kept, TODAY)
    return days, told_total([count for _day, count in days])


def test_few_are_no_number_and_enough_are_the_number() -> None:
    days, total = told(3, 5, 12)
    assert [count for _day, count in days] == [Count(12, False), Count(5, False), Count(0, True)]
    assert total == Count(17, True)
    assert told(7, 5, 12)[1] == Count(24, False)
    assert told(1, 2, 4)[1] == Count(0, True)
    assert told(0, 0, 0)[1] == Count(0, False)


def test_a_total_tells_nothing_that_its_days_do_not() -> None:
    """Whatever four days hold, those that look alike have the same total, so that no subtraction finds a small one."""
    totals: dict[str, set[Count]] = {}
    small: dict[str, set[tuple[int, ...]]] = {}
    for counts in itertools.product(range(8), repeat=4):
        days, total = told(*counts[:3], today=counts[3])
        totals.setdefault(str(days), set()).add(total)
        small.setdefault(str(days), set()).add(tuple(count if 0 < count < codes.FEW else 0 for count in counts))
    assert all(len(found) == 1 for found in totals.values())
    for looks_alike in small.values():
        for values in zip(*looks_alike, strict=True):
            assert set(values) in ({0}, {1, 2, 3, 4})


def test_nobody_is_seen_coming_by_whoever_looks_again_and_again() -> None:
    shown = [told(0, 0, 0, today=count)[0][0][1] for count in range(1, 16)]
    assert shown == [Count(0, True)] * 4 + [Count(5, True)] * 5 + [Count(10, True)] * 5 + [Count(15, True)]


# Making them, and letting them go.


def test_a_place_has_one_code_for_each_version_and_action(leaflet: Leaflet, event: Event) -> None:
    coding.code(leaflet)
    with pytest.raises(RuleError, match="already") as refused:
        coding.code(leaflet, "the NORTH gate")
    assert refused.value.field == "place"
    code_service.make(leaflet.versions[0], "The north gate", event.id, new_id())
    coding.code(leaflet, version=coding.replaced(leaflet))
    assert db.session.query(LeafletCode).count() == 3


def test_a_leaflet_has_so_many_codes_and_no_more(leaflet: Leaflet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(code_service, "MOST_OF_LEAFLET", 2)
    for place in ("one", "two"):
        coding.code(leaflet, place)
    with pytest.raises(RuleError, match="2 codes"):
        coding.code(leaflet, "three")


def test_a_code_that_is_taken_is_not_given_again(leaflet: Leaflet, monkeypatch: pytest.MonkeyPatch) -> None:
    taken, fresh = coding.code(leaflet).code, codes.new_code
    drawn = iter([taken] * 3)
    monkeypatch.setattr(codes, "new_code", lambda: next(drawn, None) or fresh())
    assert coding.code(leaflet, "two").code != taken


def test_what_was_counted_a_year_ago_goes(leaflet: Leaflet, time_machine: TimeMachineFixture) -> None:
    code = coding.code(leaflet)
    first, *_rest = coding.count(code, 3, 9)
    time_machine.move_to(clock.now() + timedelta(days=(first + code_service.KEPT - clock.today()).days - 1))
    assert code_service.delete_old() == 0
    time_machine.move_to(clock.now() + timedelta(days=1))
    assert code_service.delete_old() == 1
    assert code_service.delete_old() == 0
    assert coding.counts() == [9]


def test_what_is_counted_while_it_is_withdrawn_goes_with_the_next_minute(leaflet: Leaflet) -> None:
    code = coding.code(leaflet)
    leaflets.withdraw(leaflet, new_id())
    coding.count(code, 9)
    assert code_service.delete_old() == 1
    assert coding.counts() == []
