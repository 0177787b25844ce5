"""The same leaflet in other languages: which there are, and which are the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from flask import url_for
from sqlalchemy import ColumnElement, Select, select

from organizer import languages
from organizer.db import db, new_id
from organizer.errors import RuleError
from organizer.events.gate import is_listed
from organizer.events.rules import EventState
from organizer.leaflets import queries
from organizer.leaflets.models import Leaflet, LeafletVersion
from organizer.leaflets.rules import State
from organizer.policy import Role, Viewer

MOST_OFFERED = 100


@dataclass(frozen=True)
class Translation:
    """The way to the same in another language; `label` is that language's own name."""

    url: str
    language: str
    label: str


def seen(viewer: Viewer, leaflet: Leaflet) -> tuple[Translation, ...]:
    """What is published of the same in other languages, as far as she may be told of it; two queries at most.

    What is handed out by link alone is told of to its group, and to who came by a link to one of the same events.
    """
    is_published = Leaflet.id.in_(_in_state(LeafletVersion.state == State.PUBLISHED))
    query = _same(leaflet).where(is_published).order_by(Leaflet.language, Leaflet.id)
    found = db.session.scalars(query).all() if leaflet.work_id else []
    states = queries.event_states([leaflet.id, *(other.id for other in found)]) if found else {}
    here = states.get(leaflet.id, [])
    by_link = set() if any(map(is_listed, here)) else {state.id for state in here}

    def is_told(state: EventState) -> bool:
        return is_listed(state) or state.id in by_link or viewer.has_role(state.group_id, Role.MEMBER)

    return tuple(
        Translation(
            url=url_for("leaflets.read", leaflet_id=other.id),
            language=other.language,
            label=languages.own_name(other.language),
        )
        for other in found
        if queries.is_open_to(viewer, [state for state in states.get(other.id, ()) if is_told(state)])
    )


def offered(leaflet: Leaflet) -> list[tuple[str, str]]:
    """The ids and words of what can be said to be the same: those that are first, and then the group's latest.

    What was made from its event is in all its languages already.
    """
    made = _in_state(LeafletVersion.made_as.is_not(None))
    is_same = Leaflet.work_id.is_not(None) & (Leaflet.work_id == (leaflet.work_id or ""))
    query = (
        select(Leaflet.id, Leaflet.title, Leaflet.language)
        .where(Leaflet.group_id == leaflet.group_id, Leaflet.id != leaflet.id)
        .where(Leaflet.id.in_(_in_state(LeafletVersion.state != State.WITHDRAWN)), is_same | Leaflet.id.not_in(made))
        .order_by(is_same.desc(), Leaflet.created_at.desc(), Leaflet.id)
        .limit(MOST_OFFERED)
    )
    return [(each, f"{title} ({languages.own_name(language)})") for each, title, language in db.session.execute(query)]


def same_as(leaflet: Leaflet) -> str:
    """The id of one that is the same, the first that is offered; "" when it is alone."""
    first = db.session.scalar(_same(leaflet).order_by(Leaflet.created_at.desc(), Leaflet.id).limit(1))
    return first.id if first else ""


def affected(leaflet: Leaflet, same_as: str) -> list[str]:
    """The ids of all that a `tie` reads, to be locked before it."""
    found = [leaflet, *db.session.scalars(select(Leaflet).where(Leaflet.id == same_as))]
    return list({same.id for each in found for same in (each, *db.session.scalars(_same(each)))})


def tie(leaflet: Leaflet, other: Leaflet | None) -> None:
    """Let two locked leaflets be the same in two languages, with all that are the same as either; or the one be alone.

    Raises RuleError when two of them would be in one language.
    """
    if other is None:
        leaflet.work_id = None
        return
    all_same = {same.id: same for each in (leaflet, other) for same in (each, *db.session.scalars(_same(each)))}
    work_id = leaflet.work_id or other.work_id or new_id()
    for same in all_same.values():
        same.work_id = work_id
    check_language(leaflet)
    if len({same.language for same in all_same.values()}) < len(all_same):
        raise RuleError("Two of all these would be in one language. Choose another one.", "same_as")


def check_language(leaflet: Leaflet) -> None:
    """Raise RuleError when another one that is the same is in its language."""
    if is_taken(leaflet):
        raise RuleError(
            "That leaflet is there in this language already: %(language)s. Choose another one, or another language.",
            "same_as",
            language=languages.own_name(leaflet.language),
        )


def is_taken(leaflet: Leaflet) -> bool:
    """Whether another one that is the same is in its language."""
    return any(same.language == leaflet.language for same in db.session.scalars(_same(leaflet)))


def tie_batch(sent: Sequence[Leaflet]) -> None:
    """Of what was sent together, that of one title is the same where each is in a language of its own."""
    for _title, found in groupby(sorted(sent, key=_title_of), key=_title_of):
        same = list(found)
        if len(same) > 1 and len({leaflet.language for leaflet in same}) == len(same):
            work_id = new_id()
            for leaflet in same:
                leaflet.work_id = work_id


def _title_of(leaflet: Leaflet) -> str:
    return leaflet.title.casefold()


def _same(leaflet: Leaflet) -> Select[Leaflet]:
    """The others that are the same: none of one that is alone, and none that was withdrawn, as it lets go of it."""
    return select(Leaflet).where(Leaflet.work_id == (leaflet.work_id or ""), Leaflet.id != leaflet.id)


def _in_state(is_so: ColumnElement[bool]) -> Select[str]:
    """The ids of those that have such a version."""
    return select(LeafletVersion.leaflet_id).where(is_so)
