import pytest
from hypothesis import given
from hypothesis import strategies as st

from organizer import text


def test_paragraphs_emphasis_lists_quotations_and_headings_are_shown() -> None:
    html = text.to_html("# Why\n\nWe *came* and **stayed**.\n\n- one\n- two\n\n1. first\n\n> said\n\n#### Small")
    assert html.split("\n") == [
        "<h3>Why</h3>",
        "<p>We <em>came</em> and <strong>stayed</strong>.</p>",
        "<ul>",
        "<li>one</li>",
        "<li>two</li>",
        "</ul>",
        "<ol>",
        "<li>first</li>",
        "</ol>",
        "<blockquote>",
        "<p>said</p>",
        "</blockquote>",
        "<h4>Small</h4>",
        "",
    ]


def test_a_line_end_stays_a_line_end() -> None:
    assert text.to_html("one\ntwo") == "<p>one<br>\ntwo</p>\n"


def test_a_link_leads_out_without_telling_where_from() -> None:
    link = text.to_html('[site](https://example.org/?a=1&b=2 "title") <mailto:us@example.org>')
    assert link == (
        '<p><a href="https://example.org/?a=1&amp;b=2" rel="nofollow noopener noreferrer">site</a>'
        ' <a href="mailto:us@example.org" rel="nofollow noopener noreferrer">mailto:us@example.org</a></p>\n'
    )


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x", "//evil.example", "/x"]
)
def test_other_links_lead_nowhere(address: str) -> None:
    assert "href" not in text.to_html(f"[word]({address})")


@pytest.mark.parametrize(
    "markup",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "![picture](https://example.org/pixel.png)",
        '<a href="https://example.org" onclick="x">y</a>',
        "<style>*{display:none}</style>",
        "<svg/onload=alert(1)>",
        "<!-- hidden -->",
    ],
)
def test_markup_and_pictures_are_shown_as_text(markup: str) -> None:
    html = text.to_html(markup)
    assert not any(f"<{tag}" in html for tag in ("script", "img", "style", "svg", "!--"))
    assert "<a href" not in html or "!" in markup


def test_nothing_that_was_typed_vanishes() -> None:
    html = text.to_html("[1]: https://example.org\n\n    indented\n\n```\nfenced\n```\n\n***\n\nMay 1\n---")
    for words in ("[1]: https", "indented", "```", "fenced", "***", "May 1", "---"):
        assert words in html


@given(st.text(max_size=300))
def test_only_listed_tags_ever_come_out(source: str) -> None:
    html = text.to_html(source)
    allowed = [f"<{slash}{tag}" for tag in text.TAGS for slash in ("", "/")]
    for piece in html.split("<")[1:]:
        assert any(f"<{piece}".startswith((f"{tag}>", f"{tag} ")) for tag in allowed), piece


def test_plain_text_keeps_words_items_and_addresses() -> None:
    plain = text.to_plain(
        "# Why\n\nWe *came*\nand stayed.\n\n- one\n- two\n  - inner\n\n1. first\n2. second\n\n> said\n\n"
        "[site](https://example.org) <https://example.org> <us@example.org> [bad](javascript:x)"
    )
    assert plain == (
        "Why\n\nWe came\nand stayed.\n\n- one\n- two\n- inner\n\n1. first\n2. second\n\nsaid\n\n"
        "site (https://example.org) https://example.org us@example.org [bad](javascript:x)"
    )


def test_plain_text_of_a_link_with_emphasis_in_it() -> None:
    assert text.to_plain("a [very **good** site](https://example.org), yes") == (
        "a very good site (https://example.org), yes"
    )


@pytest.mark.parametrize("empty", ["", "   ", "\n\n", "\x00"])
def test_nothing_gives_nothing(empty: str) -> None:
    assert text.to_plain(empty) == ""
    assert text.to_html(empty) == ""


def test_control_characters_go_and_line_ends_become_one() -> None:
    assert text.strip_controls("a\x00b\r\nc\rd\x85e\u2028f\x0bg\th\x1b[0m\x9f") == "ab\nc\nd\ne\nf\ng\th[0m"


def test_marks_that_turn_the_direction_go_and_joiners_stay() -> None:
    assert text.strip_controls("\u202egpj.exe\u202c \u2066x\u2069") == "gpj.exe x"
    assert text.strip_controls("می\u200cخواهم 👩\u200d👧 \u200f") == "می\u200cخواهم 👩\u200d👧 \u200f"


def test_text_is_composed() -> None:
    assert text.strip_controls("e\u0301 и\u0306") == "é й"


@given(st.text(max_size=200))
def test_cleaning_twice_changes_nothing_more(source: str) -> None:
    cleaned = text.strip_controls(source)
    assert text.strip_controls(cleaned) == cleaned
    cleaned.encode()


def test_one_line_has_single_spaces() -> None:
    assert text.one_line("  The\tBay \r\n Area\u2029Group\u00a0\x00 ") == "The Bay Area Group"
