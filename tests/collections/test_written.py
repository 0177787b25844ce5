from __future__ import annotations

import markdown_it
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from organizer import documents, text
from organizer.collections import nodes, queries, setting, words
from organizer.db import db
from organizer.statements import service as statements
from organizer.statements.models import Statement
from tests.collections.collecting import collection, pdf_text, photo, said
from tests.factories import Person

# As other programs read Markdown: HTML and pictures included.
OTHERS = markdown_it.MarkdownIt("commonmark", {"html": True})


@given(st.text(alphabet="ab \n<>/!&;`*_~=-[]():#\\\"'x", max_size=60))
def test_no_text_becomes_html_or_a_picture_in_other_programs(source: str) -> None:
    kinds = {token.type for token in OTHERS.parse(text.sound(source))}
    inline = {child.type for token in OTHERS.parse(text.sound(source)) for child in token.children or ()}
    assert not (kinds | inline) & {"html_block", "html_inline", "image"}


@given(st.text(alphabet="ab <>/!&;`*_~[]()#\\\"'x", max_size=60).map(lambda line: "x" + line.strip() + "x"))
def test_a_line_stands_in_markdown_as_it_is(line: str) -> None:
    inline = next(token for token in OTHERS.parse(text.escaped(line)) if token.type == "inline")
    assert "".join(child.content for child in inline.children or ()) == " ".join(line.split(" "))


@pytest.mark.parametrize(
    ("source", "kept"),
    [
        ("Plain words, *soft* and **strong**.", "Plain words, *soft* and **strong**."),
        ("> quoted\n\n- one\n- two", "> quoted\n\n- one\n- two"),
        ("<b>bold</b>", "\\<b>bold\\</b>"),
        ("![spy](https://spy.example/x.png)", "\\![spy](https://spy.example/x.png)"),
        ("words\n---", "words\n\\---"),
        ("[a]: https://spy.example", "\\[a]: https://spy.example"),
    ],
)
def test_formatting_stays_and_what_our_pages_do_not_know_is_words(source: str, kept: str) -> None:
    assert text.sound(source) == kept


def test_the_tree_has_just_the_words_of_the_page() -> None:
    tree = nodes.of("One *two* [three](https://a.example)\n\n- four\n\n<b>five</b>")
    assert _told(tree) == "One two three four <b>five</b>"
    assert [node["tag"] for node in tree if not isinstance(node, str)] == ["p", "ul", "p"]


def _told(tree: list[nodes.Node | str]) -> str:
    told = " ".join(each if isinstance(each, str) else _told(each["children"]) for each in tree)
    return " ".join(told.split())


def test_a_pdf_holds_arabic_cyrillic_and_chinese(client: FlaskClient, organizer: Person) -> None:
    made = collection(
        organizer,
        said(organizer, "Спасибо всем, кто остановился.", "Лиса", language="ru"),
        said(organizer, "我们带来了信封和邮票。", language="zh"),
        said(organizer, "سلام به همه.", language="fa"),
        photo(organizer, "By the water", "Wren Oak"),
    )
    found = pdf_text(client.get(f"/collections/{made.slug}.pdf").get_data())
    assert "Спасибо всем, кто остановился." in found
    assert "我们带来了信封和邮票" in found
    assert "Wren Oak" in found
    assert "سلام" in found or "مالس" in found  # in the order of reading or of the line
    assert "\ufffd" not in found


def test_a_pdf_has_no_date_and_equal_content_gives_equal_bytes(app: Flask, organizer: Person) -> None:
    made = collection(organizer, said(organizer, "Some word."), publication="Bridge", issue="May")
    with app.test_request_context(), words.in_its_language(made):
        reading = queries.reading(made)
        said_there = setting.sheet(reading)
        first, second = setting.pdf(reading, said_there), setting.pdf(reading, said_there)
    assert first == second
    assert b"CreationDate" not in first
    assert "Published in Bridge, May" in pdf_text(first)


def test_nothing_typed_is_markup_of_typst(client: FlaskClient, organizer: Person) -> None:
    hostile = '#panic("x") $ a $ #include "/etc/passwd" \\ @ref <label>'
    made = collection(organizer, said(organizer, hostile, hostile[:70]), title=hostile, publication=hostile)
    answer = client.get(f"/collections/{made.slug}.pdf")
    assert answer.status_code == 200
    assert "#include" in pdf_text(answer.get_data())


def test_every_kind_of_formatting_is_set(client: FlaskClient, organizer: Person) -> None:
    source = "# Head\n\n> quote\n> *soft*\n\n1. one\n2. two\n   - three\n\n**strong** [link](https://a.example)\nline"
    made = collection(organizer, said(organizer, source), said(organizer, source, language="fa"), note=source)
    found = pdf_text(client.get(f"/collections/{made.slug}.pdf").get_data())
    assert all(
        word in found for word in text.to_plain(source).replace("https://a.example", "").split() if word.isalpha()
    )


def test_a_pdf_is_kept_for_just_its_content(
    client: FlaskClient, organizer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    statement = said(organizer, "Firstword came.")
    made = collection(organizer, statement, said(organizer, "Secondword came."))
    path, set_before = f"/collections/{made.slug}.pdf", documents.pdf
    made_anew: list[str] = []

    def count(template: str, data: dict[str, object]) -> bytes:
        made_anew.append(template)
        return set_before(template, data)

    monkeypatch.setattr(documents, "pdf", count)
    first, second = client.get(path), client.get(path)
    assert first.get_data() == second.get_data()
    assert len(made_anew) == 1
    statements.withdraw(statement)
    third = pdf_text(client.get(path).get_data())
    assert ("Firstword" in third, "Secondword" in third, len(made_anew)) == (False, True, 2)
    monkeypatch.setattr(setting, "MOST_KEPT_BYTES", 10)
    statements.withdraw(db.session.get_one(Statement, made.present[1].subject_id))
    for _ in range(2):
        assert client.get(path).status_code == 200
    assert len(made_anew) == 4
