"""What a page, a form or a glyph draws: read operator by operator, and written anew from those that draw."""

import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import pikepdf

from organizer.media import pdf_inline
from organizer.media.pdf_codes import Codes
from organizer.media.pdf_operators import (
    MOST_OPERANDS,
    NOTED,
    NUMBER_STARTS,
    OPERATORS,
    PLAIN_SPACES,
    SIZING,
    SLOTS,
    TEXT,
    UNSEEN,
    USES,
    Operand,
    Sizes,
    is_unknown,
    written,
)

MOST_IN_FORCE: Final = 50

Use = tuple[str, bytes]
"""A resource as (category, name as written)."""


class _Named(NamedTuple):
    line: int
    offset: int
    use: Use


@dataclass
class Content:
    lines: list[bytes] = field(default_factory=list)
    operators: int = 0
    has_hidden: bool = False
    letters: dict[bytes, Codes] = field(default_factory=dict)
    """The codes shown in each font, by its name as written; those in a font that is set elsewhere under b""."""
    named: list[_Named] = field(default_factory=list)
    drawn: set[int] = field(default_factory=set)
    """Which of `named`, by their place, something is drawn with."""

    used: Counter[Use] = field(default_factory=Counter)
    """The same as `uses`, under the names that its copy has."""

    @property
    def uses(self) -> Counter[Use]:
        """How often each resource is drawn with."""
        return Counter(self.named[place].use for place in self.drawn)

    @property
    def data(self) -> bytes:
        return self.renamed({use: use[1] for use in self.uses})

    def renamed(self, names: Mapping[Use, bytes]) -> bytes:
        """Return the content with these names in place of its own; what names anything else is left out."""
        lines: list[bytes | None] = list(self.lines)
        for place, (line, offset, use) in enumerate(self.named):
            name, text = names.get(use), self.lines[line]
            if name is None or place not in self.drawn:
                lines[line] = None
            else:
                lines[line] = text[:offset] + name + text[offset + len(use[1]) :]
        return b"\n".join(line for line in lines if line is not None)


def clean(data: bytes, hidden: Collection[str] = ()) -> Content:
    """Return the content with nothing but operators that draw; comments and marks go.

    `hidden` are the names of property lists for layers that are not shown: what they draw goes too, and so do fonts,
    colours and states that nothing is drawn with.
    """
    with pikepdf.new() as scratch:
        page = pikepdf.Dictionary(Type=pikepdf.Name.Page, Contents=scratch.make_stream(data))
        cleaner = _Cleaner(data, hidden)
        pikepdf.Page(page).parse_contents(cleaner)
    return cleaner.content


