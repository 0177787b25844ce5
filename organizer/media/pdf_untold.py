"""Words that programs find in a PDF though pdfium tells none of them: in tiles, masks, and letters that are drawn."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

from organizer.media import pdf_drawn, pdf_render

SHOWS: Final = re.compile(rb"(?:T[jJ]|['\"]|Do)(?:\s|$)")
MOST: Final = 300
EVERYWHERE: Final = (-1e5, -1e5, 1e5, 1e5)


def text(pdf: pikepdf.Pdf) -> str:
    """Return the words in tiles, masks and drawn letters of a rebuilt PDF, as pdfium reads them on a page."""
    found = list(islice((each for each in _contents(pdf) if SHOWS.search(each[0].read_bytes())), MOST))
    if not found:
        return ""
    with pikepdf.new() as scratch:
        for stream, resources in found:
            form = scratch.make_stream(stream.read_bytes(), Type=Name.XObject, Subtype=Name.Form)
            form.BBox, form.Resources = Array(list(EVERYWHERE)), scratch.copy_foreign(resources)
            page = scratch.add_blank_page().obj
            page.Resources, page.Contents = Dictionary(XObject=Dictionary(X=form)), scratch.make_stream(b"/X Do")
        with pdf_render.opened(pdf_drawn.saved(scratch)) as document:
            return re.sub(r"\n{2,}", "\n", pdf_render.text(document))


def _contents(pdf: pikepdf.Pdf) -> Iterator[tuple[pikepdf.Object, pikepdf.Object]]:
    """Yield the streams in question, each with its resources."""
    for item in pdf.objects:
        if isinstance(item, Stream) and item.get("/PatternType") == 1:
            yield item, item.Resources
        elif isinstance(item, Dictionary) and item.get("/Subtype") == Name.Type3:
            yield from ((glyph, item.Resources) for glyph in item.CharProcs.values())
        elif isinstance(item, Dictionary):
            masks = [item.get("/SMask"), *(state.get("/SMask") for state in _states(item))]
            groups = [mask.get("/G") for mask in masks if isinstance(mask, Dictionary)]
            # What belongs to a layer that is not shown has become an empty form, with no resources.
            yield from ((group, group.Resources) for group in groups if group is not None and "/Resources" in group)


def _states(resources: pikepdf.Object) -> list[pikepdf.Object]:
    states = resources.get("/ExtGState")
    return (
        [state for state in states.values() if isinstance(state, Dictionary)] if isinstance(states, Dictionary) else []
    )
