"""A real Chromium before a real server. Whatever a page does that it should not, fails its test."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from organizer.accounts import passwords
from organizer.db import db
from organizer.web import create_app
from tests.browser import gallery
from tests.browser.gallery import Gallery
from tests.browser.watch import Watch
from tests.conftest import Browser as Client
from tests.served import environment, serving
from tests.world import World

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE_MILLISECONDS = 20_000
Browse = Callable[..., BrowserContext]


# Not for the session: Playwright keeps an event loop running, beside which no other test could run its own.
@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM") or "/usr/bin/chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def watch() -> Iterator[Watch]:
    """What the test's pages did; nothing of it may be a fault."""
    watch = Watch()
    yield watch
    assert watch.faults == []


@pytest.fixture
def browse(chromium: Browser, watch: Watch) -> Iterator[Browse]:
    """Open a browser of somebody's own, with cookies of her own."""
    contexts = []

    def open_one(origin: str, *, java_script_enabled: bool = True) -> BrowserContext:
        context = chromium.new_context(
            base_url=origin, reduced_motion="reduce", java_script_enabled=java_script_enabled
        )
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        watch.over(context, origin)
        contexts.append(context)
        return context

    yield open_one
    for context in contexts:
        context.close()


@pytest.fixture(scope="package")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, World, dict[str, str]]:
    """The folder of a site with the demo and a world, filled before it is served."""
    folder = tmp_path_factory.mktemp("gallery")
    app = create_app(environment(folder), testing=True)
    app.test_client_class = Client
    cheap = type(passwords.HASHER)(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patched, app.app_context():
        patched.setattr(passwords, "HASHER", cheap)
        world, states = gallery.fill(app)
        db.session.remove()
        db.engine.dispose()
    return folder, world, states


@pytest.fixture(scope="package")
def seen() -> Watch:
    return Watch()


@pytest.fixture(scope="package")
def rooms(filled: tuple[Path, World, dict[str, str]], chromium: Browser, seen: Watch) -> Iterator[Gallery]:
    """The gallery with two visitors, each with a browser for all tests."""
    folder, world, states = filled
    with serving(folder, "--no-demo") as site:
        url = f"http://127.0.0.1:{site.port}"
        contexts = [chromium.new_context(base_url=url, reduced_motion="reduce") for _visitor in range(2)]
        gallery.carry_over(world, "owner", contexts[1], url)
        for context in contexts:
            context.set_default_timeout(PATIENCE_MILLISECONDS)
            seen.over(context, url)
        yield Gallery(url, world, states, *(context.new_page() for context in contexts))
        for context in contexts:
            context.close()
        assert "level=error" not in site.log.read_text()
