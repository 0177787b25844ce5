"""Following a code, of which nothing stays but a number; the organizers' page of codes; and the stamped leaflet.

Every code that is stamped is read again from the picture, by a reader that knows nothing of us.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from time_machine import TimeMachineFixture

from organizer import clock, limits, storage
from organizer.codes import queries, rules
from organizer.codes import service as codes
from organizer.codes.models import LeafletCode, LeafletScan
from organizer.codes.views import STAMPED
from organizer.db import db
from organizer.errors import TooMany
from organizer.events.models import Event
from organizer.leaflets import service as leaflets
from organizer.leaflets.models import Leaflet
from organizer.leaflets.rules import Purpose
from organizer.media import sandbox
from organizer.media.corners import Corner
from tests import factories
from tests.codes import coding
from tests.factories import Person, post
from tests.leaflets import sending
from tests.media import qr

CANARIES = {
    "User-Agent": "CanaryBrowser/9.7.31 (Zebrafink OS)",
    "X-Forwarded-For": "203.0.113.91",
    "Referer": "https://example.org/zebrafink",
    "Cookie": "zebrafink=zebrafink",
    "Accept-Language": "eo",
}
ADDRESS = {"REMOTE_ADDR": "198.51.100.77"}


def page_of(leaflet: Leaflet) -> str:
    return f"/leaflets/{leaflet.id}/codes"


def made(leaflet: Leaflet) -> list[LeafletCode]:
    db.session.rollback()
    return [code for version in leaflet.versions for code in queries.of_version(version.id)]


# Following one.


def test_a_code_leads_to_its_leaflet_and_adds_one_to_the_day(client: FlaskClient, leaflet: Leaflet) -> None:
    code = coding.code(leaflet)
    led = coding.follow(client, code)
    assert (led.status_code, led.location) == (303, f"/leaflets/{leaflet.id}")
    assert led.headers["Cache-Control"] == "no-store"
    assert led.headers["Referrer-Policy"] == "same-origin"
    assert "Set-Cookie" not in led.headers
    assert client.get(led.location).status_code == 200
    coding.follow(client, f"{code.code[:3].lower()}-{code.code[3:]}")
    assert coding.counts(code) == [2]


def test_each_code_and_each_day_counts_for_itself(
    client: FlaskClient, leaflet: Leaflet, time_machine: TimeMachineFixture
) -> None:
    north, south = coding.code(leaflet), coding.code(leaflet, "The south gate")
    coding.follow(client, north)
    coding.follow(client, south)
    time_machine.move_to(clock.now() + timedelta(days=1))
    coding.follow(client, north)
    assert (coding.counts(north), coding.counts(south)) == ([1, 1], [1])


@pytest.mark.parametrize("typed", coding.NO_CODES)
def test_what_is_no_code_leads_nowhere(client: FlaskClient, typed: str) -> None:
    assert client.get(f"/l/{typed}").status_code == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Purpose": "prefetch"},
        {"Sec-Purpose": "prefetch;prerender"},
        {"Purpose": "prefetch"},
        {"X-Moz": "prefetch"},
        {"Sec-Fetch-Dest": "image"},
        {"Sec-Fetch-Dest": "iframe"},
        {"User-Agent": "Mozilla/5.0 (compatible; Zebrabot/2.1)"},
        {"User-Agent": "WhatsApp/2.23.20.0"},
    ],
)
def test_who_only_looks_ahead_is_led_and_not_counted(
    client: FlaskClient, leaflet: Leaflet, headers: dict[str, str]
) -> None:
    assert coding.follow(client, coding.code(leaflet), **headers).status_code == 303
    assert coding.counts() == []


def test_a_head_request_is_not_counted(client: FlaskClient, leaflet: Leaflet) -> None:
    assert coding.follow(client, coding.code(leaflet), "HEAD").status_code == 303
    assert coding.counts() == []


def kept() -> dict[str, list[Any]]:
    """All rows of all tables."""
    db.session.rollback()
    return {table.name: list(map(tuple, db.session.execute(table.select()))) for table in db.metadata.sorted_tables}


def test_of_whoever_follows_a_code_nothing_is_kept_but_a_number(
    client: FlaskClient, leaflet: Leaflet, capfd: pytest.CaptureFixture[str], time_machine: TimeMachineFixture
) -> None:
    code = coding.code(leaflet)
    time_machine.move_to("2027-06-13T19:41:37.123456+00:00", tick=False)
    before = kept()
    led = client.get(f"/l/{code.code}", headers=CANARIES, environ_overrides=ADDRESS)
    assert led.status_code == 303
    after = kept()
    changed = {name for name, rows in after.items() if rows != before[name]}
    assert changed == {"leaflet_scan"}
    assert after["leaflet_scan"] == [(code.id, date(2027, 6, 13), 1)]
    out = "".join(capfd.readouterr())
    told = str(after) + out + str(led.headers)
    for canary in ("anaryBrowser", "ebrafink", "203.0.113.91", "198.51.100.77", "19:41"):
        assert canary not in told


def test_everyone_can_read_what_is_kept_of_codes_and_for_how_long(client: FlaskClient) -> None:
    page = " ".join(client.get("/privacy").text.split())
    assert "Of a code on a printed leaflet only a number is kept for each day" in page
    assert "how often it was followed, for a year." in page
    assert timedelta(days=365) == rules.KEPT


# The page.


def test_an_organizer_makes_a_code_and_sees_it(organizer: Person, leaflet: Leaflet, event: Event) -> None:
    assert page_of(leaflet) in organizer.client.get(f"/leaflets/{leaflet.id}").text
    answer = post(organizer.client, page_of(leaflet), {"place": " Market,  north gate ", "event": event.id})
    assert (answer.status_code, answer.location) == (303, page_of(leaflet))
    (code,) = made(leaflet)
    assert (code.place, code.event_id, code.version_id) == ("Market, north gate", event.id, leaflet.versions[0].id)
    page = organizer.client.get(page_of(leaflet)).text
    assert "Market, north gate" in page
    assert rules.shown(code.code) in page
    assert f"<bdi>{event.title}</bdi>" in page
    assert "too few to tell" in page
    assert page.count('<svg class="qr-code"') == 1


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(organizer: Person, leaflet: Leaflet, event: Event) -> None:
    coding.code(leaflet, "The north gate")
    for typed, words in (("", "Say where"), ("x" * 81, "80"), ("The North Gate", "already")):
        refused = post(organizer.client, page_of(leaflet), {"place": typed, "event": ""})
        assert refused.status_code == 422
        assert words in refused.text
        assert f'value="{typed}"' in refused.text
    foreign = factories.event(factories.group())
    assert post(organizer.client, page_of(leaflet), {"place": "East", "event": foreign.id}).status_code == 422
    assert len(made(leaflet)) == 1


@pytest.fixture
def nothing_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is left out of a day's count is secret."""
    monkeypatch.setattr(queries, "_left_out", lambda _code_id, _day: 0)


