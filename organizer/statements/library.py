"""The library: all that is public to be read, filtered and searched, followed in a feed reader, and taken along."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from organizer import config, kept, languages, paging, policy
from organizer.db import is_id
from organizer.policy import Viewer
from organizer.search import typed
from organizer.statements import exports, queries, search
from organizer.statements.cards import Quote
from organizer.statements.exports import FeedHeader
from organizer.statements.search import Wanted

blueprint = Blueprint("library", __name__)
PAGE = 20
IN_FEED = 50
SLUG = re.compile(r"[a-z0-9-]{1,80}")


@blueprint.get("/statements")
@policy.allows(policy.anyone)
def library(viewer: Viewer) -> ResponseReturnValue:  # noqa: ARG001 - the same for all
    """All that is public about listed actions, the newest first, or what a reader looks for."""
    asked, number = _asked(), paging.number()
    found = search.found(_wanted(asked), PAGE, (number - 1) * PAGE)
    page = render_template(
        "statements/library.html",
        page=paging.page_found(found.quotes, found.count, PAGE, asked),
        count=found.count,
        asked=asked,
        choices=search.choices(),
        feeds={kind: _address(f"library.{kind}", asked) for kind in ("atom", "json")},
    )
    return kept.asked_anew(page)


@blueprint.get("/statements.atom")
@policy.allows(policy.anyone)
def atom(viewer: Viewer) -> ResponseReturnValue:  # noqa: ARG001 - the same for all
    """The latest ones for a feed reader."""
    return _feed(exports.atom_feed, "application/atom+xml; charset=utf-8")


@blueprint.get("/statements.json")
@policy.allows(policy.anyone)
def json(viewer: Viewer) -> ResponseReturnValue:  # noqa: ARG001 - the same for all
    """The same for programs."""
    return _feed(exports.json_feed, "application/feed+json")


@blueprint.get("/statements/<statement_id>.md")
@policy.allows(queries.published)
def markdown(quote: Quote) -> ResponseReturnValue:
    """One to take along, with its emphasis."""
    return _file(exports.markdown(quote), "text/markdown; charset=utf-8")


@blueprint.get("/statements/<statement_id>.txt")
@policy.allows(queries.published)
def plain(quote: Quote) -> ResponseReturnValue:
    """One to take along, as its words alone."""
    return _file(exports.plain(quote), "text/plain; charset=utf-8")


def _asked() -> dict[str, str]:
    """What was typed and chosen, by field, to be shown and linked to again; what cannot be is left out."""
    given = request.args
    asked = {
        "q": typed(given.get("q", "")),
        "action": given.get("action", "") if is_id(given.get("action", "")) else "",
        "city": given.get("city", "") if SLUG.fullmatch(given.get("city", "")) else "",
        "language": given.get("language", "") if given.get("language") in languages.WRITTEN else "",
        "photo": "1" if given.get("photo") else "",
    }
    return {name: value for name, value in asked.items() if value}


def _wanted(asked: dict[str, str]) -> Wanted:
    return Wanted(
        words=tuple(asked.get("q", "").split()),
        event_id=asked.get("action", ""),
        city=asked.get("city", ""),
        language=asked.get("language", ""),
        has_photo="photo" in asked,
    )


def _address(endpoint: str, asked: Mapping[str, str], **more: Any) -> str:
    """Where the same is looked for."""
    return url_for(endpoint, **more, **asked)  # type: ignore[arg-type] # no field is named like an option of it


def _feed(write: Callable[[FeedHeader, Sequence[Quote]], bytes], content_type: str) -> ResponseReturnValue:
    """The latest of what is looked for. Its version is its content: what was withdrawn leaves at once."""
    asked = _asked()
    header = FeedHeader(
        title=_("Why we were here"),
        url=config.absolute(_address("library.library", asked)),
        source_url=config.absolute(_address(request.endpoint or "", asked)),
        language=str(get_locale()),
    )
    return _respond(write(header, search.found(_wanted(asked), IN_FEED).quotes), content_type, is_personal=False)


def _file(content: str, content_type: str) -> ResponseReturnValue:
    return _respond(content.encode(), content_type, is_personal=policy.viewer().account_id is not None)


def _respond(content: bytes, content_type: str, *, is_personal: bool) -> ResponseReturnValue:
    version = kept.UndatedVersion(hashlib.sha256(content).hexdigest()[:32])
    headers = {**kept.ASKED_ANEW, "X-Robots-Tag": "noindex"} | ({"Cache-Control": "no-store"} if is_personal else {})
    return kept.respond(version, lambda: kept.Body(content), content_type=content_type, headers=headers)
