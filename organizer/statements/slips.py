"""Printed consent slips: the short number and the secret link that whoever speaks on the street takes home.

A slip is printed before anything is written down. Its number ties it to a statement, and from then on its link opens
that statement's own page. Numbers are short, so they open nothing: only the link does.
"""

from __future__ import annotations

import secrets
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ForeignKey, String, delete, func, select
from sqlalchemy.orm import Mapped, mapped_column

from organizer import audit, clock, outbox
from organizer.accounts import links
from organizer.db import Id, Model, NewId, db, new_id, writing
from organizer.errors import Gone, RuleError, Unavailable
from organizer.events import queries as events
from organizer.events.models import Event
from organizer.outbox import Fact
from organizer.policy import Viewer
from organizer.statements.models import Statement
from organizer.statements.rules import State

ON_A_SHEET = 8
MOST_OF_EVENT = 400
KEPT_UNUSED = timedelta(days=60)
DIGITS = 6
CHECKED_BY = 11
"""A prime above nine: with a weight of its own for each place, no wrong digit and no two exchanged ones go unseen."""
_TRIES = 20


class ConsentSlip(Model):
    """One printed slip. `generation` is part of its secret link; unused ones go after `KEPT_UNUSED`."""

    __tablename__ = "consent_slip"

    id: Mapped[NewId]
    event_id: Mapped[Id] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    sheet_id: Mapped[Id] = mapped_column(index=True)
    number: Mapped[str] = mapped_column(String(DIGITS), unique=True)
    # A used slip goes with its statement: free again, it would let its holder into somebody else's.
    statement_id: Mapped[Id | None] = mapped_column(ForeignKey("statement.id", ondelete="CASCADE"), index=True)
    generation: Mapped[int] = mapped_column(default=0)
    made_on: Mapped[date]

    @property
    def shown_number(self) -> str:
        """As people read it aloud: "483 920"."""
        return f"{self.number[:3]} {self.number[3:]}"


@dataclass(frozen=True)
class Sheet:
    """Slips that were printed together, and how many of them are used."""

    id: str
    made_on: date
    slips: int
    used: int


# Numbers.


def new_number() -> str:
    """Five random digits and the one that checks them; about every eleventh choice has none and is made again."""
    while True:
        start = "".join(secrets.choice("0123456789") for _place in range(DIGITS - 1))
        for last in "0123456789":
            if is_number(start + last):
                return start + last


def is_number(digits: str) -> bool:
    """Whether the last digit agrees with the others."""
    return sum(weight * int(digit) for weight, digit in enumerate(digits, start=1)) % CHECKED_BY == 0


def read_number(text: str) -> str:
    """The digits as they are stored, from how people write them: with spaces or hyphens, in the digits of any script.

    Raises RuleError for what cannot be a slip's number.
    """
    written = "".join(char for char in text if not char.isspace() and unicodedata.category(char) not in ("Pd", "Cf"))
    if len(written) != DIGITS or not all(char.isdecimal() for char in written):
        raise RuleError("A slip’s number has six digits.", field="slip")
    digits = "".join(str(unicodedata.decimal(char)) for char in written)
    if not is_number(digits):
        raise RuleError("This number has a digit wrong: compare it with the slip.", field="slip")
    return digits


# What is there.


def link_token(slip: ConsentSlip) -> str:
    """What stands behind /s/slip/: derived, so it is stored nowhere; a new generation makes the printed one void."""
    return links.token("slip-link", slip.id, slip.generation)


def by_token(viewer: Viewer, token: str) -> ConsentSlip | None:  # noqa: ARG001 - the link alone decides
    """Policy: the slip that a printed link belongs to. Raises Gone when its statement was withdrawn."""
    slip = links.row(ConsentSlip, token, link_token)
    if slip is None:
        return None
    statement = statement_of(slip)
    if statement is not None and statement.state == State.WITHDRAWN:
        raise Gone
    return slip


def statement_of(slip: ConsentSlip) -> Statement | None:
    """What was written down under it; None for an unused one."""
    return db.session.get_one(Statement, slip.statement_id) if slip.statement_id else None


