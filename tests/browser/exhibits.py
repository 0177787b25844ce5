"""What is said and seen, in states that neither the demo nor the world has: paths by what is special there."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count

from organizer import clock, outbox
from organizer.collections import service as collections
from organizer.collections.models import Collection
from organizer.collections.queries import link_token as print_token
from organizer.collections.rules import CollectionDetails, Kind
from organizer.db import db
from organizer.events.models import Event
from organizer.photos import consents, files, queries
from organizer.photos import service as photos
from organizer.photos.models import Photo
from organizer.photos.rules import AgreementDetails, Faces, PhotoDetails
from organizer.photos.rules import State as PhotoState
from organizer.policy import NOBODY
from organizer.statements import queries as statement_queries
from organizer.statements import service as statements
from organizer.statements.models import Statement
from organizer.statements.rules import (
    BylineKind,
    ConsentDetails,
    Moment,
    ReviewDetails,
    StatementDetails,
    Use,
    fingerprint,
)
from tests.media import corpus
from tests.retold import PICTURE
from tests.world import World

EVERYWHERE = frozenset(Use)
LONG_AGO = timedelta(minutes=40)
"""Since when uploads wait: so long that their pages look again only after a minute, not so long that they expire."""
SAID = (
    "My grandmother kept a suitcase under her bed all her life, with two sweaters and a list of addresses. "
    "I think of it when I hear that someone was taken from her kitchen for a sentence that she wrote.\n\n"
    "I do not know whether a leaflet on a market helps them. I know that a letter does."
)
WIDE, TALL = (1500, 1000), (900, 1350)


def add(made: World) -> dict[str, str]:
    """Add them to our side of the world; what an organizer needs to see them is in the owner's browser."""
    event = db.session.get_one(Event, made.ours.special["review"]["event_id"])
    return {**_found(), **_linked(made), **_said(event), **_seen(made, event), **_printed(made, event)}


def _found() -> dict[str, str]:
    """What the demo has."""
    public = [each for each in db.session.query(Statement) if each.published_at]
    translated = next(each for each in public if each.translations and each.language == "ru")
    pictured = next(each for each in public if each.byline == "Tamsin")
    collection = db.session.query(Collection).filter(Collection.title == "Why we stood at the market").one()
    return {
        "a translation": f"/statements/{translated.id}",
        "words and a photo": f"/statements/{pictured.id}",
        "asked to remove": f"/statements/{pictured.id}/remove",
        "a photo": f"/photos/{pictured.pictures[0].photo_id}",
        "library": "/statements",
        "found": "/statements?q=market&language=en&photo=1",
        "nothing found": "/statements?q=xyzzy",
        "collections": "/collections",
        "a collection": f"/collections/{collection.slug}",
    }


def _linked(made: World) -> dict[str, str]:
    """What secret links open; the author's page has a proposal, a light edit, a photo and a translation."""
    special = made.ours.special
    return {
        "my mended words": f"/s/{special['statements.link']['token']}",
        "a photo with me": f"/photos/mine/{special['people.link']['token']}",
        "an unused slip": f"/s/slip/{special['slip.follow']['token']}",
    }


def _said(event: Event) -> dict[str, str]:
    """Statements before an editor, in each state."""
    seen = statement_queries.speakable(NOBODY, event.id)
    assert seen
    number = count(1)

    def say() -> Statement:
        details = StatementDetails(SAID, "en", BylineKind.FULL_NAME, f"Sorrel Invented {next(number)}", "Oakland")
        return statements.submit(seen, details, ConsentDetails(EVERYWHERE, may_edit=True, may_translate=True))

    scheduled, rejected, awaited = say(), say(), say()
    later = datetime.now() + timedelta(days=7)  # noqa: DTZ005 - a wall time
    at = ReviewDetails(fingerprint(scheduled), "from the reading group", Moment.AT, later)
    statements.publish(scheduled, seen, at, "")
    statements.reject(rejected, "")
    awaited.consents = []
    db.session.commit()
    made = {"scheduled": scheduled, "rejected": rejected, "no consent": awaited}
    return {name: f"/events/{event.id}/statements/{each.id}" for name, each in made.items()}


