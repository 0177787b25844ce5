"""From when on one can speak of an action, and when what was said becomes public."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from organizer.errors import RuleError
from organizer.statements import moments
from organizer.statements.rules import Moment

NOON = datetime(2023, 1, 21, 20, tzinfo=UTC)


def test_an_action_must_have_begun_before_one_can_speak_of_it() -> None:
    moments.check_begun(NOON, NOON)
    with pytest.raises(RuleError):
        moments.check_begun(NOON, NOON - timedelta(seconds=1))


def test_what_is_let_pass_during_the_action_waits_for_its_end() -> None:
    before, after = NOON - timedelta(hours=1), NOON + timedelta(hours=1)
    assert moments.publish_at(Moment.AFTER, NOON, None, before) == NOON
    assert moments.publish_at(Moment.AFTER, NOON, None, NOON) is None
    assert moments.publish_at(Moment.NOW, NOON, None, before) is None
    assert moments.publish_at(Moment.AT, NOON, after, before) == after


@pytest.mark.parametrize("chosen_at", [None, NOON - timedelta(days=1), NOON - timedelta(minutes=1), NOON.replace(2025)])
def test_a_time_that_cannot_be_is_refused(chosen_at: datetime | None) -> None:
    with pytest.raises(RuleError) as refused:
        moments.publish_at(Moment.AT, NOON, chosen_at, NOON - timedelta(hours=1))
    assert refused.value.field == "publish_at_local"


def test_an_action_that_was_put_off_is_waited_for() -> None:
    later = NOON + timedelta(days=7)
    assert not moments.is_due(NOON, later, NOON + timedelta(days=1))
    assert moments.is_due(NOON, later, later)
