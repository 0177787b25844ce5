"""Pictures inside PDFs: kept as they are compressed where that can be checked, otherwise drawn anew."""

import io
import re
import zlib
from typing import Any, Final

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream
from PIL import Image

from organizer.media import PICTURE_PIXELS, Refused, pdf_alpha, pdf_render, strip

DEVICE_SPACES: Final = {1: Name.DeviceGray, 3: Name.DeviceRGB, 4: Name.DeviceCMYK}
COLOURS: Final = {"/DeviceGray": 1, "/CalGray": 1, "/Indexed": 1, "/Separation": 1, "/DeviceCMYK": 4}
MOST_FILTERS: Final = 3
CHUNK_BYTES: Final = 1 << 20

FLATE: Final = "/FlateDecode"
JPEG: Final = "/DCTDecode"
FAX: Final = "/CCITTFaxDecode"
SHORT_NAMES: Final = {"/Fl": FLATE, "/DCT": JPEG, "/CCF": FAX}
PARAMETERS: Final = {
    FLATE: "Predictor Colors BitsPerComponent Columns",
    JPEG: "ColorTransform",
    FAX: "K EndOfLine EncodedByteAlign Columns Rows EndOfBlock BlackIs1 DamagedRowsBeforeError",
}
# Their decoders in readers' programs have been attacked most, and they can hold boxes of anything.
JPX: Final = "/JPXDecode"
DRAWN_ANEW: Final = (JPX, "/JBIG2Decode")


def _shifted(mark: int, lead: int) -> bytes:
    """Return the pattern for three bytes that begin after `lead` bits of a byte."""
    mark <<= 8 - lead
    first = [value for value in range(256) if value & (0xFF >> lead) == mark >> 24]
    last = [value for value in range(256) if value >> (8 - lead) == (mark & 0xFF) >> (8 - lead)]
    ends = [b"[%b]" % b"".join(re.escape(bytes([value])) for value in values) for values in (first, last)]
    return ends[0] + re.escape((mark >> 8 & 0xFFFF).to_bytes(2, "big")) + (ends[1] if lead else b"")


# Twice eleven zeros and a one, wherever in a byte they begin: nothing else in a fax looks like it.
FAX_END: Final = re.compile(b"|".join(_shifted(0x001001, lead) for lead in range(8)))


def fill(pdf: pikepdf.Pdf, copy: pikepdf.Object, source: pikepdf.Object, *, is_mask: bool) -> bool:
    """Put the picture's data into `copy`, whose dictionary is complete; False when something was left out.

    What is transparent stays so. Raises Refused for more than 50 megapixels, damaged data, more filters than any
    program uses, or where it cannot be told what is transparent.
    """
    _keep_one_mask(copy)
    filters = [str(name) for name in _listed(source.get("/Filter"))]
    if int(copy.get("/Width", 0)) * int(copy.get("/Height", 0)) > PICTURE_PIXELS or len(filters) > MOST_FILTERS:
        raise Refused("pdf_complex")
    codec = SHORT_NAMES.get(filters[-1], filters[-1]) if filters else ""
    if codec in DRAWN_ANEW:
        shown = None if is_mask or codec != JPX else _shown_inside(copy, source, filters)
        return _write_seen(pdf, copy, source, is_grey=is_mask, is_bilevel=codec != JPX, shown=shown)
    if codec not in PARAMETERS:
        return _write_pixels(copy, source.read_bytes(pikepdf.StreamDecodeLevel.specialized))
    data = original = _undone(source, filters[:-1])
    parameters = _parameters(_listed(source.get("/DecodeParms")), PARAMETERS[codec])
    if codec == JPEG:
        data = strip.jpeg(original)
    elif codec == FAX:
        end = FAX_END.search(original) if int(parameters.get("/K", 0)) < 0 else None
        if not end or not _is_as_large_as_told(copy, parameters):
            return _write_seen(pdf, copy, source, is_grey=True, is_bilevel=True)
        data = original[: end.end()]
    elif not _is_predicted_by_its_size(copy, parameters):
        return _write_pixels(copy, source.read_bytes(pikepdf.StreamDecodeLevel.specialized))
    else:
        data = _trimmed(original, _expected_bytes(copy, parameters))
    copy.write(data, filter=Name(codec), decode_parms=parameters or None)
    return len(data) == len(original)


def _keep_one_mask(copy: pikepdf.Object) -> None:
    """Leave out the mask that does not count."""
    if not isinstance(copy.get("/SMask", copy), Stream):
        del copy["/SMask"]
    if "/SMask" in copy and "/Mask" in copy:
        del copy["/Mask"]


def _shown_inside(copy: pikepdf.Object, source: pikepdf.Object, filters: list[str]) -> Image.Image | None:
    space = copy.get("/ColorSpace")
    count = None if space is None else colours(space)
    return pdf_alpha.of_jpx(copy, _undone(source, filters[:-1]), int(source.get("/SMaskInData", 0)), count)


def _write_seen(
    pdf: pikepdf.Pdf,
    copy: pikepdf.Object,
    source: pikepdf.Object,
    *,
    is_grey: bool,
    is_bilevel: bool,
    shown: Image.Image | None = None,
) -> bool:
    """Draw the picture anew; `shown` is what is not transparent of it, where other pixels tell than those drawn."""
    seen = pdf_render.picture(_page_of(source), is_grey or is_bilevel)
    shown = pdf_alpha.of_dots(copy, seen) if is_bilevel else shown
    if shown is not None:
        pdf_alpha.become_soft(pdf, copy, shown)
    _write_anew(copy, seen, is_bilevel=is_bilevel)
    return False


