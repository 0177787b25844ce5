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
    """What is published of the same in other languages, as far as she may see it; two queries, none for one alone."""
    if leaflet.work_id is None:
        return ()
    is_published = Leaflet.id.in_(_in_state(LeafletVersion.state == State.PUBLISHED))
    found = db.session.scalars(_same(leaflet).where(is_published).order_by(Leaflet.language, Leaflet.id)).all()
    states = queries.event_states([other.id for other in found])
    is_organizer = viewer.has_role(leaflet.group_id, Role.ORGANIZER)
    return tuple(
        Translation(
            url=url_for("leaflets.read", leaflet_id=other.id),
            language=other.language,
            label=languages.own_name(other.language),
        )
        for other in found
        if is_organizer or queries.is_open_to(viewer, states.get(other.id, ()))
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
        .where(Leaflet.id.in_(_in_state(LeafletVersion.state != State.WITHDRAWN)), Leaflet.id.not_in(made))
        .order_by(is_same.desc(), Leaflet.created_at.desc(), Leaflet.id)
        .limit(MOST_OFFERED)
    )
    return [(each, f"{title} ({languages.own_name(language)})") for each, title, language in db.session.execute(query)]


def same_as(leaflet: Leaflet) -> str:
    """The id of one that is the same, the first that is offered; "" when it is alone."""
    first = db.session.scalar(_same(leaflet).order_by(Leaflet.created_at.desc(), Leaflet.id).limit(1))
    return first.id if first else ""


def tie(leaflet: Leaflet, other: Leaflet | None) -> None:
    """Let two locked leaflets be the same in two languages, or the one be alone.

    Raises RuleError when the other is there in this language.
    """
    if other is None:
        leaflet.work_id = None
        return
    there = db.session.scalars(_same(other).where(Leaflet.id != leaflet.id))
    if leaflet.language in {each.language for each in (other, *there)}:
        raise RuleError(
            "That leaflet is there in this language already: %(language)s. Choose another one, or another language.",
            "same_as",
            language=languages.own_name(leaflet.language),
        )
    leaflet.work_id = other.work_id = other.work_id or new_id()


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
