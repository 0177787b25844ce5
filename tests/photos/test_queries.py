"""Lists: who finds what where, by how many looks at the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from flask import Flask

from organizer.db import db
from organizer.events import service as events
from organizer.events.models import Event
from organizer.events.rules import Visibility
from organizer.photos import files, queries
from organizer.photos.cards import PhotoCard
from organizer.photos.rules import State, Use
from tests import factories, querying
from tests.factories import Person, post
from tests.photos import sending


@pytest.fixture
def photo(organizer: Person, event: Event) -> str:
    """The id of a published photo."""
    return sending.published(organizer, event).rpartition("/")[2]


@contextmanager
def _counted() -> Iterator[list[str]]:
    """The statements that are sent meanwhile, with nothing loaded before."""
    db.session.rollback()
    db.session.expunge_all()
    with querying.statements() as sent:
        yield sent


def test_a_card_says_all_that_a_page_needs(app: Flask, photo: str, event: Event) -> None:
    with app.test_request_context():
        card = queries.shown([photo])[photo]
    assert card == PhotoCard(
        id=photo,
        url=f"/photos/{photo}",
        small_url=f"/photos/{photo}/small",
        small_width=480,
        large_url=f"/photos/{photo}/large",
        width=900,
        height=600,
        caption="At the market.",
        credit="Photo: A participant",
        licence_label="Newspapers may print it with the credit",
        alt="A table with leaflets; two people talk.",
        language="en",
        event_title=event.title,
        event_url=f"/events/{event.slug}",
    )


def test_a_photo_waits_for_those_that_its_group_sent_before(app: Flask, organizer: Person, event: Event) -> None:
    other = factories.person(app)
    sends = [(organizer, event), (organizer, event), (other, factories.event(other.group)), (organizer, event)]
    sent = [sending.send(*each, sending.noisy((90, 60))).location.split("/")[2] for each in sends]
    assert [queries.turn(photo_id) for photo_id in sent] == [0, 1, 0, 2]


def test_each_list_has_what_may_stand_there(app: Flask, organizer: Person, photo: str, event: Event) -> None:
    with app.test_request_context():
        assert [card.id for card in queries.on_event(event.id)] == [photo]
        assert [card.id for card in queries.latest(3)] == [photo]
        assert [card.id for card in queries.of_group(event.group_id)] == [photo]
        assert set(queries.shown([photo, "nothing"], Use.PRESS)) == {photo}
        assert queries.shown([photo], Use.LEAFLET) == {}
        assert queries.shown([]) == {}
    post(organizer.client, f"/photos/{photo}/edit", {**sending.WORDS, "uses": ["press"]})
    with app.test_request_context():
        assert queries.on_event(event.id) == ()
        assert queries.latest(3) == ()
        assert [card.id for card in queries.of_group(event.group_id)] == [photo]


@pytest.mark.parametrize("visibility", [Visibility.UNLISTED, Visibility.PRIVATE])
def test_what_an_event_hides_its_photos_hide(
    app: Flask, organizer: Person, photo: str, event: Event, visibility: Visibility
) -> None:
    details = factories.details(organizer.group, visibility=visibility, starts_on=factories.past_day())
    events.edit(db.session.get_one(Event, event.id), details, organizer.account_id)
    is_private = visibility == Visibility.PRIVATE
    with app.test_request_context():
        assert queries.latest(3) == ()
        assert bool(queries.shown([photo])) is not is_private
        assert (files.print_file(photo) is None) is is_private
        assert len(queries.on_event(event.id)) == 1


def test_any_number_of_photos_takes_the_same_number_of_queries(
    app: Flask, organizer: Person, photo: str, event: Event
) -> None:
    event_id, group_id = event.id, event.group_id
    asked: list[Callable[[], object]] = [
        lambda: queries.shown([photo, *more]),
        lambda: queries.on_event(event_id),
        lambda: queries.latest(9),
        lambda: queries.of_group(group_id),
        lambda: queries.of_event(event_id),
        lambda: queries.waiting([event_id]),
        lambda: queries.withdrawn([photo, *more]),
    ]
    more: list[str] = []
    counts = []
    for _ in range(2):
        with app.test_request_context():
            for ask in asked:
                with _counted() as sent:
                    ask()
                counts.append(len(sent))
        again = db.session.get_one(Event, event_id)
        more.append(sending.published(organizer, again).rpartition("/")[2])
    assert counts[: len(asked)] == counts[len(asked) :]
    assert max(counts) <= 6


def test_the_desk_is_told_what_waits(organizer: Person, event: Event, photo: str) -> None:
    assert queries.waiting([event.id]) == {}
    sending.ready(organizer, event)
    sending.draft(organizer, event)
    assert queries.waiting([event.id]) == {event.id: 2}
    by_state = queries.of_event(event.id)
    assert {state: len(found) for state, found in by_state.items() if found} == {
        State.READY: 1, State.DRAFT: 1, State.PUBLISHED: 1
    }  # fmt: skip


def test_withdrawn_ones_are_told_with_their_day(organizer: Person, photo: str) -> None:
    assert queries.withdrawn([photo]) == {}
    post(organizer.client, f"/photos/{photo}/withdraw", {})
    day = sending.stored(f"/photos/{photo}").state_on
    assert queries.withdrawn([photo, "nothing"]) == {photo: day}
