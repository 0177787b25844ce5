"""Feeds over HTTP."""

from __future__ import annotations

import re

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from organizer import kept, policy
from organizer.calendars import queries
from organizer.calendars.queries import FeedVersion
from organizer.rsvps import queries as rsvps
from organizer.rsvps.queries import OpenedRsvp

blueprint = Blueprint("calendars", __name__)
HEADERS = {
    "Cache-Control": "public, max-age=300, stale-while-revalidate=3600, stale-if-error=86400",
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


@blueprint.get("/events.ics")
@policy.allows(queries.everything)
def everything(feed: FeedVersion) -> ResponseReturnValue:
    return _respond(feed)


@blueprint.get("/groups/<slug>.ics")
@policy.allows(queries.of_group)
def group(feed: FeedVersion) -> ResponseReturnValue:
    return _respond(feed)


@blueprint.get("/cities/<slug>.ics")
@policy.allows(queries.of_city)
def city(feed: FeedVersion) -> ResponseReturnValue:
    return _respond(feed)


@blueprint.get("/tags/<slug>.ics")
@policy.allows(queries.of_tag)
def tag(feed: FeedVersion) -> ResponseReturnValue:
    return _respond(feed)


@blueprint.get("/events/<address>.ics")
@policy.allows(queries.of_event)
def event(feed: FeedVersion) -> ResponseReturnValue:
    """One event for good; every other address of it leads to the one with its id."""
    canonical = url_for("calendars.event", address=feed.key.partition(":")[2])
    return _respond(feed) if request.path == canonical else redirect(canonical, 308)


@blueprint.get("/events.atom")
@policy.allows(queries.everything)
def everything_atom(feed: FeedVersion) -> ResponseReturnValue:
    return _respond_atom(feed)


@blueprint.get("/groups/<slug>.atom")
@policy.allows(queries.of_group)
def group_atom(feed: FeedVersion) -> ResponseReturnValue:
    return _respond_atom(feed)


@blueprint.get("/cities/<slug>.atom")
@policy.allows(queries.of_city)
def city_atom(feed: FeedVersion) -> ResponseReturnValue:
    return _respond_atom(feed)


@blueprint.get("/tags/<slug>.atom")
@policy.allows(queries.of_tag)
def tag_atom(feed: FeedVersion) -> ResponseReturnValue:
    return _respond_atom(feed)


@blueprint.get("/r/mine/<rsvp_id>/calendar.ics")
@policy.allows(rsvps.by_cookie)
def discreet(opened: OpenedRsvp) -> ResponseReturnValue:
    """The entry of one's own answer, with a plain title and without any address, to download."""
    response = Response(queries.discreet_bytes(opened), content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="appointment.ics"'
    return response


def _respond(feed: FeedVersion) -> ResponseReturnValue:
    filename = re.sub(r"[^a-z0-9]+", "-", feed.key)
    return kept.respond(
        feed.version,
        lambda: kept.shelf.get(feed.key, feed.version.tag, lambda: queries.feed_bytes(feed)),
        content_type="text/calendar; charset=utf-8",
        headers={**HEADERS, "Content-Disposition": f'inline; filename="{filename}.ics"'},
    )


def _respond_atom(feed: FeedVersion) -> ResponseReturnValue:
    return kept.respond(
        feed.version,
        lambda: kept.shelf.get(f"atom:{feed.key}", feed.version.tag, lambda: queries.atom_bytes(feed)),
        content_type="application/atom+xml; charset=utf-8",
        headers=HEADERS,
    )
