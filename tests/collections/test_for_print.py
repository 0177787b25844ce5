from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import date, timedelta
from threading import BoundedSemaphore
from time import monotonic

import pytest
from flask.testing import FlaskClient

from organizer import clock
from organizer.collections import archive, queries, setting
from organizer.collections import service as collections
from organizer.collections.models import Collection
from organizer.collections.rules import CollectionDetails
from organizer.events import queries as events
from organizer.policy import NOBODY
from organizer.statements import rules
from organizer.statements import service as statements
from organizer.statements.models import Statement
from organizer.statements.rules import ConsentDetails, Moment, ReviewDetails, StatementDetails, Use
from tests import factories
from tests.collections.collecting import EVERYWHERE, collection, photo, said
from tests.factories import Person

pytestmark = pytest.mark.usefixtures("app")


def _link(made: Collection) -> str:
    return f"/collections/for-print/{queries.link_token(made)}"


def _given(made: Collection) -> str:
    return f"/collections/for-print/given/{made.id}"


def _later(patched: pytest.MonkeyPatch, days: int) -> None:
    now = clock.now() + timedelta(days=days)
    patched.setattr(clock, "now", lambda: now)
    patched.setattr(clock, "today", now.date)


def test_the_link_leads_to_a_clean_address_that_nobody_keeps(client: FlaskClient, organizer: Person) -> None:
    made = collection(organizer, said(organizer, "Someword."), is_published=False, ready_by=date(2031, 5, 3))
    page = f"/collections/{made.slug}/for-print"
    assert factories.post(organizer.client, page, {"days": "7"}).status_code == 303
    assert client.get(_given(made)).status_code == 404
    assert _link(made) in organizer.client.get(page).get_data(as_text=True)
    answer = client.get(_link(made))
    assert (answer.status_code, answer.location) == (303, _given(made))
    given = client.get(_given(made))
    assert given.headers["Cache-Control"] == "no-store"
    text = given.get_data(as_text=True)
    assert "noindex" in text
    assert "Someword." in text
    assert "Ready for print by Saturday, May 3, 2031." in text


def test_a_link_ends_with_its_last_day(client: FlaskClient, organizer: Person) -> None:
    made = collection(organizer, said(organizer, "Someword."))
    collections.make_link(made, 7, organizer.account_id)
    client.get(_link(made))
    for days, status in ((7, 200), (8, 410)):
        with pytest.MonkeyPatch.context() as patched:
            _later(patched, days)
            assert client.get(_given(made)).status_code == status
            assert client.get(f"{_given(made)}/archive.zip").status_code == status
            assert "Someword" not in client.get(_given(made)).get_data(as_text=True) or status == 200


@pytest.mark.parametrize("how", ["renewed", "ended", "taken off"])
def test_a_revoked_link_leads_nowhere(client: FlaskClient, organizer: Person, how: str) -> None:
    made = collection(organizer, said(organizer, "Someword."))
    collections.make_link(made, 7, organizer.account_id)
    old = _link(made)
    client.get(old)
    match how:
        case "renewed":
            collections.make_link(made, 7, organizer.account_id)
        case "ended":
            page = f"/collections/{made.slug}/for-print"
            assert factories.post(organizer.client, f"{page}/end", {}, form_at=page).status_code == 303
        case _:
            collections.take_off(made, organizer.account_id)
    for path in (old, _given(made), f"{_given(made)}/archive.zip"):
        assert client.get(path).status_code == 404


@pytest.mark.parametrize("token", ["x", "a" * 26, f"{'a' * 26}.{'b' * 32}", "%00", "." * 40])
def test_a_forged_link_leads_nowhere(client: FlaskClient, organizer: Person, token: str) -> None:
    collections.make_link(collection(organizer, said(organizer, "Someword.")), 7, organizer.account_id)
    assert client.get(f"/collections/for-print/{token}").status_code == 404


def test_one_collection_s_link_opens_no_other(client: FlaskClient, organizer: Person) -> None:
    made, other = (collection(organizer, said(organizer, f"Word {number}.")) for number in range(2))
    for each in (made, other):
        collections.make_link(each, 7, organizer.account_id)
    client.get(_link(made))
    assert client.get(_given(other)).status_code == 404
    token = queries.link_token(made).replace(made.id, other.id)
    assert client.get(f"/collections/for-print/{token}").status_code == 404


def test_she_is_told_what_changed_since_she_got_the_link(client: FlaskClient, organizer: Person) -> None:
    words = [f"Word {number} came." for number in range(5)]
    changed, taken_back, withdrawn, site_only, taken_out = [said(organizer, each, "Fern") for each in words]
    made = collection(organizer, changed, taken_back, withdrawn, site_only, taken_out)
    collections.make_link(made, 30, organizer.account_id)
    client.get(_link(made))
    assert "Nothing, as of" in client.get(_given(made)).get_data(as_text=True)
    everywhere = ConsentDetails(EVERYWHERE)
    again = StatementDetails("Other words.", "en", changed.byline_kind, "Fern")
    statements.change(changed, again, everywhere)
    statements.take_name_back(taken_back)
    statements.withdraw(withdrawn)
    still = StatementDetails(site_only.text, "en", site_only.byline_kind, "Fern")
    statements.change(site_only, still, ConsentDetails(frozenset({Use.SITE})))
    collections.take_out(made.present[4], organizer.account_id)
    text = client.get(_given(made)).get_data(as_text=True)
    for line in (
        "No. 1, Statement: It is no longer for the press.",
        "No. 2, Statement: The name was taken back.",
        "No. 3, Statement: It was withdrawn.",
        "No. 4, Statement: It is no longer for the press.",
        "No. 5, Statement: The group took it out",
    ):
        assert line in text
    collections.make_link(made, 30, organizer.account_id)
    client.get(_link(made))
    assert "No. 2, Statement:" not in client.get(_given(made)).get_data(as_text=True)


