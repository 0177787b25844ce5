"""What an operator types to fill, start, check and mend a site: flask demo, start, password-link, purge, doctor …

They speak English only, to whoever runs the machine.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

import click
from flask.cli import with_appcontext

from organizer import config as settings
from organizer import languages
from organizer.accounts import service as accounts
from organizer.errors import OrganizerError
from organizer.keeping import doctor, orphans, purge, starting, upgrades
from organizer.keeping.demo import filling, state
from organizer.keeping.starting import Beginning

Command = Callable[..., None]


def told(command: Command) -> Command:
    """Give the command the app, and tell what goes wrong on purpose as a sentence."""

    @with_appcontext
    @wraps(command)
    def run(**options: Any) -> None:
        try:
            command(**options)
        except OrganizerError as error:
            raise click.ClickException(str(error)) from None

    return run


@click.command("demo")
@click.option("--again", is_flag=True, help="Fill it anew, dated from today.")
@told
def fill_demo(again: bool) -> None:
    """Fill an untouched database with the demo."""
    bring_up_to_date()
    if again and state.is_demo():
        filling.renew()
    offer_demo()
    click.echo(f"The demo is there. {sign_in_sentence(filling.sign_in_password())}")


def offer_demo() -> None:
    """Fill the demo if nothing is there. Raises filling.NotEmpty on a real site."""
    if state.is_fillable():
        click.echo("Filling the demo …")
    filling.fill()


def sign_in_sentence(password: str | None) -> str:
    return f'Sign in at {settings.current().site_url}/sign-in as "{state.ACCOUNT_NAME}" with "{password}".'


@click.command()
@click.option("--group", help="The group's name.")
@click.option("--city", help="Where it is at home.")
@click.option("--region", help="The city's region or state, if one says it.")
@click.option("--country", help="Its country's code, like US or DE.")
@click.option("--zone", help="Its time zone, like Europe/Berlin.")
@click.option("--language", type=click.Choice(languages.WRITTEN), help="The language that it writes in.")
@click.option("--name", help="The name that its owner signs in with.")
@click.option("--yes", is_flag=True, help="Empty the demo without asking.")
@told
def start(*, yes: bool, **given: str | None) -> None:
    """Make a real site: empty the demo, make the first group and its owner."""
    bring_up_to_date()
    starting.check_startable()
    beginning = Beginning(**{option: _ask(option, value) for option, value in given.items()})
    starting.check(beginning)
    if state.is_demo() and not yes:
        click.confirm("This empties the demo. Go on?", abort=True)
    token = starting.begin(beginning)
    click.echo(
        f"{beginning.group} has a site. By this link {beginning.name} chooses a password, once, within 48 hours."
    )
    _tell_password_link(token)


QUESTIONS = {
    "group": "The group's name",
    "city": "Its city",
    "region": "The city's region or state, if one says it",
    "country": "Its country's code of two letters",
    "zone": "Its time zone, like Europe/Berlin",
    "language": "The language that it writes in",
    "name": "The name that its owner signs in with",
}


def _ask(option: str, given: str | None) -> str:
    """The option's value, asked for when it was not given."""
    if given is not None:
        return given
    kind = click.Choice(languages.WRITTEN) if option == "language" else None
    answer: str = click.prompt(QUESTIONS[option], type=kind, default="" if option == "region" else None)
    return answer


@click.command("password-link")
@click.argument("name")
@told
def password_link(name: str) -> None:
    """Make a one-use link with which the account NAME sets a new password."""
    _tell_password_link(accounts.make_password_link(name))


def _tell_password_link(token: str) -> None:
    """Print the link; where nobody has set the site's address, what it takes the site to be served as."""
    site_url = settings.current().site_url
    if site_url == settings.DEFAULT_SITE_URL:
        click.echo(
            f"It leads to {site_url}, where the site is while `python3 dev.py run` serves it. If you serve it with "
            "another --port, put that in; if people reach it by a name, set ORGANIZER_SITE_URL first."
        )
    click.echo(f"{site_url}/password/{token}")


@click.command("purge")
@told
def purge_now() -> None:
    """Purge what people told for every event whose time has come; the worker does so each minute."""
    click.echo(f"Purged the answers of {purge.run()} events.")


@click.command("sweep")
@told
def sweep_now() -> None:
    """Delete all blobs that nothing has needed for a day, however many; the worker deletes a few each minute."""
    click.echo(f"Deleted {orphans.sweep_all()} blobs that nothing needs.")


@click.command("doctor")
@told
def examine() -> None:
    """Look at everything that the site stands on; ends with 1 when someone must act."""
    findings = list(doctor.examine())
    for finding in findings:
        click.echo(f"{'ALARM' if finding.is_alarm else 'ok':6} {finding.subject}: {finding.sentence}")
    if any(finding.is_alarm for finding in findings):
        sys.exit(1)


@click.command()
@told
def upgrade() -> None:
    """Bring the database to this version's tables, after a copy of an SQLite database."""
    if not bring_up_to_date():
        click.echo("The database is up to date.")


def bring_up_to_date() -> bool:
    """Migrate and say so; False when there is nothing to do."""
    found = upgrades.revisions()
    if found.is_current:
        return False
    copy = upgrades.upgrade()
    click.echo(f"The database is at revision {found.needed}." + (f" Before it: {copy}" if copy else ""))
    return True


@click.command()
@told
def rollback() -> None:
    """Take the database back by one revision, for the program's earlier version."""
    copy = upgrades.rollback()
    click.echo(f"The database is at revision {upgrades.revisions().present}." + (f" Before it: {copy}" if copy else ""))
