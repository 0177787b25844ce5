"""A slip of the thumb on the day: what was taken away with one press is put back with one."""

from __future__ import annotations

import re
from html import unescape

import pytest
from time_machine import TimeMachineFixture
from werkzeug.test import TestResponse

from organizer.copies.rules import CopiesDetails
from organizer.events.models import Event
from organizer.leaflets.models import EventLeaflet
from tests.copies import counting
from tests.factories import Person, post

FORM = re.compile(r'<form[^>]*action="([^"]*)"[^>]*>((?:(?!</form>).)*?aria-label="(Undo[^"]*)".*?)</form>', re.DOTALL)
HIDDEN = re.compile(r'<input[^>]*name="([^"]*)"[^>]*value="([^"]*)"')


@pytest.fixture(autouse=True)
def on_the_day(event: Event, time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(event.starts_at)


def take(person: Person, row: EventLeaflet, count: int = 50) -> str:
    """Take so many away; returns the desk's address that follows."""
    answer = post(person.client, counting.path(row, "left"), {"take": str(count)})
    assert answer.status_code == 303
    return answer.location


def desk(person: Person, address: str = "") -> str:
    return person.client.get(address or f"/groups/{person.group.slug}/desk").text


def undo(person: Person, page: str) -> TestResponse:
    """Press the one button that is there, which needs no script."""
    ((action, form, _name),) = FORM.findall(page)
    return person.client.post(action, data={name: unescape(value) for name, value in HIDDEN.findall(form)})


def told(page: str) -> str:
    """What the desk says of the leaflets, without its marks."""
    part = page.partition('id="leaflets-left"')[2].partition("</ul>")[0]
    return " ".join(re.sub("<[^>]+>", " ", part).split())


def test_what_was_taken_is_put_back_with_one_press(organizer: Person, row: EventLeaflet) -> None:
    counting.save(organizer, row, printed="1200", left_over="1100")
    page = desk(organizer, take(organizer, row))
    assert "1,050 left" in told(page)
    assert "It was 1,100 before. Undo" in told(page)
    assert [name for _action, _form, name in FORM.findall(page)] == ["Undo: Letters to prisoners, back to 1,100 left"]
    answer = undo(organizer, page)
    assert (answer.status_code, answer.location) == (303, f"/groups/{organizer.group.slug}/desk#leaflets-left")
    assert counting.known(row) == CopiesDetails(printed=1200, left_over=1100)
    after = desk(organizer, answer.location)
    assert "1,100 left" in told(after)
    assert not FORM.search(after)


def test_where_nobody_had_counted_nobody_has_again(organizer: Person, row: EventLeaflet) -> None:
    counting.save(organizer, row, printed="400")
    page = desk(organizer, take(organizer, row))
    assert "Nobody had counted before. Undo" in told(page)
    assert 'aria-label="Undo: Letters to prisoners, back to not counted"' in page
    undo(organizer, page)
    assert counting.known(row) == CopiesDetails(printed=400)


def test_the_last_ones_come_back_too(organizer: Person, row: EventLeaflet) -> None:
    counting.save(organizer, row, printed="400", left_over="7")
    page = desk(organizer, take(organizer, row))
    assert counting.known(row).left_over == 0
    undo(organizer, page)
    assert counting.known(row).left_over == 7


def test_where_there_were_none_nothing_is_put_back(organizer: Person, row: EventLeaflet) -> None:
    counting.save(organizer, row, printed="400", left_over="0")
    assert not FORM.search(desk(organizer, take(organizer, row)))


def test_it_stands_in_the_row_of_its_leaflet(organizer: Person, event: Event, row: EventLeaflet) -> None:
    counting.save(organizer, row, printed="400")
    other = counting.row(event, "Another")
    counting.save(organizer, other, printed="400")
    ((action, _form, name),) = FORM.findall(desk(organizer, take(organizer, other)))
    assert action == counting.path(other, "left")
    assert "Another" in name


@pytest.mark.parametrize("printed", [{"left_over": "400"}, {}])
def test_who_has_counted_meanwhile_is_not_set_over(
    organizer: Person, row: EventLeaflet, printed: dict[str, str]
) -> None:
    counting.save(organizer, row, printed="400", **printed)
    address = take(organizer, row)
    page = desk(organizer, address)
    take(organizer, row, 10)
    answer = undo(organizer, page)
    assert answer.status_code == 422
    assert "Somebody has counted since you looked. Set it again to put yours in place." in answer.text
    assert "340 left" in answer.text
    assert 'value="400"' in answer.text
    assert counting.known(row).left_over == 340
    assert not FORM.search(desk(organizer, address))


@pytest.mark.parametrize(
    "query",
    [
        "taken={id}",
        "taken={id}&before=400",
        "taken={id}&left=350",
        "taken=&before=400&left=350",
        "taken=nonsense&before=400&left=350",
        "taken={id}&before=-1&left=350",
        "taken={id}&before=many&left=350",
        "taken={id}&before=%00&left=350",
        "taken={id}&before=۴۰۰&left=350",
        "taken={id}&before=99999999999999999999&left=350",
        "taken={id}&before=350&left=350",
        "taken={id}&before=5000&left=350",
        "taken={id}&before=400&left=349",
        "taken={id}&before=400&left=",
        "taken={id}&before=&left=350",
    ],
)
def test_what_no_press_has_written_is_left_aside(organizer: Person, row: EventLeaflet, query: str) -> None:
    counting.save(organizer, row, printed="1000", left_over="350")
    address = f"/groups/{organizer.group.slug}/desk?{query.format(id=row.leaflet_id)}"
    answer = organizer.client.get(address)
    assert answer.status_code == 200
    assert "350 left" in told(answer.text)
    assert not FORM.search(answer.text)


def test_on_another_day_nothing_is_offered(
    organizer: Person, event: Event, row: EventLeaflet, time_machine: TimeMachineFixture
) -> None:
    counting.save(organizer, row, printed="400")
    address = take(organizer, row)
    assert FORM.search(desk(organizer, address))
    time_machine.move_to(event.ends_at)
    assert not FORM.search(desk(organizer, address))


def test_pressed_twice_it_is_put_back_all_the_same(organizer: Person, row: EventLeaflet) -> None:
    counting.save(organizer, row, printed="1200", left_over="1100")
    page = desk(organizer, take(organizer, row))
    assert [undo(organizer, page).status_code for _press in range(2)] == [303, 303]
    assert counting.known(row).left_over == 1100
