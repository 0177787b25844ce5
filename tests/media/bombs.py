"""Small files that unpack, unfold or go round to far more than they seem."""

import io
import struct
import zlib
from collections.abc import Callable

import pikepdf

MB = 1 << 20
CATALOGUE = b"<</Type/Catalog/Pages 2 0 R>>"
PAGES = b"<</Type/Pages/Count 1/Kids[3 0 R]>>"


def deflated(unit: bytes, times: int, *, again: int = 0) -> bytes:
    """Return `unit` repeated, compressed though it was never there; and that compressed again."""
    packing = zlib.compressobj(9, wbits=-15)
    block = packing.compress(unit) + packing.flush(zlib.Z_FULL_FLUSH)
    packed = b"\x78\xda" + block * times + b"\x03\x00" + _checksum(unit, times).to_bytes(4, "big")
    for _ in range(again):
        packed = zlib.compress(packed, 9)
    return packed


def _checksum(unit: bytes, times: int) -> int:
    """Return zlib's checksum (Adler-32) of `unit` repeated: two sums, the second one of the first ones."""
    first, second, once = 1, 0, zlib.adler32(unit)
    for _ in range(times):
        second = (second + (once >> 16) + len(unit) * (first - 1)) % 65521
        first = (first + (once & 0xFFFF) - 1) % 65521
    return second << 16 | first


def pdf(*objects: bytes) -> bytes:
    """Return a PDF whose first object is its catalogue."""
    written, places = bytearray(b"%PDF-1.7\n"), []
    for number, item in enumerate(objects, 1):
        places.append(len(written))
        written += b"%d 0 obj\n%b\nendobj\n" % (number, item)
    start = len(written)
    written += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    written += b"".join(b"%010d 00000 n \n" % place for place in places)
    written += b"trailer\n<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(written)


def stream(keys: bytes, data: bytes) -> bytes:
    return b"<<%b/Length %d>>\nstream\n%b\nendstream" % (keys, len(data), data)


def page(resources: bytes = b"", parent: int = 2) -> bytes:
    keys = b"/MediaBox[0 0 600 800]/Resources<<%b>>/Contents 4 0 R" % resources
    return b"<</Type/Page/Parent %d 0 R%b>>" % (parent, keys)


def one_page(content: bytes, resources: bytes = b"", *more: bytes, filters: bytes = b"") -> bytes:
    """Return a PDF of one page; `more` are its objects from number 5 on."""
    keys = b"/Filter[%b]" % filters if filters else b""
    return pdf(CATALOGUE, PAGES, page(resources), stream(keys, content), *more)


def packed_page(unit: bytes, times: int) -> bytes:
    return one_page(deflated(unit, times, again=1), filters=b"/FlateDecode/FlateDecode")


def form(content: bytes, resources: bytes) -> bytes:
    return stream(b"/Type/XObject/Subtype/Form/BBox[0 0 600 800]/Resources<<%b>>" % resources, content)


def nested_forms() -> bytes:
    """Thirty forms, each drawing the next one ten times."""
    inner = [form(b"/X Do " * 10, b"/XObject<</X %d 0 R>>" % number) for number in range(6, 36)]
    return one_page(b"/X Do", b"/XObject<</X 5 0 R>>", *inner, form(b"0 0 9 9 re f", b""))


def circular_form() -> bytes:
    return one_page(b"/X Do", b"/XObject<</X 5 0 R>>", form(b"/X Do /X Do", b"/XObject<</X 5 0 R>>"))


def nested_masks() -> bytes:
    """Soft masks whose groups use two further ones each, twenty deep."""
    objects: list[bytes] = []
    for number in range(5, 45, 2):
        group = b"/X gs 0 0 600 800 re f " * 2
        objects.append(b"<</Type/ExtGState/SMask<</S/Luminosity/G %d 0 R>>>>" % (number + 1))
        objects.append(form(group, b"/ExtGState<</X %d 0 R>>" % (number + 2)))
    return one_page(b"/X gs 0 0 9 9 re f", b"/ExtGState<</X 5 0 R>>", *objects, b"<</Type/ExtGState/ca 0.5>>")


