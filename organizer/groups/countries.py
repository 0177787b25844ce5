"""The countries, by their ISO 3166 codes, as each language calls them."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from babel import Locale

# What CLDR knows beside the countries: unions, an unknown place, test locales, and parts of countries.
NOT_COUNTRIES = frozenset({"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"})


@cache
def codes() -> frozenset[str]:
    """All codes, like US."""
    known = Locale.parse("en").territories
    return frozenset(code for code in map(str, known) if re.fullmatch("[A-Z]{2}", code)) - NOT_COUNTRIES


@cache
def choices(language: str) -> tuple[tuple[str, str], ...]:
    """(code, name) pairs in the order of their names."""
    names = Locale.parse(language).territories
    found = ((code, names.get(code, code)) for code in codes())
    return tuple(sorted(found, key=lambda pair: _without_accents(pair[1])))


def _without_accents(name: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(char))
