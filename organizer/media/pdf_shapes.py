"""What is copied from a PDF: for each kind of dictionary its keys, each with the rule for its value.

What is not listed stays behind: metadata, scripts, actions, forms, attachments, thumbnails, private data, marks.
"""

import re
from decimal import Decimal
from typing import Any, Final

from pikepdf import Array, Dictionary, Name, Object, Stream, String

from organizer.media import pdf_pictures
from organizer.media.pdf_copy import Copier, Rule, decoded

FUNCTION_ITEMS: Final = 100
"""A function counts as much as that, since it is written out in full wherever it is used."""


def _plain(copier: Copier, value: Any) -> Any:
    """Numbers, names, and arrays of them: nothing that holds text."""
    if isinstance(value, bool | int | Decimal):
        return value
    if isinstance(value, Name):
        # By its bytes: Chinese and Japanese programs write names that are no UTF-8.
        return Object.parse(value.unparse(resolved=True))
    if isinstance(value, Array):
        copier.spend(len(value))
        return Array([copied for item in value if (copied := _plain(copier, item)) is not None])
    return None


def _made(kind: str) -> Rule:
    return lambda copier, value: copier.made(value, kind)


def _each(rule: Rule) -> Rule:
    """A dictionary from names to values that all follow one rule."""

    def copy(copier: Copier, value: Any) -> Any:
        if not isinstance(value, Dictionary):
            return None
        copier.spend(len(value.keys()))
        copied = Dictionary()
        for name, item in value.items():
            followed = rule(copier, item)
            if followed is not None:
                copied[name] = followed
        return copied

    return copy


def _items(rule: Rule) -> Rule:
    """An array whose items all follow one rule; it is left out when one of them does not."""

    def copy(copier: Copier, value: Any) -> Any:
        copied = [rule(copier, item) for item in value] if isinstance(value, Array) else [None]
        copier.spend(len(copied))
        return None if None in copied else Array(copied)

    return copy


def _identifier(_: Copier, value: Any) -> Any:
    """A string such as Adobe or Identity, which names a character collection."""
    return String(str(value)) if isinstance(value, String) and re.fullmatch(r"\w{1,20}", str(value)) else None


def _xobject(copier: Copier, value: Any) -> Any:
    if not isinstance(value, Stream):
        return None
    if copier.layers.hides(value.get("/OC")):
        return copier.nothing()
    return copier.made(value, "image" if value.get("/Subtype") == Name.Image else "form")


def _pattern(copier: Copier, value: Any) -> Any:
    return copier.made(value, "tiling" if isinstance(value, Stream) else "shading_pattern")


def _shading(copier: Copier, value: Any) -> Any:
    return copier.made(value, "mesh" if isinstance(value, Stream) else "shading")


def _function(copier: Copier, value: Any) -> Any:
    """Functions made of functions are written out in full, so that what unfolds to too much is noticed here."""
    if isinstance(value, Array):
        return _items(_function)(copier, value)
    if isinstance(value, Dictionary):
        copier.spend(FUNCTION_ITEMS)
        return copier.made(Dictionary(dict(value.items())), "function")
    if isinstance(value, Stream):
        return copier.made(value, "calculator" if value.get("/FunctionType") == 4 else "samples")
    return _plain(copier, value)


def _encoding(copier: Copier, value: Any) -> Any:
    if isinstance(value, Stream):
        return copier.made(value, "cmap")
    return _plain(copier, value) if isinstance(value, Name) else copier.made(value, "encoding")


def _name_or_stream(kind: str) -> Rule:
    return lambda copier, value: _plain(copier, value) if isinstance(value, Name) else copier.made(value, kind)


def _soft_mask(copier: Copier, value: Any) -> Any:
    return _plain(copier, value) if isinstance(value, Name) else copier.made(value, "soft_mask")


def _colour_mask(copier: Copier, value: Any) -> Any:
    return copier.made(value, "mask") if isinstance(value, Stream) else _plain(copier, value)


def _font_and_size(copier: Copier, value: Any) -> Any:
    if not isinstance(value, Array) or len(value) != 2:
        return None
    font = copier.made(value[0], "font")
    return None if font is None else Array([font, _plain(copier, value[1])])


def _colour_space(copier: Copier, value: Any) -> Any:
    """A profile (ICC) gives way to the plain space of as many colours: it may name the screen that it was made on."""
    if not isinstance(value, Array) or not len(value):
        return _plain(copier, value) if isinstance(value, Name) else None
    parts: list[Any] = list(value)
    match str(parts[0]), parts[1:]:
        case "/ICCBased", [Stream() as profile, *_]:
            return pdf_pictures.DEVICE_SPACES.get(int(profile.get("/N", 0)))
        case ("/CalGray" | "/CalRGB" | "/Lab") as name, [Dictionary() as white, *_]:
            return Array([Name(name), copier.made(Dictionary(dict(white.items())), "calibrated")])
        case "/Indexed", [base, int() as highest, lookup, *_]:
            space = _colour_space(copier, base)
            used = (highest + 1) * pdf_pictures.colours(space)
            return None if space is None else Array([Name.Indexed, space, highest, _lookup(lookup, used)])
        case ("/Separation" | "/DeviceN") as name, [colorants, base, tint, *_]:
            copied = [_plain(copier, colorants), _colour_space(copier, base), _function(copier, tint)]
            return None if None in copied else Array([Name(name), *copied])
        case "/Pattern", [base, *_]:
            return Array([Name.Pattern, _colour_space(copier, base)])
        case name, _:
            return Name(name) if name in ("/DeviceGray", "/DeviceRGB", "/DeviceCMYK", "/Pattern") else None


