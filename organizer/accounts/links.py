"""Secret links: the token in one, and the cookie for which a browser exchanges it on its way to a clean address.

A token is an id, a dot and what is derived from it, so it is stored nowhere. Each subject has a cookie of its own,
which is sent to its pages only.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from organizer import vault
from organizer.accounts import cookie
from organizer.db import Row, by_id


def token(purpose: str, subject_id: str, generation: int) -> str:
    """The token of a link for one purpose; a new generation makes the old one void."""
    return f"{subject_id}.{vault.mac(vault.derive(purpose), purpose, subject_id, generation)}"


def subject_id(token: str) -> str:
    """The id that a token names, which may be anything; empty for none."""
    return token.partition(".")[0]


def row(model: type[Row], token: str, token_of: Callable[[Row], str]) -> Row | None:
    """The row that a link leads to; None when `token_of` says that its link is another one."""
    found = by_id(model, subject_id(token))
    return found if found is not None and vault.same(token_of(found), token) else None


def sent(name: str, subject_id: str) -> str:
    """The token in this browser's cookie, when it is for this subject; else empty."""
    token = request.cookies.get(name, "")
    return token if token.startswith(f"{subject_id}.") else ""


def exchange(name: str, token: str, path: str, *, page: str = "") -> AnyResponse:
    """Lead to `page`, by default `path` itself, with a cookie that is sent to `path` and what is below it."""
    response = redirect(page or path, 303)
    response.set_cookie(name, token, path=path, secure=cookie.is_https(), httponly=True, samesite="Lax")
    return response


def as_file(url: str) -> Response:
    """The secret link as a file to keep."""
    response = Response(f"{url}\n", mimetype="text/plain")
    response.headers["Content-Disposition"] = 'attachment; filename="link.txt"'
    return response
