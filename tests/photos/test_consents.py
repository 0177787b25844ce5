"""Whatever is done in whatever order: no photo is public without live consent of everyone in it to exactly that."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field
from datetime import date, timedelta
from unittest.mock import patch

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from organizer import clock
from organizer.db import db, new_id
from organizer.errors import Gone, RuleError
from organizer.events.models import Event
from organizer.media import Picture
from organizer.photos import consents, files, queries
from organizer.photos import service as photos
from organizer.photos.models import Photo, PhotoPerson
from organizer.photos.rules import AgreementDetails, Faces, PhotoDetails, Size, State, Use
from tests import factories

MOST_EXAMPLES = 300 if os.environ.get("ORGANIZER_SOAK") else 20

ACTOR = new_id()
DETAILS = PhotoDetails("Hands with leaflets", "en", uses=frozenset(Use))
GRANTS = st.frozensets(st.sampled_from([Use.SITE, Use.PRESS, Use.EVENT_PAGE]), min_size=1)


def _picture(number: int) -> Picture:
    small = Picture(b"RIFF%d" % number, "image/webp", 3, 2)
    return Picture(b"\xff\xd8\xff%d" % number, "image/jpeg", 3, 2, previews=(small, small))


@dataclass
class Story:
    """What was done to a photo, told beside the program: who is in it, and what each agreed to for which picture."""

    photo: Photo
    key: bytes
    today: date
    pictures: int = 0
    published: str = ""
    persons: dict[str, tuple[str, frozenset[Use], date | None]] = field(default_factory=dict)
    is_gone: bool = False

    @property
    def current(self) -> str:
        return hashlib.sha256(_picture(self.pictures).data).hexdigest() if self.pictures else ""

    def allowed(self) -> frozenset[Use]:
        """Where it may stand at most."""
        if self.is_gone or not self.pictures or self.published != self.current:
            return frozenset()
        uses = DETAILS.uses
        for agreed_to, granted, until in self.persons.values():
            is_alive = agreed_to == self.current and (until is None or until >= self.today)
            uses &= granted if is_alive else frozenset()
        return uses

    def somebody(self, place: int) -> PhotoPerson | None:
        ids = sorted(self.persons)
        return db.session.get(PhotoPerson, ids[place % len(ids)]) if ids else None


def _cover(story: Story, faces: Faces) -> None:
    key = story.key if story.photo.waiting_key else None
    photos.cover(story.photo, [(0, 0, 10, 10)], faces, key, ACTOR)
    story.published = ""
    if faces == Faces.NOBODY:
        story.persons.clear()
    photos.covered(story.photo, _picture(story.pictures + 1))
    story.pictures += 1


def _act(story: Story, act: str, place: int, uses: frozenset[Use], faces: Faces) -> None:
    person = story.somebody(place)
    if act in OF_A_PERSON and person is not None:
        _act_of(story, act, person, uses)
    elif act == "cover":
        _cover(story, faces)
    elif act in OF_A_PHOTO:
        OF_A_PHOTO[act](story)


def _publish(story: Story) -> None:
    photos.publish(story.photo, story.photo.picture_hash, True, ACTOR)
    story.published = story.current


def _add(story: Story) -> None:
    story.persons[consents.add(story.photo, ACTOR).id] = ("", frozenset(), None)


def _edit(story: Story) -> None:
    photos.edit(story.photo, DETAILS, ACTOR)


def _withdraw(story: Story) -> None:
    photos.withdraw(story.photo)
    story.is_gone = True


def _wait(story: Story) -> None:
    story.today += timedelta(days=1)


OF_A_PHOTO = {"publish": _publish, "add": _add, "edit": _edit, "withdraw": _withdraw, "wait": _wait}


def _act_of(story: Story, act: str, person: PhotoPerson, uses: frozenset[Use]) -> None:
    person_id = person.id
    if act == "renew":
        consents.renew_link(person)
    elif act == "remove":
        consents.remove(person, ACTOR)
        del story.persons[person_id]
        story.published = ""
    else:
        until = story.today + timedelta(days=1) if act == "agree_shortly" else None
        consents.agree(person, AgreementDetails(uses, story.today, expires_on=until), story.current)
        story.persons[person_id] = (story.current, uses, until)


OF_A_PERSON = ("agree", "agree_shortly", "remove", "renew")
ACTS = ["cover", "publish", "add", "agree", "agree_shortly", "remove", "renew", "edit", "wait"]
STEPS = st.tuples(
    st.sampled_from([*ACTS, "publish", "agree", "withdraw"]), st.integers(0, 2), GRANTS, st.sampled_from(list(Faces))
)


def _begun(event: Event) -> Story:
    photo, key = photos.upload(event, b"original", ACTOR)
    photos.rebuilt(photo, _picture(0), key)
    photos.edit(photo, DETAILS, ACTOR)
    return Story(photo, key, clock.today())


@pytest.mark.load
@given(st.lists(STEPS, max_size=14))
@settings(max_examples=MOST_EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_order_of_acts_makes_a_photo_public_without_live_consent(
    app: Flask, steps: list[tuple[str, int, frozenset[Use], Faces]]
) -> None:
    event = factories.event(starts_on=factories.past_day())
    with app.test_request_context():
        story = _begun(event)
        for step in steps:
            with patch.object(clock, "today", lambda: story.today):
                try:
                    _act(story, *step)
                except (RuleError, Gone):
                    db.session.rollback()
                _compare(story)


def _compare(story: Story) -> None:
    """Every way out says the same, and no more than what was agreed to."""
    db.session.rollback()
    photo_id, allowed = story.photo.id, story.allowed()
    shown = frozenset(use for use in Use if queries.shown([photo_id], use))
    assert shown == allowed
    assert bool(queries.shown([photo_id])) == bool(allowed)
    assert bool(queries.on_event(story.photo.event_id or "")) == (Use.EVENT_PAGE in allowed)
    assert (photo_id in {card.id for card in queries.latest(1000)}) == (Use.SITE in allowed)
    assert (files.print_file(photo_id) is not None) == (Use.PRESS in allowed)
    assert bool(queries.of_group(story.photo.group_id)) == bool(allowed)
    assert set(queries.withdrawn([photo_id])) == ({photo_id} if story.is_gone else set())
    assert (story.photo.state == State.WITHDRAWN) == story.is_gone


def test_what_everyone_agreed_to_can_be_published(app: Flask) -> None:
    """The converse: nothing stands in the way of what is allowed."""
    event = factories.event(starts_on=factories.past_day())
    with app.test_request_context():
        story = _begun(event)
        for act in ("cover", "add", "add", "publish"):
            try:
                _act(story, act, 0, frozenset(Use), Faces.ASKED)
            except RuleError:
                assert act == "publish"
        for place in (0, 1):
            _act(story, "agree", place, frozenset(Use), Faces.ASKED)
        _act(story, "publish", 0, frozenset(), Faces.ASKED)
        _compare(story)
        assert story.allowed() == frozenset(Use)
        printed = files.print_file(story.photo.id)
        assert printed
        assert printed.data() == _picture(1).data
        assert {file.size for file in story.photo.files} == set(Size)
