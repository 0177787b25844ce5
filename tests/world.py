"""A small whole world, two groups with everything in every state, and one browser for each role.

It is built once in each process and put back before each test that asks for it, whatever was done to it meanwhile.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from organizer import config, kept, limits, storage
from organizer.accounts import service as accounts
from organizer.accounts.models import Account, PasswordLink, Session, session_hash
from organizer.codes import service as codes
from organizer.copies import service as copies
from organizer.copies.rules import CopiesDetails
from organizer.db import db, new_id
from organizer.events import service as event_service
from organizer.events.models import Event
from organizer.events.rules import SpotShown, Texts, Visibility
from organizer.groups import service as groups
from organizer.groups.models import Group, Invitation, Membership
from organizer.leaflets import outcome, renditions
from organizer.leaflets import service as leaflets
from organizer.leaflets.models import EventLeaflet, Leaflet
from organizer.leaflets.rules import Kind as LeafletKind
from organizer.leaflets.rules import LeafletDetails, Paper, Purpose, Upload, VersionDetails
from organizer.media import Picture, RebuiltPdf
from organizer.outbox import OutboxRow
from organizer.policy import NOBODY, Role
from organizer.posters import service as posters
from organizer.posters.rules import Recipe, Shape, Sheet
from organizer.rsvps import queries as rsvp_queries
from organizer.rsvps import service as rsvps
from organizer.rsvps.rules import Coming, RsvpDetails
from organizer.statements import opening
from organizer.statements import queries as statement_queries
from organizer.statements import service as statements
from organizer.statements.rules import BylineKind, ConsentDetails, ReviewDetails, StatementDetails, Use, fingerprint
from tests import factories, retold, undoing
from tests.undoing import Rows

ROLES = (
    "anonymous",
    "answer-link holder",
    "statement-link holder",
    "photo-link holder",
    "print-link holder",
    "member",
    "contact reader",
    "organizer",
    "owner",
    "organizer of another group",
    "operator",
)
WITHOUT_ACCOUNT = ROLES[:5]
# The audit, and how often a printed code was followed: the one number that looking adds to.
UNSEEN = {"audit_line", "leaflet_scan"}
PIXEL = Picture(b"RIFF\x0c\x00\x00\x00WEBPVP8 ", "image/webp", 1, 1)
PHOTO = Picture(b"\xff\xd8\xff\xe0 a picture", "image/jpeg", 1, 1, previews=(PIXEL,))


@dataclass(repr=False)
class Side:
    """What one group has. `shared` are the values of routes' variables, `special` those that differ by endpoint."""

    group: Group
    shared: dict[str, str] = field(default_factory=dict)
    special: dict[str, dict[str, str]] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)

    def values(self, rule: Rule) -> dict[str, str]:
        """The values of a route's variables that lead to something of this group's."""
        special = {**self.special.get(rule.endpoint.partition(".")[0], {}), **self.special.get(rule.endpoint, {})}
        known = {**self.shared, **special}
        return {name: known[name] for name in sorted(rule.arguments)}


@dataclass(repr=False)
class World:
    app: Flask
    ours: Side
    theirs: Side
    browsers: dict[str, FlaskClient]
    rows: Rows = field(default_factory=dict)
    files: dict[Path, bytes] = field(default_factory=dict)
    blobs: dict[str, bytes] = field(default_factory=dict)
    shown: dict[tuple[str, str], TestResponse] = field(default_factory=dict)

    def rules(self) -> list[Rule]:
        return sorted(self.app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint))

    def address(self, rule: Rule, **changes: str) -> str:
        """The route's address on our side, some of its variables changed."""
        return build(rule, {**self.ours.values(rule), **changes})

    def ask(self, role: str, path: str, method: str = "GET", **options: Any) -> TestResponse:
        """What this role is answered; her browser keeps no cookie that she gets by it."""
        browser = self.browsers[role]
        before = dict(browser._cookies or {})
        try:
            return browser.open(path, method=method, **options)
        finally:
            browser._cookies = before

    def read(self, role: str, path: str) -> TestResponse:
        """What this role is shown while nothing has changed since the world was made; asked once in each process."""
        if (role, path) not in self.shown:
            self.shown[role, path] = self.ask(role, path)
        return self.shown[role, path]

    def pages(self) -> list[str]:
        """An address for every page of our side, those that only a state has with them."""
        addresses = [self.address(rule) for rule in self.rules() if "GET" in (rule.methods or ())]
        hidden = self.ours.special["hidden"]
        addresses += [f"/events/{hidden[name]}" for name in ("draft", "private", "unlisted")]
        addresses.append(f"/leaflets/{hidden['leaflet']}")
        past = self.ours.special["review"]["event_id"]
        waiting = [
            self.ours.special[f"review.{act}"]["statement_id"] for act in ("publish", "signer", "lift", "in_person")
        ]
        addresses += [f"/events/{past}/statements/{statement_id}" for statement_id in waiting]
        draft, somebody = hidden["photo"], hidden["somebody"]
        addresses += [f"/photos/{draft}", f"/photos/{draft}/people/{somebody}"]
        return [*addresses, f"/collections/{hidden['collection']}/items"]

    def state(self) -> tuple[Rows, list[Path], list[str]]:
        """All that is kept, the unseen aside: rows, keys and the names of blobs."""
        found = {name: kept_rows for name, kept_rows in undoing.rows(self.rows).items() if name not in UNSEEN}
        return found, list(files()), sorted(storage.current().keys())

    def set_up(self) -> None:
        """Make everything what it was when the world was made, whatever is there."""
        db.session.remove()
        undoing.refill(self.rows)
        self.put_back()

    def put_back(self) -> None:
        """Undo what was written to database, keys, blobs and memory since the world was set up."""
        db.session.remove()
        undoing.undo(self.rows)
        for path in set(files()) - set(self.files):
            path.unlink()
        for path, content in self.files.items():
            path.write_bytes(content)
        for key in set(storage.current().keys()) - set(self.blobs):
            storage.current().delete(key)
        for key in set(self.blobs) - set(storage.current().keys()):
            storage.current().put(key, self.blobs[key])
        kept.shelf.clear()
        limits.init_app(self.app, config.current())


