"""From the author's form to the event's page, and back out of it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask, render_template
from flask.testing import FlaskClient
from time_machine import TimeMachineFixture
from werkzeug.test import TestResponse

from organizer import clock, config
from organizer.db import db
from organizer.events import queries as events
from organizer.events.models import Event
from organizer.events.rules import Visibility
from organizer.policy import NOBODY, Role
from organizer.statements import queries
from organizer.statements.models import Statement
from tests import factories
from tests.factories import Person, post

SECRET = re.compile(r'value="http://localhost(/s/[^"]+)"')
FORM: dict[str, object] = {
    "text": "I came because of the **letters**.\n\nNobody should sit for a word.",
    "language": "en",
    "byline_kind": "none",
    "byline": "",
    "uses": ["event_page", "site"],
}
NAMED = {**FORM, "byline_kind": "full_name", "byline": "Juniper Vale"}


@pytest.fixture
def event(organizer: Person) -> Event:
    return factories.event(organizer.group, starts_on=factories.past_day())


def hand_in(client: FlaskClient, event: Event, form: dict[str, object] = FORM) -> tuple[str, str]:
    """Send the form; return the clean address of the author's page, and the secret link."""
    sent = post(client, f"/events/{event.slug}/statements/new", form)
    assert sent.status_code == 303, sent.text
    mine = client.get(sent.location)
    secret = SECRET.search(mine.text)
    assert mine.status_code == 200
    assert secret
    return sent.location.partition("?")[0], secret[1]


def only() -> Statement:
    db.session.rollback()
    return db.session.query(Statement).one()


def at_desk(event: Event, act: str = "") -> str:
    return f"/events/{event.id}/statements/{only().id}{act}"


def decide(organizer: Person, event: Event, act: str, **data: object) -> TestResponse:
    """Press an editor's button on the statement's page, with what its form carries."""
    page = organizer.client.get(at_desk(event)).text
    shown = re.search(r'name="shown"[^>]*value="([^"]+)"', page)
    return post(
        organizer.client,
        at_desk(event, f"/{act}"),
        {"shown": shown[1] if shown else "", **data},
        form_at=at_desk(event),
    )


def publish(organizer: Person, event: Event, **data: object) -> str:
    """Publish the only statement; return its address."""
    assert decide(organizer, event, "publish", **data).status_code == 303
    return f"/statements/{only().id}"


def test_from_the_form_to_the_page_and_back_out(
    app: Flask, client: FlaskClient, organizer: Person, event: Event
) -> None:
    mine, secret = hand_in(client, event, NAMED)
    assert client.get(f"/statements/{only().id}").status_code == 404
    assert "Juniper Vale" in organizer.client.get(at_desk(event)).text

    address = publish(organizer, event)
    page = client.get(address)
    assert "<strong>letters</strong>" in page.text
    assert "Name withheld" in page.text
    assert "Juniper" not in page.text + client.get("/statements").text

    assert decide(organizer, event, "signer", known_by="We were at school together").status_code == 303
    assert "Juniper Vale" in client.get(address).text
    assert "Juniper Vale" in client.get("/statements").text
    assert "school" not in client.get(address).text

    other = app.test_client()
    opened = other.get(secret)
    assert opened.status_code == 303
    assert post(other, f"{opened.location}/name", {}, form_at=opened.location).status_code == 303
    assert "Juniper" not in client.get(address).text + client.get("/statements").text
    assert "<strong>letters</strong>" in client.get(address).text

    assert post(other, f"{opened.location}/withdraw", {}).status_code == 200
    gone = client.get(address)
    assert gone.status_code == 410
    assert "letters" not in gone.text + client.get("/statements").text
    assert other.get(secret).status_code == 410
    assert client.get(mine).status_code == 410


def test_a_change_leaves_the_public_until_it_was_read(client: FlaskClient, organizer: Person, event: Event) -> None:
    mine, _ = hand_in(client, event)
    address = publish(organizer, event)
    changed = post(client, f"{mine}/change", {**FORM, "text": "I came for my brother."})
    assert changed.status_code == 303
    assert client.get(address).status_code == 404
    publish(organizer, event)
    assert "for my brother" in client.get(address).text


def test_taking_the_name_away_by_the_form_needs_no_editor(client: FlaskClient, organizer: Person, event: Event) -> None:
    mine, _ = hand_in(client, event, {**FORM, "byline_kind": "pseudonym", "byline": "Leek"})
    address = publish(organizer, event)
    assert "Leek" in client.get(address).text
    assert post(client, f"{mine}/change", FORM).status_code == 303
    assert client.get(address).status_code == 200
    assert "Leek" not in client.get(address).text


