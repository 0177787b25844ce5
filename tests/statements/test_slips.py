"""From a printed sheet, by its number, to the page of what was said."""

from __future__ import annotations

import io
import itertools
import re
from collections.abc import Iterator
from datetime import timedelta

import cv2
import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from playwright.sync_api import Browser, ViewportSize
from playwright.sync_api import Page as Paper
from time_machine import TimeMachineFixture

from organizer import clock, languages, outbox
from organizer.db import db, writing
from organizer.errors import RuleError
from organizer.events.models import Event
from organizer.statements import drafting, opening, slips
from organizer.statements import service as statements
from organizer.statements.models import Statement
from organizer.statements.rules import StatementDetails
from organizer.statements.slips import ConsentSlip
from tests import factories
from tests.codes import printing
from tests.factories import Person, post

LETTER_WITHIN_MARGINS = ViewportSize(width=755, height=995)
DENSITY = 3  # pixels to a point of the page
DETAILS = StatementDetails(text="They feel.", language="en")


def sheet(event: Event) -> list[ConsentSlip]:
    sheet_id = slips.make_sheet(event, "")
    return db.session.query(ConsentSlip).filter_by(sheet_id=sheet_id).order_by(ConsentSlip.number).all()


def say(event: Event, number: str) -> Statement:
    """Write something down under a slip."""
    with writing():
        statement = drafting.begin(event, DETAILS)
        slips.bind(statement, event, number)
        outbox.commit()
    return statement


def refusal(event: Event, number: str) -> str:
    with pytest.raises(RuleError) as refused:
        say(event, number)
    assert refused.value.field == "slip"
    assert (
        db.session.query(Statement).count()
        == db.session.query(ConsentSlip).filter(ConsentSlip.statement_id.isnot(None)).count()
    )
    return str(refused.value)


def path_of(slip: ConsentSlip) -> str:
    return f"/s/slip/{slips.link_token(slip)}"


# Numbers.


def test_a_wrong_digit_and_two_exchanged_ones_are_noticed() -> None:
    for number in (slips.new_number() for _ in range(200)):
        assert re.fullmatch("[0-9]{6}", number)
        assert slips.is_number(number)
        wrong = {number[:at] + digit + number[at + 1 :] for at in range(6) for digit in "0123456789"} - {number}
        for one, other in itertools.combinations(range(6), 2):
            digits = list(number)
            digits[one], digits[other] = digits[other], digits[one]
            wrong.add("".join(digits))
        assert [each for each in wrong - {number} if slips.is_number(each)] == []


@given(
    space=st.sampled_from(["", " ", "\u00a0", "-", "–", "\u200f ", "\t"]),
    zero=st.sampled_from("0٠۰०０"),
    around=st.sampled_from(["", " ", "\u200e"]),
)
def test_a_number_is_read_as_people_write_it(space: str, zero: str, around: str) -> None:
    number = slips.new_number()
    written = "".join(chr(ord(zero) + int(digit)) for digit in number)
    assert slips.read_number(f"{around}{written[:3]}{space}{written[3:]}{around}") == number


@pytest.mark.parametrize("text", ["", "12345", "1234567", "12345x", "½23456", "12345²", "one two"])
def test_what_is_no_number_is_told(text: str) -> None:
    with pytest.raises(RuleError, match="six digits"):
        slips.read_number(text)


# Sheets.


def test_a_sheet_has_eight_slips_with_a_code_and_a_number_each(organizer: Person, event: Event) -> None:
    made = post(organizer.client, f"/events/{event.id}/slips", {})
    assert made.status_code == 303
    page = organizer.client.get(made.location).text
    numbers = re.findall(r'class="slip-number"[^>]*>(\d{3} \d{3})<', page)
    assert len(set(numbers)) == page.count('<svg class="qr-code"') == slips.ON_A_SHEET
    assert "or take it back, at any time" in page
    assert event.title in page
    assert event.group.name in page
    listed = organizer.client.get(f"/events/{event.id}/slips").text
    assert made.location in listed
    assert "0 of 8 used" in listed
    say(event, numbers[0])
    assert "1 of 8 used" in organizer.client.get(f"/events/{event.id}/slips").text


def test_a_slip_speaks_the_language_of_its_event(organizer: Person) -> None:
    event = factories.event(organizer.group, starts_on=factories.past_day(), language="fa")
    page = organizer.client.get(f"/events/{event.id}/slips/{sheet(event)[0].sheet_id}").text
    assert '<div class="slips" lang="fa" dir="rtl">' in page


