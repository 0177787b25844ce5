"""Languages' names and directions are those of CLDR."""

from __future__ import annotations

import pytest
from babel import Locale

from organizer import languages


@pytest.mark.parametrize("code", languages.WRITTEN)
def test_a_language_has_the_name_and_direction_that_cldr_gives_it(code: str) -> None:
    locale = Locale.parse(code)
    assert languages.own_name(code) == locale.get_display_name(code)
    assert languages.direction(code) == locale.text_direction


def test_every_language_of_the_pages_can_be_written_in() -> None:
    assert set(languages.INTERFACE) <= set(languages.WRITTEN)


def test_an_unknown_language_is_called_by_its_code() -> None:
    assert languages.own_name("xx") == "xx"
