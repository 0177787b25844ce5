"""Pages cost the same number of queries however much was said, and show only what is listed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from organizer import policy
from organizer.db import db, new_id
from organizer.events import queries as events
from organizer.events.models import Event
from organizer.events.rules import Visibility
from organizer.statements import queries, rules
from organizer.statements import service as statements
from organizer.statements.models import Statement
from organizer.statements.rules import BylineKind, ConsentDetails, ReviewDetails, State, StatementDetails, Use
from tests import factories, querying

LONG = "I came with two friends, and we stayed. " * 40


@pytest.fixture(autouse=True)
def in_a_request(app: Flask) -> Iterator[None]:
    """Cards build addresses."""
    with app.test_request_context():
        yield


def said_at(event: Event, text: str = "I came.", uses: frozenset[Use] = frozenset(Use)) -> Statement:
    """A published statement."""
    seen = events.seen_by(policy.NOBODY, event, "en")
    assert seen
    statement = statements.submit(seen, StatementDetails(text, "en"), ConsentDetails(uses))
    statements.publish(statement, seen, ReviewDetails(rules.fingerprint(statement)), new_id())
    return statement


def past_event(**changes: object) -> Event:
    return factories.event(starts_on=factories.past_day(), **changes)  # type: ignore[arg-type] # details of an event


def count_queries(read: Callable[[], object]) -> int:
    """How many statements it takes, with nothing loaded before."""
    db.session.remove()
    return querying.asked(read)


def test_an_events_page_and_the_front_page_ask_no_more_for_three_than_for_one() -> None:
    event_id = said_at(past_event()).events[0].id
    event = db.session.get_one(Event, event_id)
    for_one = [count_queries(lambda: queries.on_event(event_id)), count_queries(lambda: queries.latest(3))]
    for _ in range(2):
        said_at(db.session.get_one(Event, event.id))
        said_at(past_event())
    assert len(queries.on_event(event_id)) == len(queries.latest(3)) == 3
    for_three = [count_queries(lambda: queries.on_event(event_id)), count_queries(lambda: queries.latest(3))]
    assert for_three == for_one


def test_the_newest_stands_first() -> None:
    event = past_event()
    for text in ("first", "second", "third"):
        said_at(event, text)
    assert [quote.text for quote in queries.on_event(event.id)] == ["third", "second", "first"]
    assert [quote.text for quote in queries.latest(2)] == ["third", "second"]
    assert [quote.text for quote in queries.latest(2, offset=2)] == ["first"]


@pytest.mark.parametrize("visibility", [Visibility.UNLISTED, Visibility.PRIVATE])
def test_what_was_said_at_an_event_that_is_not_listed_stands_in_no_list(visibility: Visibility) -> None:
    event = past_event()
    statement = said_at(event)
    event.visibility = visibility
    db.session.commit()
    assert queries.latest(5) == ()
    assert queries.on_event(event.id)
    can_be_read = queries.published(policy.NOBODY, statement.id) is not None
    assert can_be_read == (visibility == Visibility.UNLISTED)


def test_a_row_that_says_published_without_consent_to_it_is_not_shown() -> None:
    statement = said_at(past_event())
    event_id = statement.events[0].id
    statement.text = "Somebody else's words."
    db.session.commit()
    assert queries.published(policy.NOBODY, statement.id) is None
    assert queries.on_event(event_id) == queries.latest(5) == ()


@pytest.mark.parametrize("change", ["byline", "consent", "state"])
def test_the_lists_ask_for_the_same_as_the_rule(change: str) -> None:
    statement = said_at(past_event())
    if change == "byline":
        statement.byline_kind, statement.byline = BylineKind.PSEUDONYM, "Leek"
    elif change == "consent":
        statement.consents = []
    else:
        statement.state = State.SUBMITTED
    db.session.commit()
    assert not queries.is_public(statement)
    assert queries.latest(5) == ()


def test_a_long_one_is_cut_between_words_and_leads_on() -> None:
    event = past_event()
    said_at(event, LONG)
    quote = queries.on_event(event.id)[0]
    assert not quote.is_short
    assert quote.excerpt.endswith(" …")
    assert LONG.startswith(quote.excerpt.removesuffix(" …"))
    assert quote.url.startswith("/statements/")


def test_a_text_without_spaces_is_cut_as_well() -> None:
    event = past_event()
    said_at(event, "我们" * 400)
    assert len(queries.on_event(event.id)[0].excerpt) < 400
