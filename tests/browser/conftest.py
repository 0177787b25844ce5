"""A real Chromium before a real server. Whatever a page does that it should not, fails its test."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.browser import gallery, looks
from tests.browser.gallery import Gallery
from tests.browser.letters import Letters, begin, link_in, signed_in
from tests.browser.watch import Watch
from tests.chromium import launched
from tests.made_once import made_once
from tests.served import serving

PATIENCE_MILLISECONDS = 20_000
Browse = Callable[..., BrowserContext]


# Not for the session: Playwright keeps an event loop running, beside which no other test could run its own.
@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


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
def seen() -> Watch:
    return Watch()


@pytest.fixture(scope="package")
def rooms(tmp_path_factory: pytest.TempPathFactory, chromium: Browser, seen: Watch) -> Iterator[Gallery]:
    """The gallery with two visitors, each with a browser for all tests."""
    folder = made_once(tmp_path_factory, "gallery", gallery.make)
    plan = gallery.plan_in(folder)
    with serving(folder, "--no-demo") as site:
        url = f"http://127.0.0.1:{site.port}"
        contexts = [chromium.new_context(base_url=url, reduced_motion="reduce") for _visitor in range(2)]
        gallery.let_in(plan, contexts[1], url)
        for context in contexts:
            context.set_default_timeout(PATIENCE_MILLISECONDS)
            looks.prepare(context)
            seen.over(context, url)
        yield Gallery(url, plan, *(context.new_page() for context in contexts))
        for context in contexts:
            context.close()
        assert "level=error" not in site.log.read_text()


@pytest.fixture(scope="package")
def letters(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[Letters]:
    """A site that has just begun, one for many journeys."""
    folder = made_once(tmp_path_factory, "letters", begin)
    with serving(folder, "--no-demo") as site:
        url = f"http://127.0.0.1:{site.port}"
        with chromium.new_context(base_url=url) as context:
            begun = signed_in(link_in(folder), url, site, context)
        yield begun
        assert "level=error" not in site.log.read_text()