def build(rule: Rule, values: Mapping[str, str]) -> str:
    """The address of a route, its variables filled in as they are."""
    return re.sub(r"<(?:[^:<>]+:)?(\w+)>", lambda found: values[found[1]], rule.rule)


def path_of(rule: Rule) -> str:
    """A route as the documentation writes it: without the converters of its variables."""
    return re.sub(r"<[^:<>]+:(\w+)>", r"<\1>", rule.rule)


def files() -> dict[Path, bytes]:
    """The events' keys."""
    folder = Path(unquote(urlsplit(config.current().keys_url).path))
    return {path: path.read_bytes() for path in sorted(folder.glob("*"))}


def make(app: Flask) -> World:
    """The world, in an empty database."""
    group, other = factories.group("East Bay Solidarity"), factories.group("Peninsula Letters")
    people = {
        "member": factories.person(app, Role.MEMBER, group),
        "contact reader": factories.person(app, Role.MEMBER, group),
        "organizer": factories.person(app, Role.ORGANIZER, group),
        "owner": factories.person(app, Role.OWNER, group),
        "organizer of another group": factories.person(app, Role.OWNER, other),
        "operator": factories.person(app, Role.MEMBER, factories.group("Nobody else")),
    }
    _raise_up(people)
    browsers = {name: person.client for name, person in people.items()}
    for name in WITHOUT_ACCOUNT:
        browsers[name] = app.test_client()
    ours, theirs = _side(group), _side(other)
    sides = ((ours, people["member"], people["owner"]), (theirs, people["organizer of another group"], None))
    for side, member, owner in sides:
        _people(side, member.account_id, (owner or member).account_id)
    for browser in browsers.values():
        browser.get("/sign-in")  # each has its cookie for form tokens
    browsers["answer-link holder"].get(f"/r/{ours.special['rsvps.link']['token']}")
    browsers["statement-link holder"].get(f"/s/{ours.special['statements.link']['token']}")
    browsers["photo-link holder"].get(f"/photos/mine/{ours.special['people.link']['token']}")
    browsers["print-link holder"].get(f"/collections/for-print/{ours.special['for_print.link']['token']}")
    browsers["owner"].set_cookie("photo_key", ours.secrets["photo key"], path=f"/photos/{ours.shared['ready_photo']}")
    return World(app, ours, theirs, browsers, undoing.all_rows(), files(), _blobs())


def _raise_up(people: Mapping[str, factories.Person]) -> None:
    reader, operator = people["contact reader"], people["operator"]
    db.session.get_one(Membership, (reader.group.id, reader.account_id)).reads_contacts = True
    db.session.delete(db.session.get_one(Membership, (operator.group.id, operator.account_id)))
    db.session.get_one(Account, operator.account_id).is_operator = True
    db.session.commit()


