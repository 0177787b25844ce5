"""The language that the end of a file's name tells."""

from __future__ import annotations

import unicodedata
from typing import Literal

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from organizer import languages
from organizer.leaflets.endings import ENGLISH_NAMES, told_by

CODES = st.sampled_from(languages.WRITTEN)
# The first letter of no code, and digits, so that a word of these tells nothing itself.
WORDS = st.lists(st.text("оqю7", min_size=1, max_size=6), min_size=1, max_size=4)
ENDS = st.sampled_from([".pdf", ".PDF", ".jpeg", ""])


@pytest.mark.parametrize(
    ("name", "language", "rest"),
    [
        ("leaflet-ru.pdf", "ru", "leaflet.pdf"),
        ("Leaflet (ES).pdf", "es", "Leaflet.pdf"),
        ("leaflet_pt-BR.pdf", "pt", "leaflet.pdf"),
        ("листовка_ru.pdf", "ru", "листовка.pdf"),
        ("free them russian.pdf", "ru", "free them.pdf"),
        ("leaflet.uk.PDF", "uk", "leaflet.PDF"),
        ("Leaflet - ES.pdf", "es", "Leaflet.pdf"),
        ("Leaflet [fa].pdf", "fa", "Leaflet.pdf"),
        ("leaflet_(zh-Hant).pdf", "zh", "leaflet.pdf"),
        ("传单（中文）.pdf", "zh", "传单.pdf"),
        ("free_them_Tiếng_Việt.pdf", "vi", "free_them.pdf"),
        ("libertad ESPANOL.pdf", "es", "libertad.pdf"),
        ("flyer-es-419.pdf", "es", "flyer.pdf"),
        ("azadî kurdî.pdf", "ku", "azadî.pdf"),
        ("scans/leaflet-ru.pdf", "ru", "leaflet.pdf"),
        (r"C:\scans\leaflet-ru.pdf", "ru", "leaflet.pdf"),
        ("v1.2-ru.pdf", "ru", "v1.2.pdf"),
    ],
)
def test_a_name_tells_its_language_at_its_end(name: str, language: str, rest: str) -> None:
    assert told_by(name) == (language, rest)


@pytest.mark.parametrize(
    "name",
    [
        "Come to it.pdf",
        "for you or me.pdf",
        "let it be.pdf",
        "leaflet ru.pdf",
        "leafletru.pdf",
        "ruleaflet.pdf",
        "leaflet-xx.pdf",
        "leaflet-sv.pdf",
        "Swedish",
        "leaflet-swedish.pdf",
        "make-it-up.pdf",
        "russian leaflet.pdf",
        "leaflet-2023-01-21.pdf",
        "leaflet",
        "leaflet.ru",
        "",
        ".pdf",
        "()",
        "-.pdf",
    ],
)
def test_what_tells_none_is_left_as_it_is(name: str) -> None:
    assert told_by(name) == ("", name)


@pytest.mark.parametrize("name", ["leaflet-en-ru.pdf", "leaflet (russian) english.pdf", "let-it-be.pdf", "en_ru.pdf"])
def test_two_languages_tell_none(name: str) -> None:
    assert told_by(name) == ("", name)


@pytest.mark.parametrize(("name", "language"), [("ru.pdf", "ru"), ("Español.pdf", "es"), ("_(zh).pdf", "zh")])
def test_a_name_that_is_a_language_alone_stays_the_title(name: str, language: str) -> None:
    assert told_by(name) == (language, name)


@given(WORDS, CODES, st.sampled_from(["-{}", "_{}", ".{}", " ({})", "[{}]", " - {}"]), ENDS)
def test_a_code_set_off_is_found_and_cut_in_any_case(words: list[str], code: str, form: str, end: str) -> None:
    rest = " ".join(words)
    if end or form != ".{}":
        for written in (code, code.upper(), code.title()):
            assert told_by(rest + form.format(written) + end) == (code, rest + end)


@given(WORDS, CODES, st.sampled_from([" {}", "-{}", "_{}", " ({})"]), st.booleans(), st.sampled_from(["NFC", "NFD"]))
def test_so_is_a_name_in_its_own_words_or_in_english(
    words: list[str], code: str, form: str, is_own: bool, composed: Literal["NFC", "NFD"]
) -> None:
    called = languages.own_name(code).partition(" (")[0] if is_own else ENGLISH_NAMES[code]
    name = unicodedata.normalize(composed, " ".join(words) + form.format(called))
    assert told_by(f"{name}.pdf") == (code, unicodedata.normalize(composed, " ".join(words)) + ".pdf")


@given(WORDS, CODES)
def test_no_code_is_a_word_among_words(words: list[str], code: str) -> None:
    name = " ".join([*words, code]) + ".pdf"
    assert told_by(name) == ("", name)


@given(st.text(max_size=300))
def test_any_name_is_taken(name: str) -> None:
    language, rest = told_by(name)
    assert language in ("", *languages.WRITTEN)
    assert len(rest) <= len(name)
    assert language or rest == name


def test_a_name_without_end_takes_no_time() -> None:
    assert told_by("- " * 500_000)[0] == ""


def test_every_language_that_is_offered_has_its_english_name() -> None:
    assert {code: Locale("en").languages[code] for code in languages.WRITTEN} == ENGLISH_NAMES
