"""Nothing that was not agreed to, or was taken back, stands in any form that a collection takes."""

from __future__ import annotations

import io
import os
import zipfile
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from organizer import clock
from organizer.collections import queries
from organizer.collections import service as collections
from organizer.collections.models import Collection
from organizer.db import db
from organizer.photos import service as photos
from organizer.photos.models import Photo
from organizer.statements import editing, rules
from organizer.statements import service as statements
from organizer.statements.models import Statement
from organizer.statements.rules import BylineKind, ConsentDetails, StatementDetails, Use
from tests.collections.collecting import EVERYWHERE, collection, pdf_text, photo, put, said
from tests.factories import Person

MOST_EXAMPLES = 60 if os.environ.get("ORGANIZER_SOAK") else 6

pytestmark = pytest.mark.usefixtures("app")
ON_SITE = ("", ".pdf", ".md", ".txt", ".atom")
SITE_ONLY = ConsentDetails(frozenset({Use.SITE, Use.EVENT_PAGE}))
PRESS_ONLY = ConsentDetails(frozenset({Use.PRESS}))


def _flat(text: str) -> str:
    """The words, however their lines are broken."""
    return " ".join(text.split())


def _on_site(client: FlaskClient, made: Collection) -> dict[str, str]:
    """Each public form of a collection, as text."""
    found = {}
    for ending in ON_SITE:
        response = client.get(f"/collections/{made.slug}{ending}")
        assert response.status_code == 200
        data = response.get_data()
        found[ending or "page"] = _flat(pdf_text(data) if ending == ".pdf" else data.decode())
    return found


def _for_print(client: FlaskClient, made: Collection) -> dict[str, str]:
    """The editor's page and all that is in her archive, as text."""
    page = client.get(f"/collections/for-print/{queries.link_token(made)}", follow_redirects=True)
    archive = client.get(f"/collections/for-print/given/{made.id}/archive.zip")
    assert (page.status_code, archive.status_code) == (200, 200)
    found = {"page for print": _flat(page.get_data(as_text=True))}
    with zipfile.ZipFile(io.BytesIO(archive.get_data())) as archived:
        for name in archived.namelist():
            data = archived.read(name)
            if name.endswith(".pdf"):
                found[name] = _flat(pdf_text(data))
            elif name.endswith(".jpg"):
                found[name] = "a photo"
            else:
                found[name] = _flat(data.decode())
    return found


def _where(forms: dict[str, str], words: str) -> set[str]:
    return {name for name, text in forms.items() if words in text}


def test_what_is_for_the_site_stands_there_and_what_is_for_the_press_in_the_archive(
    client: FlaskClient, organizer: Person
) -> None:
    both = said(organizer, "Bothword came.", "Leek")
    site = said(organizer, "Siteword came.", "Fern", consent=SITE_ONLY)
    press = said(organizer, "Pressword came.", "Moss", consent=PRESS_ONLY)
    made = collection(organizer, both, site, press, (site, "Siteword came."))
    collections.make_link(made, 30, organizer.account_id)
    on_site, for_print = _on_site(client, made), _for_print(client, made)
    words = {"statements.txt", "statements.md", "collection.pdf", "page for print"}
    assert _where(on_site, "Bothword") == _where(on_site, "Siteword") == _where(on_site, "Fern") == set(on_site)
    assert _where(on_site, "Pressword") == _where(on_site, "Moss") == set()
    assert _where(for_print, "Pressword") == _where(for_print, "Bothword") == words
    assert _where(for_print, "Moss") == words | {"consent.txt"}
    assert _where(for_print, "Siteword") == _where(for_print, "Fern") == set()


def test_after_a_withdrawal_no_word_and_no_name_is_anywhere_and_no_old_version_is_confirmed(
    client: FlaskClient, organizer: Person
) -> None:
    gone = said(organizer, "Canaryword brought me here. Secondcanary too.", "Canaryname", affiliation="Canarycity")
    stays = said(organizer, "Stayingword.", "Fern")
    made = collection(organizer, gone, (gone, "Secondcanary too."), stays)
    collections.make_link(made, 30, organizer.account_id)
    canaries = ("Canaryword", "Secondcanary", "Canaryname", "Canarycity")
    before = _on_site(client, made) | _for_print(client, made)
    assert all(_where(before, canary) for canary in canaries)
    tags = {ending: client.get(f"/collections/{made.slug}{ending}").headers["ETag"] for ending in ON_SITE[1:]}
    for ending, tag in tags.items():
        assert client.get(f"/collections/{made.slug}{ending}", headers={"If-None-Match": tag}).status_code == 304
    statements.withdraw(gone)
    after = _on_site(client, made) | _for_print(client, made)
    assert [_where(after, canary) for canary in canaries] == [set()] * 4
    assert _where(after, "Stayingword") == set(after) - {"captions.txt", "consent.txt"}
    for ending, tag in tags.items():
        again = client.get(f"/collections/{made.slug}{ending}", headers={"If-None-Match": tag})
        assert (again.status_code, again.headers["Cache-Control"]) == (200, "no-cache")
        assert again.headers["ETag"] != tag


