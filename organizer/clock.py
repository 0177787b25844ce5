"""The only clock. Nothing else asks the system for the time, so that tests can freeze it here."""

from datetime import UTC, date, datetime


def now() -> datetime:
    """Return this instant, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """Return the day in UTC; an event's own day is asked of its zone instead."""
    return now().date()
