"""The action of which people speak."""

from __future__ import annotations

import pytest

from organizer.events.models import Event
from tests import factories
from tests.factories import Person


@pytest.fixture
def event(organizer: Person) -> Event:
    """One that is over."""
    return factories.event(organizer.group, starts_on=factories.past_day())
