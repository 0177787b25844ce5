"""Reading collections. What is shown passes the gates of statements and photos, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import func, select

from organizer import clock
from organizer.accounts import links
from organizer.collections import rules, subjects, traces
from organizer.collections.cards import Changed, ForPrint, Reading, Shown, ToArrange
from organizer.collections.models import Collection, CollectionItem
from organizer.collections.rules import Change, Kind, State
from organizer.db import db, is_id
from organizer.errors import Gone
from organizer.photos import queries as photos
from organizer.photos.cards import PhotoCard
from organizer.photos.rules import Use
from organizer.policy import Role, Viewer
from organizer.statements import queries as statements
from organizer.statements import rules as statement_rules
from organizer.statements.cards import Quote
from organizer.statements.models import Statement

LINK_COOKIE = "collection"
IN_LIST = 200


# What everyone reads.


def latest(limit: int, offset: int = 0) -> Sequence[Collection]:
    """The published ones, the newest first, without what stands in them."""
    query = select(Collection).where(Collection.state == State.PUBLISHED)
    return db.session.scalars(
        query.order_by(Collection.published_at.desc(), Collection.id).limit(limit).offset(offset)
    ).all()


def seen(viewer: Viewer, slug: str) -> Reading | None:
    """Policy: a collection as it may be read now; a draft for its organizers. Raises Gone when it was taken off."""
    collection = _found(slug)
    is_own = collection is not None and viewer.has_role(collection.group_id, Role.ORGANIZER)
    if collection is None or not (is_own or _was_open(collection)):
        return None
    if collection.state == State.WITHDRAWN and not is_own:
        raise Gone
    return _reading(collection, is_own=is_own)


def published(viewer: Viewer, slug: str) -> Collection | None:  # noqa: ARG001 - the same for all
    """Policy: a published collection, for its files and its feed. Raises Gone when it was taken off."""
    collection = _found(slug)
    if collection is None or not _was_open(collection):
        return None
    if collection.state == State.WITHDRAWN:
        raise Gone
    return collection


def _was_open(collection: Collection) -> bool:
    """Whether anyone could read it once: of a title that was thought of, no address may tell."""
    return collection.state != State.DRAFT and collection.published_at is not None


def reading(collection: Collection) -> Reading:
    """A published collection with what may be read of it now. The words of its cards are in the locale's language."""
    return _reading(collection, is_own=False)


def _reading(collection: Collection, *, is_own: bool) -> Reading:
    items = on_site(collection)
    ids = {photo.id for shown in items for photo in shown.all_photos}
    is_said = all(shown.said.is_indexed for shown in items if shown.said)
    return Reading(
        collection=collection,
        items=items,
        is_indexed=bool(items) and is_said and ids <= set(photos.shown(ids, Use.SEARCH)),
        is_public=collection.state == State.PUBLISHED,
        may_edit=is_own,
    )


def on_site(collection: Collection) -> tuple[Shown, ...]:
    """The items that may stand on this site now, in order."""
    return _shown(collection, Use.SITE)


def _shown(collection: Collection, use: Use) -> tuple[Shown, ...]:
    items = collection.present
    said = statements.shown({item.statement_id for item in items if item.statement_id}, use)
    if use == Use.SITE:
        said = _about_listed(said)
    beside = {photo.id for card in said.values() for photo in card.photos}
    pictures = photos.shown(beside | {item.photo_id for item in items if item.photo_id}, use)
    made = (_card(item, said, pictures) for item in items)
    return tuple(shown for shown in made if shown is not None)


def _about_listed(said: dict[str, Quote]) -> dict[str, Quote]:
    """Without those that speak of nothing but events which only their link leads to."""
    listed = set(db.session.scalars(select(Statement.id).where(Statement.id.in_(said), statements.is_about_listed())))
    return {key: card for key, card in said.items() if key in listed}


def _card(item: CollectionItem, said: dict[str, Quote], pictures: dict[str, PhotoCard]) -> Shown | None:
    """The item as it may be shown; a quote only while it stands in its statement word for word."""
    if item.kind == Kind.PHOTO:
        photo = pictures.get(item.subject_id)
        return Shown(item.id, item.number, item.kind, photo=photo) if photo else None
    card = said.get(item.subject_id)
    if card is None:
        return None
    if item.kind == Kind.STATEMENT:
        beside = tuple(pictures[photo.id] for photo in card.photos if photo.id in pictures)
        return Shown(item.id, item.number, item.kind, said=card, photos=beside)
    if not traces.is_quotable(item.quote, card.text):
        return None
    return Shown(item.id, item.number, item.kind, said=card, quote=item.quote or "")


# The organizers' side.


def of_group(group_id: str) -> Sequence[Collection]:
    """A group's collections, the newest first."""
    query = select(Collection).where(Collection.group_id == group_id)
    return db.session.scalars(query.order_by(Collection.created_on.desc(), Collection.id).limit(IN_LIST)).all()


def organized(viewer: Viewer, slug: str) -> Collection | None:
    """Policy: a collection in any state, for the organizers of its group."""
    collection = _found(slug)
    return collection if collection and viewer.has_role(collection.group_id, Role.ORGANIZER) else None


