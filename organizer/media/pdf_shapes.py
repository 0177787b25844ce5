"""What is copied from a PDF: for each kind of dictionary its keys, each with the rule for its value.

What is not listed stays behind: metadata, scripts, actions, forms, attachments, thumbnails, private data, marks.
Under "resources" stands each category with the rule for one of its members.
"""

from typing import Final

from pikepdf import Name

from organizer.media.pdf_copy import Rule
from organizer.media.pdf_rules import (
    INTENTS,
    MIXING,
    WIDTHS,
    box,
    collection,
    colour_mask,
    colour_space,
    either,
    encoding,
    font_and_size,
    function,
    items,
    made,
    map_name,
    name,
    number,
    numbers,
    of,
    pattern,
    registry,
    shading,
    some,
    xobject,
)


def _keys(names: str, rule: Rule = numbers) -> dict[str, Rule]:
    return dict.fromkeys((f"/{name}" for name in names.split()), rule)


def _kind(type_: str, subtype: str = "") -> dict[str, Rule]:
    return {"/Type": of(type_)} | ({"/Subtype": of(subtype)} if subtype else {})


_FUNCTION: Final = {"/Function": function, "/ColorSpace": colour_space}
_PICTURE: Final = {
    **_kind("XObject", "Image"),
    **_keys("Width Height BitsPerComponent ImageMask Decode Interpolate"),
    "/ColorSpace": colour_space,
}

SHAPES: Final[dict[str, dict[str, Rule]]] = {
    "page": {
        **_keys("MediaBox CropBox BleedBox TrimBox ArtBox", box),
        **_keys("Rotate", number),
        "/Group": made("group"),
    },
    "resources": {
        "/Font": made("font"),
        "/XObject": xobject,
        "/ExtGState": made("graphics_state"),
        "/ColorSpace": colour_space,
        "/Pattern": pattern,
        "/Shading": shading,
    },
    "form": {
        **_kind("XObject", "Form"),
        **_keys("FormType Matrix"),
        **_keys("BBox", box),
        "/Group": made("group"),
    },
    "group": {**_kind("Group"), "/S": of("Transparency"), **_keys("I K"), "/CS": colour_space},
    "image": {**_PICTURE, "/Intent": of(INTENTS), "/Mask": colour_mask, "/SMask": made("mask")},
    "mask": {**_PICTURE, **_keys("Matte")},
    "graphics_state": {
        **_kind("ExtGState"),
        **_keys("LW LC LJ ML D OP op OPM FL SM SA CA ca AIS TK"),
        "/RI": of(INTENTS),
        "/BM": either(of(MIXING), some(of(MIXING))),
        "/Font": font_and_size,
        "/SMask": either(of("None"), made("soft_mask")),
    },
    "soft_mask": {
        **_kind("Mask"),
        "/S": of("Alpha Luminosity"),
        "/BC": numbers,
        "/G": xobject,
        "/TR": function,
    },
    "tiling": {
        **_kind("Pattern"),
        **_keys("PatternType PaintType TilingType XStep YStep Matrix"),
        **_keys("BBox", box),
    },
    "shading_pattern": {
        **_kind("Pattern"),
        **_keys("PatternType Matrix"),
        "/Shading": shading,
        "/ExtGState": made("graphics_state"),
    },
    "shading": {**_keys("ShadingType Background BBox AntiAlias Domain Matrix Coords Extend"), **_FUNCTION},
    "mesh": {
        **_keys("ShadingType Background BBox AntiAlias BitsPerCoordinate BitsPerComponent BitsPerFlag Decode"),
        **_keys("VerticesPerRow"),
        **_FUNCTION,
    },
    "function": {**_keys("FunctionType Domain Range C0 C1 N Bounds Encode"), "/Functions": items(function)},
    "calculator": _keys("FunctionType Domain Range"),
    "samples": _keys("FunctionType Domain Range Size BitsPerSample Order Encode Decode"),
    "calibrated": _keys("WhitePoint BlackPoint Gamma Matrix Range"),
    "font": {
        **_kind("Font", "CIDFontType0 CIDFontType2 MMType1 TrueType Type0 Type1 Type3"),
        "/BaseFont": name,
        **_keys("FirstChar LastChar Widths FontBBox FontMatrix DW W DW2 W2"),
        "/Encoding": encoding,
        "/ToUnicode": either(map_name, made("cmap")),
        "/FontDescriptor": made("font_descriptor"),
        "/DescendantFonts": items(made("font")),
        "/CIDSystemInfo": made("collection"),
        "/CIDToGIDMap": either(of("Identity"), made("glyph_map")),
    },
    "font_descriptor": {
        **_kind("FontDescriptor"),
        "/FontName": name,
        **_keys("Flags FontBBox ItalicAngle Ascent Descent Leading CapHeight XHeight StemV StemH"),
        **_keys("AvgWidth MaxWidth MissingWidth FontWeight"),
        "/FontStretch": of(WIDTHS),
        "/FontFile": made("type1"),
        "/FontFile2": made("truetype"),
        "/FontFile3": made("compact"),
    },
    "encoding": {
        **_kind("Encoding"),
        "/BaseEncoding": of("MacExpertEncoding MacRomanEncoding StandardEncoding WinAnsiEncoding"),
        "/Differences": some(either(name, number)),
    },
    "cmap": {
        **_kind("CMap"),
        **_keys("WMode"),
        "/CMapName": lambda _copier, _name: Name.A,
        "/CIDSystemInfo": made("collection"),
        "/UseCMap": either(map_name, made("cmap")),
    },
    "collection": {"/Registry": registry, "/Ordering": collection, **_keys("Supplement")},
    "glyph_map": {},
    "type1": _keys("Length1 Length2 Length3"),
    "truetype": {},
    "compact": {"/Subtype": of("CIDFontType0C OpenType Type1C")},
}
