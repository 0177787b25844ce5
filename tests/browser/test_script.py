"""What the script adds to pages that work without it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Browse
from tests.browser.gallery import Gallery

pytestmark = pytest.mark.browser


def test_a_link_is_copied_at_one_press(rooms: Gallery) -> None:
    page = rooms.everyone
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(rooms.states["over"])
    share = page.locator("#share")
    share.get_by_role("button", name="Copy").click()
    expect(share.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("() => navigator.clipboard.readText()") == f"{rooms.url}{rooms.states['over']}"


def test_without_it_nothing_offers_what_only_it_can_do(rooms: Gallery, browse: Browse) -> None:
    page = browse(rooms.url, java_script_enabled=False).new_page()
    page.goto(rooms.states["over"])
    expect(page.get_by_role("textbox", name="Link to this page")).to_be_visible()
    expect(page.get_by_role("button", name="Copy")).to_have_count(0)


def test_a_date_says_its_weekday_while_it_is_chosen(rooms: Gallery) -> None:
    page = rooms.owner
    page.goto("/events/new")
    page.locator("[name=starts_on]").fill("2027-01-23")
    expect(page.locator("#starts_on-weekday")).to_have_text("Saturday")


def test_an_end_is_offered_until_it_is_chosen_or_said_to_be_open(rooms: Gallery) -> None:
    page = rooms.owner
    page.goto("/events/new")
    starts, ends = page.locator("[name=starts_time]"), page.locator("[name=ends_time]")
    open_ended = page.locator("[name=is_open_ended]")
    for start, offered in (("10:00", "12:00"), ("17:30", "19:30"), ("23:00", ""), ("09:00", "11:00")):
        _choose(starts, start)
        expect(ends).to_have_value(offered)
    ends.fill("")
    expect(open_ended).to_be_checked()
    ends.fill("11:45")
    expect(open_ended).not_to_be_checked()
    _choose(starts, "10:00")
    expect(ends).to_have_value("11:45")


def test_a_new_time_is_offered_with_the_present_length(rooms: Gallery) -> None:
    page = rooms.owner
    page.goto(rooms.path("/events/{event_id}/reschedule"))
    _choose(page.locator("[name=starts_time]"), "15:00")
    expect(page.locator("[name=ends_time]")).to_have_value("18:00")


def _choose(field: Locator, value: str) -> None:
    field.fill(value)
    field.dispatch_event("change")


def test_a_form_is_sent_once_and_says_so(rooms: Gallery) -> None:
    page = rooms.everyone
    page.goto("/sign-in")
    sent: list[str] = []
    page.context.on("request", lambda request: sent.append(request.method))
    said = page.locator("main button[type=submit]").evaluate(
        "button => { button.click(); const said = button.textContent; button.click(); return said; }"
    )
    expect(page.get_by_role("alert")).to_be_focused()
    assert said == "Sending …"
    assert sent.count("POST") == 1
