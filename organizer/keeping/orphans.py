"""The sweep: blobs that no row needs, as they stay when the power goes between a file and its row."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from flask import current_app

from organizer import clock, storage
from organizer.db import db
from organizer.leaflets import files as leaflets
from organizer.photos import files as photos
from organizer.storage import Blob

KEPT = timedelta(days=1)
EVERY = timedelta(hours=1)
PAGE = 500
LARGE_PAGE = 5000
FEW = 2
"""Blobs that lie with others in a folder: more than these, and than is needed, were made for another database."""
MOST_KILLED = 100
"""Blobs that lie alone, as killed uploads leave them; more than these, and than is needed, look the same."""
ROOMS: dict[str, Callable[..., set[str]]] = {leaflets.FOLDER: leaflets.blob_keys, photos.FOLDER: photos.blob_keys}
OURS = re.compile(rf"(?:{'|'.join(ROOMS)})/([a-z2-7]{{26}})/[a-z2-7]{{26}}")
ROUND = "orphans.round"

log = structlog.get_logger()


@dataclass
class _Round:
    """How far the sweep has come: the folders that are left, and the key after which the first of them goes on.

    `needed` counts the blobs so far that a row needs.
    """

    began_at: datetime
    folders: list[str] = field(default_factory=lambda: list(ROOMS))
    after: str = ""
    needed: int = 0

    def go_on(self, page: Sequence[Blob]) -> None:
        """Go on after this page; one that is not full was the last of its folder."""
        self.after = page[-1].key if len(page) == PAGE else ""
        if not self.after:
            self.folders.pop(0)


def sweep() -> int:
    """Look at a page of blobs and delete its orphans; returns how many. Done with all, it rests until the next hour.

    Where it looks as if somebody had put an old or an empty database beside the blobs, orphans are left alone.
    `sweep_all` is for who knows better.
    """
    here = _round()
    if not here.folders:
        return 0
    page = storage.current().page(here.folders[0], here.after, PAGE)
    orphans, needed = _judged(here.folders[0], page)
    here.needed += needed
    is_odd = _is_odd(here, page, orphans)
    if is_odd:
        log.error("orphans.too_many", blobs=len(orphans))
    else:
        _delete(orphans)
    here.go_on(page)
    if not here.folders:
        storage.current().tidy(clock.now() - KEPT)
    return 0 if is_odd else len(orphans)


def sweep_all() -> int:
    """Delete all orphans at once, however many they are; returns how many."""
    found = all_old()
    _delete(found)
    storage.current().tidy(clock.now() - KEPT)
    return len(found)


def all_old() -> list[Blob]:
    """The orphans older than a day in the whole storage, which is walked from end to end."""
    return [blob for folder in ROOMS for page in _pages(folder) for blob in _judged(folder, page)[0]]


def _round() -> _Round:
    """The round that is under way; the process forgets it when it ends, and begins anew."""
    now = clock.now()
    here: _Round | None = current_app.extensions.get(ROUND)
    is_over = here is None or (not here.folders and not here.began_at <= now < here.began_at + EVERY)
    if here is None or is_over:
        here = current_app.extensions[ROUND] = _Round(now)
    return here


def _pages(folder: str) -> Iterator[Sequence[Blob]]:
    after = ""
    while True:
        page = storage.current().page(folder, after, LARGE_PAGE)
        yield page
        if len(page) < LARGE_PAGE:
            return
        after = page[-1].key


def _judged(folder: str, page: Sequence[Blob]) -> tuple[list[Blob], int]:
    """The orphans of a page that are older than a day, and how many of its blobs are needed.

    What lies there under another kind of name is not ours to judge. The rows are asked after the listing, so that
    whatever was stored in between is known to be needed.
    """
    subjects = {blob.key: found[1] for blob in page if (found := OURS.fullmatch(blob.key))}
    db.session.rollback()
    needed = ROOMS[folder](*set(subjects.values()))
    db.session.rollback()
    latest_at = clock.now() - KEPT
    orphans = [blob for blob in page if blob.key in subjects.keys() - needed and blob.changed_at < latest_at]
    return orphans, len(needed & subjects.keys())


def _is_odd(here: _Round, page: Sequence[Blob], orphans: Sequence[Blob]) -> bool:
    """Whether the orphans of a page outnumber what is needed, and are more than kills leave.

    What an upload becomes is several blobs in one folder, so one that lies alone is an upload that was killed before
    its row was there, or that still waits: no more than a hundred of those are at stake.
    """
    folders = Counter(_folder(blob.key) for blob in page)
    # The rest of a folder may stand on the page before, or on the next.
    folders[_folder(here.after)] += 1
    if len(page) == PAGE:
        folders[_folder(page[-1].key)] += 1
    together = sum(folders[_folder(blob.key)] > 1 for blob in orphans)
    return together > max(FEW, here.needed) or len(orphans) > max(MOST_KILLED, here.needed)


def _folder(key: str) -> str:
    return key.rpartition("/")[0]


def _delete(orphans: Sequence[Blob]) -> None:
    for blob in orphans:
        storage.current().delete(blob.key)