def _lookup(value: Any, used_bytes: int) -> Any:
    colours = decoded(value) if isinstance(value, Stream) else bytes(value)
    return String(colours[: max(0, min(used_bytes, 256 * 32))])


def _plain_keys(names: str) -> dict[str, Rule]:
    return dict.fromkeys((f"/{name}" for name in names.split()), _plain)


_RESOURCES: Final = {"/Resources": _made("resources")}
_FUNCTION: Final = {"/Function": _function, "/ColorSpace": _colour_space}

SHAPES: Final[dict[str, dict[str, Rule]]] = {
    "page": {
        **_plain_keys("MediaBox CropBox BleedBox TrimBox ArtBox Rotate UserUnit"),
        **_RESOURCES,
        "/Group": _made("group"),
    },
    "resources": {
        "/Font": _each(_made("font")),
        "/XObject": _each(_xobject),
        "/ExtGState": _each(_made("graphics_state")),
        "/ColorSpace": _each(_colour_space),
        "/Pattern": _each(_pattern),
        "/Shading": _each(_shading),
    },
    "form": {**_plain_keys("Type Subtype FormType BBox Matrix"), **_RESOURCES, "/Group": _made("group")},
    "group": {**_plain_keys("Type S I K"), "/CS": _colour_space},
    "image": {
        **_plain_keys("Type Subtype Width Height BitsPerComponent ImageMask Decode Interpolate Intent"),
        "/ColorSpace": _colour_space,
        "/Mask": _colour_mask,
        "/SMask": _made("mask"),
    },
    "mask": {
        **_plain_keys("Type Subtype Width Height BitsPerComponent ImageMask Decode Interpolate Matte"),
        "/ColorSpace": _colour_space,
    },
    "graphics_state": {
        **_plain_keys("Type LW LC LJ ML D RI OP op OPM FL SM SA BM CA ca AIS TK"),
        "/Font": _font_and_size,
        "/SMask": _soft_mask,
    },
    "soft_mask": {**_plain_keys("Type S BC"), "/G": _xobject, "/TR": _function},
    "tiling": {**_plain_keys("Type PatternType PaintType TilingType BBox XStep YStep Matrix"), **_RESOURCES},
    "shading_pattern": {
        **_plain_keys("Type PatternType Matrix"),
        "/Shading": _shading,
        "/ExtGState": _made("graphics_state"),
    },
    "shading": {**_plain_keys("ShadingType Background BBox AntiAlias Domain Matrix Coords Extend"), **_FUNCTION},
    "mesh": {
        **_plain_keys("ShadingType Background BBox AntiAlias BitsPerCoordinate BitsPerComponent BitsPerFlag Decode"),
        **_plain_keys("VerticesPerRow"),
        **_FUNCTION,
    },
    "function": {**_plain_keys("FunctionType Domain Range C0 C1 N Bounds Encode"), "/Functions": _items(_function)},
    "calculator": _plain_keys("FunctionType Domain Range"),
    "samples": _plain_keys("FunctionType Domain Range Size BitsPerSample Order Encode Decode"),
    "calibrated": _plain_keys("WhitePoint BlackPoint Gamma Matrix Range"),
    "font": {
        **_plain_keys("Type Subtype BaseFont FirstChar LastChar Widths FontBBox FontMatrix DW W DW2 W2"),
        **_RESOURCES,
        "/Encoding": _encoding,
        "/ToUnicode": _name_or_stream("cmap"),
        "/FontDescriptor": _made("font_descriptor"),
        "/DescendantFonts": _items(_made("font")),
        "/CIDSystemInfo": _made("collection"),
        "/CIDToGIDMap": _name_or_stream("glyph_map"),
        "/CharProcs": _each(_made("glyph")),
    },
    "font_descriptor": {
        **_plain_keys("Type FontName Flags FontBBox ItalicAngle Ascent Descent Leading CapHeight XHeight StemV StemH"),
        **_plain_keys("AvgWidth MaxWidth MissingWidth FontStretch FontWeight"),
        "/FontFile": _made("type1"),
        "/FontFile2": _made("truetype"),
        "/FontFile3": _made("compact"),
    },
    "encoding": _plain_keys("Type BaseEncoding Differences"),
    "cmap": {
        **_plain_keys("Type WMode"),
        "/CMapName": lambda _copier, _name: Name.A,
        "/CIDSystemInfo": _made("collection"),
        "/UseCMap": _name_or_stream("cmap"),
    },
    "collection": {"/Registry": _identifier, "/Ordering": _identifier, **_plain_keys("Supplement")},
    "glyph": {},
    "glyph_map": {},
    "type1": _plain_keys("Length1 Length2 Length3"),
    "truetype": {},
    "compact": _plain_keys("Subtype"),
}
