"""What a line of a pasted transcript looks like: words, a name, an editor's note, a caption, a web page's residue.

Each guess carries its reason, which the review page says in words. A rule knows nothing but its line; `transcript`
decides by the whole which rules to believe.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum

from organizer.statements.wordings import (
    CLOSERS,
    CREDIT,
    DASHES,
    ENDS,
    HYPHENS,
    INVISIBLE,
    NOTE,
    OPENERS,
    PARTICLES,
    RESIDUE,
    SOFT,
    bare,
    ends_sentence,
    has_sentence_end,
    is_caseless,
    is_name,
    is_short,
    is_signature,
    size,
)


class Role(StrEnum):
    SAID = "said"
    BYLINE = "byline"
    NOTE = "note"
    CAPTION = "caption"
    OTHER = "other"


class Reason(StrEnum):
    """Why a block has its role, or begins a statement. `chosen`: the editor said so."""

    PLAIN = "plain"
    LIKE_NAME = "like_name"
    AFTER_BYLINE = "after_byline"
    AFTER_DIVIDER = "after_divider"
    WIDE_GAP = "wide_gap"
    DASH_AND_NAME = "dash_and_name"
    SIGNED_AT_END = "signed_at_end"
    LOOSELY_SIGNED = "loosely_signed"
    BOLD_NAME = "bold_name"
    NAME_AND_COLON = "name_and_colon"
    NAME_ALONE = "name_alone"
    WORDS_LIKE_NOTE = "words_like_note"
    AFTER_NOTE = "after_note"
    WORDS_LIKE_CAPTION = "words_like_caption"
    WORDS_LIKE_PAGE = "words_like_page"
    DIVIDER = "divider"
    HEADING = "heading"
    SHORT_LINE_OUTSIDE = "short_line_outside"
    CUT_FROM_NAME = "cut_from_name"
    CHOSEN = "chosen"


@dataclass(frozen=True)
class Cue:
    """A line or a piece of it, as it stands there, and what it looks like."""

    text: str
    role: Role
    reason: Reason


BOLD = re.compile(r"(\*{1,3}|_{1,3})([^*_]{1,120})\1")
COLON = re.compile(r"[^:：]{1,70}[:：][*_]{0,3}")
DASHED = re.compile(rf"[{SOFT}]*([{DASHES}{HYPHENS}]{{1,4}})[{SOFT}]*")
DIVIDER = re.compile(rf"[{DASHES}*_=•·#+⁂❦\s{HYPHENS}]{{3,}}|[⁂❦]")
SIGN = re.compile(rf"[{DASHES}]{{1,4}}|--{{1,3}}|(?<=\s)[{HYPHENS}]")


def look(line: str, rules: Collection[Reason]) -> tuple[Cue, ...]:
    """The pieces of one line, in order, by the first of these rules that knows it."""
    for reason, rule in RULES.items():
        if reason in rules and (pieces := rule(line)):
            return pieces
    is_like_name = _alone(line) or _colon(line)
    return (Cue(line, Role.SAID, Reason.LIKE_NAME if is_like_name else Reason.PLAIN),)


def is_closed(line: str) -> bool:
    """Whether it stands in brackets from its beginning to its end."""
    return bool(re.fullmatch(r"\[[^\]]*\]|【[^】]*】|\([^)]*\)|（[^）]*）", line))


def is_note(text: str) -> bool:
    """Whether it begins like an editor's note, or all of it stands in square brackets."""
    is_bracketed = text.startswith(("[", "【")) and is_closed(text) and not CREDIT.match(text)
    return is_bracketed or bool(NOTE.match(bare(text)))


def is_note_heading(line: str) -> bool:
    """Whether it is no more than the announcement of a note, which then follows."""
    rest = NOTE.sub("", bare(line), count=1)
    return is_note(line) and not any(char.isalnum() for char in rest)


def credit_start(text: str) -> int:
    """Where the last credit of a caption begins; its length without one."""
    starts = [match.start() for match in CREDIT.finditer(text)]
    return starts[-1] if starts else len(text)


def _whole(line: str, role: Role, reason: Reason) -> tuple[Cue, ...]:
    return (Cue(line, role, reason),)


def _divider(line: str) -> tuple[Cue, ...]:
    return _whole(line, Role.OTHER, Reason.DIVIDER) if DIVIDER.fullmatch(line) else ()


def _page(line: str) -> tuple[Cue, ...]:
    short = bare(line).strip("»›→>|•:.! ")
    is_residue = len(short) < 300 and (RESIDUE.fullmatch(short) or _is_date(bare(line)))
    return _whole(line, Role.OTHER, Reason.WORDS_LIKE_PAGE) if is_residue else ()


def _is_date(line: str) -> bool:
    """A year, and beside it no more than other figures, a month and a day of the week."""
    if DASHED.match(line) or size(line) > 9 or has_sentence_end(line):
        return False
    tokens = re.findall(r"\d+|[^\W\d_]+", line)
    figures = [token for token in tokens if token.isdigit()]
    words = [token for token in tokens if len(token) > 1 and not token.isdigit() and token not in PARTICLES]
    has_year = any(len(figure) == 4 for figure in figures)
    return has_year and len(words) <= 2 and (len(figures) > 1 or len(words) <= 1)


