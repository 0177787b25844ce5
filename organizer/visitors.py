"""Who asks, from where, and in which language: what is settled about a request before any view sees it."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache

from flask import Flask, Response, abort, after_this_request, g, has_request_context, request
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from organizer import config, intake, languages
from organizer.accounts import cookie
from organizer.db import db
from organizer.groups import queries as groups
from organizer.policy import SignInNeeded

LANGUAGE_COOKIE = "language"
A_YEAR = timedelta(days=365)
RETRY_SECONDS = 30


def init_app(app: Flask) -> None:
    app.before_request(_check_request)
    app.before_request(_tell_refused_body)
    app.before_request(_recognise)
    app.after_request(_remember_language)


def _check_request() -> None:
    """Refuse what no page of ours sends: a NUL in the address, a form from another site even with a token."""
    if "\x00" in request.path:
        abort(404)
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        abort(403)
    if not _is_own(request.headers.get("Origin", "null")):
        abort(403)


def _is_own(origin: str) -> bool:
    """Whether a page of this host sends it, and over TLS where the site has it; "null" tells nothing."""
    scheme, _, host = origin.partition("://")
    if origin == "null":
        return True
    has_tls = cookie.is_https() or request.is_secure
    return host == request.host and scheme in (("https",) if has_tls else ("http", "https"))


def _tell_refused_body() -> None:
    """Answer whose body was not taken in: nothing of it is there to be looked at."""
    refused = request.environ.get(intake.REFUSED)
    if refused == intake.UNAUTHORIZED:
        raise SignInNeeded
    if refused == intake.NO_ROOM:
        after_this_request(_ask_back_later)
    if refused:
        abort(refused)


def _ask_back_later(response: Response) -> Response:
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _recognise() -> None:
    """Find out who asks; the read transaction ends here, so that what follows sees what is true now."""
    token = cookie.token() if request.cookies else ""
    if token:
        g.viewer = groups.viewer_of(token)
        db.session.rollback()


def choose_language() -> str:
    """`?lang`, then the cookie, then what the browser asks for; the site's own outside of a request."""
    if not has_request_context():
        return config.current().default_language
    for wanted in (request.args.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
        if wanted in languages.INTERFACE:
            return wanted
    return _best_language(request.headers.get("Accept-Language", "")) or config.current().default_language


@lru_cache
def _best_language(accepted: str) -> str | None:
    return parse_accept_header(accepted, LanguageAccept).best_match(languages.INTERFACE)


def _remember_language(response: Response) -> Response:
    """Keep a chosen language, on pages only: feeds and files set no cookie."""
    wanted = request.args.get("lang")
    if wanted in languages.INTERFACE and response.mimetype == "text/html":
        secure = cookie.is_https()
        response.set_cookie(LANGUAGE_COOKIE, wanted, max_age=A_YEAR, samesite="Lax", httponly=True, secure=secure)
    return response