def _write_pixels(copy: pikepdf.Object, pixels: bytes) -> bool:
    seen = pixels[: _expected_bytes(copy, Dictionary())]
    copy.write(zlib.compress(seen), filter=Name.FlateDecode)
    return len(seen) == len(pixels)


def _listed(value: Any) -> list[Any]:
    """Return what may be absent, one thing or an array of things, as a list."""
    return [] if value is None else list(value) if isinstance(value, Array) else [value]


def _undone(source: pikepdf.Object, filters: list[str]) -> bytes:
    """Return the raw data after the outer filters, mostly none."""
    raw = source.read_raw_bytes()
    if not filters:
        return raw
    with pikepdf.new() as scratch:
        stream = scratch.make_stream(raw)
        stream.Filter = Array([Name(name) for name in filters])
        return stream.read_bytes(pikepdf.StreamDecodeLevel.specialized)


def _parameters(told: list[Any], names: str) -> Dictionary:
    """Return what the last filter needs to know, by `names`: numbers and yes or no."""
    found: dict[str, Any] = dict(told[-1].items()) if told and isinstance(told[-1], Dictionary) else {}
    kept = {f"/{name}" for name in names.split()}
    return Dictionary({name: value for name, value in found.items() if name in kept and isinstance(value, bool | int)})


def _is_as_large_as_told(copy: pikepdf.Object, parameters: Dictionary) -> bool:
    """Whether a fax is as wide as its picture, and says of no rows below it."""
    height = int(copy.get("/Height", 0))
    is_wide = int(parameters.get("/Columns", 1728)) == int(copy.get("/Width", 0))
    return is_wide and int(parameters.get("/Rows", height)) <= height


def _is_predicted_by_its_size(copy: pikepdf.Object, parameters: Dictionary) -> bool:
    """Whether rows that are told by their difference are as long as the picture is wide, for any reader's sake."""
    if int(parameters.get("/Predictor", 1)) < 2:
        return True
    told = [
        int(parameters.get(key, least)) for key, least in (("/Columns", 1), ("/Colors", 1), ("/BitsPerComponent", 8))
    ]
    is_mask = copy.get("/ImageMask", False)
    depth = 1 if is_mask else int(copy.get("/BitsPerComponent", 8))
    return told == [int(copy.get("/Width", 0)), 1 if is_mask else colours(copy.get("/ColorSpace")), depth]


def _expected_bytes(copy: pikepdf.Object, parameters: Dictionary) -> int:
    """Return how many bytes the picture's pixels take before Flate."""
    is_mask = copy.get("/ImageMask", False)
    bits = int(copy.get("/Width", 0)) * (
        1 if is_mask else colours(copy.get("/ColorSpace")) * int(copy.get("/BitsPerComponent", 8))
    )
    row_bytes = (bits + 7) // 8 + (1 if int(parameters.get("/Predictor", 1)) >= 10 else 0)
    return row_bytes * int(copy.get("/Height", 0))


def colours(space: Any) -> int:
    """Return how many numbers a colour of this space has."""
    family = str(space[0]) if isinstance(space, Array) else str(space)
    if family == "/DeviceN" and isinstance(space, Array):
        return len(space[1])
    return COLOURS.get(family, 3)


def _trimmed(data: bytes, expected: int) -> bytes:
    """Return zlib data that unpacks to at most `expected` bytes, with nothing behind its end."""
    unpacking, total, position = zlib.decompressobj(), 0, 0
    try:
        while not unpacking.eof and (position < len(data) or unpacking.unconsumed_tail):
            chunk = unpacking.unconsumed_tail
            if not chunk:
                chunk, position = data[position : position + CHUNK_BYTES], position + CHUNK_BYTES
            total += len(unpacking.decompress(chunk, CHUNK_BYTES))
            if total > expected:
                return zlib.compress(zlib.decompressobj().decompress(data, expected)) if expected else b""
    except zlib.error:
        raise Refused("pdf_damaged") from None
    return data[: min(position, len(data)) - len(unpacking.unused_data)]


def _write_anew(copy: pikepdf.Object, seen: Image.Image, *, is_bilevel: bool) -> None:
    """Keep what was seen of a picture, losslessly if it had but black and white."""
    is_stencil = bool(copy.get("/ImageMask", False))
    for key in ("/Decode", "/ColorSpace"):
        if key in copy:
            del copy[key]
    copy.Width, copy.Height = seen.size
    copy.BitsPerComponent = 1 if is_bilevel else 8
    if not is_stencil:
        copy.ColorSpace = Name.DeviceGray if seen.mode == "L" else Name.DeviceRGB
    if is_bilevel:
        dots = seen.convert("1", dither=Image.Dither.NONE)
        copy.write(zlib.compress(dots.tobytes()), filter=Name.FlateDecode)
        return
    written = io.BytesIO()
    seen.save(written, "JPEG", quality=90, subsampling=0)
    copy.write(written.getvalue(), filter=Name.DCTDecode)


def _page_of(source: pikepdf.Object) -> bytes:
    """Return a PDF whose only page is the picture, one pixel a point."""
    width, height = int(source.get("/Width", 0)), int(source.get("/Height", 0))
    with pikepdf.new() as scratch:
        picture = scratch.copy_foreign(source)
        for key in ("/SMask", "/Mask", "/SMaskInData", "/Metadata"):
            if key in picture:
                del picture[key]
        page = scratch.add_blank_page()
        page.MediaBox = Array([0, 0, width, height])
        page.Resources = Dictionary(XObject=Dictionary(Shown=picture))
        page.Contents = scratch.make_stream(b"q %d 0 0 %d 0 0 cm /Shown Do Q" % (width, height))
        written = io.BytesIO()
        scratch.save(written)
        return written.getvalue()
