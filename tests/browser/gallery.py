"""A site with something in every state, and where each of its pages is to be looked at."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import time, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask_migrate import upgrade
from playwright.sync_api import BrowserContext, Page
from sqlalchemy import update

from organizer import clock
from organizer.accounts import passwords
from organizer.db import db
from organizer.events import service as events
from organizer.events.models import Event
from organizer.events.rules import Occurrence, SpotShown
from organizer.keeping.demo import filling
from organizer.outbox import OutboxRow
from organizer.rsvps import queries as rsvps
from organizer.statements import opening
from organizer.statements import service as statements
from organizer.statements.models import Statement
from organizer.web import create_app
from tests import factories, world
from tests.browser import exhibits, handed_out
from tests.conftest import Browser
from tests.served import environment
from tests.world import World

# Secret links leave the cookies that the pages behind them need.
LINKS = ("/r/", "/s/", "/photos/mine/", "/collections/for-print/")
PLAN = "plan.json"
LONG_WORD = "Solidaritätsdemonstrationsvorbereitungsausschusssitzungsprotokoll"


@dataclass(frozen=True)
class Plan:
    """Where everything hangs: `states` are paths by what is special there, `pages` are those of every route."""

    states: dict[str, str]
    pages: list[str]
    values: dict[str, str]
    """The values of our side's routes' variables; `past_id` is its action that is over."""
    cookies: list[dict[str, Any]]
    """The owner's."""


@dataclass(frozen=True)
class Gallery:
    """`everyone` and `owner` are pages to look with."""

    url: str
    plan: Plan
    everyone: Page
    owner: Page

    @property
    def states(self) -> dict[str, str]:
        return self.plan.states

    def path(self, name: str) -> str:
        """Where a state is, or the address of one of our side's routes."""
        return self.states.get(name) or name.format(**self.plan.values)


def make(folder: Path) -> None:
    """Put a site's data into the folder, and beside it the plan."""
    app = create_app(environment(folder), testing=True)
    app.test_client_class = Browser
    cheap = type(passwords.HASHER)(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patched, app.app_context():
        patched.setattr(passwords, "HASHER", cheap)
        plan = _fill(app)
        db.session.remove()
        db.engine.dispose()
    (folder / PLAN).write_text(json.dumps(asdict(plan)))


def plan_in(folder: Path) -> Plan:
    return Plan(**json.loads((folder / PLAN).read_text()))


def _fill(app: Flask) -> Plan:
    """Put the demo and a world into an untouched database, and find where something special is."""
    upgrade()
    filling.fill()
    made = world.make(app)
    _leave_all_as_it_is()
    states = {**_events(), **_rescheduled(), **_answers(made), **_statements(made)}
    states |= {**exhibits.add(made), **handed_out.add(made), "home": "/", "nothing here": "/nowhere"}
    values = {**made.ours.shared, "past_id": made.ours.special["review"]["event_id"]}
    pages = _pages(made)
    _leave_all_as_it_is()
    return Plan(states, pages, values, _cookies(made))


def _leave_all_as_it_is() -> None:
    """Have the worker believe that another one is at what is owed: most files here are none, and nobody prints them."""
    db.session.execute(update(OutboxRow).values(leased_until_at=clock.now() + timedelta(days=1)))
    db.session.commit()


def _pages(made: World) -> list[str]:
    """What the owner is shown as a page; downloads and feeds are none, and no code can be stamped on no real file."""
    paths = [path for path in made.pages() if not path.endswith("/stamped")]
    for path in paths:
        if path.startswith(LINKS):
            made.browsers["owner"].get(path)
    return [path for path in paths if made.ask("owner", path).mimetype == "text/html"]


def _cookies(made: World) -> list[dict[str, Any]]:
    """The owner's sign-in, her keys to uncovered pictures, and what secret links left."""
    kept = (made.browsers["owner"]._cookies or {}).values()
    return [{"name": each.key, "value": each.value, "path": each.path} for each in kept]


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
        "my statement": f"/s/{opening.link_token(waiting)}",
        "say why": f"/events/{made.ours.special['statements.new']['address']}/statements/new",
    }


def let_in(plan: Plan, context: BrowserContext, url: str) -> None:
    """Let a browser be the owner's, who has opened all secret links."""
    host = urlsplit(url).hostname
    context.add_cookies([{**each, "domain": host} for each in plan.cookies])  # type: ignore[typeddict-item] # from JSON
