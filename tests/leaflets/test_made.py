"""Posters and leaflets from an event's own words: what stands on them, where their codes lead, and that all fits."""

from __future__ import annotations

import itertools
from datetime import timedelta
from unicodedata import normalize

import pypdfium2
import pytest
from flask import Flask
from PIL import Image
from time_machine import TimeMachineFixture
from werkzeug.test import TestResponse

from organizer import documents, outbox
from organizer.db import db
from organizer.events import service as events
from organizer.events.models import Event
from organizer.events.rules import SpotShown, Texts, Visibility
from organizer.leaflets import queries
from organizer.leaflets import service as leaflets
from organizer.leaflets.models import Leaflet
from organizer.leaflets.rules import State
from tests import factories
from tests.factories import Person, post
from tests.media import qr

PAPERS = {"a4": (210, 297), "a5": (148, 210), "letter": (216, 279), "half_letter": (140, 216)}  # in mm
DOTS_PER_MM = 6
INK = 245  # of 255, which is white
WHITE_MM = 5
SHAPES = ("poster", "leaflet")
OTHERS = {
    "uk": Texts("Листівки на ринку", "За політв’язнів, які виступають проти війни.", "Теплий одяг"),
    "fa": Texts("نامه در بازار", "برای زندانیان سیاسی که با جنگ مخالف هستند.", "خودکار"),
    "ar": Texts("رسائل في السوق", "من أجل السجناء السياسيين.", "قلم"),
    "zh": Texts("市场传单", "为反对战争的政治犯。", "一支笔"),
}
# As long as a title may be.
LONG = {
    "en": "Leaflets at the market, and a vigil for those who were taken from it on Saturday, and letters for each",
    "uk": "Листівки на ринку і вечір пам’яті для всіх, кого забрали звідти в суботу вранці, з листами до кожного з них",
    "fa": "نامه در بازار و شب یادبود برای همهٔ کسانی که صبح شنبه از آنجا برده شدند، با نامه‌هایی برای تک‌تک آن‌ها",
    "zh": "在市场派发传单，并为星期六早晨从那里被带走的所有人守夜，给他们每一个人写信，一个也不遗漏，" * 2,
}


def details(*languages: str, shape: str = "poster", paper: str = "a4") -> dict[str, object]:
    return {"shape": shape, "paper": paper, "languages": list(languages)}


def ask(person: Person, event: Event, *languages: str, shape: str = "poster", paper: str = "a4") -> TestResponse:
    path = f"/events/{event.id}/leaflets/make"
    return post(person.client, path, details(*languages, shape=shape, paper=paper))


def make(person: Person, event: Event, *languages: str, shape: str = "poster", paper: str = "a4") -> Leaflet:
    """One that was asked for, after the worker."""
    answer = ask(person, event, *languages, shape=shape, paper=paper)
    assert answer.status_code == 303, answer.text
    outbox.run_owed()
    return db.session.get_one(Leaflet, answer.location.rpartition("/")[2])


def ready(person: Person, event: Event, *languages: str, shape: str = "poster", paper: str = "a4") -> Leaflet:
    made = make(person, event, *languages, shape=shape, paper=paper)
    assert (made.shown.state, made.shown.reason) == (State.READY, "")
    return made


def pages(person: Person, leaflet: Leaflet) -> list[pypdfium2.PdfPage]:
    return list(pypdfium2.PdfDocument(person.client.get(f"/leaflets/{leaflet.id}/file").data))


def drawn(page: pypdfium2.PdfPage) -> Image.Image:
    return page.render(scale=DOTS_PER_MM * 25.4 / 72).to_pil().convert("L")


def words_on(page: pypdfium2.PdfPage) -> str:
    """What another program reads on the page, on one line, letters as they are typed and not as they join."""
    return " ".join(normalize("NFKC", page.get_textpage().get_text_bounded()).replace("\u200b", "").split())


def code_on(page: pypdfium2.PdfPage) -> str:
    return ", ".join(qr.codes_on(drawn(page)))


def url(event: Event) -> str:
    return f"http://localhost/events/{event.slug or event.id}"


@pytest.fixture
def event(organizer: Person) -> Event:
    made = factories.event(organizer.group, what_to_bring="A pen", private_notes="Canary notes")
    for code, texts in OTHERS.items():
        events.translate(made, code, texts, organizer.account_id)
    return made


# What stands on it.


