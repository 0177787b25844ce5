"""From when on one can speak of an action, and when what was said becomes public. Pure, as rules are."""

from __future__ import annotations

from datetime import datetime, timedelta

from organizer.errors import RuleError
from organizer.statements.rules import Moment

MOST_AHEAD = timedelta(days=366)


def check_begun(starts_at: datetime, now: datetime) -> None:
    """Raise RuleError before the action begins."""
    if now < starts_at:
        raise RuleError("The action has not begun. Come back when it has.")


def publish_at(moment: Moment, ends_at: datetime, chosen_at: datetime | None, now: datetime) -> datetime | None:
    """When it becomes public; None for at once. Not during the action, unless an editor says that it is safe.

    Raises RuleError for a chosen instant that is missing, over, too far away, or during the action.
    """
    if moment == Moment.NOW:
        return None
    if moment == Moment.AFTER:
        return ends_at if now < ends_at else None
    if chosen_at is None:
        raise RuleError("Say when.", field="publish_at_local")
    if not now < chosen_at <= now + MOST_AHEAD:
        raise RuleError("Give a time from now on, within a year.", field="publish_at_local")
    if chosen_at < ends_at:
        raise RuleError(
            "The action is not over then. Give a later time, or publish it now if it can harm nobody.",
            field="publish_at_local",
        )
    return chosen_at


def is_due(due_at: datetime, ends_at: datetime, now: datetime) -> bool:
    """Whether what is scheduled becomes public: an action that was put off since is waited for."""
    return max(due_at, ends_at) <= now
