"""Posters and leaflets made from an event: what is asked for, when it may be, and the version that then waits."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select

from organizer import audit, clock, outbox
from organizer.db import db, new_id, writing
from organizer.errors import Gone, RuleError
from organizer.events.models import Event
from organizer.events.rules import TAKES_PLACE, Editorial, Visibility
from organizer.leaflets.models import Leaflet, LeafletVersion
from organizer.leaflets.rules import Kind, LeafletDetails, State
from organizer.outbox import Fact

# Marks a sentence for extraction; Babel knows the name.
N_ = str

NO_LETTERS, NO_ROOM, NOT_OPEN, NOT_SET = "no_letters", "no_room", "not_open", "not_set"
REASONS = {
    NO_LETTERS: N_(
        "The fonts on this server lack some letters of its words. "
        "Leave that language out, or ask whoever runs the site to install the Noto fonts."
    ),
    NO_ROOM: N_("Its words do not fit on one side. Choose a larger paper, or shorten what the action’s page says."),
    NOT_OPEN: N_("The action is not open to everyone any more, or does not take place as planned."),
    NOT_SET: N_("It could not be set, and that is our fault. Please tell whoever runs the site."),
}


class Shape(StrEnum):
    POSTER = "poster"
    """For a wall, to be read from some steps away."""
    LEAFLET = "leaflet"
    """For the hand, with all that the event is for."""


class Sheet(StrEnum):
    """The paper that a side is made for."""

    A4 = "a4"
    A5 = "a5"
    LETTER = "letter"
    HALF_LETTER = "half_letter"


@dataclass(frozen=True)
class Recipe:
    """What a version is made of and how; `languages` are codes, a side for each."""

    event_id: str
    shape: Shape
    paper: Sheet
    languages: tuple[str, ...]

    @classmethod
    def of(cls, made_as: dict[str, str]) -> Recipe:
        """The recipe that a version keeps."""
        return cls(
            event_id=made_as["event_id"],
            shape=Shape(made_as["shape"]),
            paper=Sheet(made_as["paper"]),
            languages=tuple(made_as["languages"].split()),
        )

    def kept(self) -> dict[str, str]:
        """As a version keeps it."""
        return {
            "event_id": self.event_id,
            "shape": self.shape,
            "paper": self.paper,
            "languages": " ".join(self.languages),
        }


def may_be_made(event: Event) -> bool:
    """Whether paper may tell of it: whoever finds it somewhere can come, and can read more on its page."""
    is_open = event.editorial == Editorial.PUBLISHED and event.visibility != Visibility.PRIVATE
    return is_open and event.occurrence in TAKES_PLACE


def make(event: Event, recipe: Recipe, details: LeafletDetails, actor_id: str) -> Leaflet:
    """Begin a leaflet of the event; a worker sets its pages. Raises RuleError for an event that is not open."""
    with writing(lock=event):
        _check(event)
        leaflet = Leaflet(id=new_id(), group_id=event.group_id, events=[event], created_at=clock.now())
        leaflet.versions = [_version(recipe, 1)]
        leaflet.take(details)
        db.session.add(leaflet)
        _record(actor_id, leaflet, leaflet.versions[0])
    return leaflet


def make_anew(leaflet: Leaflet, actor_id: str) -> Leaflet:
    """Make it again from what the event's page says by now: what is published stays until the new one is.

    Raises RuleError when its event is not open, and for what was not made from one or is being made; Gone when it was
    withdrawn.
    """
    with writing(lock=leaflet):
        query = select(LeafletVersion).where(LeafletVersion.leaflet_id == leaflet.id).order_by(LeafletVersion.id)
        db.session.scalars(query.with_for_update(of=LeafletVersion).execution_options(populate_existing=True)).all()
        recipe = recipe_of(leaflet)
        if leaflet.shown.state == State.WITHDRAWN:
            raise Gone
        if recipe is None:
            raise RuleError("That does not go with what has happened to this leaflet since. Look at it again.")
        _check(db.session.get(Event, recipe.event_id))
        version = leaflet.waiting
        if version is None:
            version = _version(recipe, leaflet.versions[-1].number + 1)
            leaflet.versions.append(version)
        else:
            version.empty()
            version.state, version.reason, version.is_flat = State.UPLOADED, "", False
            version.uploaded_at = clock.now()
        _record(actor_id, leaflet, version)
    return leaflet


def recipe_of(leaflet: Leaflet) -> Recipe | None:
    """What it could be made anew by; None while it is being made, and where a file was uploaded meanwhile."""
    version = leaflet.waiting or leaflet.published
    if version is None or version.state == State.UPLOADED or not version.made_as:
        return None
    return Recipe.of(version.made_as)


def _check(event: Event | None) -> None:
    if event is None or not may_be_made(event):
        raise RuleError("The action is not open to everyone any more, or does not take place as planned.")


def _version(recipe: Recipe, number: int) -> LeafletVersion:
    return LeafletVersion(
        id=new_id(), number=number, kind=Kind.PDF, state=State.UPLOADED, uploaded_at=clock.now(), made_as=recipe.kept()
    )


def _record(actor_id: str, leaflet: Leaflet, version: LeafletVersion) -> None:
    """End the commit; the fact is about the version."""
    audit.write(actor_id, "leaflet.made", leaflet.id)
    outbox.commit(Fact("leaflet.made", version.id))
