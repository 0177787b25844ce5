"""What follows for kept pages: every fact that readers could notice makes them be rendered anew."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from organizer import outbox
from organizer.db import db
from organizer.events.models import Event
from organizer.events.rules import Editorial, Visibility
from organizer.outbox import Fact
from organizer.pages.models import PageVersion

# Nothing on a public page follows from these. A new fact is taken to be public until it is named here.
PRIVATE_FACTS = frozenset(
    {
        "account.added",
        "account.password_changed",
        "account.password_link_made",
        "account.signed_in",
        "account.signed_out",
        "event.deleted",
        "leaflet.rebuilt",
        "leaflet.refused",
        "leaflet.uploaded",
        "membership.added",
        "membership.changed",
        "membership.offer_revoked",
        "membership.offered",
        "membership.removed",
        "rsvp.answered",
        "rsvp.changed",
        "rsvp.withdrawn",
        "rsvps.set_aside",
        "rsvps.taken_back",
        "statement.submitted",
        "statement.link_renewed",
    }
)


# Whether these changed who may see an event, nobody can tell afterwards.
MAY_HIDE = frozenset({"event.edited", "event.moved"})


@outbox.last
def move_version(facts: Sequence[Fact]) -> None:
    """Move the version that kept pages are compared with."""
    if all(fact.name in PRIVATE_FACTS or _is_hidden(fact) for fact in facts):
        return
    row = db.session.scalars(select(PageVersion).with_for_update()).one()
    row.version += 1


def _is_hidden(fact: Fact) -> bool:
    """Whether it happened to an event that readers do not see: a page that changes would tell them of it."""
    if not fact.name.startswith(("event.", "notice.")):
        return False
    event = db.session.get(Event, fact.subject_id)
    if event is None or event.editorial == Editorial.DRAFT:
        return True
    return event.visibility == Visibility.PRIVATE and fact.name not in MAY_HIDE
