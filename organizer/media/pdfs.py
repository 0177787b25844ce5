"""PDFs, rebuilt from what their pages draw."""

import io
import re
from collections.abc import Iterator
from typing import Any, Final

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

from organizer.media import PDF_BYTES, PDF_OBJECTS, PDF_PAGES, RebuiltPdf, Refused, Removed, pdf_drawn, pdf_render
from organizer.media.pdf_copy import Copier, decoded
from organizer.media.pdf_shapes import SHAPES

START_BYTES: Final = 1024
"""How far from the beginning readers look for the mark of a PDF."""
MOST_NODES: Final = 1000
MOST_LINKS: Final = 500
INHERITED: Final = ("/Resources", "/MediaBox", "/CropBox", "/Rotate")
LETTER: Final = (0, 0, 612, 792)
PAGE_SIZES: Final = (3, 14_400)
"""In points; the second is the largest that readers show."""
SAFE_LINK: Final = re.compile(r"(https?://|mailto:)[!-~]{1,2000}", re.IGNORECASE)

MALFORMED: Final = (
    pikepdf.exceptions.PikepdfError,
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)
"""What comes of a number where a name should be, a key that is missing, and so on."""
STREAM_BYTES: Final = 64 << 20
pikepdf.settings.set_qpdf_limits(
    parser_max_nesting=100,
    parser_max_container_size=1_000_000,
    max_stream_filters=3,
    flate_max_memory=STREAM_BYTES,
    png_max_memory=STREAM_BYTES,
    tiff_max_memory=STREAM_BYTES,
    run_length_max_memory=STREAM_BYTES,
    doc_max_warnings=100,
)


def rebuild(data: bytes) -> RebuiltPdf:
    """Return a new PDF with the same pages: what they draw, its fonts and pictures, links to the web and to mail.

    Everything else is left out; `removed` says what of it there was. Text that is covered or invisible stays, as
    does what lies outside the page's edge: `text` shows it. Raises Refused.
    """
    if len(data) > PDF_BYTES:
        raise Refused("pdf_bytes")
    if b"%PDF-" not in data[:START_BYTES]:
        raise Refused("pdf_kind")
    try:
        with _opened(data) as source, pikepdf.new() as target:
            removed, links = _copy(source, target)
            rebuilt = pdf_drawn.saved(target)
            count = len(target.pages)
    except MALFORMED:
        raise Refused("pdf_damaged") from None
    except RecursionError:
        raise Refused("pdf_complex") from None
    with pdf_render.opened(rebuilt) as document:
        return RebuiltPdf(
            rebuilt, count, pdf_render.text(document), links, tuple(sorted(removed)), pdf_render.previews(document)
        )


def _opened(data: bytes) -> pikepdf.Pdf:
    """Open without repair (it is slow, and guesses), and without a walk over pages, which may be endless."""
    try:
        pdf = pikepdf.open(io.BytesIO(data), attempt_recovery=False, inherit_page_attributes=False)
    except pikepdf.PasswordError:
        raise Refused("pdf_locked") from None
    if pdf.is_encrypted:
        raise Refused("pdf_locked")
    if int(pdf.trailer.get("/Size", 0)) > PDF_OBJECTS:
        raise Refused("pdf_complex")
    return pdf


def _copy(source: pikepdf.Pdf, target: pikepdf.Pdf) -> tuple[set[Removed], tuple[str, ...]]:
    found = list(_pages(source.Root.get("/Pages")))
    copier = Copier(source, target, SHAPES)
    links: dict[str, None] = {}
    copies = []
    for page, inherited in found:
        copy = copier.page(page, inherited, _content(page.get("/Contents")))
        annotations = page.get("/Annots")
        safe = [link for note in _some(annotations) if (link := _link(note)) is not None]
        if safe:
            copy.Annots = Array(safe)
            links.update(dict.fromkeys(str(link.A.URI) for link in safe))
        if isinstance(annotations, Array) and len(safe) < len(annotations):
            copier.removed.add(Removed.ANNOTATIONS)
        copies.append(copy)
        target.pages.append(pikepdf.Page(copy))
    copier.finish(copies)
    return copier.removed | _left_out(source, [page for page, _ in found]), tuple(links)


