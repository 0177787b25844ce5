"""The organizers' queue of a whole group."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from organizer import clock
from organizer.db import db
from organizer.events.models import Event
from organizer.removals import service as removals
from organizer.removals.rules import Kind
from organizer.statements import service as statements
from organizer.statements.models import Statement
from organizer.statements.rules import BylineKind, State, StatementDetails
from tests import factories, querying
from tests.factories import Person
from tests.reading import Page
from tests.statements.speaking import handed_in, photo_of, publish, said


def path(organizer: Person) -> str:
    return f"/groups/{organizer.group.slug}/statements"


def section(page: str, stage: str) -> str:
    """A stage's part of the page, empty when it is not there."""
    return page.partition(f'id="{stage}"')[2].partition("</section>")[0]


def state_of(statement: Statement) -> State:
    db.session.rollback()
    return db.session.get_one(Statement, statement.id).state


def reject(person: Person, slug: str, chosen: Sequence[str]) -> str:
    """Tick and press; the page that follows."""
    page = person.client.get(f"/groups/{person.group.slug}/statements").text
    token = factories.TOKEN.search(page)
    sent = MultiDict([("csrf_token", token[1] if token else ""), *(("chosen", each) for each in chosen)])
    answer = person.client.post(f"/groups/{slug}/statements/reject", data=sent)
    if answer.status_code == 404:
        return "404"
    return person.client.get(answer.location).text if answer.status_code == 303 else answer.text


def test_it_has_the_statements_of_all_events_by_stage(organizer: Person, event: Event) -> None:
    other = factories.event(organizer.group, starts_on=factories.past_day(), title="Candles at the gate")
    handed_in(event, "Waits to be read.", byline="Sorrel")
    noted = StatementDetails("Waits for a yes.", "en")
    statements.note_down(other, noted, None, organizer.account_id)
    held = handed_in(event, "Is held for now.")
    statements.hold(held, organizer.account_id)
    in_a_month = clock.now().replace(tzinfo=None) + timedelta(days=30)
    publish(organizer, event, handed_in(event, "Comes later."), at_local=in_a_month)
    said(organizer, event, "Is public.", byline="Juniper Vale", kind=BylineKind.FULL_NAME)
    statements.reject(handed_in(event, "Is rejected."), organizer.account_id)
    statements.withdraw(handed_in(event, "Was taken back."))

    page = organizer.client.get(path(organizer)).text
    waiting = section(page, "submitted")
    assert "Waits to be read." in waiting
    assert "Sorrel" in waiting
    assert "Candles at the gate" in waiting
    assert waiting.count("No consent yet") == 1
    assert "Is held for now." in section(page, "held")
    assert "Comes later." in section(page, "scheduled")
    assert "Public from" in section(page, "scheduled")
    assert "Is public." in section(page, "published")
    assert "Name withheld" in section(page, "published")
    assert "Is rejected." in section(page, "rejected")
    assert "Was taken back." not in page


def test_an_empty_queue_says_where_statements_come_from(organizer: Person) -> None:
    page = organizer.client.get(path(organizer)).text
    assert "you write one down on the street" in page
    assert "Do not publish the chosen ones" not in page


def test_it_is_for_the_organizers_of_the_group_alone(
    app: Flask, client: FlaskClient, organizer: Person, event: Event
) -> None:
    handed_in(event, "Waits to be read.")
    assert client.get(path(organizer)).status_code == 303
    stranger = factories.person(app)
    foreign = stranger.client.get(path(organizer))
    assert foreign.status_code == 404
    assert foreign.data == stranger.client.get("/groups/nowhere/statements").data
    assert "Waits" not in stranger.client.get(path(stranger)).text


def test_the_chosen_ones_are_rejected_together(organizer: Person, event: Event) -> None:
    spam = [handed_in(event, f"Buy pills {number}.") for number in range(3)]
    kept = handed_in(event, "I came for the letters.")
    page = reject(organizer, organizer.group.slug, [each.id for each in spam])
    assert "3 statements are not published." in page
    assert [state_of(each) for each in spam] == [State.REJECTED] * 3
    assert state_of(kept) == State.SUBMITTED
    assert section(page, "rejected").count("Buy pills") == 3


def test_nothing_chosen_rejects_nothing_and_says_so(organizer: Person, event: Event) -> None:
    waits = handed_in(event, "I came for the letters.")
    assert "Nothing was chosen." in reject(organizer, organizer.group.slug, [])
    assert state_of(waits) == State.SUBMITTED


def test_statements_of_other_groups_cannot_be_rejected(app: Flask, organizer: Person, event: Event) -> None:
    waits = handed_in(event, "I came for the letters.")
    stranger = factories.person(app)
    handed_in(factories.event(stranger.group, starts_on=factories.past_day()), "I came along.")
    assert "Nothing was chosen." in reject(stranger, stranger.group.slug, [waits.id])
    assert reject(stranger, organizer.group.slug, [waits.id]) == "404"
    assert state_of(waits) == State.SUBMITTED


