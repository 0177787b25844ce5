"""Rules for what is copied from a PDF: each takes a value, and returns its copy or None to leave it out."""

import re
from decimal import Decimal
from typing import Any, Final

from pikepdf import Array, Dictionary, Name, Object, Stream, String

from organizer.media import pdf_pictures, strip
from organizer.media.pdf_copy import Copier, Rule, decoded

FUNCTION_ITEMS: Final = 100
"""A function counts as much as that, since it is written out in full wherever it is used."""

# Where a name means something, it is one of these.
INTENTS: Final = "AbsoluteColorimetric Perceptual RelativeColorimetric Saturation"
MIXING: Final = (
    "Color ColorBurn ColorDodge Compatible Darken Difference Exclusion HardLight Hue Lighten Luminosity Multiply Normal"
    " Overlay Saturation Screen SoftLight"
)
PRESS_INKS: Final = "All Black Cyan Magenta None Yellow"
SPACES: Final = "CMYK CalCMYK CalGray CalRGB DeviceCMYK DeviceGray DeviceRGB G Pattern RGB"
WIDTHS: Final = (
    "Condensed Expanded ExtraCondensed ExtraExpanded Normal SemiCondensed SemiExpanded UltraCondensed UltraExpanded"
)
ENCODING: Final = re.compile(
    rb"/(?:H|V|(?:MacExpert|MacRoman|PDFDoc|Standard|WinAnsi|Symbol|ZapfDingbats)Encoding|"
    rb"(?:83pv|90ms|90msp|90pv|78|Add|Ext|EUC|GB|GBpc|GBK|GBKp|GBK2K|GBT|B5pc|HKscs|ETen|ETenms|CNS|CNS1|CNS2|KSC|KSCms"
    rb"|KSCpc|Identity|UniAKR|UniCNS|UniGB|UniJIS|UniJIS2004|UniJISPro|UniJISX0213|UniKS)"
    rb"(?:-(?:B5|EUC|HW|Johab|RKSJ|UCS2|UTF8|UTF16|UTF32))*-[HV])"
)
"""Those of the standard, for letters and for Chinese, Japanese and Korean characters."""


def numbers(copier: Copier, value: Any) -> Any:
    """Numbers, yes or no, and arrays of them."""
    if isinstance(value, bool | int | Decimal):
        return value
    if isinstance(value, Array):
        copier.spend(len(value))
        return Array([copied for item in value if (copied := numbers(copier, item)) is not None])
    return None


def number(_: Copier, value: Any) -> Any:
    return value if isinstance(value, int | Decimal) and not isinstance(value, bool) else None


def box(_: Copier, value: Any) -> Any:
    sides = list(value) if isinstance(value, Array) else []
    return Array(sides) if len(sides) == 4 and all(isinstance(side, int | Decimal) for side in sides) else None


def name(_: Copier, value: Any) -> Any:
    """A name that somebody chose, and that something is found by."""
    # By its bytes: Chinese and Japanese programs write names that are no UTF-8.
    return Object.parse(value.unparse(resolved=True)) if isinstance(value, Name) else None


def of(names: str) -> Rule:
    """One of these names."""
    known = {f"/{name}".encode(): name for name in names.split()}
    return lambda _copier, value: (
        Name(f"/{known[value.unparse()]}") if isinstance(value, Name) and value.unparse() in known else None
    )


def either(first: Rule, second: Rule) -> Rule:
    """What one rule leaves out, the other may keep."""

    def copy(copier: Copier, value: Any) -> Any:
        copied = first(copier, value)
        return second(copier, value) if copied is None else copied

    return copy


def some(rule: Rule) -> Rule:
    """An array with those of its items that follow the rule."""

    def copy(copier: Copier, value: Any) -> Any:
        if not isinstance(value, Array):
            return None
        copier.spend(len(value))
        return Array([copied for item in value if (copied := rule(copier, item)) is not None])

    return copy


def made(kind: str) -> Rule:
    return lambda copier, value: copier.made(value, kind)


def items(rule: Rule) -> Rule:
    """An array whose items all follow one rule; it is left out when one of them does not."""

    def copy(copier: Copier, value: Any) -> Any:
        copied = [rule(copier, item) for item in value] if isinstance(value, Array) else [None]
        copier.spend(len(copied))
        return None if None in copied else Array(copied)

    return copy


