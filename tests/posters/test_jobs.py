"""Posters and leaflets as typst really sets them: all is on the paper, can be read there, and fits."""

from __future__ import annotations

import itertools
from datetime import timedelta
from unicodedata import normalize

import pytest
from time_machine import TimeMachineFixture

from organizer import clock, documents, outbox
from organizer.db import db
from organizer.events import service as events
from organizer.events.gate import Clearance, visible
from organizer.events.models import Event
from organizer.events.rules import Texts
from organizer.leaflets.models import Leaflet
from organizer.leaflets.rules import State
from organizer.posters import sheets, words
from organizer.posters.rules import Recipe, Shape, Sheet
from tests import factories
from tests.factories import Person
from tests.posters import making, paper
from tests.posters.making import OTHERS, SHAPES, ready
from tests.posters.paper import words_on

PAPERS = {"a4": (210, 297), "a5": (148, 210), "letter": (216, 279), "half_letter": (140, 216)}  # in mm
WHITE_MM = 5
# As long as a title may be.
LONG = {
    "en": "Leaflets at the market, and a vigil for those who were taken from it on Saturday, and letters for each",
    "uk": "Листівки на ринку і вечір пам’яті для всіх, кого забрали звідти в суботу вранці, з листами до кожного з них",
    "fa": "نامه در بازار و شب یادبود برای همهٔ کسانی که صبح شنبه از آنجا برده شدند، با نامه‌هایی برای تک‌تک آن‌ها",
    "zh": "在市场派发传单，并为星期六早晨从那里被带走的所有人守夜，给他们每一个人写信，一个也不遗漏，" * 2,
}


# What stands on it.


@pytest.mark.parametrize("shape", SHAPES)
def test_each_language_has_a_side_with_its_words_and_a_code_that_leads_to_the_event(
    organizer: Person, shape: str
) -> None:
    reasons = "\n\n".join(f"Reason **{number}** is [theirs](https://example.org)." for number in range(12))
    event = factories.event(organizer.group, what_for=reasons, what_to_bring="A pen")
    for code, texts in OTHERS.items():
        events.translate(event, code, texts, organizer.account_id)
    made = ready(organizer, event, "en", *OTHERS, shape=shape)
    found = paper.pages(organizer, made)
    assert len(found) == made.shown.pages == 1 + len(OTHERS)
    # No page of ours is in Arabic.
    led_to = [making.url(event, "" if code == "ar" else code) for code in ("en", *OTHERS)]
    assert [paper.code_on(paper.drawn(page)) for page in found] == led_to
    read = [words_on(page) for page in found]
    assert all(said in read[0] for said in (event.title, "Leafleting", "10:00 AM to 1:00 PM", "Pacific Time"))
    assert all(said in read[0] for said in ("Grand Lake market", event.group.name, "Bring: A pen"))
    assert all(said in read[1] for said in ("Листівки на ринку", "За політв’язнів", "Теплий одяг"))
    assert all(said in read[2] for said in ("نامه", "زندانیان", "خودکار"))
    assert all(said in read[3] for said in ("رسائل", "السجناء", "قلم"))
    assert all(said in read[4] for said in ("市场传单", "为反对战争的政治犯。", "一支笔"))
    assert "Pacific" not in read[1]
    assert "Bring" not in read[3]
    has_all = shape == "leaflet"
    assert [f"Reason {number} is theirs" in read[0] for number in range(12)] == [True] + [has_all] * 11
    assert ("table@bay.example" in read[0]) == has_all


@pytest.mark.parametrize(("shape", "sheet"), [("leaflet", "half_letter"), ("leaflet", "a4"), ("poster", "a5")])
def test_addresses_are_not_broken_in_mid_word(organizer: Person, shape: str, sheet: str) -> None:
    mail, form = "table@eastbayletters.example", "https://eastbayletters.example/form"
    title = "Letters against the silence of those who know and say nothing"
    what_for = f"Write to {mail}, or at {form}, or come by. " * 3
    event = factories.event(organizer.group, title=title, contact=mail, what_for=what_for)
    for code, texts in OTHERS.items():
        events.translate(event, code, Texts(texts.title, f"{texts.what_for} {mail}"), organizer.account_id)
    found = paper.pages(organizer, ready(organizer, event, "en", *OTHERS, shape=shape, paper=sheet))
    for page, code in zip(found, ("en", *OTHERS), strict=True):
        lines = paper.lines_on(page)
        assert sum(mail in line for line in lines) >= (2 if shape == "leaflet" else 1)
        typed = making.url(event, "" if code == "ar" else code).partition("://")[2]
        pieces = sheets.WHERE_TO_BREAK.split(typed)
        assert [piece for piece in pieces if not any(piece in line for line in lines)] == []


def test_a_place_in_another_direction_reads_as_it_was_written(organizer: Person) -> None:
    event = factories.event(organizer.group, place="The lake (third bench)")
    events.translate(event, "fa", OTHERS["fa"], organizer.account_id)
    for shape in SHAPES:
        page = paper.pages(organizer, ready(organizer, event, "fa", shape=shape))[0]
        assert "The lake (third bench), Oakland" in words_on(page)


# That it fits.


