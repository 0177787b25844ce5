from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import time_machine

from organizer import clock

JUST_BEFORE_MIDNIGHT_IN_OAKLAND = datetime(2023, 1, 21, 23, 59, tzinfo=ZoneInfo("America/Los_Angeles"))


@time_machine.travel(JUST_BEFORE_MIDNIGHT_IN_OAKLAND, tick=False)
def test_now_is_aware_and_in_utc() -> None:
    assert clock.now() == JUST_BEFORE_MIDNIGHT_IN_OAKLAND
    assert clock.now().tzinfo is UTC


@time_machine.travel(JUST_BEFORE_MIDNIGHT_IN_OAKLAND, tick=False)
def test_today_is_the_day_in_utc() -> None:
    assert clock.today() == date(2023, 1, 22)
