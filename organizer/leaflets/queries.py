"""Reading leaflets: what is public, and what organizers see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from flask_babel import get_locale
from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import aliased, selectinload

from organizer import clock
from organizer.db import by_id, db
from organizer.errors import Gone
from organizer.events import queries as events
from organizer.events.gate import Clearance, VisibleEvent, is_listed, may_see
from organizer.events.models import Event
from organizer.events.rules import EventState
from organizer.groups.models import Group
from organizer.leaflets.cards import LeafletCard, PageCard, card, page_cards
from organizer.leaflets.models import EventLeaflet, Leaflet, LeafletVersion, Rendition
from organizer.leaflets.rules import NOT_MADE, PUBLIC, Purpose, State
from organizer.media import REASONS as MEDIA_REASONS
from organizer.policy import Role, Viewer

# Marks a sentence for extraction; Babel knows the name.
N_ = str

ON_EVENT = 20
LOST = "lost"
REASONS = {
    **MEDIA_REASONS,
    **NOT_MADE,
    LOST: N_("The file was lost before it could be checked. Please send it again."),
}

File = aliased(Rendition)
Preview = aliased(Rendition)


@dataclass(frozen=True)
class SeenLeaflet:
    """A leaflet before someone who may see it. What only a page shows is read when it is asked for.

    `is_published` when its version is or was; `is_for_everyone` when even who is nobody here may have that, and
    `is_listed` when lists and search engines may tell of it, too.
    """

    leaflet: Leaflet
    version: LeafletVersion
    viewer: Viewer = field(repr=False)
    is_organizer: bool
    is_published: bool
    is_for_everyone: bool
    is_listed: bool

    @cached_property
    def events(self) -> tuple[VisibleEvent, ...]:
        """Those of its events that she may be told of, the latest first: what is by link alone, only its group."""
        language = str(get_locale())
        told = (event for event in self.leaflet.events if is_listed(event) or self._is_in(event.group_id))
        found = (events.seen_by(self.viewer, event, language) for event in told)
        return tuple(sorted((event for event in found if event), key=lambda event: event.starts_at, reverse=True))

    def _is_in(self, group_id: str) -> bool:
        return self.viewer.has_role(group_id, Role.MEMBER)

    @cached_property
    def zone(self) -> str:
        """Where its group is at home."""
        return db.session.get_one(Group, self.leaflet.group_id).zone

    @cached_property
    def card(self) -> LeafletCard | None:
        """None when there is nothing to look at yet."""
        found = {(rendition.purpose, rendition.page): rendition for rendition in self.version.renditions}
        file, preview = found.get((Purpose.FILE, 0)), found.get((Purpose.SMALL, 1))
        return card(self.leaflet, self.version, file, preview) if file and preview else None

    @cached_property
    def pages(self) -> tuple[PageCard, ...]:
        return page_cards(self.version)

    @cached_property
    def text(self) -> str:
        """What its organizers say that it says, or else what was found in the file."""
        return self.version.text_alternative or self.version.text


# What is public: published versions. Lists for everyone hold what belongs to a listed event.


def on_event(event_id: str) -> tuple[LeafletCard, ...]:
    """What is handed out at an event, in one query."""
    here = select(EventLeaflet.leaflet_id).where(EventLeaflet.event_id == event_id)
    return _cards(_published().where(Leaflet.id.in_(here)).limit(ON_EVENT))


def latest(limit: int, offset: int = 0, *conditions: ColumnElement[bool]) -> tuple[LeafletCard, ...]:
    """What is handed out at listed events of the whole site, the newest first, in one query.

    `conditions` are about Leaflet and LeafletVersion.
    """
    listed = Leaflet.id.in_(handed_out())
    return _cards(_published().where(listed, *conditions).limit(limit).offset(offset))


def handed_out() -> Select[str]:
    """The ids of what is handed out at listed events, of which more can be asked."""
    query = select(EventLeaflet.leaflet_id).join(Event, Event.id == EventLeaflet.event_id)
    return query.where(*events.IS_LISTED)


def _published() -> Select[Leaflet, LeafletVersion, Rendition, Rendition]:
    return (
        select(Leaflet, LeafletVersion, File, Preview)
        .join(LeafletVersion, LeafletVersion.leaflet_id == Leaflet.id)
        .join(File, _is_rendition(File, Purpose.FILE))
        .join(Preview, and_(_is_rendition(Preview, Purpose.SMALL), Preview.page == 1))
        .where(LeafletVersion.state == State.PUBLISHED)
        .order_by(LeafletVersion.published_at.desc(), Leaflet.id)
    )


def _is_rendition(rendition: type[Rendition], purpose: Purpose) -> ColumnElement[bool]:
    return and_(rendition.version_id == LeafletVersion.id, rendition.purpose == purpose)


def _cards(query: Select[Leaflet, LeafletVersion, Rendition, Rendition]) -> tuple[LeafletCard, ...]:
    return tuple(card(*row) for row in db.session.execute(query))


# One leaflet.


class Withdrawn(Gone):
    """A leaflet, or one version of it, was withdrawn: `because` is why, for everyone, "" when nobody has said it."""

    def __init__(self, because: str, leaflet: Leaflet) -> None:
        super().__init__()
        self.because = because
        self.leaflet = leaflet


def seen(viewer: Viewer, leaflet_id: str, version: int | None = None) -> SeenLeaflet | None:
    """Policy: a leaflet for its group's organizers, and once published for all who may see one of its events.

    What they see is the version with this number, which may be an earlier one, or else the published one. An earlier
    one that was not for everyone then stays with members, wherever it is handed out since. Raises Withdrawn when that
    was withdrawn.
    """
    leaflet = by_id(Leaflet, leaflet_id)
    if leaflet is None:
        return None
    states, is_organizer = event_states([leaflet_id]).get(leaflet_id, []), _is_organizer(viewer, leaflet)
    was_public = any(version.published_at for version in leaflet.versions)
    if not (is_organizer or (was_public and is_open_to(viewer, states))):
        return None
    found = leaflet.shown if version is None else leaflet.numbered(version)
    if found is None or not (found.published_at or is_organizer):
        return None
    if found.state == State.WITHDRAWN:
        raise Withdrawn(found.withdrawn_because, leaflet)
    is_for_members = found.state == State.REPLACED and not found.was_for_everyone
    if is_for_members and not viewer.has_role(leaflet.group_id, Role.MEMBER):
        return None
    is_published = found.state in PUBLIC
    is_for_everyone = is_published and not is_for_members and is_open(states)
    is_told = is_for_everyone and any(map(is_listed, states))
    return SeenLeaflet(leaflet, found, viewer, is_organizer, is_published, is_for_everyone, is_told)


def is_open(states: Sequence[EventState | Event]) -> bool:
    """Whether everyone may see one of these events."""
    return any(may_see(event, Clearance.PUBLIC) for event in states)


def organized(viewer: Viewer, leaflet_id: str, version: int | None = None) -> SeenLeaflet | None:
    """Policy: the same for the organizers of its group alone."""
    leaflet = by_id(Leaflet, leaflet_id)
    return seen(viewer, leaflet_id, version) if leaflet and _is_organizer(viewer, leaflet) else None


def organized_at(viewer: Viewer, event_id: str, leaflet_id: str) -> tuple[Event, Leaflet] | None:
    """Policy: an event with a leaflet that is handed out there, for the organizers of the event's group."""
    event = events.organized(viewer, event_id)
    leaflet = by_id(Leaflet, leaflet_id)
    return (event, leaflet) if event and leaflet and event in leaflet.events else None