def _side(group: Group) -> Side:
    side = Side(group)
    side.secrets |= {"spot": f"Canary gate {group.id}", "private notes": f"Canary notes {group.id}"}
    coming = factories.event(
        group,
        title="Coming",
        tags=("letters",),
        spot=side.secrets["spot"],
        spot_shown=SpotShown.TO_ANSWERED,
        private_notes=side.secrets["private notes"],
    )
    event_service.translate(coming, "es", Texts(title="Viene", what_for="Por la paz"), new_id())
    notice = event_service.post_notice(coming, {"en": "South gate", "es": "Puerta sur"}, new_id())
    draft = factories.event(group, published=False, title="Drafted")
    cancelled = factories.event(group, title="Cancelled")
    event_service.cancel(cancelled, "The hall is closed", new_id())
    private = factories.event(group, title="Among us", visibility=Visibility.PRIVATE)
    unlisted = factories.event(group, title="By link", visibility=Visibility.UNLISTED)
    past = factories.event(group, title="Past", starts_on=factories.past_day(), tags=("letters",))
    side.shared = {
        "address": str(coming.slug),
        "event_id": coming.id,
        "notice_id": notice.id,
        "slug": group.slug,
        "code": "es",
        "number": "1",
        "size": "small",
        "rendition": "grey",
        "filename": "style.css",
    }
    for room in ("pages", "calendars"):
        side.special[f"{room}.city"] = {"slug": group.city.slug}
        side.special[f"{room}.tag"] = {"slug": "letters"}
    side.special["calendars.city_atom"] = {"slug": group.city.slug}
    side.special["calendars.tag_atom"] = {"slug": "letters"}
    side.special["calendars.event"] = {"address": coming.id}
    side.special["events.publish"] = side.special["events.delete"] = {"event_id": draft.id}
    side.special["events.reinstate"] = {"event_id": cancelled.id}
    side.special["events.report"] = {"event_id": past.id}
    side.special["hidden"] = {"draft": draft.id, "private": private.id, "unlisted": unlisted.id}
    _answers(side, coming)
    _leaflets(side, coming)
    _versions(side, coming, past)
    _statements(side, past)
    retold.tell(side, past)
    return side


def _answers(side: Side, event: Event) -> None:
    nickname = f"Canary nickname {side.group.id}"
    side.secrets["nickname"] = nickname
    seen = rsvp_queries.answerable(NOBODY, event.id)
    assert seen
    rsvps.answer(seen, RsvpDetails(Coming.GOING, 2, "Leek"))
    token = rsvps.answer(seen, RsvpDetails(Coming.GOING, 2, nickname))
    rsvps.set_aside(event.id, 1, 1, new_id())
    side.shared |= {"rsvp_id": token.partition(".")[0], "batch": "1"}
    side.special["rsvps.link"] = {"token": token}
    side.secrets["answer link"] = token


def _leaflets(side: Side, event: Event) -> None:
    made = {name: _leaflet(event, name) for name in ("published", "ready", "refused")}
    leaflets.publish(made["published"], new_id(), 1)
    side.shared["leaflet_id"] = made["published"].id
    counted = db.session.get_one(EventLeaflet, (event.id, made["published"].id))
    bringer = side.secrets["who brings leaflets"] = f"Canary bringer {side.group.id}"
    copies.change(counted, CopiesDetails(needed=500, brought_by=bringer), CopiesDetails().fingerprint, new_id())
    side.special["leaflets.publish"] = {"leaflet_id": made["ready"].id}
    side.special["uploading.again"] = {"leaflet_id": made["refused"].id}
    side.special["posters.make_anew"] = {"leaflet_id": _made_leaflet(event).id}
    side.special["uploading.flatten"] = {"leaflet_id": _paged_leaflet(event).id}
    side.special["print_pages.make_again"] = {"leaflet_id": _unmade_leaflet(event).id}
    side.special.setdefault("hidden", {})["leaflet"] = made["ready"].id
    code = codes.make(made["published"].shown, "The north gate", event.id, new_id())
    side.shared["code_id"] = code.id
    side.special["codes.follow"] = {"code": code.code}


def _leaflet(event: Event, name: str) -> Leaflet:
    made = leaflets.upload(
        event, Upload(LeafletDetails(f"Leaflet {name}", "en"), LeafletKind.PICTURE, PHOTO.data), new_id()
    )
    if name == "refused":
        outcome.refuse(made.shown, "picture_damaged", made.shown.source_key)
    else:
        outcome.finish(made.shown, PHOTO, made.shown.source_key)
        renditions.keep(made.shown, Purpose.GREY, Paper.OWN, b"%PDF-1.7", made.shown.source_key or "")
    return made


def _versions(side: Side, event: Event, past: Event) -> None:
    """A leaflet that is handed out twice, whose first version was replaced."""
    side.shared["version"] = "1"
    renewed = _leaflet(event, "renewed")
    leaflets.publish(renewed, new_id(), 1)
    later = leaflets.upload_version(
        renewed, Upload(VersionDetails("A new date"), LeafletKind.PICTURE, PHOTO.data), new_id()
    )
    outcome.finish(later, PHOTO, later.source_key)
    leaflets.publish(renewed, new_id(), 2)
    leaflets.bring(past, [renewed.id], new_id())
    side.special["versions.drop"] = {"leaflet_id": renewed.id}
    side.special["versions.words"] = {"leaflet_id": renewed.id, "version": "2"}
    side.special["bringing.bring"] = {"event_id": past.id}
    side.special["bringing.take_away"] = {"event_id": past.id, "leaflet_id": renewed.id}


