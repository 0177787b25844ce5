"""Pictures as PDFs hold them, in every way to compress them, each with canaries where that way has room for some."""

import io
import struct
import zlib
from collections.abc import Callable
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream, String
from PIL import Image

from tests.media import corpus, pages

SIDE = 60


def showing(make: Callable[[pikepdf.Pdf], Stream], size: int = SIDE) -> bytes:
    """Return a PDF of one page that shows one image, one pixel a point."""
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(size, size))
        page.Resources = Dictionary(XObject=Dictionary(X=make(pdf)))
        page.Contents = pdf.make_stream(b"%d 0 0 %d 0 0 cm /X Do" % (size, size))
        return pages.saved(pdf)


def image(pdf: pikepdf.Pdf, data: bytes, codec: str, **keys: Any) -> Stream:
    told: dict[str, Any] = {"Subtype": Name.Image, "Width": SIDE, "Height": SIDE, "BitsPerComponent": 8}
    made = Stream(pdf, data)
    made.stream_dict.update(Dictionary(**{**told, "ColorSpace": Name.DeviceRGB, **keys}))
    made.Filter = Name(codec)
    return made


def encoded(picture: Image.Image, kind: str, **options: Any) -> bytes:
    written = io.BytesIO()
    picture.save(written, kind, **options)
    return written.getvalue()


def lzw(data: bytes) -> bytes:
    """Return LZW that never builds a table: a clear code before each 200 bytes, nine bits each."""
    bits = "".join(
        f"{256:09b}" + "".join(f"{byte:09b}" for byte in data[at : at + 200]) for at in range(0, len(data), 200)
    )
    bits += f"{257:09b}"
    return int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8), "big")


def run_lengths(data: bytes) -> bytes:
    """Return runs of as many different bytes as one may have, and the mark of the end."""
    runs = (data[at : at + 128] for at in range(0, len(data), 128))
    return b"".join(bytes([len(run) - 1]) + run for run in runs) + b"\x80"


def fax(size: int = SIDE, kind: str = "group4") -> bytes:
    """Return the drawing as a fax, its end mark included."""
    black = corpus.drawing((size, size)).convert("L").point(lambda value: 0 if value < 200 else 255).convert("1")
    tiff = encoded(black, "TIFF", compression=kind, tiffinfo={262: 0, 278: size})
    with Image.open(io.BytesIO(tiff)) as opened:
        start, length = opened.tag_v2[273][0], opened.tag_v2[279][0]  # type: ignore[attr-defined] # TIFF's own
    return tiff[start : start + length]


def jbig2(size: int = SIDE, told: bytes = b"") -> bytes:
    """Return a page of this size with one region, a fax of the drawing, and a comment."""
    sides = size.to_bytes(4, "big") * 2
    parts = [(48, sides + bytes(8) + b"\0\0\0"), (38, sides + bytes(8) + b"\0" + b"\1" + fax(size))]
    if told:
        parts.insert(1, (62, b"\x20\0\0\0" + told + b"\0\0"))
    return b"".join(
        number.to_bytes(4, "big") + bytes([kind, 0, 1]) + len(part).to_bytes(4, "big") + part
        for number, (kind, part) in enumerate(parts)
    )


def jpx(picture: Image.Image) -> bytes:
    """Return JPEG 2000 with a comment in it, XML, a box of our own, and something behind its end."""
    box = b"".join(
        struct.pack(">I", 8 + len(told)) + kind + told
        for kind, told in ((b"xml ", corpus.XMP), (b"uuid", b"0123456789abcdefCANARY-uuid"), (b"free", b"CANARY-box"))
    )
    made = encoded(picture, "JPEG2000", comment="CANARY-codestream")
    return made + box + b"CANARY-behind_the_end"


def _one_of_one() -> bytes:
    """Return a list of the pictures in a file (MPF) with this one alone, and words behind it."""
    entries = struct.pack("<HHII", 0xB001, 4, 1, 1) + struct.pack("<HHII", 0xB002, 7, 16, 38)
    return b"MPF\0II*\0\x08\0\0\0\2\0" + entries + bytes(4 + 16) + b"CANARY-mpf"


def photoshop_jpeg(picture: Image.Image, **options: Any) -> bytes:
    """Return a JPEG with what photo programs add: IPTC, a second picture, a thumbnail in EXIF, unknown segments."""
    plain = corpus.jpeg(picture, **options)
    iptc = b"\x1c\x02\x50\x00\x0dCANARY-byline\x1c\x02\x5a\x00\x0bCANARY-city"
    block = b"Photoshop 3.0\x008BIM\x04\x04\0\0" + len(iptc).to_bytes(4, "big") + iptc + bytes(len(iptc) % 2)
    second = encoded(picture.convert("RGB").resize((8, 8)), "JPEG", comment=b"CANARY-second_picture")
    parts = [(0xED, block), (0xE2, _one_of_one()), (0xEC, b"CANARY-ducky"), (0xE5, b"CANARY-own")]
    parts += [(0xE1, b"http://ns.adobe.com/xmp/extension/\0CANARY-extended"), (0xFE, b"CANARY-second_comment")]
    added = b"".join(b"\xff" + bytes([kind]) + (len(told) + 2).to_bytes(2, "big") + told for kind, told in parts)
    return plain[:2] + added + plain[2:] + second