def test_a_name_that_is_taken_back_is_nowhere_and_the_words_stay(client: FlaskClient, organizer: Person) -> None:
    statement = said(organizer, "Stayingword came.", "Canaryname", affiliation="Canarycity")
    made = collection(organizer, statement, (statement, "Stayingword came."))
    collections.make_link(made, 30, organizer.account_id)
    _on_site(client, made)
    statements.take_name_back(statement)
    after = _on_site(client, made) | _for_print(client, made)
    assert _where(after, "Canaryname") == _where(after, "Canarycity") == set()
    assert _where(after, "A participant") == set(after) - {"captions.txt"}
    assert "No. 1, Statement: The name was taken back." in after["page for print"]
    assert "No. 2, Quote: The name was taken back." in after["consent.txt"]


def test_a_withheld_name_is_never_told_and_said_to_be_withheld(client: FlaskClient, organizer: Person) -> None:
    statement = said(organizer, "Someword came.", "Canary Fullname", kind=BylineKind.FULL_NAME)
    made = collection(organizer, statement)
    collections.make_link(made, 30, organizer.account_id)
    forms = _on_site(client, made) | _for_print(client, made)
    assert _where(forms, "Canary") == set()
    assert _where(forms, "The name is withheld.") == {"consent.txt", "page for print"}


def test_a_photo_goes_with_its_caption_and_credit(client: FlaskClient, organizer: Person) -> None:
    picture, statement = photo(organizer, "Canarycaption by the water", "Canarycredit"), said(organizer, "Someword.")
    made = collection(organizer, picture, statement)
    collections.make_link(made, 30, organizer.account_id)
    before = _on_site(client, made) | _for_print(client, made)
    assert "photos/01-canarycaption-by-the-water.jpg" in before
    assert "2400 × 1600 pixels, 20.3 × 13.5 cm at 300 dpi" in before["captions.txt"]
    photos.withdraw(picture)
    after = _on_site(client, made) | _for_print(client, made)
    assert _where(after, "anarycaption") == _where(after, "Canarycredit") == set()
    assert not any(name.startswith("photos/") for name in after)
    assert "No. 1, Photo: It was withdrawn." in after["page for print"]


def test_a_photo_for_the_site_only_is_not_in_the_archive(client: FlaskClient, organizer: Person) -> None:
    picture = photo(organizer, "Canarycaption", uses=frozenset({Use.SITE}))
    made = collection(organizer, picture)
    collections.make_link(made, 30, organizer.account_id)
    assert _where(_for_print(client, made), "anarycaption") == set()
    assert "Canarycaption" in _on_site(client, made)["page"]


def test_consent_that_has_ended_shows_nothing(client: FlaskClient, organizer: Person) -> None:
    ends_on = clock.today() + timedelta(days=2)
    ending = ConsentDetails(frozenset({Use.SITE, Use.PRESS}), expires_on=ends_on)
    made = collection(organizer, said(organizer, "Canaryword came.", consent=ending), said(organizer, "Someword."))
    assert "Canaryword" in _on_site(client, made)["page"]
    later = clock.now() + timedelta(days=4)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(clock, "now", lambda: later)
        patched.setattr(clock, "today", later.date)
        assert _where(_on_site(client, made), "Canaryword") == set()


ACTS = ("withdraw", "take name back", "change", "reject", "agree to the site", "agree to the press", "photo", "publish")