def test_nothing_changes_by_looking(client: FlaskClient, organizer: Person, event: Event) -> None:
    mine, secret = hand_in(client, event, NAMED)
    address = publish(organizer, event, known_by="From school")
    paths = ["", "/name", "/withdraw", "/change", "/agree", "/link"]
    for path in [secret, *(f"{mine}{path}" for path in paths)]:
        client.get(path)
    for act in ["", "/publish", "/reject", "/name", "/signer", "/take-down"]:
        organizer.client.get(at_desk(event, act))
    assert "Juniper Vale" in client.get(address).text
    assert client.get(secret).status_code == 303


def test_an_organizer_writes_one_down_with_consent_in_person(
    app: Flask, client: FlaskClient, organizer: Person, event: Event
) -> None:
    consent = {
        "given_on": factories.past_day().isoformat(),
        "heard_by": "Wren",
        "read_back": ["text", "byline"],
    }
    named = {**FORM, "byline_kind": "first_name", "byline": "Juniper"}
    sent = post(organizer.client, f"/events/{event.id}/statements/take", {**named, **consent})
    assert sent.status_code == 303, sent.text
    handed = organizer.client.get(sent.location)
    mine = organizer.client.get(handed.location)
    assert "Let them photograph the code" in mine.text
    assert "Wren" in mine.text
    address = publish(organizer, event)
    assert "Juniper" in client.get(address).text
    author = app.test_client()
    secret = SECRET.search(mine.text)
    assert secret
    assert "Wren" in author.get(author.get(secret[1]).location).text


def test_what_was_written_down_without_consent_stays_unseen_until_its_author_agrees(
    app: Flask, client: FlaskClient, organizer: Person, event: Event
) -> None:
    sent = post(organizer.client, f"/events/{event.id}/statements/take", {**FORM, "uses": []})
    assert sent.status_code == 303, sent.text
    assert "has not agreed yet" in organizer.client.get(at_desk(event)).text
    address = publish(organizer, event)
    assert client.get(address).status_code == 404
    author = app.test_client()
    mine = author.get(sent.location).location
    page = author.get(mine).text
    shown = re.search(r'name="shown"[^>]*value="([^"]+)"', page)
    assert shown
    agreed = post(author, f"{mine.partition('?')[0]}/agree", {"shown": shown[1], "uses": ["event_page"]}, form_at=mine)
    assert agreed.status_code == 303
    assert client.get(address).status_code == 200
    assert "letters" not in client.get("/statements").text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"heard_by": ""}, "Who heard it?"),
        ({"read_back": []}, "Read the text back first"),
        ({"given_on": ""}, "Give a day from the action on"),
        ({"given_on": "2099-01-01"}, "Give a day from the action on"),
        ({"given_on": "2023-02-30"}, "Not a valid date"),
        ({"uses": []}, "leave all about consent empty"),
    ],
)
def test_half_a_consent_in_person_is_refused(
    organizer: Person, event: Event, changes: dict[str, object], sentence: str
) -> None:
    whole = {**FORM, "given_on": factories.past_day().isoformat(), "heard_by": "Wren", "read_back": ["text"]}
    sent = post(organizer.client, f"/events/{event.id}/statements/take", {**whole, **changes})
    assert sent.status_code == 422
    assert sentence in sent.text
    assert "because of the **letters**" in sent.text


def test_a_note_about_the_signer_is_asked_for_and_seen_by_organizers_only(
    client: FlaskClient, organizer: Person, event: Event
) -> None:
    mine, _ = hand_in(client, event, NAMED)
    publish(organizer, event, known_by="From the choir")
    assert "From the choir" in organizer.client.get(at_desk(event)).text
    assert "From the choir" not in client.get(mine).text


def test_an_organizer_takes_it_down_at_the_authors_word(client: FlaskClient, organizer: Person, event: Event) -> None:
    _, secret = hand_in(client, event, NAMED)
    address = publish(organizer, event)
    assert decide(organizer, event, "name").status_code == 303
    assert "Name withheld" not in client.get(address).text
    take_down = at_desk(event, "/take-down")
    assert "at once" in organizer.client.get(take_down).text
    assert client.get(address).status_code == 200
    assert post(organizer.client, take_down, {}).status_code == 303
    assert client.get(address).status_code == 410
    assert client.get(secret).status_code == 410
    assert organizer.client.get(at_desk(event)).status_code == 410
    assert "Taken back" in organizer.client.get(f"/events/{event.id}/statements").text


