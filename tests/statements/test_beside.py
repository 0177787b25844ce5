"""A photo stands beside a statement with everybody's consent to just that picture, in whatever order it was given."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
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
from organizer.media import Picture
from organizer.photos import consents as people
from organizer.photos import service as photos
from organizer.photos.models import Photo, PhotoPerson
from organizer.photos.rules import AgreementDetails, Faces, PhotoDetails
from organizer.statements import editing, jobs, queries
from organizer.statements import service as statements
from organizer.statements.cards import Quote
from organizer.statements.models import Statement
from organizer.statements.rules import ConsentDetails, Moment, ReviewDetails, StatementDetails, Use
from tests.statements.saying import ACTOR, EVERYWHERE, past_event, published, seen, shown

MOST_EXAMPLES = 200 if os.environ.get("ORGANIZER_SOAK") else 15

PLACES = (Use.EVENT_PAGE, Use.SITE, Use.PRESS)
OWN_PAGE = {Use.EVENT_PAGE, Use.SITE}
DETAILS = PhotoDetails("A table with leaflets.", "en", uses=frozenset(PLACES))
TEXTS = ("I came because of the letters.", "I came for my brother.")
Grant = tuple[frozenset[Use], date | None]
Step = tuple[Any, ...]


def _alive(grant: Grant | None) -> frozenset[Use]:
    if grant is None or (grant[1] is not None and grant[1] < clock.today()):
        return frozenset()
    return grant[0]


@dataclass
class Ghost:
    """What was done, told beside the program. `picture` counts what the photo was; 0 while there is none to see."""

    is_said: bool = True
    consent: Grant | None = None
    is_beside: bool = False
    agreed_picture: int = 0
    picture: int = 1
    pictures: int = 1
    confirmed: int = 0
    is_nobody: bool = True
    photographer: frozenset[Use] = DETAILS.uses
    persons: dict[str, tuple[int, Grant]] = field(default_factory=dict)

    def photo(self) -> frozenset[Use]:
        """Where the photo may stand by its publication and by all in it."""
        if not self.picture or self.confirmed != self.picture or not (self.is_nobody or self.persons):
            return frozenset()
        uses = self.photographer
        for picture, grant in self.persons.values():
            uses &= _alive(grant) if picture == self.picture else frozenset()
        return uses

    def before_her_eyes(self) -> int:
        """The picture that the author's page shows; 0 for none."""
        return self.picture if self.is_beside and self.photo() & OWN_PAGE else 0

    def expected(self, use: Use | None) -> bool | None:
        """Whether the photo stands beside the statement there; None where the statement does not stand itself."""
        uses = _alive(self.consent) if self.is_said else frozenset()
        if not (use in uses if use else uses & OWN_PAGE):
            return None
        is_agreed = self.is_beside and bool(self.picture) and self.agreed_picture == self.picture
        return is_agreed and bool(use in self.photo() if use else self.photo() & OWN_PAGE)