@pytest.mark.usefixtures("nothing_left_out")
def test_counts_are_shown_by_day_and_small_ones_are_not(organizer: Person, leaflet: Leaflet) -> None:
    coding.count(coding.code(leaflet), 12, 3, 7)
    page = organizer.client.get(page_of(leaflet)).text
    assert re.findall(r"<td>([^<]+)</td>", page) == ["5 and more", "10 and more"]
    assert "<strong>15 and more</strong>" in page
    assert '<th scope="row">' in page
    assert not re.search(r">\s*(22|12|7|3)\b", page)


def test_whoever_looks_all_day_sees_nobody_come(
    organizer: Person, leaflet: Leaflet, client: FlaskClient, time_machine: TimeMachineFixture
) -> None:
    """Not by adding scans of her own either, nor with the group at home elsewhere."""
    time_machine.move_to((clock.now() + timedelta(days=1)).replace(hour=20))
    code, seen = coding.code(leaflet), set()
    for zone in ("America/Los_Angeles", "Pacific/Kiritimati", "Etc/GMT+12"):
        organizer.group.zone = zone
        db.session.commit()
        for _ in range(7):
            client.get(f"/l/{code.code}")
            seen.add(re.sub(r'value="[^"]*"', "", organizer.client.get(page_of(leaflet)).text))
    assert sum(count for (count,) in db.session.query(LeafletScan.count)) == 21
    assert len({page[page.index("<h3") :] for page in seen}) == 1


def test_what_is_left_out_of_a_day_stays_the_same_and_differs_by_code_and_day(leaflet: Leaflet) -> None:
    code, day = coding.code(leaflet), date(2027, 6, 13)
    found = [queries._left_out(code.id, day + timedelta(days=passed)) for passed in range(60)]
    assert found == [queries._left_out(code.id, day + timedelta(days=passed)) for passed in range(60)]
    assert set(found) == set(range(rules.STEP))