def test_what_is_rejected_is_unseen_and_can_be_published_after_all(
    client: FlaskClient, organizer: Person, event: Event
) -> None:
    mine, _ = hand_in(client, event)
    address = publish(organizer, event)
    assert decide(organizer, event, "reject").status_code == 303
    assert client.get(address).status_code == 404
    assert "do not publish it" in client.get(mine).text
    publish(organizer, event)
    assert client.get(address).status_code == 200


def test_an_editor_who_read_other_words_is_shown_the_new_ones(
    client: FlaskClient, organizer: Person, event: Event
) -> None:
    mine, _ = hand_in(client, event)
    stale = re.search(r'name="shown"[^>]*value="([^"]+)"', organizer.client.get(at_desk(event)).text)
    assert stale
    post(client, f"{mine}/change", {**FORM, "text": "I came for my brother."})
    refused = post(organizer.client, at_desk(event, "/publish"), {"shown": stale[1]}, form_at=at_desk(event))
    assert refused.status_code == 422
    assert "for my brother" in refused.text
    assert only().state == "submitted"


def test_an_author_changes_her_words_as_fast_as_she_likes(
    app: Flask, client: FlaskClient, event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, _ = hand_in(client, event)
    slow = config.load_config({"ORGANIZER_FORM_AGE_SECONDS": "5", "ORGANIZER_DATA_DIR": str(config.current().data_dir)})
    monkeypatch.setitem(app.extensions, "config", slow)
    assert post(client, f"{mine}/change", {**FORM, "text": "I came for my brother."}).status_code == 303
    assert only().text == "I came for my brother."


def test_nothing_is_published_during_the_action_unless_it_is_said_to_be_safe(
    client: FlaskClient, organizer: Person
) -> None:
    # It began yesterday and lasts until the day after tomorrow.
    began = clock.now() - timedelta(days=1)
    ends_on = (began + timedelta(days=3)).date()
    going_on = factories.event(organizer.group, starts_on=began.date(), ends_on=ends_on)
    hand_in(client, going_on)
    address = publish(organizer, going_on)
    assert client.get(address).status_code == 404
    assert "Scheduled" in organizer.client.get(at_desk(going_on)).text
    publish(organizer, going_on, moment="now")
    assert client.get(address).status_code == 200


def test_before_the_action_the_form_says_to_come_back(client: FlaskClient, app: Flask) -> None:
    coming = factories.event()
    path = f"/events/{coming.slug}/statements/new"
    page = client.get(path)
    assert page.status_code == 200
    assert "has not begun" in page.text
    assert "<textarea" not in page.text
    over = factories.event(starts_on=factories.past_day())
    refused = post(client, path, FORM, form_at=f"/events/{over.slug}/statements/new")
    assert refused.status_code == 422
    assert db.session.query(Statement).count() == 0


def test_statements_may_not_be_kept_by_caches(client: FlaskClient, organizer: Person, event: Event) -> None:
    mine, _ = hand_in(client, event)
    address = publish(organizer, event)
    for path in (address, "/statements"):
        page = client.get(path)
        assert page.headers["Cache-Control"] == "no-cache"
        assert page.headers["Vary"] == "Accept-Language, Cookie"
        assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
        assert '<meta name="robots" content="noindex">' in page.text
    for personal in (client.get(mine), organizer.client.get(address), organizer.client.get(at_desk(event))):
        assert personal.headers["Cache-Control"] == "no-store"
    assert "HttpOnly" in client.get(hand_in(client, event)[1]).headers["Set-Cookie"]


def test_feeds_do_not_notice(client: FlaskClient, organizer: Person, event: Event) -> None:
    before = [client.get(path).headers["ETag"] for path in ("/events.ics", f"/events/{event.id}.ics")]
    hand_in(client, event)
    publish(organizer, event)
    assert [client.get(path).headers["ETag"] for path in ("/events.ics", f"/events/{event.id}.ics")] == before


def test_kept_pages_notice_what_is_public_and_nothing_else(
    client: FlaskClient, organizer: Person, event: Event, time_machine: TimeMachineFixture
) -> None:
    time_machine.move_to(clock.now(), tick=False)
    before = client.get("/").headers["ETag"]
    mine, _ = hand_in(client, event)
    assert client.get("/").headers["ETag"] == before
    publish(organizer, event)
    published = client.get("/").headers["ETag"]
    assert published != before
    post(client, f"{mine}/withdraw", {})
    assert client.get("/").headers["ETag"] != published


def test_an_events_page_shows_what_was_said_and_asks_who_was_there(
    app: Flask, client: FlaskClient, organizer: Person, event: Event
) -> None:
    hand_in(client, event)
    publish(organizer, event)
    seen = events.seen_by(NOBODY, event, "en")
    with app.test_request_context():
        quotes = queries.on_event(event.id)
        on_event = render_template("statements/_on_event.html", quotes=quotes, event=seen, lang="en")
        on_home = render_template("statements/_on_home.html", quotes=queries.latest(2), lang="en")
        say_why = render_template("statements/_say_why.html", event=seen)
    assert "<strong>letters</strong>" in on_event
    assert "A participant" in on_event
    assert "Nobody should sit for a word." in on_home
    assert f"/events/{event.slug}/statements/new" in say_why


# Bad input: a clear message or the right status, nothing that was typed is lost, never a 5xx.


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"text": ""}, "Write a sentence at least."),
        ({"text": " \n\t "}, "Write a sentence at least."),
        ({"text": "\x00\x07"}, "Write a sentence at least."),
        ({"text": "a" * 100_000}, "20000"),
        ({"byline": "b" * 100_000, "byline_kind": "pseudonym"}, "80"),
        ({"byline": "Juniper"}, "what kind of name"),
        ({"byline_kind": "first_name"}, "Write the name as it should stand"),
        ({"byline_kind": "title"}, "Invalid Choice"),
        ({"byline_kind": ""}, "Choose how to sign"),
        ({"uses": []}, "Say where it may stand."),
        ({"uses": ["billboard"]}, "Invalid choice"),
        ({"uses": ["search"]}, "Say where it may stand."),
        ({"expires_on": "2020-01-01"}, "This day is over."),
        ({"expires_on": "soon"}, "Not a valid date"),
        ({"affiliation": "b" * 1000}, "120"),
        ({"language": "tlh"}, "Not a valid choice"),
        ({"website": "http://example.org"}, "Leave this field empty."),
    ],
)
def test_bad_input_is_told_and_what_was_typed_stays(
    client: FlaskClient, event: Event, changes: dict[str, object], sentence: str
) -> None:
    form = {**FORM, **changes}
    refused = post(client, f"/events/{event.slug}/statements/new", form)
    assert refused.status_code == 422
    assert sentence in refused.text
    assert db.session.query(Statement).count() == 0
    if "text" not in changes:
        assert "because of the **letters**" in refused.text


