"""One leaflet after another under one name: sent, looked at, put in the place of the one before, taken away."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from itertools import product

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from organizer import outbox, storage
from organizer.db import db
from organizer.errors import Gone, OrganizerError, RuleError, Unsettled
from organizer.events.models import Event
from organizer.leaflets import files, jobs, outcome, queries, renditions
from organizer.leaflets import service as leaflets
from organizer.leaflets.models import Leaflet, LeafletVersion
from organizer.leaflets.rules import PUBLIC, WAITING, Kind, Paper, Purpose, State, Upload, VersionDetails
from organizer.media import Picture
from organizer.outbox import Fact
from tests import factories
from tests.factories import Person, post
from tests.groups import racing
from tests.leaflets import making, sending
from tests.leaflets.making import PDF, WHO
from tests.world import PHOTO

NEWER = Picture(b"\xff\xd8\xff\xe0 a newer picture", "image/jpeg", 1, 1, previews=PHOTO.previews)


@pytest.fixture
def leaflet(organizer: Person, event: Event) -> str:
    """The address of a published one."""
    return sending.published(organizer, event, sending.jpeg())


def _stored(address: str) -> Leaflet:
    db.session.rollback()
    return db.session.get_one(Leaflet, address.split("/")[2])


def _send(organizer: Person, leaflet: str, data: bytes | None = None, **words: str) -> str:
    """The address of a new version, rebuilt or refused."""
    answer = sending.upload(organizer, f"{leaflet}/versions/new", data or sending.plain_pdf(), **words)
    assert answer.status_code == 303, answer.text
    outbox.run_owed()
    return answer.location


@pytest.fixture
def renewed(organizer: Person, leaflet: str) -> str:
    """The address of one whose second version is published."""
    _send(organizer, leaflet, changes="The new address")
    sending.publish(organizer, leaflet, 2)
    return leaflet


# The whole way.


def test_until_a_new_version_is_published_everyone_sees_the_one_before(
    client: FlaskClient, organizer: Person, leaflet: str, event: Event
) -> None:
    before = client.get(f"{leaflet}/file").data
    waiting = _send(organizer, leaflet, changes="The new address")
    assert waiting == f"{leaflet}/versions/2"
    assert client.get(waiting).status_code == client.get(f"{waiting}/file").status_code == 404
    assert client.get(f"{leaflet}/file").data == before
    assert "The new address" not in client.get(leaflet).text
    draft = organizer.client.get(waiting).text
    assert "Until you publish it, everyone sees version 1." in draft
    assert "To be looked at" in organizer.client.get(f"/events/{event.id}/leaflets").text
    assert queries.waiting([event.id]) == {event.id: 1}

    sending.publish(organizer, leaflet, 2)
    page = client.get(leaflet).text
    assert "The new address" in page
    assert "PDF, 1 page" in page
    assert client.get(f"{leaflet}/file").data.startswith(b"%PDF-")
    assert [version.state for version in _stored(leaflet).versions] == [State.REPLACED, State.PUBLISHED]


def test_the_old_version_keeps_its_address_and_says_that_there_is_a_newer_one(
    client: FlaskClient, renewed: str
) -> None:
    page = client.get(f"{renewed}/versions/1").text
    assert "There is a newer version" in page
    assert f'href="{renewed}"' in page
    assert "noindex" in page
    old, new = client.get(f"{renewed}/versions/1/file"), client.get(f"{renewed}/versions/2/file")
    assert (old.content_type, new.content_type) == ("image/jpeg", "application/pdf")
    assert client.get(f"{renewed}/versions/1/pages/1/small.webp").status_code == 200
    assert "There is a newer version" not in client.get(f"{renewed}/versions/2").text


def test_only_permanent_addresses_may_be_kept_for_good(client: FlaskClient, renewed: str) -> None:
    for path in ("file", "pages/1/small.webp"):
        for number in (1, 2):
            kept = client.get(f"{renewed}/versions/{number}/{path}").headers["Cache-Control"]
            assert kept == "private, max-age=31536000, immutable"
        assert client.get(f"{renewed}/{path}").headers["Cache-Control"] == "private, no-cache"
        assert client.get(f"{renewed}/{path}?version=1").headers["Cache-Control"] == "private, no-cache"


def test_calendars_hear_of_a_new_version_and_still_lead_to_the_newest(
    client: FlaskClient, organizer: Person, leaflet: str
) -> None:
    before = client.get("/events.ics")
    _send(organizer, leaflet)
    sending.publish(organizer, leaflet, 2)
    after = client.get("/events.ics", headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert f"ATTACH;FMTTYPE=application/pdf:http://localhost{leaflet}/file" in after.text.replace("\r\n ", "")


def test_the_words_of_a_leaflet_stay_when_a_version_is_sent(organizer: Person, leaflet: str) -> None:
    _send(organizer, leaflet, title="Something else", text_alternative="Write to them.")
    assert _stored(leaflet).title == "Letters to prisoners"
    assert _stored(leaflet).versions[0].text_alternative == ""
    assert _stored(leaflet).versions[1].text_alternative == "Write to them."


def test_what_is_said_about_one_version_can_be_changed(client: FlaskClient, organizer: Person, renewed: str) -> None:
    form = {"changes": "A letter more", "text_alternative": "In order."}
    assert post(organizer.client, f"{renewed}/versions/2/words", form).location == f"{renewed}/versions/2"
    page = client.get(renewed).text
    assert "A letter more" in page
    assert "In order." in page
    assert "In order." not in client.get(f"{renewed}/versions/1").text


# One after the other.


def test_one_new_version_waits_at_a_time(organizer: Person, leaflet: str) -> None:
    _send(organizer, leaflet)
    answer = sending.upload(organizer, f"{leaflet}/versions/new", sending.plain_pdf(), changes="Kept as typed")
    assert answer.status_code == 422
    assert "Another new version waits already." in answer.text
    assert "Kept as typed" in answer.text
    assert len(_stored(leaflet).versions) == 2


def test_a_picture_is_taken_as_it_is(organizer: Person, leaflet: str) -> None:
    _send(organizer, leaflet, sending.jpeg(), is_flat="y")
    assert [version.is_flat for version in _stored(leaflet).versions] == [False, False]


def test_pages_of_a_new_version_become_pictures(organizer: Person, leaflet: str) -> None:
    _send(organizer, leaflet, is_flat="y")
    version = _stored(leaflet).versions[1]
    assert (version.is_flat, version.state) == (True, State.READY)


def test_a_refused_file_makes_room_for_another(organizer: Person, leaflet: str) -> None:
    refused = _send(organizer, leaflet, b"%PDF-1.7 and then nothing of the kind")
    page = organizer.client.get(refused).text
    assert "We could not take this file" in page
    assert f'href="{leaflet}/versions/new"' in page
    assert _send(organizer, leaflet) == refused
    assert _stored(leaflet).versions[1].state == State.READY


def test_a_leaflet_that_is_not_published_takes_no_new_version(organizer: Person, event: Event) -> None:
    draft = sending.sent(organizer, event, sending.jpeg())
    answer = sending.upload(organizer, f"{draft}/versions/new", sending.plain_pdf())
    assert answer.status_code == 422
    assert "Nothing is published yet" in answer.text


def test_a_draft_that_is_dropped_leaves_the_published_one(client: FlaskClient, organizer: Person, leaflet: str) -> None:
    dropped = _send(organizer, leaflet)
    assert post(organizer.client, f"{dropped}/withdraw", {}).location == leaflet
    outbox.run_owed()
    assert client.get(leaflet).status_code == 200
    assert client.get(dropped).status_code == 404
    assert organizer.client.get(dropped).status_code == 410
    assert list(storage.current().keys(files.folder(_stored(leaflet).versions[1].id))) == []
    assert _send(organizer, leaflet) == f"{leaflet}/versions/3"


def test_what_was_looked_at_is_what_is_published(organizer: Person, leaflet: str) -> None:
    looked_at = _send(organizer, leaflet)
    post(organizer.client, f"{looked_at}/withdraw", {})
    _send(organizer, leaflet)
    late = post(organizer.client, f"{looked_at}/publish", {}, form_at=f"{leaflet}/edit")
    assert late.status_code == 410
    assert [version.state for version in _stored(leaflet).versions] == [
        State.PUBLISHED, State.WITHDRAWN, State.READY
    ]  # fmt: skip


# Taken away.


def test_a_withdrawal_says_why_and_nothing_else(client: FlaskClient, organizer: Person, renewed: str) -> None:
    post(organizer.client, f"{renewed}/withdraw", {"withdrawn_because": "A date in it is wrong <b>."})
    for path in ("", "/file", "/versions/1", "/versions/2", "/versions/1/file", "/versions/2/pages/1/small.webp"):
        answer = client.get(f"{renewed}{path}")
        assert answer.status_code == 410
        assert "This leaflet was withdrawn" in answer.text
        assert "A date in it is wrong &lt;b&gt;." in answer.text
        assert "Letters to prisoners" not in answer.text
    assert {version.state for version in _stored(renewed).versions} == {State.WITHDRAWN}
    outbox.run_owed()
    assert list(storage.current().keys("leaflets")) == []


def test_nobody_must_say_why(client: FlaskClient, organizer: Person, leaflet: str) -> None:
    post(organizer.client, f"{leaflet}/withdraw", {"withdrawn_because": ""})
    assert "Why:" not in client.get(leaflet).text


def test_a_reason_that_is_too_long_comes_back_as_it_was_typed(organizer: Person, leaflet: str) -> None:
    answer = post(organizer.client, f"{leaflet}/withdraw", {"withdrawn_because": "x" * 301})
    assert answer.status_code == 422
    assert "x" * 301 in answer.text
    assert _stored(leaflet).published is not None


def test_a_single_old_version_can_be_withdrawn(client: FlaskClient, organizer: Person, renewed: str) -> None:
    old = f"{renewed}/versions/1"
    assert post(organizer.client, f"{old}/withdraw", {"withdrawn_because": "A wrong date."}).location == renewed
    outbox.run_owed()
    gone = client.get(old)
    assert gone.status_code == client.get(f"{old}/file").status_code == 410
    assert "This version was withdrawn" in gone.text
    assert "A wrong date." in gone.text
    assert f'href="{renewed}"' in gone.text
    assert client.get(renewed).status_code == client.get(f"{renewed}/file").status_code == 200
    post(organizer.client, f"{renewed}/withdraw", {"withdrawn_because": "All of it."})
    assert "A wrong date." in client.get(old).text
    assert "All of it." in client.get(renewed).text


def test_the_version_that_everyone_sees_goes_with_the_whole_leaflet_only(organizer: Person, renewed: str) -> None:
    answer = post(organizer.client, f"{renewed}/versions/2/withdraw", {})
    assert answer.status_code == 422
    assert "withdraw the whole leaflet" in answer.text
    assert _stored(renewed).published is not None


# Who sees what.


def test_the_organizers_side_of_versions_is_theirs(app: Flask, client: FlaskClient, renewed: str) -> None:
    stranger = factories.person(app)
    for path in ("versions/new", "versions/1/words", "versions/1/withdraw"):
        assert client.get(f"{renewed}/{path}").status_code == 303
        assert stranger.client.get(f"{renewed}/{path}").status_code == 404


@pytest.mark.parametrize("number", ["0", "3", "9999", "10001", "9" * 30, "-1", "x", "%00"])
def test_numbers_that_no_version_has_lead_nowhere(
    client: FlaskClient, organizer: Person, renewed: str, number: str
) -> None:
    for tail in ("", "/file", "/pages/1/small.webp"):
        assert client.get(f"{renewed}/versions/{number}{tail}").status_code == 404
        assert organizer.client.get(f"{renewed}/versions/{number}{tail}").status_code == 404


# Whatever the order.

ACTS = ("upload", "rebuild", "refuse", "publish", "drop", "drop the first", "withdraw")
LATE = ("rebuild late", "refuse late", "sweep")


def _acts(leaflet: Leaflet, organizer: Person) -> dict[str, Callable[[], object]]:
    def waiting() -> LeafletVersion:
        return leaflet.waiting or leaflet.versions[-1]

    who, first = organizer.account_id, leaflet.versions[0].original_key
    return {
        "upload": lambda: leaflets.upload_version(
            leaflet, Upload(VersionDetails(), Kind.PICTURE, b"\xff\xd8\xff"), who
        ),
        "rebuild": lambda: making.finish(waiting(), NEWER),
        "rebuild late": lambda: outcome.finish(waiting(), NEWER, first),
        "refuse": lambda: outcome.refuse(waiting(), "unsafe", waiting().source_key),
        "refuse late": lambda: outcome.refuse(waiting(), "unsafe", first),
        "sweep": lambda: files.sweep(waiting().id),
        "publish": lambda: leaflets.publish(leaflet, who, waiting().number),
        "drop": lambda: leaflets.withdraw_version(waiting(), who),
        "drop the first": lambda: leaflets.withdraw_version(leaflet.versions[0], who),
        "withdraw": lambda: leaflets.withdraw(leaflet, who),
    }


def _do(acts: list[str], event: Event, organizer: Person) -> None:
    leaflet = making.sent(event)
    known = _acts(leaflet, organizer)
    was_public = False
    for act in ("rebuild", "publish", *acts):
        with suppress(RuleError, Gone, Unsettled):
            known[act]()
        db.session.rollback()
        db.session.expire_all()
        _check(leaflet, was_public=was_public)
        was_public = leaflet.published is not None


def _check(leaflet: Leaflet, *, was_public: bool) -> None:
    states = [version.state for version in leaflet.versions]
    assert states.count(State.PUBLISHED) <= 1
    assert sum(state in WAITING for state in states) <= 1
    assert [version.number for version in leaflet.versions] == list(range(1, len(states) + 1))
    for version in leaflet.versions:
        assert (version.published_at is not None) or version.state not in PUBLIC
        assert version.state != State.WITHDRAWN or not version.renditions
        assert files.blob_keys(version.id) <= set(storage.current().keys(files.folder(version.id)))
    if was_public and leaflet.published is None:
        # Only with the whole leaflet does what everyone sees go away.
        assert set(states) == {State.WITHDRAWN}


@given(st.lists(st.sampled_from(ACTS + LATE), max_size=14))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_done_in_whatever_order_one_version_at_most_is_public(
    organizer: Person, event: Event, acts: list[str]
) -> None:
    _do(acts, event, organizer)


@pytest.mark.load
def test_so_it_is_for_each_short_order(organizer: Person, event: Event) -> None:
    for acts in product(ACTS, repeat=3):
        _do(list(acts), event, organizer)


# At once.


def _at_once(app: Flask, *acts: Callable[[], object]) -> list[str]:
    """What each act comes to: done, or the name of its refusal."""

    def begun(act: Callable[[], object]) -> racing.Act:
        return lambda wait: (wait(), act())

    outcomes = racing.at_once(app, [begun(act) for act in acts])
    return [type(outcome).__name__ if isinstance(outcome, OrganizerError) else "done" for outcome in outcomes]


def _fresh(leaflet_id: str) -> Leaflet:
    return db.session.get_one(Leaflet, leaflet_id)


@pytest.mark.load
def test_two_who_publish_at_once_publish_it_once(app: Flask, organizer: Person, leaflet: str) -> None:
    for number in range(2, 8):
        _send(organizer, leaflet, sending.jpeg())
        leaflet_id = _stored(leaflet).id
        db.session.rollback()
        acts = [lambda: leaflets.publish(_fresh(leaflet_id), organizer.account_id, number)] * 3  # noqa: B023 - they are joined
        outcomes = _at_once(app, *acts)
        assert sorted(outcomes) == ["RuleError", "RuleError", "done"]
        states = [version.state for version in _stored(leaflet).versions]
        assert states == [State.REPLACED] * (number - 1) + [State.PUBLISHED]


@pytest.mark.load
def test_two_who_send_a_version_at_once_leave_one_waiting(app: Flask, organizer: Person, leaflet: str) -> None:
    leaflet_id = _stored(leaflet).id
    db.session.rollback()

    def send() -> object:
        return leaflets.upload_version(
            _fresh(leaflet_id), Upload(VersionDetails(), Kind.PICTURE, sending.jpeg()), organizer.account_id
        )

    assert sorted(_at_once(app, send, send, send)) == ["RuleError", "RuleError", "done"]
    waiting = _stored(leaflet).waiting
    assert waiting
    assert waiting.number == 2
    kept = {blob for version in _stored(leaflet).versions for blob in files.blob_keys(version.id)}
    assert set(storage.current().keys("leaflets")) == kept


@pytest.mark.load
def test_publishing_and_withdrawing_at_once_end_in_a_withdrawal(app: Flask, organizer: Person, event: Event) -> None:
    for _ in range(5):
        address = sending.published(organizer, event, sending.jpeg())
        _send(organizer, address, sending.jpeg())
        leaflet_id = _stored(address).id
        db.session.rollback()
        outcomes = _at_once(
            app,
            lambda: leaflets.publish(_fresh(leaflet_id), organizer.account_id, 2),  # noqa: B023 - they are joined
            lambda: leaflets.withdraw(_fresh(leaflet_id), organizer.account_id),  # noqa: B023 - they are joined
        )
        assert outcomes[1] == "done"
        assert {version.state for version in _stored(address).versions} == {State.WITHDRAWN}
        assert not any(version.renditions for version in _stored(address).versions)


def _with_its_worker(version: LeafletVersion) -> dict[str, Callable[[], object]]:
    """What people and workers may do with it at one moment."""
    version_id, leaflet_id, made_of = version.id, version.leaflet_id, version.source_key or ""

    def stored() -> LeafletVersion:
        return db.session.get_one(LeafletVersion, version_id)

    def sweep() -> None:
        with suppress(Unsettled):
            files.sweep(version_id)

    return {
        "finish": lambda: outcome.finish(stored(), PDF, made_of),
        "refuse": lambda: outcome.refuse(stored(), "time", made_of),
        "keep": lambda: renditions.keep(stored(), Purpose.GREY, Paper.OWN, b"%PDF- grey", made_of),
        "sweep": sweep,
        "publish": lambda: leaflets.publish(_fresh(leaflet_id), WHO, 1),
        "flatten": lambda: leaflets.flatten(stored(), WHO),
        "withdraw": lambda: leaflets.withdraw(_fresh(leaflet_id), WHO),
    }


@pytest.mark.load
@pytest.mark.parametrize(
    "together",
    [
        ("finish", "refuse", "sweep"),
        ("finish", "finish", "withdraw"),
        ("keep", "keep", "flatten", "sweep"),
        ("keep", "publish", "sweep"),
        ("keep", "sweep", "withdraw"),
    ],
)
def test_workers_and_people_at_once_lose_nothing_that_is_needed(
    app: Flask, event: Event, together: tuple[str, ...]
) -> None:
    for _ in range(5):
        leaflet = making.ready(event, made=PDF) if "keep" in together else making.sent(event, kind=Kind.PDF)
        version_id, acts = leaflet.shown.id, _with_its_worker(leaflet.shown)
        db.session.rollback()
        _at_once(app, *(acts[name] for name in together))
        db.session.expire_all()
        kept = set(storage.current().keys(files.folder(version_id)))
        assert files.blob_keys(version_id) <= kept
        if "withdraw" in together:
            assert leaflet.shown.state == State.WITHDRAWN
            jobs.sweep(Fact("leaflet.withdrawn", version_id))
            assert storage.current().keys(files.folder(version_id)) == []