@pytest.mark.parametrize("shape", SHAPES)
def test_each_language_has_a_side_with_its_words_and_a_code_that_leads_to_the_event(
    organizer: Person, event: Event, shape: str
) -> None:
    made = ready(organizer, event, "en", *OTHERS, shape=shape)
    found = pages(organizer, made)
    assert len(found) == made.shown.pages == 1 + len(OTHERS)
    assert {code_on(page) for page in found} == {url(event)}
    texts = [words_on(page) for page in found]
    assert all(words in texts[0] for words in (event.title, "Leafleting", "10:00 AM to 1:00 PM", "Pacific Time"))
    assert all(words in texts[0] for words in ("Grand Lake market", event.group.name, "Bring: A pen"))
    assert all(words in texts[1] for words in ("Листівки на ринку", "За політв’язнів", "Теплий одяг"))
    assert all(words in texts[2] for words in ("نامه", "زندانیان", "خودکار"))
    assert all(words in texts[3] for words in ("رسائل", "السجناء", "قلم"))
    assert all(words in texts[4] for words in ("市场传单", "为反对战争的政治犯。", "一支笔"))
    assert "Pacific" not in texts[1]
    assert "Bring" not in texts[3]


def test_what_it_says_is_told_in_words_too(organizer: Person, event: Event) -> None:
    text = ready(organizer, event, "en", "fa").shown.text
    assert text.startswith(f"Leafleting\n\n{event.title}\n\n")
    assert "نامه در بازار\n\n" in text
    assert url(event) in text


def test_a_leaflet_has_all_that_it_is_for_and_how_to_reach_the_group(organizer: Person) -> None:
    what_for = "\n\n".join(f"Reason **{number}** is [theirs](https://example.org)." for number in range(12))
    event = factories.event(organizer.group, what_for=what_for)
    text = words_on(pages(organizer, ready(organizer, event, "en", shape="leaflet"))[0])
    assert all(f"Reason {number} is theirs" in text for number in range(12))
    assert "table@bay.example" in text
    poster = words_on(pages(organizer, ready(organizer, event, "en"))[0])
    assert "Reason 0" in poster
    assert "Reason 1" not in poster


def test_the_little_pictures_of_a_title_are_left_out(organizer: Person) -> None:
    event = factories.event(organizer.group, title="✊🏽 Letters 🇺🇦 for all 👩‍👧 ☮️")
    assert "Letters for all" in words_on(pages(organizer, ready(organizer, event, "en"))[0])


def test_the_exact_spot_is_on_it_only_when_everyone_may_know_it(
    organizer: Person, time_machine: TimeMachineFixture
) -> None:
    event = factories.event(
        organizer.group, spot="Canary gate", spot_shown=SpotShown.BEFORE_START, private_notes="Canary notes"
    )
    hidden = factories.event(organizer.group, spot="Canary gate", spot_shown=SpotShown.TO_ANSWERED)
    for shape, each in zip(SHAPES, (event, hidden), strict=True):
        made = ready(organizer, each, "en", shape=shape)
        assert "Canary" not in words_on(pages(organizer, made)[0]) + made.shown.text
    page = organizer.client.get(f"/events/{event.id}/leaflets/make").text
    assert "The exact spot does not stand on it" in page
    starts_at = event.starts_at
    time_machine.move_to(starts_at - timedelta(hours=2))
    text = words_on(pages(organizer, ready(organizer, event, "en"))[0])
    assert "Canary gate" in text
    assert "Canary notes" not in text


# That it fits.


def outermost(page: pypdfium2.PdfPage) -> list[float]:
    """How much is white on the left, right, top and bottom, in mm."""
    picture = drawn(page)
    edges = picture.point(lambda grey: 255 if grey < INK else 0).getbbox()
    assert edges
    left, top, right, bottom = edges
    white = (left, picture.width - right, top, picture.height - bottom)
    return [each / DOTS_PER_MM for each in white]


@pytest.mark.parametrize(("shape", "paper"), list(itertools.product(SHAPES, PAPERS)))
def test_the_longest_words_fit_on_every_paper(organizer: Person, shape: str, paper: str) -> None:
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
    found = pages(organizer, ready(organizer, event, "en", "uk", "fa", "zh", shape=shape, paper=paper))
    assert len(found) == 4
    for page, code in zip(found, ("en", "uk", "fa", "zh"), strict=True):
        assert [round(side / 72 * 25.4) for side in page.get_size()] == list(PAPERS[paper])
        assert min(outermost(page)) > WHITE_MM
        assert code_on(page) == url(event)
        read = "".join(words_on(page).split())
        wanted = [word for word in LONG[code][:120].split() if code != "fa"] if code != "zh" else list(LONG[code][:40])
        assert [word for word in wanted if "".join(normalize("NFKC", word).split()) not in read] == []


