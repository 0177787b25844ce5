"""An organizer's working page: what is next, what needs her, what was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from organizer import clock, policy
from organizer.copies import cards as copies_cards
from organizer.copies import forms as copies_forms
from organizer.copies import queries as copies
from organizer.copies.cards import Counted
from organizer.copies.queries import Copies
from organizer.copies.rules import Taken
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
from organizer.posters import queries as posters
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
    copies: tuple[Copies, ...]

    @property
    def is_today(self) -> bool:
        return self.days_left == 0

    def counted(self, taken: Taken | None) -> list[Counted]:
        """Its leaflets with what is known of their copies, and the way back from what was just taken away."""
        return copies_cards.on_desk(self.copies, taken, is_today=self.is_today)


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
    upcoming = next((item for item in coming if _is_announced(item.event)), None)
    return render_template(
        "pages/desk.html",
        group=group,
        next=upcoming,
        coming=[item for item in coming if item is not upcoming],
        last=over[0] if over else None,
        needs=_needs(found, now),
        asked=removals.count_waiting(group.id),
        is_owner=policy.viewer().has_role(group.id, Role.OWNER),
        now=now,
        taken=copies_forms.taken(request.args),
        blank=Blank(),
    )


def _is_announced(event: VisibleEvent) -> bool:
    return event.editorial == Editorial.PUBLISHED and event.takes_place


def _on_desk(group: Group, now: datetime) -> list[OnDesk]:
    """The group's events, the latest start first, with their answers, in a fixed number of queries."""
    found = events.of_group(group.id, now)
    ids = [event.id for event in found]
    tallies, counted = rsvps.tallies(ids), copies.of_events(ids)
    language = str(get_locale())
    return [
        OnDesk(event, card(event, language), tallies[event.id], _days_left(event, now), counted.get(event.id, ()))
        for event in found
    ]


def _days_left(event: VisibleEvent, now: datetime) -> int:
    """Whole days in the event's own zone; 0 is today, and every day on which it goes on."""
    return max(0, (event.when.starts_on - now.astimezone(ZoneInfo(event.when.zone)).date()).days)


def _needs(found: list[OnDesk], now: datetime) -> list[Need]:
    """What waits: what is wrong by now first, then statements, as somebody spoke and waits for an answer."""
    ids = [item.event.id for item in found]
    spoken, pictured = statements.waiting(ids), photos.waiting(ids)
    late, outdated = set(purge.late()), posters.outdated_of(ids)
    # One that waits and says something else is told of once: as that, for it is to be made anew before anybody looks.
    uploaded = Counter(leaflets.waiting(ids)) - outdated.waiting
    made = [
        (
            _late(item, late),
            _waiting(item, outdated.all, _posters, "copies.of_event", _("Look at it")),
            _waiting(item, spoken, _statements, "review.queue", _("Read")),
            _waiting(item, pictured, _photos, "photos.of_event", _("Look at it")),
            _waiting(item, uploaded, _leaflets, "copies.of_event", _("Look at it")),
            _draft(item),
            _left_over(item, now),
            _report(item, now),
        )
        for item in found
    ]
    return [need for kind in zip(*made, strict=True) for need in kind if need]


def _late(item: OnDesk, late: set[str]) -> Need | None:
    """The alarm: answers, or the names of who brings leaflets, that should have gone a day ago."""
    if item.event.id not in late:
        return None
    sentence = _(
        "What people told for %(title)s should be deleted by now, and is not. Tell whoever runs the site.",
        title=item.card.title,
    )
    return Need(item.card, sentence, url_for("pages.privacy"), _("Who runs this"))


def _waiting(
    item: OnDesk, waiting: dict[str, int], sentence: Callable[[int, str], str], endpoint: str, label: str
) -> Need | None:
    """What waits for an organizer, if anything does: the sentence for so many, and the event's page where they are."""
    count = waiting.get(item.event.id, 0)
    if not count:
        return None
    return Need(item.card, sentence(count, item.card.title), url_for(endpoint, event_id=item.event.id), label)


def _statements(count: int, title: str) -> str:
    sentence: str = ngettext(
        "%(num)d statement on %(title)s waits to be read.",
        "%(num)d statements on %(title)s wait to be read.",
        count,
        title=title,
    )
    return sentence


def _photos(count: int, title: str) -> str:
    sentence: str = ngettext(
        "%(num)d photo of %(title)s waits for your look.",
        "%(num)d photos of %(title)s wait for your look.",
        count,
        title=title,
    )
    return sentence


def _leaflets(count: int, title: str) -> str:
    sentence: str = ngettext(
        "%(num)d leaflet for %(title)s waits for your look.",
        "%(num)d leaflets for %(title)s wait for your look.",
        count,
        title=title,
    )
    return sentence


def _posters(count: int, title: str) -> str:
    sentence: str = ngettext(
        "%(num)d leaflet for %(title)s says something else than its action’s page by now.",
        "%(num)d leaflets for %(title)s say something else than their action’s page by now.",
        count,
        title=title,
    )
    return sentence


def _draft(item: OnDesk) -> Need | None:
    if item.event.editorial != Editorial.DRAFT:
        return None
    return Need(item.card, _("%(title)s is a draft.", title=item.card.title), item.card.url, _("Look at it"))


def _left_over(item: OnDesk, now: datetime) -> Need | None:
    """Asked of what was counted before, once for the whole action."""
    unknown = [each for each in item.copies if each.known.is_counted and not each.known.is_left_known]
    if not unknown or not _took_place(item.event, now):
        return None
    sentence = _("How many leaflets are left over from %(title)s?", title=item.card.title)
    if len(unknown) == 1:
        url = url_for("copies.left", event_id=item.event.id, leaflet_id=unknown[0].leaflet_id)
    else:
        url = url_for("copies.of_event", event_id=item.event.id)
    return Need(item.card, sentence, url, _("Count them"))


def _took_place(event: VisibleEvent, now: datetime) -> bool:
    """Whether it is over, not so long ago that nobody remembers."""
    return _is_announced(event) and event.is_over and event.ends_at > now - REPORT_ASKED_FOR


def _report(item: OnDesk, now: datetime) -> Need | None:
    event = item.event
    if event.report or not _took_place(event, now):
        return None
    sentence = _("How was it? %(title)s has no report yet.", title=item.card.title)
    return Need(item.card, sentence, url_for("events.report", event_id=event.id), _("Tell it"))
