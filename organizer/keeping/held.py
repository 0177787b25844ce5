"""What is held now and for how long, in numbers that tell a reader enough and a watcher nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from organizer.accounts.models import Account
from organizer.accounts.rules import SESSION_LASTS
from organizer.db import Model, db
from organizer.events.models import Event
from organizer.events.queries import IS_LISTED
from organizer.events.rules import KEPT_AFTER_END, KEPT_WHEN_POSTPONED
from organizer.rsvps.models import Capacity, Rsvp
from organizer.rsvps.rules import public_count
from organizer.statements.models import Statement
from organizer.statements.rules import KEPT_WHEN_REJECTED, State


@dataclass(frozen=True)
class Held:
    """The first three are steps (10 says "10 or more", 0 says "fewer than 10"), as public counts are.

    `next_on` is the day on which the next answers go; `emptied` counts events whose answers have gone, the last of
    them on `emptied_on`.
    """

    answers: int
    unpublished: int
    accounts: int
    next_on: date | None
    emptied: int
    emptied_on: date | None


# For how many days something is kept: answers after an event's end or cancellation, answers to a postponed one after
# its old date, statements that nobody publishes, and what tells a signed-in browser.
DAYS = {
    "answers": KEPT_AFTER_END.days,
    "postponed": KEPT_WHEN_POSTPONED.days,
    "rejected": KEPT_WHEN_REJECTED.days,
    "sessions": SESSION_LASTS.days,
}


def now() -> Held:
    """What the database holds about people at this moment."""
    with_answers = select(Rsvp.event_id)
    # The date of an action that is not listed would tell of it.
    is_listed = Capacity.event_id.in_(select(Event.id).where(*IS_LISTED))
    next_at = db.session.scalar(
        select(func.min(Capacity.purge_at)).where(Capacity.event_id.in_(with_answers), is_listed)
    )
    emptied, last_at = db.session.execute(
        select(func.count(), func.max(Capacity.purged_at)).where(Capacity.total_rounded > 0)
    ).one()
    return Held(
        answers=_step(Rsvp),
        unpublished=public_count(_count_unpublished()),
        accounts=_step(Account),
        next_on=next_at.date() if next_at else None,
        emptied=emptied,
        emptied_on=last_at.date() if last_at else None,
    )


def _step(model: type[Model]) -> int:
    return public_count(db.session.scalar(select(func.count()).select_from(model)) or 0)


def _count_unpublished() -> int:
    waiting = Statement.state.in_((State.SUBMITTED, State.SCHEDULED, State.HELD, State.REJECTED))
    return db.session.scalar(select(func.count()).select_from(Statement).where(waiting)) or 0