@pytest.mark.usefixtures("nothing_left_out")
def test_a_long_table_ends_and_the_total_goes_on(organizer: Person, leaflet: Leaflet) -> None:
    coding.count(coding.code(leaflet), *[10] * 40)
    page = organizer.client.get(page_of(leaflet)).text
    assert page.count("<td>10 and more</td>") == 31
    assert "<strong>400 and more</strong>" in page
    assert "The total has the days before as well." in page


def test_codes_of_an_older_version_say_so(organizer: Person, leaflet: Leaflet) -> None:
    coding.code(leaflet)
    coding.replaced(leaflet)
    page = organizer.client.get(page_of(leaflet)).text
    assert "version 1, leads to the current one" in page
    assert "There is no code for this version yet." in page
    assert f"{page_of(leaflet)}/sheet" not in page
    coding.code(leaflet, version=leaflet.versions[-1])
    assert f"{page_of(leaflet)}/sheet" in organizer.client.get(page_of(leaflet)).text


@pytest.mark.usefixtures("nothing_left_out")
def test_codes_of_older_versions_stand_behind_a_fold_and_cost_no_picture(organizer: Person, leaflet: Leaflet) -> None:
    for _ in range(2):
        for place in ("The old bridge", "The old bakery"):
            coding.count(coding.code(leaflet, place), 12)
        coding.replaced(leaflet)
    coding.code(leaflet, "The new bridge")
    page = organizer.client.get(page_of(leaflet)).text
    current, _fold, older = page.partition("<summary>Codes of older versions: 4</summary>")
    assert current.count('<svg class="qr-code"') == 1
    assert "The new bridge" in current
    assert "The old" not in current
    assert '<svg class="qr-code"' not in older
    assert re.findall(r"The old (?:bridge|bakery)</h3>", older) == ["The old bakery</h3>", "The old bridge</h3>"] * 2
    assert older.count("<strong>10 and more</strong>") == 4
    assert older.index("version 2") < older.index("version 1")


def test_an_upload_that_is_not_checked_yet_has_no_codes(organizer: Person, event: Event) -> None:
    sent = sending.send(organizer, event, sending.plain_pdf())
    page = organizer.client.get(f"{sent.location}/codes")
    assert page.status_code == 200
    assert "As soon as the leaflet has been checked" in page.text
    assert "Make a code" not in page.text


def test_codes_are_the_organizers_own(app: Flask, client: FlaskClient, leaflet: Leaflet, event: Event) -> None:
    code = coding.code(leaflet)
    stranger = factories.person(app).client
    for act in ("", "/sheet", *(f"/{code.id}/{act}" for act in ("sheet", "stamped", "edit", "delete"))):
        assert stranger.get(f"{page_of(leaflet)}{act}").status_code == 404
        assert code.code not in client.get(f"{page_of(leaflet)}{act}").text
    other, organizer = coding.leaflet(event), factories.person(app, of=event.group).client
    for act in ("stamped", "edit", "delete"):
        assert organizer.get(f"{page_of(other)}/{code.id}/{act}").status_code == 404


def test_looking_makes_no_code(organizer: Person, leaflet: Leaflet) -> None:
    organizer.client.get(page_of(leaflet))
    organizer.client.get(f"{page_of(leaflet)}/sheet")
    assert made(leaflet) == []


# Mended and deleted.


def test_an_organizer_corrects_place_and_action(organizer: Person, leaflet: Leaflet, event: Event) -> None:
    code = codes.make(leaflet.shown, "The north gate", event.id, "")
    address = f"{page_of(leaflet)}/{code.id}/edit"
    assert address in organizer.client.get(page_of(leaflet)).text
    form = organizer.client.get(address).text
    assert 'value="The north gate"' in form
    assert f'<option selected value="{event.id}">' in form
    answer = post(organizer.client, address, {"place": " The  south gate", "event": ""})
    assert (answer.status_code, answer.location) == (303, page_of(leaflet))
    (mended,) = made(leaflet)
    assert (mended.place, mended.event_id, mended.code) == ("The south gate", None, code.code)


def test_what_is_wrong_with_a_correction_is_said(organizer: Person, leaflet: Leaflet) -> None:
    coding.code(leaflet, "The south gate")
    code = coding.code(leaflet)
    for typed, words in (("", "Say where"), ("x" * 81, "80"), ("the south gate", "already")):
        refused = post(organizer.client, f"{page_of(leaflet)}/{code.id}/edit", {"place": typed, "event": ""})
        assert refused.status_code == 422
        assert words in refused.text
        assert f'value="{typed}"' in refused.text
    assert {each.place for each in made(leaflet)} == {"The north gate", "The south gate"}


