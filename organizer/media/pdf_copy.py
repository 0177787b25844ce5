"""Copies what pages need from one PDF to another, and nothing else: `pdf_shapes` lists what that is.

Objects are copied once and filled in turn, so that neither depth nor cycles matter, and everything copied is counted.
"""

import zlib
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Final, cast

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

from organizer.media import PDF_OBJECTS, Refused, Removed, fonts, pdf_pictures, strip
from organizer.media.pdf_content import Content, clean
from organizer.media.pdf_layers import Layers

MOST_ITEMS: Final = 1_000_000
"""Numbers, names and entries altogether; a tenth of that is found in the fonts of a book."""
MOST_CONTENT_BYTES: Final = 64 << 20
MOST_UNFOLDED: Final = 2_000_000
"""Operators that a page draws, those of a form as often as it is drawn: seconds of work for a reader's program."""
MOST_NESTED: Final = 30

Rule = Callable[["Copier", Any], Any]
"""From a value in the source to one in the target; None leaves it out."""


Shapes = Mapping[str, Mapping[str, Rule]]

DRAWN: Final = frozenset({"form", "tiling", "glyph"})
"""Kinds of streams that hold content, as a page does."""
REWRITTEN: Final[dict[str, Callable[[bytes], bytes]]] = {
    "truetype": fonts.opentype,
    "compact": fonts.compact,
    "type1": fonts.type1,
    "cmap": strip.program,
    "calculator": strip.program,
}
FONT_FILES: Final = ("/FontFile", "/FontFile2", "/FontFile3")
FONT_NAMES: Final = ("/BaseFont", "/FontName")
IN_PROGRESS: Final = -1