@pytest.mark.parametrize("title", ["M" * 120, "A", "w" * 60 + " " + "Ж" * 59, "ن" * 120, "战" * 120])
def test_a_title_of_any_kind_stays_on_the_page(organizer: Person, title: str) -> None:
    event = factories.event(organizer.group, title=title, contact="https://example.org/" + "x" * 150)
    for shape, paper in (("poster", "half_letter"), ("leaflet", "a4")):
        page = pages(organizer, ready(organizer, event, "en", shape=shape, paper=paper))[0]
        assert min(outermost(page)) > WHITE_MM
        assert words_on(page).replace(" ", "").count(title[0]) >= min(len(title), 50)


def test_what_fits_on_no_side_is_refused_with_a_way_out(organizer: Person) -> None:
    event = factories.event(organizer.group, what_for="Nobody shall be forgotten.\n\n" * 400)
    made = make(organizer, event, "en", shape="leaflet", paper="a5")
    assert made.shown.state == State.REFUSED
    page = organizer.client.get(f"/leaflets/{made.id}").text
    assert "Choose a larger paper" in page
    assert f"/events/{event.id}/leaflets/make" in page
    ready(organizer, event, "en", shape="poster", paper="a5")


# What the machine lacks.


def test_letters_that_no_font_has_are_refused_and_not_printed_as_boxes(organizer: Person, event: Event) -> None:
    events.translate(event, "ka", Texts("\u0378 წერილები"), organizer.account_id)
    made = make(organizer, event, "en", "ka")
    assert (made.shown.state, made.shown.reason) == (State.REFUSED, "no_letters")
    assert made.shown.renditions == []
    page = organizer.client.get(f"/leaflets/{made.id}")
    assert page.status_code == 200
    assert "The fonts on this server lack some letters" in page.text