def test_two_hundred_kilobytes_in_another_script_get_an_answer(client: FlaskClient, event: Event) -> None:
    refused = post(client, f"/events/{event.slug}/statements/new", {**FORM, "text": "я" * 100_000})
    assert refused.status_code in (413, 422)


@pytest.mark.parametrize(
    ("text", "byline"),
    [
        ("Я пришла, потому что молчать нельзя.", "Ксения"),
        ("آمدم چون سکوت همدستی است.", "نسرین"),
        ("我来是因为不能沉默。", "小林"),
        ("Zażółć gęślą jaźń 🕊️", "🌻"),
    ],
)
def test_other_scripts_stand_as_they_were_written(
    client: FlaskClient, organizer: Person, event: Event, text: str, byline: str
) -> None:
    hand_in(client, event, {**FORM, "text": text, "byline_kind": "pseudonym", "byline": byline})
    page = client.get(publish(organizer, event)).text
    assert text in page
    assert byline in page


def test_markup_and_controls_do_nothing(client: FlaskClient, organizer: Person, event: Event) -> None:
    text = "<script>alert(1)</script> ![x](https://example.org/x.png) [here](javascript:alert(1)) [there](https://example.org)\x00\x1b"
    hand_in(client, event, {**FORM, "text": text, "byline_kind": "pseudonym", "byline": "<b onload=x>Leek\x07</b>"})
    pages = client.get(publish(organizer, event)).text + organizer.client.get(at_desk(event)).text
    pages += organizer.client.get(f"/events/{event.id}/statements").text + client.get("/statements").text
    assert "<script>alert" not in pages
    assert "<b onload" not in pages
    assert "<img" not in pages
    assert 'href="javascript' not in pages
    assert not re.search(r"[\x00\x07\x1b]", pages)
    assert re.search(r'<a href="https://example.org"[^>]*rel="[^"]*nofollow', pages)


