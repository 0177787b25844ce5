"""create_app: the settings, the rooms, the policy, the headers, the error pages."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from flask import Flask, Request, Response, abort, after_this_request, g, has_request_context, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask_babel import Babel, format_date, format_time, get_locale
from flask_migrate import Migrate
from itsdangerous import URLSafeTimedSerializer
from markupsafe import Markup
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header
from werkzeug.middleware.proxy_fix import ProxyFix

from organizer import (
    assets,
    cli,
    error_pages,
    headers,
    intake,
    languages,
    limits,
    logs,
    mail,
    outbox,
    policy,
    storage,
    text,
    vault,
)
from organizer import config as settings
from organizer import db as database
from organizer.accounts import cookie
from organizer.accounts import views as accounts
from organizer.calendars import jobs as calendar_jobs
from organizer.calendars import views as calendars
from organizer.collections import arranging, for_print
from organizer.collections import jobs as collection_jobs
from organizer.collections import views as collections
from organizer.config import Config
from organizer.db import db
from organizer.events import views as events
from organizer.groups import queries as groups
from organizer.groups import views as group_views
from organizer.keeping import jobs as keeping_jobs
from organizer.keeping import purge
from organizer.keeping.demo import state as demo
from organizer.leaflets import (
    bringing,
    code_pages,
    copies_pages,
    made_jobs,
    made_pages,
    print_pages,
    rendering,
    uploading,
    versions,
)
from organizer.leaflets import jobs as leaflet_jobs
from organizer.leaflets import views as leaflets
from organizer.pages import desk, print_job
from organizer.pages import jobs as page_jobs
from organizer.pages import views as pages
from organizer.photos import covering, people, photo_removal
from organizer.photos import jobs as photo_jobs
from organizer.photos import views as photos
from organizer.policy import SignInNeeded, Viewer
from organizer.removals import jobs as removal_jobs
from organizer.removals import views as removals
from organizer.rsvps import jobs as rsvp_jobs
from organizer.rsvps import views as rsvps
from organizer.statements import group_queue, library, own, paste, removal, review, slip, wording
from organizer.statements import jobs as statement_jobs
from organizer.statements import views as statements

ROOT = Path(__file__).resolve().parent.parent
ROOMS = (
    accounts,
    group_views,
    events,
    leaflets,
    versions,
    bringing,
    code_pages,
    uploading,
    copies_pages,
    made_pages,
    print_pages,
    rsvps,
    removals,
    photos,
    covering,
    people,
    photo_removal,
    statements,
    review,
    paste,
    slip,
    library,
    removal,
    group_queue,
    own,
    wording,
    collections,
    arranging,
    for_print,
    calendars,
    pages,
    desk,
    print_job,
)
JOBS = (
    leaflet_jobs,
    made_jobs,
    rendering,
    rsvp_jobs,
    removal_jobs,
    photo_jobs,
    statement_jobs,
    collection_jobs,
    calendar_jobs,
    page_jobs,
    keeping_jobs,
    purge,
)
LANGUAGE_COOKIE = "language"
A_YEAR = timedelta(days=365)
RETRY_SECONDS = 30
log = structlog.get_logger()


class _Request(Request):
    """Uploads stay in memory: what people send must never lie readable in a temporary file."""

    def _get_file_stream(self, *_args: Any, **_options: Any) -> BytesIO:
        return BytesIO()


class _App(Flask):
    """Flask without what it does at each call for views and hooks that are coroutines: there are none."""

    request_class = _Request

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func


def create_app(env: Mapping[str, str] | None = None, *, testing: bool = False) -> Flask:
    """The app from ORGANIZER_* settings. Raises ConfigError, or KeyFileError for a master key that is none."""
    config = settings.load_config(os.environ if env is None else env)
    app = _App(__name__, template_folder=str(ROOT / "templates"), static_folder=None)
    app.testing = testing
    app.extensions["config"] = config
    logs.init_app(app)
    _configure(app, config)
    database.init_app(app, config)
    vault.init_app(app, config)
    app.secret_key = vault_secret(app)
    for tool in (limits, mail, storage, outbox):
        with app.app_context():
            tool.init_app(app, config)
    Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    Babel(app, locale_selector=_choose_language)
    for room in ROOMS:
        app.register_blueprint(room.blueprint)
    _declare_own_routes(app)
    policy.require_declared(app)
    cli.init_app(app)
    _hook(app)
    app.wsgi_app = headers.Hardened(app.wsgi_app, config)  # type: ignore[method-assign]
    if config.proxy_count:
        count = config.proxy_count
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    return app


def load_app() -> Flask:
    """The app for servers and commands: settings or keys that cannot be used end the program with a sentence each."""
    # The database and the queue make files of their own, which nobody else on the machine needs to read.
    os.umask(0o077)
    try:
        return create_app()
    except (settings.ConfigError, vault.KeyFileError) as error:
        raise SystemExit(str(error)) from None


def vault_secret(app: Flask) -> bytes:
    """The key that signs form tokens and one-time messages in cookies."""
    with app.app_context():
        return vault.derive("cookies")


def _configure(app: Flask, config: Config) -> None:
    app.config.update(
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
        MAX_CONTENT_LENGTH=intake.LARGEST_FORM_BYTES,
        MAX_FORM_MEMORY_SIZE=intake.LARGEST_FORM_BYTES,
        TRUSTED_HOSTS=list(config.hosts),
        BABEL_DEFAULT_LOCALE=config.default_language,
        BABEL_TRANSLATION_DIRECTORIES=str(ROOT / "translations"),
    )
    app.session_interface = _FormCookie()
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(direction=languages.direction, own_name=languages.own_name)
    app.jinja_env.filters.update(markdown=_markdown, moment=_moment)


class _FormCookie(SecureCookieSessionInterface):
    """The cookie of form tokens and one-time messages, named and marked as the session's own is."""

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


