"""An event as schema.org sees it: what the public may know, for link previews and search engines."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from organizer import text
from organizer.events.gate import VisibleEvent
from organizer.events.rules import Occurrence

STATUS = {
    Occurrence.SCHEDULED: "EventScheduled",
    Occurrence.POSTPONED: "EventPostponed",
    Occurrence.RESCHEDULED: "EventRescheduled",
    Occurrence.CANCELLED: "EventCancelled",
}


def linked_data(event: VisibleEvent, url: str) -> dict[str, object]:
    """The JSON-LD object of an event that has been through the gate; `url` is its page's absolute address."""
    return {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": event.title,
        "description": text.to_plain(event.texts.what_for),
        "url": url,
        "startDate": _start(event),
        **({"endDate": _local(event.ends_at, event)} if event.when.ends_time and not event.when.is_all_day else {}),
        **_former(event),
        "eventStatus": f"https://schema.org/{STATUS[event.occurrence]}",
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "inLanguage": event.shown_language,
        "isAccessibleForFree": True,
        "location": {"@type": "Place", "name": event.location, "address": event.city_name},
        "organizer": {"@type": "Organization", "name": event.group_name},
    }


def _start(event: VisibleEvent) -> str:
    return event.when.starts_on.isoformat() if event.when.is_all_day else _local(event.starts_at, event)


def _former(event: VisibleEvent) -> dict[str, str]:
    """When it was to begin before it was moved, on the clock of its zone."""
    former = event.former_start
    if event.occurrence != Occurrence.RESCHEDULED or former is None:
        return {}
    if former.starts_time is None:
        return {"previousStartDate": former.starts_on.isoformat()}
    local = datetime.combine(former.starts_on, former.starts_time, ZoneInfo(event.when.zone))
    return {"previousStartDate": local.isoformat()}


def _local(instant: datetime, event: VisibleEvent) -> str:
    return instant.astimezone(ZoneInfo(event.when.zone)).isoformat()
