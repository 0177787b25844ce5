"""Finds in a feed's bytes what no calendar engine reliably catches.

    assert problems(response.data) == []

It reads a published feed, not a mail: METHOD, ATTENDEE and alarms are faults here, and no event recurs.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import chain

LONGEST_LINE_OCTETS = 75
_VALUE = r'(?:"[^"]*"|[^";:,]*)'
_PARAMETER = rf"[A-Za-z0-9-]+={_VALUE}(?:,{_VALUE})*"
_CONTENT_LINE = re.compile(rf"([A-Za-z0-9-]+)((?:;{_PARAMETER})*):(.*)", re.DOTALL)
_YEARLY = re.compile(r"FREQ=YEARLY;BYMONTH=(\d+);BYDAY=(?:-1|[1-4])(SU|MO|TU|WE|TH|FR|SA)")
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

_BYTES = (
    (re.compile(rb"\A\xef\xbb\xbf"), "begins with a byte order mark"),
    (re.compile(rb"(?<!\r\n)\Z"), "does not end with CRLF"),
    (re.compile(rb"\A[ \t]"), "begins with a folded line"),
    (re.compile(rb"(?<!\r)\n|\r(?!\n)"), "has a bare LF or CR"),
    (re.compile(rb"\r\n[ \t]*\r\n"), "has an empty line"),
    (re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"), "has a control character"),
)
_TEXT = r"(?:[^\\;,]|\\[\\;,nN])*"
_URI = r"[a-z]+:[!-~]+"
_UTC = r"\d{8}T\d{6}Z"
# What each value looks like, wherever it stands.
_FORMS = {
    "ATTACH": _URI,
    "CALSCALE": "GREGORIAN",
    "CATEGORIES": r"(?:[^\\;]|\\[\\;,nN])+",
    "CLASS": "PUBLIC",
    "COLOR": "[a-z]+",
    "CREATED": _UTC,
    "DESCRIPTION": _TEXT,
    "DTSTAMP": _UTC,
    "GEO": r"-?\d{1,2}\.\d+;-?\d{1,3}\.\d+",
    "LAST-MODIFIED": _UTC,
    "LOCATION": _TEXT,
    "NAME": _TEXT,
    "ORGANIZER": r"mailto:[!-~]+@[!-~]+",
    "PRODID": _TEXT,
    "SEQUENCE": r"\d+",
    "SOURCE": _URI,
    "STATUS": "CONFIRMED|TENTATIVE|CANCELLED",
    "SUMMARY": _TEXT,
    "TRANSP": "OPAQUE|TRANSPARENT",
    "TZNAME": _TEXT,
    "TZOFFSETFROM": r"(?!-0000)[-+]\d{4}",
    "TZOFFSETTO": r"(?!-0000)[-+]\d{4}",
    "UID": r"[^\s\\;,]+",
    "URL": _URI,
    "VERSION": r"2\.0",
    "X-WR-CALDESC": _TEXT,
    "X-WR-CALNAME": _TEXT,
}
_VALUE_TYPES = {"REFRESH-INTERVAL": "DURATION", "SOURCE": "URI"}
# How often each property stands in its component; what is missing here, any number of times.
_ONCE, _AT_MOST_ONCE, _NEVER = {1}, {0, 1}, {0}
_TIMES = {
    "VCALENDAR": {
        **dict.fromkeys(("VERSION", "PRODID", "CALSCALE", "NAME", "DESCRIPTION", "URL", "SOURCE"), _ONCE),
        **dict.fromkeys(("REFRESH-INTERVAL", "LAST-MODIFIED", "X-WR-TIMEZONE"), _ONCE),
        **dict.fromkeys(("METHOD", "UID"), _NEVER),
    },
    "VTIMEZONE": {"TZID": _ONCE, "TZURL": _NEVER},
    "STANDARD": {
        **dict.fromkeys(("DTSTART", "TZOFFSETFROM", "TZOFFSETTO"), _ONCE),
        **dict.fromkeys(("RRULE", "TZNAME"), _AT_MOST_ONCE),
        **dict.fromkeys(("RDATE", "EXDATE"), _NEVER),
    },
    "VEVENT": {
        **dict.fromkeys(("UID", "DTSTAMP", "DTSTART", "CREATED", "LAST-MODIFIED", "SEQUENCE"), _ONCE),
        **dict.fromkeys(("STATUS", "SUMMARY", "CLASS", "TRANSP", "URL", "DESCRIPTION"), _ONCE),
        **dict.fromkeys(("DTEND", "LOCATION", "GEO", "ORGANIZER", "CATEGORIES"), _AT_MOST_ONCE),
        **dict.fromkeys(("ATTENDEE", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "DURATION"), _NEVER),
    },
}
_TIMES["DAYLIGHT"] = _TIMES["STANDARD"]
_PARTS = {"": {"VCALENDAR"}, "VCALENDAR": {"VTIMEZONE", "VEVENT"}, "VTIMEZONE": {"STANDARD", "DAYLIGHT"}}


@dataclass(frozen=True)
class Property:
    name: str
    parameters: dict[str, str]
    value: str


@dataclass
class Component:
    name: str
    properties: list[Property] = field(default_factory=list)
    parts: list[Component] = field(default_factory=list)

    def all(self, *names: str) -> list[Property]:
        return [found for found in self.properties if found.name in names]

    def value(self, name: str) -> str:
        return next((found.value for found in self.all(name)), "")

    def parts_named(self, name: str) -> list[Component]:
        return [part for part in self.parts if part.name == name]

    def __str__(self) -> str:
        return " ".join(filter(None, (self.name, self.value("UID") or self.value("TZID"))))


def problems(data: bytes, may_lack: Collection[str] = ()) -> list[str]:
    """Return each fault as one sentence, an empty list for a clean feed.

    `may_lack` names properties that a feed has and this file need not, as a discreet one has no URL.
    """
    if not data.strip():
        return ["the calendar is empty"]
    found = [fault for pattern, fault in _BYTES if pattern.search(data)]
    found += chain.from_iterable(_line_problems(number, line) for number, line in enumerate(data.split(b"\r\n"), 1))
    lines = list(map(_content_line, _unfolded(data)))
    found += (f"not a content line (a parameter unquoted?): {line!r}" for line in lines if isinstance(line, str))
    try:
        root = _tree([line for line in lines if isinstance(line, Property)])
    except ValueError as error:
        return [*found, str(error)]
    return [*found, *_component_problems(root, may_lack)]


def _line_problems(number: int, line: bytes) -> Iterator[str]:
    if len(line) > LONGEST_LINE_OCTETS:
        yield f"line {number} has {len(line)} octets"
    try:
        line.decode()
    except UnicodeDecodeError:
        yield f"line {number} is not UTF-8 by itself: folded inside a character?"


def _unfolded(data: bytes) -> Iterator[str]:
    text = re.sub(rb"\r?\n[ \t]", b"", data).decode(errors="replace").removeprefix("\ufeff")
    return filter(None, re.split("\r?\n", text))


def _content_line(line: str) -> Property | str:
    """Return the line understood, or itself where it cannot be."""
    match = _CONTENT_LINE.fullmatch(line)
    if match is None:
        return line
    pairs = (found.split("=", 1) for found in re.findall(_PARAMETER, match[2]))
    return Property(match[1].upper(), {name.upper(): value for name, value in pairs}, match[3])


def _tree(lines: list[Property]) -> Component:
    """Return the components under a nameless one. Raises ValueError where BEGIN and END do not match."""
    root = Component("")
    branch = [root]
    for line in lines:
        if line.name == "BEGIN":
            branch[-1].parts.append(component := Component(line.value))
            branch.append(component)
        elif line.name == "END":
            if branch.pop().name != line.value or not branch:
                raise ValueError(f"END:{line.value} ends what did not begin")
        else:
            branch[-1].properties.append(line)
    if len(branch) > 1:
        raise ValueError(f"{branch[-1]} does not end")
    return root


def _component_problems(component: Component, may_lack: Collection[str]) -> Iterator[str]:
    """Yield what is wrong with a component and all inside it."""
    counts = Counter(line.name for line in component.properties)
    for name, times in _TIMES.get(component.name, {}).items():
        if counts[name] not in times and not (counts[name] == 0 and name in may_lack):
            yield f"{component} has {counts[name]} {name}"
    for part in component.parts:
        if part.name not in _PARTS.get(component.name, set()):
            yield f"{component} holds a {part}"
    for line in component.properties:
        yield from (f"{component}: {problem}" for problem in _property_problems(line))
    checks = {
        "": _root_problems,
        "VCALENDAR": _calendar_problems,
        "VTIMEZONE": _zone_problems,
        "VEVENT": _event_problems,
    }
    if component.name in checks:
        yield from (f"{component}: {problem}" for problem in checks[component.name](component))
    yield from chain.from_iterable(_component_problems(part, may_lack) for part in component.parts)


def _property_problems(line: Property) -> Iterator[str]:
    for name, value in line.parameters.items():
        if "," in re.sub('"[^"]*"', "", value):
            yield f"{line.name} has a list in {name}: unquoted?"
        if not re.fullmatch(r"(?:[^^]|\^[n^'])*", value):
            yield f"{line.name} has an unescaped ^ in {name}"
    if line.name in _FORMS and not re.fullmatch(_FORMS[line.name], line.value):
        yield f"{line.name} may not be {line.value!r}"
    if line.name in _VALUE_TYPES and line.parameters.get("VALUE") != _VALUE_TYPES[line.name]:
        yield f"{line.name} does not say VALUE={_VALUE_TYPES[line.name]}"


def _root_problems(root: Component) -> Iterator[str]:
    if len(root.parts) != 1 or root.properties:
        yield "there is not just one VCALENDAR"


def _calendar_problems(calendar: Component) -> Iterator[str]:
    for name, mirror in (
        ("NAME", "X-WR-CALNAME"),
        ("DESCRIPTION", "X-WR-CALDESC"),
        ("REFRESH-INTERVAL", "X-PUBLISHED-TTL"),
    ):
        if calendar.value(name) != calendar.value(mirror):
            yield f"{mirror} does not mirror {name}"
    kinds = [part.name for part in calendar.parts]
    if kinds != sorted(kinds, reverse=True):
        yield "the VTIMEZONEs do not come first"
    zones = [zone.value("TZID") for zone in calendar.parts_named("VTIMEZONE")]
    if not zones:
        yield "there is no VTIMEZONE"
    if zones != sorted(set(zones)):
        yield "the VTIMEZONEs are not sorted, each once"
    events = calendar.parts_named("VEVENT")
    used = {line.parameters["TZID"] for event in events for line in event.properties if "TZID" in line.parameters}
    for missing in sorted({*used, calendar.value("X-WR-TIMEZONE")} - set(zones)):
        yield f"TZID {missing} has no VTIMEZONE"
    uids = Counter(event.value("UID") for event in events)
    yield from (f"UID {uid} is there {times} times" for uid, times in uids.items() if times > 1)


def _zone_problems(zone: Component) -> Iterator[str]:
    if not zone.parts_named("STANDARD"):
        yield "no STANDARD"
    for observance in zone.parts:
        yield from _onset_problems(observance.value("DTSTART"), observance.value("RRULE"))


def _onset_problems(begins: str, rule: str) -> Iterator[str]:
    if not re.fullmatch(r"\d{8}T\d{6}", begins):
        yield f"DTSTART {begins} is not a local time"
    elif rule:
        first, yearly = date.fromisoformat(begins[:8]), _YEARLY.fullmatch(rule)
        if yearly is None:
            yield f"RRULE {rule} is more than a numbered weekday of a month"
        elif (str(first.month), _WEEKDAYS[first.weekday()]) != yearly.groups():
            yield f"DTSTART {begins} is no day of its RRULE {rule}"


def _event_problems(event: Component) -> Iterator[str]:
    if event.value("DTSTAMP") != event.value("LAST-MODIFIED"):
        yield "DTSTAMP is not LAST-MODIFIED"
    if event.value("CREATED") > event.value("LAST-MODIFIED"):
        yield "changed before it was created"
    times = event.all("DTSTART", "DTEND")
    for line in times:
        yield from _time_problems(line)
    kinds = [line.parameters.get("VALUE") for line in times]
    if len(set(kinds)) > 1 or kinds == ["DATE"]:
        yield "DTSTART and DTEND are not alike"
    if len(times) > 1 and times[0].parameters == times[1].parameters and event.value("DTEND") <= event.value("DTSTART"):
        yield "DTEND is not after DTSTART"


def _time_problems(line: Property) -> Iterator[str]:
    is_date, has_zone = line.parameters.get("VALUE") == "DATE", "TZID" in line.parameters
    if not re.fullmatch(r"\d{8}" if is_date else r"\d{8}T\d{6}Z?", line.value):
        yield f"{line.name} may not be {line.value!r}"
    if has_zone and (is_date or line.value.endswith("Z")):
        yield f"{line.name} has a TZID and is no local time"
    if not (has_zone or is_date or line.value.endswith("Z")):
        yield f"{line.name} is floating"