def _markdown(source: str) -> Markup:
    return Markup(text.to_html(source))  # noqa: S704 - sanitised there


def _moment(instant: datetime, zone: str) -> str:
    """An instant as wall time in a zone: "Saturday, June 13, 2026, 7:00 AM"."""
    local = instant.astimezone(ZoneInfo(zone))
    return f"{format_date(local.date(), 'full')}, {format_time(local.time(), 'short', rebase=False)}"


def _hook(app: Flask) -> None:
    app.before_request(_check_request)
    app.before_request(_tell_refused_body)
    app.before_request(_recognise)
    app.after_request(_remember_language)
    app.context_processor(_page_values)
    error_pages.init_app(app)


def _declare_own_routes(app: Flask) -> None:
    open_to_all = policy.allows(policy.anyone)
    app.add_url_rule("/healthz", "healthz", open_to_all(lambda _viewer: Response("ok\n", mimetype="text/plain")))
    files = assets.init_app(app, ROOT / "static")
    static = policy.allows(_static_file)(files.respond)
    app.add_url_rule("/static/<path:filename>", "static", static)


def _static_file(viewer: Viewer, filename: str) -> str:  # noqa: ARG001 - open to all
    return filename


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


def _choose_language() -> str:
    """`?lang`, then the cookie, then what the browser asks for; the site's own outside of a request."""
    if not has_request_context():
        return settings.current().default_language
    for wanted in (request.args.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
        if wanted in languages.INTERFACE:
            return wanted
    return _best_language(request.headers.get("Accept-Language", "")) or settings.current().default_language


@lru_cache
def _best_language(accepted: str) -> str | None:
    return parse_accept_header(accepted, LanguageAccept).best_match(languages.INTERFACE)


def _page_values() -> dict[str, object]:
    config = settings.current()
    language = str(get_locale() or config.default_language)
    site = {
        "name": _site_name(config),
        "is_demo": demo.is_shown(),
        "languages": languages.choices(languages.INTERFACE),
    }
    return {"site": site, "lang": language, "text_direction": languages.direction(language), "viewer": policy.viewer()}


def _site_name(config: Config) -> str:
    """The name that was set, else the group's where there is one; error pages stand without a database too."""
    if config.site_name != settings.DEFAULT_SITE_NAME:
        return config.site_name
    try:
        return groups.only_name() or config.site_name
    except SQLAlchemyError:
        db.session.rollback()
        return config.site_name


def _remember_language(response: Response) -> Response:
    """Keep a chosen language, on pages only: feeds and files set no cookie."""
    wanted = request.args.get("lang")
    if wanted in languages.INTERFACE and response.mimetype == "text/html":
        secure = cookie.is_https()
        response.set_cookie(LANGUAGE_COOKIE, wanted, max_age=A_YEAR, samesite="Lax", httponly=True, secure=secure)
    return response
