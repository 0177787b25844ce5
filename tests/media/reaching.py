"""PDFs with things that no page draws, and which pictures, forms and fonts of a file its contents lead to."""

import io
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

from tests.media import pages

CATEGORIES = {
    "Do": "/XObject",
    "gs": "/ExtGState",
    "scn": "/Pattern",
    "SCN": "/Pattern",
    "sh": "/Shading",
    "Tf": "/Font",
    "cs": "/ColorSpace",
    "CS": "/ColorSpace",
}
Found = set[tuple[int, int]]


def picture(pdf: pikepdf.Pdf, told: bytes, **keys: Any) -> Stream:
    """Return a grey picture whose pixels spell this."""
    image = pdf.make_stream(told * 40, Type=Name.XObject, Subtype=Name.Image, ColorSpace=Name.DeviceGray, **keys)
    image.Width, image.Height, image.BitsPerComponent = len(told), 40, 8
    return image


def form(pdf: pikepdf.Pdf, content: bytes, resources: Dictionary | None = None, **keys: Any) -> Stream:
    made = pdf.make_stream(content, Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 600, 800]), **keys)
    if resources is not None:
        made.Resources = resources
    return made


def font(pdf: pikepdf.Pdf) -> Dictionary:
    return pdf.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))


def tiles(pdf: pikepdf.Pdf, content: bytes, resources: Dictionary) -> Stream:
    keys = Dictionary(PatternType=1, PaintType=1, TilingType=1, XStep=50, YStep=50, BBox=Array([0, 0, 50, 50]))
    made = pdf.make_stream(content, Resources=resources)
    made.stream_dict.update(keys)
    return made


def letters(pdf: pikepdf.Pdf, resources: Dictionary, **glyphs: bytes) -> Dictionary:
    """Return a font whose letters are drawn so, from A on."""
    made = Dictionary(Type=Name.Font, Subtype=Name.Type3, FontBBox=Array([0, 0, 1000, 1000]), FirstChar=65)
    made.FontMatrix, made.LastChar = Array([0.001, 0, 0, 0.001, 0, 0]), 64 + len(glyphs)
    made.Widths = Array([1000] * len(glyphs))
    names = [Name(f"/{name}") for name in glyphs]
    made.Encoding = Dictionary(Type=Name.Encoding, Differences=Array([65, *names]))
    made.CharProcs = Dictionary({str(name): pdf.make_stream(b"1000 0 d0 " + glyphs[str(name)[1:]]) for name in names})
    made.Resources = resources
    return pdf.make_indirect(made)


def layered() -> bytes:
    """A page with a layer that is not shown: with a picture, a form, a mask, tiles, a font and letters of its own."""
    with pikepdf.new() as pdf:
        on, off = (pdf.make_indirect(Dictionary(Type=Name.OCG, Name=name)) for name in ("on", "off"))
        pdf.Root.OCProperties = Dictionary(OCGs=[on, off], D=Dictionary(OFF=[off]))
        helvetica, other = font(pdf), font(pdf)
        words = form(pdf, b"BT /F1 20 Tf 50 300 Td (CANARY-form_text) Tj ET", Dictionary(Font=Dictionary(F1=helvetica)))
        inner = Dictionary(XObject=Dictionary(I=picture(pdf, b"CANARY-masked")))
        group = Dictionary(S=Name.Transparency, CS=Name.DeviceGray)
        mask = form(pdf, b"q 90 0 0 90 0 0 cm /I Do Q", inner, Group=group)
        tile = tiles(pdf, b"q 9 0 0 9 0 0 cm /I Do Q", Dictionary(XObject=Dictionary(I=picture(pdf, b"CANARY-tile"))))
        page = pdf.add_blank_page(page_size=(600, 800)).obj
        page.Resources = Dictionary(
            Font=Dictionary(F1=helvetica, F2=other, F3=letters(pdf, Dictionary(), a=b"0 0 9 9 re f % CANARY-letter\n")),
            XObject=Dictionary(Im0=picture(pdf, b"shown picture"), Im1=picture(pdf, b"CANARY-picture"), Fm1=words),
            ExtGState=Dictionary(G1=Dictionary(SMask=Dictionary(S=Name.Luminosity, G=mask))),
            Pattern=Dictionary(P1=tile),
            Properties=Dictionary(MC0=on, MC1=off),
        )
        page.Contents = pdf.make_stream(
            b"/OC /MC0 BDC q 300 0 0 200 50 500 cm /Im0 Do Q EMC\n"
            b"/OC /MC1 BDC BT /F2 20 Tf 50 400 Td (CANARY-direct) Tj /F3 9 Tf (A) Tj ET q /G1 gs /Pattern cs /P1 scn"
            b" 0 0 90 90 re f 300 0 0 200 50 100 cm /Im1 Do Q /Fm1 Do EMC\nBT /F1 24 Tf 50 740 Td (Come) Tj ET"
        )
        return pages.saved(pdf)


