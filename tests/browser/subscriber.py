"""Those whose calendar program or feed reader follows a feed, and asks each time only for what it has not got."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

import icalendar

from tests.calendars.linter import problems
from tests.fetch import fetch


class Shown(NamedTuple):
    """What a calendar shows of an event."""

    summary: str
    status: str
    sequence: int
    starts: datetime
    location: str
    description: str
    attached: tuple[str, ...]


class Subscriber:
    """`url` is the feed's; what came last, and its ETag, are remembered as a calendar program does."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._known: dict[str, str] = {}
        self.calendar: dict[str, Shown] = {}

    def hears(self) -> bool:
        """Ask again, as the hour has come; return whether there was anything new."""
        answer = fetch(self._url, **self._known)
        if answer.status == 304:
            assert answer.body == b""
            return False
        assert answer.status == 200
        assert problems(answer.body) == []
        self._known = {"If_None_Match": answer.headers["ETag"], "If_Modified_Since": answer.headers["Last-Modified"]}
        found = icalendar.Calendar.from_ical(answer.body).walk("VEVENT")
        self.calendar = {str(event["UID"]): _shown(event) for event in found}
        return True

    @property
    def only(self) -> Shown:
        (shown,) = self.calendar.values()
        return shown


class FeedReader:
    """Someone whose feed reader follows a feed, and asks each time only for what it has not got."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._etag = ""
        self.text = ""

    def hears(self) -> bool:
        """Ask again; return whether there was anything new."""
        answer = fetch(self._url, **({"If_None_Match": self._etag} if self._etag else {}))
        if answer.status == 304:
            return False
        assert answer.status == 200
        self._etag, self.text = answer.headers["ETag"], answer.body.decode()
        return True


def _shown(event: Any) -> Shown:
    attached = event.get("ATTACH", [])
    return Shown(
        summary=str(event["SUMMARY"]),
        status=str(event["STATUS"]),
        sequence=int(event["SEQUENCE"]),
        starts=event["DTSTART"].dt,
        location=str(event["LOCATION"]),
        description=str(event["DESCRIPTION"]),
        attached=tuple(map(str, attached if isinstance(attached, list) else [attached])),
    )
