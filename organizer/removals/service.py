"""Asking a group to remove something, and settling that. Each function is one commit."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import delete, select

from organizer import audit, clock, limits, outbox, vault
from organizer.db import db, new_id, writing
from organizer.outbox import Fact
from organizer.removals import queries
from organizer.removals.models import RemovalRequest
from organizer.removals.rules import Kind, State

MOST_OF_SUBJECT = "10/hour"
MOST_OF_GROUP = "60/hour"


def ask(group_id: str, kind: Kind, subject_id: str, note: str = "") -> RemovalRequest:
    """Tell the group's organizers that somebody wants it removed; nothing is removed by that.

    Several may ask about the same. Raises TooMany in a flood: a bucket for each subject, so that nobody fills the
    group's, and one for the group, which the first to ask about something never waits for.
    """
    limits.take("removals", subject_id, MOST_OF_SUBJECT)
    if queries.is_asked(subject_id):
        limits.take("removals of group", group_id, MOST_OF_GROUP)
    with writing():
        request = RemovalRequest(
            id=new_id(), group_id=group_id, kind=Kind(kind), subject_id=subject_id, asked_on=clock.today()
        )
        if note:
            request.note = vault.seal(queries.note_key(), note, queries.note_aad(request.id))
        db.session.add(request)
        outbox.commit(Fact("removal.asked", request.id))
    return request


def settle(request: RemovalRequest, others: Collection[str], actor_id: str) -> None:
    """Record that an organizer has decided, and delete what was written.

    `others` are ids of further requests that she saw; those about the same are settled with it. What is asked
    meanwhile still waits. Pressed twice, each is settled once.
    """
    with writing(lock=request):
        about_it = (RemovalRequest.subject_id == request.subject_id, RemovalRequest.state == State.OPEN)
        seen = RemovalRequest.id.in_({request.id, *others})
        query = select(RemovalRequest).where(seen, *about_it).order_by(RemovalRequest.id)
        settled = db.session.scalars(query.with_for_update()).all()
        for each in settled:
            each.state, each.settled_on, each.note = State.SETTLED, clock.today(), None
            audit.write(actor_id, "removal.settled", each.id)
        outbox.commit(*(Fact("removal.settled", each.id) for each in settled))


def delete_settled(request_ids: Sequence[str]) -> None:
    """Leave nothing of requests that were settled long ago; open ones are never deleted."""
    with writing():
        settled = (RemovalRequest.id.in_(request_ids), RemovalRequest.state == State.SETTLED)
        db.session.execute(delete(RemovalRequest).where(*settled))
        outbox.commit()