def shared() -> bytes:
    """The second page of a longer file: its resources are those of all pages, as some programs write them."""
    with pikepdf.new() as pdf, pikepdf.new() as out:
        helvetica = font(pdf)
        secret = form(pdf, b"BT /F1 9 Tf (CANARY-first_page) Tj ET", Dictionary(Font=Dictionary(F1=helvetica)))
        resources = Dictionary(
            Font=Dictionary(F1=helvetica, F2=font(pdf)),
            XObject=Dictionary(Im4=picture(pdf, b"CANARY-list"), Im5=picture(pdf, b"public"), Fm=secret),
        )
        shared = pdf.make_indirect(resources)
        for content in (b"/Im4 Do /Fm Do", b"BT /F1 24 Tf 50 740 Td (Come) Tj ET q 500 0 0 400 50 300 cm /Im5 Do Q"):
            page = pdf.add_blank_page(page_size=(600, 800)).obj
            page.Resources, page.Contents = shared, pdf.make_stream(content)
        out.pages.append(pdf.pages[1])
        return pages.saved(out)


def nested() -> bytes:
    """Forms, tiles and drawn letters, each with more in their resources than they draw."""
    with pikepdf.new() as pdf:

        def holding(name: str) -> Dictionary:
            told = {"/Used": picture(pdf, name.encode()), "/Left": picture(pdf, f"CANARY-{name}".encode())}
            return Dictionary(XObject=Dictionary(told), Font=Dictionary(Left=font(pdf)))

        draw = b"q 40 0 0 40 %d 100 cm /Used Do Q"
        alone = form(pdf, draw % 10)
        drawn = letters(pdf, holding("glyph"), a=draw % 0, b=b"q 1 0 0 1 0 0 cm /Left Do Q")
        page = pdf.add_blank_page(page_size=(600, 800)).obj
        page.Resources = Dictionary(
            XObject=Dictionary(Alone=alone, Own=form(pdf, draw % 60, holding("form")), **holding("page").XObject),
            Pattern=Dictionary(P=tiles(pdf, b"q 9 0 0 9 0 0 cm /Used Do Q", holding("pattern"))),
            Font=Dictionary(Drawn=drawn),
        )
        page.Contents = pdf.make_stream(
            b"/Alone Do /Own Do /Pattern cs /P scn 0 0 600 90 re f BT /Drawn 900 Tf 0 300 Td (A) Tj ET"
        )
        return pages.saved(pdf)


def unreached(data: bytes) -> Found:
    """Return the pictures, forms, patterns and fonts of a file that no content leads to."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        reached: Found = set()
        for page in pdf.pages:
            contents = page.obj.get("/Contents")
            if contents is not None:
                _reach(contents, page.obj.get("/Resources"), reached)
        return {
            item.objgen for item in pdf.objects if isinstance(item, Dictionary | Stream) and _counts(item)
        } - reached


def _counts(item: Any) -> bool:
    kinds = item.get("/Subtype") in (Name.Image, Name.Form) or item.get("/Type") == Name.Font
    return kinds or "/PatternType" in item


def _reach(content: Any, resources: Any, reached: Found) -> None:
    for instruction in pikepdf.parse_content_stream(content):
        category = CATEGORIES.get(str(instruction.operator))
        names = [str(operand) for operand in instruction.operands if isinstance(operand, Name)]
        if category and names and isinstance(resources, Dictionary):
            _enter(resources.get(category, Dictionary()).get(names[-1]), resources, reached)


def _enter(found: Any, resources: Any, reached: Found) -> None:
    if not isinstance(found, Dictionary | Stream) or (found.is_indirect and found.objgen in reached):
        return
    reached.add(found.objgen)
    own = found.get("/Resources", resources)
    for key in ("/SMask", "/Mask", "/G", "/Shading"):
        if isinstance(found.get(key), Dictionary | Stream):
            _enter(found[key], own, reached)
    for part in found.get("/DescendantFonts", []):
        _enter(part, own, reached)
    for glyph in found.get("/CharProcs", Dictionary()).values():
        _reach(glyph, own, reached)
    if isinstance(found, Stream) and found.get("/Subtype") != Name.Image:
        _reach(found, own, reached)
