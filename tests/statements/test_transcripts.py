"""What the review page carries from step to step, and what is proposed on it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from organizer.errors import RuleError
from organizer.statements import transcripts
from organizer.statements.cues import Reason, Role
from organizer.statements.rules import BylineKind
from organizer.statements.transcript import Block, read, statements
from organizer.statements.transcripts import Look
from tests.statements.transcribing import messy, words, words_of


def form_of(look: Look, **changes: str) -> dict[str, str]:
    """What the page of these blocks sends."""
    form = {"blocks": str(len(look.blocks))}
    for number, block in enumerate(look.blocks):
        form |= {f"text-{number}": block.text, f"role-{number}": block.role, f"was-{number}": transcripts.was(block)}
        if block.begins:
            form[f"begins-{number}"] = "1"
    named = {name.replace("_", "-"): value for name, value in changes.items()}
    return {name: value for name, value in (form | named).items() if value != "none"}


def looked(look: Look, **changes: str) -> Look:
    return transcripts.looked(transcripts.sent(form_of(look, **changes)))


# Round trips.


@settings(deadline=None)
@given(text=messy)
def test_what_nobody_touches_comes_back_as_it_was(text: str) -> None:
    look = Look(read(transcripts.clean(text)))
    assert looked(look) == look
    assert transcripts.as_sent(transcripts.sent(form_of(look))) == look


@settings(deadline=None)
@given(text=messy, data=st.data())
def test_the_groups_on_the_page_are_the_statements_and_all_else(text: str, data: st.DataObject) -> None:
    blocks = read(transcripts.clean(text))
    roles = data.draw(st.lists(st.sampled_from(Role), min_size=len(blocks), max_size=len(blocks)))
    begins = data.draw(st.frozensets(st.integers(0, len(blocks))))
    changes = {f"role-{number}": role for number, role in enumerate(roles)}
    changes |= {f"begins-{number}": "1" if number in begins else "none" for number in range(len(blocks))}
    look = looked(Look(blocks), **changes)
    groups = transcripts.groups(look)
    found = statements(look.blocks)
    assert [row.block for group in groups for row in group.rows] == list(look.blocks)
    assert [group.piece for group in groups if group.piece and group.piece.byline] == list(found.said)
    assert [group.piece for group in groups if group.piece and not group.piece.byline] == list(found.unsigned)
    assert words_of(found) == words(transcripts.clean(text))


@pytest.mark.parametrize("end", ["\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029", "\r", "\r\n"])
def test_whatever_ends_a_line_joins_no_two_words(end: str) -> None:
    assert words(transcripts.clean(f"hens{end}feel")) == words("hens feel")


# Beginnings that are set for the editor.

PLAIN = Look(read("I came.\n\nWren\n\nI saw it.\n\nI left.\n\n—Leek"))


def test_below_a_name_that_the_editor_marked_a_statement_begins_and_it_is_shown() -> None:
    look = looked(PLAIN, role_1="byline")
    assert [block.begins for block in look.blocks] == [True, False, True, False, False]
    assert look.offered == {2}
    assert look.blocks[2].reason == Reason.AFTER_BYLINE
    assert [row.number for group in transcripts.groups(look) for row in group.rows if row.is_offered] == [2]
    assert [(piece.byline, piece.paragraphs) for piece in statements(look.blocks).said] == [
        ("Wren", ("I came.",)),
        ("Leek", ("I saw it.", "I left.")),
    ]


def test_what_the_editor_unticks_is_not_set_again() -> None:
    look = looked(looked(PLAIN, role_1="byline"), begins_2="none")
    assert look.offered == frozenset()
    assert not look.blocks[2].begins
    assert looked(look) == look


def test_a_marked_name_that_heads_what_follows_offers_nothing() -> None:
    look = looked(PLAIN, role_1="byline", begins_1="1")
    assert look.offered == frozenset()
    assert statements(look.blocks).said[0].byline == "Wren; Leek"
    first = Look(read("Wren\n\nI saw it."))
    assert looked(first, role_0="byline").offered == frozenset()


def test_an_offer_passes_over_notes_and_what_was_emptied() -> None:
    look = looked(Look(read("I came.\n\nWren\n\n[She laughed.]\n\nI left.\n\nI slept.")), role_1="byline", text_3=" \n")
    assert [look.blocks[place].text for place in look.offered] == ["I slept."]


def test_an_offer_stands_where_it_belongs_after_a_cut() -> None:
    look = looked(PLAIN, role_1="byline", text_0="I came.\n\nI stayed.\r\n \r\nI sang.")
    assert [block.text for block in look.blocks[:3]] == ["I came.", "I stayed.", "I sang."]
    assert [look.blocks[place].text for place in look.offered] == ["I saw it."]


@pytest.mark.parametrize("name", ["Wren:", "Wren M.", "**Wren**", "—Wren", "Wren Marlow, Berlin"])
def test_words_that_are_cut_from_a_name_stay_words(name: str) -> None:
    plain = Look(read(f"I came.\n\n{name} I saw it.\n\nI left.\n\n—Leek"))
    look = looked(plain, role_1="byline", text_1=f"{name}\n\nI saw it.")
    hers, last = statements(look.blocks).said
    assert (hers.byline.split()[0], hers.paragraphs) == ("Wren", ("I saw it.",))
    assert (last.byline, last.paragraphs) == ("Leek", ("I left.",))
    assert [piece.paragraphs for piece in statements(look.blocks).unsigned] == [("I came.",)]
    assert [look.blocks[place].text for place in sorted(look.offered)] == ["I saw it.", "I left."]
    assert looked(look) == Look(look.blocks)


def test_words_before_a_name_that_is_cut_off_are_signed_by_it() -> None:
    look = looked(Look(read("I came. Wren")), role_0="byline", text_0="I came.\n\nWren")
    assert [(piece.byline, piece.paragraphs) for piece in statements(look.blocks).said] == [("Wren", ("I came.",))]


def test_short_pieces_of_a_name_stay_names_to_be_looked_at() -> None:
    look = looked(PLAIN, role_1="byline", text_1="Wren\n\nOf the lake")
    assert [block.role for block in look.blocks[1:3]] == [Role.BYLINE, Role.BYLINE]
    rows = [row for group in transcripts.groups(look) for row in group.rows]
    assert [row.block.text for row in rows if row.is_doubtful] == ["Wren", "Of the lake"]


def test_a_name_with_a_colon_that_is_marked_heads_what_stands_below() -> None:
    look = looked(Look(read("I came.\n\nWren:\n\nI saw it.")), role_1="said", begins_1="none")
    look = looked(look, role_1="byline")
    assert [look.blocks[place].text for place in look.offered] == ["Wren:"]
    assert [(piece.byline, piece.paragraphs) for piece in statements(look.blocks).said] == [("Wren", ("I saw it.",))]


# What comes damaged.


@pytest.mark.parametrize(
    "changes",
    [
        {"role_1": "none"},
        {"role_1": "author"},
        {"was_1": "none"},
        {"was_1": "said.2.plain"},
        {"was_1": "said.1.because"},
        {"text_1": "none"},
        {"blocks": "4"},
        {"blocks": "none"},
        {"blocks": "٥"},
    ],
)
def test_what_is_not_whole_is_told_and_kept(changes: dict[str, str]) -> None:
    sent = transcripts.sent(form_of(PLAIN, **changes))
    with pytest.raises(RuleError, match="lost on the way"):
        transcripts.looked(sent)
    kept = {block.text for block in transcripts.as_sent(sent).blocks}
    assert kept >= {
        block.text for number, block in enumerate(PLAIN.blocks) if (number, changes) != (1, {"text_1": "none"})
    }


def test_a_block_of_which_only_words_came_is_nobodys() -> None:
    sent = transcripts.sent({"text-0": "I came.", "blocks": "1"})
    assert transcripts.as_sent(sent).blocks == (Block("I came.", Role.OTHER, begins=False, reason=Reason.CHOSEN),)


@given(
    st.dictionaries(st.from_regex(r"(text|role|was|begins|blocks)-?[0-9٣]{0,3}", fullmatch=True), st.text(max_size=9))
)
def test_any_form_is_read_or_told(form: dict[str, str]) -> None:
    sent = transcripts.sent(form)
    transcripts.groups(transcripts.as_sent(sent))
    if not sent.is_whole:
        with pytest.raises(RuleError):
            transcripts.looked(sent)


# Statements to be.


def test_equal_words_of_two_people_are_two_statements() -> None:
    found = transcripts.spoken(Look(read("They feel.\n\n—Wren\n\nThey feel.\n\n—Wren\n\nThey feel.\n\n—Leek")))
    assert [each.byline for each in found] == ["Wren", "Wren", "Leek"]
    assert len({each.key for each in found}) == 3


def test_none_and_too_many_statements_are_told() -> None:
    with pytest.raises(RuleError, match="Nothing here"):
        transcripts.spoken(Look(read("[She laughed.]")))
    many = Look(tuple(Block(f"I came {at}.", Role.SAID, begins=True, reason=Reason.PLAIN) for at in range(201)))
    with pytest.raises(RuleError) as refused:
        transcripts.spoken(many)
    assert "These are 201 statements" in str(refused.value)


@pytest.mark.parametrize(
    ("byline", "kind"),
    [
        ("", BylineKind.NONE),
        ("a participant", BylineKind.PSEUDONYM),
        ("Wren", BylineKind.FIRST_NAME),
        ("Maria K.", BylineKind.FIRST_NAME),
        ("Анна К.", BylineKind.FIRST_NAME),
        ("Juniper Vale", BylineKind.FULL_NAME),
        ("María de la Vega", BylineKind.FULL_NAME),
        ("J. P. Vale", BylineKind.FULL_NAME),
        ("Анна Коваль", BylineKind.FULL_NAME),
        ("آنا رضایی", BylineKind.FULL_NAME),
        ("ليلى", BylineKind.FIRST_NAME),
        ("小林", BylineKind.FIRST_NAME),
        ("欧阳安娜", BylineKind.FULL_NAME),
        ("Wren; Juniper Vale", BylineKind.FULL_NAME),
        ("Wren; a participant", BylineKind.FIRST_NAME),
    ],
)
def test_the_kind_of_a_name_is_proposed_by_its_form(byline: str, kind: BylineKind) -> None:
    assert transcripts.kind_of(byline) == kind
