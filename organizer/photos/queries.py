"""Reading photos: what is public, what organizers see, what a person's secret link opens."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import get_locale
from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from organizer import clock, vault
from organizer.accounts import links
from organizer.db import by_id, db
from organizer.errors import Gone
from organizer.events import queries as events
from organizer.events.gate import Clearance, VisibleEvent, is_listed, may_see, visible
from organizer.events.models import Event
from organizer.media import REASONS as MEDIA_REASONS
from organizer.photos import rules
from organizer.photos.cards import PhotoCard, card
from organizer.photos.models import Photo, PhotoPerson
from organizer.photos.rules import State, Use
from organizer.policy import Role, Viewer

# Marks a sentence for extraction; Babel knows the name.
N_ = str

LINK_COOKIE = "photo_person"
ON_EVENT = 40
OF_GROUP = 200
LOST, EXPIRED = "lost", "expired"
REASONS = {
    **MEDIA_REASONS,
    LOST: N_("The file was lost before it could be checked. Please send it again."),
    EXPIRED: N_("It waited for an hour and was deleted. Please send it again."),
}


@dataclass(frozen=True)
class SeenPhoto:
    """A photo before someone who may see it. Without a `card` there is no covered picture yet.

    `uses` are what all have agreed to, `is_public` whether readers see the page.
    """

    photo: Photo
    event: VisibleEvent | None
    card: PhotoCard | None
    uses: frozenset[Use]
    is_organizer: bool
    is_public: bool


@dataclass(frozen=True)
class OpenedPerson:
    """Somebody in a photo, before herself or an organizer."""

    person: PhotoPerson
    photo: Photo
    event: VisibleEvent | None
    card: PhotoCard | None
    agrees: bool
    heard_by: str


# What is public. `rules.is_public` decides, on its own.


def is_public(photo: Photo, use: Use | None = None) -> bool:
    """Whether it may stand there now; None for a page of its own."""
    return rules.is_public(photo, photo.persons, use, clock.today())


def shown(photo_ids: Collection[str], use: Use | None = None) -> dict[str, PhotoCard]:
    """Those of these photos that everyone may see there, by id; a fixed number of queries."""
    found = _public(_published().where(Photo.id.in_(photo_ids)), use) if photo_ids else ()
    return {each.id: each for each in found}


def on_event(event_id: str) -> tuple[PhotoCard, ...]:
    """What stands on an event's page, the newest first; a fixed number of queries. Who may see the page is asked."""
    query = _published().where(Photo.event_id == event_id).limit(ON_EVENT)
    found = [photo for photo in db.session.scalars(query) if is_public(photo, Use.EVENT_PAGE)]
    return tuple(card(photo, _as_public(photo.event)) for photo in found)


def latest(limit: int) -> tuple[PhotoCard, ...]:
    """What stands on the whole site, of listed events, the newest first; a fixed number of queries."""
    query = _published().join(Event, Event.id == Photo.event_id).where(*events.IS_LISTED)
    # What lacks consent is not known before it is asked, and is seldom.
    return _public(query.limit(limit + ON_EVENT), Use.SITE)[:limit]


def of_group(group_id: str) -> list[PhotoCard]:
    """A group's photos that may stand anywhere, the newest first, to choose from."""
    found = db.session.scalars(_published().where(Photo.group_id == group_id).limit(OF_GROUP))
    return list(_cards(photo for photo in found if any(is_public(photo, use) for use in Use)))


def withdrawn(photo_ids: Collection[str]) -> dict[str, date]:
    """On which day those of these photos were withdrawn that were."""
    query = select(Photo.id, Photo.state_on).where(Photo.id.in_(photo_ids), Photo.state == State.WITHDRAWN)
    return {row[0]: row[1] for row in db.session.execute(query)} if photo_ids else {}


def seen(viewer: Viewer, photo_id: str) -> SeenPhoto | None:
    """Policy: a photo for its group's organizers, and while it is public for all who may see its event.

    Raises Gone when it was withdrawn, for those who could have seen it.
    """
    photo = by_id(Photo, photo_id)
    if photo is None:
        return None
    is_organizer = viewer.has_role(photo.group_id, Role.ORGANIZER)
    if not is_organizer and not _was_open_to(viewer, photo):
        return None
    if photo.state == State.WITHDRAWN:
        raise Gone
    public = is_public(photo)
    if not is_organizer and not public:
        return None
    # It may stand on a list that everyone reads, which shall lead to no action that only its link leads to.
    is_told = photo.event and (is_listed(photo.event) or viewer.has_role(photo.group_id, Role.MEMBER))
    event = events.seen_by(viewer, photo.event, str(get_locale())) if photo.event and is_told else None
    uses = rules.agreed_uses(photo, photo.persons, clock.today())
    return SeenPhoto(photo, event, card(photo, event) if photo.files else None, uses, is_organizer, public)


def _was_open_to(viewer: Viewer, photo: Photo) -> bool:
    """Whether the viewer could have seen it once."""
    event = photo.event
    return photo.published_at is not None and event is not None and may_see(event, events.clearance(viewer, event))


def _published() -> Select[Photo]:
    newest_first = (Photo.published_at.desc(), Photo.id)
    return select(Photo).where(Photo.state == State.PUBLISHED).order_by(*newest_first).options(joinedload(Photo.event))


def _public(query: Select[Photo], use: Use | None) -> tuple[PhotoCard, ...]:
    return _cards(photo for photo in db.session.scalars(query) if is_public(photo, use))