def test_other_words_that_are_public_again_are_told(client: FlaskClient, organizer: Person) -> None:
    statement, added = said(organizer, "Some word came."), said(organizer, "A later word.")
    made = collection(organizer, statement)
    collections.make_link(made, 30, organizer.account_id)
    collections.edit(made, replace(_details(made), title="Another title"), organizer.account_id)
    statements.change(statement, StatementDetails("Some ward came.", "en"), ConsentDetails(EVERYWHERE))
    _publish(organizer, statement)
    from_there = collections.add(made, made.present[0].kind, added.id, "", organizer.account_id)
    client.get(_link(made))
    text = client.get(_given(made)).get_data(as_text=True)
    assert "No. 1, Statement: It was changed." in text
    assert f"No. {from_there.number}, Statement: It is new here" in text


def test_the_terms_of_each_are_said(client: FlaskClient, organizer: Person) -> None:
    free = ConsentDetails(EVERYWHERE, may_edit=True, may_translate=True, expires_on=clock.today() + timedelta(days=60))
    made = collection(organizer, said(organizer, "Free word.", consent=free), said(organizer, "Strict word."))
    collections.make_link(made, 30, organizer.account_id)
    client.get(_link(made))
    text = client.get(_given(made)).get_data(as_text=True)
    for sentence in (
        "Light edits are allowed",
        "It may be translated.",
        "Until ",
        "Please change nothing, not even spelling.",
        "Please do not translate it.",
    ):
        assert text.count(sentence) == 1


def test_the_archive_has_all_of_it_and_equal_bytes(client: FlaskClient, organizer: Person) -> None:
    made = collection(organizer, said(organizer, "Some word.", "Fern"), photo(organizer, "By the water"))
    collections.make_link(made, 30, organizer.account_id)
    client.get(_link(made))
    first, second = (client.get(f"{_given(made)}/archive.zip") for _ in range(2))
    assert first.get_data() == second.get_data()
    assert first.headers["Cache-Control"] == "no-store"
    with zipfile.ZipFile(io.BytesIO(first.get_data())) as archived:
        assert archived.namelist() == [
            "statements.txt",
            "statements.md",
            "captions.txt",
            "consent.txt",
            "collection.pdf",
            "photos/01-by-the-water.jpg",
        ]
        assert archived.read("photos/01-by-the-water.jpg")[:2] == b"\xff\xd8"
        assert queries.link_token(made) in archived.read("consent.txt").decode()
        assert {info.date_time for info in archived.infolist()} == {archive.NO_DATE}


def test_photos_that_are_too_large_for_one_file_are_refused(
    client: FlaskClient, organizer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = collection(organizer, photo(organizer))
    collections.make_link(made, 30, organizer.account_id)
    client.get(_link(made))
    monkeypatch.setattr(archive, "MOST_BYTES", 1000)
    answer = client.get(f"{_given(made)}/archive.zip")
    assert answer.status_code == 409
    assert "Ask the group for two collections." in answer.get_data(as_text=True)


def test_one_file_is_made_at_a_time(client: FlaskClient, organizer: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    made = collection(organizer, said(organizer, "Some word."))
    collections.make_link(made, 30, organizer.account_id)
    client.get(_link(made))
    monkeypatch.setattr(setting, "WAITING_SECONDS", 0.01)
    with setting.one_at_a_time():
        for path in (f"/collections/{made.slug}.pdf", f"{_given(made)}/archive.zip"):
            answer = client.get(path)
            assert (answer.status_code, answer.headers["Retry-After"]) == (429, "10")
            assert "Others are having a file made" in answer.get_data(as_text=True)
    assert client.get(f"/collections/{made.slug}.pdf").status_code == 200


def test_few_wait_for_a_file_and_leave_threads_to_the_pages(
    client: FlaskClient, organizer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = collection(organizer, said(organizer, "Some word."))
    monkeypatch.setattr(setting, "_line", BoundedSemaphore(1))
    with setting.one_at_a_time():
        began = monotonic()
        assert client.get(f"/collections/{made.slug}.pdf").status_code == 429
        assert monotonic() - began < setting.WAITING_SECONDS / 2


def _details(made: Collection) -> CollectionDetails:
    return CollectionDetails(**{name: getattr(made, name) for name in CollectionDetails.__dataclass_fields__})


def _publish(organizer: Person, statement: Statement) -> None:
    event = events.seen(NOBODY, statement.events[0].id)
    review = ReviewDetails(rules.fingerprint(statement), "", Moment.NOW)
    statements.publish(statement, event, review, organizer.account_id)