def organized_item(viewer: Viewer, slug: str, item_id: str) -> tuple[Collection, CollectionItem] | None:
    """Policy: an item of a collection, for the organizers of its group."""
    collection = organized(viewer, slug)
    item = next((each for each in collection.present if each.id == item_id), None) if collection else None
    return (collection, item) if collection and item else None


def to_arrange(collection: Collection) -> ToArrange:
    """What stands in it and what could, for its organizers; a fixed number of queries."""
    ids, pictures = _published_ids(collection.group_id), photos.of_group(collection.group_id)
    items = collection.present
    said_ids = {*ids, *(item.statement_id for item in items if item.statement_id)}
    photo_ids = {*(photo.id for photo in pictures), *(item.photo_id for item in items if item.photo_id)}
    said = _about_listed(statements.shown(said_ids, Use.SITE))
    seen_there = photos.shown(photo_ids, Use.SITE)
    anywhere = statements.shown(said_ids, Use.PRESS) | said
    seen_anywhere = photos.shown(photo_ids, Use.PRESS) | seen_there
    there = {item.photo_id for item in items}
    return ToArrange(
        shown={item.id: card for item in items if (card := _card(item, anywhere, seen_anywhere))},
        on_site={item.id for item in items if _card(item, said, seen_there)},
        said=[anywhere[each] for each in ids if each in anywhere],
        photos=[photo for photo in pictures if photo.id in seen_anywhere and photo.id not in there],
    )


def _published_ids(group_id: str) -> list[str]:
    query = select(Statement.id).where(Statement.group_id == group_id)
    query = query.where(Statement.state == statement_rules.State.PUBLISHED)
    return list(db.session.scalars(query.order_by(Statement.published_at.desc(), Statement.id).limit(IN_LIST)))


def may_be_put(group_id: str, kind: Kind, subject_id: str, quote: str | None) -> bool:
    """Whether the group has something public under this id, with these words in it. Locks it."""
    row = traces.subject(kind, subject_id) if is_id(subject_id) else None
    if row is None or row.group_id != group_id or not any(traces.is_open(row, use) for use in (Use.SITE, Use.PRESS)):
        return False
    if not isinstance(row, Statement) or kind != Kind.QUOTE:
        return True
    return traces.is_quotable(quote, row.text) and len(quote or "") <= rules.LONGEST_QUOTE


def is_slug_taken(slug: str, collection_id: str) -> bool:
    query = select(func.count(Collection.id)).where(Collection.slug == slug, Collection.id != collection_id)
    return bool(db.session.scalar(query))


# What a newspaper's editor is given.


def link_token(collection: Collection) -> str:
    """What stands behind /collections/for-print/: derived, so it is stored nowhere; a new generation makes it void."""
    return links.token("collection-link", collection.id, collection.generation)


def by_token(viewer: Viewer, token: str) -> Collection | None:  # noqa: ARG001 - the link alone decides
    """Policy: the collection that an editor's link leads to. Raises Gone when its days are over."""
    collection = links.row(Collection, token, link_token)
    if collection is None or collection.link_expires_on is None:
        return None
    if not rules.is_link_alive(collection.link_expires_on, clock.today()) or collection.state == State.WITHDRAWN:
        raise Gone
    return collection


def by_cookie(viewer: Viewer, collection_id: str) -> Collection | None:
    """Policy: the collection whose editor's link this browser has opened."""
    token = links.sent(LINK_COOKIE, collection_id)
    return by_token(viewer, token) if token else None


def for_print(collection: Collection) -> ForPrint:
    """What is for the press of it, under which terms, and what has changed since the link was made."""
    items = _shown(collection, Use.PRESS)
    read = Reading(collection, items, is_public=collection.state == State.PUBLISHED)
    pictures = subjects.pictures({photo.id for photo in read.photos})
    said = subjects.statement_terms({shown.said.id for shown in items if shown.said})
    gone = _withdrawn({item.subject_id for item in collection.items})
    still_there = [item for item in collection.present if item.subject_id not in gone]
    return ForPrint(
        reading=read,
        terms=said | {key: picture.terms for key, picture in pictures.items()},
        sizes={key: picture.size for key, picture in pictures.items()},
        changes=tuple(_changes(collection, {shown.item_id for shown in items}, gone)),
        others=len(still_there) - len(items),
    )


def _withdrawn(ids: set[str]) -> set[str]:
    return subjects.withdrawn_statements(ids) | set(photos.withdrawn(ids))


def _changes(collection: Collection, shown_ids: set[str], gone: set[str]) -> Iterator[Changed]:
    now = {key: trace for key, trace in traces.for_press(collection.present).items() if key in shown_ids}
    for item in sorted(collection.items, key=lambda each: each.number):
        change = rules.change_of(item.trace, now.get(item.id), is_withdrawn=item.subject_id in gone)
        if item.is_taken_out and change != Change.WITHDRAWN:
            change = Change.TAKEN_OUT
        if change is not None:
            yield Changed(item.number, item.kind, change)


def _found(slug: str) -> Collection | None:
    return db.session.scalar(select(Collection).where(Collection.slug == slug))
