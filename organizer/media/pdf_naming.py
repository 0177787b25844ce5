"""Numbers for fonts and colours in place of names, which find nothing and may tell whose they are."""

from typing import Any, Final

import pikepdf
from pikepdf import Array, Dictionary, Name

from organizer.media import fonts

FONT_FILES: Final = ("/FontFile", "/FontFile2", "/FontFile3")
FONT_NAMES: Final = ("/BaseFont", "/FontName")


class Naming:
    """Counts through one file, so that equal names have equal numbers."""

    def __init__(self) -> None:
        self._fonts: dict[tuple[int, int], int] = {}
        self._inks: dict[bytes, int] = {}

    def font(self, copy: pikepdf.Object, source: Any) -> None:
        """Number a font, or its description, that brings its outlines along.

        Readers draw Symbol and its like by their names even then.
        """
        if source.get("/Subtype") == Name.Type3:
            # Its letters are drawn, so that nobody asks what it is like.
            for key in ("/FontDescriptor", "/BaseFont"):
                if key in copy:
                    del copy[key]
        told = [name for name in FONT_NAMES if name in copy]
        if not told:
            return
        # Before a plus stand six letters by which a subset is known, or whatever somebody likes.
        plain = copy[told[0]].unparse().lstrip(b"/").rpartition(b"+")[2]
        described = _descriptor(source)
        if plain.decode("latin-1") not in fonts.STANDARD and any(file in described for file in FONT_FILES):
            number = self._fonts.setdefault(described.objgen, len(self._fonts) + 1)
            copy[told[0]] = Name(f"/AAAAAA+F{number}")
        elif plain:
            copy[told[0]] = pikepdf.Object.parse(b"/" + plain)
        else:
            del copy[told[0]]

    def ink(self, name: Name) -> Name:
        return Name(f"/Ink{self._inks.setdefault(name.unparse(), len(self._inks) + 1)}")


def _descriptor(font: Any) -> pikepdf.Object:
    """Return what tells of a font's file: the font's own description, its part's, or itself."""
    parts = font.get("/DescendantFonts")
    part = parts[0] if isinstance(parts, Array) and len(parts) else font
    described = part.get("/FontDescriptor", part) if isinstance(part, Dictionary) else part
    return described if isinstance(described, Dictionary) else Dictionary()
