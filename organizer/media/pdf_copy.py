"""Copies what pages need from one PDF to another, and nothing else: `pdf_shapes` lists what that is.

Objects are copied once and filled in turn, so that neither depth nor cycles matter, and everything copied is counted.
Of resources only those are copied that a content names and draws with, each under a number instead of its name.
"""

import zlib
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, cast

import pikepdf
from pikepdf import Array, Dictionary, Matrix, Name, Stream

from organizer.media import PDF_OBJECTS, Refused, Removed, fonts, pdf_edges, pdf_masks, pdf_pictures, pdf_veils, strip
from organizer.media.pdf_content import Content, Use, clean
from organizer.media.pdf_layers import Layers
from organizer.media.pdf_letters import Letters
from organizer.media.pdf_naming import Naming
from organizer.media.pdf_notes import Drawing
from organizer.media.pdf_scope import Scope
from organizer.media.pdf_unseen import without_unseen

MOST_ITEMS: Final = 1_000_000
"""Numbers, names and entries altogether; a tenth of that is found in the fonts of a book."""
MOST_CONTENT_BYTES: Final = 64 << 20
MOST_UNFOLDED: Final = 2_000_000
"""Operators that a page draws, those of a form as often as it is drawn: seconds of work for a reader's program."""
MOST_NESTED: Final = 30

Rule = Callable[["Copier", Any], Any]
"""From a value in the source to one in the target; None leaves it out."""


Shapes = Mapping[str, Mapping[str, Rule]]

DRAWN: Final = frozenset({"form", "tiling"})
"""Kinds of streams that hold content, as a page does."""
LED_TO: Final = frozenset({"graphics_state", "soft_mask", "shading_pattern"})
"""Kinds that may lead to content which draws with the resources of whatever names them."""
PREFIXES: Final = {
    "/XObject": b"/X",
    "/ExtGState": b"/G",
    "/Pattern": b"/P",
    "/Shading": b"/S",
    "/Font": b"/F",
    "/ColorSpace": b"/C",
}
NO_FONT: Final = b"/F0"
"""What text is set in that names no font of the file; readers have one for that."""
DEFAULT_SPACES: Final = ("/DefaultCMYK", "/DefaultGray", "/DefaultRGB")
"""Readers draw with these though no content names them."""
REWRITTEN: Final[dict[str, Callable[[bytes], bytes]]] = {
    "truetype": fonts.opentype,
    "compact": fonts.compact,
    "type1": fonts.type1,
    "cmap": strip.program,
    "calculator": strip.program,
}
IN_PROGRESS: Final = -1


