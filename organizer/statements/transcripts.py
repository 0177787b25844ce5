"""From a pasted transcript to statements: what the review page carries from step to step.

Nothing is stored before `gathering.keep`: every step sends all of the blocks, each with what it was when it was shown,
so that what the editor changed can be told from what was guessed.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from organizer import clock, text
from organizer.errors import RuleError
from organizer.events.models import Event
from organizer.statements import moments
from organizer.statements.cues import Reason, Role
from organizer.statements.parts import spaced
from organizer.statements.rules import BylineKind
from organizer.statements.transcript import Block, Piece, cut, read, statements, with_roles
from organizer.statements.wordings import is_caseless

MOST_STATEMENTS = 200
DOUBTFUL = frozenset(
    {Reason.LIKE_NAME, Reason.LOOSELY_SIGNED, Reason.NAME_ALONE, Reason.WIDE_GAP, Reason.CUT_FROM_NAME}
)
LOST = Block("", Role.OTHER, begins=False, reason=Reason.CHOSEN)
"""What stands for a block of which nothing but its words came: nobody's."""
_TEXT = re.compile(r"text-(0|[1-9][0-9]{0,4})")
_INITIAL = re.compile(r"\w\.?(?:-?\w\.)*")
_SHORTEST_FULL_NAME = 3


@dataclass(frozen=True)
class Sent:
    """Blocks as a page sent them: their words as they are now, the rest as it was shown, and the editor's choices.

    It is not whole when something is missing, or is none of the choices.
    """

    blocks: tuple[Block, ...]
    roles: tuple[Role, ...]
    begins: frozenset[int]
    is_whole: bool


@dataclass(frozen=True)
class Look:
    """Blocks to look at. `offered` are the numbers of those whose beginning was set for the editor just now."""

    blocks: tuple[Block, ...]
    offered: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Row:
    """A block on the page, and whether it asks to be looked at."""

    number: int
    block: Block
    is_doubtful: bool
    is_offered: bool


@dataclass(frozen=True)
class Group:
    """Blocks from one boundary to the next; `number` counts those with words, and is 0 for one without."""

    number: int
    piece: Piece | None
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Spoken:
    """One statement to be. `key` names its fields, the same as long as its words and signature are."""

    number: int
    key: str
    text: str
    byline: str
    affiliation: str


# Steps of the review.


def clean(pasted: str) -> str:
    """The text as we keep it. Whatever ends a line or a page ends a line here, so that no two words become one."""
    return text.strip_controls("\n".join(pasted.splitlines()))


def pasted(event: Event, words: str) -> Look:
    """What is guessed of a transcript. Raises RuleError for nothing, for too much, and before the event begins."""
    moments.check_begun(event.starts_at, clock.now())
    blocks = read(clean(words))
    if not blocks:
        raise RuleError("Paste what was said.", field="text")
    return Look(blocks)


def was(block: Block) -> str:
    """All of a block but its words, for a hidden field."""
    return f"{block.role}.{int(block.begins)}.{block.reason}"


def sent(form: Mapping[str, str]) -> Sent:
    """The blocks from the fields text-0, role-0, begins-0, was-0 and so on, and how many there should be."""
    numbers = sorted(int(match[1]) for name in form if (match := _TEXT.fullmatch(name)))
    olds = [_old(form.get(f"was-{number}", "")) for number in numbers]
    roles = [_role(form.get(f"role-{number}", "")) for number in numbers]
    texts = [clean(form[f"text-{number}"]) for number in numbers]
    blocks = [replace(old or LOST, text=words) for old, words in zip(olds, texts, strict=True)]
    return Sent(
        blocks=tuple(blocks),
        roles=tuple(role or block.role for role, block in zip(roles, blocks, strict=True)),
        begins=frozenset(place for place, number in enumerate(numbers) if f"begins-{number}" in form),
        is_whole=all(olds) and all(roles) and form.get("blocks") == str(len(numbers)),
    )


def as_sent(received: Sent) -> Look:
    """The blocks as the editor chose, not cut yet, to be shown once more."""
    return Look(with_roles(received.blocks, received.roles, received.begins))


