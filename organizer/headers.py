"""The headers that every answer carries, whoever made it: a view, an error page, or the server's own refusal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from organizer.config import Config

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
)
ALWAYS = (
    ("Content-Security-Policy", POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), microphone=(), geolocation=(), browsing-topics=()"),
    ("Referrer-Policy", "same-origin"),
    ("Cache-Control", "no-store"),
)
HTTPS_ONLY = ("Strict-Transport-Security", "max-age=31536000; includeSubDomains")


class Hardened:
    """A WSGI app whose answers carry the headers; one that the answer has already goes before."""

    def __init__(self, wsgi_app: WSGIApplication, config: Config) -> None:
        self._wsgi_app = wsgi_app
        self._headers = [(name, value, name.lower()) for name, value in ALWAYS]
        self._is_https = config.is_https

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            given = {name.lower() for name, _value in headers}
            more = [(name, value) for name, value, key in self._headers if key not in given]
            if self._is_https and not environ.get("HTTP_HOST", "").endswith(".onion"):
                more.append(HTTPS_ONLY)
            return start_response(status, [*headers, *more], *rest)

        return self._wsgi_app(environ, start)
