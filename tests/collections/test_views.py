from __future__ import annotations

from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient

from organizer.collections import rules, service
from organizer.collections.models import Collection
from organizer.db import db
from organizer.policy import Role
from organizer.statements.rules import ConsentDetails, Use
from tests import factories, querying
from tests.collections.collecting import collection, pdf_text, photo, said
from tests.factories import Person
from tests.reading import Page

pytestmark = pytest.mark.usefixtures("app")
GOOD = {"title": "Eleven letters", "language": "en"}
ENDINGS = ("", ".pdf", ".md", ".txt", ".atom")
ATOM = "{http://www.w3.org/2005/Atom}"


def _new(organizer: Person, **data: str) -> str:
    path = f"/groups/{organizer.group.slug}/collections/new"
    return factories.post(organizer.client, path, GOOD | data).get_data(as_text=True)


def test_an_organizer_makes_arranges_and_publishes_one(client: FlaskClient, organizer: Person) -> None:
    first, second = said(organizer, "Firstword came."), said(organizer, "Secondword came.")
    path = f"/groups/{organizer.group.slug}/collections/new"
    made = factories.post(organizer.client, path, GOOD | {"note": "Taken down there."})
    items = "/collections/eleven-letters/items"
    assert (made.status_code, made.location) == (303, items)
    for statement in (first, second):
        data = {"kind": "statement", "subject_id": statement.id, "quote": ""}
        assert factories.post(organizer.client, f"{items}/add", data, form_at=items).status_code == 303
    up = next(form for form in Page(organizer.client.get(items).text, items).forms if form.path.endswith("/move"))
    assert organizer.client.post(up.path, data=up.filled() | {"position": "2"}).status_code == 303
    assert client.get("/collections/eleven-letters").status_code == 404
    assert factories.post(organizer.client, "/collections/eleven-letters/publish", {}, form_at=items).status_code == 303
    page = client.get("/collections/eleven-letters").get_data(as_text=True)
    assert page.index("Secondword") < page.index("Firstword")
    assert "Taken down there." in page
    assert "Eleven letters" in client.get("/collections").get_data(as_text=True)


def test_a_removed_item_is_gone_from_the_page(client: FlaskClient, organizer: Person) -> None:
    made = collection(organizer, said(organizer, "Firstword came."), said(organizer, "Secondword came."))
    items = f"/collections/{made.slug}/items"
    path = f"{items}/{made.present[0].id}/remove"
    assert factories.post(organizer.client, path, {}, form_at=items).status_code == 303
    assert "Firstword" not in client.get(f"/collections/{made.slug}").get_data(as_text=True)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"title": " "}, "Give it a title."),
        ({"title": "a" * 121}, "longer than 120"),
        ({"publication": "Bridge", "link": "http://bridge.example"}, "Give the whole web address"),
        ({"link": "https://bridge.example/3"}, "Say also where it was printed."),
        ({"ready_by": "2026-02-31"}, "Not a valid date"),
        ({"publication": "Bridge", "published_on": "0001-01-01"}, "Look at the year again."),
        ({"language": "xx"}, "Not a valid choice"),
    ],
)
def test_bad_input_is_told_beside_its_field_and_nothing_typed_is_lost(
    organizer: Person, data: dict[str, str], sentence: str
) -> None:
    page = _new(organizer, note="Typed with care.", **data)
    assert sentence in page
    assert "Typed with care." in page
    assert db.session.query(Collection).count() == 0


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("items/add", {"kind": "statement", "subject_id": "\x00' OR 1"}),
        ("items/add", {"kind": "poem", "subject_id": "a" * 26}),
        ("items/add", {"kind": "quote", "subject_id": "a" * 26, "quote": "x" * 601}),
        ("items/add", {}),
        ("for-print", {"days": "0"}),
        ("for-print", {"days": "91"}),
        ("for-print", {"days": "soon"}),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(organizer: Person, path: str, data: dict[str, str]) -> None:
    made = collection(organizer, is_published=False)
    form_at = f"/collections/{made.slug}/{path.partition('/')[0]}"
    answer = factories.post(organizer.client, f"/collections/{made.slug}/{path}", data, form_at=form_at)
    assert answer.status_code == 422
    assert "another look" in answer.get_data(as_text=True)


def test_one_item_too_many_is_refused_with_a_sentence(organizer: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "MOST_ITEMS", 1)
    made, other = collection(organizer, said(organizer, "Firstword.")), said(organizer, "Secondword.")
    items = f"/collections/{made.slug}/items"
    data = {"kind": "statement", "subject_id": other.id, "quote": ""}
    page = factories.post(organizer.client, f"{items}/add", data, form_at=items).get_data(as_text=True)
    assert "A collection holds 1 items at most." in page


def test_foreign_organizers_and_members_find_nothing(app: Flask, organizer: Person) -> None:
    made = collection(organizer, said(organizer, "Firstword."), is_published=False)
    others = factories.person(app), factories.person(app, Role.MEMBER, organizer.group)
    item = made.present[0].id
    paths = ("", "/edit", "/items", "/for-print", "/take-off")
    for person in others:
        missing = person.client.get("/collections/no-such-one").get_data()
        for path in paths:
            answer = person.client.get(f"/collections/{made.slug}{path}")
            assert (answer.status_code, answer.get_data()) == (404, missing)
        assert person.client.get(f"/groups/{organizer.group.slug}/collections").status_code == 404
        assert person.client.post(f"/collections/{made.slug}/items/{item}/remove").status_code == 404


