"""A told action with a canary in every place that can hold one, all its addresses, and what they answer."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import time_machine
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from organizer import clock, storage
from organizer.collections import queries as collection_queries
from organizer.collections import service as collections
from organizer.collections.models import Collection
from organizer.collections.rules import CollectionDetails
from organizer.collections.rules import Kind as ItemKind
from organizer.db import db
from organizer.events.models import Event
from organizer.groups.models import Group, Membership
from organizer.media import Picture
from organizer.photos import consents
from organizer.photos import queries as photo_queries
from organizer.photos import service as photos
from organizer.photos.models import Photo, PhotoPerson
from organizer.photos.rules import AgreementDetails, Faces, Licence, PhotoDetails
from organizer.photos.rules import Way as PhotoWay
from organizer.policy import Role
from organizer.removals import service as removals
from organizer.removals.rules import Kind
from organizer.statements import editing, opening, slips
from organizer.statements import service as statements
from organizer.statements.models import Statement
from organizer.statements.rules import (
    BylineKind,
    Moment,
    ReviewDetails,
    StatementDetails,
    SuggestionDetails,
    TranslationDetails,
    Use,
)
from tests import factories, undoing, world
from tests.collections.collecting import pdf_text
from tests.conftest import DATABASE_URL
from tests.statements.saying import FREELY, in_person, seen, shown
from tests.world import World

EVERYWHERE = frozenset(Use)
OWN = "Wordcanary came for the leterscanary. Quotecanary stood beside me."
MENDED = OWN.replace("leters", "letters")
# What readers see of hers, what only she and the editors do, and what is sealed.
WORDS = ("wordcanary", "letterscanary", "quotecanary", "traductcanary", "translatorcanary")
NAMES = ("bylinecanary", "affiliationcanary")
UNSEEN = ("leterscanary", "suggestedcanary", "whycanary")
SEALED = ("knowncanary", "heardcanary", "removalcanary")
OF_SAYING = (*WORDS, *NAMES, *UNSEEN, *SEALED)
UNDER_PHOTO = ("captioncanary", "creditcanary", "altcanary")
PICTURES = ("smallcanary", "largecanary", "printcanary")
SEALED_OF_PHOTO = ("toldcanary", "askedcanary")
OF_PHOTO = (*UNDER_PHOTO, *PICTURES, *SEALED_OF_PHOTO)
STAYS = ("stayingcanary", "fernscanary")
ALL = (*OF_SAYING, *OF_PHOTO, *STAYS)
Found = dict[tuple[str, str], "Answered"]


@dataclass
class Answered:
    """What an address answered: `text` is all that can be read in it, headers too, and pictures by their names."""

    status: int
    headers: dict[str, str]
    text: str


@dataclass
class Told:
    """The action, who opens it with which link, and what it answered while all of it was public."""

    world: World
    at: datetime
    event_id: str
    slug: str
    group_slug: str
    statement_id: str
    photo_id: str
    person_id: str
    collection_id: str
    pictures: dict[bytes, str]
    sealed: dict[str, bytes]
    addresses: list[str] = field(default_factory=list)
    browsers: dict[str, FlaskClient] = field(default_factory=dict)
    before: Found = field(default_factory=dict)

    @property
    def statement(self) -> Statement:
        return db.session.get_one(Statement, self.statement_id)

    @property
    def photo(self) -> Photo:
        return db.session.get_one(Photo, self.photo_id)

    @property
    def person(self) -> PhotoPerson:
        return db.session.get_one(PhotoPerson, self.person_id)

    @property
    def owner(self) -> FlaskClient:
        return self.world.browsers["owner"]

    def crawl(self, *readers: str) -> Found:
        """What every address answers now: to a stranger, to who holds all links, and to the group's owner."""
        return {
            (who, address): self._answered(who, address)
            for who in readers or self.browsers
            for address in self.addresses
        }

    def crawl_again(self, *readers: str) -> Found:
        """The same for those addresses alone that told each reader something of it before."""
        telling = {asked for canary in ALL for asked in where(self.before, canary)}
        return {asked: self._answered(*asked) for asked in sorted(telling) if not readers or asked[0] in readers}

    def _answered(self, who: str, address: str) -> Answered:
        response = self.ask(who, address)
        text = f"{response.headers}\n{self._read(response.get_data(), response.mimetype or '')}".lower()
        return Answered(response.status_code, dict(response.headers), text)

    def ask(self, who: str, address: str, **headers: str) -> TestResponse:
        """What she is answered; her browser keeps no cookie that she gets by it."""
        browser = self.browsers[who]
        cookies = dict(browser._cookies or {})
        response = browser.get(address, headers={name.replace("_", "-"): value for name, value in headers.items()})
        browser._cookies = cookies
        return response

    def named(self, who: str, address: str) -> str:
        """Who reads it where, with ids that are the same in each run: "a stranger /statements/S"."""
        ids = {"S": self.statement_id, "P": self.photo_id, "E": self.event_id, "C": self.collection_id}
        for short, long in {**ids, "N": self.person_id, "action": self.slug, "group": self.group_slug}.items():
            address = address.replace(long, short)
        return f"{who} {address}"

    def _read(self, data: bytes, mimetype: str) -> str:
        if data in self.pictures:
            return self.pictures[data]
        if mimetype == "application/pdf" and data.rstrip().endswith(b"%%EOF") and len(data) > 100:
            return pdf_text(data)
        if mimetype != "application/zip":
            return data.decode(errors="replace")
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            read = [self._read(archive.read(name), _type_of(name)) for name in archive.namelist()]
            return "\n".join([*archive.namelist(), *read])