def test_a_script_without_fonts_is_refused(organizer: Person, event: Event, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a machine that has only the fonts that come with typst."""
    without = documents.START.replace(
        "main(*",
        "typst = sys.modules['typst']; compile = typst.compile; "
        "typst.compile = lambda *words, **more: compile(*words, **more, ignore_system_fonts=True); main(*",
    )
    monkeypatch.setattr(documents, "START", without)
    assert make(organizer, event, "zh").shown.reason == "no_letters"
    assert make(organizer, event, "en", "uk").shown.state == State.READY


def test_a_failure_of_ours_is_told_and_is_no_error_page(
    organizer: Person, event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "START", "import sys; sys.exit(1)")
    made = make(organizer, event, "en")
    assert (made.shown.state, made.shown.reason) == (State.REFUSED, "not_set")
    assert "our fault" in organizer.client.get(f"/leaflets/{made.id}").text


# The form and what follows.


def test_it_is_asked_for_looked_at_and_published(app: Flask, organizer: Person, event: Event) -> None:
    listed = organizer.client.get(f"/events/{event.id}/leaflets").text
    assert f"/events/{event.id}/leaflets/make" in listed
    asked = ask(organizer, event, "en")
    waiting = organizer.client.get(asked.location)
    assert "Leaflet, on its way" in waiting.text
    assert waiting.headers["Refresh"]
    outbox.run_owed()
    page = organizer.client.get(asked.location).text
    assert "Leaflet, not published yet" in page
    assert "Poster, A4" in page
    assert "Make it anew" in page
    assert app.test_client().get(asked.location).status_code == 404
    leaflets.publish(db.session.get_one(Leaflet, asked.location.rpartition("/")[2]), organizer.account_id)
    assert event.title in app.test_client().get(asked.location).text


def test_nothing_chosen_and_nonsense_are_told_and_make_nothing(organizer: Person, event: Event) -> None:
    for wrong in ({}, details(), details("en", paper="a0"), details("en", shape="flag"), details("de")):
        answer = post(organizer.client, f"/events/{event.id}/leaflets/make", wrong)
        assert answer.status_code == 422
    assert db.session.query(Leaflet).count() == 0


def test_the_papers_of_the_country_come_first(organizer: Person, event: Event) -> None:
    page = organizer.client.get(f"/events/{event.id}/leaflets/make").text
    assert 'checked id="paper-2"' in page


def test_an_action_that_is_not_open_gets_no_paper(organizer: Person) -> None:
    private = factories.event(organizer.group, visibility=Visibility.PRIVATE)
    draft = factories.event(organizer.group, published=False)
    cancelled = factories.event(organizer.group)
    events.cancel(cancelled, "Rain", organizer.account_id)
    for each in (private, draft, cancelled):
        page = organizer.client.get(f"/events/{each.id}/leaflets/make")
        assert page.status_code == 200
        assert 'name="shape"' not in page.text
        ask(organizer, each, "en")
    assert db.session.query(Leaflet).count() == 0


def test_one_that_closes_before_the_worker_comes_is_not_printed(organizer: Person, event: Event) -> None:
    asked = ask(organizer, event, "en")
    events.cancel(event, "Rain", organizer.account_id)
    outbox.run_owed()
    assert "does not take place as planned" in organizer.client.get(asked.location).text


def test_who_makes_paper_of_an_unlisted_action_is_told_what_that_gives_away(organizer: Person) -> None:
    event = factories.event(organizer.group, visibility=Visibility.UNLISTED)
    assert "A poster gives the link away" in organizer.client.get(f"/events/{event.id}/leaflets/make").text
    assert code_on(pages(organizer, ready(organizer, event, "en"))[0]) == f"http://localhost/events/{event.id}"


# Made anew.


def anew(person: Person, leaflet: Leaflet) -> TestResponse:
    answer = post(person.client, f"/leaflets/{leaflet.id}/make-anew", {})
    outbox.run_owed()
    db.session.expire_all()
    return answer


def retitle(event: Event, title: str) -> None:
    changed = factories.details(event.group, title=title, starts_on=event.starts_on)
    events.edit(event, changed, "")


def test_a_draft_that_is_made_anew_is_replaced(organizer: Person, event: Event) -> None:
    made = ready(organizer, event, "en", "fa", shape="leaflet", paper="a5")
    kept = dict(made.shown.made_as or {})
    before = {rendition.blob_key for rendition in made.shown.renditions}
    retitle(event, "Letters at the market")
    assert anew(organizer, made).status_code == 303
    assert [(version.number, version.state, version.made_as) for version in made.versions] == [(1, State.READY, kept)]
    assert not before & {rendition.blob_key for rendition in made.shown.renditions}
    found = pages(organizer, made)
    assert len(found) == 2
    assert "Letters at the market" in words_on(found[0])


def test_what_is_published_stays_until_the_new_one_is(app: Flask, organizer: Person, event: Event) -> None:
    made = ready(organizer, event, "en")
    address = f"/leaflets/{made.id}"
    leaflets.publish(made, organizer.account_id)
    retitle(event, "Letters at the market")
    anew(organizer, made)
    assert [(version.number, version.state) for version in made.versions] == [(1, State.PUBLISHED), (2, State.READY)]
    reader = app.test_client()
    assert "Leaflets at" in words_on(pypdfium2.PdfDocument(reader.get(f"{address}/file").data)[0])
    assert made.waiting
    assert "Letters at the market" in made.waiting.text


def test_one_that_is_being_made_is_not_made_twice(organizer: Person, event: Event) -> None:
    leaflet_id = ask(organizer, event, "en").location.rpartition("/")[2]
    refused = post(organizer.client, f"/leaflets/{leaflet_id}/make-anew", {})
    assert refused.status_code == 422
    assert outbox.run_owed() == 1


def test_what_was_uploaded_is_not_made_anew(organizer: Person, event: Event) -> None:
    leaflet = ready(organizer, event, "en")
    leaflet.shown.made_as = None
    db.session.commit()
    assert organizer.client.get(f"/leaflets/{leaflet.id}/make-anew").status_code == 404


def test_an_action_that_is_done_again_does_not_bring_the_old_day_along(organizer: Person, event: Event) -> None:
    ready(organizer, event, "en")
    post(organizer.client, f"/events/{event.id}/again", {}, form_at=f"/events/{event.id}/edit")
    copy = db.session.query(Event).filter(Event.copied_from_id == event.id).one()
    assert queries.of_event(copy.id) == []
