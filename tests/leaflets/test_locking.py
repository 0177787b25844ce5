"""Who waits for whom: on PostgreSQL two who hold a row each, and want the other's, would be ended by the database."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future

import pytest
from flask import Flask
from sqlalchemy import select

from organizer.db import db
from organizer.events import service as events
from organizer.events.models import Event
from organizer.leaflets import service as leaflets
from organizer.leaflets.models import EventLeaflet
from organizer.outbox import Fact
from tests import factories
from tests.leaflets import making
from tests.leaflets.making import WHO
from tests.leaflets.meanwhile import begin_elsewhere


def _stored(event_id: str) -> Event:
    return db.session.get_one(Event, event_id)


def _at(event_id: str) -> set[str]:
    """What is handed out there."""
    db.session.rollback()
    return set(db.session.scalars(select(EventLeaflet.leaflet_id).where(EventLeaflet.event_id == event_id)))


@pytest.mark.parametrize("act", ["publish", "withdraw", "take away"])
def test_who_does_an_action_again_may_refer_to_what_another_is_about_to_publish_or_withdraw(
    app: Flask, event: Event, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    """She holds the action and refers to the leaflet; he holds the leaflet and wants the action."""
    leaflet, other = making.published(event), factories.event(event.group)
    making.next_version(leaflet)
    leaflets.bring(other, [leaflet.id], WHO)
    event_id, touch = event.id, leaflets._touched_events
    begun: list[Future[object]] = []

    def after_her(event_ids: Sequence[str]) -> list[Fact]:
        begun.append(begin_elsewhere(app, lambda: events.do_again(_stored(event_id), WHO)))
        return touch(event_ids)

    monkeypatch.setattr(leaflets, "_touched_events", after_her)
    match act:
        case "publish":
            leaflets.publish(leaflet, WHO, 2)
        case "withdraw":
            leaflets.withdraw(leaflet, WHO)
        case _:
            leaflets.take_away(event, leaflet, WHO)
    begun.pop().result(timeout=20)
    copy_id = db.session.scalars(select(Event.id).where(Event.copied_from_id == event_id)).one()
    assert _at(copy_id) <= {leaflet.id}


def test_two_who_bring_leaflets_to_one_action_both_do(
    app: Flask, event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each refers to the action before she wants it."""
    first, second, other = making.published(event).id, making.published(event).id, factories.event(event.group)
    other_id, touch = other.id, leaflets._touched_events
    begun: list[Future[object]] = []

    def after_the_other(event_ids: Sequence[str]) -> list[Fact]:
        if not begun:
            db.session.flush()
            begun.append(begin_elsewhere(app, lambda: leaflets.bring(_stored(other_id), [second], WHO)))
        return touch(event_ids)

    monkeypatch.setattr(leaflets, "_touched_events", after_the_other)
    leaflets.bring(other, [first], WHO)
    begun.pop().result(timeout=20)
    assert _at(other_id) == {first, second}
