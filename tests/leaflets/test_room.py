"""What one group may take of a site that others share."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from organizer import config
from organizer.db import db
from organizer.errors import RuleError
from organizer.events.models import Event
from organizer.leaflets import queries, rules
from organizer.leaflets import service as leaflets
from organizer.leaflets.models import Leaflet, LeafletVersion
from organizer.leaflets.rules import Kind, LeafletDetails, NotTaken, Upload, VersionDetails
from tests import factories, querying
from tests.factories import Person
from tests.leaflets import making, sending
from tests.leaflets.making import SENT, WHO

LETTERS = Upload(LeafletDetails("Letters", "en"), Kind.PICTURE, SENT)
VERSION = Upload(VersionDetails(), Kind.PICTURE, SENT)
MB = 1_000_000


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two files of a group may wait."""
    monkeypatch.setattr(rules, "MOST_WAITING", 2)


@pytest.fixture
def full(app: Flask, event: Event, monkeypatch: pytest.MonkeyPatch) -> Leaflet:
    """A published leaflet that takes all that its group may keep."""
    leaflet = making.published(event)
    leaflet.shown.renditions[0].size_bytes = MB
    db.session.commit()
    monkeypatch.setitem(app.extensions, "config", replace(config.current(), leaflet_megabytes=1))
    return leaflet


def _stored(blobs: Path) -> tuple[int, int, int]:
    db.session.rollback()
    rows = db.session.query(Leaflet).count(), db.session.query(LeafletVersion).count()
    return *rows, sum(path.is_file() for path in blobs.rglob("*"))


@pytest.mark.parametrize(
    ("waiting", "new", "kept_bytes", "most_megabytes"),
    [(0, 1, 0, 1), (199, 1, 0, 1), (0, 10, MB - 1, 1), (190, 10, 4999 * MB, 5000), (0, 1, 10**15, 0)],
)
def test_within_its_room_a_group_sends_what_it_likes(
    waiting: int, new: int, kept_bytes: int, most_megabytes: int
) -> None:
    rules.check_room(waiting, kept_bytes, new, most_megabytes)


@pytest.mark.parametrize(
    ("waiting", "new", "kept_bytes", "most_megabytes", "sentence"),
    [
        (200, 1, 0, 0, "more than 200 files of a group"),
        (191, 10, 0, 1, "more than 200 files of a group"),
        (0, 1, MB, 1, "the 1 MB"),
        (0, 1, 6000 * MB, 5000, "the 5000 MB"),
    ],
)
def test_beyond_it_a_sentence_says_what_to_do(
    waiting: int, new: int, kept_bytes: int, most_megabytes: int, sentence: str
) -> None:
    with pytest.raises(RuleError, match=sentence) as caught:
        rules.check_room(waiting, kept_bytes, new, most_megabytes)
    assert caught.value.field == "file"


def test_what_a_group_holds_is_asked_in_one_query(app: Flask, organizer: Person, event: Event) -> None:
    other = factories.event(factories.group())
    making.published(other)
    making.sent(other)
    assert queries.held(event.group_id) == (0, 0)
    made = [making.published(event) for _ in range(2)]
    second = making.next_version(made[0])
    making.sent(event)
    sizes = [[row.size_bytes for row in version.renditions] for version in (second, *(each.shown for each in made))]
    assert queries.held(event.group_id) == (1, sum(map(sum, sizes)))
    assert querying.asked(lambda: queries.held(event.group_id)) == 1
    leaflets.withdraw_version(second, WHO)
    assert queries.held(event.group_id) == (1, sum(map(sum, sizes[1:])))


@pytest.mark.usefixtures("few")
def test_more_than_wait_already_are_not_taken_until_some_are_rebuilt(event: Event, blobs: Path) -> None:
    refused, published = making.sent(event), making.published(event)
    refused.shown.state, refused.shown.reason = rules.State.REFUSED, "time"
    refused.shown.original_key = refused.shown.original_seal = None
    db.session.commit()
    first, _second = making.sent(event), making.sent(event)
    before = _stored(blobs)
    for send in (
        lambda: leaflets.upload(event, LETTERS, WHO),
        lambda: leaflets.upload_again(refused, LETTERS, WHO),
        lambda: leaflets.upload_version(published, VERSION, WHO),
    ):
        with pytest.raises(RuleError, match="Wait some minutes"):
            send()
        assert _stored(blobs) == before
    making.finish(first.shown)
    with pytest.raises(RuleError, match="Wait some minutes"):
        leaflets.upload_all(event, [LETTERS] * 2, WHO)
    leaflets.upload_all(event, [LETTERS, NotTaken(LETTERS.details, "archive")], WHO)


@pytest.mark.usefixtures("few")
def test_what_one_group_sends_holds_up_no_other(event: Event) -> None:
    making.sent(event)
    making.sent(event)
    making.sent(factories.event(factories.group()))


def test_a_group_that_keeps_too_much_sends_no_more(event: Event, full: Leaflet, blobs: Path) -> None:
    before = _stored(blobs)
    for send in (
        lambda: leaflets.upload(event, LETTERS, WHO),
        lambda: leaflets.upload_version(full, VERSION, WHO),
    ):
        with pytest.raises(RuleError, match="Withdraw leaflets or versions"):
            send()
        assert _stored(blobs) == before
    making.sent(factories.event(factories.group()))
    leaflets.withdraw(full, WHO)
    leaflets.upload(event, LETTERS, WHO)


@pytest.mark.parametrize("form", ["/events/{event}/leaflets/new", "/leaflets/{leaflet}/versions/new"])
def test_the_form_says_so_beside_the_file(
    organizer: Person, event: Event, full: Leaflet, blobs: Path, form: str
) -> None:
    before = _stored(blobs)
    path = form.format(event=event.id, leaflet=full.id)
    answer = sending.upload(organizer, path, sending.jpeg(), credits="Us", changes="Us")
    assert answer.status_code == 422
    _, _, field = answer.text.partition('id="file-error"')
    assert "Withdraw leaflets or versions that nobody needs" in field.partition("</p>")[0]
    assert "choose the file once more" not in answer.text
    assert 'value="Us"' in answer.text
    assert _stored(blobs) == before


@pytest.mark.usefixtures("few")
def test_so_does_the_form_for_another_file(organizer: Person, event: Event) -> None:
    path = sending.sent(organizer, event, b"%PDF-1.7 torn")
    making.sent(event)
    making.sent(event)
    answer = sending.upload(organizer, f"{path}/again", sending.jpeg())
    assert answer.status_code == 422
    _, _, field = answer.text.partition('id="file-error"')
    assert "Wait some minutes" in field.partition("</p>")[0]


def test_any_number_of_files_takes_as_many_queries_to_be_let_in(event: Event, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(leaflets, "writing", _stops)
    for number in (1, 3):
        with querying.statements() as sent, pytest.raises(ConnectionError):
            leaflets.upload_all(event, [LETTERS] * number, WHO)
        asked.append(len(sent))
    assert asked == [1, 1]


def _stops() -> None:
    raise ConnectionError
