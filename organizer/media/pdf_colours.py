"""What a page draws with, and in which colours; and the same content with each colour as a grey."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

import pikepdf
from pikepdf import Array, ContentStreamInlineImage, ContentStreamInstruction, Dictionary, Name, Operator, Stream
from PIL import Image

from organizer.media import pdf_drawn, pdf_render

DEVICE: Final = {"g": "/DeviceGray", "rg": "/DeviceRGB", "k": "/DeviceCMYK"}
PATTERN: Final = "/Pattern"
GREY: Final = "/DeviceGray"
FIRST: Final = {
    "/DeviceRGB": (0, 0, 0),
    "/DeviceCMYK": (0, 0, 0, 1),
    "/CalRGB": (0, 0, 0),
    "/Lab": (0, 0, 0),
    "/Indexed": (0,),
}
"""The colour that a space begins with; one of inks begins with all of them in full."""
PLAIN_MIXING: Final = ("/Normal", "/Compatible")
MOST_COLOURS: Final = 4096
SWATCH: Final = 4
"""Points, and pixels, of the square that shows a colour."""
ACROSS: Final = 64

Colour = tuple[str, tuple[Any, ...]]
"""A colour space, by its name or how it is written in the file, and the values in it."""


class Hard(Exception):
    """The colours of this content cannot be told one by one."""


@dataclass
class Reached:
    """What a page's resources lead to; plain when nothing of it forbids that colours are told one by one."""

    is_plain: bool = True
    contents: list[tuple[Stream, Any]] = field(default_factory=list)
    """All that is drawn, the page first, each with its resources."""
    images: list[Stream] = field(default_factory=list)


def reached(page: pikepdf.Object) -> Reached:
    """Walk over all that a page may draw with, whether it does or not."""
    found, resources = Reached(), page.get("/Resources")
    drawn = page.get("/Contents")
    if isinstance(drawn, Stream):
        found.contents.append((drawn, resources))
    waiting, known = [resources, page.get("/Group")], set()
    while waiting:
        item = waiting.pop()
        if not isinstance(item, Array | Dictionary | Stream) or (item.is_indirect and item.objgen in known):
            continue
        known.add(item.objgen)
        if isinstance(item, Array):
            waiting += list(item)
            continue
        _note(item, found, resources)
        waiting += [value for key, value in item.items() if key != "/Parent"]
    return found


def _note(item: Any, found: Reached, resources: Any) -> None:
    own = item.get("/Resources")
    if isinstance(item, Stream) and item.get("/Subtype") == Name.Image:
        found.is_plain &= _is_plain_image(item)
        if not item.get("/ImageMask", False):
            found.images.append(item)
    elif isinstance(item, Stream) and (item.get("/Subtype") == Name.Form or "/PatternType" in item):
        found.contents.append((item, own))
    elif isinstance(item.get("/CharProcs"), Dictionary):
        found.contents += [(glyph, own or resources) for glyph in item.CharProcs.values() if isinstance(glyph, Stream)]
    if "/ShadingType" in item and not pdf_drawn.is_grey(item.get("/ColorSpace")):
        found.is_plain = False
    if "/BM" in item and str(item.BM) not in PLAIN_MIXING:
        found.is_plain = False


def _is_plain_image(image: Stream) -> bool:
    """Not where a mask is told in the picture's own colours."""
    mask = image.get("/SMask")
    return not isinstance(image.get("/Mask"), Array) and not (isinstance(mask, Stream) and "/Matte" in mask)


