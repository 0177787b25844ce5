"""Writing events. Each function is one commit and states what happened as facts."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import delete, select

from organizer import audit, clock, config, outbox
from organizer.db import db, new_id, upsert, writing
from organizer.errors import RuleError
from organizer.events import slugs
from organizer.events.models import Event, Notice, Tag
from organizer.events.rules import (
    LONGEST_NOTICE,
    TAKES_PLACE,
    Editorial,
    EventDetails,
    Link,
    Occurrence,
    Texts,
    changed,
    tag_slug,
)
from organizer.events.times import When, check_when, former_start
from organizer.groups.models import Group
from organizer.outbox import Fact

MOVING_COLUMNS = ("starts_at", "ends_at", "place", "spot", "city_id", "is_all_day")


def create(group: Group, details: EventDetails, actor_id: str, *, is_published: bool = False) -> Event:
    """Store a new event of the group, as a draft or published. Raises RuleError for a time that is none."""
    check_when(details.when)
    with writing(lock=group):
        event = _new(group, f"{new_id()}@{urlsplit(config.current().site_url).hostname}")
        event.take(details)
        event.tags = _tags(details.tags)
        db.session.add(event)
        if is_published:
            event.editorial = Editorial.PUBLISHED
            slugs.take(event)
        _record(actor_id, "event.created", event)
    return event


def edit(event: Event, details: EventDetails, actor_id: str, seen_at: datetime | None = None) -> Event:
    """Change what the form says; time, place and visibility included.

    `seen_at` is the `changed_at` that the form began from. Raises RuleError when somebody has changed it since.
    """
    check_when(details.when)
    with writing(lock=event):
        if seen_at is not None and seen_at != event.changed_at:
            raise RuleError(
                "Somebody has changed this event since you opened the form. Save again to put yours in place."
            )
        if details.language in event.translations:
            raise RuleError("The event has a translation in this language. Take that away first.", field="language")
        before, when = {name: getattr(event, name) for name in MOVING_COLUMNS}, event.when
        event.take(details)
        if _is_awaited(event, when):
            _tell_move(event, when)
        event.tags = _tags(details.tags)
        moved = any(getattr(event, name) != value for name, value in before.items())
        if event.editorial == Editorial.PUBLISHED:
            slugs.take(event)
        _touch(event, moved=moved)
        _record(actor_id, "event.moved" if moved else "event.edited", event)
    return event


def translate(event: Event, language: str, texts: Texts | None, actor_id: str) -> Event:
    """Set the event's texts in one more language, or take them away with None."""
    if language == event.language:
        raise RuleError("That is the event's own language. Change its texts on the event's form.", field="language")
    with writing(lock=event):
        others = {code: stored for code, stored in event.translations.items() if code != language}
        event.translations = others if texts is None else {**others, language: dict(vars(texts))}
        _touch(event)
        _record(actor_id, "event.edited", event)
    return event


def delete_draft(event: Event, actor_id: str) -> None:
    """Leave nothing of a draft. Raises RuleError for what has been published: people may know of it."""
    with writing(lock=event):
        if event.editorial != Editorial.DRAFT:
            raise RuleError("It is published already, so people may know of it. Cancel it instead.")
        event_id = event.id
        db.session.execute(delete(Event).where(Event.id == event_id))
        audit.write(actor_id, "event.deleted", event_id)
        outbox.commit(Fact("event.deleted", event_id))


def publish(event: Event, actor_id: str) -> Event:
    """Make a draft public, unlisted or visible to members, as its visibility says."""
    with writing(lock=event):
        if event.editorial == Editorial.PUBLISHED:
            raise RuleError("It is already published.")
        check_when(event.when)
        event.editorial = Editorial.PUBLISHED
        slugs.take(event)
        _touch(event)
        _record(actor_id, "event.published", event)
    return event


def postpone(event: Event, reason: str, actor_id: str) -> Event:
    """Say that it does not take place then, with no new date yet."""
    return _change_occurrence(event, "postpone", reason, actor_id)


def cancel(event: Event, reason: str, actor_id: str) -> Event:
    """Say that it does not take place; its page stays. Raises RuleError without a reason."""
    if not reason:
        raise RuleError("Say in a sentence why, for those who wanted to come.", field="reason")
    return _change_occurrence(event, "cancel", reason, actor_id)


def reinstate(event: Event, actor_id: str) -> Event:
    """Take a cancellation back."""
    return _change_occurrence(event, "reinstate", "", actor_id)


def reschedule(event: Event, when: When, reason: str, actor_id: str) -> Event:
    """Give it a new time, or a postponed one its old time back. Raises RuleError for a time that is none."""
    check_when(when)
    with writing(lock=event):
        changed(event.occurrence, "reschedule")
        before = event.when
        event.occurrence = _undisturbed(event)
        event.take_when(when)
        _tell_move(event, before)
        event.reason = reason
        if event.editorial == Editorial.PUBLISHED:
            slugs.take(event)
        _touch(event, moved=True)
        _record(actor_id, "event.moved", event)
    return event


