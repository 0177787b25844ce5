"""A site with something in every state, and where each of its pages is to be looked at."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import time
from urllib.parse import urlsplit

from flask import Flask
from flask_migrate import upgrade
from playwright.sync_api import BrowserContext, Page

from organizer import outbox
from organizer.db import db
from organizer.events import service as events
from organizer.events.models import Event
from organizer.events.rules import Occurrence, SpotShown
from organizer.keeping.demo import filling
from organizer.leaflets import service as leaflets
from organizer.leaflets.rules import Kind, LeafletDetails
from organizer.rsvps import queries as rsvps
from organizer.statements import queries as statement_queries
from organizer.statements import service as statements
from organizer.statements.models import Statement
from tests import factories, world
from tests.browser import exhibits
from tests.media import corpus
from tests.world import World

LEAFLET = LeafletDetails("Letters to prisoners", "en", text_alternative="Write to a prisoner.")
CARRIED = ("session", "photo_key")
LONG_WORD = "Solidaritätsdemonstrationsvorbereitungsausschusssitzungsprotokoll"


@dataclass
class Gallery:
    """`states` are paths by what is special there; `everyone` and `owner` are pages to look at them with."""

    url: str
    world: World
    states: dict[str, str]
    everyone: Page
    owner: Page

    def path(self, name: str) -> str:
        """Where a state is, or the address of one of our side's routes; `past_id` is its action that is over."""
        ours = self.world.ours
        return self.states.get(name) or name.format(**ours.shared, past_id=ours.special["review"]["event_id"])


def fill(app: Flask) -> tuple[World, dict[str, str]]:
    """Put the demo and a world into an untouched database, and find where something special is."""
    upgrade()
    filling.fill()
    made = world.make(app)
    coming = db.session.get_one(Event, made.ours.shared["event_id"])
    rebuilt = leaflets.upload(coming, LEAFLET, Kind.PDF, corpus.planted_pdf(), "")
    outbox.run_owed()
    db.session.refresh(rebuilt.shown)
    leaflets.publish(rebuilt, "")
    states = {**_events(), **_rescheduled(), **_answers(made), **_statements(made), **exhibits.add(made)}
    return made, {**states, "leaflet": f"/leaflets/{rebuilt.id}", "home": "/", "nothing here": "/nowhere"}


def _events() -> dict[str, str]:
    """The demo's events by what sets each apart."""
    found = [event for event in db.session.query(Event) if event.slug and event.group.name != "East Bay Solidarity"]
    full = rsvps.availabilities([event.id for event in found])
    chosen = {
        "cancelled": lambda event: event.occurrence == Occurrence.CANCELLED,
        "postponed": lambda event: event.occurrence == Occurrence.POSTPONED,
        "in three languages": lambda event: len(event.translations) == 2,
        "full": lambda event: full.get(event.id) == "full",
        "all day": lambda event: event.is_all_day and event.starts_on.year > 2023,
        "several days": lambda event: event.ends_on is not None,
        "without an end": lambda event: not event.is_all_day and event.ends_time is None,
        "with a notice": lambda event: bool(event.notices),
        "with a hidden spot": lambda event: event.spot_shown == SpotShown.TO_ANSWERED,
        "over": lambda event: bool(event.report),
    }
    paths = {name: f"/events/{next(filter(is_it, found)).slug}" for name, is_it in chosen.items()}
    return {**paths, "in Ukrainian": f"{paths['in three languages']}?text=uk"}


def _rescheduled() -> dict[str, str]:
    """With words for which no line is long enough."""
    event = factories.event(title=LONG_WORD, place=LONG_WORD, what_for=LONG_WORD, spoken_languages=LONG_WORD)
    events.reschedule(event, replace(event.when, starts_time=time(11)), LONG_WORD, "")
    return {"rescheduled": f"/events/{event.slug}", "long words": f"/groups/{event.group.slug}"}


def _answers(made: World) -> dict[str, str]:
    special = made.ours.special
    return {
        "answer": f"/events/{made.ours.shared['address']}/answer",
        "my answer": f"/r/{special['rsvps.link']['token']}",
    }


def _statements(made: World) -> dict[str, str]:
    """One of each that ends: taken down, and waiting for its author's word."""
    gone = db.session.get_one(Statement, made.theirs.shared["statement_id"])
    statements.withdraw(gone)
    waiting = db.session.get_one(Statement, made.ours.special["review.publish"]["statement_id"])
    return {
        "taken back": f"/statements/{gone.id}",
        "my statement": f"/s/{statement_queries.link_token(waiting)}",
        "say why": f"/events/{made.ours.special['statements.new']['address']}/statements/new",
    }


def carry_over(made: World, role: str, context: BrowserContext, url: str) -> None:
    """Let a browser be signed in as that role of the world, with the keys that it holds to uncovered pictures."""
    cookies = [cookie for cookie in (made.browsers[role]._cookies or {}).values() if cookie.key in CARRIED]
    assert cookies
    host = urlsplit(url).hostname or ""
    context.add_cookies(
        [{"name": each.key, "value": each.value, "domain": host, "path": each.path} for each in cookies]
    )
