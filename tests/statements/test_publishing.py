"""What an editor is told after she let something pass: no more than is true."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from organizer import clock
from organizer.events.models import Event
from organizer.events.rules import Visibility
from organizer.statements import service as statements
from organizer.statements.models import Statement
from organizer.statements.rules import ConsentDetails, Use
from tests import factories
from tests.factories import Person, post
from tests.statements.saying import WORDS, in_person, shown, submitted


def publish(organizer: Person, event: Event, statement: Statement, **more: object) -> str:
    """Press the button; the page that she is led to."""
    page = f"/events/{event.id}/statements/{statement.id}"
    sent = post(organizer.client, f"{page}/publish", {"shown": shown(statement), **more}, form_at=page)
    assert sent.status_code == 303, sent.text
    return organizer.client.get(sent.location).text


def later() -> dict[str, object]:
    return {"moment": "at", "publish_at_local": f"{clock.today() + timedelta(days=9)}T10:00"}


def test_what_is_public_is_told_so(organizer: Person, event: Event) -> None:
    assert "It is public now." in publish(organizer, event, submitted(event))


def test_what_is_scheduled_is_told_with_its_time(organizer: Person, event: Event) -> None:
    told = publish(organizer, event, submitted(event), **later())
    assert "It becomes public on" in told
    assert "10:00" in told
    assert "It is public now." not in told


def test_what_its_author_has_not_agreed_to_waits(organizer: Person, event: Event) -> None:
    noted = [statements.note_down(event, replace(words), None, organizer.account_id) for words in WORDS[:2]]
    assert "It waits for its author’s consent." in publish(organizer, event, noted[0])
    told = publish(organizer, event, noted[1], **later())
    assert "It waits for its author’s consent, and is public on" in told


def test_what_may_stand_in_print_only_is_not_called_public(organizer: Person, event: Event) -> None:
    statement = submitted(event, consent=ConsentDetails(frozenset({Use.LEAFLET})))
    told = publish(organizer, event, statement)
    assert "only where its author lets it stand" in told


def test_what_is_said_of_a_private_action_is_public_to_nobody_else(organizer: Person) -> None:
    private = factories.event(organizer.group, starts_on=factories.past_day(), visibility=Visibility.PRIVATE)
    heard = in_person(on=private.starts_on)
    statement = statements.note_down(private, replace(WORDS[0]), heard, organizer.account_id)
    assert "whoever sees the action sees it" in publish(organizer, private, statement)