class Play:
    """A statement and a photo, and their ghost, to which the same is done. What is refused changes nothing."""

    def __init__(self, event: Event) -> None:
        self.event, self.ghost = event, Ghost(consent=(EVERYWHERE.uses, None))
        self.statement = published(event)
        self.photo, _key = photo_of(event)
        self.read = 0, shown(self.statement)

    def do(self, step: Step) -> None:
        with suppress(RuleError, Gone):
            getattr(self, step[0])(*step[1:])

    # The author.

    def open(self) -> None:
        """She looks at her page, and answers later."""
        self.read = self.ghost.before_her_eyes(), shown(self.statement)

    def agree(self, uses: frozenset[Use], days: int | None, is_late: bool) -> None:
        if not is_late:
            self.open()
        picture, fingerprint = self.read
        until = _until(days)
        statements.agree(self.statement, ConsentDetails(uses, expires_on=until), fingerprint)
        assert picture == self.ghost.before_her_eyes()
        self.ghost.consent, self.ghost.agreed_picture = (uses, until), picture

    def change(self, text: str, uses: frozenset[Use]) -> None:
        is_new = text != self.statement.text
        was_alive = bool(_alive(self.ghost.consent))
        statements.change(self.statement, StatementDetails(text, "en"), ConsentDetails(uses))
        self.ghost.consent = uses, None
        self.ghost.is_said &= not is_new
        self.ghost.agreed_picture *= was_alive

    def drop(self) -> None:
        statements.take_photo_back(self.statement, self.photo.id)
        self.ghost.is_beside, self.ghost.agreed_picture = False, 0

    # The editors.

    def attach(self) -> None:
        editing.put_beside(self.statement, [self.photo], [self.event], ACTOR)
        self.ghost.is_beside = True

    def detach(self) -> None:
        editing.put_beside(self.statement, [], [self.event], ACTOR)
        self.ghost.is_beside, self.ghost.agreed_picture = False, 0

    def publish(self) -> None:
        review = ReviewDetails(shown(self.statement), moment=Moment.NOW)
        statements.publish(self.statement, seen(self.event), review, ACTOR)
        self.ghost.is_said = True

    # The photo.

    def cover(self, faces: Faces) -> None:
        """More of it is covered: it is another picture, to be confirmed and agreed to anew."""
        photos.cover(self.photo, [(0, 0, 9, 9)], faces, None, ACTOR)
        self.ghost.picture, self.ghost.is_nobody = 0, faces == Faces.NOBODY
        self.ghost.persons = {} if faces == Faces.NOBODY else self.ghost.persons

    def burn(self) -> None:
        if self.photo.state == "covering":
            self.ghost.pictures += 1
            photos.covered(self.photo, picture(self.ghost.pictures))
            self.ghost.picture = self.ghost.pictures

    def publish_photo(self) -> None:
        photos.publish(self.photo, self.photo.picture_hash, True, ACTOR)
        self.ghost.confirmed = self.ghost.picture

    def edit_photo(self, uses: frozenset[Use]) -> None:
        photos.edit(self.photo, replace(DETAILS, uses=uses), ACTOR)
        self.ghost.photographer = uses

    def withdraw_photo(self) -> None:
        photos.withdraw(self.photo)
        self.ghost.picture = 0

    def add_person(self) -> None:
        person = people.add(self.photo, ACTOR)
        self.ghost.persons[person.id] = 0, (frozenset(), None)
        self.ghost.is_nobody = False

    def all_agree(self, uses: frozenset[Use], days: int | None) -> None:
        for person_id in self.ghost.persons:
            person = db.session.get_one(PhotoPerson, person_id)
            details = AgreementDetails(uses, clock.today(), expires_on=_until(days))
            people.agree(person, details, self.photo.picture_hash)
            self.ghost.persons[person_id] = self.ghost.picture, (uses, details.expires_on)

    def passes(self, *, is_worked: bool) -> None:
        if is_worked:
            jobs.end_consents()
            if self.ghost.consent and not _alive(self.ghost.consent):
                self.ghost.consent, self.ghost.agreed_picture = None, 0


def _until(days: int | None) -> date | None:
    return None if days is None else clock.today() + timedelta(days=days)


def picture(number: int) -> Picture:
    small = Picture(b"RIFF%d" % number, "image/webp", 3, 2)
    return Picture(b"\xff\xd8\xff%d" % number, "image/jpeg", 3, 2, previews=(small, small))


def photo_of(event: Event) -> tuple[Photo, bytes]:
    """A covered photo in which nobody can be recognised; not public."""
    photo, key = photos.upload(event, b"sent", ACTOR)
    photos.rebuilt(photo, picture(1), key)
    photos.cover(photo, [], Faces.NOBODY, key, ACTOR)
    photos.covered(photo, picture(1))
    return photos.edit(photo, DETAILS, ACTOR), key


def public_photo(event: Event) -> Photo:
    photo, _key = photo_of(event)
    return photos.publish(photo, photo.picture_hash, True, ACTOR)


def stands_beside(statement: Statement, photo: Photo, event: Event) -> dict[Use | None, bool | None]:
    """Where readers see the photo beside the statement, by where they look; None where they see no statement."""
    quotes: dict[Use | None, Quote | None] = {None: queries.published(policy.NOBODY, statement.id)}
    for use, listed in ((Use.EVENT_PAGE, queries.on_event(event.id)), (Use.SITE, queries.latest(50))):
        quotes[use] = next((each for each in listed if each.id == statement.id), None)
    quotes[Use.PRESS] = queries.shown([statement.id], Use.PRESS).get(statement.id)
    assert all(len(quote.photos) <= 1 for quote in quotes.values() if quote)
    return {use: [card.id for card in quote.photos] == [photo.id] if quote else None for use, quote in quotes.items()}