def _pages(root: Any) -> Iterator[tuple[pikepdf.Object, dict[str, Any]]]:
    """Yield each page with what it inherits. Raises Refused for too many pages, or a tree that goes in circles."""
    waiting: list[tuple[Any, dict[str, Any]]] = [(root, {})]
    nodes = pages = 0
    while waiting:
        node, inherited = waiting.pop()
        nodes += 1
        if not isinstance(node, Dictionary):
            raise Refused("pdf_damaged")
        own = inherited | {key: node[key] for key in INHERITED if key in node}
        kids = node.get("/Kids")
        if isinstance(kids, Array):
            if nodes + len(waiting) + len(kids) > MOST_NODES:
                raise Refused("pdf_pages")
            waiting += [(kid, own) for kid in reversed(list(kids))]
        else:
            pages += 1
            if pages > PDF_PAGES:
                raise Refused("pdf_pages")
            yield node, own | {"/MediaBox": _box(own.get("/MediaBox"))}


def _box(box: Any) -> Array:
    """Return the page's edges, US Letter where they are missing. Raises Refused for a size that nobody can show."""
    left, bottom, right, top = map(float, box if isinstance(box, Array) and len(box) == 4 else LETTER)
    least, most = PAGE_SIZES
    if not (least <= abs(right - left) <= most and least <= abs(top - bottom) <= most):
        raise Refused("pdf_damaged")
    return Array([round(side, 4) for side in (left, bottom, right, top)])


def _content(contents: Any) -> bytes:
    """Return the content of a page as one; its parts may be cut between any two words."""
    streams = contents if isinstance(contents, Array) else [contents]
    pieces: list[bytes] = []
    for stream in streams:
        pieces.append(decoded(stream) if isinstance(stream, Stream) else b"")
        if sum(map(len, pieces)) > STREAM_BYTES:
            raise Refused("pdf_complex")
    return b"\n".join(pieces)


def _some(annotations: Any) -> list[Any]:
    return list(annotations)[:MOST_LINKS] if isinstance(annotations, Array) else []


def _link(annotation: Any) -> Dictionary | None:
    """Return a new link when this one leads to the web or to a mail address, and does nothing else."""
    if not isinstance(annotation, Dictionary) or annotation.get("/Subtype") != Name.Link:
        return None
    action, place = annotation.get("/A"), annotation.get("/Rect")
    if not isinstance(action, Dictionary) or action.get("/S") != Name.URI or not isinstance(place, Array):
        return None
    address = str(action.get("/URI", ""))
    if not SAFE_LINK.fullmatch(address):
        return None
    return Dictionary(
        Type=Name.Annot,
        Subtype=Name.Link,
        Rect=Array([round(float(side), 4) for side in list(place)[:4]]),
        Border=Array([0, 0, 0]),
        A=Dictionary(S=Name.URI, URI=address),
    )


def _left_out(source: pikepdf.Pdf, pages: list[pikepdf.Object]) -> set[Removed]:
    """Return what the catalogue and the pages held beside content; the uploader may want to know."""
    root = source.Root
    names = root.get("/Names")
    names = names if isinstance(names, Dictionary) else Dictionary()
    holders = [root, *pages]
    has = {
        Removed.METADATA: "/Info" in source.trailer or any("/Metadata" in holder for holder in holders),
        # An action at the opening is a dictionary; an array is merely the place to open at.
        Removed.SCRIPTS: "/JavaScript" in names
        or isinstance(root.get("/OpenAction"), Dictionary)
        or any("/AA" in holder for holder in holders),
        Removed.ATTACHMENTS: "/EmbeddedFiles" in names or any("/AF" in holder for holder in holders),
        Removed.FORMS: "/AcroForm" in root,
        Removed.BOOKMARKS: "/Outlines" in root,
    }
    return {kind for kind, is_there in has.items() if is_there}