class Copier:
    def __init__(self, source: pikepdf.Pdf, target: pikepdf.Pdf, shapes: Shapes) -> None:
        self.target = target
        self._shapes = shapes
        self.layers = Layers(source.Root)
        self.removed: set[Removed] = set()
        self._copies: dict[tuple[Any, ...], pikepdf.Object] = {}
        self._waiting: deque[tuple[pikepdf.Object, pikepdf.Object, str, Scope]] = deque()
        self._contents: dict[tuple[int, int], Content] = {}
        self.naming = Naming()
        self._scope = Scope()
        self._letters = Letters(target)
        self._masked: dict[tuple[int, int], pikepdf.Object] = {}
        self._has_veils = False
        """Whether a graphics state sets a mask."""
        self._items = 0
        self._content_bytes = 0

    def page(
        self, source: Mapping[str, Any], data: bytes, over: Sequence[Drawing] = (), unit: float = 1.0
    ) -> pikepdf.Object:
        """Return a page that draws `data` with what it needs, then what lies `over` it; `finish` must follow.

        `source` are the page's own entries and those it inherits; it becomes `unit` times as large.
        """
        self._scope = Scope.of(source.get("/Resources"), self.layers)
        page = self.target.make_indirect(Dictionary(Type=Name.Page))
        self._fill(page, source, "page")
        page.Contents = self.target.make_stream(b"")
        page.Resources = self.target.make_indirect(Dictionary())
        if over or unit != 1.0:
            self._write_in_forms(page, data, over, unit)
        else:
            self._write_content(page.Contents, data, self._scope, page.Resources)
        pdf_edges.scale(page, unit)
        return page

    def _write_in_forms(self, page: pikepdf.Object, data: bytes, over: Sequence[Drawing], unit: float) -> None:
        """Let the page draw its content as a form, whatever states that leaves behind, and over it the drawings."""
        scope = self._scope
        below = self._form(Array(list(page.MediaBox)))
        below.Resources = self.target.make_indirect(Dictionary())
        self._write_content(below, data, scope, below.Resources)
        drawn = {b"/X0": (Matrix(), below)}
        for at, drawing in enumerate(over, start=1):
            self._scope = scope
            drawn[b"/X%d" % at] = drawing.matrix, self._look(drawing.look)
        page.Resources.XObject = Dictionary({name.decode(): form for name, (_, form) in drawn.items()})
        lines = [b"%.6f 0 0 %.6f 0 0 cm" % (unit, unit)]
        lines += [b"q %s cm %s Do Q" % (matrix.encode(), name) for name, (matrix, _) in drawn.items()]
        _write(page.Contents, b"\n".join(lines))
        used = Counter({("/XObject", name): 1 for name in drawn})
        self._contents[page.Contents.objgen] = Content(operators=4 * len(lines), used=used)

    def _look(self, source: pikepdf.Object) -> pikepdf.Object:
        """Return what an annotation looks like as a form, even if it does not say that it is one."""
        if self.layers.hides(source.get("/OC")):
            return self.nothing()
        look = cast(pikepdf.Object, self.made(source, "form"))
        look.Type, look.Subtype = Name.XObject, Name.Form
        return look

    def finish(self, pages: list[pikepdf.Object]) -> None:
        """Fill all that `pages` refer to. Raises Refused when it unfolds to too much."""
        self._fill_waiting()
        for _ in range(MOST_NESTED):
            wanted = list(self._letters.wanted())
            for glyph in wanted:
                self._write_content(glyph.copy, decoded(glyph.source), glyph.scope, glyph.resources)
                self._fill_waiting()
            if not wanted:
                break
        else:
            raise Refused("pdf_complex")
        self._letters.finish()
        for image in self._masked.values():
            if pdf_masks.blank(self.target, image):
                self.removed.add(Removed.PICTURE_DATA)
        for page in pages:
            self._unfolded(page.Contents, page.Resources, {}, 0)
        if self._has_veils and pdf_veils.blank(self.target, pages):
            self.removed.add(Removed.PICTURE_DATA)

    def _fill_waiting(self) -> None:
        while self._waiting:
            source, copy, kind, self._scope = self._waiting.popleft()
            self._fill(copy, source, kind)

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
            # Fonts are told apart by their numbers.
            copy = self.target.make_indirect(Dictionary()) if kind == "font" else Dictionary()
            self._fill(copy, source, kind)
            return copy
        key = source.objgen, kind, self._depends_on(source, kind)
        if key not in self._copies:
            if len(self._copies) >= PDF_OBJECTS:
                raise Refused("pdf_complex")
            self._copies[key] = self._empty(source)
            self._waiting.append((source, self._copies[key], kind, self._scope))
        return self._copies[key]

    def _depends_on(self, source: Any, kind: str) -> Any:
        """Return what of the resources around it decides what a copy draws with, so that others get another copy."""
        if kind in DRAWN or (kind == "font" and source.get("/Subtype") == Name.Type3):
            return self._scope.lends_to(source.get("/Resources"))
        return self._scope.key if kind in LED_TO else None

    def nothing(self) -> pikepdf.Object:
        """Return a form that draws nothing, in place of one that is not shown."""
        self.removed.add(Removed.HIDDEN_LAYERS)
        return self._form(Array([0, 0, 0, 0]))

    def _form(self, box: pikepdf.Array) -> pikepdf.Object:
        return self.target.make_stream(b"", Type=Name.XObject, Subtype=Name.Form, BBox=box)

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
        self._has_veils |= kind == "soft_mask"
        if kind == "graphics_state" and "/Font" in copy:
            self._letters.show_all()
        if kind in ("font", "font_descriptor"):
            self.naming.font(copy, source)
        if kind == "font":
            self._letters.add(copy)
        if isinstance(copy, Stream):
            self._fill_stream(copy, source, kind)
        elif kind == "font" and source.get("/Subtype") == Name.Type3:
            self.spend(self._letters.add_drawn(copy, source, self._within(source)))

    def _fill_stream(self, copy: pikepdf.Object, source: pikepdf.Object, kind: str) -> None:
        if kind in DRAWN:
            copy.Resources = self.target.make_indirect(Dictionary())
            self._write_content(copy, decoded(source), self._within(source), copy.Resources)
        elif kind in ("image", "mask"):
            is_clean = pdf_pictures.fill(self.target, copy, source, is_mask=kind == "mask")
            if kind == "image" and _has_lost_colours(copy, source):
                raise Refused("pdf_complex")
            if "/SMask" in copy or "/Mask" in copy:
                self._masked[copy.objgen] = copy
            self.removed |= set() if is_clean else {Removed.PICTURE_DATA}
        else:
            data = REWRITTEN.get(kind, bytes)(decoded(source))
            if kind == "samples":
                data = _samples(data, copy)
            _write(copy, data)
            if kind == "truetype":
                copy.Length1 = len(data)

    def _within(self, source: Any) -> Scope:
        return self._scope.within(source.get("/Resources"), self.layers)

    def _write_content(self, stream: pikepdf.Object, data: bytes, scope: Scope, resources: pikepdf.Object) -> None:
        """Put the cleaned content into `stream`, and what it draws with into `resources`."""
        self._content_bytes += len(data)
        if self._content_bytes > MOST_CONTENT_BYTES:
            raise Refused("pdf_complex")
        seen = without_unseen(data, scope)
        if seen is not data:
            self.removed.add(Removed.PICTURE_DATA)
        content = clean(seen, scope.hidden)
        if content.has_hidden:
            self.removed.add(Removed.HIDDEN_LAYERS)
        self._scope = scope
        names = self._drawn_with(content, resources)
        _write(stream, content.renamed(names))
        self._letters.count(content, resources, names)
        self._contents[stream.objgen] = content
        content.used = Counter({(use[0], names[use]): times for use, times in content.uses.items() if use in names})
        content.lines, content.named, content.drawn = [], [], set()

    def _drawn_with(self, content: Content, resources: pikepdf.Object) -> dict[Use, bytes]:
        """Copy what the content names into `resources`, and return under which names."""
        names: dict[Use, bytes] = {}
        uses = sorted(content.uses)
        self.spend(len(uses))
        for category, name in uses:
            copied = self._resource(category, self._scope.found(category, name))
            if copied is not None:
                names[category, name] = self._numbered(resources, category, copied)
            elif category == "/Font":
                names[category, name] = NO_FONT
        for space in DEFAULT_SPACES:
            copied = self._resource("/ColorSpace", self._scope.found("/ColorSpace", space.encode()))
            if copied is not None:
                _members(resources, "/ColorSpace")[space] = copied
        return names

    def _resource(self, category: str, found: Any) -> Any:
        return None if found is None else self._shapes["resources"][category](self, found)

    def _numbered(self, resources: pikepdf.Object, category: str, copied: Any) -> bytes:
        members = _members(resources, category)
        name = PREFIXES[category] + b"%d" % (len(members.keys()) + 1)
        members[Name(name.decode())] = copied
        return name

    def _unfolded(self, drawn: pikepdf.Object, resources: Any, known: dict[tuple[int, int], int], depth: int) -> int:
        """Return how many operators drawing this takes, with all that it draws in turn."""
        if depth > MOST_NESTED or known.get(drawn.objgen) == IN_PROGRESS:
            raise Refused("pdf_complex")
        if drawn.objgen not in known:
            known[drawn.objgen] = IN_PROGRESS
            content = self._contents[drawn.objgen]
            count = content.operators
            for (category, name), times in content.used.items():
                inner = _drawn_by(resources, category, name)
                if inner is not None and inner.objgen in self._contents:
                    count += times * self._unfolded(inner, inner.Resources, known, depth + 1)
            if count > MOST_UNFOLDED:
                raise Refused("pdf_complex")
            known[drawn.objgen] = count
        return known[drawn.objgen]


