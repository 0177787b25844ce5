"""Leaves out of a content the pictures that are drawn with nothing of their colours (a fill alpha of 0)."""

from collections.abc import Mapping
from typing import Any, Final

import pikepdf
from pikepdf import Dictionary, Name, Stream

from organizer.media.pdf_content import plain_name
from organizer.media.pdf_scope import Scope

ALPHA: Final = "/ca"


def without_unseen(data: bytes, scope: Scope) -> bytes:
    """Return the content with spaces in place of such pictures and groups; `data` itself where there are none.

    What stands in a form that is no group stays, even if only that is drawn so.
    """
    states = _members(scope, "/ExtGState")
    alphas = {name: float(state[ALPHA]) for name, state in states.items() if ALPHA in state}
    if not any(alpha <= 0 for alpha in alphas.values()):
        return data
    pictures = {name for name, drawn in _members(scope, "/XObject").items() if _is_one(drawn)}
    with pikepdf.new() as scratch:
        page = Dictionary(Type=Name.Page, Contents=scratch.make_stream(data))
        finder = _Finder(data, alphas, pictures)
        pikepdf.Page(page).parse_contents(finder)
    return finder.without_found() if finder.found else data


def _members(scope: Scope, category: str) -> dict[str, Any]:
    members = scope.resources.get(category)
    listed = members.items() if isinstance(members, Dictionary) else ()
    return {name: member for name, member in listed if isinstance(member, Dictionary | Stream)}


def _is_one(drawn: Any) -> bool:
    """Whether all of it has the alpha that is in force where it is drawn."""
    return drawn.get("/Subtype") == Name.Image or "/Group" in drawn


class _Finder(pikepdf.StreamParser):
    def __init__(self, data: bytes, alphas: Mapping[str, float], pictures: set[str]) -> None:
        super().__init__()
        self.found: list[tuple[int, int]] = []
        """From where to where such a picture is drawn."""
        self._data = data
        self._alphas = alphas
        self._pictures = pictures
        self._is_unseen = False
        self._kept: list[bool] = []
        self._last = (0, b"")
        """Where the word before stands, and the word."""
        self._inline_at: int | None = None

    def handle_object(self, _obj: object, offset: int, length: int) -> None:
        text = self._data[offset : offset + length]
        match text:
            case b"q":
                self._kept.append(self._is_unseen)
            case b"Q" if self._kept:
                self._is_unseen = self._kept.pop()
            case b"gs":
                alpha = self._alphas.get(plain_name(self._last[1]))
                self._is_unseen = self._is_unseen if alpha is None else alpha <= 0
            case b"Do" if self._is_unseen and plain_name(self._last[1]) in self._pictures:
                self.found.append((self._last[0], offset + length))
            case b"BI":
                self._inline_at = offset
            case b"EI" if self._inline_at is not None:
                if self._is_unseen:
                    self.found.append((self._inline_at, offset + length))
                self._inline_at = None
        self._last = (offset, text)

    def handle_eof(self) -> None:
        """Nothing is left to do."""

    def without_found(self) -> bytes:
        written = bytearray(self._data)
        for start, end in self.found:
            written[start:end] = b" " * (end - start)
        return bytes(written)
