"""East Bay Letters: a group whose site has just begun. Journeys go on beside each other on it, each with its action."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.sync_api import BrowserContext

from tests.browser.people import Organizer, owner_link
from tests.served import Site, environment, flask

ZONE = ZoneInfo("America/Los_Angeles")
GROUP = "east-bay-letters"
START = (
    *("--group", "East Bay Letters", "--city", "Oakland", "--region", "California", "--country", "US"),
    *("--zone", ZONE.key, "--language", "en", "--name", "Fern"),
)
LINK = "link"


@dataclass(frozen=True)
class Letters:
    """The served site, whose owner has signed in; `session` is the cookie that her browser got."""

    url: str
    session: str
    site: Site

    def let_in(self, context: BrowserContext) -> None:
        """Let a browser be the owner's."""
        context.add_cookies([{"name": "session", "value": self.session, "url": self.url}])


def begin(folder: Path) -> None:
    """Put the site's data into the folder, and beside it the link by which its owner chooses her password."""
    started = flask(environment(folder), "start", *START)
    (folder / LINK).write_text(owner_link(started.stdout))


def link_in(folder: Path) -> str:
    return (folder / LINK).read_text()


def signed_in(link: str, url: str, site: Site, context: BrowserContext) -> Letters:
    """Let the owner choose her password, and keep what signs her in."""
    Organizer(context).chooses_a_password(link)
    session = next(cookie for cookie in context.cookies() if cookie.get("name") == "session")
    return Letters(url, session.get("value", ""), site)


def in_days(days: int) -> str:
    """A day where the group is at home, as a form has it."""
    return (datetime.now(ZONE).date() + timedelta(days=days)).isoformat()
