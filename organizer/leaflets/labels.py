"""What a version that was made from its event is: its shape, its paper and its languages, in words."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from organizer import languages
from organizer.leaflets.models import Leaflet, LeafletVersion

SHAPES = {"poster": _("Poster"), "leaflet": _("Leaflet")}
# Papers are called the same in all languages, but for Letter, which nearly nobody calls otherwise.
PAPERS = {"a4": "A4", "a5": "A5", "letter": "US Letter", "half_letter": "US half-letter"}


def made_label(version: LeafletVersion) -> str:
    """Like "Poster, A4"; "" for what was uploaded."""
    made_as = version.made_as
    return f"{SHAPES[made_as['shape']]}, {PAPERS[made_as['paper']]}" if made_as else ""


def spoken(leaflet: Leaflet, version: LeafletVersion) -> tuple[str, ...]:
    """The codes of the languages that it is in: of what was made, those of its sides."""
    return tuple(version.made_as["languages"].split()) if version.made_as else (leaflet.language,)


def languages_label(leaflet: Leaflet, version: LeafletVersion) -> str:
    """Like "English, فارسی"."""
    return ", ".join(languages.own_name(code) for code in spoken(leaflet, version))


def full_label(leaflet: Leaflet, version: LeafletVersion) -> str:
    """Like "Poster, A4 · English, فارسی"; of what was uploaded its language alone."""
    parts = (made_label(version), languages_label(leaflet, version))
    return " · ".join(part for part in parts if part)