class Colours:
    """The content of all plain pages; `convert` writes it anew in grey."""

    def __init__(self, pdf: pikepdf.Pdf, pages: list[Reached]) -> None:
        self._pdf = pdf
        self._spaces: dict[str, Any] = {}
        self._colours: dict[Colour, int] = {}
        """Each with its place among the swatches."""
        self._programs: dict[tuple[int, int], tuple[Stream, list[Any]] | None] = {}
        """Instructions, and in place of those that set a colour: (its place, the operator for the grey)."""
        for page in pages:
            for stream, resources in page.contents if page.is_plain else ():
                if stream.objgen not in self._programs:
                    self._programs[stream.objgen] = self._read(stream, resources, is_page=stream is page.contents[0][0])

    def is_done(self, page: Reached) -> bool:
        """Whether all that the page draws could be converted."""
        return page.is_plain and all(self._programs.get(stream.objgen) for stream, _ in page.contents)

    def convert(self) -> None:
        greys = self._greys()
        for program in self._programs.values():
            if program is not None:
                stream, instructions = program
                stream.write(pikepdf.unparse_content_stream(list(_in_grey(instructions, greys))))

    def _read(self, stream: Stream, resources: Any, *, is_page: bool) -> tuple[Stream, list[Any]] | None:
        # A form begins with the colours of whatever draws it.
        first = GREY if is_page else ""
        spaces, kept, written = (first, first), [], []
        try:
            for instruction in pikepdf.parse_content_stream(stream):
                operator = str(instruction.operator)
                if operator == "q":
                    kept.append(spaces)
                elif operator == "Q" and kept:
                    spaces = kept.pop()
                changed, spaces = self._changed(instruction, operator, spaces, resources)
                written.append(changed)
        except (Hard, NotImplementedError, pikepdf.PdfError, ValueError, TypeError):
            return None
        return stream, written

    def _changed(
        self, instruction: Any, operator: str, spaces: tuple[str, str], resources: Any
    ) -> tuple[Any, tuple[str, str]]:
        """Return what becomes of an instruction, and the spaces for filling and for lines after it."""
        if isinstance(instruction, ContentStreamInlineImage):
            return _plain_inline(instruction), spaces
        is_line, kind = operator.isupper(), operator.lower()
        if kind in ("cs", *DEVICE) and operator in ("cs", "CS", "g", "G", "rg", "RG", "k", "K"):
            space = DEVICE.get(kind) or self._space(instruction.operands[0], resources)
            values = _first(space, self._spaces.get(space)) if kind == "cs" else tuple(instruction.operands)
            after = (spaces[0], space) if is_line else (space, spaces[1])
        elif operator in ("sc", "scn", "SC", "SCN"):
            space, values, after = spaces[1 if is_line else 0], tuple(instruction.operands), spaces
        else:
            return instruction, spaces
        if not space:
            raise Hard
        if space in (GREY, PATTERN):
            return instruction, after
        return (self._place((space, values)), "G" if is_line else "g"), after

    def _space(self, name: Any, resources: Any) -> str:
        """Return a colour space as it is written, or GREY or PATTERN. Raises Hard."""
        told = resources.get("/ColorSpace") if isinstance(resources, Dictionary) else None
        found = told.get(name) if isinstance(told, Dictionary) else None
        if found is None:
            found = name
        family = str(found[0] if isinstance(found, Array) else found)
        if family == PATTERN and isinstance(found, Array) and len(found) > 1:
            raise Hard
        if isinstance(found, Array) and family not in (PATTERN, GREY):
            key = found.unparse().decode("latin-1")
            self._spaces[key] = found
            return key
        if family not in (*DEVICE.values(), PATTERN):
            raise Hard
        return family

    def _place(self, colour: Colour) -> int:
        if len(self._colours) >= MOST_COLOURS:
            raise Hard
        return self._colours.setdefault(colour, len(self._colours))

    def _greys(self) -> list[Decimal]:
        """Return how bright each colour is seen, by its place: 0 is black, 1 white."""
        if not self._colours:
            return []
        names = {key: Name(f"/Space{number}") for number, key in enumerate(self._spaces)}
        rows = -(-len(self._colours) // ACROSS)
        drawn = []
        for (space, values), place in self._colours.items():
            x, y = place % ACROSS * SWATCH, (rows - 1 - place // ACROSS) * SWATCH
            drawn.append(ContentStreamInstruction([names.get(space) or Name(space)], Operator("cs")))
            drawn.append(ContentStreamInstruction(list(values), Operator("scn")))
            drawn.append(ContentStreamInstruction([x, y, SWATCH, SWATCH], Operator("re")))
            drawn.append(ContentStreamInstruction([], Operator("f")))
        with pikepdf.new() as scratch:
            spaces = {
                str(names[key]): scratch.copy_foreign(self._pdf.make_indirect(space))
                for key, space in self._spaces.items()
            }
            page = scratch.add_blank_page(page_size=(ACROSS * SWATCH, rows * SWATCH))
            page.obj.Resources = Dictionary(ColorSpace=Dictionary(spaces))
            page.obj.Contents = scratch.make_stream(pikepdf.unparse_content_stream(drawn))
            seen = pdf_render.picture(pdf_drawn.saved(scratch), is_grey=False).convert("L")
        # One pixel for each swatch, from its middle, where nothing of its neighbours shines in.
        middles = seen.resize((ACROSS, rows), Image.Resampling.NEAREST).tobytes()
        return [Decimal(brightness) / 255 for brightness in middles[: len(self._colours)]]


def _first(space: str, told: Any) -> tuple[Any, ...]:
    """Return the values that a colour space begins with."""
    family = str(told[0]) if told is not None else space
    if family == "/Separation":
        return (1,)
    if family == "/DeviceN":
        return (1,) * len(told[1])
    return FIRST.get(family, ())


def _in_grey(instructions: list[Any], greys: list[Decimal]) -> Iterator[Any]:
    for instruction in instructions:
        if isinstance(instruction, tuple):
            place, operator = instruction
            yield ContentStreamInstruction([round(greys[place], 4)], Operator(operator))
        else:
            yield instruction


def _plain_inline(instruction: ContentStreamInlineImage) -> ContentStreamInlineImage:
    """Raises Hard for an inline picture that has colours."""
    image = instruction.iimage
    if not image.image_mask and str(image.colorspace) != GREY:
        raise Hard
    return instruction