def test_an_action_has_so_many_slips_and_no_more(
    organizer: Person, event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slips, "MOST_OF_EVENT", 16)
    sheet(event)
    sheet(event)
    refused = post(organizer.client, f"/events/{event.id}/slips", {})
    assert refused.status_code == 422
    assert "This action has 16 slips" in refused.text
    assert db.session.query(ConsentSlip).count() == 16


def test_looking_makes_none(organizer: Person, event: Event) -> None:
    assert organizer.client.get(f"/events/{event.id}/slips").status_code == 200
    assert db.session.query(ConsentSlip).count() == 0


def test_slips_are_the_organizers_own(app: Flask, client: FlaskClient, event: Event) -> None:
    stranger = factories.person(app).client
    sheet_id = sheet(event)[0].sheet_id
    for path in (f"/events/{event.id}/slips", f"/events/{event.id}/slips/{sheet_id}"):
        assert stranger.get(path).status_code == 404
        assert client.get(path).status_code in (302, 303, 401)
        assert "slip-number" not in client.get(path).text
    assert post(stranger, f"/events/{event.id}/slips", {}, form_at="/sign-in").status_code in (400, 404)
    assert db.session.query(ConsentSlip).count() == 8


def test_a_sheet_stands_under_its_own_action_only(organizer: Person, event: Event) -> None:
    other = factories.event(organizer.group)
    assert organizer.client.get(f"/events/{other.id}/slips/{sheet(event)[0].sheet_id}").status_code == 404
    assert organizer.client.get(f"/events/{event.id}/slips/nothing").status_code == 404


# What a slip is tied to.


def test_a_slip_leads_to_what_was_written_down_under_it(client: FlaskClient, event: Event) -> None:
    first, second = sheet(event)[:2]
    page = client.get(path_of(first))
    assert page.status_code == 200
    assert "Nothing is written down under this slip yet" in page.text
    assert first.shown_number in page.text
    statement = say(event, first.shown_number)
    led = client.get(path_of(first))
    assert (led.status_code, led.location) == (303, f"/s/{opening.link_token(statement)}")
    assert client.get(path_of(second)).status_code == 200


def test_a_number_is_typed_where_words_are_written_down(client: FlaskClient, organizer: Person, event: Event) -> None:
    slip = sheet(event)[0]
    path = f"/events/{event.id}/statements/take"
    typed = {"text": "They feel.", "language": "en", "byline_kind": "none", "slip": slip.shown_number}
    mistyped = post(organizer.client, path, {**typed, "slip": "123"})
    assert (mistyped.status_code, "A slip’s number has six digits." in mistyped.text) == (422, True)
    taken = post(organizer.client, path, typed)
    assert taken.status_code == 303, taken.text
    assert client.get(path_of(slip)).location == taken.location.partition("?")[0]


def test_a_wrong_link_leads_nowhere(client: FlaskClient, event: Event) -> None:
    first, second = sheet(event)[:2]
    mac = slips.link_token(second).partition(".")[2]
    for token in (f"{first.id}.{mac}", first.id, f"{first.id}.", "x", ".", "a" * 26 + ".b"):
        assert client.get(f"/s/slip/{token}").status_code == 404


def test_a_used_number_and_an_unknown_and_a_mistyped_one_are_refused(app: Flask, event: Event) -> None:
    slip = sheet(event)[0]
    number = slip.number
    say(event, number)
    assert "used already" in refusal(event, number)
    wrong = number[:5] + str((int(number[5]) + 1) % 10)
    assert refusal(event, wrong) == "This number has a digit wrong: compare it with the slip."
    free = next(
        each for each in iter(slips.new_number, "") if not db.session.query(ConsentSlip).filter_by(number=each).count()
    )
    assert "no slip with this number" in refusal(event, free)
    other = factories.event(factories.person(app).group, starts_on=factories.past_day())
    assert "no slip with this number" in refusal(event, sheet(other)[0].number)


def test_a_slip_of_one_action_serves_at_another_of_the_group(organizer: Person, event: Event) -> None:
    other = factories.event(organizer.group, starts_on=factories.past_day())
    slip = sheet(other)[0]
    assert say(event, slip.number).id == slip.statement_id


def test_a_slip_of_what_was_withdrawn_says_that_it_is_gone(client: FlaskClient, event: Event) -> None:
    slip = sheet(event)[0]
    statements.withdraw(say(event, slip.number))
    assert client.get(path_of(slip)).status_code == 410
    assert "used already" in refusal_of_used(event, slip.number)


