"""Which letters of fonts are shown: the others, and what drawn ones (Type 3) draw with, stay behind."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

from organizer.media import pdf_subsets
from organizer.media.pdf_codes import Codes
from organizer.media.pdf_content import Content, Use, plain_name
from organizer.media.pdf_scope import Scope

CODES: Final = range(256)
PARTS: Final = ("/CIDFontType0", "/CIDFontType2")


@dataclass(frozen=True, slots=True)
class Glyph:
    source: Stream
    copy: pikepdf.Object
    scope: Scope
    resources: pikepdf.Object


@dataclass
class _Font:
    """The copy of a drawn font, whose letters come one by one."""

    copy: pikepdf.Object
    glyphs: dict[str, Any]
    names: dict[int, str]
    """By code; what the font does not say itself is missing."""
    scope: Scope
    codes: set[int] = field(default_factory=set)
    done: dict[tuple[int, int], pikepdf.Object] = field(default_factory=dict)

    def shown(self) -> set[str]:
        """Return the letters that may be shown: those without a code too where a shown code has no name here."""
        named = {self.names[code] for code in self.codes if code in self.names}
        is_sure = self.codes <= self.names.keys()
        return named if is_sure else named | (self.glyphs.keys() - set(self.names.values()))


class Letters:
    def __init__(self, target: pikepdf.Pdf) -> None:
        self._target = target
        self._fonts: list[_Font] = []
        self._all: list[pikepdf.Object] = []
        self._codes: dict[tuple[int, int], Codes] = {}
        """By the font's copy, whether it is known already or not."""
        self._anywhere = Codes()
        """Codes that are shown in a font which some other content sets."""

    def add(self, copy: pikepdf.Object) -> None:
        """Take in a font of any kind, but not the part of one that is put together (Type 0)."""
        if str(copy.get("/Subtype")) not in PARTS:
            self._all.append(copy)

    def add_drawn(self, copy: pikepdf.Object, source: Any, scope: Scope) -> int:
        """Take in a drawn font, whose copy has no letters yet; return how many items it has."""
        glyphs = source.get("/CharProcs")
        members = dict(glyphs.items()) if isinstance(glyphs, Dictionary) else {}
        copy.CharProcs, copy.Resources = Dictionary(), self._target.make_indirect(Dictionary())
        self._fonts.append(_Font(copy, members, _names(source.get("/Encoding")), scope))
        return len(members)

    def show_all(self) -> None:
        """Keep all letters of all fonts: nobody knows in which of them something is shown."""
        self._anywhere.are_all = True

    def count(self, content: Content, resources: pikepdf.Object, names: Mapping[Use, bytes]) -> None:
        """Note which letters a content shows, once its fonts are copied."""
        fonts = resources.get("/Font", Dictionary())
        for name, codes in content.letters.items():
            font = fonts.get(names.get(("/Font", name), b"").decode() or "/None")
            if isinstance(font, Dictionary):
                self._codes.setdefault(font.objgen, Codes()).update(codes)
            else:
                self._anywhere.update(codes)
        content.letters = {}

    def wanted(self) -> Iterator[Glyph]:
        """Yield the letters that were not yet; each then stands in its font."""
        for font in self._fonts:
            codes = self._shown(font.copy)
            font.codes |= set(CODES) if codes.are_all else codes.single
            for name in sorted(font.shown() - set(font.copy.CharProcs.keys())):
                source = font.glyphs.get(name)
                if not isinstance(source, Stream):
                    continue
                if source.objgen not in font.done:
                    made = font.done[source.objgen] = self._target.make_stream(b"")
                    yield Glyph(source, made, font.scope, font.copy.Resources)
                font.copy.CharProcs[name] = font.done[source.objgen]

    def _shown(self, font: pikepdf.Object) -> Codes:
        codes = Codes()
        codes.update(self._anywhere)
        codes.update(self._codes.get(font.objgen, codes))
        return codes

    def finish(self) -> None:
        """Leave in all fonts what shown letters need, once these are known."""
        pdf_subsets.thin((font, self._shown(font)) for font in self._all)
        self._finish_drawn()

    def _finish_drawn(self) -> None:
        """Let fonts name no other letters than they have, and by a number where they say otherwise what each means."""
        for font in self._fonts:
            base = font.copy.get("/Encoding", Dictionary())
            is_named = "/ToUnicode" not in font.copy or not isinstance(base, Dictionary) or "/BaseEncoding" in base
            known = {str(name): glyph for name, glyph in font.copy.CharProcs.items()}
            names = {name: name if is_named else f"/g{number}" for number, name in enumerate(known)}
            font.copy.CharProcs = Dictionary({names[name]: glyph for name, glyph in known.items()})
            if not font.names:
                continue
            told = {code: names[name] for code, name in font.names.items() if name in names}
            listed = [item for code, name in sorted(told.items()) for item in (code, Name(name))]
            keys = {"/BaseEncoding": base.BaseEncoding} if "/BaseEncoding" in base else {}
            font.copy.Encoding = Dictionary({**keys, "/Type": Name.Encoding, "/Differences": Array(listed)})


def _names(encoding: Any) -> dict[int, str]:
    """Return the letters' names by their codes, as far as the font tells its own."""
    told = encoding.get("/Differences") if isinstance(encoding, Dictionary) else None
    named, code = {}, 0
    items: list[Any] = list(told) if isinstance(told, Array) else []
    for item in items:
        if isinstance(item, Name):
            named[code] = plain_name(item.unparse())
            code += 1
        elif isinstance(item, int):
            code = item
    return named
