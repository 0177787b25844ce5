"""Takes out of a PDF's pictures what is hidden by masks that are set for all that follows, as Illustrator sets them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

import pikepdf
from pikepdf import Array, Dictionary, Matrix, Name, Stream
from PIL import Image, ImageChops

from organizer.media import images, pdf_drawn, pdf_masks, pdf_render

MOST_NESTED: Final = 30
FOLLOWED: Final = "q Q cm gs Do"
MOST_BYTES: Final = 4 << 20
MOST_OPERATORS: Final = 100_000
"""Both of the contents that are gone through; where there is more, nothing is taken out."""
MOST_USES: Final = 50
"""Where more pictures than that are drawn under masks, they stay as they are."""
LARGEST_PX: Final = 600
"""Width or height of a mask, as it is looked at."""

Instruction = tuple[str, list[Any]]
"""An operator and what stands before it."""


@dataclass(frozen=True)
class _Veil:
    mask: pikepdf.Object
    matrix: Matrix
    """Of the mask, to the page."""


@dataclass
class _Picture:
    image: Stream
    is_whole: bool = False
    """Whether it is drawn without a mask somewhere, or where nobody looked."""
    uses: list[tuple[_Veil, Matrix]] = field(default_factory=list)


class _TooMuch(Exception):
    """Pages draw so much that going through it takes too long; then nothing is taken out."""


def blank(pdf: pikepdf.Pdf, pages: Iterable[pikepdf.Object]) -> bool:
    """Give what such masks hide of each picture, wherever it is drawn, a single colour; False when nothing was hidden.

    A picture with a mask of its own counts for itself; stencils, and pictures in patterns and letters, stay as they
    are. Raises Refused.
    """
    walk = _Walk()
    try:
        for page in pages:
            walk.through(page.Contents, page.Resources, Matrix(), None, 0)
    except _TooMuch:
        return False
    veiled = {key: found for key, found in walk.pictures.items() if _is_simple(found)}
    if not veiled or sum(len(found.uses) for found in veiled.values()) > MOST_USES:
        return False
    for key in walk.drawn_elsewhere(pdf) & set(veiled):
        del veiled[key]
    blanked = [_blank(pdf, found) for found in veiled.values()]
    return any(blanked)


def _is_simple(found: _Picture) -> bool:
    """Whether nothing but such masks decides what is seen of a picture."""
    has_own = "/SMask" in found.image or "/Mask" in found.image
    return not (found.is_whole or has_own or found.image.get("/ImageMask", False))


def _blank(pdf: pikepdf.Pdf, found: _Picture) -> bool:
    image = found.image
    width, height = int(image.Width), int(image.Height)
    scale = min(1.0, LARGEST_PX / max(width, height))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    shown = Image.new("L", size, 0)
    for veil, matrix in found.uses:
        seen = _seen(pdf, veil, matrix, size)
        if seen is None:
            return False
        shown = ImageChops.lighter(shown, seen)
    return pdf_masks.erase(image, shown)


def _seen(pdf: pikepdf.Pdf, veil: _Veil, matrix: Matrix, size: tuple[int, int]) -> Image.Image | None:
    """Return at 255 what is seen of a picture that `matrix` puts on the page, at 0 what is not; None for no picture."""
    try:
        to_picture = matrix.inverse() @ Matrix().scaled(*size)
        back = (veil.matrix @ to_picture).inverse()
    except ValueError:
        return None
    with pikepdf.new() as scratch:
        state = scratch.copy_foreign(pdf.make_indirect(Dictionary(SMask=veil.mask)))
        page = scratch.add_blank_page(page_size=(max(3, size[0]), max(3, size[1]))).obj
        page.MediaBox = Array([0, 0, *size])
        page.Resources = Dictionary(ExtGState=Dictionary(Veil=state))
        lines = [to_picture.encode() + b" cm", veil.matrix.encode() + b" cm /Veil gs", back.encode() + b" cm"]
        page.Contents = scratch.make_stream(b"\n".join([*lines, b"0 g -1 -1 %d %d re f" % (size[0] + 2, size[1] + 2)]))
        drawn = pdf_render.picture(pdf_drawn.saved(scratch), is_grey=True)
    return drawn.point(lambda value: 255 if value < 255 - images.FAINT else 0)


class _Walk:
    def __init__(self) -> None:
        self.pictures: dict[tuple[int, int], _Picture] = {}
        self._parsed: dict[tuple[int, int], list[Instruction]] = {}
        self._operators = self._bytes = 0
        self._resources: set[tuple[int, int]] = set()

    def through(self, drawn: Any, resources: Any, matrix: Matrix, veil: _Veil | None, depth: int) -> None:
        """Note each picture that a content draws, under which mask and where."""
        self._resources.add(resources.objgen)
        kept: list[tuple[Matrix, _Veil | None]] = []
        for operator, operands in self._instructions(drawn):
            match operator, operands:
                case "q", _:
                    kept.append((matrix, veil))
                case "Q", _ if kept:
                    matrix, veil = kept.pop()
                case "cm", [_, _, _, _, _, _]:
                    matrix = Matrix(*map(float, operands)) @ matrix
                case "gs", [Name() as name]:
                    veil = _after(_member(resources, "/ExtGState", name), matrix, veil)
                case "Do", [Name() as name]:
                    self._note(_member(resources, "/XObject", name), matrix, veil, depth)

    def _instructions(self, drawn: Stream) -> list[Instruction]:
        if drawn.objgen not in self._parsed:
            data = drawn.read_bytes()
            self._bytes += len(data)
            # Letters and numbers may look like operators; there are at most so many.
            if self._bytes > MOST_BYTES or sum(map(data.count, FOLLOWED.encode().split())) > MOST_OPERATORS:
                raise _TooMuch
            self._parsed[drawn.objgen] = [
                (str(instruction.operator), list(instruction.operands))
                for instruction in pikepdf.parse_content_stream(drawn, FOLLOWED)
            ]
        self._operators += len(self._parsed[drawn.objgen])
        if self._operators > MOST_OPERATORS:
            raise _TooMuch
        return self._parsed[drawn.objgen]

    def _note(self, found: Any, matrix: Matrix, veil: _Veil | None, depth: int) -> None:
        if not isinstance(found, Stream):
            return
        if found.get("/Subtype") != Name.Image:
            if depth >= MOST_NESTED:
                raise _TooMuch
            own = Matrix(found.Matrix) if "/Matrix" in found else Matrix()
            self.through(found, found.Resources, own @ matrix, veil, depth + 1)
            return
        picture = self.pictures.setdefault(found.objgen, _Picture(found))
        if veil is None:
            picture.is_whole = True
        else:
            picture.uses.append((veil, matrix))

    def drawn_elsewhere(self, pdf: pikepdf.Pdf) -> set[tuple[int, int]]:
        """Return the pictures of patterns, letters and masks, by their numbers."""
        found: set[tuple[int, int]] = set()
        for item in pdf.objects:
            drawn = item.get("/XObject") if isinstance(item, Dictionary) else None
            if isinstance(drawn, Dictionary) and item.objgen not in self._resources:
                found |= {each.objgen for each in drawn.values() if isinstance(each, Stream)}
        return found


def _after(state: Any, matrix: Matrix, veil: _Veil | None) -> _Veil | None:
    """Return the mask that is in force after a graphics state is set."""
    mask = state.get("/SMask") if isinstance(state, Dictionary) else None
    if mask is None:
        return veil
    return _Veil(mask, matrix) if isinstance(mask, Dictionary) else None


def _member(resources: Any, category: str, name: Name) -> Any:
    members = resources.get(category)
    return members.get(name) if isinstance(members, Dictionary) else None
