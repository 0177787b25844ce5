"""Uploading, publishing and withdrawing. Each function is one commit; what is uploaded is looked at in `jobs`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from sqlalchemy import select

from organizer import audit, clock, outbox
from organizer.db import db, new_id, writing
from organizer.errors import Gone, RuleError
from organizer.events.models import Event
from organizer.leaflets import files, locking, queries, room, rules, translations
from organizer.leaflets.locking import writing_versions
from organizer.leaflets.models import Leaflet, LeafletVersion
from organizer.leaflets.rules import Kind, LeafletDetails, Move, NotTaken, Said, State, Upload, VersionDetails
from organizer.outbox import Fact


def upload(event: Event, sent: Upload[LeafletDetails], actor_id: str) -> Leaflet:
    """Take one file for an event of the group, as `upload_all` does."""
    return upload_all(event, [sent], actor_id)[0]


def upload_all(event: Event, sent: Sequence[Upload[LeafletDetails] | NotTaken], actor_id: str) -> list[Leaflet]:
    """Take files for an event of the group, each for a leaflet of its own; they wait, sealed, to be rebuilt.

    Those of one title, each in another language, are the same. What cannot be taken becomes a refused leaflet, for
    another file to take its place. Raises StorageDown, and RuleError beyond the group's room; then nothing of any of
    them is stored. That is looked at before anything is locked: who sends at the same moment may go beyond it, once.
    """
    room.check(event.group_id, sum(isinstance(each, Upload) for each in sent))
    with ExitStack() as kept:
        versions = [kept.enter_context(_version_of(each)) for each in sent]
        kept.enter_context(writing())
        made = [_new(event, each.details, version) for each, version in zip(sent, versions, strict=True)]
        translations.tie_batch(made)
        db.session.add_all(made)
        for leaflet in made:
            audit.write(actor_id, "leaflet.uploaded", leaflet.id)
        outbox.commit(*(Fact(f"leaflet.{version.state}", version.id) for version in versions))
    return made


def upload_again(leaflet: Leaflet, sent: Upload[LeafletDetails], actor_id: str) -> Leaflet:
    """Take another file in place of one that was refused, before anything of the leaflet is published.

    Raises StorageDown, and RuleError as `upload_all`; then nothing is stored.
    """
    room.check(leaflet.group_id)
    with files.sealed(leaflet.shown.id, sent.data) as sealed, writing_versions(leaflet):
        version = leaflet.shown
        version.state = rules.moved(version.state, Move.UPLOAD)
        _wait(version, sent, sealed)
        leaflet.take(sent.details)
        if translations.is_taken(leaflet):
            leaflet.work_id = None
        version.text_alternative = sent.details.text_alternative
        _record(actor_id, "leaflet.uploaded", leaflet, version)
    return leaflet


def upload_version(leaflet: Leaflet, sent: Upload[VersionDetails], actor_id: str) -> LeafletVersion:
    """Take a file that shall replace the published one, at once in place of one that was refused.

    One waits at a time. Raises StorageDown, and RuleError as `upload_all`; then nothing is stored.
    """
    room.check(leaflet.group_id)
    refused = leaflet.waiting
    version_id = refused.id if refused and refused.state == State.REFUSED else new_id()
    with files.sealed(version_id, sent.data) as sealed, writing_versions(leaflet):
        version = _next_version(leaflet, version_id)
        _wait(version, sent, sealed)
        version.say(sent.details)
        _record(actor_id, "leaflet.uploaded", leaflet, version)
    return version


def flatten(version: LeafletVersion, actor_id: str) -> LeafletVersion:
    """Let each page become a picture: it is made anew from what everyone would get, and looked at once more."""
    with writing(lock=version):
        if version.kind != Kind.PDF or version.is_flat or version.made_as:
            raise RuleError("Nothing hides in its pages: they are pictures already, or were made here.")
        version.state = rules.moved(version.state, Move.FLATTEN)
        version.is_flat, version.uploaded_at, version.reason = True, clock.now(), ""
        audit.write(actor_id, "leaflet.flattened", version.leaflet_id)
        outbox.commit(Fact("leaflet.flattened", version.id))
    return version


def edit(
    leaflet: Leaflet, details: LeafletDetails, actor_id: str, number: int, same_as: str | None = None
) -> LeafletVersion:
    """Change what is said about it.

    The text alternative is of the version with this number, and goes to no other; it is left out when that was
    withdrawn meanwhile. Returns that version. `same_as` is the id of one of the group's that says the same in another
    language, "" for none, None to leave that as it is. Raises RuleError when that one is gone, or is in this language.
    """
    with writing_versions(leaflet, *translations.affected(leaflet, same_as or "")):
        version = leaflet.numbered(number)
        if version is None or leaflet.shown.state == State.WITHDRAWN:
            raise Gone
        told = leaflet.title, leaflet.language
        leaflet.take(details)
        if same_as is not None:
            translations.tie(leaflet, same_as)
        translations.check(leaflet)
        if version.state != State.WITHDRAWN:
            version.text_alternative = details.text_alternative
        # The calendar entries of its actions tell both.
        is_retold = leaflet.published is not None and told != (leaflet.title, leaflet.language)
        _record(actor_id, "leaflet.edited", leaflet, version, *(_touched(leaflet) if is_retold else ()))
    return version


def edit_version(version: LeafletVersion, details: VersionDetails, actor_id: str) -> LeafletVersion:
    """Change what is said about one version."""
    leaflet = db.session.get_one(Leaflet, version.leaflet_id)
    with writing_versions(leaflet):
        if version.state == State.WITHDRAWN:
            raise Gone
        version.say(details)
        _record(actor_id, "leaflet.edited", leaflet, version)
    return version


def publish(leaflet: Leaflet, actor_id: str, number: int) -> Leaflet:
    """Let everyone have it who may see its events, in place of the version before.

    `number` is of the version that was looked at.
    """
    with writing_versions(leaflet):
        before, version = leaflet.published, leaflet.numbered(number)
        if version is None:
            raise Gone
        target = rules.moved(version.state, Move.PUBLISH)
        if before is not None:
            before.state = rules.moved(before.state, Move.REPLACE)
            before.was_for_everyone = queries.is_open(leaflet.events)
            # The database lets no two be published at any moment.
            db.session.flush()
        version.state, version.published_at = target, clock.now()
        _record(actor_id, "leaflet.published", leaflet, version, *_touched(leaflet))
    return leaflet


def withdraw(leaflet: Leaflet, actor_id: str | None, because: str = "") -> Leaflet:
    """Take it away for good with all its versions, in whatever state they are; files are deleted right after.

    `because` is public. Raises RuleError when it is gone already.
    """
    with writing_versions(leaflet):
        was_public = leaflet.published is not None
        gone = [version for version in leaflet.versions if version.state != State.WITHDRAWN] or leaflet.versions[-1:]
        for version in gone:
            _take_off(version, because)
        leaflet.empty()
        facts = [Fact("leaflet.withdrawn", version.id) for version in gone[:-1]]
        _record(actor_id, "leaflet.withdrawn", leaflet, gone[-1], *facts, *(_touched(leaflet) if was_public else ()))
    return leaflet


def withdraw_version(version: LeafletVersion, actor_id: str, because: str = "") -> LeafletVersion:
    """Take one away for good, beside the version that everyone sees: one that waits, or one that was replaced."""
    leaflet = db.session.get_one(Leaflet, version.leaflet_id)
    with writing_versions(leaflet):
        if leaflet.published in (None, version):
            raise RuleError("No other version could be shown. Publish a new one first, or withdraw the whole leaflet.")
        _take_off(version, because)
        _record(actor_id, "leaflet.withdrawn", leaflet, version)
    return version


def bring(event: Event, leaflet_ids: Sequence[str], actor_id: str) -> list[Leaflet]:
    """Hand out published leaflets of its group at one more event; those that are there already stay as they are.

    Raises RuleError when one is not published any more.
    """
    with writing():
        query = select(Leaflet).where(Leaflet.id.in_(leaflet_ids), Leaflet.group_id == event.group_id)
        brought = [leaflet for leaflet in locking.locked(query) if event not in leaflet.events]
        if any(leaflet.published is None for leaflet in brought):
            raise RuleError("One of them has been withdrawn meanwhile. Look at them again.")
        facts = _touched_events([event.id]) if brought else []
        for leaflet in brought:
            leaflet.events.append(event)
            audit.write(actor_id, "leaflet.brought", leaflet.id)
        outbox.commit(*facts)
    return brought


def take_away(event: Event, leaflet: Leaflet, actor_id: str) -> Leaflet:
    """Hand it out at this event no more; what was counted there goes. Raises RuleError for its last event."""
    with locking.writing_leaflet(leaflet):
        if event not in leaflet.events:
            raise Gone
        if len(leaflet.events) == 1:
            raise RuleError(
                "It is handed out nowhere else. Add it to another action first: among that action’s leaflets, by "
                "“Add one of your group’s”. Or withdraw it for good, on the leaflet’s own page."
            )
        facts = _touched_events([event.id]) if leaflet.published else []
        leaflet.events.remove(event)
        audit.write(actor_id, "leaflet.taken_away", leaflet.id)
        outbox.commit(*facts)
    return leaflet


@contextmanager
def _version_of(sent: Upload[LeafletDetails] | NotTaken) -> Iterator[LeafletVersion]:
    """The first version of what was sent. When the block fails, the file goes again."""
    version = LeafletVersion(id=new_id(), text_alternative=sent.details.text_alternative)
    if isinstance(sent, NotTaken):
        # There is no file that could be of a kind; another one sets it.
        version.kind, version.state, version.reason = Kind.PDF, State.REFUSED, sent.reason
        version.uploaded_at = clock.now()
        yield version
        return
    version.state = State.UPLOADED
    with files.sealed(version.id, sent.data) as sealed:
        _wait(version, sent, sealed)
        yield version


def _new(event: Event, details: LeafletDetails, version: LeafletVersion) -> Leaflet:
    at = version.uploaded_at
    leaflet = Leaflet(id=new_id(), group_id=event.group_id, versions=[version], events=[event], created_at=at)
    leaflet.take(details)
    return leaflet


def _wait(version: LeafletVersion, sent: Upload[Said], sealed: tuple[str, bytes]) -> None:
    """Let a file wait to be rebuilt."""
    version.kind, version.is_flat = sent.kind, sent.is_flat
    version.uploaded_at, version.reason, version.made_as = clock.now(), "", None
    version.original_key, version.original_seal = sealed


def _next_version(leaflet: Leaflet, version_id: str) -> LeafletVersion:
    """The row for a new file. Raises Gone, and RuleError while another one waits."""
    if leaflet.published is None:
        if leaflet.shown.state == State.WITHDRAWN:
            raise Gone
        raise RuleError("Nothing is published yet that it could replace.")
    waiting = leaflet.waiting
    if waiting is None:
        number = leaflet.versions[-1].number + 1
        version = LeafletVersion(id=version_id, leaflet_id=leaflet.id, number=number, state=State.UPLOADED)
        leaflet.versions.append(version)
        return version
    if waiting.id != version_id or waiting.state != State.REFUSED:
        raise RuleError("Another new version waits already. Publish it first, or throw it away.")
    waiting.state = rules.moved(waiting.state, Move.UPLOAD)
    return waiting


def _take_off(version: LeafletVersion, because: str) -> None:
    target = rules.moved(version.state, Move.WITHDRAW)
    version.empty()
    version.state, version.withdrawn_because = target, because


def _record(actor_id: str | None, verb: str, leaflet: Leaflet, version: LeafletVersion, *facts: Fact) -> None:
    """End the commit; the fact about the leaflet is about its version."""
    audit.write(actor_id, verb, leaflet.id)
    outbox.commit(Fact(verb, version.id), *facts)


def _touched(leaflet: Leaflet) -> list[Fact]:
    return _touched_events([event.id for event in leaflet.events])


def _touched_events(event_ids: Sequence[str]) -> list[Fact]:
    """Lock the events, and say that what is handed out there has changed."""
    facts = []
    for event in locking.locked(select(Event).where(Event.id.in_(event_ids))):
        event.touch(clock.now())
        facts.append(Fact("event.leaflets_changed", event.id))
    return facts