@pytest.mark.load
@given(acts=st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 2)), max_size=5))
@settings(max_examples=MOST_EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_order_of_acts_shows_what_is_not_agreed_to(
    client: FlaskClient, organizer: Person, acts: list[tuple[str, int]]
) -> None:
    """All forms but the PDF, whose words are those of the sheet that it is set from."""
    saying = [said(organizer, f"Firstword{number} came. Andword{number} too.", f"Name{number}") for number in range(3)]
    picture = photo(organizer, "Captionword")
    made = collection(organizer, *saying, picture, *((each, each.text[:16]) for each in saying))
    collections.make_link(made, 30, organizer.account_id)
    for act, number in acts:
        _act(organizer, act, saying[number], picture)
    db.session.expire_all()
    page = _flat(client.get(f"/collections/{made.slug}").get_data(as_text=True))
    texts = [page, *(client.get(f"/collections/{made.slug}{ending}").get_data(as_text=True) for ending in ON_SITE[2:])]
    url = f"/collections/for-print/{queries.link_token(made)}"
    given_page = _flat(client.get(url, follow_redirects=True).get_data(as_text=True))
    for number, statement in enumerate(saying):
        for use, where in ((Use.SITE, texts), (Use.PRESS, [given_page])):
            is_open = rules.is_public(statement, statement.consents, clock.today(), use)
            names = {f"Name{number}"} if is_open and rules.shown_byline(statement) else set()
            for text in where:
                assert (f"Andword{number}" in text) == is_open
                assert {name for name in (f"Name{number}",) if name in text} == names
                assert (f"Firstword{number}" in text) == (is_open and "Firstword" in statement.text)


def _act(organizer: Person, act: str, statement: Statement, picture: Photo) -> None:  # noqa: C901 - a table
    """Do it, where it goes with what has happened before."""
    db.session.expire_all()
    if statement.state == rules.State.WITHDRAWN:
        return
    shown = rules.fingerprint(statement, statement.picture_hashes)
    match act:
        case "withdraw":
            statements.withdraw(statement)
        case "take name back":
            statements.take_name_back(statement)
        case "change":
            _say_less(statement)
        case "reject" if statement.state in rules.MOVES[rules.Move.REJECT]:
            statements.reject(statement, organizer.account_id)
        case "agree to the site" | "agree to the press":
            statements.agree(statement, SITE_ONLY if act.endswith("site") else PRESS_ONLY, shown)
        case "photo" if picture.state != "withdrawn":
            photos.withdraw(picture)
        case "publish" if statement.state in rules.MOVES[rules.Move.PUBLISH]:
            review = rules.ReviewDetails(shown, "", rules.Moment.NOW)
            statements.publish(statement, statement.events[0], review, organizer.account_id)  # type: ignore[arg-type]


def _say_less(statement: Statement) -> None:
    text = "Andword" + statement.text.partition("Andword")[2]
    words = StatementDetails(text, "en", statement.byline_kind, statement.byline)
    statements.change(statement, words, ConsentDetails(frozenset(Use)))


def test_translations_and_photos_stand_beside_a_statement_and_go_with_it(
    client: FlaskClient, organizer: Person
) -> None:
    free = ConsentDetails(EVERYWHERE, may_translate=True)
    statement, picture = said(organizer, "Firstword came.", consent=free), photo(organizer, "Captionword")
    editing.put_beside(statement, [picture], statement.events, organizer.account_id)
    shown = rules.fingerprint(statement, statement.picture_hashes)
    statements.agree(statement, free, shown)
    spanish = rules.TranslationDetails("es", "Palabra primera.", "Sol Tejedora")
    editing.translate(statement, spanish, shown, organizer.account_id)
    made = collection(organizer, statement, said(organizer, "Secondword."))
    collections.make_link(made, 30, organizer.account_id)
    before = _on_site(client, made) | _for_print(client, made)
    texts = {"page", ".md", ".txt", ".pdf", "page for print", "statements.txt", "statements.md", "collection.pdf"}
    assert _where(before, "Palabra primera") == _where(before, "Sol Tejedora") == texts
    assert _where(before, "Captionword") == texts | {"captions.txt"}
    photos.withdraw(picture)
    between = _on_site(client, made) | _for_print(client, made)
    assert _where(between, "Captionword") == set()
    assert "No. 1, Statement: It was changed." in between["page for print"]
    statements.withdraw(statement)
    after = _on_site(client, made) | _for_print(client, made)
    assert _where(after, "Palabra") == _where(after, "Tejedora") == _where(after, "Firstword") == set()


def test_what_is_put_in_again_is_shown_again(client: FlaskClient, organizer: Person) -> None:
    statement = said(organizer, "Someword came.")
    made = collection(organizer, statement, said(organizer, "Another."))
    collections.take_out(made.present[0], organizer.account_id)
    assert "Someword" not in _on_site(client, made)["page"]
    put(organizer, made, statement)
    assert "Someword" in _on_site(client, made)["page"]
