"""Content lines of RFC 5545: cleaned, escaped, folded at 75 octets, ended by CRLF."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from urllib.parse import quote

from icalendar.parser import Contentline, Parameters
from icalendar.prop import vInline

_LINE_END = re.compile("\r\n|[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]")
# Tabs become spaces; what UTF-8 cannot carry (half a surrogate pair) goes with the control characters.
_DROPPED = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_URI_PUNCTUATION = "%:/?#[]@!$&'()*+,;="
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})


def clean(text: str) -> str:
    """Return text that every client can carry: LF line ends, no tab, no control character."""
    return _DROPPED.sub("", _LINE_END.sub("\n", text).replace("\t", " "))


def escaped(text: str) -> str:
    """Return text as a TEXT value.

    Done here, not by icalendar's vText: that takes a typed backslash and capital N, as in C:\\News, for a line end.
    """
    return clean(text).translate(_ESCAPES)


def line(name: str, value: str, **parameters: str) -> str:
    """Return one property whose value is already in its own type's form, as lines of at most 75 octets.

    Parameters are cleaned, sorted and quoted where they must be. A backslash in one becomes a slash: it escapes
    nothing there, but readers think so. TZID stands in `name`, since icalendar drops the parameter TZID=UTC, which
    would leave a floating time.
    """
    cleaned = {key.replace("_", "-"): clean(text).replace("\\", "/") for key, text in parameters.items()}
    folded: bytes = Contentline.from_parts(name, Parameters(cleaned), vInline(value)).to_ical()
    return folded.decode() + "\r\n"


def text(name: str, value: str) -> str:
    """Return one property of the type TEXT."""
    return line(name, escaped(value))


def texts(name: str, values: Iterable[str]) -> str:
    """Return one property that is a list of TEXT."""
    return line(name, ",".join(map(escaped, values)))


def uri(name: str, value: str, **parameters: str) -> str:
    """Return one property of the type URI, percent-encoded where its author forgot to."""
    return line(name, quote(clean(value), safe=_URI_PUNCTUATION), **parameters)


def utc(name: str, instant: datetime) -> str:
    """Return one property with an instant (aware) to the second, in UTC."""
    return line(name, f"{instant.astimezone(UTC):%Y%m%dT%H%M%SZ}")