def collection(_: Copier, value: Any) -> Any:
    """A string such as Adobe or Identity, which names a collection of characters; another is nobody's to know."""
    return (
        String(bytes(value)) if isinstance(value, String) and bytes(value) in strip.COLLECTIONS else String(b"Identity")
    )


def registry(_copier: Copier, _value: Any) -> Any:
    return String(b"Adobe")


def xobject(copier: Copier, value: Any) -> Any:
    if not isinstance(value, Stream):
        return None
    if copier.layers.hides(value.get("/OC")):
        return copier.nothing()
    return copier.made(value, "image" if value.get("/Subtype") == Name.Image else "form")


def pattern(copier: Copier, value: Any) -> Any:
    return copier.made(value, "tiling" if isinstance(value, Stream) else "shading_pattern")


def shading(copier: Copier, value: Any) -> Any:
    return copier.made(value, "mesh" if isinstance(value, Stream) else "shading")


def function(copier: Copier, value: Any) -> Any:
    """Functions made of functions are written out in full, so that what unfolds to too much is noticed here."""
    if isinstance(value, Array):
        return items(function)(copier, value)
    if isinstance(value, Dictionary):
        copier.spend(FUNCTION_ITEMS)
        return copier.made(Dictionary(dict(value.items())), "function")
    if isinstance(value, Stream):
        return copier.made(value, "calculator" if value.get("/FunctionType") == 4 else "samples")
    return of("Default Identity")(copier, value)


def encoding(copier: Copier, value: Any) -> Any:
    if isinstance(value, Stream):
        return copier.made(value, "cmap")
    return map_name(copier, value) or copier.made(value, "encoding")


def map_name(_: Copier, value: Any) -> Any:
    """The name of an encoding that every reader has."""
    is_known = isinstance(value, Name) and ENCODING.fullmatch(value.unparse())
    return Object.parse(value.unparse()) if is_known else None


def colour_mask(copier: Copier, value: Any) -> Any:
    return copier.made(value, "mask") if isinstance(value, Stream) else numbers(copier, value)


def _ink(copier: Copier, value: Any) -> Any:
    """A number in place of the name that somebody gave a colour; those of every press keep theirs."""
    return of(PRESS_INKS)(copier, value) or (copier.naming.ink(value) if isinstance(value, Name) else None)


def font_and_size(copier: Copier, value: Any) -> Any:
    if not isinstance(value, Array) or len(value) != 2:
        return None
    font = copier.made(value[0], "font")
    size = numbers(copier, value[1])
    return None if font is None or size is None else Array([font, size])


def colour_space(copier: Copier, value: Any) -> Any:
    """A profile (ICC) gives way to the plain space of as many colours: it may name the screen that it was made on."""
    if not isinstance(value, Array) or not len(value):
        return of(SPACES)(copier, value)
    parts: list[Any] = list(value)
    match str(parts[0]), parts[1:]:
        case "/ICCBased", [Stream() as profile, *_]:
            return pdf_pictures.DEVICE_SPACES.get(int(profile.get("/N", 0)))
        case ("/CalGray" | "/CalRGB" | "/Lab") as name, [Dictionary() as white, *_]:
            return Array([Name(name), copier.made(Dictionary(dict(white.items())), "calibrated")])
        case "/Indexed", [base, int() as highest, lookup, *_]:
            space = colour_space(copier, base)
            used = (highest + 1) * pdf_pictures.colours(space)
            return None if space is None else Array([Name.Indexed, space, highest, _lookup(lookup, used)])
        case ("/Separation" | "/DeviceN") as name, [colorants, base, tint, *_]:
            inks = _ink(copier, colorants) if name == "/Separation" else items(_ink)(copier, colorants)
            copied = [inks, colour_space(copier, base), function(copier, tint)]
            return None if None in copied else Array([Name(name), *copied])
        case "/Pattern", [base, *_]:
            below = colour_space(copier, base)
            return Name.Pattern if below is None else Array([Name.Pattern, below])
        case name, _:
            return Name(name) if name in ("/DeviceGray", "/DeviceRGB", "/DeviceCMYK", "/Pattern") else None


def _lookup(value: Any, used_bytes: int) -> Any:
    colours = decoded(value) if isinstance(value, Stream) else bytes(value)
    return String(colours[: max(0, min(used_bytes, 256 * 32))])