def looked(received: Sent) -> Look:
    """The blocks as the editor chose, cut at her blank lines, with a beginning set below each new signature.

    It is set at the name itself where that ends with a colon. Words that were cut from a name are offered, too.

    Raises RuleError for blocks that are not whole or too many.
    """
    if not received.is_whole:
        raise RuleError("Something was lost on the way. Look at each paragraph once more, please.")
    blocks = list(as_sent(received).blocks)
    offered = set(_offers(received.blocks, blocks))
    for place in offered:
        is_name = blocks[place].role == Role.BYLINE
        reason = Reason.NAME_AND_COLON if is_name else Reason.AFTER_BYLINE
        blocks[place] = replace(blocks[place], begins=True, reason=reason)
    done, shown, count = cut(blocks), set(), 0
    for place, block in enumerate(blocks):
        pieces = range(count, count + len(spaced(block.text)))
        count = pieces.stop
        if place in offered:
            shown.add(pieces.start)
        if block.role == Role.BYLINE:
            shown.update(piece for piece in pieces if done[piece].role == Role.SAID)
    return Look(done, frozenset(shown))


def _offers(olds: Sequence[Block], blocks: Sequence[Block]) -> Iterator[int]:
    """Where a statement begins by each name that was made one just now, with words above; ticked ones need no offer.

    A name with a colon begins one itself, any other signs what is above, so the words below begin one.
    """
    has_words = is_signed = False
    for place, (old, block) in enumerate(zip(olds, blocks, strict=True)):
        if block.begins:
            has_words = is_signed = False
        if not spaced(block.text):
            continue
        if block.role == Role.SAID:
            if is_signed:
                yield place
                is_signed = False
            has_words = True
        elif block.role == Role.BYLINE and old.role != Role.BYLINE and has_words and not block.begins:
            is_signed = not block.text.rstrip().endswith((":", "："))
            if not is_signed:
                yield place


def _old(value: str) -> Block | None:
    role, _, rest = value.partition(".")
    begins, _, reason = rest.partition(".")
    if role not in list(Role) or begins not in ("0", "1") or reason not in list(Reason):
        return None
    return Block("", Role(role), begins == "1", Reason(reason))


def _role(value: str) -> Role | None:
    return Role(value) if value in list(Role) else None


# What the pages show.


def groups(look: Look) -> list[Group]:
    """The blocks between their boundaries, in order."""
    places: list[list[int]] = [[]]
    for place, block in enumerate(look.blocks):
        if block.begins and places[-1]:
            places.append([])
        places[-1].append(place)
    found: list[Group] = []
    number = 0
    for group in places:
        split = statements([look.blocks[place] for place in group])
        piece = next(iter((*split.said, *split.unsigned)), None)
        number += piece is not None
        rows = (_row(look, place) for place in group)
        found.append(Group(number if piece else 0, piece, tuple(rows)))
    return found


def _row(look: Look, place: int) -> Row:
    block = look.blocks[place]
    return Row(place, block, block.reason in DOUBTFUL, place in look.offered)


def spoken(look: Look) -> list[Spoken]:
    """The statements that the blocks make, signed or not, in order. Raises RuleError for none and for too many."""
    seen: Counter[str] = Counter()
    found = []
    for group in groups(look):
        if group.piece:
            said = (*group.piece.paragraphs, "", group.piece.byline, group.piece.affiliation)
            digest = hashlib.sha256("\0".join(said).encode()).hexdigest()[:12]
            seen[digest] += 1
            words = "\n\n".join(group.piece.paragraphs)
            key = f"s{digest}{seen[digest]}-"
            found.append(Spoken(group.number, key, words, group.piece.byline, group.piece.affiliation))
    if not found:
        raise RuleError("Nothing here is marked as said.")
    if len(found) > MOST_STATEMENTS:
        raise RuleError(
            "These are %(count)d statements. Paste them in parts, each of %(most)d at most.",
            count=len(found),
            most=MOST_STATEMENTS,
        )
    return found


def kind_of(byline: str) -> BylineKind:
    """What kind of name it looks like; when in doubt a full one, which is withheld until an editor knows who signed."""
    kinds = {_kind(name.strip()) for name in byline.split(";") if name.strip()}
    order = (BylineKind.FULL_NAME, BylineKind.FIRST_NAME, BylineKind.PSEUDONYM)
    return next((kind for kind in order if kind in kinds), BylineKind.NONE)


def _kind(name: str) -> BylineKind:
    words = name.split()
    if name[:1].islower():
        return BylineKind.PSEUDONYM
    if len(words) == 1:
        is_whole = is_caseless(name[0]) and "\u2e80" <= name[0] <= "\uffdc" and len(name) >= _SHORTEST_FULL_NAME
        return BylineKind.FULL_NAME if is_whole else BylineKind.FIRST_NAME
    return BylineKind.FIRST_NAME if all(_INITIAL.fullmatch(word) for word in words[1:]) else BylineKind.FULL_NAME
