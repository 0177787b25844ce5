"""What people type: cleaned when it comes in, and shown as safe HTML or as plain text.

Markdown has paragraphs, emphasis, lists, quotations, links and two levels of headings; everything else is text.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

TAGS: Final = {"a", "blockquote", "br", "em", "h3", "h4", "li", "ol", "p", "strong", "ul"}
SCHEMES: Final = {"http", "https", "mailto"}
LINK_REL: Final = "nofollow noopener noreferrer"
HEADINGS: Final = {"h1": "h3", "h2": "h3", "h3": "h3", "h4": "h4", "h5": "h4", "h6": "h4"}

CONTROLS: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]")
OVERRIDES: Final = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
"""Marks that turn the direction of what follows: they make an address or a name read as another one."""
SPECIAL: Final = re.compile(r"([\\`*_{}\[\]()<>#|!&~])")
# What our pages show as it is and other readers of Markdown would make something of: HTML, pictures from elsewhere,
# code, underlined headings, definitions of links.
_UNSEEN: Final = re.compile(r"(?<!\\)((?:\\\\)*)(<|`|!(?=\[)|&(?=#?\w+;))")
_RULE: Final = re.compile(r"^( {0,3})(?=(?:[-=_*~] *){3,}$|=+ *$|-+ *$|\[[^\]]*\]:|~~~)", re.MULTILINE)
LINE_ENDS: Final = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")

# Off is whatever would hide words, or make code or pictures of them. A single line end stays one.
_OFF: Final = ["image", "code", "fence", "backticks", "hr", "lheading", "reference"]
_MARKDOWN: Final = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable(_OFF)
_CLEANER: Final = nh3.Cleaner(
    tags=TAGS, attributes={"*": set(), "a": {"href"}}, url_schemes=SCHEMES, url_relative="deny", link_rel=LINK_REL
)


def to_html(markdown: str) -> Markup:
    """Return HTML that may stand on any page: no pictures, no scripts, links only to the web and to mail.

    Headings start at the third level, below a page's title and a section's.
    """
    tokens = _MARKDOWN.parse(strip_controls(markdown))
    for token in tokens:
        token.tag = HEADINGS.get(token.tag, token.tag)
    html = str(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}))
    return Markup(_CLEANER.clean(html))  # noqa: S704 - the cleaner lets through nothing but TAGS


def to_plain(markdown: str) -> str:
    """Return the words alone, for mail, calendars, searching and previews.

    An empty line stands between paragraphs, a dash or a number before each item, an address behind its words.
    """
    plain, mark = "", ""
    for token in _MARKDOWN.parse(strip_controls(markdown)):
        match token.type:
            case "list_item_open":
                mark = f"{token.info}. " if token.info else "- "
            case "inline":
                plain += f"{mark}{_words(token.children or ())}\n"
                mark = ""
            case "paragraph_close" | "heading_close" if not token.hidden:
                plain += "\n"
            case "bullet_list_close" | "ordered_list_close" if token.level == 0:
                plain += "\n"
    return re.sub(r"\n{3,}", "\n\n", plain).strip()


def escaped(line: str) -> str:
    """Words that stand in Markdown as they are."""
    return SPECIAL.sub(r"\\\1", line)


def sound(markdown: str) -> str:
    """Markdown that other readers show as our pages do, to be taken along."""
    return _RULE.sub(r"\1\\", _UNSEEN.sub(r"\1\\\2", strip_controls(markdown))).strip()


def _words(tokens: Iterable[Token]) -> str:
    words, link_start, address = "", 0, ""
    for token in tokens:
        match token.type:
            case "text":
                words += token.content
            case "softbreak" | "hardbreak":
                words += "\n"
            case "link_open":
                link_start, address = len(words), str(token.attrGet("href") or "")
            case "link_close" if _tells_more(address, words[link_start:]):
                words += f" ({address.removeprefix('mailto:')})"
    return words


def _tells_more(address: str, words: str) -> bool:
    """Whether the address is one that `to_html` links to, and not already what the words say."""
    return address.partition(":")[0].lower() in SCHEMES and words not in (address, address.removeprefix("mailto:"))


MOST_MARKS = 30


def strip_controls(text: str) -> str:
    r"""Return the text in composed form (NFC), its lines ended by \n, without characters that deceive or break.

    Zero-width joiners stay, as Persian and emoji need them.
    """
    lines = LINE_ENDS.sub("\n", text)
    return unicodedata.normalize("NFC", _without_piles(OVERRIDES.sub("", CONTROLS.sub("", lines))))


def _without_piles(text: str) -> str:
    """Leave out what no script has: more than thirty marks on one letter, which to compose takes time squared."""
    if text.isascii():
        return text
    kept, marks = [], 0
    for char in text:
        marks = marks + 1 if unicodedata.combining(char) else 0
        if marks <= MOST_MARKS:
            kept.append(char)
    return "".join(kept)


def one_line(text: str) -> str:
    """Return the text on one line, with single spaces, for names and titles."""
    return " ".join(strip_controls(text).split())


def excerpt(plain: str, characters: int) -> str:
    """The beginning of a plain text on one line, cut between words where there are spaces."""
    line = " ".join(plain.split())
    if len(line) <= characters:
        return line
    head, space, _rest = line[:characters].rpartition(" ")
    return f"{head if space else line[:characters]} …"
