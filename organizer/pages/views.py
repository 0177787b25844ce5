"""The pages that readers see. They hold no rules: each asks the features and lays their parts out."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from organizer import clock, config, languages, paging, policy
from organizer.calendars import queries as calendars
from organizer.events import queries as events
from organizer.events.cards import Card, card, cards
from organizer.events.forms import KINDS
from organizer.events.gate import Clearance, VisibleEvent
from organizer.events.linked_data import linked_data
from organizer.events.models import Tag
from organizer.events.queries import Listing
from organizer.forms import Blank
from organizer.groups import queries as groups
from organizer.groups.models import City, Group
from organizer.keeping import held
from organizer.leaflets import queries as leaflets
from organizer.leaflets.cards import LeafletCard
from organizer.leaflets.models import Leaflet
from organizer.pages import asked, queries
from organizer.pages.queries import EventSeen
from organizer.pages.rendered import once_per_change
from organizer.photos import queries as photos
from organizer.policy import Role, Viewer
from organizer.posters import queries as posters
from organizer.rsvps import queries as rsvps
from organizer.rsvps.forms import LEVELS
from organizer.statements import queries as statements

blueprint = Blueprint("pages", __name__)
ON_HOME = 5
LEAFLETS_ON_HOME = 4
PAGE = 50


def _language() -> str:
    return str(get_locale())


@blueprint.get("/")
@once_per_change()
@policy.allows(policy.anyone)
def home(viewer: Viewer) -> ResponseReturnValue:  # noqa: ARG001 - the same for all
    """What is on next, where to find the rest, and how to follow."""
    return render_template("pages/home.html", **_home())


def _home() -> dict[str, object]:
    now = clock.now()
    coming = events.upcoming(now, limit=ON_HOME)
    return {
        "coming": _cards(coming),
        "past": _cards(events.past(now, limit=ON_HOME - 1)),
        "cities": [
            (url_for("pages.city", slug=city.slug), city.name) for city, _count in events.cities_with_upcoming(now)
        ],
        "tags": [(url_for("pages.tag", slug=tag.slug), tag.name) for tag, _count in events.tags_with_upcoming(now)],
        "follow": calendars.follow("all", config.current().site_name),
        "quotes": statements.latest(2),
        "photos": photos.latest(1),
        "leaflets": _to_take_along(),
    }


def _to_take_along() -> Sequence[LeafletCard]:
    """The latest leaflets; nobody is sent to print what the page of its action has overtaken."""
    overtaken = posters.overtaken_among(leaflets.handed_out())
    return leaflets.latest(LEAFLETS_ON_HOME, 0, Leaflet.id.not_in(overtaken))


@blueprint.get("/events/<address>")
@once_per_change(asked.text_language)
@policy.allows(queries.event)
def event(seen: EventSeen) -> ResponseReturnValue:
    """One event, before it or after it; an old address leads to the present one."""
    if seen.is_old_address:
        return redirect(url_for("pages.event", address=seen.event.address), 308)
    return render_template("pages/event.html", **_event(seen))


def _event(seen: EventSeen) -> dict[str, object]:
    shown = seen.event
    language = seen.language
    asking = rsvps.asking(shown)
    is_organizer = seen.clearance >= Clearance.ORGANIZER
    return {
        "event": shown,
        "kind": dict(KINDS)[shown.kind],
        "card": card(shown, language, asking.availability),
        "asking": asking,
        "level": dict(LEVELS)[asking.level],
        "calendar": calendars.event_calendar(shown),
        "quotes": statements.on_event(shown.id),
        "photos": photos.on_event(shown.id),
        "leaflets": leaflets.on_event(shown.id),
        "is_organizer": is_organizer,
        "blank": Blank() if is_organizer else None,
        "now": clock.now(),
        "written": languages.choices(languages.WRITTEN) if is_organizer else (),
        "map_url": f"https://www.openstreetmap.org/search?{urlencode({'query': shown.location})}",
        "page_url": calendars.page_address(shown),
        "linked_data": linked_data(shown, calendars.page_address(shown)),
        "switch": languages.choices(shown.languages) if len(shown.languages) > 1 else (),
        "next_event": _next(shown),
    }


def _next(shown: VisibleEvent) -> Card | None:
    """Where else to go, on the page of what is over or does not take place."""
    found = events.next_instead(shown, clock.now()) if shown.is_over or not shown.takes_place else None
    return _cards([found])[0] if found else None


@blueprint.get("/groups/<slug>")
@once_per_change()
@policy.allows(queries.group)
def group(found: Group) -> ResponseReturnValue:
    """A group: what it does next and what it has done."""
    key = f"group:{found.slug}"
    is_organizer = policy.viewer().has_role(found.id, Role.ORGANIZER)
    return render_template(
        "pages/list.html",
        **_list(found.name, found.about, Listing(group_id=found.id), key),
        desk_url=url_for("desk.desk", slug=found.slug) if is_organizer else None,
    )


@blueprint.get("/cities/<slug>")
@once_per_change()
@policy.allows(queries.city)
def city(found: City) -> ResponseReturnValue:
    """What is on in a city."""
    key = f"city:{found.slug}"
    return render_template("pages/list.html", **_list(found.name, found.region, Listing(city_id=found.id), key))


@blueprint.get("/tags/<slug>")
@once_per_change()
@policy.allows(queries.tag)
def tag(found: Tag) -> ResponseReturnValue:
    """What is on under a tag."""
    return render_template(
        "pages/list.html", **_list(found.name, "", Listing(tag_slug=found.slug), f"tag:{found.slug}")
    )


@blueprint.get("/past")
@once_per_change(paging.number)
@policy.allows(policy.anyone)
def past(viewer: Viewer) -> ResponseReturnValue:  # noqa: ARG001 - the same for all
    """What has been, the latest first."""
    return render_template("pages/list.html", **_past())


@blueprint.get("/privacy")
@once_per_change()
@policy.allows(policy.anyone)
def privacy(viewer: Viewer) -> ResponseReturnValue:  # noqa: ARG001 - the same for all
    """Who runs this, and what is held now."""
    return render_template(
        "pages/privacy.html",
        groups=groups.all_groups(),
        held=held.now(),
        days=held.DAYS,
        onion_url=config.current().onion_url,
    )


def _list(heading: str, lead: str, listing: Listing, key: str) -> dict[str, object]:
    now = clock.now()
    return {
        "heading": heading,
        "lead": lead,
        "coming": _cards(events.upcoming(now, listing, limit=PAGE)),
        "past": _cards(events.past(now, listing, limit=PAGE)),
        "follow": calendars.follow(key, heading),
    }


def _past() -> dict[str, object]:
    page = paging.page_of(lambda limit, offset: events.past(clock.now(), limit=limit, offset=offset), PAGE)
    return {
        "heading": _("Past actions"),
        "coming": None,
        "past": _cards(page.items),
        "newer_url": page.newer_url,
        "older_url": page.older_url,
    }


def _cards(found: Sequence[VisibleEvent]) -> list[Card]:
    return cards(found, _language(), rsvps.availabilities([event.id for event in found]))