def test_an_action_that_hands_it_out_no_more_stays_that_of_its_code(
    organizer: Person, leaflet: Leaflet, event: Event
) -> None:
    code = codes.make(leaflet.shown, "The north gate", event.id, "")
    other = factories.event(organizer.group)
    leaflets.bring(other, [leaflet.id], "")
    leaflets.take_away(event, leaflet, "")
    address = f"{page_of(leaflet)}/{code.id}/edit"
    assert f'<option selected value="{event.id}">' in organizer.client.get(address).text
    assert post(organizer.client, address, {"place": "The bridge", "event": event.id}).status_code == 303
    assert [(each.place, each.event_id) for each in made(leaflet)] == [("The bridge", event.id)]


def test_a_code_is_deleted_after_a_page_that_says_what_that_does(
    client: FlaskClient, organizer: Person, leaflet: Leaflet
) -> None:
    code = coding.code(leaflet)
    written = code.code
    coding.follow(client, written)
    address = f"{page_of(leaflet)}/{code.id}/delete"
    assert address in organizer.client.get(f"{page_of(leaflet)}/{code.id}/edit").text
    page = organizer.client.get(address).text
    for words in ("The north gate", rules.shown(written), "lead nowhere", "counts", f"{code.id}/edit"):
        assert words in page
    assert coding.follow(client, written).status_code == 303
    answer = post(organizer.client, address, {})
    assert (answer.status_code, answer.location) == (303, page_of(leaflet))
    assert coding.follow(client, written).status_code == 404
    assert made(leaflet) == []
    assert coding.counts() == []


def test_of_a_withdrawn_versions_code_only_deleting_is_left(organizer: Person, leaflet: Leaflet) -> None:
    code = coding.code(leaflet)
    coding.replaced(leaflet)
    leaflets.withdraw_version(leaflet.versions[0], "")
    page = organizer.client.get(page_of(leaflet)).text
    assert f"{code.id}/edit" not in page
    assert f"{code.id}/delete" in page
    assert f"{code.id}/edit" not in organizer.client.get(f"{page_of(leaflet)}/{code.id}/delete").text
    assert organizer.client.get(f"{page_of(leaflet)}/{code.id}/edit").status_code == 200
    refused = post(organizer.client, f"{page_of(leaflet)}/{code.id}/edit", {"place": "The bridge", "event": ""})
    assert refused.status_code == 422


# Stamped on.


