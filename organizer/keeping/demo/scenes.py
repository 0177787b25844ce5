"""What a scene of the demo is: an event, and what happens to it once it is published."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from typing import Any

from organizer import clock
from organizer.events import service as events
from organizer.events.gate import Clearance, visible
from organizer.events.models import Event
from organizer.events.rules import EventDetails, Kind, Texts
from organizer.rsvps import queries as rsvp_queries
from organizer.rsvps import service as rsvps
from organizer.rsvps.rules import CapacityDetails, Coming, RsvpDetails

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(7)
# An action of the day after tomorrow can still be answered when the demo is looked at tomorrow.
SOONEST_DAYS = 2

Step = Callable[[Event, str], object]
"""Something that happens to the event, done by the account with this id."""


@dataclass(frozen=True)
class Scene:
    """An event of a group in a city, both by name, and the steps of its life, in their order.

    `on` is a date, or a weekday and how many weeks after the next one. `until` counts days after the first. `more`
    holds further fields of `EventDetails`.
    """

    group: str
    city: str
    zone: str
    on: date | tuple[int, int]
    kind: Kind
    title: str
    what_for: str
    place: str
    starts: time | None = None
    ends: time | None = None
    until: int = 0
    more: dict[str, Any] = field(default_factory=dict)
    life: tuple[Step, ...] = ()

    def details(self, city_id: str, contact: str, today: date) -> EventDetails:
        """What an organizer would have typed into the form today."""
        day = self.on if isinstance(self.on, date) else day_of(today, *self.on)
        plain = EventDetails(
            kind=self.kind,
            title=self.title,
            what_for=self.what_for,
            starts_on=day,
            place=self.place,
            city_id=city_id,
            zone=self.zone,
            language="en",
            starts_time=self.starts,
            ends_time=self.ends,
            ends_on=day + timedelta(days=self.until) if self.until else None,
            is_all_day=self.starts is None,
            contact=contact,
        )
        return replace(plain, **self.more)


def day_of(today: date, weekday: int, weeks: int) -> date:
    """The next such weekday that is two days away at least, and so many weeks after it."""
    soonest = today + timedelta(days=SOONEST_DAYS)
    return soonest + timedelta(days=(weekday - soonest.weekday()) % 7, weeks=weeks)


def translated(language: str, texts: Texts) -> Step:
    return lambda event, actor_id: events.translate(event, language, texts, actor_id)


def noticed(**texts: str) -> Step:
    """Post a notice; texts by language code."""
    return lambda event, actor_id: events.post_notice(event, texts, actor_id)


def cancelled(reason: str) -> Step:
    return lambda event, actor_id: events.cancel(event, reason, actor_id)


def postponed(reason: str) -> Step:
    return lambda event, actor_id: events.postpone(event, reason, actor_id)


def reported(text: str) -> Step:
    """Tell what happened; numbers are told only where they are known."""
    return lambda event, actor_id: events.report(event, text, None, None, actor_id)


def asks(**changes: Any) -> Step:
    """Change how the event asks, by fields of `CapacityDetails`."""

    def step(event: Event, actor_id: str) -> object:
        row = rsvp_queries.capacity(event.id)
        present = CapacityDetails(row.level, row.places, row.party_max, row.is_open, row.has_public_count)
        return rsvps.ask(event.id, replace(present, **changes), actor_id)

    return step


def going(*parties: tuple[str, int]) -> Step:
    """Parties that answered: a nickname (empty for none) and how many people."""
    return _answered(Coming.GOING, parties)


def maybe(*parties: tuple[str, int]) -> Step:
    return _answered(Coming.MAYBE, parties)


def _answered(coming: Coming, parties: tuple[tuple[str, int], ...]) -> Step:
    def step(event: Event, _actor_id: str) -> None:
        seen = visible(event, Clearance.PUBLIC, clock.now())
        for nickname, party_size in parties:
            rsvps.answer(seen, RsvpDetails(coming, party_size, nickname))

    return step
