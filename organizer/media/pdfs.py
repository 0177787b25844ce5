"""PDFs, rebuilt from what their pages draw."""

import io
from collections.abc import Iterator
from typing import Any, Final

import pikepdf
from pikepdf import Array, Dictionary, Stream

from organizer.media import (
    PDF_BYTES,
    PDF_OBJECTS,
    PDF_PAGES,
    RebuiltPdf,
    Refused,
    Removed,
    pdf_drawn,
    pdf_edges,
    pdf_notes,
    pdf_render,
    pdf_untold,
)
from organizer.media.pdf_copy import Copier, decoded
from organizer.media.pdf_shapes import SHAPES

START_BYTES: Final = 1024
"""How far from the beginning readers look for the mark of a PDF."""
MOST_NODES: Final = 1000
INHERITED: Final = ("/Resources", "/MediaBox", "/CropBox", "/Rotate")

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

    What is drawn over a page (boxes, strokes, stamps, fields of forms) is part of it from now on. Everything else is
    left out; `removed` says what of it there was. Text that is covered or invisible stays, as does what lies outside
    the page's edge: `text` shows it. Raises Refused.
    """
    if len(data) > PDF_BYTES:
        raise Refused("pdf_bytes")
    if b"%PDF-" not in data[:START_BYTES]:
        raise Refused("pdf_kind")
    try:
        with _opened(data) as source, pikepdf.new() as target:
            removed, links = _copy(source, target)
            rebuilt = pdf_drawn.saved(target)
            untold = pdf_untold.text(target)
            count = len(target.pages)
    except MALFORMED:
        raise Refused("pdf_damaged") from None
    except RecursionError:
        raise Refused("pdf_complex") from None
    with pdf_render.opened(rebuilt) as document:
        told = "\n\n".join(filter(None, (pdf_render.text(document), untold)))
        return RebuiltPdf(rebuilt, count, told, links, tuple(sorted(removed)), pdf_render.previews(document))


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
    for page, told in found:
        edges, seen, unit = pdf_edges.of(told)
        over = pdf_notes.over(page.get("/Annots"), seen or edges, pdf_edges.turn(told.get("/Rotate")), copier.layers)
        boxes = {"/MediaBox": pdf_edges.array(edges), "/CropBox": seen and pdf_edges.array(seen)}
        copy = copier.page({**told, **boxes}, _content(page.get("/Contents")), over.drawings, unit)
        if over.links:
            copy.Annots = Array([link.annotation(unit) for link in over.links])
            links.update(dict.fromkeys(link.address for link in over.links))
        if over.has_more:
            copier.removed.add(Removed.ANNOTATIONS)
        copies.append(copy)
        target.pages.append(pikepdf.Page(copy))
    copier.finish(copies)
    return copier.removed | _left_out(source, [page for page, _ in found]), tuple(links)


def _pages(root: Any) -> Iterator[tuple[pikepdf.Object, dict[str, Any]]]:
    """Yield each page, and its entries with those it inherits.

    Raises Refused for too many pages, or a tree that goes in circles.
    """
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
            yield node, {**dict(node.items()), **own}


def _content(contents: Any) -> bytes:
    """Return the content of a page as one; its parts may be cut between any two words."""
    streams = contents if isinstance(contents, Array) else [contents]
    pieces: list[bytes] = []
    for stream in streams:
        pieces.append(decoded(stream) if isinstance(stream, Stream) else b"")
        if sum(map(len, pieces)) > STREAM_BYTES:
            raise Refused("pdf_complex")
    return b"\n".join(pieces)


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