def is_open_to(viewer: Viewer, states: Sequence[EventState]) -> bool:
    """Whether she may see one of these events: a leaflet that was ever published is as open as the most open one."""
    return any(may_see(event, events.clearance(viewer, event)) for event in states)


def event_states(leaflet_ids: Sequence[str]) -> dict[str, list[EventState]]:
    """What decides about leaflets' events, by leaflet id, in one query.

    It reads none of their words, as a file is asked for much more often than a page.
    """
    told = (Event.id, Event.group_id, Event.editorial, Event.visibility, Event.occurrence, Event.ends_at)
    query = (
        select(EventLeaflet.leaflet_id, *told)
        .join(Event, EventLeaflet.event_id == Event.id)
        .where(EventLeaflet.leaflet_id.in_(leaflet_ids))
    )
    now = clock.now()
    found: dict[str, list[EventState]] = {}
    for leaflet_id, event_id, group_id, editorial, visibility, occurrence, ends_at in db.session.execute(query):
        state = EventState(event_id, group_id, editorial, visibility, occurrence, is_over=ends_at <= now)
        found.setdefault(leaflet_id, []).append(state)
    return found


def _is_organizer(viewer: Viewer, leaflet: Leaflet) -> bool:
    return viewer.has_role(leaflet.group_id, Role.ORGANIZER)


