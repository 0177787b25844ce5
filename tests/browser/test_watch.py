"""What the other tests here rely on to be told of is told."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Route

from organizer.headers import POLICY
from tests.browser.watch import Watch

pytestmark = pytest.mark.browser

ORIGIN = "http://127.0.0.1:9"
SOUND = "<!doctype html><title>Sound</title>"
FAULTS = {
    "an inline script": (f"{SOUND}<script>1</script>", {"Content-Security-Policy": POLICY}, "console: "),
    "a style attribute": (f"{SOUND}<p style='color:red'>", {"Content-Security-Policy": POLICY}, "console: "),
    "a third party": (f"{SOUND}<img src='http://127.0.0.2:9/spy.png'>", {}, "third party: http://127.0.0.2:9/spy.png"),
    "a missing picture": (f"{SOUND}<img src='/missing.png'>", {}, f"404: {ORIGIN}/missing.png"),
    "a script that fails": (f"{SOUND}<script>nothing()</script>", {}, "script: "),
    "an error told": (f"{SOUND}<script>console.error('told')</script>", {}, "console: told"),
    "an answer that breaks off": (f"{SOUND}<script src='/broken.js'></script>", {}, f"failed: {ORIGIN}/broken.js"),
}


def answer(route: Route, body: str, headers: dict[str, str]) -> None:
    match route.request.url.rpartition("/")[2]:
        case "":
            route.fulfill(body=body, headers={"Content-Type": "text/html", **headers})
        case "broken.js":
            route.abort()
        case _:
            route.fulfill(status=404)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told(fault: str, chromium: Browser) -> None:
    body, headers, told = FAULTS[fault]
    with chromium.new_context() as context:
        watch = Watch()
        watch.over(context, ORIGIN)
        context.route("**", lambda route: answer(route, body, headers))
        context.new_page().goto(f"{ORIGIN}/", wait_until="networkidle")
    assert any(found.startswith(told) for found in watch.faults), watch.faults


def test_of_a_sound_page_nothing_is_told(chromium: Browser) -> None:
    with chromium.new_context() as context:
        watch = Watch()
        watch.over(context, ORIGIN)
        context.route("**", lambda route: answer(route, SOUND, {"Content-Security-Policy": POLICY}))
        context.new_page().goto(f"{ORIGIN}/", wait_until="networkidle")
    assert watch.faults == []