def _type_of(name: str) -> str:
    return "application/pdf" if name.endswith(".pdf") else ""


def where(found: Found, canary: str) -> set[tuple[str, str]]:
    """Who reads a canary, and at which address."""
    return {asked for asked, answer in found.items() if canary in answer.text}


def stored() -> Iterator[bytes]:
    """All that the database holds: each value of each column, and on SQLite its files."""
    for kept_rows in undoing.all_rows().values():
        for row in kept_rows:
            for value in row:
                yield value.lower() if isinstance(value, bytes) else str(value).lower().encode()
    if not DATABASE_URL:
        path = Path(str(db.engine.url.database)).resolve()
        for file in (path, path.with_name(f"{path.name}-wal")):
            yield file.read_bytes().lower() if file.exists() else b""


def held(told: Told) -> set[str]:
    """The canaries that the database holds somewhere; a sealed one is its sealed bytes."""
    everything = list(stored())
    sought = {canary: told.sealed.get(canary, canary.encode()).lower() for canary in ALL}
    return {canary for canary, content in sought.items() if any(content in each for each in everything)}


_told: dict[int, Told] = {}


def of(app: Flask) -> Told:
    """The told action of this process, as it was when all of it was public."""
    made = _told.get(id(app))
    if made is None:
        made = _told[id(app)] = _make(app)
        with time_machine.travel(made.at, tick=False):
            made.before = made.crawl()
    made.world.set_up()
    return made


def _make(app: Flask) -> Told:
    base = world.of(app)
    group = db.session.query(Group).filter_by(slug=base.ours.shared["slug"]).one()
    event = factories.event(group, starts_on=factories.past_day(), title="At the lake", tags=("letters",))
    actor_id = db.session.query(Membership).filter_by(group_id=group.id, role=Role.OWNER).one().account_id
    photo, person, pictures = _photo(event, actor_id)
    staying = _published(event, "Stayingcanary too.", BylineKind.PSEUDONYM, "Fernscanary", actor_id)
    sheet_id = slips.make_sheet(event, actor_id)
    slip = db.session.query(slips.ConsentSlip).filter_by(sheet_id=sheet_id).first()
    assert slip
    statement = _said(event, photo, slip, actor_id)
    request = removals.ask(event.group_id, Kind.STATEMENT, statement.id, "Removalcanary, she wrote")
    asked = removals.ask(event.group_id, Kind.PHOTO, photo.id, "Askedcanary, he wrote")
    collection = _collection(group, statement, photo, staying, actor_id)
    notes = (statement.known_by, statement.consents[0].heard_by, request.note, person.heard_by, asked.note)
    sealed = dict(zip((*SEALED, *SEALED_OF_PHOTO), notes, strict=True))
    links = {
        "statements.link": opening.link_token(statement),
        "slip.follow": slips.link_token(slip),
        "people.link": photo_queries.link_token(person),
        "for_print.link": collection_queries.link_token(collection),
    }
    ids = {
        "event_id": event.id,
        "address": str(event.slug),
        "statement_id": statement.id,
        "photo_id": photo.id,
        "person_id": person.id,
        "collection_id": collection.id,
        "item_id": collection.items[0].id,
        "request_id": request.id,
        "sheet_id": sheet_id,
    }
    told = Told(
        World(app, base.ours, base.theirs, base.browsers, undoing.all_rows(), world.files(), world._blobs()),
        clock.now(), event.id, str(event.slug), group.slug, statement.id, photo.id, person.id, collection.id, pictures,
        {name: each for name, each in sealed.items() if each},
    )  # fmt: skip
    told.addresses = list(_addresses(base, ids, links, str(collection.slug)))
    holder = app.test_client()
    for endpoint in ("statements.link", "people.link", "for_print.link"):
        rule = next(rule for rule in base.rules() if rule.endpoint == endpoint)
        holder.get(world.build(rule, {"token": links[endpoint]}))
    told.browsers = {"a stranger": app.test_client(), "who holds the links": holder, "the owner": told.owner}
    return told


