"""create_app: the settings, the rooms, the policy, the headers, the error pages."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, Request, Response
from flask_babel import Babel, format_date, format_time, get_locale
from flask_migrate import Migrate
from markupsafe import Markup
from sqlalchemy.exc import SQLAlchemyError
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
    visitors,
)
from organizer import config as settings
from organizer import db as database
from organizer.accounts import views as accounts
from organizer.accounts.form_cookie import FormCookie
from organizer.calendars import jobs as calendar_jobs
from organizer.calendars import views as calendars
from organizer.codes import jobs as code_jobs
from organizer.codes import views as codes
from organizer.collections import arranging, for_print
from organizer.collections import jobs as collection_jobs
from organizer.collections import views as collections
from organizer.config import Config
from organizer.copies import jobs as copy_jobs
from organizer.copies import views as copies
from organizer.db import db
from organizer.events import views as events
from organizer.groups import queries as groups
from organizer.groups import views as group_views
from organizer.keeping import jobs as keeping_jobs
from organizer.keeping import purge
from organizer.keeping.demo import state as demo
from organizer.leaflets import (
    bringing,
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
from organizer.policy import Viewer
from organizer.posters import jobs as poster_jobs
from organizer.posters import views as posters
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
    uploading,
    codes,
    copies,
    posters,
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
    rendering,
    poster_jobs,
    code_jobs,
    copy_jobs,
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
    Babel(app, locale_selector=visitors.choose_language)
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
    app.session_interface = FormCookie()
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(direction=languages.direction, own_name=languages.own_name)
    app.jinja_env.filters.update(markdown=_markdown, moment=_moment, day=_day)


def _markdown(source: str) -> Markup:
    return Markup(text.to_html(source))  # noqa: S704 - sanitised there


def _moment(instant: datetime, zone: str) -> str:
    """An instant as wall time in a zone: "Saturday, June 13, 2026, 7:00 AM"."""
    local = instant.astimezone(ZoneInfo(zone))
    return f"{format_date(local.date(), 'full')}, {format_time(local.time(), 'short', rebase=False)}"


def _day(instant: datetime, zone: str) -> date:
    """The day that it is there."""
    return instant.astimezone(ZoneInfo(zone)).date()


def _hook(app: Flask) -> None:
    visitors.init_app(app)
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
