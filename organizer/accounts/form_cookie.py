"""The cookie of form tokens and one-time messages, named and marked as the session's own is."""

from __future__ import annotations

from functools import cache

from flask import Flask, Request, Response
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from itsdangerous import URLSafeTimedSerializer

from organizer.accounts import cookie


class FormCookie(SecureCookieSessionInterface):
    """Flask's own, which costs nothing where nobody asks for it."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Whoever sends no cookie needs no verifier, whose making costs more than a look at a version."""
        has_cookie = self.get_cookie_name(app) in request.cookies
        return super().open_session(app, request) if has_cookie else self.session_class()

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """A session that nobody has looked at is as it was."""
        if session.accessed or session.modified:
            super().save_session(app, session, response)

    @cache  # noqa: B019 - the app and this live as long as each other
    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """The same for every request: Flask makes it anew each time."""
        return super().get_signing_serializer(app)

    def get_cookie_name(self, app: Flask) -> str:  # noqa: ARG002 - the interface's signature
        return "__Host-form" if cookie.is_https() else "form"

    def get_cookie_secure(self, app: Flask) -> bool:  # noqa: ARG002 - the interface's signature
        return cookie.is_https()
