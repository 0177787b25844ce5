"""The cookie that holds a browser's session token, and the one that says that it had one before."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from flask import request, session
from werkzeug.wrappers import Response

from organizer import config
from organizer.accounts import marks
from organizer.accounts.rules import MARK_LASTS, SESSION_LASTS, account_name

# Bound to this very host where the site has https; browsers refuse such a name over http.
SESSION_NAMES = ("session", "__Host-session")
MARK_NAMES = ("known", "__Host-known")


def is_https() -> bool:
    """Whether the address that this request was sent to is https; an onion beside an https site may not be.

    Asked before the host is known to be ours, so it looks at what was sent.
    """
    known = config.current()
    host = request.environ.get("HTTP_HOST", "").lower()
    is_onion = known.onion_url is not None and host == urlsplit(known.onion_url).netloc
    return str(known.onion_url).startswith("https:") if is_onion else known.is_https


def token() -> str:
    """The token that the browser sends, empty without one."""
    return request.cookies.get(SESSION_NAMES[is_https()], "")


def mark() -> str:
    """What `marks.new` made for this browser, empty without."""
    return request.cookies.get(MARK_NAMES[is_https()], "")


def give(response: Response, new_token: str, name: str) -> Response:
    """Hand the browser its new session, and with it a new form token: forms from before are asked about again.

    The mark for the account's name stays when the session has ended.
    """
    session.clear()
    _set(response, SESSION_NAMES, new_token, SESSION_LASTS)
    _set(response, MARK_NAMES, marks.new(account_name(name)), MARK_LASTS)
    return response


def take(response: Response) -> Response:
    """Take the session from the browser, and what it was told in it."""
    session.clear()
    response.delete_cookie(SESSION_NAMES[is_https()], secure=is_https(), httponly=True, samesite="Lax")
    return response


def _set(response: Response, names: tuple[str, str], value: str, lasts: timedelta) -> None:
    response.set_cookie(names[is_https()], value, max_age=lasts, secure=is_https(), httponly=True, samesite="Lax")