@pytest.mark.parametrize("chosen", [["\x00"], ["a" * 26], ["x" * 4000], ["'"] * 400, ["ы" * 26]])
def test_bad_input_rejects_nothing(organizer: Person, event: Event, chosen: list[str]) -> None:
    waits = handed_in(event, "I came for the letters.")
    assert "Nothing was chosen." in reject(organizer, organizer.group.slug, chosen)
    assert state_of(waits) == State.SUBMITTED


def test_without_its_token_a_form_rejects_nothing(organizer: Person, event: Event) -> None:
    waits = handed_in(event, "I came for the letters.")
    answer = organizer.client.post(f"{path(organizer)}/reject", data={"chosen": waits.id})
    assert answer.status_code == 422
    assert "Nothing is sent yet." in answer.text
    assert f'value="{waits.id}" checked' in answer.text
    assert state_of(waits) == State.SUBMITTED


def test_a_request_to_remove_stands_on_top_and_is_settled(organizer: Person, event: Event) -> None:
    statement = said(organizer, event, "I came for the letters.")
    request = removals.ask(organizer.group.id, Kind.STATEMENT, statement.id, "That is <me> in it.\nPlease.")
    page = organizer.client.get(path(organizer)).text
    asked = section(page, "asked")
    assert "That is &lt;me&gt; in it." in asked
    assert f"/events/{event.id}/statements/{statement.id}" in asked
    settle = f"/groups/{organizer.group.slug}/removals/{request.id}/settle"
    assert factories.post(organizer.client, settle, {}, form_at=path(organizer)).status_code == 303
    after = organizer.client.get(path(organizer)).text
    assert "Settled. What was written is deleted." in after
    assert section(after, "asked") == ""


def test_a_request_says_what_it_is_about(organizer: Person, event: Event) -> None:
    statement = said(organizer, event, "I came for the letters.", byline="Sorrel")
    removals.ask(organizer.group.id, Kind.STATEMENT, statement.id, "That is me.")
    photo = photo_of(event)
    photo.caption = "The table at noon."
    db.session.commit()
    removals.ask(organizer.group.id, Kind.PHOTO, photo.id)
    asked = section(organizer.client.get(path(organizer)).text, "asked")
    assert asked.index("I came for the letters.") < asked.index("That is me.")
    assert "Sorrel" in asked
    assert "The table at noon." in asked
    assert f'src="/photos/{photo.id}/' in asked
    assert 'alt="A table with leaflets."' in asked
    assert "“Settled” removes nothing" in asked


def test_the_page_of_what_is_asked_about_has_the_request_and_its_button(
    client: FlaskClient, organizer: Person, event: Event
) -> None:
    statement, photo = said(organizer, event, "I came for the letters."), photo_of(event)
    pages = {f"/events/{event.id}/statements/{statement.id}": statement.id, f"/photos/{photo.id}": photo.id}
    for (page, subject_id), kind in zip(pages.items(), Kind, strict=True):
        assert section(organizer.client.get(page).text, "asked") == ""
        for number in range(2):
            removals.ask(organizer.group.id, kind, subject_id, f"That is <me>, {number}.")
        asked = section(organizer.client.get(page).text, "asked")
        assert "That is &lt;me&gt;, 0." in asked
        assert "“Settled” removes nothing" in asked
        assert "That is" not in client.get(page).text
        form = next(form for form in Page(asked, page).forms if form.path.endswith("/settle"))
        assert organizer.client.post(form.path, data=form.filled()).status_code == 303
        assert section(organizer.client.get(page).text, "asked") == ""


def test_many_requests_about_one_statement_are_settled_by_one_press(organizer: Person, event: Event) -> None:
    statement = said(organizer, event, "I came for the letters.")
    for number in range(4):
        removals.ask(organizer.group.id, Kind.STATEMENT, statement.id, f"Reason {number}")
    page = organizer.client.get(path(organizer)).text
    asked = section(page, "asked")
    assert asked.count("<li>") == 1
    assert "asked 4 times" in asked
    assert all(f"Reason {number}" in asked for number in range(4))
    form = next(form for form in Page(page, path(organizer)).forms if form.path.endswith("/settle"))
    assert organizer.client.post(form.path, data=form.filled()).status_code == 303
    assert section(organizer.client.get(path(organizer)).text, "asked") == ""


def test_the_number_of_queries_is_fixed(organizer: Person, event: Event) -> None:
    counted = []
    for number in range(4):
        other = factories.event(organizer.group, starts_on=factories.past_day())
        handed_in(other, f"Waits {number}.")
        asked_about = said(organizer, other, f"Public {number}.")
        statements.reject(handed_in(event, "Is rejected."), organizer.account_id)
        removals.ask(organizer.group.id, Kind.STATEMENT, asked_about.id, "Me.")
        removals.ask(organizer.group.id, Kind.PHOTO, photo_of(other).id)
        if number in (0, 3):
            counted.append(_queries(organizer))
    assert counted[0] == counted[1]


def _queries(organizer: Person) -> int:
    with querying.statements() as sent:
        assert organizer.client.get(path(organizer)).status_code == 200
    return len(sent)
