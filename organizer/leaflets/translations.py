"""The same leaflet in other languages: which there are, and which are the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import ColumnElement, Select, select

from organizer import languages
from organizer.db import by_id, db, new_id
from organizer.errors import RuleError
from organizer.events.gate import is_listed
from organizer.events.rules import EventState
from organizer.leaflets import queries
from organizer.leaflets.models import Leaflet, LeafletVersion
from organizer.leaflets.rules import State
from organizer.policy import Role, Viewer

MOST_OFFERED = 100


@dataclass(frozen=True)
class Offered:
    """One that can be said to be the same, in words for a choice; `is_same` when it is said to be."""

    id: str
    words: str
    is_same: bool


def seen(viewer: Viewer, leaflet: Leaflet) -> Sequence[Leaflet]:
    """What is published of the same in other languages, as far as she may be told of it; two queries at most.

    What is handed out by link alone is told of to its group, and to who came by a link to one of the same events.
    """
    is_published = Leaflet.id.in_(_with_version(LeafletVersion.state == State.PUBLISHED))
    query = _same(leaflet).where(is_published).order_by(Leaflet.language, Leaflet.id)
    found = db.session.scalars(query).all() if leaflet.work_id else []
    states = queries.event_states([leaflet.id, *(other.id for other in found)]) if found else {}
    here = states.get(leaflet.id, [])
    by_link = set() if any(map(is_listed, here)) else {state.id for state in here}

    def is_told(state: EventState) -> bool:
        return is_listed(state) or state.id in by_link or viewer.has_role(state.group_id, Role.MEMBER)

    return [other for other in found if queries.is_open_to(viewer, list(filter(is_told, states.get(other.id, ()))))]


def offered(leaflet: Leaflet) -> list[Offered]:
    """What can be said to be the same: what is said to be comes first, and then the group's latest.

    What was made from its event is in all its languages already, and neither offers nor is offered anything new.
    """
    made = _with_version(LeafletVersion.made_as.is_not(None))
    is_same = Leaflet.work_id.is_not(None) & (Leaflet.work_id == (leaflet.work_id or ""))
    query = (
        select(Leaflet.id, Leaflet.title, Leaflet.language, is_same)
        .where(Leaflet.group_id == leaflet.group_id, Leaflet.id != leaflet.id)
        .where(Leaflet.id.in_(_with_version(LeafletVersion.state != State.WITHDRAWN)))
        .where(is_same if leaflet.shown.made_as else is_same | Leaflet.id.not_in(made))
        .order_by(is_same.desc(), Leaflet.created_at.desc(), Leaflet.id)
        .limit(MOST_OFFERED)
    )
    return [
        Offered(other_id, f"{title} ({languages.own_name(language)})", bool(same))
        for other_id, title, language, same in db.session.execute(query)
    ]


def affected(leaflet: Leaflet, same_as: str) -> list[str]:
    """The ids of all that `tie` reads, to be locked before it."""
    other = by_id(Leaflet, same_as)
    return [each.id for each in _all_same(leaflet, other or leaflet)]


def tie(leaflet: Leaflet, same_as: str) -> None:
    """Let it be the same as another one of its group, with all that are the same as either; or alone, with "".

    Raises RuleError when the other one is gone. Who calls it has locked what is `affected`, and calls `check` after it.
    """
    if not same_as:
        leaflet.work_id = None
        return
    other = by_id(Leaflet, same_as)
    is_another = other is not None and other is not leaflet and other.group_id == leaflet.group_id
    if other is None or not is_another or other.shown.state == State.WITHDRAWN:
        raise RuleError("That one is gone by now. Choose another one.", "same_as")
    all_same, work_id = _all_same(leaflet, other), leaflet.work_id or other.work_id or new_id()
    for each in all_same:
        each.work_id = work_id


def check(leaflet: Leaflet) -> None:
    """Raise RuleError when two of all that are the same are in one language."""
    if is_taken(leaflet):
        raise RuleError(
            "That leaflet is there in this language already: %(language)s. Choose another one, or another language.",
            "same_as",
            language=languages.own_name(leaflet.language),
        )
    all_same = _all_same(leaflet, leaflet)
    if not _are_in_different_languages(all_same):
        raise RuleError("Two of all these would be in one language. Choose another one.", "same_as")


def is_taken(leaflet: Leaflet) -> bool:
    """Whether another one that is the same is in its language."""
    return any(same.language == leaflet.language for same in db.session.scalars(_same(leaflet)))


def tie_batch(sent: Sequence[Leaflet]) -> None:
    """Of what was sent together, that of one title is the same where each is in a language of its own."""
    for _title, found in groupby(sorted(sent, key=_title_of), key=_title_of):
        same = list(found)
        if len(same) > 1 and _are_in_different_languages(same):
            work_id = new_id()
            for leaflet in same:
                leaflet.work_id = work_id


def _title_of(leaflet: Leaflet) -> str:
    return leaflet.title.casefold()


def _same(leaflet: Leaflet) -> Select[Leaflet]:
    """The others that are the same: none of one that is alone, and none that was withdrawn, as it lets go of it."""
    return select(Leaflet).where(Leaflet.work_id == (leaflet.work_id or ""), Leaflet.id != leaflet.id)


def _all_same(*leaflets: Leaflet) -> list[Leaflet]:
    """These with all that are the same as any of them."""
    found = {same.id: same for each in leaflets for same in (each, *db.session.scalars(_same(each)))}
    return list(found.values())


def _are_in_different_languages(leaflets: Sequence[Leaflet]) -> bool:
    return len({leaflet.language for leaflet in leaflets}) == len(leaflets)


def _with_version(is_so: ColumnElement[bool]) -> Select[str]:
    """The ids of those that have such a version."""
    return select(LeafletVersion.leaflet_id).where(is_so)