def refusal_of_used(event: Event, number: str) -> str:
    with pytest.raises(RuleError) as refused:
        say(event, number)
    return str(refused.value)


def test_a_new_link_makes_the_slip_void(client: FlaskClient, event: Event) -> None:
    slip = sheet(event)[0]
    statement = say(event, slip.number)
    printed = path_of(slip)
    statements.renew_link(statement)
    assert client.get(printed).status_code == 404
    assert "used already" in refusal_of_used(event, slip.number)


def test_no_sheet_shows_the_link_of_a_slip_that_is_used(organizer: Person, event: Event) -> None:
    used, *unused = sheet(event)
    statements.renew_link(say(event, used.number))
    page = organizer.client.get(f"/events/{event.id}/slips/{used.sheet_id}").text
    assert used.shown_number not in page
    assert all(slip.shown_number in page for slip in unused)
    assert page.count('class="qr-code"') == len(unused)


def test_unused_slips_go_after_two_months(event: Event, time_machine: TimeMachineFixture) -> None:
    used, *_unused = sheet(event)
    say(event, used.number)
    used_id = used.id
    last = clock.now() + slips.KEPT_UNUSED - timedelta(days=1)
    time_machine.move_to(last, tick=False)
    assert slips.delete_unused() == 0
    time_machine.move_to(last + timedelta(days=1), tick=False)
    assert slips.delete_unused() == 7
    assert slips.delete_unused() == 0
    db.session.expire_all()
    assert [slip.id for slip in db.session.query(ConsentSlip)] == [used_id]


def test_numbers_that_are_taken_are_not_given_again(event: Event, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = iter([f"{slip.number}" for slip in sheet(event)] * 2)
    fresh = slips.new_number
    monkeypatch.setattr(slips, "new_number", lambda: next(numbers, None) or fresh())
    sheet(event)
    assert len({slip.number for slip in db.session.query(ConsentSlip)}) == 16


# On paper.


def codes_on(picture: bytes) -> dict[str, tuple[float, float]]:
    """What a reader that knows nothing of us reads on the picture, and where each code has its middle."""
    pixels = np.asarray(Image.open(io.BytesIO(picture)).convert("L"))
    _found, texts, corners, _codes = cv2.QRCodeDetectorAruco().detectAndDecodeMulti(pixels)
    middles = np.asarray(corners).mean(axis=1) / DENSITY
    return {text: (float(x), float(y)) for text, (x, y) in zip(texts, middles, strict=True)}


@pytest.fixture
def paper(chromium: Browser, organizer: Person) -> Iterator[Paper]:
    """A page about to be printed in Chromium, whose requests the organizer's client answers."""
    with printing.opened(
        chromium, organizer.client, viewport=LETTER_WITHIN_MARGINS, device_scale_factor=DENSITY
    ) as page:
        page.emulate_media(media="print")
        yield page


@pytest.mark.browser
def test_the_printed_codes_lead_to_the_right_statements(app: Flask, event: Event, paper: Paper) -> None:
    made = {slip.shown_number: slip for slip in sheet(event)}
    sheet_id = next(iter(made.values())).sheet_id
    paper.goto(f"http://localhost/events/{event.id}/slips/{sheet_id}")
    codes = codes_on(paper.screenshot(full_page=True))
    printed = {each.locator(".slip-number").inner_text(): each.bounding_box() for each in paper.locator(".slip").all()}
    assert set(printed) == set(made)
    for number, slip in made.items():
        x, y = codes[f"http://localhost{path_of(slip)}"]
        box = printed[number]
        assert box
        assert box["x"] < x < box["x"] + box["width"]
        assert box["y"] < y < box["y"] + box["height"]
        statement = say(event, number)
        assert app.test_client().get(path_of(slip)).location == f"/s/{opening.link_token(statement)}"


@pytest.mark.browser
@pytest.mark.parametrize("language", languages.INTERFACE)
def test_a_sheet_is_one_page_and_nothing_is_cut_off(organizer: Person, paper: Paper, language: str) -> None:
    title = "Leaflets at the market, and a vigil for those who were sold there on Saturday morning"
    event = factories.event(organizer.group, starts_on=factories.past_day(), language=language, title=title)
    paper.goto(f"http://localhost/events/{event.id}/slips/{sheet(event)[0].sheet_id}")
    assert (
        paper.locator(".slip").evaluate_all("all => all.map(each => each.scrollHeight - each.clientHeight)") == [0] * 8
    )
    for size in ("A4", "Letter"):
        assert len(re.findall(rb"/Type\s*/Page\b", paper.pdf(format=size))) == 1
