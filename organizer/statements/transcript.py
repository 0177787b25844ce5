"""A pasted transcript of what several people said, split for review.

`read` guesses once: which paragraphs are words, names, notes, captions or residue, and where a statement begins.
The review page shows every block with its reason and lets the editor change it; `statements` then only gathers
what the blocks say. No word is lost, doubled or reordered on the way.

Where a statement begins: at a name that heads words (see `parts` for which do), after one that signs them, after a
divider or a heading, and below a gap as wide as those around all names. Where that is wrong, words are rather left
unsigned than given to somebody else.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from organizer.errors import RuleError
from organizer.statements.cues import Reason, Role, credit_start
from organizer.statements.parts import Heads, Part, read_parts, spaced, wide_gap
from organizer.statements.wordings import is_short, is_signature, signature

MOST_CHARACTERS = 200_000
MOST_BLOCKS = 2_000
MOST_LINES = 10_000
_AROUND_NAME = " -–—―*_:："


@dataclass(frozen=True)
class Block:
    """A piece of the transcript as it stands there, lines trimmed; whether a statement begins at it, and why."""

    text: str
    role: Role
    begins: bool
    reason: Reason


@dataclass(frozen=True)
class Piece:
    """What one person said. `affiliation` is what follows the first comma or line of the signature, like a city."""

    paragraphs: tuple[str, ...]
    byline: str = ""
    affiliation: str = ""


@dataclass(frozen=True)
class Caption:
    """What is seen, and who took it: all from the last "Photo:" or the like on, that word included."""

    text: str
    credit: str


@dataclass(frozen=True)
class Split:
    """`said` is signed. `other` has titles and residue, and names that nothing was said by."""

    said: tuple[Piece, ...]
    unsigned: tuple[Piece, ...]
    notes: tuple[str, ...]
    captions: tuple[Caption, ...]
    other: tuple[str, ...]


def read(text: str) -> tuple[Block, ...]:
    """The blocks of a transcript, in order, as far as can be guessed.

    Raises RuleError when it is too long to be read over at once.
    """
    parts, heads = read_parts(_bounded(text))
    return _few(_begun(parts, heads))


def statements(blocks: Sequence[Block]) -> Split:
    """What the blocks say, by nothing but their roles and beginnings. Two names of one statement are both kept."""
    said: list[Piece] = []
    unsigned: list[Piece] = []
    other: list[str] = []
    for group in _groups(blocks):
        paragraphs = tuple(block.text for block in group if block.role == Role.SAID)
        signed = [signature(block.text) for block in group if block.role == Role.BYLINE and paragraphs]
        names, places = ("; ".join(filter(None, words)) for words in zip(*signed, strict=True)) if signed else ("", "")
        if paragraphs:
            (said if names else unsigned).append(Piece(paragraphs, names, places))
        lost = {Role.OTHER} if paragraphs else {Role.OTHER, Role.BYLINE}
        other += [block.text for block in group if block.role in lost]
    notes = tuple(block.text for block in blocks if block.role == Role.NOTE)
    captions = tuple(_caption(block.text) for block in blocks if block.role == Role.CAPTION)
    return Split(tuple(said), tuple(unsigned), notes, captions, tuple(other))


def with_roles(blocks: Sequence[Block], roles: Sequence[Role], begins: Collection[int]) -> tuple[Block, ...]:
    """The blocks as the editor wants them: a role for each, and the numbers of those that begin a statement."""
    chosen = [
        replace(block, role=role, begins=number in begins)
        for number, (block, role) in enumerate(zip(blocks, roles, strict=True))
    ]
    return tuple(
        new if new == old else replace(new, reason=Reason.CHOSEN) for new, old in zip(chosen, blocks, strict=True)
    )


def cut(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The blocks cut at the blank lines that were typed into them, and without those that were emptied.

    Little is guessed anew: a block's pieces have its role, and the first begins a statement where the block did;
    where an emptied one did, the next does. But of a name only short lines stay one: what is longer becomes words,
    and a name before them begins a statement. Raises RuleError when they are too many.
    """
    _bounded("\n".join(block.text for block in blocks))
    pieces: list[Block] = []
    begins = False
    for block in blocks:
        begins = begins or block.begins
        found = [replace(block, text="\n".join(lines), begins=False) for _gap, lines in spaced(block.text)]
        if len(found) > 1 and block.role == Role.BYLINE:
            found = _names_and_words(found)
        if found:
            found[0] = replace(found[0], begins=begins or found[0].begins)
            begins = False
        pieces += found
    return _few(pieces)


def _names_and_words(pieces: Sequence[Block]) -> list[Block]:
    """The pieces of what was set as one name, all to be looked at."""
    roles = [Role.BYLINE if _is_like_name(piece.text) else Role.SAID for piece in pieces]
    heads = roles[0] == Role.BYLINE and Role.SAID in roles
    return [
        replace(piece, role=role, begins=heads and not place, reason=Reason.CUT_FROM_NAME)
        for place, (piece, role) in enumerate(zip(pieces, roles, strict=True))
    ]


def _is_like_name(text: str) -> bool:
    line = text.strip(_AROUND_NAME)
    return "\n" not in line and (is_short(line) or is_signature(line))


def _begun(parts: Sequence[Part], heads: Heads) -> Iterator[Block]:
    """The parts, with what begins a statement."""
    wide = wide_gap(parts, heads)
    why: Reason | None = Reason.PLAIN  # what comes next begins a statement; None: it does not
    is_headed = False  # by a name that has no words yet
    for part in parts:
        begins, reason = False, part.reason
        if part.role == Role.SAID:
            if why is None and part.gap >= wide and not is_headed:
                why = Reason.WIDE_GAP
            begins = why is not None
            reason = why if why and reason == Reason.PLAIN else reason
            why, is_headed = None, False
        elif part.role == Role.BYLINE and heads[reason]:
            begins = why is not None or not is_headed
            why, is_headed = None, True
        elif part.role == Role.BYLINE:
            why = Reason.AFTER_BYLINE
        elif reason in (Reason.DIVIDER, Reason.HEADING):
            why = Reason.AFTER_DIVIDER
        yield Block(part.text, part.role, begins, reason)


def _groups(blocks: Iterable[Block]) -> list[list[Block]]:
    groups: list[list[Block]] = [[]]
    for block in blocks:
        if block.begins:
            groups.append([])
        groups[-1].append(block)
    return groups


def _caption(text: str) -> Caption:
    start = credit_start(text)
    return Caption(text[:start].rstrip(), text[start:])


def _bounded(text: str) -> str:
    if len(text) > MOST_CHARACTERS:
        raise RuleError(
            "This is long. Paste it in parts, each of %(most)d characters at most.", field="text", most=MOST_CHARACTERS
        )
    if sum(1 for line in text.splitlines() if line.strip()) > MOST_LINES:
        raise RuleError(
            "This is long. Paste it in parts, each of %(most)d lines at most.", field="text", most=MOST_LINES
        )
    return text


def _few(blocks: Iterable[Block]) -> tuple[Block, ...]:
    few = tuple(blocks)
    if len(few) > MOST_BLOCKS:
        raise RuleError(
            "This is long. Paste it in parts, each of %(most)d paragraphs at most.", field="text", most=MOST_BLOCKS
        )
    return few
