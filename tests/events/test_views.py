"""The organizer's work on an event, through the pages."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from flask.testing import FlaskClient
from time_machine import TimeMachineFixture

from organizer import clock
from organizer.db import db
from organizer.events.models import Event
from organizer.events.rules import Editorial, Occurrence
from tests import factories
from tests.factories import Person, post


@pytest.fixture
def filled(organizer: Person) -> dict[str, object]:
    """The six fields, and what the form brings along."""
    return {
        "kind": "leafleting",
        "title": "Leaflets at the market",
        "what_for": "For political prisoners.",
        "starts_on": "2027-03-06",
        "starts_time": "10:00",
        "ends_time": "13:00",
        "place": "Grand Lake market",
        "city_id": organizer.group.city_id,
        "zone": "America/Los_Angeles",
        "language": "en",
        "visibility": "public",
        "spot_shown": "at_once",
        "contact": "table@bay.example",
    }


def _only() -> Event:
    db.session.rollback()
    return db.session.query(Event).one()


def _published(organizer: Person) -> Event:
    return factories.event(organizer.group)


def test_a_new_form_starts_from_its_group(organizer: Person) -> None:
    page = organizer.client.get("/events/new").text
    assert 'value="table@bay.example"' in page
    assert '<option selected value="America/Los_Angeles">' in page
    assert "No faces without asking." in page


def test_six_fields_publish_at_once_or_are_kept_as_a_draft(
    client: FlaskClient, organizer: Person, filled: dict[str, object]
) -> None:
    assert post(organizer.client, "/events/new", {**filled, "draft": "draft"}).status_code == 303
    assert _only().editorial == Editorial.DRAFT
    assert client.get(f"/events/{_only().id}").status_code == 404
    assert post(organizer.client, f"/events/{_only().id}/publish", {}, form_at="/events/new").status_code == 303
    assert client.get(f"/events/{_only().slug}").status_code == 200


def test_two_hours_are_offered_where_no_end_is_given(organizer: Person, filled: dict[str, object]) -> None:
    assert post(organizer.client, "/events/new", {**filled, "ends_time": ""}).status_code == 303
    assert _only().ends_time == time(12)
    edited = {**filled, "ends_time": ""}
    assert post(organizer.client, f"/events/{_only().id}/edit", edited).status_code == 303
    assert _only().ends_time is None


def test_an_end_that_nobody_knows_is_none(organizer: Person, filled: dict[str, object]) -> None:
    assert "Left empty: two hours later." in organizer.client.get("/events/new").text
    assert post(organizer.client, "/events/new", {**filled, "is_open_ended": "y"}).status_code == 303
    assert _only().ends_time is None
    assert "is_open_ended" not in organizer.client.get(f"/events/{_only().id}/edit").text


def test_a_past_action_can_be_recorded(client: FlaskClient, organizer: Person, filled: dict[str, object]) -> None:
    past = {**filled, "starts_on": "2023-01-21", "title": "Leaflets for prisoners"}
    made = post(organizer.client, "/events/new", past)
    assert made.location == "/events/leaflets-for-prisoners-2023-01-21"
    assert "Leaflets for prisoners" in client.get("/past").text


def test_an_hour_that_the_clocks_skip_is_explained(organizer: Person, filled: dict[str, object]) -> None:
    refused = post(organizer.client, "/events/new", {**filled, "starts_on": "2027-03-14", "starts_time": "02:30"})
    assert refused.status_code == 422
    assert "02:30 does not exist" in refused.text
    assert 'value="Leaflets at the market"' in refused.text


def test_an_hour_that_comes_twice_is_asked_for(organizer: Person, filled: dict[str, object]) -> None:
    night = {**filled, "starts_on": "2027-11-07", "starts_time": "01:30", "ends_time": "04:00"}
    refused = post(organizer.client, "/events/new", night)
    assert refused.status_code == 422
    assert "comes twice" in refused.text
    assert 'name="starts_fold"' in refused.text
    assert post(organizer.client, "/events/new", {**night, "starts_fold": "1"}).status_code == 303
    assert _only().starts_at.isoformat() == "2027-11-07T09:30:00+00:00"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"starts_on": "2027-02-30"}, "starts_on"),
        ({"starts_on": ""}, "starts_on"),
        ({"title": " "}, "title"),
        ({"title": "x" * 121}, "title"),
        ({"what_for": "x" * 100_000}, "what_for"),
        ({"ends_time": "09:00"}, "ends_time"),
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"city_id": "nowhere"}, "city_id"),
        ({"kind": "riot"}, "kind"),
        ({"tags": ",".join("abcdefghijk")}, "tags"),
        ({"links-0-url": "javascript:alert(1)"}, "links-0-url"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field_and_nothing_typed_is_lost(
    organizer: Person, filled: dict[str, object], changes: dict[str, object], field: str
) -> None:
    refused = post(organizer.client, "/events/new", {**filled, "contact": "ring twice", **changes})
    assert refused.status_code == 422
    assert f'id="{field}-error"' in refused.text
    assert 'value="ring twice"' in refused.text
    assert db.session.query(Event).count() == 0


def test_a_form_opened_before_somebody_else_changed_the_event_asks_once_more(organizer: Person) -> None:
    event = _published(organizer)
    form = organizer.client.get(f"/events/{event.id}/edit").text
    seen_at = form.partition('name="seen_at"')[2].partition('value="')[2].partition('"')[0]
    moved = {"starts_on": "2027-05-01", "starts_time": "10:00", "zone": "America/Los_Angeles"}
    assert post(organizer.client, f"/events/{event.id}/reschedule", moved).status_code == 303
    fields = {name: str(getattr(event, name) or "") for name in ("kind", "what_for", "place", "city_id", "language")}
    old = {**fields, "title": "A typo mended", "starts_on": "2027-04-01", "starts_time": "10:00", "zone": "UTC"}
    chosen = {"visibility": "public", "spot_shown": "at_once", "seen_at": seen_at}
    refused = post(organizer.client, f"/events/{event.id}/edit", {**old, **chosen})
    assert refused.status_code == 422
    assert "Somebody has changed this event" in refused.text
    assert "A typo mended" in refused.text
    assert _only().starts_on.isoformat() == "2027-05-01"


def test_its_life_is_told_on_the_page_and_to_calendars(client: FlaskClient, organizer: Person) -> None:
    event = _published(organizer)
    base, page = f"/events/{event.id}", f"/events/{event.slug}"
    assert post(organizer.client, f"{base}/postpone", {"reason": "smoke"}).status_code == 303
    assert "Postponed" in client.get(page).text
    assert "STATUS:TENTATIVE" in client.get(f"{base}.ics").text
    again = {"starts_on": "2027-05-01", "starts_time": "11:00", "zone": "America/Los_Angeles", "reason": ""}
    assert post(organizer.client, f"{base}/reschedule", again).status_code == 303
    assert client.get(page).status_code == 308
    assert _only().occurrence == Occurrence.RESCHEDULED
    assert post(organizer.client, f"{base}/cancel", {"reason": ""}).status_code == 422
    assert post(organizer.client, f"{base}/cancel", {"reason": "rain"}).status_code == 303
    assert "SUMMARY:Cancelled: Leaflets" in client.get("/events.ics").text
    assert "rain" in client.get(base, follow_redirects=True).text
    assert post(organizer.client, f"{base}/cancel", {"reason": "rain"}).status_code == 422
    assert post(organizer.client, f"{base}/reinstate", {}, form_at=f"{base}/edit").status_code == 303
    assert "STATUS:CONFIRMED" in client.get("/events.ics").text


def test_a_notice_is_posted_and_taken_down_everywhere(client: FlaskClient, organizer: Person) -> None:
    event = _published(organizer)
    base = f"/events/{event.id}"
    assert post(organizer.client, f"{base}/notice", {"text": ""}).status_code == 422
    assert post(organizer.client, f"{base}/notice", {"text": "We moved to the north gate"}).status_code == 303
    everywhere = (f"/events/{event.slug}", "/events.ics", f"{base}.ics")
    assert all("north gate" in client.get(path).text.replace("\r\n ", "") for path in everywhere)
    notice_id = _only().notices[0].id
    removed = post(organizer.client, f"{base}/notices/{notice_id}/remove", {}, form_at=f"{base}/edit")
    assert removed.status_code == 303
    assert not any("north gate" in client.get(path).text.replace("\r\n ", "") for path in everywhere)


def test_texts_stand_in_several_languages_at_one_address(client: FlaskClient, organizer: Person) -> None:
    event = _published(organizer)
    spanish = {"title": "Volantes en el mercado", "what_for": "Por los presos políticos."}
    assert post(organizer.client, f"/events/{event.id}/languages/es", spanish).status_code == 303
    page = f"/events/{event.slug}"
    assert "Leaflets at the market" in client.get(page).text
    assert "Volantes en el mercado" in client.get(f"{page}?text=es").text
    assert "Volantes en el mercado" in client.get(page, headers={"Accept-Language": "es"}).text
    notice = {"text": "We moved", "others-es": "Nos movimos"}
    assert post(organizer.client, f"/events/{event.id}/notice", notice).status_code == 303
    assert "Nos movimos" in client.get(f"{page}?text=es").text
    form = f"/events/{event.id}/languages/es"
    assert post(organizer.client, form, {"remove": "remove"}).status_code == 303
    assert "Volantes" not in client.get(f"{page}?text=es").text


def test_do_it_again_copies_it_a_week_later_as_a_draft(organizer: Person) -> None:
    event = factories.event(organizer.group, what_to_bring="A hat", tags=("letters",))
    copied = post(organizer.client, f"/events/{event.id}/again", {}, form_at=f"/events/{event.id}/edit")
    assert copied.status_code == 303
    db.session.rollback()
    copy = db.session.query(Event).filter(Event.id != event.id).one()
    assert copy.starts_on == event.starts_on + timedelta(days=7)
    assert (copy.editorial, copy.what_to_bring, copy.uid != event.uid) == (Editorial.DRAFT, "A hat", True)
    assert [tag.name for tag in copy.tags] == ["letters"]


def test_the_report_stands_first_afterwards(
    client: FlaskClient, organizer: Person, time_machine: TimeMachineFixture
) -> None:
    event = factories.event(organizer.group, starts_on=clock.today() + timedelta(days=2))
    report = {"report": "Forty people stopped.", "came": "7", "handed_out": "220"}
    assert post(organizer.client, f"/events/{event.id}/report", report).status_code == 422
    time_machine.move_to(event.ends_at + timedelta(hours=1))
    assert post(organizer.client, f"/events/{event.id}/report", report).status_code == 303
    page = client.get(f"/events/{event.slug}").text
    assert "Forty people stopped." in page
    assert "220 copies" in page


def test_an_old_address_leads_to_the_present_one_and_back(client: FlaskClient, organizer: Person) -> None:
    event = _published(organizer)
    first = event.slug
    for day in ("2027-05-01", event.starts_on.isoformat()):
        moved = {"starts_on": day, "starts_time": "10:00", "zone": "America/Los_Angeles"}
        assert post(organizer.client, f"/events/{event.id}/reschedule", moved).status_code == 303
    assert _only().slug == first
    old = client.get("/events/leaflets-at-the-market-2027-05-01")
    assert (old.status_code, old.location) == (308, f"/events/{first}")


@pytest.mark.usefixtures("app")
def test_two_groups_may_choose_the_same_title_and_day() -> None:
    one, two = factories.event(factories.group()), factories.event(factories.group())
    assert one.slug != two.slug


@pytest.mark.parametrize("name", ["мир", "war & peace", "C++", "a/b", "團結", "x" * 60, "ß" * 60])
def test_any_tag_has_an_address_of_its_own(client: FlaskClient, name: str) -> None:
    event = factories.event(tags=(name, "letters"))
    slug = next(tag.slug for tag in event.tags if tag.slug != "letters")
    assert slug.isascii()
    assert client.get(f"/tags/{slug}").status_code == 200
    assert client.get(f"/tags/{slug}.ics").status_code == 200
    assert f"/tags/{slug}" in client.get("/").text


@pytest.mark.usefixtures("app")
def test_tags_that_differ_in_letters_that_ascii_lacks_stay_apart() -> None:
    event = factories.event(tags=("за мир 2022", "против войны 2022", "C", "C++"))
    assert len({tag.slug for tag in event.tags}) == 4


def test_doing_it_again_asks_the_same_of_people(organizer: Person) -> None:
    event = factories.event(organizer.group)
    asked = {"level": "headcount", "places": "12", "party_max": "3", "is_open": "y"}
    assert post(organizer.client, f"/events/{event.id}/answers", asked).status_code == 303
    copied = post(organizer.client, f"/events/{event.id}/again", {}, form_at=f"/events/{event.id}/edit")
    copy_id = copied.location.split("/")[2]
    page = organizer.client.get(f"/events/{copy_id}/answers").text
    assert 'value="12"' in page
    assert 'value="3"' in page


def test_a_renamed_group_renames_its_feed(client: FlaskClient, organizer: Person) -> None:
    factories.event(organizer.group)
    feed = f"/groups/{organizer.group.slug}.ics"
    before = client.get(feed).headers["ETag"]
    group = organizer.group
    fields = {"name": "Lake Letters", "zone": group.zone, "language": "en", "city_id": group.city_id}
    assert post(organizer.client, f"/groups/{group.slug}/edit", fields).status_code == 303
    renamed = client.get(feed)
    assert "Lake Letters" in renamed.text
    assert renamed.headers["ETag"] != before
