"""Public pages, rendered once per change, minute and language for all who are not signed in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache, wraps
from typing import Any

from flask import make_response, request, session
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from organizer import clock, kept, policy, vault
from organizer.db import peek
from organizer.kept import UndatedVersion

View = Callable[..., ResponseReturnValue]


def once_per_change(*asked: Callable[[], object]) -> Callable[[View], View]:
    """Keep what a page's view (with its policy inside) answers to nobody in particular; only 200 is kept.

    Goes between the route and the policy: what everyone may see needs one look at the version, nothing more. `asked`
    are the parts of the query that the page reads. A minute's worth of time is part of the version, for what is
    next, over or released moves without a fact.
    """

    def keep(view: View) -> View:
        @wraps(view)
        def answer(**view_args: Any) -> ResponseReturnValue:
            if policy.viewer().account_id or (request.cookies and "_flashes" in session):
                return view(**view_args)
            language = str(get_locale())
            key = f"page:{language}:{request.path}:{[part() for part in asked]}"
            version = _version(language)
            body = kept.shelf.find(key, version.tag)
            if body is None:
                response = make_response(view(**view_args))
                if response.status_code != 200 or session.modified:
                    return response
                body = kept.shelf.put(key, version.tag, response.get_data())
            return kept.respond(version, lambda: body, content_type="text/html; charset=utf-8", headers=kept.ASKED_ANEW)

        return answer

    return keep


def _version(language: str) -> UndatedVersion:
    number = (peek("SELECT version FROM page_version") or (0,))[0]
    return _version_at(vault.derive("page versions"), language, number, clock.now().replace(second=0, microsecond=0))


@lru_cache
def _version_at(key: bytes, language: str, number: int, minute_at: datetime) -> UndatedVersion:
    """The number itself would tell how much happens here, and its last change when."""
    return UndatedVersion(vault.mac(key, "page", language, number, f"{minute_at:%Y%m%d%H%M}")[:16])
