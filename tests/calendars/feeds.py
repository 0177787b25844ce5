"""Where an event's feeds are."""

from __future__ import annotations

from organizer.events.models import Event


def paths(event: Event) -> dict[str, str]:
    """The feeds that an event stands in."""
    return {
        "all": "/events.ics",
        "group": f"/groups/{event.group.slug}.ics",
        "city": f"/cities/{event.city.slug}.ics",
        "tag": "/tags/letters.ics",
        "event": f"/events/{event.id}.ics",
    }