def post_notice(event: Event, texts: dict[str, str], actor_id: str) -> Notice:
    """Put a short dated word on top of everything that shows the event; `texts` by language code."""
    if not texts.get(event.language):
        raise RuleError("Write what has changed.", field="text")
    if any(len(text) > LONGEST_NOTICE for text in texts.values()):
        raise RuleError("Keep it under %(most)d characters.", field="text", most=LONGEST_NOTICE)
    with writing(lock=event):
        notice = Notice(texts=texts, posted_at=clock.now())
        event.notices.append(notice)
        _touch(event)
        _record(actor_id, "notice.posted", event)
    return notice


def remove_notice(event: Event, notice_id: str, actor_id: str) -> Event:
    """Take a notice down again; one that is gone already is no error."""
    with writing(lock=event):
        notice = db.session.get(Notice, notice_id)
        if notice is not None and notice.event_id == event.id:
            db.session.delete(notice)
            _touch(event)
            _record(actor_id, "notice.removed", event)
    return event


def do_again(event: Event, actor_id: str) -> Event:
    """Copy it to a draft one week later, with its texts, links and leaflets, without notices, report or answers.

    Raises RuleError when the clocks skip its time that week.
    """
    with writing(lock=event):
        copy = _new(event.group, f"{new_id()}@{event.uid.partition('@')[2]}")
        later = _a_week_later(event)
        check_when(later.when)
        copy.take(later)
        copy.translations = dict(event.translations)
        copy.copied_from_id = event.id
        copy.tags = list(event.tags)
        db.session.add(copy)
        _record(actor_id, "event.created", copy)
    return copy


def report(event: Event, text: str, came: int | None, handed_out: int | None, actor_id: str) -> Event:
    """Tell afterwards what happened, how many people came and how many copies were handed out."""
    if event.starts_at > clock.now():
        raise RuleError("It has not begun yet. Write the report afterwards.")
    with writing(lock=event):
        event.report, event.came, event.handed_out = text, came, handed_out
        _touch(event)
        _record(actor_id, "event.reported", event)
    return event


CHANGE_FACTS = {"postpone": "postponed", "cancel": "cancelled", "reinstate": "reinstated"}


def _change_occurrence(event: Event, change: str, reason: str, actor_id: str) -> Event:
    with writing(lock=event):
        event.occurrence = changed(event.occurrence, change)
        if event.occurrence == Occurrence.SCHEDULED:
            event.occurrence = _undisturbed(event)
        event.reason = reason
        event.cancelled_at = clock.now() if event.occurrence == Occurrence.CANCELLED else None
        _touch(event, moved=True)
        _record(actor_id, f"event.{CHANGE_FACTS[change]}", event)
    return event


def _undisturbed(event: Event) -> Occurrence:
    """What it is when it takes place at its present time: who knew an earlier one is still told of the move."""
    return Occurrence.RESCHEDULED if event.former_start else Occurrence.SCHEDULED


def _is_awaited(event: Event, when: When) -> bool:
    """Whether people wait for it at that time, or for a new one; of what is over only the record is mended."""
    return event.occurrence == Occurrence.POSTPONED or (
        event.occurrence in TAKES_PLACE and when.starts_at > clock.now()
    )


def _tell_move(event: Event, before: When) -> None:
    """Let an event whose start has moved tell so, and from when; of a draft nobody has been told anything."""
    former = former_start(before, event.when)
    if former is not None and event.editorial == Editorial.PUBLISHED:
        event.remember(former)
        event.occurrence, event.reason = Occurrence.RESCHEDULED, ""


def _new(group: Group, uid: str) -> Event:
    now = clock.now()
    return Event(id=new_id(), uid=uid, group=group, created_at=now, changed_at=now)


def _record(actor_id: str, verb: str, event: Event) -> None:
    audit.write(actor_id, verb, event.id)
    outbox.commit(Fact(verb, event.id))


def _touch(event: Event, *, moved: bool = False) -> None:
    event.touch(clock.now())
    if moved:
        event.sequence += 1


def _tags(names: tuple[str, ...]) -> list[Tag]:
    """The tags with these names, made where missing; two writers may make the same one at once."""
    by_slug = {tag_slug(name): name for name in names}
    if not by_slug:
        return []
    rows = [{"slug": slug, "name": name} for slug, name in sorted(by_slug.items())]
    db.session.execute(upsert(Tag).values(rows).on_conflict_do_nothing())
    return list(db.session.scalars(select(Tag).where(Tag.slug.in_(by_slug)).order_by(Tag.slug)))


def _a_week_later(event: Event) -> EventDetails:
    week = timedelta(days=7)
    fields = {name: getattr(event, name) for name in EventDetails.__dataclass_fields__ if name not in ("tags", "links")}
    fields["links"] = tuple(Link(**link) for link in event.links)
    fields["starts_on"] = event.starts_on + week
    fields["ends_on"] = event.ends_on + week if event.ends_on else None
    return EventDetails(**fields)