def doubling_functions() -> bytes:
    keys = b"/FunctionType 3/Domain[0 1]/Bounds[.5]/Encode[0 1 0 1]"
    functions = [b"<<%b/Functions[%d 0 R %d 0 R]>>" % (keys, number, number) for number in range(6, 46)]
    space = b"/ColorSpace<</C[/Separation/X/DeviceGray 5 0 R]>>"
    return one_page(b"/C cs 1 scn 0 0 9 9 re f", space, *functions, b"<</FunctionType 2/Domain[0 1]/N 1>>")


def doubling_arrays() -> bytes:
    arrays = [b"[%d 0 R %d 0 R]" % (number, number) for number in range(6, 46)]
    return one_page(
        b"BT /F 9 Tf (a) Tj ET", b"/Font<</F<</Type/Font/Subtype/TrueType/Widths 5 0 R>>>>", *arrays, b"[1]"
    )


def array_in_itself() -> bytes:
    return one_page(
        b"BT /F 9 Tf (a) Tj ET", b"/Font<</F<</Type/Font/Subtype/TrueType/Widths 5 0 R>>>>", b"[5 0 R 5 0 R]"
    )


def tiny_tiles() -> bytes:
    keys = b"/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 1 1]/XStep .001/YStep .001/Resources<<>>"
    tile = stream(keys, b"0 0 .5 .5 re f")
    return one_page(b"/Pattern cs /P scn 0 0 600 800 re f", b"/Pattern<</P 5 0 R>>", tile)


def heavy_glyphs() -> bytes:
    """A million letters of a font in which each is drawn with ten thousand strokes."""
    glyph = deflated(b"0 0 1 1 re f ", 10_000)
    keys = b"/FontBBox[0 0 1 1]/FontMatrix[.001 0 0 .001 0 0]/FirstChar 97/LastChar 97/Widths[1]"
    font = b"<</Type/Font/Subtype/Type3%b/Encoding<</Differences[97/a]>>/CharProcs<</a 6 0 R>>>>" % keys
    content = zlib.compress(b"BT /F 10 Tf (" + b"a" * 1_000_000 + b") Tj ET", 9)
    resources = b"/Font<</F 5 0 R>>"
    return one_page(content, resources, font, stream(b"/Filter/FlateDecode", glyph), filters=b"/FlateDecode")


def image(keys: bytes, data: bytes) -> bytes:
    told = b"/Type/XObject/Subtype/Image/BitsPerComponent 8/ColorSpace/DeviceRGB"
    return one_page(b"/X Do", b"/XObject<</X 5 0 R>>", stream(told + keys, data))


def giant_image() -> bytes:
    return image(b"/Width 60000/Height 60000/Filter/FlateDecode", deflated(bytes(MB), 1000))


def zlib_in_zlib_image() -> bytes:
    keys = b"/Width 6000/Height 6000/Filter[/RunLengthDecode/FlateDecode/FlateDecode/FlateDecode]"
    return image(keys, deflated(bytes(MB), 3000, again=2))


def run_length_in_zlib() -> bytes:
    content = deflated(b"\x81 " * 500_000, 100, again=1)
    return one_page(content, filters=b"/FlateDecode/FlateDecode/RunLengthDecode")


def one_page_ten_thousand_times() -> bytes:
    kids = b"3 0 R " * 10_000
    return pdf(CATALOGUE, b"<</Type/Pages/Count 10000/Kids[%b]>>" % kids, page(), stream(b"", b""))


def doubling_page_tree() -> bytes:
    nodes = [b"<</Type/Pages/Count 2/Kids[%d 0 R %d 0 R]>>" % (number, number) for number in (3, *range(5, 40))]
    return pdf(CATALOGUE, nodes[0], b"<</Type/Pages/Kids[5 0 R 5 0 R]>>", stream(b"", b""), *nodes[1:])