class Copier:
    def __init__(self, source: pikepdf.Pdf, target: pikepdf.Pdf, shapes: Shapes) -> None:
        self.target = target
        self._shapes = shapes
        self.layers = Layers(source.Root)
        self.removed: set[Removed] = set()
        self._copies: dict[tuple[tuple[int, int], str], pikepdf.Object] = {}
        self._waiting: deque[tuple[pikepdf.Object, pikepdf.Object, str]] = deque()
        self._contents: dict[tuple[int, int], Content] = {}
        self._fonts: dict[tuple[int, int], int] = {}
        self._items = 0
        self._content_bytes = 0

    def page(self, source: pikepdf.Object, inherited: dict[str, Any], data: bytes) -> pikepdf.Object:
        """Return a page that draws `data` with what it needs; `finish` must follow."""
        resources = inherited.get("/Resources")
        page = self.target.make_indirect(Dictionary(Type=Name.Page))
        self._fill(page, {**dict(source.items()), **inherited}, "page")
        page.Contents = self._content_stream(data, resources)
        return page

    def finish(self, pages: list[pikepdf.Object]) -> None:
        """Fill all that `pages` refer to. Raises Refused when it unfolds to too much."""
        while self._waiting:
            source, copy, kind = self._waiting.popleft()
            self._fill(copy, source, kind)
        for page in pages:
            self._unfolded(page.Contents, page.get("/Resources"), {}, 0)

    def spend(self, count: int) -> None:
        self._items += count
        if self._items > MOST_ITEMS:
            raise Refused("pdf_complex")

    def made(self, source: Any, kind: str) -> pikepdf.Object | None:
        """Return the copy of a dictionary or stream; the same one for the same object."""
        if not isinstance(source, Dictionary | Stream):
            return None
        self.spend(1)
        if not source.is_indirect:
            copy: pikepdf.Object = Dictionary()
            self._fill(copy, source, kind)
            return copy
        key = source.objgen, kind
        if key not in self._copies:
            if len(self._copies) >= PDF_OBJECTS:
                raise Refused("pdf_complex")
            self._copies[key] = self._empty(source)
            self._waiting.append((source, self._copies[key], kind))
        return self._copies[key]

    def nothing(self) -> pikepdf.Object:
        """Return a form that draws nothing, in place of one that is not shown."""
        self.removed.add(Removed.HIDDEN_LAYERS)
        return self.target.make_stream(b"", Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 0, 0]))

    def _empty(self, source: pikepdf.Object) -> pikepdf.Object:
        if isinstance(source, Stream):
            return self.target.make_stream(b"")
        return self.target.make_indirect(Dictionary())

    def _fill(self, copy: pikepdf.Object, source: Any, kind: str) -> None:
        self.spend(len(self._shapes[kind]))
        for key, rule in self._shapes[kind].items():
            value = source.get(key)
            copied = None if value is None else rule(self, value)
            if copied is not None:
                copy[key] = copied
        if kind in ("font", "font_descriptor"):
            self._rename_font(copy, source)
        if isinstance(copy, Stream):
            self._fill_stream(copy, source, kind)

    def _rename_font(self, copy: pikepdf.Object, source: Any) -> None:
        """Number a font that brings its outlines along: its name finds nothing, and may tell whose it is.

        Readers draw Symbol and its like by their names even then.
        """
        if source.get("/Subtype") == Name.Type3 and "/FontDescriptor" in copy:
            # Its letters are drawn, so that nobody asks what it is like.
            del copy["/FontDescriptor"]
        told = [name for name in FONT_NAMES if name in copy]
        described = _descriptor(source)
        if not told or not any(file in described for file in FONT_FILES):
            return
        if str(copy[told[0]]).lstrip("/").rpartition("+")[2] not in fonts.STANDARD:
            number = self._fonts.setdefault(described.objgen, len(self._fonts) + 1)
            copy[told[0]] = Name(f"/AAAAAA+F{number}")

    def _fill_stream(self, copy: pikepdf.Object, source: pikepdf.Object, kind: str) -> None:
        if kind in DRAWN:
            self._write_content(copy, decoded(source), source.get("/Resources"))
        elif kind in ("image", "mask"):
            is_clean = pdf_pictures.fill(copy, source, is_grey=kind == "mask")
            self.removed |= set() if is_clean else {Removed.PICTURE_DATA}
        else:
            data = REWRITTEN.get(kind, bytes)(decoded(source))
            _write(copy, data)
            if kind == "truetype":
                copy.Length1 = len(data)

    def _content_stream(self, data: bytes, resources: Any) -> pikepdf.Object:
        stream = self.target.make_stream(b"")
        self._write_content(stream, data, resources)
        return stream

    def _write_content(self, stream: pikepdf.Object, data: bytes, resources: Any) -> None:
        self._content_bytes += len(data)
        if self._content_bytes > MOST_CONTENT_BYTES:
            raise Refused("pdf_complex")
        content = clean(data, self.layers.hidden_names(resources))
        if content.has_hidden:
            self.removed.add(Removed.HIDDEN_LAYERS)
        _write(stream, content.data)
        content.data = b""
        self._contents[stream.objgen] = content

    def _unfolded(self, drawn: pikepdf.Object, resources: Any, known: dict[tuple[int, int], int], depth: int) -> int:
        """Return how many operators drawing this takes, with all that it draws in turn."""
        if depth > MOST_NESTED or known.get(drawn.objgen) == IN_PROGRESS:
            raise Refused("pdf_complex")
        if drawn.objgen not in known:
            known[drawn.objgen] = IN_PROGRESS
            content = self._contents[drawn.objgen]
            count = content.operators
            for (category, name), times in content.uses.items():
                inner = _drawn_by(resources, category, name)
                if inner is not None and inner.objgen in self._contents:
                    own = inner.get("/Resources", resources)
                    count += times * self._unfolded(inner, own, known, depth + 1)
            if count > MOST_UNFOLDED:
                raise Refused("pdf_complex")
            known[drawn.objgen] = count
        return known[drawn.objgen]


def _descriptor(font: Any) -> pikepdf.Object:
    """Return what tells of a font's file: the font's own description, its part's, or itself."""
    parts = font.get("/DescendantFonts")
    part = parts[0] if isinstance(parts, Array) and len(parts) else font
    described = part.get("/FontDescriptor", part) if isinstance(part, Dictionary) else part
    return described if isinstance(described, Dictionary) else Dictionary()


def decoded(stream: pikepdf.Object) -> bytes:
    """Return a stream's bytes, at most 64 MB: `pdfs` sets qpdf's limits. Raises Refused."""
    try:
        return stream.read_bytes(pikepdf.StreamDecodeLevel.specialized)
    except pikepdf.DataDecodingError as error:
        raise Refused("memory" if "limit exceeded" in str(error) else "pdf_damaged") from None


def _write(stream: pikepdf.Object, data: bytes) -> None:
    stream.write(zlib.compress(data), filter=Name.FlateDecode)


def _drawn_by(resources: Any, category: str, name: bytes) -> pikepdf.Object | None:
    """Return the stream that is drawn when content uses this resource."""
    members = resources.get(category) if isinstance(resources, Dictionary) else None
    found = members.get(cast(Name, pikepdf.Object.parse(name))) if isinstance(members, Dictionary) else None
    if category == "/ExtGState" and isinstance(found, Dictionary):
        mask = found.get("/SMask")
        found = mask.get("/G") if isinstance(mask, Dictionary) else None
    return found if isinstance(found, Stream) else None
