"""Short quotes from a statement, word for word. Pure, as rules are."""

from __future__ import annotations

from collections.abc import Sequence

from organizer.errors import RuleError

LONGEST_QUOTE = 240
MOST_QUOTES = 5


def check_quotes(quotes: Sequence[str], plain: str) -> None:
    """Raise RuleError for too many, and for one that is long or not word for word in the statement's `plain` text."""
    if len(quotes) > MOST_QUOTES:
        raise RuleError("Choose five short quotes at most.", field="quotes")
    for quote in quotes:
        if len(quote) > LONGEST_QUOTE:
            raise RuleError(
                "A short quote has 240 characters at most. This has more: “%(quote)s”.", field="quotes", quote=quote
            )
        if not is_quoted(quote, plain):
            raise RuleError("This is not in the statement word for word: “%(quote)s”.", field="quotes", quote=quote)


def is_quoted(quote: str, plain: str) -> bool:
    """Whether these words stand in the text just so, whatever the space between them, and are cut at no letter."""
    words, found = " ".join(quote.split()), " ".join(plain.split())
    at = found.find(words) if words else -1
    while at >= 0:
        before, after = found[at - 1 : at] if at else "", found[at + len(words) : at + len(words) + 1]
        if not (_joins(before, words[0]) or _joins(words[-1], after)):
            return True
        at = found.find(words, at + 1)
    return False


def _joins(left: str, right: str) -> bool:
    """Whether two characters belong to one word. Scripts without spaces join nothing."""
    both = left + right
    return len(both) == len("ab") and both.isalnum() and not any("\u2e80" <= each <= "\u9fff" for each in both)
