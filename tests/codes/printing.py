"""Pages about to be printed: in Chromium, whose requests somebody's client answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, Route


@contextmanager
def opened(browser: Browser, client: FlaskClient, **options: Any) -> Iterator[Page]:
    """An empty page, with cookies of its own; `options` are those of Playwright's `new_page`."""

    def answer(route: Route) -> None:
        parts = urlsplit(route.request.url)
        served = client.get(f"{parts.path}?{parts.query}")
        route.fulfill(status=served.status_code, body=served.data, content_type=served.content_type)

    with browser.new_page(**options) as page:
        page.route("**/*", answer)
        yield page