def circular_page_tree() -> bytes:
    return pdf(CATALOGUE, b"<</Type/Pages/Count 2/Kids[2 0 R 2 0 R]>>")


def ten_thousand_pages() -> bytes:
    with pikepdf.new() as made:
        for _ in range(10_000):
            made.add_blank_page()
        written = io.BytesIO()
        made.save(written, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return written.getvalue()


def giant_cross_reference() -> bytes:
    start = pdf(CATALOGUE, PAGES).partition(b"xref")[0]
    table = deflated(b"\1\0\0\0\0\0\0" * 150_000, 1000)
    keys = b"/Type/XRef/W[1 4 2]/Size 150000000/Root 1 0 R/Filter/FlateDecode"
    return start + b"9 0 obj\n%b\nendobj\nstartxref\n%d\n%%%%EOF" % (stream(keys, table), len(start))


def deep_arrays() -> bytes:
    return one_page(b"", b"/X " + b"[" * 500_000 + b"]" * 500_000)


PDFS: dict[str, Callable[[], bytes]] = {
    "3 GB in 5 kB": lambda: packed_page(bytes(MB), 3000),
    "three million operators": lambda: packed_page(b"0 0 m 1 1 l S\n" * 70_000, 50),
    "25 million operands": lambda: packed_page(b"1 " * 500_000, 50),
    "seven million arrays": lambda: packed_page(b"[1 2 3]" * 150_000, 50),
    "30 million saved states": lambda: packed_page(b"q\n" * 500_000, 60),
    "nested forms": nested_forms,
    "a form in itself": circular_form,
    "nested masks": nested_masks,
    "doubling functions": doubling_functions,
    "doubling arrays": doubling_arrays,
    "an array in itself": array_in_itself,
    "tiny tiles": tiny_tiles,
    "heavy glyphs": heavy_glyphs,
    "a giant image": giant_image,
    "zlib in zlib in zlib": zlib_in_zlib_image,
    "run lengths in zlib": run_length_in_zlib,
    "one page ten thousand times": one_page_ten_thousand_times,
    "ten thousand pages": ten_thousand_pages,
    "a page tree that doubles": doubling_page_tree,
    "a page tree in a circle": circular_page_tree,
    "a giant cross-reference": giant_cross_reference,
    "deep arrays": deep_arrays,
}


# Pictures.


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, *chunks: bytes) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"".join([b"\x89PNG\r\n\x1a\n", header, *chunks, chunk(b"IEND", b"")])


def packed_png() -> bytes:
    """A hundred pixels a side, and three gigabytes behind them."""
    return png(100, 100, chunk(b"IDAT", deflated(bytes(MB), 3000)))


def packed_text_png() -> bytes:
    return png(100, 100, *[chunk(b"zTXt", b"Comment\0\0" + deflated(b" " * MB, 500))] * 5, chunk(b"IDAT", b""))


def giant_webp() -> bytes:
    """A canvas of 268 megapixels, and no picture on it."""
    canvas = b"VP8X" + struct.pack("<I", 10) + bytes(4) + (16_382).to_bytes(3, "little") * 2
    return b"RIFF" + struct.pack("<I", 4 + len(canvas)) + b"WEBP" + canvas


def endless_scans(progressive: bytes) -> bytes:
    """A progressive JPEG whose last scan is repeated until decoding takes a minute."""
    last = progressive.rindex(b"\xff\xda")
    return progressive[:last] + (progressive[last:-2]) * 3000 + b"\xff\xd9"


PICTURES: dict[str, Callable[[], bytes]] = {
    "10 gigapixels": lambda: png(100_000, 100_000, chunk(b"IDAT", deflated(bytes(MB), 300))),
    "51 megapixels": lambda: png(7_000, 7_300, chunk(b"IDAT", deflated(bytes(MB), 146))),
    "packed text": packed_text_png,
    "a giant canvas": giant_webp,
}
