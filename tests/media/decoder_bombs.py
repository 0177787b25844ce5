"""Small files that go off in what draws: in decoders of pictures, in fonts, in lines, in rules over layers."""

import struct
import zlib
from collections.abc import Callable

import pikepdf
from pikepdf import Dictionary, Name
from PIL import Image

from tests.media import bombs, corpus, figures, pages

HUGE = 60_000
LOOP = b"\x40\x00\xb8\xff\xfd\x1c"
"""A font's program that jumps back for ever: push one word, -3, and jump by it."""


def _picture(data: bytes, codec: str, width: int = HUGE, height: int = HUGE, more: bytes = b"") -> bytes:
    keys = b"/Width %d/Height %d/Filter/%b%b" % (width, height, codec.encode(), more)
    return bombs.image(keys, data)


def _jpx(width: int, height: int) -> bytes:
    """JPEG 2000 that claims to be this large, wherever it says so."""
    data = bytearray(figures.encoded(corpus.photo((60, 60)), "JPEG2000"))
    header, size = data.index(b"ihdr") + 4, data.index(b"\xff\x51") + 4
    struct.pack_into(">II", data, header, height, width)
    for at in (2, 18):  # the picture, and its only tile
        struct.pack_into(">II", data, size + at, width, height)
    return bytes(data)


def _jbig2(side: int, regions: int = 1) -> bytes:
    """A page that claims to be this large, filled again and again."""
    sides = struct.pack(">II", side, side)
    parts = [(48, sides + bytes(8) + b"\0\0\0")] + [(38, sides + bytes(8) + b"\0\1" + figures.fax())] * regions
    return b"".join(
        struct.pack(">I", number) + bytes([kind, 0, 1]) + struct.pack(">I", len(part)) + part
        for number, (kind, part) in enumerate(parts)
    )


def _sized_jpeg(width: int, height: int) -> bytes:
    data = bytearray(figures.encoded(corpus.photo((60, 60)), "JPEG"))
    struct.pack_into(">HH", data, data.index(b"\xff\xc0") + 5, height, width)
    return bytes(data)


def _many(make: bytes, times: int) -> bytes:
    """A page that shows so many pictures, each an object of its own."""
    objects = [make] * times
    names = b"".join(b"/X%d %d 0 R" % (number, number + 5) for number in range(times))
    content = b"".join(b"/X%d Do " % number for number in range(times))
    return bombs.one_page(content, b"/XObject<<%b>>" % names, *objects)


def _forty_jpx() -> bytes:
    """Forty pictures of 49 megapixels each, none of which is more than one may be."""
    told = (
        b"/Type/XObject/Subtype/Image/Width 7000/Height 7000/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/JPXDecode"
    )
    return _many(bombs.stream(told, _jpx(7000, 7000)), 40)


def _forty_jbig2() -> bytes:
    told = b"/Type/XObject/Subtype/Image/Width 7000/Height 7000/ImageMask true/BitsPerComponent 1/Filter/JBIG2Decode"
    return _many(bombs.stream(told, _jbig2(7000, 20)), 40)


def _font(data: bytes, key: bytes = b"FontFile2", subtype: bytes = b"") -> bytes:
    told = b"<</Type/FontDescriptor/FontName/F/Flags 4/%b 7 0 R>>" % key
    font = b"<</Type/Font/Subtype/TrueType/BaseFont/F/FirstChar 97/LastChar 97/Widths[500]/FontDescriptor 6 0 R>>"
    file = bombs.stream(b"/Filter/FlateDecode" + subtype, zlib.compress(data, 9))
    return bombs.one_page(b"BT /F 40 Tf 50 50 Td (aaaa) Tj ET", b"/Font<</F 5 0 R>>", font, told, file)


def _tables(*tables: tuple[bytes, bytes]) -> bytes:
    offset = 12 + 16 * len(tables)
    directory = body = b""
    for tag, table in tables:
        directory += tag + bytes(4) + struct.pack(">II", offset + len(body), len(table))
        body += table + bytes(-len(table) % 4)
    return b"\0\1\0\0" + struct.pack(">H", len(tables)) + bytes(6) + directory + body


def _font_of_one_table_again_and_again() -> bytes:
    """Sixty thousand entries in a font's directory, all for the same megabyte."""
    entry = b"glyf" + bytes(4) + struct.pack(">II", 100, bombs.MB)
    return _font(b"\0\1\0\0\xff\xff" + bytes(6) + entry * 65_535 + bytes(bombs.MB))


