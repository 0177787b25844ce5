"""What typst is given of each side: its words with the places where they may be broken, its code and its directions."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from organizer import documents, languages
from organizer.posters.rules import Recipe
from organizer.posters.words import Side

ZERO_WIDTH_SPACE = "\u200b"
LONGEST_WORD = 24
LONGEST_WHOLE_ADDRESS = 28
LONGEST_PIECE = 48
WITHOUT_SPACES = frozenset({"zh", "ko"})
ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+|(?:https?://|www\.)\S+|[\w-]+(?:\.[\w-]+)+/\S*")
# Where nobody takes the end of a line for a space, nor a hyphen for one that only ends it; a date stays whole.
WHERE_TO_BREAK = re.compile(r"(?<=[@/])(?<!//)(?!/)|(?=-\D)|(?=\?)")
# Longer words may be broken anywhere, as no paper is that wide in large type. Scripts without spaces break between any
# two letters as it is.
LONG_WORD = re.compile(rf"[^\s\u0e00-\u0eff\u1000-\u109f\u2e80-\U0003ffff]{{{LONGEST_WORD + 1},}}")


def sheet(made: list[Side], recipe: Recipe) -> dict[str, Any]:
    """All that stands on a version's sides."""
    return {"paper": recipe.paper, "sides": [_printed(side) for side in made]}


def url(side: Side) -> str:
    """Where its code leads: the event's page in the side's language, where pages are in it."""
    return f"{side.address}?lang={side.language}" if side.language in languages.INTERFACE else side.address


def _printed(side: Side) -> dict[str, Any]:
    said = {name: _breakable(value) for name, value in vars(side).items()}
    address = url(side)
    code = str(documents.qr_svg(address)).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return said | {
        "language": side.language,
        "dir": languages.direction(side.language),
        "place_dir": _direction(side.place),
        "group_dir": _direction(side.group),
        "contact_dir": _direction(side.contact),
        "is_cjk": side.language in WITHOUT_SPACES,
        "qr": code,
        "url": address,
        "address": [_pieces(address.partition("://")[2])],
        "contact": _parts(side.contact),
    }


def _direction(words: str) -> str:
    """That of the first letter, "ltr" without any: for what is in whatever language its writers have."""
    kinds = (unicodedata.bidirectional(letter) for letter in words)
    return "rtl" if next((kind for kind in kinds if kind in ("L", "R", "AL")), "L") != "L" else "ltr"


def _parts(words: str) -> list[str | list[str]]:
    """Words as they are, and each address among them in pieces."""
    parts: list[str | list[str]] = []
    end = 0
    for found in ADDRESS.finditer(words):
        parts += [_broken(words[end : found.start()]), _pieces(found[0])]
        end = found.end()
    return [part for part in (*parts, _broken(words[end:])) if part]


def _pieces(address: str) -> list[str]:
    """What stays on one line each; only what is longer than any line may be is cut anywhere."""
    pieces = [piece for piece in WHERE_TO_BREAK.split(address) if piece]
    return [piece[at : at + LONGEST_PIECE] for piece in pieces for at in range(0, len(piece), LONGEST_PIECE)]


def _breakable(value: str | tuple[str, ...]) -> str | list[str]:
    if isinstance(value, tuple):
        return [_broken(each) for each in value]
    return _broken(value)


def _broken(words: str) -> str:
    """With marks where long words may be broken: addresses between their pieces, others anywhere."""
    return LONG_WORD.sub(lambda found: _bits(found[0]), words)


def _bits(word: str) -> str:
    if not ADDRESS.search(word):
        return ZERO_WIDTH_SPACE.join(word)
    return word if len(word) <= LONGEST_WHOLE_ADDRESS else ZERO_WIDTH_SPACE.join(_pieces(word))