places = st.one_of(st.just(frozenset(PLACES)), st.frozensets(st.sampled_from(PLACES), min_size=1))
days = st.sampled_from([None, None, 0, 2])
act = st.one_of(
    st.tuples(st.sampled_from(["open", "drop", "attach", "detach", "publish", "withdraw_photo", "add_person"])),
    st.tuples(st.sampled_from(["attach", "publish_photo", "publish_photo", "burn", "burn"])),
    st.tuples(st.just("agree"), places, days, st.booleans()),
    st.tuples(st.just("agree"), places, days, st.just(False)),
    st.tuples(st.just("change"), st.sampled_from(TEXTS), places),
    st.tuples(st.just("cover"), st.sampled_from(Faces)),
    st.tuples(st.just("edit_photo"), places),
    st.tuples(st.just("all_agree"), places, days),
    st.tuples(st.just("wait"), st.integers(1, 3), st.booleans()),
)
ALL_AGREED: list[Step] = [("publish_photo",), ("attach",), ("agree", frozenset(PLACES), None, False)]
WITH_SOMEBODY: list[Step] = [("add_person",), ("all_agree", frozenset(PLACES), None), *ALL_AGREED]


@pytest.mark.load
@given(
    first=st.sampled_from([[], ALL_AGREED, WITH_SOMEBODY]),
    steps=st.lists(act, max_size=8),
)
@settings(max_examples=MOST_EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_order_of_acts_shows_a_photo_without_everybodys_consent_or_hides_one_that_has_it(
    app: Flask, first: list[Step], steps: list[Step]
) -> None:
    with app.test_request_context(), time_machine.travel(clock.now(), tick=False) as traveller:
        event = past_event()
        play = Play(event)
        expected: dict[Use | None, bool | None] = {}
        for number, step in enumerate([*first, *steps], 1):
            if step[0] == "wait":
                traveller.shift(timedelta(days=step[1]))
                play.passes(is_worked=step[2])
            else:
                play.do(step)
            db.session.rollback()
            expected = {use: play.ghost.expected(use) for use in (None, *PLACES)}
            assert stands_beside(play.statement, play.photo, event) == expected, step
            assert number != len(first) or all(expected.values())
        statements.withdraw(play.statement)


@pytest.fixture
def event(app: Flask) -> Event:
    return past_event()


def _beside(event: Event, photo: Photo) -> Statement:
    """A statement with a photo beside it, to which its author has agreed."""
    statement = published(event)
    editing.put_beside(statement, [photo], [event], ACTOR)
    statements.agree(statement, EVERYWHERE, shown(statement))
    return statement


def test_a_photo_that_its_author_took_away_is_asked_for_again_when_it_comes_back(app: Flask, event: Event) -> None:
    photo = public_photo(event)
    statement = _beside(event, photo)
    statements.take_photo_back(statement, photo.id)
    editing.put_beside(statement, [photo], [event], ACTOR)
    with app.test_request_context():
        assert not any(stands_beside(statement, photo, event).values())
        statements.agree(statement, EVERYWHERE, shown(statement))
        assert all(stands_beside(statement, photo, event).values())


def test_other_words_are_no_consent_to_a_photo_that_their_form_does_not_show(app: Flask, event: Event) -> None:
    photo, statement = public_photo(event), published(event)
    editing.put_beside(statement, [photo], [event], ACTOR)
    statements.change(statement, StatementDetails(statement.text, "en"), EVERYWHERE)
    with app.test_request_context():
        assert not any(stands_beside(statement, photo, event).values())


def test_nobody_agrees_to_a_picture_that_is_not_shown_to_her(app: Flask, event: Event) -> None:
    photo, statement = public_photo(event), published(event)
    editing.put_beside(statement, [photo], [event], ACTOR)
    person = people.add(photo, ACTOR)
    with app.test_request_context():
        assert statement.picture_hashes == []
        statements.agree(statement, EVERYWHERE, shown(statement))
        people.agree(person, AgreementDetails(frozenset(Use), clock.today()), photo.picture_hash)
        assert not any(stands_beside(statement, photo, event).values())


@pytest.mark.parametrize("act", [photos.withdraw, lambda photo: photos.cover(photo, [], Faces.NOBODY, None, ACTOR)])
def test_no_consent_keeps_the_hash_of_a_picture_that_is_no_more(event: Event, act: Any) -> None:
    photo, other = public_photo(event), public_photo(event)
    photos.cover(other, [], Faces.NOBODY, None, ACTOR)
    photos.covered(other, picture(2))
    photos.publish(other, other.picture_hash, True, ACTOR)
    statement = published(event)
    editing.put_beside(statement, [photo, other], [event], ACTOR)
    statements.agree(statement, EVERYWHERE, shown(statement))
    assert statement.consents[0].pictures == sorted([photo.picture_hash, other.picture_hash])
    act(photo)
    db.session.expire_all()
    assert statement.consents[0].pictures == [other.picture_hash]