def test_an_item_is_moved_only_through_its_own_collection(organizer: Person) -> None:
    made, other = collection(organizer, said(organizer, "Firstword.")), collection(organizer, is_published=False)
    path = f"/collections/{other.slug}/items/{made.present[0].id}/remove"
    assert organizer.client.post(path).status_code == 404


def test_what_was_taken_off_is_gone_in_every_form(client: FlaskClient, organizer: Person) -> None:
    made = collection(organizer, said(organizer, "Firstword."))
    page = organizer.client.get(f"/collections/{made.slug}/take-off").get_data(as_text=True)
    assert "What was downloaded or printed, we cannot reach." in page
    assert factories.post(organizer.client, f"/collections/{made.slug}/take-off", {}).status_code == 303
    for ending in ENDINGS:
        answer = client.get(f"/collections/{made.slug}{ending}")
        assert (answer.status_code, "Firstword" in answer.get_data(as_text=True)) == (410, False)
    assert made.title not in client.get("/collections").get_data(as_text=True)


def test_a_draft_has_no_files_and_only_its_organizers_look_at_it(client: FlaskClient, organizer: Person) -> None:
    made = collection(organizer, said(organizer, "Firstword."), is_published=False)
    for ending in ENDINGS:
        assert client.get(f"/collections/{made.slug}{ending}").status_code == 404
    answer = organizer.client.get(f"/collections/{made.slug}")
    assert "Firstword" in answer.get_data(as_text=True)
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_draft_that_is_taken_off_is_to_others_as_if_it_had_never_been(client: FlaskClient, organizer: Person) -> None:
    made = collection(organizer, said(organizer, "Someword."), is_published=False)
    service.take_off(made, organizer.account_id)
    for ending in ENDINGS:
        assert client.get(f"/collections/{made.slug}{ending}").status_code == 404
    assert organizer.client.get(f"/collections/{made.slug}").status_code == 200


@pytest.mark.parametrize(
    "text",
    [
        "See [here](/a/page).",
        "See [here](ftp://a.example/file).",
        f"See [here](https://a.example/{'x' * 9000}).",
        f"{'*a **b ' * 60}here{'** c*' * 60}",
    ],
    ids=["relative", "of another scheme", "endless", "nested"],
)
def test_nothing_that_can_be_written_keeps_a_collection_from_being_set(
    client: FlaskClient, organizer: Person, text: str
) -> None:
    made = collection(organizer, said(organizer, text))
    answer = client.get(f"/collections/{made.slug}.pdf")
    assert answer.status_code == 200
    assert "here" in pdf_text(answer.data)


def test_search_engines_may_show_it_only_when_all_in_it_allow_that(client: FlaskClient, organizer: Person) -> None:
    quiet = ConsentDetails(frozenset({Use.SITE}))
    open_one = collection(organizer, said(organizer, "Firstword."), photo(organizer))
    quiet_one = collection(organizer, said(organizer, "Firstword."), said(organizer, "Secondword.", consent=quiet))
    for made, is_quiet in ((open_one, False), (quiet_one, True)):
        assert ("noindex" in client.get(f"/collections/{made.slug}").get_data(as_text=True)) == is_quiet
        assert ("X-Robots-Tag" in client.get(f"/collections/{made.slug}.txt").headers) == is_quiet


def test_languages_are_marked_and_nothing_typed_is_markup(client: FlaskClient, organizer: Person) -> None:
    hostile = "<img src=x onerror=alert(1)> [a](javascript:alert(1)) Word."
    made = collection(
        organizer,
        said(organizer, "Спасибо.", "Лиса <b>", language="ru"),
        said(organizer, "سلام.", language="fa"),
        said(organizer, hostile),
        title="<script>alert(1)</script>",
        publication="Bridge</p>",
        link="https://bridge.example/3",
    )
    page = client.get(f"/collections/{made.slug}").get_data(as_text=True)
    assert '<div class="statement" dir="auto" lang="ru">' in page
    assert '<article class="collection-said" dir="rtl">' in page
    assert not any(
        word in page for word in ("<script>alert", "<img src=x", 'href="javascript', "Лиса <b>", "Bridge</p>")
    )
    assert 'href="https://bridge.example/3" rel="nofollow noreferrer"' in page


def test_the_feed_has_an_entry_for_each_item_and_says_its_language(client: FlaskClient, organizer: Person) -> None:
    statement = said(organizer, "Спасибо всем. Word.", "Лиса", language="ru")
    made = collection(organizer, statement, photo(organizer, "By the water"), (statement, "Спасибо всем."))
    answer = client.get(f"/collections/{made.slug}.atom")
    feed = ElementTree.fromstring(answer.get_data())
    entries = feed.findall(f"{ATOM}entry")
    assert [entry.get("{http://www.w3.org/XML/1998/namespace}lang") for entry in entries] == ["ru", "en", "ru"]
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == 3
    assert answer.get_data() == client.get(f"/collections/{made.slug}.atom").get_data()


def test_pages_ask_the_database_as_often_for_many_items_as_for_one(app: Flask, client: FlaskClient) -> None:
    counts = []
    for count in (1, 4):
        organizer = factories.person(app)
        subjects = [said(organizer, f"Word {number}.") for number in range(count)]
        made = collection(organizer, *subjects, *(photo(organizer) for _ in range(count)))
        page = f"/collections/{made.slug}"
        counts.append((_queries(client, page), _queries(organizer.client, f"{page}/items")))
    assert counts[0] == counts[1]


def _queries(client: FlaskClient, path: str) -> int:
    with querying.statements() as sent:
        assert client.get(path).status_code == 200
    return len(sent)
