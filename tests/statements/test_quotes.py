"""Short quotes stand in the statement just so."""

from __future__ import annotations

import pytest

from organizer.errors import RuleError
from organizer.statements.quotes import check_quotes, is_quoted


@pytest.mark.parametrize(
    ("quote", "is_there"),
    [("came for", True), ("I  came", True), ("ame for", False), ("came fo", False), ("came for.", False), ("", False)],
)
def test_a_short_quote_stands_there_word_for_word(quote: str, is_there: bool) -> None:
    assert is_quoted(quote, "I came\nfor my brother.") == is_there


def test_a_quote_in_chinese_needs_no_spaces() -> None:
    assert is_quoted("反对战争", "我们反对战争。")


@pytest.mark.parametrize("quotes", [["came"] * 6, ["c" * 241], ["went"]])
def test_quotes_that_cannot_be_are_refused(quotes: list[str]) -> None:
    with pytest.raises(RuleError) as refused:
        check_quotes(quotes, "I came " + "c" * 241)
    assert refused.value.field == "quotes"
