"""From `flask start` to the last word: one action as organizer, participant and subscriber live through it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

import pytest

from tests.browser import looks
from tests.browser.conftest import Browse
from tests.browser.letters import GROUP, ZONE, begin, in_days, link_in
from tests.browser.people import Organizer, Participant
from tests.browser.subscriber import Subscriber
from tests.made_once import made_once
from tests.media import corpus
from tests.served import serving

pytestmark = pytest.mark.browser

LEAFLETING = {
    "title": "Leaflets at the farmers' market",
    "what_for": "In solidarity with political prisoners in Russia who oppose the war.",
    "starts_time": "10:00",
    "ends_time": "13:00",
    "place": "Farmers' market",
}
LATER = date.fromisoformat(in_days(10))
EMPTY = ("/", "/past", "/statements", "/leaflets", f"/groups/{GROUP}", f"/groups/{GROUP}/desk")
WHY = "My neighbour asked me what one leaflet changes. I said: I do not know, take one."


@dataclass(frozen=True)
class Stage:
    """A new site with its owner's link, and who walks about on it, each before a browser of her own."""

    url: str
    link: str
    has_script: bool
    organizer: Organizer
    participant: Participant
    elsewhere: Participant
    """The same participant before another machine, which knows nothing of her but what she brings along."""
    subscriber: Subscriber


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, browse: Browse) -> Iterator[Stage]:
    folder = made_once(tmp_path_factory, "letters", begin)
    with serving(folder, "--no-demo") as site:
        url = f"http://127.0.0.1:{site.port}"
        contexts = [browse(url, java_script_enabled=request.param) for _person in range(3)]
        yield Stage(
            url,
            link_in(folder),
            request.param,
            Organizer(contexts[0]),
            Participant(contexts[1]),
            Participant(contexts[2]),
            Subscriber(f"{url}/groups/{GROUP}.ics"),
        )
        assert "level=error" not in site.log.read_text()


def test_an_action_from_the_first_sign_in_to_the_last_word(stage: Stage) -> None:
    begins(stage)
    past = records_the_oakland_leafleting(stage)
    coming = publishes_the_next_one(stage)
    hands_out_a_leaflet(stage, coming)
    answer = answers_and_changes_the_answer(stage, coming)
    tells_of_changes(stage, coming, answer)
    speaks_and_takes_the_name_back(stage, past)
    cancels(stage, coming, answer)


def begins(stage: Stage) -> None:
    stage.organizer.chooses_a_password(stage.link)
    stage.organizer.signs_out_and_in("Fern")
    if stage.has_script:
        for path in EMPTY:
            stage.organizer.opens(path)
            assert looks.quick_faults(stage.organizer.page) == []
    assert stage.subscriber.hears()
    assert stage.subscriber.calendar == {}


def records_the_oakland_leafleting(stage: Stage) -> str:
    """What is long over is in no feed but its own."""
    address = stage.organizer.publishes(**LEAFLETING, starts_on="2023-01-21")
    stage.organizer.sees("Saturday, January 21, 2023", "10:00\u202fAM to 1:00\u202fPM, Pacific Time")
    stage.subscriber.hears()
    assert stage.subscriber.calendar == {}
    alone = Subscriber(f"{stage.url}/events/{stage.organizer.event_id(address)}.ics")
    assert alone.hears()
    assert alone.only.starts == datetime(2023, 1, 21, 10, tzinfo=ZONE)
    assert not alone.hears()
    return address


def publishes_the_next_one(stage: Stage) -> str:
    address = stage.organizer.publishes(**LEAFLETING, starts_on=LATER.isoformat())
    assert stage.subscriber.hears()
    shown = stage.subscriber.only
    assert (shown.summary, shown.status, shown.sequence) == (LEAFLETING["title"], "CONFIRMED", 0)
    assert shown.starts == datetime(LATER.year, LATER.month, LATER.day, 10, tzinfo=ZONE)
    assert shown.location == "Farmers' market, Oakland"
    assert shown.description.startswith(address)
    assert not stage.subscriber.hears()
    return address


def hands_out_a_leaflet(stage: Stage, coming: str) -> None:
    stage.organizer.publishes_a_leaflet(coming, "Letters to prisoners", corpus.planted_pdf())
    stage.participant.opens(coming)
    stage.participant.sees("Letters to prisoners")
    served = stage.participant.downloads("Download")
    assert served.startswith(b"%PDF-")
    assert b"CANARY" not in served
    assert stage.subscriber.hears()
    (attached,) = stage.subscriber.only.attached
    assert attached.startswith(f"{stage.url}/leaflets/")
    assert "Leaflet: Letters to prisoners (English)" in stage.subscriber.only.description
    assert attached.removesuffix("/file") in stage.subscriber.only.description


def answers_and_changes_the_answer(stage: Stage, coming: str) -> str:
    """Who comes is nothing that a calendar tells."""
    answer = stage.participant.answers(coming, party_size=2)
    stage.elsewhere.changes_the_party(answer, 3)
    stage.participant.page.reload()
    stage.participant.sees("3 people")
    stage.organizer.opens(coming)
    stage.organizer.follows("Answers")
    stage.organizer.sees("Leek", "3")
    assert not stage.subscriber.hears()
    return answer


def tells_of_changes(stage: Stage, coming: str, answer: str) -> None:
    before = stage.subscriber.only
    stage.organizer.posts_a_notice(coming, "We stand at the north gate")
    assert stage.subscriber.hears()
    assert "We stand at the north gate" in stage.subscriber.only.description
    assert stage.subscriber.only.sequence == before.sequence

    stage.organizer.moves(coming, "Market hall")
    assert stage.subscriber.hears()
    assert stage.subscriber.only.location == "Market hall, Oakland"
    assert stage.subscriber.only.sequence == before.sequence + 1

    stage.participant.opens(answer)
    stage.participant.sees("We stand at the north gate", "Market hall")


def speaks_and_takes_the_name_back(stage: Stage, past: str) -> None:
    reader = stage.participant
    statement = reader.says_why(past, WHY, "Juniper")
    reader.opens(past)
    reader.does_not_see(WHY)

    stage.organizer.publishes_the_statement(past)
    for address in (past, "/", "/statements"):
        reader.opens(address)
        reader.sees(WHY, "Juniper")

    stage.elsewhere.takes_the_name_back(statement)
    for address in (past, "/", "/statements"):
        reader.opens(address)
        reader.sees(WHY, "A participant")
        assert "Juniper" not in reader.page.content()
    assert not stage.subscriber.hears()


def cancels(stage: Stage, coming: str, answer: str) -> None:
    before = stage.subscriber.only
    stage.organizer.cancels(coming, "A storm is coming")
    assert stage.subscriber.hears()
    shown = stage.subscriber.only
    assert (shown.summary, shown.status) == (f"Cancelled: {LEAFLETING['title']}", "CANCELLED")
    assert shown.sequence == before.sequence + 1
    assert "A storm is coming" in shown.description
    stage.participant.opens(answer)
    stage.participant.sees("Cancelled", "A storm is coming")
    stage.participant.opens(coming)
    stage.participant.sees("This will not take place.")
    assert not stage.subscriber.hears()
