"""Making, arranging, publishing and taking off, and the newspaper editor's link. Each function is one commit."""

from __future__ import annotations

from sqlalchemy import exc

from organizer import audit, clock, outbox
from organizer.collections import queries, rules, traces
from organizer.collections.models import Collection, CollectionItem
from organizer.collections.rules import CollectionDetails, Kind, Move, State
from organizer.db import db, new_id, writing
from organizer.errors import RuleError
from organizer.groups.models import Group
from organizer.outbox import Fact
from organizer.photos.rules import Use


def create(group: Group, details: CollectionDetails, actor_id: str) -> Collection:
    """Begin an empty draft. Raises RuleError for details that no collection can have."""
    rules.check_details(details)
    with writing():
        collection = Collection(id=new_id(), group_id=group.id, created_on=clock.today(), items=[])
        collection.take(details)
        _take_slug(collection)
        _record(actor_id, "collection.created", collection)
    return collection


def edit(collection: Collection, details: CollectionDetails, actor_id: str) -> Collection:
    """Change what is said about it. Its address follows the title until it is published for the first time."""
    rules.check_details(details)
    with writing(lock=collection):
        is_renamed = details.title != collection.title
        collection.take(details)
        if is_renamed and collection.published_at is None:
            _take_slug(collection)
        _record(actor_id, "collection.edited", collection)
    return collection


def publish(collection: Collection, actor_id: str) -> Collection:
    """Let everyone read it. Raises RuleError when nothing in it may stand on this site."""
    with writing(lock=collection):
        target = rules.moved(collection.state, Move.PUBLISH)
        rules.check_shows_something(is_any=traces.has_open(collection.present, Use.SITE))
        collection.state = target
        collection.published_at = collection.published_at or clock.now()
        _record(actor_id, "collection.published", collection)
    return collection


def take_off(collection: Collection, actor_id: str) -> None:
    """Let nobody read it any more, the newspaper's editor included; what stands in it stays where it was."""
    with writing(lock=collection):
        collection.state = rules.moved(collection.state, Move.TAKE_OFF)
        _end_link(collection)
        _record(actor_id, "collection.taken_off", collection)


def add(collection: Collection, kind: Kind, subject_id: str, quote: str, actor_id: str) -> CollectionItem:
    """Put something of the group's at the end; `quote` is for a quote only.

    Raises RuleError for what is not to be had, stands in it already, or is one too many.
    """
    with writing(lock=collection):
        rules.check_room((item.kind for item in collection.present), kind)
        words = " ".join(quote.split()) if kind == Kind.QUOTE else None
        # Locked, so that it is not withdrawn between this look and the commit, which would leave its words here.
        if not queries.may_be_put(collection.group_id, kind, subject_id, words):
            raise RuleError("That is not to be had now. Look at the list again.", field="subject_id")
        if any((item.kind, item.subject_id, item.quote) == (kind, subject_id, words) for item in collection.present):
            raise RuleError("It stands in it already.", field="subject_id")
        item = collection.put(kind, subject_id, words)
        _number(collection)
        _record(actor_id, "collection.arranged", collection)
    return item


def move(item: CollectionItem, position: int, actor_id: str) -> None:
    """Put an item at a position from 1 on; beyond an end is at that end."""
    collection = db.session.get_one(Collection, item.collection_id)
    with writing(lock=collection):
        by_id = {each.id: each for each in collection.present}
        if item.id not in by_id:
            return
        ids = rules.reordered(list(by_id), item.id, position)
        _number(collection, [by_id[each] for each in ids])
        _record(actor_id, "collection.arranged", collection)


def take_out(item: CollectionItem, actor_id: str) -> None:
    """Remove an item; while the newspaper's editor has a link on which it stood, she is told."""
    collection = db.session.get_one(Collection, item.collection_id)
    with writing(lock=collection):
        row = next((each for each in collection.present if each.id == item.id), None)
        if row is None:
            return
        if row.shown_hash and rules.is_link_alive(collection.link_expires_on, clock.today()):
            row.is_taken_out, row.quote = True, None
        else:
            collection.items.remove(row)
        _number(collection)
        _record(actor_id, "collection.arranged", collection)


def make_link(collection: Collection, days: int, actor_id: str) -> Collection:
    """Make a link for a newspaper's editor, in place of any other, and remember what she is shown."""
    rules.check_days(days)
    with writing(lock=collection):
        if collection.state == State.WITHDRAWN:
            raise RuleError("It was taken off. Publish it again first.")
        collection.generation += 1
        collection.link_made_on = clock.today()
        collection.link_expires_on = rules.link_ends_on(days, clock.today())
        collection.items[:] = collection.present
        shown = traces.for_press(collection.items, is_locked=True)
        for item in collection.items:
            item.keep(shown.get(item.id, rules.NO_TRACE))
        _record(actor_id, "collection.link_made", collection)
    return collection


def end_link(collection: Collection, actor_id: str) -> Collection:
    """Make the link void that an editor may have."""
    with writing(lock=collection):
        _end_link(collection)
        _record(actor_id, "collection.link_ended", collection)
    return collection


def _end_link(collection: Collection) -> None:
    collection.generation += 1
    collection.link_made_on = collection.link_expires_on = None
    collection.items[:] = collection.present
    for item in collection.items:
        item.keep()


def _number(collection: Collection, present: list[CollectionItem] | None = None) -> None:
    """Number the places anew; what was taken out stands behind."""
    present = collection.present if present is None else present
    for position, item in enumerate([*present, *(item for item in collection.items if item.is_taken_out)], 1):
        item.position = position


def _take_slug(collection: Collection) -> None:
    """Give it an address from its title."""
    stem = rules.slug_stem(collection.title) or f"collection-{collection.id[:6]}"
    if collection.slug == stem:
        return
    for candidate in (stem, f"{stem}-{collection.id[:6]}", f"{stem}-{new_id()[:6]}"):
        if not queries.is_slug_taken(candidate, collection.id) and _try(collection, candidate):
            return


def _try(collection: Collection, slug: str) -> bool:
    """Take the address unless another writer took it between the look and the flush."""
    try:
        with db.session.begin_nested():
            collection.slug = slug
            db.session.add(collection)
    except exc.IntegrityError:
        return False
    return True


def _record(actor_id: str, verb: str, collection: Collection) -> None:
    audit.write(actor_id, verb, collection.id)
    outbox.commit(Fact(verb, collection.id))
