"""Calendar programs' own engines as readers: from a feed's bytes to what each of them shows."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import icalendar
import pytest
import recurring_ical_events
import vobject
from ical.calendar_stream import IcsCalendarStream

ICAL_JS = "ical.js@2.2.1"
READ_WITH_ICAL_JS = """
import { readFileSync } from "node:fs";
const { default: ICAL } = await import(process.argv[1]);
const calendar = new ICAL.Component(ICAL.parse(readFileSync(0, "utf-8")));
const moment = (time) => (time.isDate ? time.toString() : time.toUnixTime());
const instances = calendar.getAllSubcomponents("vevent").map((component) => {
  const event = new ICAL.Event(component);
  const ends = component.hasProperty("dtend") ? moment(event.endDate) : null;
  return [event.uid, moment(event.startDate), ends, event.summary, component.getFirstPropertyValue("status")];
});
process.stdout.write(JSON.stringify(instances));
"""
# Outside these days there is no instance, so that nothing is counted twice or lost.
FROM, UNTIL = date(1990, 1, 1), date(2100, 1, 1)


class Instance(NamedTuple):
    """What a calendar shows: times as text, a day or an instant in UTC; no `ends` where none was given."""

    uid: str
    starts: str
    ends: str | None
    summary: str
    status: str


Reader = Callable[[bytes], list[Instance]]


def moment(value: date | datetime) -> str:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value.isoformat()


def by_icalendar(data: bytes) -> list[Instance]:
    return list(map(_of_icalendar, icalendar.Calendar.from_ical(data).walk("VEVENT")))


def by_recurring_ical_events(data: bytes) -> list[Instance]:
    calendar = icalendar.Calendar.from_ical(data)
    without_end = {event["UID"] for event in calendar.walk("VEVENT") if "DTEND" not in event}
    seen = map(_of_icalendar, recurring_ical_events.of(calendar).between(FROM, UNTIL))
    return [instance._replace(ends=None) if instance.uid in without_end else instance for instance in seen]


def _of_icalendar(event: Any) -> Instance:
    ends = moment(event["DTEND"].dt) if "DTEND" in event else None
    return Instance(str(event["UID"]), moment(event["DTSTART"].dt), ends, str(event["SUMMARY"]), str(event["STATUS"]))


def by_home_assistant(data: bytes) -> list[Instance]:
    calendar = IcsCalendarStream.calendar_from_ics(data.decode())
    return [
        Instance(
            event.uid,
            moment(event.start),
            moment(event.dtend) if event.dtend else None,
            event.summary or "",
            event.status.value if event.status else "",
        )
        for event in calendar.events
    ]


def by_vobject(data: bytes) -> list[Instance]:
    calendar = vobject.readOne(data.decode())
    assert calendar.validate(raiseException=True)
    return [
        Instance(
            event.uid.value,
            moment(event.dtstart.value),
            moment(event.dtend.value) if "dtend" in event.contents else None,
            event.summary.value,
            event.status.value,
        )
        for event in calendar.contents.get("vevent", [])
    ]


def by_ical_js(data: bytes) -> list[Instance]:
    """Read with Thunderbird's engine, skipping the test where there is none."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed, so ical.js cannot read the feeds")
    run = subprocess.run(
        [node, "--input-type=module", "-e", READ_WITH_ICAL_JS, ical_js().as_uri()],
        input=data,
        capture_output=True,
        check=True,
        timeout=60,
    )
    return [
        Instance(uid, _of_ical_js(starts), None if ends is None else _of_ical_js(ends), summary, status)
        for uid, starts, ends, summary, status in json.loads(run.stdout)
    ]


def _of_ical_js(value: str | int) -> str:
    return value if isinstance(value, str) else moment(datetime.fromtimestamp(value, UTC))


def ical_js() -> Path:
    """Return the module's file, fetched once into the user's cache, never into this tree."""
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    kept = caches / "organizer-tests" / ICAL_JS
    if not kept.exists():
        _fetch_ical_js(kept)
    return kept / "node_modules" / "ical.js" / "dist" / "ical.js"


def _fetch_ical_js(kept: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed, so ical.js cannot be fetched")
    kept.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=kept.parent) as folder:
        options = ["--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund"]
        try:
            subprocess.run([npm, "install", *options, ICAL_JS], check=True, capture_output=True, timeout=120)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
            pytest.skip("npm could not fetch ical.js")
        fetched = Path(folder, "fetched")
        fetched.mkdir()
        Path(folder, "node_modules").rename(fetched / "node_modules")
        # Another process may have been quicker; either's copy will do.
        if not kept.exists():
            fetched.rename(kept)


READERS: dict[str, Reader] = {
    "icalendar": by_icalendar,
    "recurring-ical-events": by_recurring_ical_events,
    "ical": by_home_assistant,
    "vobject": by_vobject,
    "ical.js": by_ical_js,
}