def _giant_compact_font() -> bytes:
    """A compact font whose list of names claims to go on for four gigabytes."""
    return _font(b"\1\0\4\4\xff\xff\4" + b"\xff\xff\xff\xff" * 65_536, b"FontFile3", b"/Subtype/Type1C")


def _font_with_endless_strings() -> bytes:
    """A Type 1 font of two million opened brackets."""
    return _font(b"%!PS-AdobeFont-1.0\n" + b"(" * 2_000_000 + b"currentfile eexec", b"FontFile")


def _endless_hints() -> bytes:
    """A font that is to run for ever before it draws its first letter."""
    head = b"\0\1\0\0" * 2 + bytes(4) + b"\x5f\x0f\x3c\xf5" + b"\0\0\4\0" + bytes(32)
    most = struct.pack(">I14H", 0x10000, 2, 8, 1, 0, 0, 2, 8, 8, 8, 0, 64, 64, 0, 0)
    glyph = struct.pack(">h4hH", 1, 0, 0, 500, 500, 3) + struct.pack(">H", len(LOOP)) + LOOP
    glyph += b"\1\1\1\1" + struct.pack(">4h4h", 0, 500, 0, -500, 0, 0, 500, 0)
    loca = struct.pack(">HHH", 0, len(glyph) // 2, len(glyph) // 2)
    cmap = struct.pack(">HHHHI", 0, 1, 1, 0, 12) + struct.pack(">HHH", 0, 262, 0) + bytes(97) + b"\0" + bytes(158)
    hhea = bytes(34) + b"\0\1"
    return _font(
        _tables((b"cmap", cmap), (b"fpgm", LOOP), (b"glyf", glyph), (b"head", head), (b"hhea", hhea),
                (b"hmtx", b"\1\0\0\0\0\0"), (b"loca", loca), (b"maxp", most), (b"prep", LOOP))
    )  # fmt: skip


def _dashes() -> bytes:
    """Long lines of dashes that are a ten thousandth of a point long."""
    return bombs.one_page(b"[.0001] 0 d 0 0 m 600 800 l S " * 50)


def _clips() -> bytes:
    return bombs.one_page(zlib.compress(b"0 0 m 600 800 l 0 800 l h W n " * 600_000, 9), filters=b"/FlateDecode")


def _groups() -> bytes:
    """Groups that are see-through, as large as the page, in one another, and many of them."""
    inner = [bombs.form(b"/X Do /X Do", b"/XObject<</X %d 0 R>>" % number) for number in range(6, 20)]
    inner = [form.replace(b"/BBox", b"/Group<</S/Transparency/I true/K true>>/BBox") for form in inner]
    return bombs.one_page(b"/X Do", b"/XObject<</X 5 0 R>>", *inner, bombs.form(b"0 0 9 9 re f", b""))


def _mesh() -> bytes:
    """Millions of triangles, each as large as the page."""
    keys = b"/ShadingType 4/ColorSpace/DeviceRGB/BitsPerCoordinate 8/BitsPerComponent 8/BitsPerFlag 8"
    keys += b"/Decode[0 600 0 800 0 1 0 1 0 1]/Filter/FlateDecode"
    corners = b"\0\0\0\xff\0\0\0\xff\0\0\xff\0\0\x80\xff\0\0\xff"
    shading = bombs.stream(keys, bombs.deflated(corners * 1000, 3000))
    return bombs.one_page(b"/S sh", b"/Shading<</S 5 0 R>>", shading)


def _shading_over_samples() -> bytes:
    """A function of four dimensions, with 255 samples each."""
    keys = b"/FunctionType 0/Domain[0 1 0 1 0 1 0 1]/Range[0 1 0 1 0 1]/Size[255 255 255 255]/BitsPerSample 32"
    samples = bombs.stream(keys + b"/Filter/FlateDecode", bombs.deflated(bytes(bombs.MB), 60))
    space = b"/ColorSpace<</C[/DeviceN[/A/B/C/D]/DeviceRGB 5 0 R]>>"
    return bombs.one_page(b"/C cs 1 1 1 1 scn 0 0 600 800 re f", space, samples)


def _calculator() -> bytes:
    """A function that calculates for long, over a page of a shading."""
    body = b"dup mul sqrt sin cos " * 20_000
    function = bombs.stream(b"/FunctionType 4/Domain[0 1 0 1]/Range[0 1 0 1 0 1]", b"{ pop " + body + b" dup dup }")
    shading = b"<</ShadingType 1/ColorSpace/DeviceRGB/Domain[0 1 0 1]/Matrix[600 0 0 800 0 0]/Function 6 0 R>>"
    return bombs.one_page(b"/S sh " * 100, b"/Shading<</S 5 0 R>>", shading, function)


def _layers() -> bytes:
    """Rules over layers that double five times, with fifty parts each."""
    rules = [b"[/And %b]" % (b"%d 0 R " % number * 50) for number in range(6, 12)]
    told = b"<</Type/Catalog/Pages 2 0 R/OCProperties<</OCGs[12 0 R 13 0 R]/D<</OFF[13 0 R]>>>>>>"
    marked = b"<</Type/OCMD/VE 6 0 R/OCGs[12 0 R]>>"
    layers = [b"<</Type/OCG/Name(a)>>"] * 2
    page = bombs.page(b"/Properties<</L 5 0 R>>")
    return bombs.pdf(told, bombs.PAGES, page, bombs.stream(b"", b"/OC /L BDC EMC " * 9), marked, *rules, *layers)


def _deep_page_tree() -> bytes:
    nodes = [b"<</Type/Pages/Count 1/Kids[%d 0 R]>>" % (number + 1) for number in range(5, 5000)]
    first = b"<</Type/Pages/Count 1/Kids[5 0 R]>>"
    return bombs.pdf(bombs.CATALOGUE, first, b"null", bombs.stream(b"", b""), *nodes, bombs.page())


def _tables_in_a_circle() -> bytes:
    """A cross-reference whose earlier one is itself."""
    data = bombs.one_page(b"")
    start = data.rindex(b"startxref") + 10
    return data.replace(b"/Root 1 0 R", b"/Root 1 0 R/Prev " + data[start : data.index(b"\n", start)])


def _objects_in_themselves() -> bytes:
    """A stream of objects which says that it is found in itself."""
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        data = pages.saved(pdf, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return data.replace(b"/Type /ObjStm", b"/Type /ObjStm /Extends 1 0 R")


def _length_of_itself() -> bytes:
    """A stream as long as the stream is."""
    content = b"<</Length 4 0 R>>\nstream\n0 0 9 9 re f\nendstream"
    return bombs.pdf(bombs.CATALOGUE, bombs.PAGES, bombs.page(), content)


def _predicted() -> bytes:
    """Rows of two thousand million dots each, to be predicted from one another."""
    more = b"/DecodeParms<</Predictor 15/Colors 32/BitsPerComponent 16/Columns 2147483647>>"
    return _picture(bombs.deflated(bytes(bombs.MB), 200), "FlateDecode", 6000, 6000, more)


def _giant_fax() -> bytes:
    more = b"/DecodeParms<</K -1/Columns 2147483647/Rows 2147483647>>"
    return _picture(bytes(2000), "CCITTFaxDecode", 7000, 7000, more).replace(
        b"/BitsPerComponent 8/ColorSpace/DeviceRGB", b""
    )


def _endless_map() -> bytes:
    """A character map of a million ranges, each over all characters."""
    ranges = zlib.compress(
        b"begincmap\n" + b"1 beginbfrange <0000> <ffff> <0041> endbfrange\n" * 500_000 + b"endcmap", 9
    )
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 6 0 R>>"
    content = b"BT /F 12 Tf 50 50 Td (aaa) Tj ET"
    return bombs.one_page(content, b"/Font<</F 5 0 R>>", font, bombs.stream(b"/Filter/FlateDecode", ranges))


def _endless_text() -> bytes:
    """Fifty million letters, on one page."""
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    text = zlib.compress(b"BT /F 1 Tf " + b"(%b) Tj " % (b"a" * 50_000) * 1000 + b"ET", 9)
    return bombs.one_page(text, b"/Font<</F 5 0 R>>", font, filters=b"/FlateDecode")


def _filters() -> bytes:
    return bombs.one_page(b"00" * 100 + b">", filters=b"/ASCIIHexDecode" * 10_000)


def _large_page() -> bytes:
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(14_400, 14_400)).obj
        page.UserUnit = 75_000
        page.Contents = pdf.make_stream(b"/G gs 0 0 14400 14400 re f " * 2000)
        page.Resources = Dictionary(ExtGState=Dictionary(G=Dictionary(ca=0.5, BM=Name.Luminosity)))
        return pages.saved(pdf)


PDFS: dict[str, Callable[[], bytes]] = {
    "JPX of 3.6 gigapixels": lambda: _picture(_jpx(HUGE, HUGE), "JPXDecode"),
    "JPX larger than it says": lambda: _picture(_jpx(HUGE, HUGE), "JPXDecode", 60, 60),
    "forty JPX of 49 megapixels": _forty_jpx,
    "JBIG2 of 3.6 gigapixels": lambda: _picture(_jbig2(HUGE), "JBIG2Decode"),
    "JBIG2 larger than it says": lambda: _picture(_jbig2(0x7FFFFFFF), "JBIG2Decode", 60, 60),
    "forty JBIG2 of 49 megapixels": _forty_jbig2,
    "a JPEG of 3.6 gigapixels": lambda: _picture(_sized_jpeg(HUGE, HUGE), "DCTDecode", 60, 60),
    "rows to be predicted": _predicted,
    "a giant fax": _giant_fax,
    "a font of one table again and again": _font_of_one_table_again_and_again,
    "a compact font without an end": _giant_compact_font,
    "a font of opened brackets": _font_with_endless_strings,
    "endless hints": _endless_hints,
    "an endless character map": _endless_map,
    "fifty million letters": _endless_text,
    "tiny dashes": _dashes,
    "half a million clips": _clips,
    "groups in groups": _groups,
    "three million triangles": _mesh,
    "samples of four dimensions": _shading_over_samples,
    "a long calculation": _calculator,
    "rules over layers": _layers,
    "a deep page tree": _deep_page_tree,
    "tables in a circle": _tables_in_a_circle,
    "objects in themselves": _objects_in_themselves,
    "a length of itself": _length_of_itself,
    "ten thousand filters": _filters,
    "a page of a hundred kilometres": _large_page,
}


# Pictures.


def _claiming(kind: str, width: int, height: int) -> bytes:
    """HEIC or AVIF that claims to be this large."""
    data = bytearray(figures.encoded(corpus.photo((64, 64)), kind))
    struct.pack_into(">II", data, data.index(b"ispe") + 8, width, height)
    return bytes(data)


def _webp(width: int, height: int) -> bytes:
    """A drawing without loss, whose header claims to be larger."""
    data = bytearray(figures.encoded(Image.new("RGB", (64, 64), "red"), "WEBP", lossless=True))
    start = data.index(b"VP8L") + 9
    (sizes,) = struct.unpack_from("<I", data, start)
    struct.pack_into("<I", data, start, sizes >> 28 << 28 | (height - 1) << 14 | (width - 1))
    return bytes(data)


def _blank_webp() -> bytes:
    return figures.encoded(Image.new("RGB", (7000, 7000)), "WEBP", lossless=True, quality=0, method=0)


def _packed_profile() -> bytes:
    profile = bombs.chunk(b"iCCP", b"sRGB\0\0" + bombs.deflated(bytes(bombs.MB), 2000))
    return bombs.png(100, 100, profile, bombs.chunk(b"IDAT", zlib.compress(bytes(100 * 301))))


def _endless_chunks() -> bytes:
    return bombs.png(100, 100, bombs.chunk(b"tIME", bytes(7)) * 600_000, bombs.chunk(b"IDAT", b""))


def _pictures_in_a_list() -> bytes:
    """A JPEG whose list of further pictures claims to have four thousand million."""
    listed = b"MPF\0II*\0\x08\0\0\0\1\0" + struct.pack("<HHII", 0xB001, 4, 1, 0xFFFFFFFF) + bytes(4)
    plain = figures.encoded(corpus.photo((64, 64)), "JPEG")
    return plain[:2] + b"\xff\xe2" + struct.pack(">H", len(listed) + 2) + listed + plain[2:]


PICTURES: dict[str, Callable[[], bytes]] = {
    "a JPEG of four gigapixels": lambda: _sized_jpeg(65_500, 65_500),
    "a WebP of 268 megapixels": lambda: _webp(16_384, 16_384),
    "a HEIC of four gigapixels": lambda: _claiming("HEIF", 65_535, 65_535),
    "an AVIF of four gigapixels": lambda: _claiming("AVIF", 65_535, 65_535),
    "a WebP that ends early": lambda: _webp(7000, 7000),
    "a HEIC that is smaller than it says": lambda: _claiming("HEIF", 7000, 7000),
    "an AVIF that is smaller than it says": lambda: _claiming("AVIF", 7000, 7000),
    "a blank WebP of 49 megapixels": _blank_webp,
    "a packed profile": _packed_profile,
    "endless chunks": _endless_chunks,
    "four thousand million pictures in a list": _pictures_in_a_list,
}
