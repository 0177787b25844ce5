"""The one gate: what a viewer may see of an event, at a moment. Pure; every output gets only what comes out here."""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from organizer.events.rules import (
    TAKES_PLACE,
    Editorial,
    EventState,
    Kind,
    Link,
    Occurrence,
    SpotShown,
    Texts,
    Visibility,
)
from organizer.events.times import Start, When

if TYPE_CHECKING:
    from organizer.events.models import Event


class Clearance(enum.IntEnum):
    """How much a viewer has earned; each includes the ones before it."""

    PUBLIC = 0
    ANSWERED = 1
    MEMBER = 2
    ORGANIZER = 3


@dataclass(frozen=True)
class VisibleNotice:
    """`texts` by language code; `posted_at` aware."""

    id: str
    texts: dict[str, str]
    posted_at: datetime

    def text(self, language: str, fallback: str) -> str:
        """The notice in a language, else in the fallback, else in whichever it stands in."""
        return self.texts.get(language) or self.texts.get(fallback) or next(iter(self.texts.values()), "")


@dataclass(frozen=True)
class VisibleEvent:
    """An event as far as one viewer may see it.

    `texts` are in `shown_language`. `spot` is empty until it may be shown; then `spot_from_at` is None, and while it
    is withheld it says from when everyone sees it, None when only an answer opens it.
    """

    id: str
    uid: str
    slug: str | None
    group_name: str
    group_slug: str
    kind: Kind
    texts: Texts
    shown_language: str
    language: str
    translations: dict[str, Texts]
    when: When
    former_start: Start | None
    starts_at: datetime
    ends_at: datetime
    place: str
    city_name: str
    city_slug: str
    spot: str
    is_spot_withheld: bool
    spot_from_at: datetime | None
    occasion: str
    spoken_languages: str
    programme: tuple[str, ...]
    endorsers: tuple[str, ...]
    contact: str
    press_contact: str
    private_notes: str
    links: tuple[Link, ...]
    tags: tuple[tuple[str, str], ...]
    notices: tuple[VisibleNotice, ...]
    editorial: Editorial
    occurrence: Occurrence
    visibility: Visibility
    reason: str
    sequence: int
    created_at: datetime
    changed_at: datetime
    is_over: bool
    report: str
    came: int | None
    handed_out: int | None

    @property
    def address(self) -> str:
        """What stands in its address: the slug of a public event, else the id."""
        return self.slug or self.id

    @property
    def location(self) -> str:
        """The exact spot as far as it is shown, the place and the city."""
        return ", ".join(part for part in (self.spot, self.place, self.city_name) if part)

    @property
    def title(self) -> str:
        return self.texts.title

    @property
    def takes_place(self) -> bool:
        return self.occurrence in TAKES_PLACE

    @property
    def languages(self) -> tuple[str, ...]:
        return (self.language, *sorted(self.translations))

    def in_language(self, language: str) -> VisibleEvent:
        """The same event with its texts in that language where they stand in it."""
        if language in self.translations:
            return replace(self, texts=self.translations[language], shown_language=language)
        return self


def may_see(event: Event | EventState, clearance: Clearance) -> bool:
    """Whether the event exists at all for this clearance when its address is known."""
    if clearance >= Clearance.ORGANIZER:
        return True
    is_open = event.visibility != Visibility.PRIVATE or clearance >= Clearance.MEMBER
    return event.editorial == Editorial.PUBLISHED and is_open


def is_listed(event: Event | EventState) -> bool:
    """Whether lists, feeds and search may show it to everyone."""
    return event.editorial == Editorial.PUBLISHED and event.visibility == Visibility.PUBLIC


def spot_released_at(event: Event) -> datetime | None:
    """From when everyone may see the exact spot; None when there is none, or time alone does not release it."""
    if event.spot and event.spot_shown == SpotShown.BEFORE_START:
        return event.starts_at - timedelta(hours=event.spot_hours_before)
    return None


def next_release(event: Event, now: datetime) -> datetime | None:
    """When what the public sees will change by itself, None when it will not."""
    release = spot_released_at(event)
    return release if release and release > now and event.occurrence in TAKES_PLACE else None


def visible(event: Event, clearance: Clearance, now: datetime) -> VisibleEvent:
    """What someone with this clearance may see of the event at `now` (aware)."""
    shows_spot = _shows_spot(event, clearance, now)
    withheld = bool(event.spot) and not shows_spot
    return VisibleEvent(
        id=event.id,
        uid=event.uid,
        slug=event.slug,
        group_name=event.group.name,
        group_slug=event.group.slug,
        kind=event.kind,
        texts=Texts(**{name: getattr(event, name) for name in Texts.__dataclass_fields__}),
        shown_language=event.language,
        language=event.language,
        translations={code: Texts(**texts) for code, texts in event.translations.items()},
        when=event.when,
        former_start=event.former_start,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        place=event.place,
        city_name=event.city.name,
        city_slug=event.city.slug,
        spot=event.spot if shows_spot else "",
        is_spot_withheld=withheld,
        spot_from_at=spot_released_at(event) if withheld else None,
        occasion=event.occasion,
        spoken_languages=event.spoken_languages,
        programme=tuple(event.programme.splitlines()),
        endorsers=tuple(event.endorsers.splitlines()),
        contact=event.contact,
        press_contact=event.press_contact,
        private_notes=event.private_notes if clearance >= Clearance.ORGANIZER else "",
        links=tuple(Link(**link) for link in event.links),
        tags=tuple((tag.slug, tag.name) for tag in event.tags),
        notices=tuple(VisibleNotice(notice.id, notice.texts, notice.posted_at) for notice in event.notices),
        editorial=event.editorial,
        occurrence=event.occurrence,
        visibility=event.visibility,
        reason=event.reason,
        sequence=event.sequence,
        created_at=event.created_at,
        changed_at=event.changed_at,
        is_over=event.ends_at <= now,
        report=event.report,
        came=event.came,
        handed_out=event.handed_out,
    )


def _shows_spot(event: Event, clearance: Clearance, now: datetime) -> bool:
    if clearance >= Clearance.MEMBER or event.spot_shown == SpotShown.AT_ONCE:
        return True
    if event.spot_shown == SpotShown.TO_ANSWERED and clearance >= Clearance.ANSWERED:
        return True
    release = spot_released_at(event)
    return release is not None and now >= release and event.occurrence in TAKES_PLACE
