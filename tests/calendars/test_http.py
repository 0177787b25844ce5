"""How feeds are answered: validators that never lie, compression, one address each, and open to every program."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import brotli
import pytest
import zstandard
from flask import Flask
from time_machine import TimeMachineFixture

from organizer.db import db
from organizer.events import service as events
from organizer.events.models import Event
from organizer.events.rules import Visibility
from organizer.events.times import When
from tests import factories
from tests.calendars.clients import by_icalendar
from tests.calendars.feeds import paths
from tests.fetch import Answer, fetch

DAY = timedelta(days=1)
LONG_AGO, FAR_AHEAD = "Mon, 01 Jan 2001 00:00:00 GMT", "Fri, 01 Jan 2100 00:00:00 GMT"


@pytest.fixture
def event(twin: Flask) -> Event:
    """An event in a group and a city of its own."""
    return factories.event(title="Vigil", tags=("letters",))


@pytest.fixture
def address(event: Event, url: str) -> str:
    return f"{url}/groups/{event.group.slug}.ics"


def unfolded(answer: Answer) -> bytes:
    return answer.body.replace(b"\r\n ", b"")


def validators(answer: Answer) -> tuple[str, datetime]:
    return answer.headers["ETag"], parsedate_to_datetime(answer.headers["Last-Modified"])


@pytest.mark.parametrize("kind", ["all", "group", "city", "tag", "event"])
def test_a_feed_says_what_it_is_and_for_how_long(kind: str, event: Event, url: str) -> None:
    served = fetch(f"{url}{paths(event)[kind]}")
    assert served.status == 200
    assert served.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert served.headers["Content-Disposition"].startswith('inline; filename="')
    assert served.headers["Content-Disposition"].endswith('.ics"')
    assert served.headers["Cache-Control"] == "public, max-age=300, stale-while-revalidate=3600, stale-if-error=86400"
    assert served.headers["Access-Control-Allow-Origin"] == "*"
    assert served.headers["Vary"] == "Accept-Encoding"
    assert served.headers["ETag"].startswith('W/"')
    assert served.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in served.headers


def test_no_language_and_no_cookie_changes_a_feed(address: str) -> None:
    plain = fetch(address)
    for answer in (fetch(f"{address}?lang=fa"), fetch(address, Accept_Language="fa", Cookie="language=fa; session=x")):
        assert answer.body == plain.body
        assert "Set-Cookie" not in answer.headers


def test_head_is_get_without_the_body(address: str) -> None:
    get, head = fetch(address), fetch(address, "HEAD")
    assert head.status == 200
    assert head.body == b""
    assert {name: value for name, value in head.headers.items() if name != "Date"} == {
        name: value for name, value in get.headers.items() if name != "Date"
    }
    assert fetch(address, "HEAD", If_None_Match=get.headers["ETag"]).status == 304


@pytest.mark.parametrize(
    ("accepts", "encoding", "decode"),
    [
        ("gzip", "gzip", gzip.decompress),
        ("gzip, deflate", "gzip", gzip.decompress),
        ("gzip, deflate, br", "br", brotli.decompress),
        ("gzip, br, zstd", "zstd", lambda data: zstandard.ZstdDecompressor().decompress(data)),
        ("gzip;q=0", None, bytes),
        ("identity", None, bytes),
    ],
)
def test_a_feed_is_compressed_as_the_client_likes(
    accepts: str, encoding: str | None, decode: Callable[[bytes], bytes], address: str
) -> None:
    plain, packed = fetch(address), fetch(address, Accept_Encoding=accepts)
    assert packed.headers["Content-Encoding"] == encoding
    assert decode(packed.body) == plain.body
    assert int(packed.headers["Content-Length"]) == len(packed.body)
    assert validators(packed) == validators(plain)


def test_a_client_that_has_it_already_is_told_so(address: str) -> None:
    tag, modified = fetch(address).headers["ETag"], fetch(address).headers["Last-Modified"]
    for known in (
        {"If_None_Match": tag},
        {"If_None_Match": tag.removeprefix("W/")},
        {"If_None_Match": f'"other", {tag}'},
        {"If_None_Match": "*"},
        {"If_Modified_Since": modified},
        {"If_Modified_Since": FAR_AHEAD},
        {"If_None_Match": tag, "If_Modified_Since": LONG_AGO},
    ):
        answer = fetch(address, **known)
        assert (answer.status, answer.body) == (304, b""), known
        assert answer.headers["ETag"] == tag
        assert answer.headers["Last-Modified"] == modified
        assert answer.headers["Cache-Control"].startswith("public")
        assert answer.headers["Vary"] == "Accept-Encoding"


def test_a_client_that_has_another_one_gets_it(address: str) -> None:
    modified = fetch(address).headers["Last-Modified"]
    for other in (
        {"If_None_Match": '"other"'},
        {"If_None_Match": '"other"', "If_Modified_Since": modified},
        {"If_Modified_Since": LONG_AGO},
        {"If_Modified_Since": "yesterday"},
    ):
        assert fetch(address, **other).status == 200, other


def test_a_fetch_right_after_an_edit_shows_it(event: Event, address: str) -> None:
    before = fetch(address)
    known = {"If_None_Match": before.headers["ETag"], "If_Modified_Since": before.headers["Last-Modified"]}
    for number in range(5):
        events.post_notice(event, {"en": f"Gate {number}"}, "")
        answer = fetch(address, **known)
        assert answer.status == 200
        assert f"Gate {number}".encode() in unfolded(answer)
        dated = {"If_Modified_Since": known["If_Modified_Since"]}
        assert fetch(address, **dated).status == 200


def test_two_edits_within_one_second_move_both_validators(
    event: Event, address: str, time_machine: TimeMachineFixture
) -> None:
    seen = [validators(fetch(address))]
    time_machine.move_to(datetime.now(UTC), tick=False)
    for number in range(2):
        events.post_notice(event, {"en": f"Gate {number}"}, "")
        seen.append(validators(fetch(address)))
    tags, dates = zip(*seen, strict=True)
    assert len(set(tags)) == 3
    assert list(dates) == sorted(set(dates))


def test_last_modified_never_goes_back(event: Event, address: str) -> None:
    other = factories.event(event.group, title="Letters")
    steps: list[Callable[[], object]] = [
        lambda: events.cancel(event, "A storm", ""),
        lambda: events.reinstate(event, ""),
        lambda: events.edit(other, factories.details(other.group, visibility=Visibility.PRIVATE), ""),
        lambda: events.edit(event, factories.details(event.group, visibility=Visibility.UNLISTED), ""),
    ]
    seen = [validators(fetch(address))]
    for step in steps:
        step()
        seen.append(validators(fetch(address)))
    tags, dates = zip(*seen, strict=True)
    assert len(set(tags)) == len(steps) + 1
    assert list(dates) == sorted(set(dates))
    assert by_icalendar(fetch(address).body) == []


def test_an_event_that_moves_to_another_city_leaves_one_feed_and_enters_the_other(event: Event, url: str) -> None:
    there = factories.city("Tbilisi", "", "GE")
    db.session.commit()
    old, new = f"{url}/cities/{event.city.slug}.ics", f"{url}/cities/{there.slug}.ics"
    known = [{"If_None_Match": fetch(feed).headers["ETag"]} for feed in (old, new)]
    events.edit(event, factories.details(event.group, city_id=there.id), "")
    assert [len(by_icalendar(fetch(feed, **tag).body)) for feed, tag in zip((old, new), known, strict=True)] == [0, 1]


def test_every_other_address_of_an_event_leads_to_its_feed(event: Event, url: str) -> None:
    old_slug = event.slug
    canonical = f"/events/{event.id}.ics"
    later = When(**{**vars(event.when), "starts_on": event.starts_on + DAY})
    events.reschedule(event, later, "", "")
    assert event.slug != old_slug
    for alias in (event.slug, old_slug):
        answer = fetch(f"{url}/events/{alias}.ics")
        assert (answer.status, answer.headers["Location"]) == (308, canonical)


def test_what_is_not_there_and_what_is_not_for_all_answer_alike(url: str) -> None:
    private = factories.event(visibility=Visibility.PRIVATE)
    draft = factories.event(published=False)
    answers = [fetch(f"{url}/events/{name}.ics") for name in (private.id, draft.id, "no-such-event")]
    assert [answer.status for answer in answers] == [404] * 3
    assert len({answer.body for answer in answers}) == 1
    assert [fetch(f"{url}/{kind}/nowhere.ics").status for kind in ("groups", "cities", "tags")] == [404] * 3


def test_an_event_taken_out_of_sight_takes_its_feed_along(event: Event, url: str) -> None:
    address = f"{url}/events/{event.id}.ics"
    assert fetch(address).status == 200
    events.edit(event, factories.details(event.group, visibility=Visibility.PRIVATE), "")
    assert fetch(address).status == 404