# What organizers see.


def of_event(event_id: str) -> Sequence[Leaflet]:
    """All leaflets of an event that were not withdrawn, the newest first; two queries."""
    query = (
        select(Leaflet)
        .join(EventLeaflet, EventLeaflet.leaflet_id == Leaflet.id)
        .where(EventLeaflet.event_id == event_id)
        .order_by(Leaflet.created_at.desc(), Leaflet.id)
        .options(selectinload(Leaflet.versions))
    )
    return [leaflet for leaflet in db.session.scalars(query) if leaflet.shown.state != State.WITHDRAWN]


def to_bring(event: Event) -> Sequence[Leaflet]:
    """The published leaflets of the event's group that are not handed out there yet, by title; two queries."""
    here = select(EventLeaflet.leaflet_id).where(EventLeaflet.event_id == event.id)
    query = (
        select(Leaflet)
        .join(LeafletVersion, LeafletVersion.leaflet_id == Leaflet.id)
        .where(Leaflet.group_id == event.group_id, LeafletVersion.state == State.PUBLISHED, Leaflet.id.not_in(here))
        .order_by(Leaflet.title, Leaflet.id)
        .options(selectinload(Leaflet.versions))
    )
    return db.session.scalars(query).all()


def held(group_id: str) -> tuple[int, int]:
    """How many files of a group wait to be rebuilt, and how many bytes its leaflets keep, in one query."""
    waiting = select(func.count()).select_from(LeafletVersion).join(Leaflet, Leaflet.id == LeafletVersion.leaflet_id)
    kept = select(func.coalesce(func.sum(Rendition.size_bytes), 0)).select_from(Rendition)
    kept = kept.join(LeafletVersion, LeafletVersion.id == Rendition.version_id)
    kept = kept.join(Leaflet, Leaflet.id == LeafletVersion.leaflet_id)
    is_its_own = Leaflet.group_id == group_id
    waits = LeafletVersion.state == State.UPLOADED
    found = select(
        waiting.where(is_its_own, waits).scalar_subquery(),
        kept.where(is_its_own).scalar_subquery(),
    )
    files, size_bytes = db.session.execute(found).one()
    return files, int(size_bytes)


def turn(version_id: str) -> int:
    """How many files of the same group wait to be rebuilt, or to be set, since before this version does."""
    mine, other, of_other = aliased(LeafletVersion), aliased(LeafletVersion), aliased(Leaflet)
    query = select(func.count()).select_from(mine).join(Leaflet, Leaflet.id == mine.leaflet_id)
    query = query.join(of_other, of_other.group_id == Leaflet.group_id).join(other, other.leaflet_id == of_other.id)
    is_before = or_(
        other.uploaded_at < mine.uploaded_at, and_(other.uploaded_at == mine.uploaded_at, other.id < mine.id)
    )
    return db.session.scalar(query.where(mine.id == version_id, other.state == State.UPLOADED, is_before)) or 0


def unused() -> Sequence[Leaflet]:
    """Leaflets whose only action was a draft that has been deleted, and that are not withdrawn yet."""
    is_there = Leaflet.versions.any(LeafletVersion.state != State.WITHDRAWN)
    return db.session.scalars(select(Leaflet).where(~Leaflet.events.any(), is_there).order_by(Leaflet.id)).all()


def waiting(event_ids: Sequence[str]) -> dict[str, int]:
    """How many leaflets wait for an organizer's look, by event id, in one query; events without any are left out."""
    query = (
        select(EventLeaflet.event_id, func.count())
        .join(LeafletVersion, LeafletVersion.leaflet_id == EventLeaflet.leaflet_id)
        .where(EventLeaflet.event_id.in_(event_ids), LeafletVersion.state.in_((State.READY, State.REFUSED)))
        .group_by(EventLeaflet.event_id)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}