def _published(event: Event, text: str, kind: BylineKind, byline: str, actor_id: str) -> Statement:
    statement = statements.submit(seen(event), StatementDetails(text, "en", kind, byline), FREELY)
    statements.publish(statement, seen(event), ReviewDetails(shown(statement), moment=Moment.NOW), actor_id)
    return statement


def _said(event: Event, photo: Photo, slip: slips.ConsentSlip, actor_id: str) -> Statement:
    """Written down on the street, worked on, agreed to once more, and published; an editor proposes other words."""
    details = StatementDetails(OWN, "en", BylineKind.FULL_NAME, "Ana Bylinecanary", "Affiliationcanary")
    heard = replace(in_person(FREELY), heard_by="Heardcanary, at the table")
    statement = statements.note_down(event, details, heard, actor_id, slip.number)
    editing.put_beside(statement, [photo], [event], actor_id)
    statements.agree(statement, heard, shown(statement))
    editing.edit(statement, SuggestionDetails(MENDED), shown(statement), actor_id)
    spanish = TranslationDetails("es", "Traductcanary por las cartas.", "Translatorcanary")
    editing.translate(statement, spanish, shown(statement), actor_id)
    editing.choose_quotes(statement, ["Quotecanary stood beside me."], actor_id)
    review = ReviewDetails(shown(statement), "Knowncanary: we sing together", Moment.NOW)
    statements.publish(statement, seen(event), review, actor_id)
    editing.suggest(statement, SuggestionDetails("Suggestedcanary came.", "Whycanary"), actor_id)
    return statement


def _photo(event: Event, actor_id: str) -> tuple[Photo, PhotoPerson, dict[bytes, str]]:
    small, large = _picture((48, 32), "WEBP"), _picture((90, 60), "WEBP")
    printed = _picture((180, 120), "JPEG", large, small)
    photo, key = photos.upload(event, b"sent", actor_id)
    photos.rebuilt(photo, printed, key)
    photos.cover(photo, [], Faces.ASKED, key, actor_id)
    photos.covered(photo, printed)
    words = PhotoDetails("Altcanary.", "en", "Captioncanary.", "Creditcanary", Licence.PRESS, EVERYWHERE)
    photos.edit(photo, words, actor_id)
    person = consents.add(photo, actor_id)
    yes = AgreementDetails(EVERYWHERE, event.starts_on, PhotoWay.IN_PERSON, "Toldcanary, at the gate")
    consents.agree_in_person(person, yes, photo.picture_hash, event.starts_on, actor_id)
    photos.publish(photo, photo.picture_hash, True, actor_id)
    return photo, person, {small.data: "smallcanary", large.data: "largecanary", printed.data: "printcanary"}


def _picture(size: tuple[int, int], kind: str, *previews: Picture) -> Picture:
    dice, file = random.Random(str(size)), io.BytesIO()
    Image.frombytes("RGB", size, bytes(dice.randrange(256) for _ in range(3 * size[0] * size[1]))).save(file, kind)
    return Picture(file.getvalue(), f"image/{kind.lower()}", *size, previews)


def _collection(group: Group, statement: Statement, photo: Photo, staying: Statement, actor_id: str) -> Collection:
    made = collections.create(group, CollectionDetails("What was said at the lake", "en"), actor_id)
    collections.add(made, ItemKind.STATEMENT, statement.id, "", actor_id)
    collections.add(made, ItemKind.QUOTE, statement.id, "Quotecanary stood beside me.", actor_id)
    collections.add(made, ItemKind.PHOTO, photo.id, "", actor_id)
    collections.add(made, ItemKind.STATEMENT, staying.id, "", actor_id)
    collections.publish(made, actor_id)
    return collections.make_link(made, 60, actor_id)


def _addresses(base: World, ids: dict[str, str], links: dict[str, str], slug: str) -> Iterator[str]:
    """Every page of the app, of what was told where it can be; what a reader asks for, too."""
    for rule in base.rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint in ("static", "healthz"):
            continue
        changes = {name: value for name, value in ids.items() if name in rule.arguments}
        if rule.endpoint in links:
            changes["token"] = links[rule.endpoint]
        if rule.rule.startswith("/collections/<slug>"):
            changes["slug"] = slug
        if rule.endpoint != "photos.picture":
            yield base.address(rule, **changes)
    yield from (f"/photos/{ids['photo_id']}/{size}" for size in ("small", "large", "print"))
    for page in ("/statements", "/statements.atom", "/statements.json"):
        yield from (f"{page}?q=stood+beside", f"{page}?action={ids['event_id']}", f"{page}?photo=1")


def blobs_of(photo_id: str) -> list[str]:
    """What the storage holds of a photo."""
    return list(storage.current().keys(f"photos/{photo_id}"))
