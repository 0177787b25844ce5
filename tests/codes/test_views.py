"""The organizers' pages of codes: making them, their counts, mending and deleting them, the sheet."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from time_machine import TimeMachineFixture

from organizer import clock
from organizer.codes import queries, rules
from organizer.codes import service as codes
from organizer.codes.models import LeafletCode, LeafletScan
from organizer.db import db
from organizer.events.models import Event
from organizer.leaflets import service as leaflets
from organizer.leaflets.models import Leaflet
from tests import factories
from tests.codes import coding
from tests.factories import Person, post
from tests.leaflets import sending


def page_of(leaflet: Leaflet) -> str:
    return f"/leaflets/{leaflet.id}/codes"


def made(leaflet: Leaflet) -> list[LeafletCode]:
    db.session.rollback()
    return [code for version in leaflet.versions for code in queries.of_version(version.id)]


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
    assert "nothing to tell yet" in page
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


# The sheet.


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


def test_the_form_begins_with_the_action_that_comes_next(organizer: Person, leaflet: Leaflet, event: Event) -> None:
    page = organizer.client.get(page_of(leaflet)).text
    assert f'<option selected value="{event.id}">' in page
    bare = post(organizer.client, page_of(leaflet), {"place": "The bakery", "event": ""})
    assert bare.status_code == 303
    assert made(leaflet)[0].event_id is None
