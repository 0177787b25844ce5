"""A smaller PDF to read on a screen and to send on: the same pages, with fewer dots in their pictures."""

import io
import math
from typing import Any, Final

import pikepdf
from pikepdf import Array, Dictionary, Matrix, Name, Stream

from organizer.media import pdf_drawn, points

DPI: Final = 110
QUALITY: Final = 72
WORTH_IT: Final = 0.8
"""A picture that would keep more than this of its width, or of its bytes, stays as it is."""
MOST_NESTED: Final = 30

Sizes = dict[tuple[int, int], tuple[pikepdf.Object, float, float]]
"""Each picture by its number, with the largest width and height, in points, that it is drawn in."""


def shrink(data: bytes) -> bytes:
    """Return the PDF with its pictures at DPI, where that saves something; text, drawings and links stay.

    Pictures of black dots alone stay too, since they would be hard to read, and so do those in patterns.
    """
    with pikepdf.open(io.BytesIO(data)) as pdf:
        sizes: Sizes = {}
        for page in pdf.pages:
            _measure(page.obj.get("/Contents"), page.obj.get("/Resources"), Matrix(), sizes, 0)
        for image, width, height in sizes.values():
            if not _is_special(image):
                _shrink(image, width, height)
        return pdf_drawn.saved(pdf)


def _measure(drawn: Any, resources: Any, matrix: Matrix, sizes: Sizes, depth: int) -> None:
    shown = resources.get("/XObject") if isinstance(resources, Dictionary) else None
    if not isinstance(drawn, Stream) or not isinstance(shown, Dictionary) or depth > MOST_NESTED:
        return
    kept: list[Matrix] = []
    for instruction in pikepdf.parse_content_stream(drawn, "q Q cm Do"):
        match str(instruction.operator), list(instruction.operands):
            case "q", _:
                kept.append(matrix)
            case "Q", _ if kept:
                matrix = kept.pop()
            case "cm", [_, _, _, _, _, _] as numbers:
                matrix = Matrix(*map(float, numbers)) @ matrix
            case "Do", [Name() as name]:
                found = shown.get(name)
                if isinstance(found, Stream):
                    _note(found, resources, matrix, sizes, depth)


def _note(found: Stream, resources: Any, matrix: Matrix, sizes: Sizes, depth: int) -> None:
    if found.get("/Subtype") != Name.Image:
        own = Matrix(found.Matrix) if "/Matrix" in found else Matrix()
        _measure(found, found.get("/Resources", resources), own @ matrix, sizes, depth + 1)
        return
    _, width, height = sizes.get(found.objgen, (found, 0.0, 0.0))
    shown = math.hypot(matrix.a, matrix.b), math.hypot(matrix.c, matrix.d)
    sizes[found.objgen] = (found, max(width, shown[0]), max(height, shown[1]))


def _is_special(image: pikepdf.Object) -> bool:
    """Stencils, dots of one bit, and pictures whose masks depend on each single dot."""
    is_dots = bool(image.get("/ImageMask", False)) or int(image.get("/BitsPerComponent", 8)) == 1
    mask = image.get("/SMask")
    return is_dots or isinstance(image.get("/Mask"), Array) or (isinstance(mask, Stream) and "/Matte" in mask)


def _shrink(image: pikepdf.Object, width: float, height: float) -> None:
    wanted = max(width / int(image.Width), height / int(image.Height)) * DPI / points.PER_INCH
    if wanted > WORTH_IT:
        return
    in_grey = pdf_drawn.is_grey(image.get("/ColorSpace", Name.DeviceGray))
    size = max(1, round(int(image.Width) * wanted)), max(1, round(int(image.Height) * wanted))
    data, codec = pdf_drawn.encoded(pdf_drawn.seen(image, size, in_grey=in_grey), QUALITY)
    if len(data) < WORTH_IT * len(image.read_raw_bytes()):
        pdf_drawn.replace(image, size, data, codec, in_grey=in_grey)
    mask = image.get("/SMask")
    if isinstance(mask, Stream):
        # A mask of its own may be drawn larger elsewhere only together with its picture, so the size is right.
        _shrink(mask, width, height)
