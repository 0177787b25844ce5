"""What a version that was made from its event is: its shape, its paper and its languages, in words."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _

from organizer import languages
from organizer.leaflets.models import Leaflet, LeafletVersion

SHAPES = {"poster": _("Poster"), "leaflet": _("Leaflet")}
# Papers are called the same in all languages, but for Letter, which nearly nobody calls otherwise.
PAPERS = {"a4": "A4", "a5": "A5", "letter": "US Letter", "half_letter": "US half-letter"}


def made_label(version: LeafletVersion) -> str:
    """Like "Poster, A4"; "" for what was uploaded."""
    return _made(version.made_as)


def spoken(leaflet: Leaflet, version: LeafletVersion) -> tuple[str, ...]:
    """The codes of the languages that it is in: of what was made, those of its sides."""
    return _spoken(leaflet.language, version.made_as)


def languages_label(leaflet: Leaflet, version: LeafletVersion) -> str:
    """Like "English, فارسی"."""
    return _names(leaflet.language, version.made_as)


def full_label(leaflet: Leaflet, version: LeafletVersion) -> str:
    """Like "Poster, A4 · English, فارسی"; of what was uploaded its language alone."""
    return label_of(leaflet.language, version.made_as)


def label_of(language: str, made_as: Mapping[str, str] | None) -> str:
    """The `full_label` of a leaflet in a language, one of whose versions was made as this."""
    return " · ".join(part for part in (_made(made_as), _names(language, made_as)) if part)


def _made(made_as: Mapping[str, str] | None) -> str:
    return f"{SHAPES[made_as['shape']]}, {PAPERS[made_as['paper']]}" if made_as else ""


def _spoken(language: str, made_as: Mapping[str, str] | None) -> tuple[str, ...]:
    return tuple(made_as["languages"].split()) if made_as else (language,)


def _names(language: str, made_as: Mapping[str, str] | None) -> str:
    return ", ".join(languages.own_name(code) for code in _spoken(language, made_as))
