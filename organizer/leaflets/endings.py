"""The language that the end of a file's name tells, as in "leaflet-ru.pdf" or "Leaflet (Spanish).pdf". Pure."""

from __future__ import annotations

import re
import unicodedata

from organizer import languages

ENGLISH_NAMES = {
    "en": "English",
    "es": "Spanish",
    "uk": "Ukrainian",
    "ru": "Russian",
    "fa": "Persian",
    "zh": "Chinese",
    "ar": "Arabic",
    "be": "Belarusian",
    "de": "German",
    "fr": "French",
    "he": "Hebrew",
    "it": "Italian",
    "ka": "Georgian",
    "kk": "Kazakh",
    "ko": "Korean",
    "ku": "Kurdish",
    "pl": "Polish",
    "pt": "Portuguese",
    "tr": "Turkish",
    "vi": "Vietnamese",
}
"""Written out as `languages.OWN_NAMES` is."""
LONGEST_ENDING = 40
SIGNS = r"\s._–-"
CLOSED_BY = {"(": ")", "[": "]", "（": "）"}
_FOLDER_END = re.compile(r"[/\\]")
_FILE_END = re.compile(r"\.\w{1,5}$")
_SET_OFF = re.compile(rf"[{SIGNS}]*[(\[（]|[{SIGNS}]+")
# A region or a script is told from the next word by its capitals.
_CODE = re.compile(r"([a-zA-Z]{2})|([a-z]{2})[-_](?:[A-Z]{2}|\d{3}|Han[st]|Latn|Cyrl|Arab)")


def told_by(filename: str) -> tuple[str, str]:
    """The code of the language that the name ends with, and the name without that, unless nothing else would remain.

    The end is set off by a sign or in brackets; a space will do for a language's own or English name, as codes are
    words, too ("Come to it"). "" with the name as it is when it ends with none of the offered languages, or with two.
    """
    name = _FOLDER_END.split(filename)[-1]
    file_end = _FILE_END.search(name)
    stem = name[: file_end.start()] if file_end else name
    language, rest = _cut(stem)
    if not language or _cut(rest)[0]:
        return "", filename
    has_more = any(letter.isalnum() for letter in rest)
    return language, rest + name[len(stem) :] if has_more else filename


def _cut(stem: str) -> tuple[str, str]:
    """The language that ends it, the longest ending first, and what stands before."""
    begin = max(0, len(stem) - LONGEST_ENDING)
    if begin == 0 and (language := _language(stem, "")):
        return language, ""
    for sign in _SET_OFF.finditer(stem, begin):
        if language := _language(stem[sign.end() :], sign[0]):
            return language, stem[: sign.start()]
    return "", stem


def _language(ending: str, sign: str) -> str:
    """The language that this is, with the sign that sets it off; "" for none."""
    closing = CLOSED_BY.get(sign[-1:], "")
    words = ending.strip()
    if not words.endswith(closing):
        return ""
    words = words.removesuffix(closing)
    code = None if sign.isspace() else _CODE.fullmatch(words)
    found = (code[1] or code[2]).lower() if code else _NAMED.get(_plain(words), "")
    return found if found in languages.WRITTEN else ""


def _plain(words: str) -> str:
    """In small letters without marks, with single spaces, as not everyone has every key."""
    spaced = re.sub(rf"[{SIGNS}]+", " ", words)
    letters = unicodedata.normalize("NFKD", spaced.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


_OWN = {_plain(name.partition(" (")[0]): code for code, name in languages.OWN_NAMES.items()}
_NAMED = _OWN | {_plain(name): code for code, name in ENGLISH_NAMES.items()}
