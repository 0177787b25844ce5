"""Feeds as a live server sends them, read by real clients and byte by byte."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from organizer.calendars.rendering import STATUS, in_its_language, summary
from organizer.db import db
from organizer.events import service as events
from organizer.events.gate import Clearance, visible
from organizer.events.models import Event
from organizer.events.rules import SpotShown, Texts, Visibility
from tests import factories
from tests.calendars.clients import READERS, Instance, by_icalendar, moment
from tests.calendars.feeds import paths
from tests.calendars.linter import problems
from tests.conftest import DATABASE_URL
from tests.fetch import fetch
from tests.served import Site, serving

DAY = timedelta(days=1)
MOST_BYTES = 900_000


@pytest.fixture(scope="module")
def corpus(twin: Flask) -> list[Event]:
    """One event of each sort that a feed holds, in one group."""
    group = factories.group("Letters; leaflets, and \\lanterns")
    made = [factories.event(group, **changes) for changes in sorts(today())]
    events.cancel(made[0], "A storm is coming; stay at home, please", "")
    events.postpone(made[1], "The speaker is ill", "")
    later = replace(made[2].when, starts_on=made[2].starts_on + DAY, starts_time=time(11))
    events.reschedule(made[2], later, "", "")
    events.post_notice(
        made[3], {"en": "We moved to the north gate.\nLook for the yellow umbrella, please; thank you"}, ""
    )
    events.translate(made[3], "uk", Texts(title="Листівки на ринку"), "")
    return made


def today() -> date:
    return datetime.now(UTC).date()


def sorts(day: date) -> list[dict[str, Any]]:
    """The fields by which events differ; the first four are changed once more."""
    hours: dict[str, Any] = {"starts_on": day + 20 * DAY, "starts_time": time(18, 30), "ends_time": time(21)}
    return [
        {"title": "A storm", "tags": ("letters",)},
        {"title": "A lecture"},
        {"title": "A later vigil"},
        {"title": "A notice"},
        {"title": "All day", "starts_on": day + 9 * DAY, "starts_time": None, "ends_time": None, "is_all_day": True},
        {"title": "All of three days", "ends_on": day + 32 * DAY, "is_all_day": True},
        {"title": "A weekend", "ends_on": day + 33 * DAY, "starts_time": time(18), "ends_time": time(15)},
        {"title": "Over midnight", "starts_time": time(22), "ends_on": day + 31 * DAY, "ends_time": time(1, 30)},
        {"title": "No end", "ends_time": None},
        {"title": "Kathmandu", **hours, "zone": "Asia/Kathmandu"},
        {"title": "Casablanca", **hours, "zone": "Africa/Casablanca"},
        {"title": "Berlin", **hours, "zone": "Europe/Berlin"},
        {"title": "Nowhere", **hours, "zone": "UTC"},
        {"title": "Hidden", "spot": "By the clock", "spot_shown": SpotShown.TO_ANSWERED},
        {"title": "🕯️👩‍👩‍👧‍👦 " * 10, "place": "🏳️‍🌈 " * 50},
        {"title": "وقفة احتجاجية, \u200fעצרת; ", "what_for": "مسيرة\n\n" * 200, "language": "fa"},
        {"title": "Очень " * 20, "what_for": "Солидарность, " * 1000, "language": "ru"},
        {"title": r"\n \N C:\News; a, b: c", "what_for": "END:VEVENT\r\nEND:VCALENDAR\r\n"},
        {"title": "Just over", "starts_on": day - 88 * DAY},
        {"title": "Almost a year ahead", "starts_on": day + 360 * DAY},
    ]


def meant(event: Event) -> Instance:
    """What every client should show, by zoneinfo."""
    seen = visible(event, Clearance.PUBLIC, datetime.now(UTC))
    when, zone = event.when, ZoneInfo(event.zone)
    last_day = when.ends_on or when.starts_on
    starts: date = when.starts_on
    ends: date | None = last_day + DAY
    if when.starts_time is not None:
        starts = datetime.combine(when.starts_on, when.starts_time, zone)
        ends = None if when.ends_time is None else datetime.combine(last_day, when.ends_time, zone)
    with in_its_language(seen):
        title = summary(seen)
    return Instance(event.uid, moment(starts), moment(ends) if ends else None, title, STATUS[event.occurrence].value)


# Real clients


@pytest.mark.parametrize("reader", READERS)
def test_every_client_agrees_on_every_instance(reader: str, corpus: list[Event], url: str) -> None:
    served = fetch(f"{url}/groups/{corpus[0].group.slug}.ics").body
    assert sorted(READERS[reader](served)) == sorted(map(meant, corpus))


@pytest.mark.parametrize("reader", READERS)
def test_every_client_sees_a_change_and_a_cancellation(reader: str, url: str) -> None:
    event = factories.event(title="Vigil")
    address = f"{url}/groups/{event.group.slug}.ics"
    read = READERS[reader]
    assert read(fetch(address).body) == [meant(event)]

    before = meant(event)
    events.reschedule(event, replace(event.when, starts_on=event.starts_on + DAY), "", "")
    assert read(fetch(address).body) == [meant(event)]
    assert meant(event).starts != before.starts

    events.cancel(event, "A storm", "")
    (seen,) = read(fetch(address).body)
    assert (seen.uid, seen.summary, seen.status) == (before.uid, "Cancelled: Vigil", "CANCELLED")


@pytest.fixture
def vdirsyncer(tmp_path: Path) -> Callable[[str], dict[str, str]]:
    """Sync a feed into a folder of this test, and return its files' texts by name."""
    folder, settings = tmp_path / "items", tmp_path / "config"
    folder.mkdir()

    def run(*arguments: str) -> None:
        command = [str(Path(sys.executable).parent / "vdirsyncer"), "-c", str(settings), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr

    def sync(address: str) -> dict[str, str]:
        settings.write_text(
            f'[general]\nstatus_path = "{tmp_path}/status"\n'
            '[pair feed]\na = "here"\nb = "there"\ncollections = null\nconflict_resolution = "b wins"\n'
            f'[storage here]\ntype = "filesystem"\npath = "{folder}"\nfileext = ".ics"\n'
            f'[storage there]\ntype = "http"\nurl = "{address}"\n'
        )
        run("discover", "feed")
        run("sync")
        return {file.name: file.read_text() for file in folder.iterdir()}

    return sync


def test_vdirsyncer_takes_each_event_as_an_item_and_its_changes(
    vdirsyncer: Callable[[str], dict[str, str]], corpus: list[Event], url: str
) -> None:
    items = vdirsyncer(f"{url}/groups/{corpus[0].group.slug}.ics")
    assert len(items) == len(corpus)

    event = factories.event(title="Vigil")
    other = factories.event(event.group, title="Letters")
    address = f"{url}/groups/{event.group.slug}.ics"
    before = vdirsyncer(address)
    events.cancel(event, "A storm", "")
    after = vdirsyncer(address)
    changed = {name for name in after if before.get(name) != after[name]}
    assert len(changed) == 1
    assert "SUMMARY:Cancelled: Vigil" in after[changed.pop()]

    events.edit(other, factories.details(other.group, visibility=Visibility.PRIVATE), "")
    assert len(vdirsyncer(address)) == len(after) - 1


# The bytes


@pytest.mark.parametrize("kind", ["all", "group", "city", "tag", "event"])
def test_no_feed_has_what_clients_let_pass(kind: str, corpus: list[Event], url: str) -> None:
    for event in corpus if kind == "event" else corpus[:1]:
        assert problems(fetch(f"{url}{paths(event)[kind]}").body) == []


def test_an_empty_feed_is_whole(url: str) -> None:
    served = fetch(f"{url}/groups/{factories.group().slug}.ics")
    assert served.status == 200
    assert problems(served.body) == []
    assert by_icalendar(served.body) == []


def test_two_processes_give_the_same_bytes(corpus: list[Event], site: Site, url: str, tmp_path: Path) -> None:
    """Whatever order Python keeps its sets in."""
    settings = {"DATA_DIR": str(site.data), "SITE_URL": url, "WORKER": "none"}
    if DATABASE_URL:
        settings["DATABASE_URL"] = site.env["ORGANIZER_DATABASE_URL"]
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PYTHONHASHSEED", "4711")
        with serving(tmp_path, "--no-demo", **settings) as other:
            for path in (*paths(corpus[0]).values(), "/events.atom"):
                one, two = fetch(f"{url}{path}"), fetch(f"http://127.0.0.1:{other.port}{path}")
                assert one.body == two.body
                assert one.headers["ETag"] == two.headers["ETag"]
                assert one.headers["Last-Modified"] == two.headers["Last-Modified"]


def test_what_is_not_everyones_is_in_no_feed(url: str) -> None:
    group = factories.group()
    factories.event(group, spot="By the clock", spot_shown=SpotShown.TO_ANSWERED, private_notes="The blue car")
    hidden = [
        factories.event(group, title="Unlisted", visibility=Visibility.UNLISTED),
        factories.event(group, title="Private", visibility=Visibility.PRIVATE),
        factories.event(group, title="Draft", published=False),
    ]
    served = fetch(f"{url}/groups/{group.slug}.ics").body
    assert served.count(b"BEGIN:VEVENT") == 1
    assert b"clock" not in served
    assert b"blue car" not in served
    assert [fetch(f"{url}/events/{event.id}.ics").status for event in hidden] == [200, 404, 404]


def test_the_window_is_90_days_back_and_a_year_ahead(url: str) -> None:
    group, day = factories.group(), today()
    for title, starts_on in (
        ("Gone", day - 92 * DAY),
        ("Just over", day - 88 * DAY),
        ("Almost a year ahead", day + 363 * DAY),
        ("Too far", day + 367 * DAY),
    ):
        factories.event(group, title=title, starts_on=starts_on)
    served = fetch(f"{url}/groups/{group.slug}.ics").body
    assert {instance.summary for instance in by_icalendar(served)} == {"Just over", "Almost a year ahead"}
    old = next(event for event in db.session.query(Event) if event.title == "Gone")
    assert len(by_icalendar(fetch(f"{url}/events/{old.id}.ics").body)) == 1


def test_a_feed_stays_below_900_kb_and_keeps_what_is_next(url: str) -> None:
    group, day = factories.group(), today()
    long: dict[str, Any] = {"what_for": "🕯️" * 500, "place": "🏳️‍🌈" * 70}
    for number in range(-20, 160):
        details = factories.details(group, title=f"Vigil {number}", starts_on=day + (number - 1) * DAY, **long)
        events.create(group, details, "", is_published=True)
    served = fetch(f"{url}/groups/{group.slug}.ics").body
    assert len(served) <= MOST_BYTES
    assert problems(served) == []
    assert {instance.summary for instance in by_icalendar(served)} >= {f"Vigil {number}" for number in range(1, 160)}
    assert b"Vigil -20" not in served
