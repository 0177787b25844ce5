"""Pages about to be printed: in Chromium, whose requests somebody's client answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from flask.testing import FlaskClient
from playwright.sync_api import Page, Route, sync_playwright

from tests.browser.conftest import ARGUMENTS


@contextmanager
def opened(client: FlaskClient, **options: Any) -> Iterator[Page]:
    """An empty page; `options` are those of Playwright's `new_page`."""

    def answer(route: Route) -> None:
        parts = urlsplit(route.request.url)
        served = client.get(f"{parts.path}?{parts.query}")
        route.fulfill(status=served.status_code, body=served.data, content_type=served.content_type)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        page = browser.new_page(**options)
        page.route("**/*", answer)
        yield page
        browser.close()