def _told(pdf: pikepdf.Pdf) -> dict[str, Any]:
    """Return keys that a picture's dictionary may have and nobody sees."""
    return {
        "Metadata": pdf.make_stream(corpus.XMP, Type=Name.Metadata),
        "PieceInfo": Dictionary(App=Dictionary(Private=String("CANARY-piece_info"))),
        "Name": Name("/CANARY-image_name"),
        "ID": String("CANARY-image_id"),
        "OPI": Dictionary({"/2.0": Dictionary(F=String("CANARY-opi"))}),
        "Alternates": Array([Dictionary(Image=pdf.make_stream(b"CANARY-alternate"))]),
        "AF": Array([Dictionary(EF=Dictionary(F=pdf.make_stream(b"CANARY-associated")))]),
        "Measure": Dictionary(GPTS=Array([String("CANARY-gps")])),
    }


BILEVEL: dict[str, Any] = {"BitsPerComponent": 1, "ColorSpace": Name.DeviceGray}


def _pixels(codec: str, packed: Callable[[bytes], bytes]) -> Callable[[], bytes]:
    """A photo compressed so, with rows that nobody sees and something behind the end."""

    def made() -> bytes:
        data = packed(corpus.photo((SIDE, SIDE)).tobytes() + b"CANARY-more_rows" * 20) + b"CANARY-behind_the_end"
        return showing(lambda pdf: image(pdf, data, codec, **_told(pdf)))

    return made


def _photo(**options: Any) -> Callable[[], bytes]:
    def made() -> bytes:
        mode = options.pop("mode", "RGB")
        spaces = {"L": Name.DeviceGray, "RGB": Name.DeviceRGB, "CMYK": Name.DeviceCMYK}
        data = photoshop_jpeg(corpus.photo((SIDE, SIDE)).convert(mode), **options)
        return showing(lambda pdf: image(pdf, data, "/DCTDecode", **{**_told(pdf), "ColorSpace": spaces[mode]}))

    return made


def _fax(kind: str, code: int) -> Callable[[], bytes]:
    def made() -> bytes:
        told = Dictionary(K=code, Columns=SIDE, Rows=SIDE, Secret=String("CANARY-parameter"), BlackIs1=False)
        data = fax(kind=kind) + b"CANARY-behind_the_end"
        return showing(lambda pdf: image(pdf, data, "/CCITTFaxDecode", DecodeParms=told, **{**_told(pdf), **BILEVEL}))

    return made


def _jbig2(is_stencil: bool) -> bytes:
    def make(pdf: pikepdf.Pdf) -> Stream:
        shared = pdf.make_stream(b"\0\0\0\x09\x3e\0\0\0\0\0\x16\x20\0\0\0CANARY-globals\0\0\0\0")
        keys = {**_told(pdf), **BILEVEL, "DecodeParms": Dictionary(JBIG2Globals=shared)}
        if is_stencil:
            keys |= {"ImageMask": True}
            del keys["ColorSpace"]
        made = image(pdf, jbig2(told=b"CANARY-comment\0"), "/JBIG2Decode", **keys)
        if is_stencil:
            del made["/ColorSpace"]
        return made

    return showing(make)


def _masked() -> bytes:
    """A photo whose transparency is a photo with canaries of its own."""

    def make(pdf: pikepdf.Pdf) -> Stream:
        grey = photoshop_jpeg(corpus.photo((SIDE, SIDE)).convert("L"))
        mask = image(pdf, grey, "/DCTDecode", **{**_told(pdf), "ColorSpace": Name.DeviceGray})
        pixels = zlib.compress(corpus.photo((SIDE, SIDE)).tobytes())
        return image(pdf, pixels, "/FlateDecode", SMask=mask, **_told(pdf))

    return showing(make)


def _indexed() -> bytes:
    """Four colours, and words behind them where there is room for 252 more; a profile with a name below."""

    def make(pdf: pikepdf.Pdf) -> Stream:
        profile = Array([Name.ICCBased, pdf.make_stream(corpus.profile(), N=3, Alternate=Name.DeviceRGB)])
        colours = bytes(range(20, 32)) * 1 + b"CANARY-more_colours"
        dots = bytes(index % 4 for index in range(SIDE * SIDE))
        space = Array([Name.Indexed, profile, 3, String(colours)])
        return image(pdf, zlib.compress(dots), "/FlateDecode", ColorSpace=space)

    return showing(make)


def _inline() -> bytes:
    """A photo within the content of the page, and a grey one."""
    photo = photoshop_jpeg(corpus.photo((SIDE, SIDE)))
    header = b"q 60 0 0 60 0 0 cm BI /W 60 /H 60 /BPC 8 /CS /RGB /F /DCT /L %d ID " % len(photo)
    return pages.made(header + photo + b"\nEI Q q 30 0 0 30 90 0 cm BI /W 1 /H 1 /BPC 8 /CS /G ID x EI Q")


FIGURES: dict[str, Callable[[], bytes]] = {
    "a photo": _photo(),
    "a grey photo": _photo(mode="L"),
    "a photo in printers' colours": _photo(mode="CMYK"),
    "a progressive photo": _photo(progressive=True),
    "pixels": _pixels("/FlateDecode", zlib.compress),
    "pixels in LZW": _pixels("/LZWDecode", lzw),
    "pixels in runs": _pixels("/RunLengthDecode", run_lengths),
    "JPX": lambda: showing(lambda pdf: image(pdf, jpx(corpus.photo((SIDE, SIDE))), "/JPXDecode", **_told(pdf))),
    "grey JPX": lambda: showing(
        lambda pdf: image(
            pdf,
            jpx(corpus.photo((SIDE, SIDE)).convert("L")),
            "/JPXDecode",
            **{**_told(pdf), "ColorSpace": Name.DeviceGray},
        )
    ),
    "JBIG2": lambda: _jbig2(is_stencil=False),
    "JBIG2 as a stencil": lambda: _jbig2(is_stencil=True),
    "a fax": _fax("group4", -1),
    "an older fax": _fax("group3", 0),
    "a transparent photo": _masked,
    "few colours": _indexed,
    "photos within the content": _inline,
}
