"""What people type into the forms of copies."""

from __future__ import annotations

import pytest

from organizer.copies.rules import CopiesDetails
from organizer.leaflets.models import EventLeaflet
from tests.copies import counting
from tests.factories import Person, post


@pytest.mark.parametrize("typed", ["many", "-1", "1000001", "1.5", "9" * 5000, "½"])
def test_what_is_no_number_is_refused_kindly_and_nothing_typed_is_lost(
    organizer: Person, row: EventLeaflet, typed: str
) -> None:
    page = counting.save(organizer, row, needed="500", printed=typed, brought_by="Wren")
    assert "Give the copies printed as a number up to a million." in page
    assert f'value="{typed}"' in page
    assert 'value="500"' in page
    assert 'value="Wren"' in page
    assert counting.known(row) == CopiesDetails()


@pytest.mark.parametrize("typed", ["1000", "1,000", "1.000", "1 000", "1\u202f000", "1'000", "۱۰۰۰", " 1000 "])
def test_a_number_is_taken_as_people_write_it(organizer: Person, row: EventLeaflet, typed: str) -> None:
    counting.save(organizer, row, printed=typed)
    assert counting.known(row).printed == 1000


def test_a_form_whose_token_is_old_keeps_what_was_typed(organizer: Person, row: EventLeaflet) -> None:
    answer = organizer.client.post(counting.path(row), data={"printed": "300", "csrf_token": "old"})
    assert 'value="300"' in answer.text
    assert counting.known(row) == CopiesDetails()


@pytest.mark.parametrize("typed", ["", "some", "-3"])
def test_what_is_left_is_a_number(organizer: Person, row: EventLeaflet, typed: str) -> None:
    answer = post(organizer.client, counting.path(row, "left"), {"left_over": typed})
    assert answer.status_code == 422
    assert f'value="{typed}"' in answer.text


@pytest.mark.parametrize("shown", ["-1", "x", "9" * 5000, "\x00"])
def test_a_page_that_is_not_ours_sets_nothing(organizer: Person, row: EventLeaflet, shown: str) -> None:
    assert post(organizer.client, counting.path(row, "left"), {"left_over": "5", "shown": shown}).status_code == 422