def _cards(photos: Iterable[Photo]) -> tuple[PhotoCard, ...]:
    """Those of events that everyone may see."""
    open_ones = [photo for photo in photos if photo.event and may_see(photo.event, Clearance.PUBLIC)]
    return tuple(card(photo, _as_public(photo.event)) for photo in open_ones)


# What organizers see.


def organized(viewer: Viewer, photo_id: str) -> SeenPhoto | None:
    """Policy: a photo, for the organizers of its group. Raises Gone when it was withdrawn."""
    photo = by_id(Photo, photo_id)
    return seen(viewer, photo_id) if photo and viewer.has_role(photo.group_id, Role.ORGANIZER) else None


def organized_person(viewer: Viewer, photo_id: str, person_id: str) -> OpenedPerson | None:
    """Policy: somebody in a photo, for the organizers of its group. Raises Gone when it was withdrawn."""
    held = organized(viewer, photo_id)
    person = by_id(PhotoPerson, person_id)
    return _opened(person) if held and person and person.photo_id == photo_id else None


def of_event(event_id: str) -> dict[State, list[Photo]]:
    """An event's photos by state, the newest first."""
    query = select(Photo).where(Photo.event_id == event_id).order_by(Photo.uploaded_at.desc(), Photo.id)
    by_state: dict[State, list[Photo]] = {state: [] for state in State}
    for photo in db.session.scalars(query.limit(OF_GROUP)):
        by_state[State(photo.state)].append(photo)
    return by_state


def pictured(group_id: str, photo_ids: Collection[str]) -> dict[str, PhotoCard]:
    """Those of a group's photos that have a picture, by id, public or not; a fixed number of queries."""
    mine = (Photo.group_id == group_id, Photo.id.in_(photo_ids), Photo.state != State.WITHDRAWN)
    found = db.session.scalars(select(Photo).where(*mine)) if photo_ids else ()
    return {photo.id: card(photo, None) for photo in found if photo.files}


def waiting(event_ids: Collection[str]) -> dict[str, int]:
    """How many photos wait for an organizer, by event id, in one query; events without any are left out."""
    query = (
        select(Photo.event_id, func.count())
        .where(Photo.event_id.in_(event_ids), Photo.state.in_((State.READY, State.DRAFT)))
        .group_by(Photo.event_id)
    )
    return {event_id: number for event_id, number in db.session.execute(query) if event_id}


def overdue(now: datetime) -> Sequence[str]:
    """Ids of photos whose uncovered picture has waited long enough."""
    query = select(Photo.id).where(Photo.waits_from_at <= now - rules.WAITS)
    return list(db.session.scalars(query))


def due_to_end(today: date) -> Sequence[str]:
    """Ids of those in photos whose consent's last day is over."""
    return list(db.session.scalars(select(PhotoPerson.id).where(PhotoPerson.expires_on < today)))


def turn(photo_id: str) -> int:
    """How many photos of the same group wait to be rebuilt since before this one does."""
    mine, other = aliased(Photo), aliased(Photo)
    is_before = or_(
        other.uploaded_at < mine.uploaded_at, and_(other.uploaded_at == mine.uploaded_at, other.id < mine.id)
    )
    query = select(func.count()).select_from(mine).join(other, other.group_id == mine.group_id)
    return db.session.scalar(query.where(mine.id == photo_id, other.state == State.UPLOADED, is_before)) or 0


def without_event() -> Sequence[Photo]:
    """Photos whose action was a draft that has been deleted, and that are not withdrawn yet."""
    return list(db.session.scalars(select(Photo).where(Photo.event_id.is_(None), Photo.state != State.WITHDRAWN)))


# What a person's secret link opens.


def link_token(person: PhotoPerson) -> str:
    """What stands behind /photos/mine/: derived, so it is stored nowhere; a new generation makes the old one void."""
    return links.token("photo-link", person.id, person.generation)


def by_token(viewer: Viewer, token: str) -> OpenedPerson | None:  # noqa: ARG001 - the link alone decides
    """Policy: the person that a secret link is for. Raises Gone when the photo was withdrawn."""
    person = links.row(PhotoPerson, token, link_token)
    if person is None:
        return None
    if person.photo.state == State.WITHDRAWN:
        raise Gone
    return _opened(person)


def by_cookie(viewer: Viewer, person_id: str) -> OpenedPerson | None:
    """Policy: the person whose secret link this browser has opened."""
    token = links.sent(LINK_COOKIE, person_id)
    return by_token(viewer, token) if token else None


def heard_by_aad(person_id: str) -> str:
    """What binds a sealed note to its table, row and column."""
    return f"photo_person|{person_id}|heard_by"


def notes_key() -> bytes:
    """Seals what organizers note about people."""
    return vault.derive("photo-notes")


def _opened(person: PhotoPerson) -> OpenedPerson:
    photo = person.photo
    event = _as_public(photo.event)
    heard_by = vault.open_sealed(notes_key(), person.heard_by, heard_by_aad(person.id)) if person.heard_by else ""
    shown_card = card(photo, event) if photo.picture_hash and photo.files else None
    return OpenedPerson(person, photo, event, shown_card, rules.agrees(person, photo, clock.today()), heard_by)


def _as_public(event: Event | None) -> VisibleEvent | None:
    return visible(event, Clearance.PUBLIC, clock.now()).in_language(str(get_locale())) if event else None
