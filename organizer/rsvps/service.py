"""Answering, changing, withdrawing; setting aside; the purge. Each function is one commit."""

from __future__ import annotations

from sqlalchemy import ColumnElement, delete, func, select, update

from organizer import audit, clock, config, limits, outbox, vault
from organizer.copies import models as copies
from organizer.db import db, new_id, writing
from organizer.errors import RuleError
from organizer.events.gate import VisibleEvent
from organizer.events.rules import EventState
from organizer.outbox import Fact
from organizer.rsvps import models, queries, rules
from organizer.rsvps.models import Capacity, Counter, Rsvp
from organizer.rsvps.queries import Asks
from organizer.rsvps.rules import CapacityDetails, Coming, Level, RsvpDetails


def answer(event: VisibleEvent | EventState, details: RsvpDetails) -> str:
    """Record one party's answer; returns what stands in its secret link.

    Raises RuleError when the event takes no answers, when `details.party_size` (people) is no party or does not
    fit, and TooMany in a flood. Writes the fact `rsvp.answered`.
    """
    most = config.current().answers_per_minute
    limits.take("answers", event.id, f"{most}/minute")
    _check_open(event, queries.asks(event.id))
    key = vault.event_key(event.id, create=True)
    with writing():
        row = models.locked_counter(event.id)
        _check_open(event, row)
        _count(row, details, +1)
        row.last_number += 1
        rsvp_id = new_id()
        facts = _facts(row, "rsvp.answered")
        models.add_answer(row, rsvp_id, details, _sealed(rsvp_id, row, details, key), clock.today())
        outbox.commit(*facts)
    return queries.link_token_with(key, rsvp_id)


def change(rsvp: Rsvp, details: RsvpDetails) -> Rsvp:
    """Replace an answer. Raises RuleError when more people do not fit."""
    event_id = rsvp.event_id
    key = vault.event_key(event_id)
    row = queries.capacity(event_id)
    with writing(lock=row):
        is_more = rules.places_taken(details.coming, details.party_size) > rules.places_taken(
            rsvp.coming, rsvp.party_size
        )
        if not row.is_open and (is_more or details.party_size > rsvp.party_size):
            raise RuleError("Answers are closed. Fewer can come, or you can withdraw.", field="party_size")
        if rsvp.set_aside is None:
            _count(row, _details(rsvp), -1)
            _count(row, details, +1)
        else:
            rules.check_party(details.party_size, row.party_max)
        _write(rsvp, row, details, key)
        _commit(row, "rsvp.changed")
    return rsvp


def withdraw(rsvp: Rsvp) -> bool:
    """Delete an answer and give its places back."""
    row = queries.capacity(rsvp.event_id)
    with writing(lock=row):
        if rsvp.set_aside is None:
            _count(row, _details(rsvp), -1)
        db.session.delete(rsvp)
        _commit(row, "rsvp.withdrawn")
    return True


def ask(event_id: str, details: CapacityDetails, actor_id: str) -> Capacity:
    """Set how an event asks. Raises RuleError for fewer places than are taken."""
    row = queries.capacity(event_id)
    with writing(lock=row):
        if details.places is not None and details.places < row.going:
            raise RuleError(
                "%(going)d people are coming already. Give at least as many places.", field="places", going=row.going
            )
        for name, value in vars(details).items():
            setattr(row, name, value)
        row.shown = _public_view(row)
        audit.write(actor_id, "event.asking_changed", event_id)
        outbox.commit(Fact("event.asking_changed", event_id))
    return row


def set_aside(event_id: str, first: int, last: int, actor_id: str) -> int:
    """Set the answers from number `first` to `last` aside, so that they hold no place; returns how many."""
    row = queries.capacity(event_id)
    with writing(lock=row):
        newest = db.session.scalar(select(func.max(Rsvp.set_aside)).where(Rsvp.event_id == event_id))
        chosen = (Rsvp.event_id == event_id, Rsvp.number.between(first, last), Rsvp.set_aside.is_(None))
        count, going, maybe = _sums(*chosen)
        db.session.execute(update(Rsvp).where(*chosen).values(set_aside=(newest or 0) + 1))
        row.going -= going
        row.maybe -= maybe
        audit.write(actor_id, "rsvps.set_aside", event_id)
        _commit(row, "rsvps.set_aside")
    return count


