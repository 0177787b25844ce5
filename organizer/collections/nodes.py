"""Formatted text as a tree for typst: made of the very HTML that pages show, so that both say the same."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TypedDict

from organizer import text

LONGEST_HREF = 2000
DEEPEST = 12
"""Elements within elements. Lists and quotations of some use end long before, and typst follows only so many."""


class Node(TypedDict):
    """One element; `href` is empty but for a link."""

    tag: str
    href: str
    children: list[Node | str]


def of(markdown: str) -> list[Node | str]:
    """The text's elements, with words as they are: nothing in them is markup.

    What typst would refuse the whole document for stands there as its words alone: a link that leads nowhere, as the
    pages leave out where it led, or to an address without end; and what is nested as nobody would.
    """
    tree = _Tree()
    tree.feed(str(text.to_html(markdown)))
    tree.close()
    return [child for child in tree.root["children"] if not isinstance(child, str) or child.strip()]


class _Tree(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node(tag="", href="", children=[])
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag=tag, href=dict(attrs).get("href") or "", children=[])
        is_shown = len(self._open) <= DEEPEST and (tag != "a" or 0 < len(node["href"]) <= LONGEST_HREF)
        if is_shown or tag == "br":
            self._open[-1]["children"].append(node)
        if tag != "br":
            self._open.append(node if is_shown else self._open[-1])

    def handle_endtag(self, tag: str) -> None:
        if tag != "br" and len(self._open) > 1:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1]["children"].append(data)
