"""The absolute addresses that calendars carry; they are written outside of requests too."""

from __future__ import annotations

from organizer import config
from organizer.events.gate import VisibleEvent


def page(path: str) -> str:
    """An absolute address on this site, `path` beginning with a slash."""
    return config.absolute(path)


def event_page(event: VisibleEvent) -> str:
    return page(f"/events/{event.address}")


def feed(key: str) -> str:
    """The canonical address of a feed by its key."""
    kind, _, name = key.partition(":")
    return page({"all": "/events", "event": f"/events/{name}"}.get(kind, f"/{PLURALS.get(kind, kind)}/{name}") + ".ics")


def atom(key: str) -> str:
    """Where feed readers find the same."""
    return f"{feed(key).removesuffix('.ics')}.atom"


def feed_page(key: str) -> str:
    """The page that says the same as the feed."""
    kind = key.partition(":")[0]
    return page("/") if kind == "all" else feed(key).removesuffix(".ics")


PLURALS = {"group": "groups", "city": "cities", "tag": "tags"}
