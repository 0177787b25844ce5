"""Reading requests to remove something: only the organizers of the group that was asked do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from organizer import vault
from organizer.db import by_id, db
from organizer.groups import queries as groups
from organizer.groups.models import Group
from organizer.policy import Viewer
from organizer.removals import rules
from organizer.removals.models import RemovalRequest
from organizer.removals.rules import Kind, State

MOST_SHOWN = 300
MOST_OF_SUBJECT = 100


@dataclass(frozen=True)
class Asked:
    """What organizers see of all open requests about one thing; `notes` are those in which something was written.

    `ids` are the requests that are shown, the oldest first, and `count` is how many there are.
    """

    kind: Kind
    subject_id: str
    asked_on: date
    count: int
    ids: tuple[str, ...]
    notes: tuple[str, ...]


def is_asked(subject_id: str) -> bool:
    """Whether anybody asks to remove it and that is not settled."""
    about_it = (RemovalRequest.subject_id == subject_id, RemovalRequest.state == State.OPEN)
    return db.session.scalar(select(RemovalRequest.id).where(*about_it).limit(1)) is not None


def waiting(group_id: str) -> list[Asked]:
    """What the group is asked and has not settled, by what it is about, the oldest first, in two queries.

    However many ask about one thing, it stands here once, so that no flood hides what others ask.
    """
    mine = (RemovalRequest.group_id == group_id, RemovalRequest.state == State.OPEN)
    about = RemovalRequest.subject_id
    since = func.min(RemovalRequest.asked_on)
    counted = select(about, func.count()).where(*mine).group_by(about).order_by(since, about).limit(MOST_SHOWN)
    counts: dict[str, int] = {row[0]: row[1] for row in db.session.execute(counted)}
    order = (RemovalRequest.asked_on, RemovalRequest.id)
    place = func.row_number().over(partition_by=about, order_by=order).label("place")
    numbered = select(RemovalRequest.id, place).where(*mine, about.in_(counts)).subquery()
    query = select(RemovalRequest).join(numbered, numbered.c.id == RemovalRequest.id)
    query = query.where(numbered.c.place <= MOST_OF_SUBJECT).order_by(*order)
    found: dict[str, list[RemovalRequest]] = {subject_id: [] for subject_id in counts}
    for request in db.session.scalars(query) if counts else ():
        found[request.subject_id].append(request)
    return [_asked(requests, counts[subject_id]) for subject_id, requests in found.items() if requests]


def about(subject_id: str) -> tuple[Group, Asked] | None:
    """What is asked about one thing and not settled, with the group that is asked; whose page it is, knows who reads.

    None when nobody asks.
    """
    about_it = (RemovalRequest.subject_id == subject_id, RemovalRequest.state == State.OPEN)
    query = select(RemovalRequest).where(*about_it).order_by(RemovalRequest.asked_on, RemovalRequest.id)
    found = db.session.scalars(query.limit(MOST_OF_SUBJECT)).all()
    if not found:
        return None
    count = db.session.scalar(select(func.count()).select_from(RemovalRequest).where(*about_it)) or 0
    return db.session.get_one(Group, found[0].group_id), _asked(found, count)


def _asked(requests: Sequence[RemovalRequest], count: int) -> Asked:
    first = requests[0]
    notes = tuple(note for note in map(_note, requests) if note)
    return Asked(first.kind, first.subject_id, first.asked_on, count, tuple(each.id for each in requests), notes)


def count_waiting(group_id: str) -> int:
    """How many requests the group has not settled."""
    mine = (RemovalRequest.group_id == group_id, RemovalRequest.state == State.OPEN)
    return db.session.scalar(select(func.count()).select_from(RemovalRequest).where(*mine)) or 0


def of_group(viewer: Viewer, slug: str, request_id: str) -> tuple[Group, RemovalRequest] | None:
    """Policy: the group and a request to it, settled or not, for its organizers."""
    group = groups.organized(viewer, slug)
    found = by_id(RemovalRequest, request_id)
    return (group, found) if group and found and found.group_id == group.id else None


def settled_before(today: date) -> Sequence[str]:
    """Ids of requests that were settled so long ago that nothing of them is needed."""
    last_day = today - rules.KEPT_WHEN_SETTLED
    query = select(RemovalRequest.id).where(RemovalRequest.settled_on <= last_day)
    return db.session.scalars(query).all()


def note_key() -> bytes:
    """Seals what people write when they ask."""
    return vault.derive("removal-notes")


def note_aad(request_id: str) -> str:
    """What binds a sealed note to its table, row and column."""
    return f"removal_request|{request_id}|note"


def _note(request: RemovalRequest) -> str:
    return vault.open_sealed(note_key(), request.note, note_aad(request.id)) if request.note else ""
