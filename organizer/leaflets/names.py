"""What a leaflet's files are called where they are saved: by its title, its languages and what each is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

from flask import Response

from organizer import text
from organizer.groups.rules import slug_of
from organizer.leaflets import labels
from organizer.leaflets.models import Leaflet, LeafletVersion

# Disks take 255 bytes, of which the rest of the name needs some.
TITLE_BYTES = 150
FORBIDDEN = re.compile(r'[/\\:*?"<>|%]+')
"""What some system does not take in a name."""


@dataclass(frozen=True)
class FileName:
    """The same name twice: `own` in the letters of its title, `plain` in ASCII."""

    own: str
    plain: str


def name_of(leaflet: Leaflet, version: LeafletVersion, extension: str, *marks: str) -> FileName:
    """Like "letters-to-prisoners-en-fa-poster-a4.pdf"; `marks` say what else it is."""
    made_as = version.made_as or {}
    kinds = (*labels.spoken(leaflet, version), made_as.get("shape", ""), made_as.get("paper", ""), *marks)
    ending = f"{slug_of(*kinds)}.{extension}"
    plain = f"{slug_of(leaflet.title) or 'leaflet'}-{ending}"
    return FileName(plain if leaflet.title.isascii() else f"{_title(leaflet.title)} - {ending}", plain)


def _title(title: str) -> str:
    line = " ".join(FORBIDDEN.sub(" ", text.one_line(title)).split()).strip(". ")
    return line.encode()[:TITLE_BYTES].decode(errors="ignore").rstrip()


def attach(response: Response, name: FileName) -> Response:
    """Let browsers save the response under this name."""
    names = {"filename": name.plain}
    if name.own != name.plain:
        names["filename*"] = f"UTF-8''{quote(name.own, safe='')}"
    response.headers.set("Content-Disposition", "attachment", **names)
    return response
