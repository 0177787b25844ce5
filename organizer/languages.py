"""The languages: those the pages are in, those that people write in, and their directions."""

from __future__ import annotations

from functools import cache
from zoneinfo import ZoneInfo

from babel.dates import get_timezone_name

INTERFACE = ("en", "es", "uk", "ru", "fa", "zh")
# Written out, since Babel keeps a megabyte for each language that it is asked about. A test compares.
OWN_NAMES = {
    "en": "English",
    "es": "español",
    "uk": "українська",
    "ru": "русский",
    "fa": "فارسی",
    "zh": "中文",
    "ar": "العربية",
    "be": "беларуская",
    "de": "Deutsch",
    "fr": "français",
    "he": "עברית",
    "it": "italiano",
    "ka": "ქართული",
    "kk": "қазақ тілі",
    "ko": "한국어",
    "ku": "kurdî (kurmancî)",
    "pl": "polski",
    "pt": "português",
    "tr": "Türkçe",
    "vi": "Tiếng Việt",
}
WRITTEN = tuple(OWN_NAMES)
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he"})


def own_name(code: str) -> str:
    """What its speakers call the language: "español"; the code of one that we do not know."""
    return OWN_NAMES.get(code, code)


def direction(code: str) -> str:
    """`ltr` or `rtl`."""
    return "rtl" if code in RIGHT_TO_LEFT else "ltr"


@cache
def zone_name(zone: str, language: str) -> str:
    """The everyday name of an IANA zone, right in summer and winter: "Pacific Time"; an unknown one's own."""
    try:
        return get_timezone_name(ZoneInfo(zone), locale=language)
    except (KeyError, ValueError, OSError):
        return zone


def choices(codes: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """(code, own name) pairs for a form or a switch."""
    return tuple((code, own_name(code)) for code in codes)