def decoded(stream: pikepdf.Object) -> bytes:
    """Return a stream's bytes, at most 64 MB: `pdfs` sets qpdf's limits. Raises Refused."""
    try:
        return stream.read_bytes(pikepdf.StreamDecodeLevel.specialized)
    except pikepdf.DataDecodingError as error:
        raise Refused("memory" if "limit exceeded" in str(error) else "pdf_damaged") from None


def _has_lost_colours(copy: pikepdf.Object, source: pikepdf.Object) -> bool:
    """Whether readers cannot draw this image any more, so that what it covers would be laid open."""
    needs_none = bool(copy.get("/ImageMask", False)) or copy.get("/Filter") in (Name.DCTDecode, Name.JPXDecode)
    return "/ColorSpace" in source and "/ColorSpace" not in copy and not needs_none


def _write(stream: pikepdf.Object, data: bytes) -> None:
    stream.write(zlib.compress(data), filter=Name.FlateDecode)


def _samples(data: bytes, function: Any) -> bytes:
    """Return what a function (type 0) has of its data, if it says how much."""
    sizes, limits, bits = (function.get(key) for key in ("/Size", "/Range", "/BitsPerSample"))
    if not isinstance(sizes, Array) or not isinstance(limits, Array) or not isinstance(bits, int):
        return data
    return strip.samples(data, [*map(int, sizes.as_list()), len(limits) // 2], bits)


def _members(resources: pikepdf.Object, category: str) -> pikepdf.Object:
    """Return one dictionary of `resources`, a new one if need be."""
    if category not in resources:
        resources[category] = Dictionary()
    return resources[category]


def _drawn_by(resources: Any, category: str, name: bytes) -> pikepdf.Object | None:
    """Return the stream that is drawn when content uses this resource."""
    members = resources.get(category) if isinstance(resources, Dictionary) else None
    found = members.get(cast(Name, pikepdf.Object.parse(name))) if isinstance(members, Dictionary) else None
    if category == "/ExtGState" and isinstance(found, Dictionary):
        mask = found.get("/SMask")
        found = mask.get("/G") if isinstance(mask, Dictionary) else None
    return found if isinstance(found, Stream) else None
