"""What is seen, printed and asked about a past action of the world: photos, slips, a collection, requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizer.collections import queries as collection_queries
from organizer.collections import service as collections
from organizer.collections.rules import CollectionDetails
from organizer.collections.rules import Kind as ItemKind
from organizer.db import db, new_id
from organizer.events.models import Event
from organizer.media import Picture
from organizer.photos import consents, files
from organizer.photos import queries as photo_queries
from organizer.photos import service as photos
from organizer.photos.models import Photo
from organizer.photos.rules import AgreementDetails, Faces, PhotoDetails, Way
from organizer.removals import service as removals
from organizer.removals.rules import Kind
from organizer.statements import editing, slips
from organizer.statements import service as statements
from organizer.statements.models import Statement
from organizer.statements.rules import ConsentDetails, SuggestionDetails, TranslationDetails, Use, fingerprint

if TYPE_CHECKING:
    from tests.world import Side

PIXEL = Picture(b"RIFF\x0c\x00\x00\x00WEBPVP8 ", "image/webp", 1, 1)
PICTURE = Picture(b"\xff\xd8\xff\xe0 a photo", "image/jpeg", 12, 8, previews=(PIXEL,))
EVERYWHERE = frozenset(Use)


def tell(side: Side, event: Event) -> None:
    """Add them to the side: the statement that it names is printed, quoted and asked about."""
    statement = db.session.get_one(Statement, side.shared["statement_id"])
    _photos(side, event)
    _slips(side, event)
    _work(statement, db.session.get_one(Photo, side.shared["photo_id"]), event)
    editing.suggest(statement, SuggestionDetails("I came for the letters.", "Shorter"), new_id())
    side.shared |= {"proposal_id": statement.suggestions[0].id, "language": "es"}
    _collection(side, statement)
    request = removals.ask(side.group.id, Kind.STATEMENT, statement.id, f"Canary request {side.group.id}")
    side.secrets["removal request"] = f"Canary request {side.group.id}"
    side.shared["request_id"] = request.id
    for room in ("paste", "slip", "wording"):
        side.special[room] = {"event_id": event.id}


def _work(statement: Statement, photo: Photo, event: Event) -> None:
    """A photo beside it, its author's yes to that, a mended word, and a translation."""
    freely = ConsentDetails(EVERYWHERE, may_edit=True, may_translate=True)
    editing.put_beside(statement, [photo], [event], new_id())
    statements.agree(statement, freely, fingerprint(statement, statement.picture_hashes))
    shown = fingerprint(statement, statement.picture_hashes)
    editing.edit(statement, SuggestionDetails("I came because of the letters."), shown, new_id())
    shown = fingerprint(statement, statement.picture_hashes)
    editing.translate(statement, TranslationDetails("es", "Vine por las cartas.", "Wren"), shown, new_id())


def _photos(side: Side, event: Event) -> None:
    public, draft = (_covered(event, f"Seen {name} {side.group.id}") for name in ("public", "unpublished"))
    side.secrets["unpublished photo"] = draft.caption
    person = consents.add(public, new_id())
    consents.agree(person, AgreementDetails(EVERYWHERE, event.starts_on), public.picture_hash)
    photos.publish(public, public.picture_hash, True, new_id())
    somebody = consents.add(draft, new_id())
    heard = AgreementDetails(EVERYWHERE, event.starts_on, Way.IN_PERSON, "Wren")
    consents.agree_in_person(somebody, heard, draft.picture_hash, event.starts_on, new_id())
    ready, key = photos.upload(event, b"original", new_id())
    photos.rebuilt(ready, PICTURE, key)
    token = photo_queries.link_token(person)
    side.secrets |= {"photo link": token, "photo key": files.key_text(key)}
    side.shared |= {"photo_id": public.id, "person_id": person.id, "ready_photo": ready.id}
    side.special["people.link"] = {"token": token}
    side.special["covering"] = {"photo_id": ready.id, "event_id": event.id}
    side.special["photos.publish"] = side.special["people.add"] = {"photo_id": draft.id}
    side.special["photos.of_event"] = {"event_id": event.id}
    side.special["people.remove"] = {"photo_id": draft.id, "person_id": somebody.id}
    side.special["hidden"] |= {"photo": draft.id, "somebody": somebody.id}


def _covered(event: Event, caption: str) -> Photo:
    photo, key = photos.upload(event, b"original", new_id())
    photos.rebuilt(photo, PICTURE, key)
    photos.cover(photo, [(0, 0, 500, 500)], Faces.NOBODY, key, new_id())
    photos.covered(photo, PICTURE)
    return photos.edit(photo, PhotoDetails("Two people at a table", "en", caption, uses=EVERYWHERE), new_id())


def _slips(side: Side, event: Event) -> None:
    sheet_id = slips.make_sheet(event, new_id())
    slip = db.session.query(slips.ConsentSlip).filter_by(sheet_id=sheet_id).order_by(slips.ConsentSlip.id).first()
    assert slip
    token = slips.link_token(slip)
    side.shared["sheet_id"] = sheet_id
    side.special["slip.follow"] = {"token": token}
    side.secrets["slip link"] = token


def _collection(side: Side, statement: Statement) -> None:
    printed = collections.create(side.group, CollectionDetails(f"Printed {side.group.id[:6]}", "en"), new_id())
    item = collections.add(printed, ItemKind.STATEMENT, statement.id, "", new_id())
    collections.add(printed, ItemKind.PHOTO, side.shared["photo_id"], "", new_id())
    collections.publish(printed, new_id())
    collections.make_link(printed, 30, new_id())
    draft = collections.create(side.group, CollectionDetails(f"Canary collection {side.group.id[:6]}", "en"), new_id())
    collections.add(draft, ItemKind.STATEMENT, statement.id, "", new_id())
    collections.add(draft, ItemKind.PHOTO, side.shared["photo_id"], "", new_id())
    side.secrets["unpublished collection"] = draft.title
    side.shared |= {"item_id": item.id, "collection_id": printed.id}
    for room in ("collections", "arranging", "for_print"):
        side.special[room] = {"slug": printed.slug}
    for page in ("of_group", "new"):
        side.special[f"arranging.{page}"] = {"slug": side.group.slug}
    side.special["arranging.publish"] = {"slug": draft.slug}
    token = collection_queries.link_token(printed)
    side.special["for_print.link"] = {"token": token}
    side.secrets["print link"] = token
    side.special["hidden"]["collection"] = draft.slug
