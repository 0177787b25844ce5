"""Statements for the tests of this folder, by way of the services."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from organizer import policy
from organizer.db import new_id
from organizer.events import queries as events
from organizer.events.gate import VisibleEvent
from organizer.events.models import Event
from organizer.statements import rules
from organizer.statements import service as statements
from organizer.statements.models import Statement
from organizer.statements.rules import BylineKind, ConsentDetails, ReadBack, ReviewDetails, StatementDetails, Use, Way
from tests import factories

ACTOR = new_id()
EVERYWHERE = ConsentDetails(frozenset(Use))
FREELY = replace(EVERYWHERE, may_edit=True, may_translate=True)
SIGNATURES: list[tuple[BylineKind, str, str]] = [
    (BylineKind.NONE, "", ""),
    (BylineKind.PSEUDONYM, "Leek", ""),
    (BylineKind.FULL_NAME, "Ana Ferro", "Oakland"),
]
WORDS = [
    StatementDetails(text, "en", *signed)
    for text in ("I came because of the letters.", "I came for my brother.")
    for signed in SIGNATURES
]


def past_event() -> Event:
    return factories.event(starts_on=factories.past_day())


def seen(event: Event) -> VisibleEvent:
    found = events.seen_by(policy.NOBODY, event, "en")
    assert found
    return found


def submitted(event: Event, words: StatementDetails = WORDS[0], consent: ConsentDetails = EVERYWHERE) -> Statement:
    return statements.submit(seen(event), replace(words), consent)


def shown(statement: Statement) -> str:
    """The fingerprint of what stands there."""
    return rules.fingerprint(statement, statement.picture_hashes)


def review(statement: Statement, known_by: str = "") -> ReviewDetails:
    return ReviewDetails(shown(statement), known_by)


def published(event: Event, words: StatementDetails = WORDS[0], consent: ConsentDetails = EVERYWHERE) -> Statement:
    statement = submitted(event, words, consent)
    statements.publish(statement, seen(event), review(statement), ACTOR)
    return statement


def in_person(consent: ConsentDetails = EVERYWHERE, on: date | None = None) -> ConsentDetails:
    read_back = frozenset({ReadBack.TEXT, ReadBack.BYLINE})
    return replace(
        consent, given_on=on or factories.past_day(), way=Way.IN_PERSON, heard_by="Wren", read_back=read_back
    )