class _Cleaner(pikepdf.StreamParser):
    """Copies slices of the original, so that numbers and strings stay as they were written."""

    def __init__(self, data: bytes, hidden: Collection[str]) -> None:
        super().__init__()
        self.content = Content()
        self._data = data
        self._hidden = hidden
        self._operands: list[Operand] = []
        self._marks: list[bool] = []
        """For each open mark, whether it hides what it holds."""
        self._inline: list[bytes] | None = None
        """The image between ID and EI, once its dictionary is read."""
        self._in_force: dict[bytes, int] = {}
        """For each place of SLOTS, and each state by its name, the one of `named` that was set last."""
        self._drawn_with: dict[bytes, int] = self._in_force
        self._kept: list[dict[bytes, int]] = []
        self._sizes = Sizes()

    def handle_object(self, obj: object, offset: int, length: int) -> None:
        text = self._data[offset : offset + length]
        if self._inline is not None:
            self._end_inline(text)
        elif text[:1] in NUMBER_STARTS:
            # Most of what there is, and so told apart first.
            self._operands.append((obj, text))
        elif text in OPERATORS:
            self._operate(text)
        elif text in (b"BMC", b"BDC", b"EMC"):
            self._mark(text)
        elif text == b"ID":
            self._inline = [operand for _, operand in self._operands]
            self._operands = []
        elif text == b"BI" or is_unknown(text):
            self._operands = []
        else:
            self._operands.append((obj, text))

    def handle_eof(self) -> None:
        """Operands without an operator are left out."""

    def _operate(self, operator: bytes) -> None:
        operands, self._operands = self._operands, []
        count = OPERATORS[operator]
        if count is not None:
            if len(operands) < count:
                return
            operands = operands[len(operands) - count :]
        if operator in UNSEEN:
            operator, operands = self._seen(operator, operands)
        line = written(operator, operands[-MOST_OPERANDS:])
        if operator and line is not None:
            self.content.operators += 1
            if operator in NOTED:
                self._note(operator, operands[-MOST_OPERANDS:])
            if operator in SIZING:
                self._sizes.follow(operator, operands)
            self.content.lines.append(line)

    def _seen(self, operator: bytes, operands: list[Operand]) -> tuple[bytes, list[Operand]]:
        """Return what becomes of an operator that draws."""
        is_hidden = any(self._marks)
        self.content.has_hidden |= is_hidden
        if is_hidden or (operator in TEXT and self._sizes.are_naught):
            return UNSEEN[operator], []
        self._draw()
        return operator, operands

    def _draw(self) -> None:
        """Note that something is drawn with all that is in force."""
        if self._in_force is not self._drawn_with:
            self._drawn_with = self._in_force
            self.content.drawn.update(self._in_force.values())

    def _note(self, operator: bytes, operands: list[Operand]) -> None:
        """Keep in mind which resource this names, and what is in force after it."""
        if operator == b"q":
            self._kept.append(self._in_force)
        elif operator == b"Q":
            self._in_force = self._kept.pop() if self._kept else self._in_force
        elif operator in TEXT:
            self._count_letters(operands[-1][0])
        else:
            self._set(operator, operands, self._name_used(operator, operands))

    def _set(self, operator: bytes, operands: list[Operand], place: int | None) -> None:
        if operator in SLOTS:
            slot, emptied = SLOTS[operator]
            in_force = {key: other for key, other in self._in_force.items() if key != slot and key not in emptied}
            self._in_force = in_force if place is None else {**in_force, slot: place}
        elif place is not None and operator == b"gs":
            self._in_force = {**self._in_force, b"gs" + operands[0][1]: place}
            if len(self._in_force) > MOST_IN_FORCE:
                self._draw()
                self._in_force = {}
        elif place is not None:
            self.content.drawn.add(place)

    def _name_used(self, operator: bytes, operands: list[Operand]) -> int | None:
        """Note the resource that the next line names, and return its place in `named`."""
        if operator not in USES:
            return None
        at = 0 if operator == b"Tf" else len(operands) - 1
        name = operands[at][1] if operands else b""
        if not name.startswith(b"/") or name in PLAIN_SPACES:
            return None
        offset = sum(len(text) + 1 for _, text in operands[:at])
        self.content.named.append(_Named(len(self.content.lines), offset, (USES[operator], name)))
        return len(self.content.named) - 1

    def _count_letters(self, shown: object) -> None:
        place = self._in_force.get(b"Tf")
        font = b"" if place is None else self.content.named[place].use[1]
        codes = self.content.letters.setdefault(font, Codes())
        for string in shown if isinstance(shown, pikepdf.Array) else [shown]:
            if isinstance(string, pikepdf.String):
                codes.add(bytes(string))

    def _mark(self, operator: bytes) -> None:
        operands, self._operands = self._operands, []
        if operator == b"EMC":
            if self._marks:
                self._marks.pop()
            return
        self._marks.append(operator == b"BDC" and bool(self._hidden) and self._is_hidden(operands[-2:]))

    def _is_hidden(self, operands: list[Operand]) -> bool:
        """Whether a mark, its kind and its name, says that what follows belongs to a layer that is not shown."""
        if len(operands) < 2:
            return False
        kind, name = (plain_name(text) for _, text in operands)
        return kind == "/OC" and name in self._hidden

    def _end_inline(self, text: bytes) -> None:
        """Write an image that stands within the content: `text` is its data, then EI."""
        if text == b"EI":
            self._inline = None
            return
        if any(self._marks):
            self.content.has_hidden = True
            return
        made = pdf_inline.rebuilt(self._inline or [], text)
        self.content.operators += 1
        self._draw()
        if made.space:
            self.content.drawn.add(len(self.content.named))
            self.content.named.append(_Named(len(self.content.lines), made.offset, ("/ColorSpace", made.space)))
        self.content.lines.append(made.data)


def plain_name(text: bytes) -> str:
    """Return a name as pikepdf spells the keys of dictionaries: without escapes, odd bytes as half surrogates."""
    plain = re.sub(rb"#([0-9A-Fa-f]{2})", lambda found: bytes.fromhex(found[1].decode()), text)
    return plain.decode("utf-8", "surrogateescape")
