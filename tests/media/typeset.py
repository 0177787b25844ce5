"""PDFs by Typst and Pillow, and fonts in them that tell whose they are."""

import io
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pikepdf
import typst
from pikepdf import Dictionary, Name, String
from PIL import Image

from tests.media import corpus

LEAFLET = b"""
#set document(title: "CANARY-title", author: ("CANARY-author", "CANARY-second"), keywords: ("CANARY-keyword",),
  description: "CANARY-description", date: datetime(year: 2023, month: 1, day: 21))
#set page(width: 12cm, height: 14cm)
#set text(lang: "ru")
= Free the prisoners <CANARY-place>
Write a #link("https://example.org/letters")[letter]. #text(font: "DejaVu Sans Mono")[Solidarity]
#link(<CANARY-place>)[Up] #metadata("CANARY-metadata") #h(0pt) #hide[CANARY-hidden]
#figure(image("photo.jpg", width: 4cm, alt: "CANARY-alt"), caption: [A picture], alt: "CANARY-figure")
#rect(fill: gradient.linear(red, blue), width: 3cm, height: 1cm) $ sum_(n=1)^oo 1/n^2 = pi^2/6 $
#pagebreak()
#lorem(40)
"""
ATTACHED = b"""#pdf.attach("CANARY-file_name.jpg", read("photo.jpg", encoding: none), description: "CANARY-attached",
  mime-type: "image/jpeg", relationship: "source")
"""


def by_typst(**options: Any) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "photo.jpg").write_bytes(corpus.jpeg(corpus.photo((300, 200))))
        written = Path(folder, "leaflet.typ")
        written.write_bytes((ATTACHED if options else b"") + LEAFLET)
        return typst.compile(written, ignore_system_fonts=True, **options)


def by_pillow(kind: str = "RGB") -> bytes:
    """A scan as phones make it, with two pages."""
    written = io.BytesIO()
    told = {key: f"CANARY-{key}" for key in ("title", "author", "subject", "keywords", "creator", "producer")}
    with Image.open(io.BytesIO(corpus.jpeg(corpus.photo((400, 300)).convert(kind)))) as photo:
        photo.save(written, "PDF", save_all=True, append_images=[corpus.drawing().convert(kind)], **told)
    return written.getvalue()


@cache
def _fonts() -> bytes:
    text = b'#set page(width: 8cm, height: 5cm)\nFree the prisoners #text(font: "DejaVu Sans Mono")[today] $x^2 + y$'
    return typst.compile(text, ignore_system_fonts=True)


def _named(pdf: pikepdf.Pdf, font: Dictionary) -> None:
    """Give a font names of its own, in the file that draws it too."""
    for key in ("/BaseFont", "/FontName"):
        if key in font:
            font[key] = Name("/ABCDEF+CANARY-base_font")
    font["/FontFamily"] = String("CANARY-family")
    font["/Name"] = Name("/CANARY-name")
    if "/FontFile3" in font:
        data = font["/FontFile3"].read_bytes()
        data = data.replace(b"LibertinusSerif-Regular", b"CANARY-compact_fontname")
        font["/FontFile3"].write(data.replace(b"The Libertinus Project", b"CANARY-cff_notice_text"))
        font["/FontFile3"]["/Metadata"] = pdf.make_stream(corpus.XMP)
    if "/FontFile2" in font:
        data = font["/FontFile2"].read_bytes()
        place = data.index(b"name") + 8
        start = int.from_bytes(data[place : place + 4], "big") + 200
        font["/FontFile2"].write(data[:start] + b"CANARY-buyer" + data[start + 12 :] + b"CANARY-behind_the_font")
    if "/ToUnicode" in font:
        named = b"/CMapName /CANARY-map_name def /Note (CANARY-note) def % CANARY-comment\n"
        font["/ToUnicode"].write(font["/ToUnicode"].read_bytes().replace(b"begincmap\n", b"begincmap\n" + named))
        font["/ToUnicode"]["/CMapName"] = Name("/CANARY-cmap_key")


def with_named_fonts() -> bytes:
    with pikepdf.open(io.BytesIO(_fonts())) as pdf:
        for item in pdf.objects:
            if isinstance(item, Dictionary) and item.get("/Type") in (Name.Font, Name.FontDescriptor):
                _named(pdf, item)
        written = io.BytesIO()
        pdf.save(written)
        return written.getvalue()


def compact(name: bytes, entries: bytes, *strings: bytes) -> bytes:
    """Return the beginning of a compact font: its name, one dictionary, its strings."""
    return b"\1\0\4\1" + listed(name) + listed(entries) + listed(*strings) + b"\0\0 outlines"


def listed(*items: bytes) -> bytes:
    if not items:
        return b"\0\0"
    places = [1]
    for item in items:
        places.append(places[-1] + len(item))
    return len(items).to_bytes(2, "big") + b"\2" + b"".join(at.to_bytes(2, "big") for at in places) + b"".join(items)


TYPESET: dict[str, Callable[[], bytes]] = {
    "Typst": by_typst,
    "Typst for an archive, with a file": lambda: by_typst(pdf_standards="a-3b"),
    "Pillow": by_pillow,
    "Pillow in grey": lambda: by_pillow("L"),
    "Pillow in black and white": lambda: by_pillow("1"),
    "fonts that have names": with_named_fonts,
}