def _seen(made: World, event: Event) -> dict[str, str]:
    """Photos before an organizer, from the upload on."""
    wide, tall = _ready(made, event, WIDE), _ready(made, event, TALL)
    rebuilding, covering = (_waiting(event, state) for state in (PhotoState.UPLOADED, PhotoState.COVERING))
    refused, _key = photos.upload(event, b"no picture", "")
    photos.refuse(refused, queries.LOST)
    hidden = _hidden(event)
    named = {
        "to cover": f"{wide.id}/cover",
        "to cover, tall": f"{tall.id}/cover",
        "being rebuilt": rebuilding.id,
        "being covered": covering.id,
        "not taken": refused.id,
        "hidden": hidden.id,
        "to be taken away": f"{hidden.id}/withdraw",
    }
    return {name: f"/photos/{path}" for name, path in named.items()}


def _ready(made: World, event: Event, size: tuple[int, int]) -> Photo:
    """A real picture that waits for its boxes, its key in the owner's browser."""
    photo, key = photos.upload(event, corpus.jpeg(corpus.photo(size)), "")
    outbox.run_owed()
    db.session.refresh(photo)
    assert photo.state == PhotoState.READY
    made.browsers["owner"].set_cookie("photo_key", files.key_text(key), path=f"/photos/{photo.id}")
    return photo


def _waiting(event: Event, state: PhotoState) -> Photo:
    """One that the worker has and does not know of, so that it stays as it is."""
    photo, key = photos.upload(event, b"original", "")
    photos.rebuilt(photo, PICTURE, key)
    outbox.run_owed()
    photo.state, photo.waits_from_at = state, clock.now() - LONG_AGO
    db.session.commit()
    return photo


def _hidden(event: Event) -> Photo:
    """Published, but somebody in it has not agreed for longer than until yesterday."""
    photo, key = photos.upload(event, corpus.jpeg(corpus.photo(WIDE)), "")
    outbox.run_owed()
    db.session.refresh(photo)
    photos.cover(photo, [(100, 100, 150, 250)], Faces.ASKED, key, "")
    outbox.run_owed()
    db.session.refresh(photo)
    person = consents.add(photo, "")
    consents.agree(person, AgreementDetails(EVERYWHERE, event.starts_on), photo.picture_hash)
    photos.edit(photo, PhotoDetails("A banner by the water.", "en", "By the water", "Wren", uses=EVERYWHERE), "")
    photos.publish(photo, photo.picture_hash, True, "")
    person.expires_on = clock.today() - timedelta(days=1)
    db.session.commit()
    return photo


def _printed(made: World, event: Event) -> dict[str, str]:
    """A newspaper's editor's page on which something was withdrawn, and a collection with nothing in it."""
    seen = statement_queries.speakable(NOBODY, event.id)
    assert seen
    public = db.session.get_one(Statement, made.ours.shared["statement_id"])
    gone = statements.submit(seen, StatementDetails("It rained.", "en"), ConsentDetails(EVERYWHERE))
    statements.publish(gone, seen, ReviewDetails(fingerprint(gone)), "")
    printed = collections.create(made.ours.group, CollectionDetails("By the lake", "en", note="In *the rain*."), "")
    for kind, subject_id in ((Kind.STATEMENT, public.id), (Kind.STATEMENT, gone.id)):
        collections.add(printed, kind, subject_id, "", "")
    collections.add(printed, Kind.PHOTO, made.ours.shared["photo_id"], "", "")
    collections.publish(printed, "")
    collections.make_link(printed, 30, "")
    statements.withdraw(gone)
    empty = collections.create(made.ours.group, CollectionDetails("Nothing yet", "en"), "")
    return {
        "for print": f"/collections/for-print/{print_token(printed)}",
        "offered": f"/collections/{printed.slug}/for-print",
        "an empty collection": f"/collections/{empty.slug}/items",
        "a draft": f"/collections/{empty.slug}",
    }