def _note(line: str) -> tuple[Cue, ...]:
    return _whole(line, Role.NOTE, Reason.WORDS_LIKE_NOTE) if is_note(line) else ()


def _caption(line: str) -> tuple[Cue, ...]:
    """A credit or caption by its first word, or words with a credit at their end.

    More words than a caption has are somebody's: there the credit alone is cut off.
    """
    first = CREDIT.match(bare(line))
    if first and (first[0].endswith((":", "：", "/")) or is_signature(bare(line)[first.end() :].rstrip("."))):
        return _whole(line, Role.CAPTION, Reason.WORDS_LIKE_CAPTION)
    tail = line[-160:]
    start = len(line) - len(tail) + credit_start(tail)
    words, credit = line[:start].rstrip(), line[start:]
    is_bracketed = credit.startswith(("(", "[", "（", "【")) and credit.endswith((")", "]", "）", "】"))
    if not credit or not (is_bracketed or (ends_sentence(words) and is_signature(CREDIT.sub("", credit, count=1)))):
        return ()
    if size(words) <= 30:
        return _whole(line, Role.CAPTION, Reason.WORDS_LIKE_CAPTION)
    return Cue(words, Role.SAID, Reason.PLAIN), Cue(credit, Role.CAPTION, Reason.WORDS_LIKE_CAPTION)


def _dashed(line: str) -> tuple[Cue, ...]:
    """A name behind a dash. Unless it is a list's, three words may begin small: "a participant"."""
    dash = DASHED.match(line)
    if dash is None:
        return ()
    name = bare(line[dash.end() :])
    is_small = name[:1].islower() and size(name) <= 3 and not has_sentence_end(name) and dash[1] not in tuple(HYPHENS)
    return _whole(line, Role.BYLINE, Reason.DASH_AND_NAME) if is_small or is_signature(name) else ()


def _bold(line: str) -> tuple[Cue, ...]:
    bold = BOLD.fullmatch(line)
    is_named = bold and not bold[2].rstrip().endswith((":", "：")) and is_name(bold[2])
    return _whole(line, Role.BYLINE, Reason.BOLD_NAME) if is_named else ()


def _heading(line: str) -> tuple[Cue, ...]:
    is_heading = re.match(r"#{1,6}\s", line) or (
        BOLD.fullmatch(line) and line.startswith(("**", "__")) and is_short(line)
    )
    return _whole(line, Role.OTHER, Reason.HEADING) if is_heading else ()


def _colon(line: str) -> tuple[Cue, ...]:
    found = COLON.match(line)
    if found is None or not is_name(bare(found[0])):
        return ()
    name, said = found[0], line[found.end() :]
    is_apart = not said or said[0].isspace() or said[0] in INVISIBLE + OPENERS or "：" in name or is_caseless(said[0])
    if not is_apart:
        return ()
    if not bare(said):
        return _whole(line, Role.BYLINE, Reason.NAME_AND_COLON)
    return Cue(name, Role.BYLINE, Reason.NAME_AND_COLON), Cue(said.strip(), Role.SAID, Reason.PLAIN)


def _alone(line: str) -> tuple[Cue, ...]:
    return _whole(line, Role.BYLINE, Reason.NAME_ALONE) if is_name(line) and is_short(line) else ()


def _signed_at_end(line: str) -> tuple[Cue, ...]:
    """A dash and a name behind the end of a sentence."""
    for words, name in _cut_at_dashes(line):
        if bare(words).endswith((*ENDS, *CLOSERS)) and is_signature(bare(SIGN.sub("", name, count=1))):
            return Cue(words, Role.SAID, Reason.PLAIN), Cue(name, Role.BYLINE, Reason.SIGNED_AT_END)
    return ()


def _loosely_signed(line: str) -> tuple[Cue, ...]:
    """A dash and a name in capitals at the end of many words, where no sentence ends before it."""
    for words, name in _cut_at_dashes(line):
        signed = bare(SIGN.sub("", name, count=1))
        if size(words) > 8 and signed[:1].isupper() and is_name(signed):
            return Cue(words, Role.SAID, Reason.PLAIN), Cue(name, Role.BYLINE, Reason.LOOSELY_SIGNED)
    return ()


def _cut_at_dashes(line: str) -> list[tuple[str, str]]:
    """The line cut at each of its last dashes. One that begins with a dash is speech in a dialogue."""
    dash = DASHED.match(line)
    if dash and dash[1] not in tuple(HYPHENS):
        return []
    dashes = [*SIGN.finditer(line, max(1, len(line) - 140))][-3:]
    return [(line[: dash.start()].rstrip(), line[dash.start() :]) for dash in dashes]


RULES: dict[Reason, Callable[[str], tuple[Cue, ...]]] = {
    Reason.DIVIDER: _divider,
    Reason.WORDS_LIKE_PAGE: _page,
    Reason.WORDS_LIKE_NOTE: _note,
    Reason.WORDS_LIKE_CAPTION: _caption,
    Reason.DASH_AND_NAME: _dashed,
    Reason.BOLD_NAME: _bold,
    Reason.HEADING: _heading,
    Reason.NAME_AND_COLON: _colon,
    Reason.NAME_ALONE: _alone,
    Reason.SIGNED_AT_END: _signed_at_end,
    Reason.LOOSELY_SIGNED: _loosely_signed,
}
