"""How an event reads on a page: wall time, named zone, state and address, in one language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time
from zoneinfo import ZoneInfo

from flask import url_for
from flask_babel import format_date, format_time, gettext

from organizer import languages, text
from organizer.events.gate import VisibleEvent
from organizer.events.rules import Occurrence
from organizer.events.times import Start

SUMMARY_CHARACTERS = 160


@dataclass(frozen=True)
class NoticeCard:
    """`posted_on` and `posted_time` are wall time in the event's zone."""

    text: str
    posted_on: date
    posted_time: time


@dataclass(frozen=True)
class MoveCard:
    """That something begins at another time than was told before: "New time", "6:00 PM, was 5:00 PM"."""

    word: str
    sentence: str


@dataclass(frozen=True)
class CityCard:
    name: str
    url: str


@dataclass(frozen=True)
class Card:
    """What a card, a list and the head of the event's page show. `availability`: free, few, full or empty."""

    url: str
    title: str
    language: str
    summary: str
    starts_on: date
    starts_time: time | None
    ends_on: date | None
    ends_time: time | None
    is_all_day: bool
    zone_label: str
    city: CityCard
    place: str
    group_name: str
    state: Occurrence
    notices: tuple[NoticeCard, ...]
    move: MoveCard | None
    availability: str = ""


def card(event: VisibleEvent, language: str, availability: str = "") -> Card:
    """The card of an event, its texts and its zone's name in `language` where they exist."""
    shown = event.in_language(language)
    zone = ZoneInfo(event.when.zone)
    notices = tuple(
        NoticeCard(notice.text(language, event.language), local.date(), local.time())
        for notice in event.notices
        for local in [notice.posted_at.astimezone(zone)]
    )
    return Card(
        url=url_for("pages.event", address=event.address),
        title=shown.title,
        language=shown.shown_language,
        summary=text.excerpt(text.to_plain(shown.texts.what_for).partition("\n")[0], SUMMARY_CHARACTERS),
        starts_on=event.when.starts_on,
        starts_time=event.when.starts_time,
        ends_on=event.when.ends_on,
        ends_time=event.when.ends_time,
        is_all_day=event.when.is_all_day,
        zone_label=languages.zone_name(event.when.zone, language),
        city=CityCard(event.city_name, url_for("pages.city", slug=event.city_slug)),
        place=event.place,
        group_name=event.group_name,
        state=event.occurrence,
        notices=notices,
        move=move(event),
        availability=availability,
    )


def move(event: VisibleEvent) -> MoveCard | None:
    """How a rescheduled event has moved, in the language of the moment."""
    if event.occurrence != Occurrence.RESCHEDULED or event.former_start is None:
        return None
    former, present = event.former_start, event.when.start
    if former.starts_on == present.starts_on:
        word, new, old = gettext("New time"), _time(present), _time(former)
    elif former.starts_time == present.starts_time:
        word, new, old = gettext("New date"), _day(present), _day(former)
    else:
        word = gettext("New date")
        new, old = f"{_day(present)}, {_time(present)}", f"{_day(former)}, {_time(former)}"
    return MoveCard(word, gettext("%(new)s, was %(old)s", new=new, old=old))


def _day(start: Start) -> str:
    return str(format_date(start.starts_on, "full"))


def _time(start: Start) -> str:
    if start.starts_time is None:
        return str(gettext("all day"))
    return str(format_time(start.starts_time, "short", rebase=False))


def cards(events: Iterable[VisibleEvent], language: str, availability: dict[str, str]) -> list[Card]:
    """The cards of events; `availability` by event id."""
    return [card(event, language, availability.get(event.id, "")) for event in events]