@pytest.mark.parametrize(("shape", "sheet"), list(itertools.product(SHAPES, PAPERS)))
def test_the_longest_words_fit_on_every_paper(organizer: Person, shape: str, sheet: str) -> None:
    place = ("Under the big tree in front of the old library, where the market begins, " * 5)[:300]
    event = factories.event(
        organizer.group,
        title=LONG["en"],
        place=place,
        what_for="So that nobody is forgotten. " * 30,
        what_to_bring="A pen. " * 40,
    )
    for code in ("uk", "fa", "zh"):
        events.translate(event, code, Texts(LONG[code][:120], LONG[code] * 4, LONG[code]), organizer.account_id)
    found = paper.pages(organizer, ready(organizer, event, "en", "uk", "fa", "zh", shape=shape, paper=sheet))
    assert len(found) == 4
    for page, code in zip(found, ("en", "uk", "fa", "zh"), strict=True):
        picture = paper.drawn(page)
        assert [round(side / 72 * 25.4) for side in page.get_size()] == list(PAPERS[sheet])
        assert min(paper.outermost(picture)) > WHITE_MM
        assert paper.code_on(picture) == making.url(event, code)
        read = "".join(words_on(page).split())
        wanted = [word for word in LONG[code][:120].split() if code != "fa"] if code != "zh" else list(LONG[code][:40])
        assert [word for word in wanted if "".join(normalize("NFKC", word).split()) not in read] == []


@pytest.mark.parametrize(("shape", "sheet"), [("poster", "half_letter"), ("leaflet", "a4")])
def test_a_title_of_any_kind_stays_on_the_page(organizer: Person, shape: str, sheet: str) -> None:
    # Each in a language that is set from left to right, in the same fonts.
    titles = {"en": "M" * 120, "de": "A", "es": "w" * 60 + " " + "Ж" * 59, "ru": "ن" * 120, "uk": "战" * 120}
    event = factories.event(organizer.group, title=titles["en"], contact="https://example.org/" + "x" * 150)
    for code in ("de", "es", "ru", "uk"):
        events.translate(event, code, Texts(titles[code], event.what_for), organizer.account_id)
    found = paper.pages(organizer, ready(organizer, event, *titles, shape=shape, paper=sheet))
    for page, title in zip(found, titles.values(), strict=True):
        assert min(paper.outermost(paper.drawn(page))) > WHITE_MM
        assert words_on(page).replace(" ", "").count(title[0]) >= min(len(title), 50)


def test_what_fits_on_no_side_is_refused_with_a_way_out(organizer: Person, capfd: pytest.CaptureFixture[str]) -> None:
    event = factories.event(organizer.group, what_for="Nobody shall be forgotten.\n\n" * 400)
    made = making.make(organizer, event, "en", shape="leaflet", paper="a5")
    assert made.shown.state == State.REFUSED
    # Nothing is broken, so the log tells nothing.
    assert capfd.readouterr().err == ""
    page = organizer.client.get(f"/leaflets/{made.id}").text
    assert "Choose a larger paper" in page
    assert f"/leaflets/{made.id}/make-anew" in page


# What the machine lacks.


def test_letters_that_no_font_has_are_refused_and_not_printed_as_boxes(organizer: Person, event: Event) -> None:
    events.translate(event, "ka", Texts("\u0378 წერილები"), organizer.account_id)
    made = making.make(organizer, event, "en", "ka")
    assert (made.shown.state, made.shown.reason) == (State.REFUSED, "no_letters")
    assert made.shown.renditions == []
    page = organizer.client.get(f"/leaflets/{made.id}")
    assert page.status_code == 200
    assert "The fonts on this server lack some letters" in page.text


def test_a_script_without_fonts_is_refused(event: Event, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a machine that has only the fonts that come with typst."""
    without = documents.START.replace(
        "main(*",
        "typst = sys.modules['typst']; compile = typst.compile; "
        "typst.compile = lambda *words, **more: compile(*words, **more, ignore_system_fonts=True); main(*",
    )
    monkeypatch.setattr(documents, "START", without)
    events.translate(event, "zh", OTHERS["zh"], "")
    with pytest.raises(documents.NoLetters):
        documents.pdf("posters/poster.typ", sheet(event, "zh"), needs_all_letters=True)
    assert documents.pdf("posters/poster.typ", sheet(event, "en", "uk"), needs_all_letters=True)


def sheet(event: Event, *languages: str) -> dict[str, object]:
    """What typst is given for a poster of the event."""
    recipe = Recipe(event.id, Shape.POSTER, Sheet.A4, languages)
    return sheets.sheet(words.sides(visible(event, Clearance.PUBLIC, clock.now()), recipe), recipe)


def test_a_failure_of_ours_is_told_and_is_no_error_page(
    organizer: Person, event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "START", "import sys; sys.exit(1)")
    made = making.make(organizer, event, "en")
    assert (made.shown.state, made.shown.reason) == (State.REFUSED, "not_set")
    assert "our fault" in organizer.client.get(f"/leaflets/{made.id}").text


def test_one_that_is_stopped_while_it_is_set_is_set_later(
    organizer: Person, event: Event, monkeypatch: pytest.MonkeyPatch, time_machine: TimeMachineFixture
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(documents, "START", "import os, signal; os.kill(os.getpid(), signal.SIGTERM)")
        made = making.make(organizer, event, "en")
    assert made.shown.state == State.UPLOADED
    time_machine.move_to(clock.now() + timedelta(minutes=1))
    outbox.run_owed()
    db.session.expire_all()
    assert db.session.get_one(Leaflet, made.id).shown.state == State.READY


def test_one_that_closes_before_the_worker_comes_is_not_printed(organizer: Person, event: Event) -> None:
    asked = making.ask(organizer, event, "en")
    events.cancel(event, "Rain", organizer.account_id)
    outbox.run_owed()
    assert "does not take place as planned" in organizer.client.get(asked.location).text


def test_one_side_too_many_is_refused(
    organizer: Person, event: Event, given: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A template that lets words run on to another page is not trusted."""
    run_on = documents.pdf("", {"sides": [1, 2]})
    monkeypatch.setattr(documents, "pdf", lambda _template, _data, **_options: run_on)
    assert making.make(organizer, event, "en").shown.reason == "no_room"
