"""In whatever order things are done: what its author agreed to and an editor let pass is public, and nothing else."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from organizer import clock, policy
from organizer.db import db
from organizer.errors import Gone, RuleError
from organizer.events.models import Event
from organizer.statements import editing, jobs, opening, queries
from organizer.statements import service as statements
from organizer.statements.rules import (
    ConsentDetails,
    Moment,
    ReviewDetails,
    StatementDetails,
    SuggestionDetails,
    TranslationDetails,
    Use,
)
from tests import factories
from tests.statements.ghost import LIGHT, Ghost, signature
from tests.statements.saying import ACTOR, WORDS, in_person, seen, shown

MOST_EXAMPLES = 500 if os.environ.get("ORGANIZER_SOAK") else 50

TRANSLATED = "Vine por las cartas."
PLACES = (Use.EVENT_PAGE, Use.SITE, Use.PRESS, Use.SEARCH)
Step = tuple[Any, ...]


def seen_publicly(statement_id: str, event_id: str) -> dict[Use | None, tuple[object, ...] | None]:
    """What readers see, by where they look."""
    try:
        page = queries.published(policy.NOBODY, statement_id)
    except Gone:
        page = None
    found = {None: page, Use.EVENT_PAGE: None, Use.SITE: None}
    for use, quotes in ((Use.EVENT_PAGE, queries.on_event(event_id)), (Use.SITE, queries.latest(50))):
        found[use] = next((quote for quote in quotes if quote.id == statement_id), None)
    found |= {use: queries.shown([statement_id], use).get(statement_id) for use in (Use.PRESS, Use.SEARCH)}
    return {
        use: (quote.text, quote.byline, quote.affiliation, bool(quote.translations), ()) if quote else None
        for use, quote in found.items()
    }


uses = st.one_of(
    st.just(frozenset(Use)), st.frozensets(st.sampled_from(PLACES), min_size=1).filter({Use.SEARCH}.__ne__)
)
consents = st.builds(ConsentDetails, uses, st.booleans(), st.booleans(), st.sampled_from([None, 0, 2]))
words = st.sampled_from(WORDS)
is_stale = st.sampled_from([False, False, False, True])
act = st.one_of(
    st.tuples(st.just("change"), words, consents),
    st.tuples(st.just("agree"), consents, is_stale),
    st.tuples(
        st.just("publish"), st.sampled_from([Moment.NOW, Moment.AFTER]), st.sampled_from(["", "choir"]), is_stale
    ),
    st.tuples(st.just("know"), is_stale),
    st.tuples(st.just("edit"), st.sampled_from([*LIGHT, *LIGHT.values()]), is_stale),
    st.tuples(st.just("suggest"), st.sampled_from([*LIGHT]), st.sampled_from(["accept", "refuse", "leave"])),
    st.tuples(st.just("translate"), is_stale),
    st.tuples(st.just("wait"), st.integers(1, 3), st.booleans()),
    st.tuples(st.sampled_from(["restore", "take_name_back", "reject", "hold", "lift", "withdraw"])),
)
PUBLISH = ("publish", Moment.NOW, "", False)
begin = st.tuples(words, consents, st.sampled_from(["form", "in_person", "later"]))


class Play:
    """A statement and its ghost, to which the same is done. A refused act must change nothing."""

    def __init__(self, event: Event, said: StatementDetails, consent: ConsentDetails, way: str) -> None:
        self.event = event
        self.ghost = Ghost(said.text, signature(said), event.ends_at)
        if way == "form":
            self.statement = statements.submit(seen(event), replace(said), self.until(consent))
        else:
            heard = in_person(self.until(consent), event.starts_on) if way == "in_person" else None
            self.statement = statements.note_down(event, replace(said), heard, ACTOR)
        if way != "later":
            self.ghost.agree(self.until(consent))

    @staticmethod
    def until(consent: ConsentDetails) -> ConsentDetails:
        """Its drawn number of days as a day."""
        days: Any = consent.expires_on
        return replace(consent, expires_on=None if days is None else clock.today() + timedelta(days=days))

    def do(self, step: Step) -> None:
        act: Callable[..., None] = getattr(self, step[0])
        with suppress(RuleError):
            act(*step[1:])

    def shown(self, is_stale: bool) -> str:
        return "what stood there before" if is_stale else shown(self.statement)

    def change(self, said: StatementDetails, consent: ConsentDetails) -> None:
        consent = self.until(consent)
        statements.change(self.statement, replace(said), consent)
        self.ghost.change(said, consent)

    def agree(self, consent: ConsentDetails, is_stale: bool) -> None:
        consent = self.until(consent)
        statements.agree(self.statement, consent, self.shown(is_stale))
        assert not is_stale
        self.ghost.agree(consent)

    def publish(self, moment: Moment, known_by: str, is_stale: bool) -> None:
        review = ReviewDetails(self.shown(is_stale), known_by, moment)
        statements.publish(self.statement, seen(self.event), review, ACTOR)
        assert not is_stale
        self.ghost.publish(moment, clock.now(), known_by)

    def know(self, is_stale: bool) -> None:
        statements.know_signer(self.statement, ReviewDetails(self.shown(is_stale), "choir"), ACTOR)
        assert not is_stale
        self.ghost.know("choir")

    def edit(self, text: str, is_stale: bool) -> None:
        consent = self.ghost.consent
        is_allowed = consent is not None and consent[2].may_edit and bool(self.ghost.granted(clock.today()))
        is_light = consent is not None and text in (consent[0], LIGHT.get(consent[0]))
        editing.edit(self.statement, SuggestionDetails(text), self.shown(is_stale), ACTOR)
        assert (is_allowed, is_light, is_stale) == (True, True, False)
        self.ghost.text = text
        self.ghost.edited = text if consent and text != consent[0] else None

    def restore(self) -> None:
        editing.restore(self.statement)
        assert self.ghost.consent
        self.ghost.text, self.ghost.edited = self.ghost.consent[0], None

    def suggest(self, text: str, answer: str) -> None:
        editing.suggest(self.statement, SuggestionDetails(text), ACTOR)
        suggestion_id = opening.proposals(self.statement)[0].id
        if answer == "refuse":
            editing.refuse(self.statement, suggestion_id)
        elif answer == "accept":
            editing.accept(self.statement, suggestion_id)
            self.ghost.text, self.ghost.edited = text, None
            if self.ghost.consent:
                self.ghost.consent = (text, *self.ghost.consent[1:])

    def translate(self, is_stale: bool) -> None:
        editing.translate(self.statement, TranslationDetails("es", TRANSLATED), self.shown(is_stale), ACTOR)
        assert self.ghost.consent is not None
        assert self.ghost.consent[2].may_translate
        self.ghost.translated = self.ghost.text

    def take_name_back(self) -> None:
        statements.take_name_back(self.statement)
        self.ghost.unsign()

    def reject(self) -> None:
        statements.reject(self.statement, ACTOR)
        self.ghost.state = "rejected"

    def hold(self) -> None:
        statements.hold(self.statement, ACTOR)
        self.ghost.state = "held"

    def lift(self) -> None:
        statements.lift(self.statement, ACTOR)
        self.ghost.state = "submitted"

    def withdraw(self) -> None:
        statements.withdraw(self.statement)
        self.ghost.state = "withdrawn"

    def passes(self, *, is_worked: bool) -> None:
        """What each minute does; without a worker nothing becomes public, and nothing stays so for too long."""
        if not is_worked:
            return
        jobs.publish_due()
        jobs.end_consents()
        self.ghost.pass_to(clock.now())
        today, consent = clock.today(), self.ghost.consent
        if consent and consent[2].expires_on and consent[2].expires_on < today:
            self.ghost.consent = None


@pytest.mark.load
@given(
    begun=begin,
    is_on=st.booleans(),
    steps=st.lists(act, max_size=9).flatmap(lambda steps: st.sampled_from([steps, [PUBLISH, *steps]])),
)
@settings(max_examples=MOST_EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_order_of_acts_shows_what_was_not_agreed_to_or_hides_what_was(
    app: Flask, begun: tuple[StatementDetails, ConsentDetails, str], is_on: bool, steps: list[Step]
) -> None:
    with app.test_request_context(), time_machine.travel(clock.now(), tick=False) as traveller:
        event = happening() if is_on else factories.event(starts_on=factories.past_day())
        play = Play(event, *begun)
        for step in [None, *steps]:
            if step is not None and step[0] == "wait":
                traveller.shift(timedelta(days=step[1]))
                play.passes(is_worked=step[2])
            elif step is not None:
                play.do(step)
            db.session.rollback()
            today = clock.today()
            expected = {use: play.ghost.public(use, today) for use in (None, *PLACES)}
            assert seen_publicly(play.statement.id, event.id) == expected, step
        if play.ghost.state != "withdrawn":
            play.withdraw()


def happening() -> Event:
    """An action that has begun an hour ago and goes on for some hours."""
    zone_now = clock.now() - timedelta(hours=8)
    begins = (zone_now - timedelta(hours=1)).replace(minute=0)
    return factories.event(
        starts_on=begins.date(), starts_time=begins.time(), ends_on=(begins + timedelta(hours=5)).date(),
        ends_time=(begins + timedelta(hours=5)).time(),
    )  # fmt: skip