def take_back(event_id: str, batch: int, actor_id: str) -> int:
    """Undo `set_aside` for a batch; returns how many. Raises RuleError when they no longer fit."""
    row = queries.capacity(event_id)
    with writing(lock=row):
        chosen = (Rsvp.event_id == event_id, Rsvp.set_aside == batch)
        count, going, maybe = _sums(*chosen)
        if row.places is not None and row.going + going > row.places:
            raise RuleError("There are no longer enough places for them. Give the event more places first.")
        db.session.execute(update(Rsvp).where(*chosen).values(set_aside=None))
        row.going += going
        row.maybe += maybe
        audit.write(actor_id, "rsvps.taken_back", event_id)
        _commit(row, "rsvps.taken_back")
    return count


def purge(event_id: str) -> bool:
    """Destroy what is personal: the event's key first, then its answers and who brings leaflets. Safe to run again.

    False when the event was moved meanwhile and they may still be kept.
    """
    row = queries.capacity(event_id)
    with writing(lock=row):
        if row.purge_at > clock.now():
            return False
        vault.destroy_event_key(event_id)
        db.session.execute(delete(Rsvp).where(Rsvp.event_id == event_id))
        copies.forget_names(event_id)
        row.total_rounded = max(row.total_rounded or 0, rules.rounded(row.going))
        row.purged_at = row.purged_at or clock.now()
        row.going = row.maybe = 0
        outbox.commit(Fact("rsvps.purged", event_id))
    return True


def _sums(*chosen: ColumnElement[bool]) -> tuple[int, int, int]:
    """How many answers, people going and people who may come."""
    people = func.coalesce(func.sum(Rsvp.party_size), 0)
    of = dict.fromkeys(Coming, (0, 0))
    query = select(Rsvp.coming, func.count(), people).where(*chosen).group_by(Rsvp.coming)
    for coming, count, size in db.session.execute(query):
        of[Coming(coming)] = (count, size)
    return of[Coming.GOING][0] + of[Coming.MAYBE][0], of[Coming.GOING][1], of[Coming.MAYBE][1]


def _check_open(event: VisibleEvent | EventState, row: Asks | Counter) -> None:
    if not queries.can_answer(event, row):
        raise RuleError("This event takes no answers now. You can just come.")


def _details(rsvp: Rsvp) -> RsvpDetails:
    return RsvpDetails(rsvp.coming, rsvp.party_size)


def _count(row: Capacity | Counter, details: RsvpDetails, sign: int) -> None:
    """Add a party to the counter, or take it away. Raises RuleError when it does not fit."""
    taken = rules.places_taken(details.coming, details.party_size)
    if sign > 0:
        rules.check_party(details.party_size, row.party_max)
        if row.places is not None and row.going + taken > row.places:
            raise RuleError("There are not enough places left for that many people.", field="party_size")
    row.going += sign * taken
    row.maybe += sign * (details.party_size - taken)


def _write(rsvp: Rsvp, row: Capacity, details: RsvpDetails, key: bytes) -> None:
    rsvp.coming, rsvp.party_size = details.coming, details.party_size
    rsvp.nickname = _sealed(rsvp.id, row, details, key)


def _sealed(rsvp_id: str, row: Capacity | Counter, details: RsvpDetails, key: bytes) -> bytes | None:
    """The nickname, only where the event asks for one."""
    if not details.nickname or row.level != Level.NICKNAME:
        return None
    return vault.seal(key, details.nickname, queries.nickname_aad(rsvp_id))


def _commit(row: Capacity, fact: str) -> None:
    outbox.commit(*_facts(row, fact))


def _facts(row: Capacity | Counter, fact: str) -> list[Fact]:
    """What to state with a change of the counts; that places became few or full is a fact, for only that is public."""
    facts = [Fact(fact, row.event_id)]
    if _public_view(row) != row.shown:
        row.shown = _public_view(row)
        facts.append(Fact("event.availability_changed", row.event_id))
    return facts


def _public_view(row: Capacity | Counter) -> str:
    return rules.public_view(row.places, row.going, has_public_count=row.has_public_count)
