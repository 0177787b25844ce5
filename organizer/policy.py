"""Who may: the viewer, the roles, and the policy that every route declares."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from flask import Flask, abort, g, request
from flask.typing import ResponseReturnValue

from organizer.errors import OrganizerError


class Role(enum.IntEnum):
    """What a membership allows in its group; each includes the ones before it."""

    MEMBER = 1
    ORGANIZER = 2
    OWNER = 3


@dataclass(frozen=True)
class Seat:
    """A viewer's place in a group, as a page names it and links to it."""

    slug: str
    name: str
    role: Role


@dataclass(frozen=True)
class Viewer:
    """Who asks: an account with its roles by group id and its seats by group name, or nobody."""

    account_id: str | None = None
    roles: Mapping[str, Role] = field(default_factory=dict)
    seats: tuple[Seat, ...] = ()

    def has_role(self, group_id: str, role: Role) -> bool:
        return self.roles.get(group_id, 0) >= role


class SignInNeeded(OrganizerError):
    """Nobody is signed in where somebody must be. `accounts` asks for it, and keeps what was typed."""


NOBODY = Viewer()
View = Callable[..., ResponseReturnValue]
Check = Callable[..., Any]


def viewer() -> Viewer:
    """The viewer of this request."""
    found: Viewer = g.get("viewer", NOBODY)
    return found


def actor_id() -> str:
    """The account of this request, for the audit; empty for nobody."""
    return viewer().account_id or ""


def allows(check: Check, *, signed_in: bool = False, body_bytes: int = 0) -> Callable[[View], View]:
    """Declare who may use a route.

    `check(viewer, **view_args)` returns the object that the view is given, or None for the one 404.
    With `signed_in`, nobody is asked to sign in before anything is looked up, so that an object that exists and
    one that does not answer alike. `body_bytes` is the most that a request with a file holds, where one is taken.
    """

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(**view_args: Any) -> ResponseReturnValue:
            who = viewer()
            if signed_in and who.account_id is None:
                raise SignInNeeded
            granted = check(who, **view_args)
            if granted is None:
                abort(404)
            if body_bytes:
                request.max_content_length = body_bytes
            return view(granted)

        guarded.policy = check  # type: ignore[attr-defined] # read by require_declared
        guarded.body_bytes = body_bytes  # type: ignore[attr-defined] # read by the server before any view is asked
        return guarded

    return declare


def anyone(viewer: Viewer) -> Viewer:
    """Open to all; the view is given the viewer."""
    return viewer


def require_declared(app: Flask) -> None:
    """Refuse to start with a route that does not say who may use it."""
    undeclared = [name for name, view in app.view_functions.items() if not hasattr(view, "policy")]
    if undeclared:
        raise RuntimeError(f"These routes declare no policy: {', '.join(sorted(undeclared))}.")