def stamped(organizer: Person, code: LeafletCode, leaflet: Leaflet, query: str = "") -> bytes:
    answer = organizer.client.get(f"{page_of(leaflet)}/{code.id}/stamped{query}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    extension = {"application/pdf": "pdf", "image/jpeg": "jpg"}[answer.content_type]
    name = f"letters-to-prisoners-{code.code.lower()}.{extension}"
    assert answer.headers["Content-Disposition"] == f"attachment; filename={name}"
    return answer.data


@pytest.mark.parametrize("corner", Corner)
def test_a_picture_is_stamped_with_the_code_that_leads_to_it(
    client: FlaskClient, organizer: Person, leaflet: Leaflet, corner: Corner
) -> None:
    code = coding.code(leaflet)
    found = qr.codes_on(qr.picture(stamped(organizer, code, leaflet, f"?corner={corner}")))
    assert set(found) == {f"http://localhost/l/{code.code}"}
    (x, y) = next(iter(found.values()))
    assert (x < 0.5, y < 0.5) == (corner.endswith("left"), corner.startswith("top"))
    assert client.get(urlsplit(next(iter(found))).path).location == f"/leaflets/{leaflet.id}"


@pytest.mark.parametrize(
    ("query", "on"), [("", [False, True]), ("?pages=first", [True, False]), ("?pages=all", [True] * 2)]
)
def test_a_pdf_is_stamped_on_the_pages_that_were_chosen(
    organizer: Person, event: Event, query: str, on: list[bool]
) -> None:
    address = sending.sent(organizer, event, sending.plain_pdf(pages=2))
    leaflet = db.session.get_one(Leaflet, address.rpartition("/")[2])
    code = coding.code(leaflet)
    form = organizer.client.get(page_of(leaflet)).text
    assert 'name="pages"' in form
    assert form.count('name="corner"') == 4
    shown = qr.pages(stamped(organizer, code, leaflet, query))
    assert [f"http://localhost/l/{code.code}" in qr.codes_on(page) for page in shown] == on


def test_nobody_keeps_the_site_busy_with_stamps(organizer: Person, leaflet: Leaflet) -> None:
    code = coding.code(leaflet)
    for _ in range(20):
        with suppress(TooMany):
            limits.take("stamps", organizer.account_id, STAMPED)
    assert organizer.client.get(f"{page_of(leaflet)}/{code.id}/stamped").status_code == 429


def test_where_others_take_all_places_one_may_try_again_later(
    organizer: Person, leaflet: Leaflet, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, hasty = coding.code(leaflet), replace(sandbox.LIMITS["stamps"], waiting_seconds=0.01)
    monkeypatch.setitem(sandbox.LIMITS, "stamps", hasty)
    with sandbox._place(hasty), sandbox._place(hasty):
        answer = organizer.client.get(f"{page_of(leaflet)}/{code.id}/stamped")
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == str(sandbox.RETRY_SECONDS)


def test_a_code_of_an_older_version_is_stamped_on_that_version(organizer: Person, leaflet: Leaflet) -> None:
    old = coding.code(leaflet)
    coding.replaced(leaflet)
    pixel = qr.picture(stamped(organizer, old, leaflet)).convert("RGB").getpixel((600, 100))
    assert pixel == (255, 255, 255)


def test_a_corner_that_no_page_has_is_said_in_a_sentence(organizer: Person, leaflet: Leaflet) -> None:
    code = coding.code(leaflet)
    for query in ("?corner=middle", "?pages=second", "?corner=%00"):
        refused = organizer.client.get(f"{page_of(leaflet)}/{code.id}/stamped{query}")
        assert refused.status_code == 422
        assert "Choose one of the four corners" in refused.text


def test_a_page_without_room_is_said_in_a_sentence(organizer: Person, leaflet: Leaflet) -> None:
    code = coding.code(leaflet)
    file = next(each for each in leaflet.versions[0].renditions if each.purpose == Purpose.FILE)
    storage.current().put(file.blob_key, qr.jpeg(Image.new("RGB", (300, 200))))
    refused = organizer.client.get(f"{page_of(leaflet)}/{code.id}/stamped")
    assert refused.status_code == 422
    assert "There is no room on this page" in refused.text
    assert rules.shown(code.code) in refused.text


def test_a_sheet_without_codes_says_what_to_do(organizer: Person, leaflet: Leaflet) -> None:
    page = organizer.client.get(f"{page_of(leaflet)}/sheet")
    assert "There is no code for this version yet." in page.text
    assert "code-cards" not in page.text


def test_cards_are_printed_of_all_places_or_of_one(organizer: Person, leaflet: Leaflet) -> None:
    north, south = coding.code(leaflet), coding.code(leaflet, "The south gate")
    page = organizer.client.get(page_of(leaflet)).text
    links = [f"{page_of(leaflet)}/sheet", *(f"{page_of(leaflet)}/{code.id}/sheet" for code in (north, south))]
    sheets = [organizer.client.get(link).text for link in links if f'href="{link}"' in page]
    shown = [[sheet.count(f">{code.place}</p>") for code in (north, south)] for sheet in sheets]
    assert shown == [[1, 1], [8, 0], [0, 8]]


def test_what_is_printed_no_more_has_no_sheet(organizer: Person, leaflet: Leaflet, event: Event) -> None:
    code, other = coding.code(leaflet), coding.leaflet(event)
    assert organizer.client.get(f"{page_of(other)}/{code.id}/sheet").status_code == 404
    coding.replaced(leaflet)
    assert f"{code.id}/sheet" not in organizer.client.get(page_of(leaflet)).text
    assert organizer.client.get(f"{page_of(leaflet)}/{code.id}/sheet").status_code == 404


def test_a_sheet_speaks_the_language_of_its_leaflet(organizer: Person, event: Event) -> None:
    leaflet = coding.leaflet(event, language="fa")
    coding.code(leaflet)
    page = organizer.client.get(f"{page_of(leaflet)}/sheet").text
    assert '<div class="code-cards" lang="fa" dir="rtl">' in page


def test_places_stay_among_organizers(client: FlaskClient, leaflet: Leaflet) -> None:
    code = codes.make(leaflet.versions[0], "Zebrafink gate", None, "")
    for path in (f"/leaflets/{leaflet.id}", "/leaflets", "/", f"/l/{code.code}"):
        assert "Zebrafink" not in client.get(path).text
