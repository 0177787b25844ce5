"""A transcript as parts in order, and what only the whole of it tells: which names to believe, which way they look.

A name may sign the words above it or head those below. A transcript mostly keeps one order, so it is decided for
each kind of name from all of them: by the side that they stand nearer to, else by whether the transcript begins or
ends with words. Names before a colon always head, those at the end of a line always sign. Where nothing tells,
dashes sign and bold names head, and lines that could be names stay among the words.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from organizer.statements.cues import RULES, Cue, Reason, Role, is_closed, is_note, is_note_heading, look
from organizer.statements.wordings import INVISIBLE, ends_sentence, is_item, is_name, is_short, size

EITHER = {Reason.DASH_AND_NAME: False, Reason.BOLD_NAME: True, Reason.NAME_ALONE: True}
"""The kinds of names that stand in either order, and whether they head where nothing tells."""
FIXED = {Reason.NAME_AND_COLON: True, Reason.SIGNED_AT_END: False, Reason.LOOSELY_SIGNED: False}
CORE = (Role.SAID, Role.BYLINE)

Heads = Mapping[Reason, bool]
"""Whether names of a kind stand above the words that they belong to."""


@dataclass(frozen=True)
class Part(Cue):
    """A cue, and how many blank lines stand above it: -1 within a line."""

    gap: int


def spaced(text: str) -> list[tuple[int, list[str]]]:
    """The paragraphs between blank lines, as trimmed lines, each with how many blank lines stand above it."""
    found: list[tuple[int, list[str]]] = []
    gap = 0
    for line in (each.strip() for each in text.splitlines()):
        if not line.strip(INVISIBLE):
            gap += 1
        elif gap or not found:
            found.append((gap, [line]))
            gap = 0
        else:
            found[-1][1].append(line)
    return found


def read_parts(text: str) -> tuple[list[Part], Heads]:
    """The parts as they are believed, and the order of each kind of name.

    A single sentence may begin with a word and a colon. So that is a name where the transcript begins with one or
    has several. Plain lines are names where nothing marks any, there are several, and their order is plain.
    """
    paragraphs = _paragraphs(text)
    rules = set(RULES) - {Reason.NAME_ALONE}
    parts = _parts(paragraphs, rules)
    colons = [part for part in parts if part.reason == Reason.NAME_AND_COLON]
    core = [part for part in parts if part.role in CORE and not (part.role == Role.SAID and is_short(part.text))]
    if len(colons) == 1 and core[0] is not colons[0]:
        rules.discard(Reason.NAME_AND_COLON)
        parts = _parts(paragraphs, rules)
    if not any(part.role == Role.BYLINE for part in parts):
        alone = _parts(paragraphs, rules | {Reason.NAME_ALONE})
        is_plain = _order(alone, Reason.NAME_ALONE) is not None
        parts = alone if is_plain and sum(part.reason == Reason.NAME_ALONE for part in alone) > 1 else parts
    orders = {kind: _order(parts, kind) for kind in EITHER}
    heads = FIXED | {kind: EITHER[kind] if order is None else order for kind, order in orders.items()}
    return _inside(parts, heads), heads


def wide_gap(parts: Sequence[Part], heads: Heads) -> int:
    """From how many blank lines on a gap sets statements apart, as it does around every name and nowhere inside."""
    between: list[int] = []
    within: list[int] = []
    for above, below in pairwise(part for part in parts if part.role in CORE):
        signs = above.role == Role.BYLINE and not heads[above.reason]
        is_between = signs or (below.role == Role.BYLINE and heads[below.reason])
        (between if is_between else within).append(below.gap)
    width = min(between, default=2)
    return width if any(1 <= gap < width for gap in within) else sys.maxsize


def _paragraphs(text: str) -> list[tuple[int, list[str]]]:
    """Where no blank line stands at all, lines that mostly end a sentence are paragraphs."""
    paragraphs = spaced(text)
    if len(paragraphs) != 1:
        return paragraphs
    lines = paragraphs[0][1]
    are_whole = 2 * sum(map(ends_sentence, lines)) >= len(lines)
    return [(0, [line]) for line in lines] if are_whole else paragraphs


def _parts(paragraphs: Sequence[tuple[int, list[str]]], rules: set[Reason]) -> list[Part]:
    found: list[Part] = []
    is_announced = False  # a note, by a line above that says no more
    for gap, lines in paragraphs:
        parts = _paragraph(gap, lines, rules)
        if is_announced and parts[0].role == Role.SAID:
            parts[0] = replace(parts[0], role=Role.NOTE, reason=Reason.AFTER_NOTE)
        is_announced = len(parts) == 1 and parts[0].role == Role.NOTE and is_note_heading(parts[0].text)
        found += parts
    return found


def _paragraph(gap: int, lines: list[str], rules: set[Reason]) -> list[Part]:
    """The parts of one paragraph: lines of words stay together, all else stands alone."""
    whole = "\n".join(lines)
    if is_note(whole) and not is_closed(lines[0]):
        return [Part(whole, Role.NOTE, Reason.WORDS_LIKE_NOTE, gap)]
    if len(lines) == 2 and _is_captioned(*lines):
        return [Part(whole, Role.CAPTION, Reason.WORDS_LIKE_CAPTION, gap)]
    found: list[Part] = []
    for number, line in enumerate(lines):
        cues = look(line, rules & _rules_for(number, lines, is_after_words=bool(found) and found[-1].role == Role.SAID))
        for piece, cue in enumerate(cues):
            part = Part(cue.text, cue.role, cue.reason, -1 if piece else 0 if number else gap)
            if found and not piece and _belongs(part, found[-1], is_last=number == len(lines) - 1):
                found[-1] = replace(found[-1], text=f"{found[-1].text}\n{part.text}")
            else:
                found.append(part)
    return found


def _is_captioned(first: str, second: str) -> bool:
    """Whether two lines are what a picture shows and who took it."""
    lines = (look(first, set(RULES) - {Reason.NAME_ALONE}), look(second, {Reason.WORDS_LIKE_CAPTION}))
    return [cue.role for pieces in lines for cue in pieces] == [Role.SAID, Role.CAPTION] and size(first) <= 30


def _rules_for(number: int, lines: list[str], *, is_after_words: bool) -> set[Reason]:
    """What a line may be by its place: in the middle of a sentence that goes on in the next line, almost nothing."""
    is_last = number == len(lines) - 1
    if is_after_words and not is_last and not ends_sentence(lines[number - 1]):
        return {Reason.SIGNED_AT_END}
    around = lines[max(0, number - 1) : number + 2]
    is_listed = is_item(lines[number]) and (sum(map(is_item, around)) > 1 or around[0].endswith((":", "：")))
    left_out = {Reason.DASH_AND_NAME} if is_listed else set()
    if not is_last:
        left_out.add(Reason.LOOSELY_SIGNED)
    if not is_last and number:
        left_out.add(Reason.NAME_ALONE)
    return set(RULES) - left_out


def _belongs(part: Part, above: Part, *, is_last: bool) -> bool:
    """Whether a line goes on with the words above it, or with a name: a city under it, or what follows its comma."""
    if part.role != Role.SAID or above.role not in CORE or above.reason == Reason.NAME_AND_COLON:
        return False
    is_place = above.text.endswith((",", "，", "،")) or (part.text[:1].isupper() and is_name(part.text))
    return above.role == Role.SAID or (is_last and is_place and is_short(part.text))


def _order(parts: Sequence[Part], kind: Reason) -> bool | None:
    """Whether names of this kind head what follows; None where nothing tells."""
    places = [place for place, part in enumerate(parts) if part.reason == kind]
    if not places:
        return None
    inner = [(parts[place].gap, parts[place + 1].gap) for place in places if 0 < place < len(parts) - 1]
    nearer = sum((above > below) - (above < below) for above, below in inner)
    if nearer:
        return nearer > 0
    words = [(place, is_short(part.text)) for place, part in enumerate(parts) if part.role == Role.SAID]
    for may_be_short in (False, True):
        counted = [place for place, short in words if may_be_short or not short]
        begins, ends = any(place < places[0] for place in counted), any(place > places[-1] for place in counted)
        if begins != ends:
            return ends
    return None


def _inside(parts: list[Part], heads: Heads) -> list[Part]:
    """The parts with short lines at either end taken for titles and menus, unless a name has no other words."""
    core = [place for place, part in enumerate(parts) if part.role in CORE]
    firm = [place for place in core if parts[place].role == Role.BYLINE or not is_short(parts[place].text)]
    if not firm:
        return parts
    before = [place for place in core if place < firm[0]]
    after = [place for place in core if place > firm[-1]]
    first, last = parts[firm[0]], parts[firm[-1]]
    if first.role == Role.BYLINE and not heads[first.reason]:
        before = before[:-1]
    if last.role == Role.BYLINE and heads[last.reason]:
        after = after[1:]
    if _is_title(parts, core, heads):
        before.append(core[0])
    outside = {*before, *after}
    return [
        replace(part, role=Role.OTHER, reason=Reason.SHORT_LINE_OUTSIDE) if place in outside else part
        for place, part in enumerate(parts)
    ]


def _is_title(parts: Sequence[Part], core: Sequence[int], heads: Heads) -> bool:
    """Whether a transcript of headed words begins with what only looks like a name, as the next name stands below."""
    two = [parts[place] for place in core[:2]]
    are_names = len(two) == 2 and all(part.role == Role.BYLINE and heads[part.reason] for part in two)
    return are_names and two[0].reason in (Reason.BOLD_NAME, Reason.NAME_ALONE) and two[1].gap > 0
