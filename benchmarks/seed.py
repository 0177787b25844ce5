"""Many events at once: rows in few transactions, and all that follows from them by the product's own handlers."""

from __future__ import annotations

import sys
from datetime import datetime, time, timedelta

from flask_migrate import upgrade

from organizer import clock, outbox
from organizer.db import db, new_id, writing
from organizer.events.models import Event, Tag
from organizer.events.rules import Editorial, EventDetails, Kind
from organizer.groups.models import City, Group
from organizer.outbox import Fact
from organizer.web import create_app

AT_ONCE = 500
CITIES, GROUPS, TAGS = 20, 50, 12
ZONES = ("America/Los_Angeles", "America/New_York", "Europe/Berlin", "Europe/Kyiv", "Asia/Tbilisi")
WHAT_FOR = """\
We hand out leaflets at the market and talk with those who stop, **in solidarity with political prisoners** who
oppose the war. Bring a warm coat, we bring the table and the tea.

Come for an hour or for the whole time, alone or with friends. Nobody needs to speak in public.
"""


def seed(count: int) -> None:
    """Fill an empty database: a third of the events is over, the others come within half a year."""
    groups, tags = _surroundings()
    for first in range(0, count, AT_ONCE):
        with writing():
            events = [_event(number, count, groups, tags) for number in range(first, min(first + AT_ONCE, count))]
            db.session.add_all(events)
            outbox.commit(*(Fact("event.published", event.id) for event in events))
        db.session.expunge_all()
        groups, tags = list(db.session.query(Group)), list(db.session.query(Tag))


def _surroundings() -> tuple[list[Group], list[Tag]]:
    cities = [City(id=new_id(), slug=f"city-{n}", name=f"City {n}", region="", country="US") for n in range(CITIES)]
    groups = [_group(number, cities[number % CITIES]) for number in range(GROUPS)]
    tags = [Tag(slug=f"tag-{number}", name=f"Tag {number}") for number in range(TAGS)]
    with writing():
        db.session.add_all([*cities, *groups, *tags])
        outbox.commit()
    return groups, tags


def _group(number: int, city: City) -> Group:
    return Group(
        id=new_id(),
        slug=f"group-{number}",
        name=f"Group {number}",
        contact=f"table{number}@group.example",
        zone=ZONES[number % len(ZONES)],
        language="en",
        city_id=city.id,
        created_on=clock.today(),
    )


def _event(number: int, count: int, groups: list[Group], tags: list[Tag]) -> Event:
    group = groups[number % GROUPS]
    now = clock.now()
    event = Event(id=new_id(), group=group, created_at=now, changed_at=now, editorial=Editorial.PUBLISHED)
    event.uid = f"{event.id}@127.0.0.1"
    event.slug = f"leaflets-at-the-market-{number}"
    event.take(_details(number, group, now + timedelta(days=270 * number / count - 90)))
    event.tags = [tags[number % TAGS]]
    return event


def _details(number: int, group: Group, day: datetime) -> EventDetails:
    return EventDetails(
        kind=Kind.LEAFLETING,
        title=f"Leaflets at the market, number {number}",
        what_for=WHAT_FOR,
        starts_on=day.date(),
        starts_time=time(10),
        ends_time=time(13),
        place=f"Market square {number}, north gate",
        city_id=group.city_id,
        zone=group.zone,
        language="en",
        contact=group.contact,
        what_to_bring="A warm coat.",
        safety_notes="Legal aid: the number stands on the leaflet.",
    )


def main() -> None:
    app = create_app()
    with app.app_context():
        upgrade()
        seed(int(sys.argv[1]))
        # Answers to what was over long ago are due to be purged, which would move the pages' version while we measure.
        outbox.tick()


if __name__ == "__main__":
    main()
