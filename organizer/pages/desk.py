"""An organizer's working page: what is next, what needs her, what was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from organizer import clock, policy
from organizer.events import queries as events
from organizer.events.cards import Card, card
from organizer.events.gate import VisibleEvent
from organizer.events.rules import Editorial
from organizer.forms import Blank
from organizer.groups import queries as groups
from organizer.groups.models import Group
from organizer.keeping import purge
from organizer.leaflets import queries as leaflets
from organizer.photos import queries as photos
from organizer.policy import Role
from organizer.removals import queries as removals
from organizer.rsvps import queries as rsvps
from organizer.rsvps.queries import Tally
from organizer.statements import queries as statements

blueprint = Blueprint("desk", __name__)
REPORT_ASKED_FOR = timedelta(days=60)


@dataclass(frozen=True)
class OnDesk:
    """An event with what its organizers want to know at a glance."""

    event: VisibleEvent
    card: Card
    tally: Tally
    days_left: int


@dataclass(frozen=True)
class Need:
    """Something that waits for the organizer, with the way to its fix, about the event on the card."""

    card: Card
    sentence: str
    url: str
    label: str


@blueprint.get("/groups/<slug>/desk")
@policy.allows(groups.organized, signed_in=True)
def desk(group: Group) -> ResponseReturnValue:
    """The group's desk, for a phone first."""
    now = clock.now()
    found = _on_desk(group, now)
    coming = sorted((item for item in found if not item.event.is_over), key=lambda item: item.event.starts_at)
    over = [item for item in found if item.event.is_over]
    published = [item for item in coming if item.event.editorial == Editorial.PUBLISHED and item.event.takes_place]
    return render_template(
        "pages/desk.html",
        group=group,
        next=published[0] if published else None,
        coming=[item for item in coming if not published or item is not published[0]],
        last=over[0] if over else None,
        needs=_needs(found, now),
        asked=removals.count_waiting(group.id),
        is_owner=policy.viewer().has_role(group.id, Role.OWNER),
        now=now,
        blank=Blank(),
    )


def _on_desk(group: Group, now: datetime) -> list[OnDesk]:
    """The group's events, the latest start first, with their answers, in a fixed number of queries."""
    found = events.of_group(group.id, now)
    tallies = rsvps.tallies([event.id for event in found])
    language = str(get_locale())
    return [OnDesk(event, card(event, language), tallies[event.id], _days_left(event, now)) for event in found]


def _days_left(event: VisibleEvent, now: datetime) -> int:
    """Whole days in the event's own zone; 0 is today, and every day on which it goes on."""
    return max(0, (event.when.starts_on - now.astimezone(ZoneInfo(event.when.zone)).date()).days)


def _needs(found: list[OnDesk], now: datetime) -> list[Need]:
    """What waits, statements first: somebody spoke and waits for an answer."""
    ids = [item.event.id for item in found]
    spoken, uploaded, pictured = statements.waiting(ids), leaflets.waiting(ids), photos.waiting(ids)
    late = set(purge.late())
    made = [
        (
            _late(item, late),
            _statements(item, spoken),
            _photos(item, pictured),
            _leaflets(item, uploaded),
            _draft(item),
            _report(item, now),
        )
        for item in found
    ]
    return [need for kind in zip(*made, strict=True) for need in kind if need]


def _late(item: OnDesk, late: set[str]) -> Need | None:
    """The alarm: answers that should have gone a day ago."""
    if item.event.id not in late:
        return None
    sentence = _(
        "The answers to %(title)s should be deleted by now, and are not. Tell whoever runs the site.",
        title=item.card.title,
    )
    return Need(item.card, sentence, url_for("pages.privacy"), _("Who runs this"))


def _statements(item: OnDesk, waiting: dict[str, int]) -> Need | None:
    count = waiting.get(item.event.id, 0)
    if not count:
        return None
    sentence = ngettext(
        "%(num)d statement on %(title)s waits to be read.",
        "%(num)d statements on %(title)s wait to be read.",
        count,
        title=item.card.title,
    )
    return Need(item.card, sentence, url_for("review.queue", event_id=item.event.id), _("Read"))


def _photos(item: OnDesk, waiting: dict[str, int]) -> Need | None:
    count = waiting.get(item.event.id, 0)
    if not count:
        return None
    sentence = ngettext(
        "%(num)d photo of %(title)s waits for your look.",
        "%(num)d photos of %(title)s wait for your look.",
        count,
        title=item.card.title,
    )
    return Need(item.card, sentence, url_for("photos.of_event", event_id=item.event.id), _("Look at it"))


def _leaflets(item: OnDesk, waiting: dict[str, int]) -> Need | None:
    count = waiting.get(item.event.id, 0)
    if not count:
        return None
    sentence = ngettext(
        "%(num)d leaflet for %(title)s waits for your look.",
        "%(num)d leaflets for %(title)s wait for your look.",
        count,
        title=item.card.title,
    )
    return Need(item.card, sentence, url_for("leaflets.of_event", event_id=item.event.id), _("Look at it"))


def _draft(item: OnDesk) -> Need | None:
    if item.event.editorial != Editorial.DRAFT:
        return None
    return Need(item.card, _("%(title)s is a draft.", title=item.card.title), item.card.url, _("Look at it"))


def _report(item: OnDesk, now: datetime) -> Need | None:
    event = item.event
    is_due = event.is_over and event.takes_place and not event.report and event.ends_at > now - REPORT_ASKED_FOR
    if not is_due or event.editorial != Editorial.PUBLISHED:
        return None
    sentence = _("How was it? %(title)s has no report yet.", title=item.card.title)
    return Need(item.card, sentence, url_for("events.report", event_id=event.id), _("Tell it"))