@pytest.mark.parametrize("act", ["", "/agree", "/change", "/name", "/link", "/withdraw"])
def test_without_the_link_there_is_nothing(app: Flask, client: FlaskClient, event: Event, act: str) -> None:
    mine, secret = hand_in(client, event)
    stranger = app.test_client()
    assert stranger.get(mine + act).status_code in (404, 405)
    assert stranger.post(mine + act).status_code in (404, 405)
    forged = secret[:-1] + ("a" if secret[-1] != "a" else "b")
    assert stranger.get(forged).status_code == 404
    stranger.set_cookie("statement", forged.removeprefix("/s/"), path=mine)
    assert stranger.get(mine).status_code == 404


@pytest.mark.parametrize("token", ["x", "%00", ".", "a" * 26, "a" * 26 + ".", "a" * 26 + "." + "я" * 32, "я." * 9])
def test_tokens_that_are_none_lead_nowhere(client: FlaskClient, event: Event, token: str) -> None:
    assert client.get(f"/s/{token}").status_code == 404
    assert client.get(f"/statements/{token}").status_code == 404


@pytest.mark.parametrize("act", ["/agree", "/change", "/name", "/link", "/withdraw"])
def test_a_post_without_token_changes_nothing(client: FlaskClient, organizer: Person, event: Event, act: str) -> None:
    mine, secret = hand_in(client, event, NAMED)
    address = publish(organizer, event, known_by="From school")
    assert client.post(mine + act, data=FORM).status_code == 422
    assert "Juniper Vale" in client.get(address).text
    assert client.get(secret).status_code == 303


@pytest.mark.parametrize("act", ["publish", "signer", "reject", "name", "take-down"])
def test_an_editors_post_without_token_changes_nothing(
    client: FlaskClient, organizer: Person, event: Event, act: str
) -> None:
    hand_in(client, event, NAMED)
    assert organizer.client.post(at_desk(event, f"/{act}"), data={"known_by": "x"}).status_code == 422
    assert (only().state, only().byline, only().known_by) == ("submitted", "Juniper Vale", None)


def test_a_form_without_token_is_shown_again_filled(client: FlaskClient, event: Event) -> None:
    sent = client.post(f"/events/{event.slug}/statements/new", data=FORM)
    assert sent.status_code == 422
    assert "because of the **letters**" in sent.text


@pytest.mark.parametrize("act", ["", "/publish", "/signer", "/reject", "/name", "/take-down"])
def test_only_organizers_of_the_events_group_decide(
    app: Flask, client: FlaskClient, organizer: Person, event: Event, act: str
) -> None:
    hand_in(client, event)
    path, missing = at_desk(event, act), f"/events/{event.id}/statements/{'a' * 26}{act}"
    member = factories.person(app, Role.MEMBER, organizer.group)
    stranger = factories.person(app)
    for person in (member, stranger):
        for method in ("GET", "POST"):
            answer = person.client.open(path, method=method)
            assert answer.status_code in (404, 405)
            assert answer.data == person.client.open(missing, method=method).data
    assert client.post(path).status_code in (303, 403, 405)
    other = factories.event(stranger.group, starts_on=factories.past_day())
    assert stranger.client.get(f"/events/{other.id}/statements/{only().id}").status_code == 404


@pytest.mark.parametrize("path", ["statements", "statements/take"])
def test_the_queue_is_for_organizers(app: Flask, client: FlaskClient, event: Event, path: str) -> None:
    assert client.get(f"/events/{event.id}/{path}").status_code == 303
    assert factories.person(app).client.get(f"/events/{event.id}/{path}").status_code == 404


def test_a_private_action_takes_statements_from_its_members_only(
    app: Flask, client: FlaskClient, organizer: Person
) -> None:
    private = factories.event(organizer.group, starts_on=factories.past_day(), visibility=Visibility.PRIVATE)
    path = f"/events/{private.id}/statements/new"
    assert client.get(path).status_code == 404
    assert organizer.client.get(path).status_code == 200
    assert post(organizer.client, path, FORM).status_code == 303
    address = publish(organizer, private)
    assert client.get(address).status_code == 404
    assert organizer.client.get(address).status_code == 200
