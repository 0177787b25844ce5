"""What becomes of a version in a worker: the files that were made for it, or why there are none."""

from __future__ import annotations

from organizer import outbox, text
from organizer.db import db, writing
from organizer.leaflets import files, rules
from organizer.leaflets.files import Attempt
from organizer.leaflets.models import LeafletVersion, Rendition
from organizer.leaflets.rules import Move, Purpose, State
from organizer.media import Picture, RebuiltPdf
from organizer.outbox import Fact


def finish(version: LeafletVersion, made: Picture | RebuiltPdf, made_of: str | None) -> None:
    """Keep what was made of the original, which goes, or of the file that was there before.

    Nothing when it was withdrawn or finished meanwhile, or waits by now for something else than `made_of`: the blob
    that was worked on, None where it was to be set from its event.
    """
    with files.attempt(version.id) as new:
        _finish(version, made, made_of, new)


def _finish(version: LeafletVersion, made: Picture | RebuiltPdf, made_of: str | None, new: Attempt) -> None:
    renditions = _stored(new, made)
    with writing(lock=version):
        if not _waits(version, made_of):
            return
        version.state = rules.moved(version.state, Move.FINISH)
        version.original_key = version.original_seal = None
        version.renditions = []
        # The database knows no two files of one purpose, not even for a moment.
        db.session.flush()
        version.renditions, version.pages, version.has_prints = renditions, 1, True
        if isinstance(made, RebuiltPdf):
            # Composed, as what people type to find it.
            version.pages, version.text = made.pages, text.strip_controls(made.text)
            version.links, version.removed = list(made.links), list(dict.fromkeys([*version.removed, *made.removed]))
        outbox.commit(Fact("leaflet.rebuilt", version.id))
        new.is_kept = True


def refuse(version: LeafletVersion, reason: str, made_of: str | None) -> None:
    """Record why the file is not taken, one of `queries.REASONS`; the original goes.

    Where pages could not be made pictures, the file is again what it was before, and whatever of it is not there to
    print yet is made. Nothing in the cases in which `finish` keeps nothing.
    """
    with writing(lock=version):
        if not _waits(version, made_of):
            return
        was_ready = version.original_key is None and bool(version.renditions)
        version.state, version.reason = rules.moved(version.state, Move.FINISH if was_ready else Move.REFUSE), reason
        version.is_flat = version.is_flat and not was_ready
        version.original_key = version.original_seal = None
        facts = ("leaflet.refused", "leaflet.rebuilt") if was_ready else ("leaflet.refused",)
        outbox.commit(*(Fact(name, version.id) for name in facts))


def _waits(version: LeafletVersion, made_of: str | None) -> bool:
    """Whether it still waits for what is made of this."""
    return version.state == State.UPLOADED and version.source_key == made_of


def _stored(new: Attempt, made: Picture | RebuiltPdf) -> list[Rendition]:
    """Put the file and its pages as pictures into the storage; return the rows that lead there."""
    if isinstance(made, RebuiltPdf):
        pages = [(large, (large, *large.previews)[-1]) for large in made.previews]
        file = _rendition(new, Purpose.FILE, 0, made.data, "application/pdf")
    else:
        pages = [(made.previews[0], made.previews[-1])]
        file = _rendition(new, Purpose.FILE, 0, made.data, made.content_type, (made.width, made.height))
    return [file, *(rendition for number, page in enumerate(pages, 1) for rendition in _page(new, number, page))]


def _page(new: Attempt, number: int, page: tuple[Picture, Picture]) -> list[Rendition]:
    return [
        _rendition(new, purpose, number, picture.data, picture.content_type, (picture.width, picture.height))
        for purpose, picture in zip((Purpose.LARGE, Purpose.SMALL), page, strict=True)
    ]


def _rendition(
    new: Attempt, purpose: Purpose, page: int, data: bytes, content_type: str, size: tuple[int, int] = (0, 0)
) -> Rendition:
    return Rendition(
        purpose=purpose,
        page=page,
        blob_key=new.put(data),
        content_type=content_type,
        size_bytes=len(data),
        width=size[0],
        height=size[1],
    )