def organized_sheet(viewer: Viewer, event_id: str, sheet_id: str) -> tuple[Event, Sequence[ConsentSlip]] | None:
    """Policy: an event and one sheet of its slips, for the organizers of its group."""
    event = events.organized(viewer, event_id)
    mine = (ConsentSlip.event_id == event_id, ConsentSlip.sheet_id == sheet_id)
    slips = db.session.scalars(select(ConsentSlip).where(*mine).order_by(ConsentSlip.id)).all() if event else ()
    return (event, slips) if event and slips else None


def sheets(event_id: str) -> tuple[Sheet, ...]:
    """An event's sheets, the latest first, in one query."""
    made_on, used = func.min(ConsentSlip.made_on), func.count(ConsentSlip.statement_id)
    query = (
        select(ConsentSlip.sheet_id, made_on, func.count(), used)
        .where(ConsentSlip.event_id == event_id)
        .group_by(ConsentSlip.sheet_id)
        .order_by(made_on.desc(), ConsentSlip.sheet_id)
    )
    return tuple(Sheet(*row) for row in db.session.execute(query))


def unused(event_id: str) -> dict[str, list[ConsentSlip]]:
    """An event's slips that wait for a statement by sheet, the latest sheet first, in one query."""
    query = select(ConsentSlip).where(ConsentSlip.event_id == event_id, ConsentSlip.statement_id.is_(None))
    found: dict[str, list[ConsentSlip]] = defaultdict(list)
    for slip in db.session.scalars(query.order_by(ConsentSlip.made_on.desc(), ConsentSlip.sheet_id, ConsentSlip.id)):
        found[slip.sheet_id].append(slip)
    return found


# What is done with them.


def make_sheet(event: Event, actor_id: str) -> str:
    """Make a sheet of slips and return its id. Raises RuleError when the event has as many as it may."""
    with writing(lock=event):
        of_event = select(func.count()).select_from(ConsentSlip).where(ConsentSlip.event_id == event.id)
        if (db.session.scalar(of_event) or 0) + ON_A_SHEET > MOST_OF_EVENT:
            raise RuleError("This action has %(most)d slips. Print and use those first.", most=MOST_OF_EVENT)
        sheet_id, today = new_id(), clock.today()
        for number in _unused_numbers():
            db.session.add(ConsentSlip(id=new_id(), event_id=event.id, sheet_id=sheet_id, number=number, made_on=today))
        audit.write(actor_id, "slips.made", sheet_id)
        outbox.commit(Fact("slips.made", sheet_id))
    return sheet_id


def bind(statement: Statement, event: Event, number: str) -> None:
    """Tie a slip of the event's group to the statement, as a part of another's commit.

    Raises RuleError for a number that was mistyped, is of no slip, or of one that is used.
    """
    of_group = select(Event.id).where(Event.group_id == event.group_id)
    query = select(ConsentSlip).where(ConsentSlip.number == read_number(number), ConsentSlip.event_id.in_(of_group))
    db.session.flush()  # the statement may be as new
    slip = db.session.scalars(query.with_for_update()).one_or_none()
    if slip is None:
        raise RuleError("We have no slip with this number. Unused ones go after two months.", field="slip")
    if slip.statement_id is not None:
        raise RuleError("This slip is used already: each belongs to one statement.", field="slip")
    slip.statement_id = statement.id


def forget(statement_id: str) -> None:
    """Make the printed links to a statement void, as a part of another's commit. Their numbers stay used."""
    for slip in db.session.scalars(select(ConsentSlip).where(ConsentSlip.statement_id == statement_id)):
        slip.generation += 1


@outbox.each_minute
def delete_unused() -> int:
    """Leave nothing of what was printed and not used for `KEPT_UNUSED`; returns how many slips."""
    is_due = (ConsentSlip.statement_id.is_(None), ConsentSlip.made_on <= clock.today() - KEPT_UNUSED)
    due = db.session.scalars(select(ConsentSlip.id).where(*is_due)).all()
    if due:
        with writing():
            db.session.execute(delete(ConsentSlip).where(*is_due))
            outbox.commit()
    return len(due)


def _unused_numbers() -> list[str]:
    """Numbers for a sheet that no stored slip of the site has."""
    found: set[str] = set()
    for _try in range(_TRIES):
        drawn = {new_number() for _slip in range(ON_A_SHEET - len(found))}
        found |= drawn - set(db.session.scalars(select(ConsentSlip.number).where(ConsentSlip.number.in_(drawn))))
        if len(found) == ON_A_SHEET:
            return sorted(found)
    raise Unavailable("Nearly all numbers are in use.")
