"""flask serve and work, and the registration of every command; what they do to a site is in `keeping`."""

from __future__ import annotations

from dataclasses import replace

import click
from flask import Flask, current_app

from organizer import config as settings
from organizer import server
from organizer.db import db
from organizer.keeping import commands
from organizer.keeping.commands import told
from organizer.keeping.demo import filling, state


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=5000, show_default=True, type=click.IntRange(1, 65535), help="The port to listen on.")
@click.option(
    "--demo/--no-demo", "wants_demo", default=None, help="Fill an untouched database with the demo, or don't."
)
@told
def serve(host: str, port: int, wants_demo: bool | None) -> None:
    """Bring the database up to date, then serve until Ctrl-C or SIGTERM.

    An untouched database is filled with the demo when nobody but this machine can reach the site.
    """
    app = _app()
    _take_address(app, host, port)
    taken = server.listen(host, port)
    commands.bring_up_to_date()
    is_private = server.is_loopback(host) and settings.current().is_loopback_site
    if wants_demo or (wants_demo is None and is_private and state.is_fillable()):
        commands.offer_demo()
    _greet()
    db.session.remove()
    server.serve(app, taken)


def _take_address(app: Flask, host: str, port: int) -> None:
    """Let links carry this port, where nobody has set the site's address."""
    config = settings.current()
    if config.site_url == settings.DEFAULT_SITE_URL and server.is_loopback(host):
        own = replace(config, site_url=server.address(host, port))
        app.extensions["config"] = own
        app.config["TRUSTED_HOSTS"] = list(own.hosts)


def _greet() -> None:
    click.echo(f"Organizer is at {settings.current().site_url} (Ctrl-C ends it).")
    password = filling.sign_in_password()
    if password:
        click.echo(f"This is the demo. {commands.sign_in_sentence(password)}")


@click.command()
@told
def work() -> None:
    """Be the worker and the clock of several web processes, which have ORGANIZER_WORKER=none."""
    click.echo("Working (Ctrl-C ends it).")
    server.work(_app())


def _app() -> Flask:
    """The app itself: threads cannot use what stands for it in this one."""
    return current_app._get_current_object()  # type: ignore[attr-defined,no-any-return] # noqa: SLF001 - documented


COMMANDS = (
    serve,
    work,
    commands.fill_demo,
    commands.start,
    commands.password_link,
    commands.purge_now,
    commands.sweep_now,
    commands.examine,
    commands.upgrade,
    commands.rollback,
)


def init_app(app: Flask) -> None:
    for command in COMMANDS:
        app.cli.add_command(command)
