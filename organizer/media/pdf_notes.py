"""What lies over the pages of a PDF: what is drawn there becomes part of the page, links stay, all else goes."""

import re
from dataclasses import dataclass, field
from typing import Any, Final

from pikepdf import Array, Dictionary, Matrix, Name, Stream

from organizer.media import Refused, pdf_edges
from organizer.media.pdf_edges import Sides
from organizer.media.pdf_layers import Layers

MOST_NOTES: Final = 2000
"""On a page; beyond that it is no page that people have drawn on."""
MOST_LINKS: Final = 500
MOST_PARENTS: Final = 10
SAFE_LINK: Final = re.compile(r"(https?://|mailto:)[!-~]{1,2000}", re.IGNORECASE)
PASSWORD: Final = re.compile(r"https?:[/\\]*[^/?#]*@", re.IGNORECASE)
"""Who signs in with a link: browsers take what stands before the sign for a name and a password."""

HIDDEN: Final = 0b10
NO_ROTATE: Final = 0b1_0000
NO_VIEW: Final = 0b10_0000

ICONS: Final = frozenset(
    {"/3D", "/FileAttachment", "/Movie", "/Popup", "/PrinterMark", "/RichMedia", "/Screen", "/Sound", "/Text"}
    | {"/TrapNet"}
)
"""Marks for something else, which readers show in their own way or not at all."""
DRAWINGS: Final = frozenset(
    {"/Caret", "/Circle", "/FreeText", "/Highlight", "/Ink", "/Line", "/PolyLine", "/Polygon", "/Redact", "/Square"}
    | {"/Squiggly", "/Stamp", "/StrikeOut", "/Underline"}
)
"""What readers draw by themselves where the file does not say how it looks."""


@dataclass(frozen=True, slots=True)
class Drawing:
    look: Stream
    matrix: Matrix
    """From the look's own coordinates to those of the page."""


@dataclass(frozen=True, slots=True)
class Link:
    address: str
    place: Sides

    def annotation(self, unit: float) -> Dictionary:
        """Return the link anew, for a page whose units are so many points."""
        return Dictionary(
            Type=Name.Annot,
            Subtype=Name.Link,
            Rect=pdf_edges.array(self.place, unit),
            Border=Array([0, 0, 0]),
            A=Dictionary(S=Name.URI, URI=self.address),
        )


@dataclass(slots=True)
class Over:
    """What lies over one page."""

    drawings: list[Drawing] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    has_more: bool = False
    """Whether there was anything that is no link any more."""


def over(annotations: Any, seen: Sides, turn: int, layers: Layers) -> Over:
    """Return what lies over a page of which `seen` is shown, turned by `turn` degrees.

    Raises Refused where there is too much of it, or something of which nobody can tell how it looks.
    """
    found = Over()
    notes: list[Any] = list(annotations) if isinstance(annotations, Array) else []
    if len(notes) > MOST_NOTES:
        raise Refused("pdf_complex")
    for note in notes:
        if not isinstance(note, Dictionary) or _is_hidden(note, layers):
            continue
        drawing, link = _drawing(note, turn), _link(note, seen)
        found.drawings += [] if drawing is None else [drawing]
        found.links += [] if link is None or len(found.links) >= MOST_LINKS else [link]
    found.has_more = len(found.links) < len(notes)
    return found


def _is_hidden(note: Dictionary, layers: Layers) -> bool:
    return bool(_flags(note) & (HIDDEN | NO_VIEW)) or layers.hides(note.get("/OC"))


def _flags(note: Dictionary) -> int:
    told: Any = note.get("/F")
    return told if isinstance(told, int) else 0


def _drawing(note: Dictionary, turn: int) -> Drawing | None:
    """Return what readers draw for this; None where that is nothing."""
    kind = str(note.get("/Subtype"))
    if kind in ICONS or (kind == "/Widget" and _of_field(note, "/FT") == Name.Sig):
        return None
    look = _look(note)
    if look is not None:
        return _placed(look, note, turn)
    if kind in DRAWINGS or (kind == "/Widget" and _is_filled(note)):
        raise Refused("pdf_drawings")
    return None


def _look(note: Dictionary) -> Stream | None:
    """Return what a note looks like, in the state that it is in."""
    looks = note.get("/AP")
    normal = looks.get("/N") if isinstance(looks, Dictionary) else None
    if isinstance(normal, Dictionary):
        state = note.get("/AS", _of_field(note, "/V"))
        normal = normal.get(state if isinstance(state, Name) and state in normal else Name.Off)
    return normal if isinstance(normal, Stream) else None


def _is_filled(widget: Dictionary) -> bool:
    """Whether readers draw something for a field of a form that does not say how it looks: its text, or a ground."""
    if "/AP" in widget:
        return False
    given, marks = _of_field(widget, "/V"), widget.get("/MK")
    has_text = _of_field(widget, "/FT") in (Name.Tx, Name.Ch) and given is not None and bytes(given.unparse()) != b"()"
    return has_text or (isinstance(marks, Dictionary) and "/BG" in marks)


def _of_field(widget: Dictionary, key: str) -> Any:
    """Return what a field of a form says, or one that it belongs to."""
    holder: Any = widget
    for _ in range(MOST_PARENTS):
        if not isinstance(holder, Dictionary):
            return None
        if key in holder:
            return holder[key]
        holder = holder.get("/Parent")
    return None


def _placed(look: Stream, note: Dictionary, turn: int) -> Drawing | None:
    """Return the look as large as the place on the page that it is for; None where either has no size."""
    if "/Rect" not in note or "/BBox" not in look:
        raise Refused("pdf_drawings")
    place, box = pdf_edges.sides(note.Rect), pdf_edges.sides(look.BBox)
    own = Matrix(*map(float, look.get("/Matrix", [1, 0, 0, 1, 0, 0])))
    corners = [own.transform((x, y)) for x in box[::2] for y in box[1::2]]
    left, right = min(x for x, _ in corners), max(x for x, _ in corners)
    bottom, top = min(y for _, y in corners), max(y for _, y in corners)
    if not (left < right and bottom < top and place[0] < place[2] and place[1] < place[3]):
        return None
    wide, high = (place[2] - place[0]) / (right - left), (place[3] - place[1]) / (top - bottom)
    matrix = Matrix(wide, 0, 0, high, place[0] - left * wide, place[1] - bottom * high)
    if turn and _flags(note) & NO_ROTATE:
        corner = Matrix().translated(place[0], place[3])
        matrix = matrix @ corner.inverse() @ Matrix().rotated(turn) @ corner
    return Drawing(look, matrix)


def _link(note: Dictionary, seen: Sides) -> Link | None:
    """Return the link where it leads to the web or to a mail address, does nothing else, and can be clicked."""
    action, place = note.get("/A"), note.get("/Rect")
    if note.get("/Subtype") != Name.Link or not isinstance(action, Dictionary) or not isinstance(place, Array):
        return None
    address = str(action.get("/URI", ""))
    if action.get("/S") != Name.URI or not SAFE_LINK.fullmatch(address) or PASSWORD.match(address):
        return None
    sides = pdf_edges.sides(place)
    return Link(address, sides) if pdf_edges.overlap(sides, seen) else None