def _made_leaflet(event: Event) -> Leaflet:
    """One that was made from its event, and waits for an organizer's look."""
    recipe = Recipe(event.id, Shape.POSTER, Sheet.A4, ("en", "es"))
    leaflet = posters.make(event, recipe, LeafletDetails("Poster", "en"), new_id())
    outcome.finish(leaflet.shown, RebuiltPdf(b"%PDF-", 1, "Coming.", (), (), PHOTO.previews[:1]), None)
    return leaflet


def _unmade_leaflet(event: Event) -> Leaflet:
    """One that is ready, and of which nothing to print could be made."""
    made = _paged_leaflet(event)
    db.session.execute(delete(OutboxRow).where(OutboxRow.subject_id == made.shown.id))
    db.session.commit()
    return made


def _paged_leaflet(event: Event) -> Leaflet:
    """One that is ready as a PDF."""
    made = leaflets.upload(event, Upload(LeafletDetails("Leaflet of pages", "en"), LeafletKind.PDF, b"%PDF-"), new_id())
    pages = RebuiltPdf(b"%PDF-", 1, "Write to them.", (), (), PHOTO.previews[:1])
    outcome.finish(made.shown, pages, made.shown.source_key)
    return made


def _statements(side: Side, event: Event) -> None:
    seen = statement_queries.speakable(NOBODY, event.id)
    assert seen
    full_name = f"Canary Fullname {side.group.id[:8]}"
    side.secrets["withheld name"] = full_name
    anyone = StatementDetails("I came becuase of the letters.", "en", BylineKind.PSEUDONYM, "Juniper")
    signed = StatementDetails("I came for a friend.", "en", BylineKind.FULL_NAME, full_name)
    waiting = StatementDetails(f"Canary unread {side.group.id}", "en", BylineKind.PSEUDONYM, "Sorrel")
    side.secrets["unread statement"] = waiting.text
    held = StatementDetails(f"Canary held {side.group.id}", "en")
    side.secrets["held statement"] = held.text
    freely = ConsentDetails(frozenset(Use), may_edit=True, may_translate=True)
    made = [statements.submit(seen, words, freely) for words in (anyone, signed, waiting, held)]
    for statement in made[:2]:
        statements.publish(statement, seen, ReviewDetails(fingerprint(statement)), new_id())
    public, withheld, unread, back = made
    statements.hold(back, new_id())
    token = opening.link_token(public)
    side.shared["statement_id"] = public.id
    side.secrets["statement link"] = token
    side.special["statements.link"] = {"token": token}
    side.special["statements.new"] = {"address": str(event.slug)}
    side.special["review"] = {"event_id": event.id, "statement_id": public.id}
    side.special["review.signer"] = {"statement_id": withheld.id}
    side.special["review.publish"] = {"statement_id": unread.id}
    side.special["review.lift"] = {"statement_id": back.id}
    noted = statements.note_down(event, StatementDetails("I said so at the table.", "en"), None, new_id())
    side.special["review.in_person"] = {"statement_id": noted.id}
    side.special["hidden"]["statement"] = unread.id


def _people(side: Side, member_id: str, owner_id: str) -> None:
    """Invitation, password link, and a second browser of the owner's."""
    name = db.session.get_one(Account, owner_id).name
    side.shared["account_id"] = member_id
    other_browser = accounts.sign_in(name, factories.PASSWORD, "test")
    side.shared["session_id"] = _only(Session, token_hash=session_hash(other_browser))
    token = groups.invite(side.group, Role.MEMBER, owner_id)
    side.shared["invitation_id"] = _only(Invitation, group_id=side.group.id)
    side.special["groups.invitation"] = {"token": token}
    link = accounts.make_password_link(db.session.get_one(Account, member_id).name)
    assert db.session.get(PasswordLink, member_id)
    side.special["accounts.password"] = {"token": link}
    side.secrets |= {"invitation": token, "password link": link}


def _only(model: type[Any], **columns: object) -> str:
    found = db.session.query(model).filter_by(**columns).one()
    return str(found.id)


_made: dict[int, World] = {}


def _blobs() -> dict[str, bytes]:
    return {key: storage.current().get(key) for key in list(storage.current().keys())}


def of(app: Flask) -> World:
    """The world of this process, as it was when it was made."""
    world = _made.get(id(app))
    if world is None:
        world = _made[id(app)] = make(app)
    world.set_up()
    return world
