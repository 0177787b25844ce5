"""A transcript of many shapes is split with every word in its place, and nothing given to the wrong person."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from organizer.errors import RuleError
from organizer.statements.cues import Reason, Role
from organizer.statements.transcript import Block, Piece, Split, cut, read, statements, with_roles
from organizer.statements.wordings import INVISIBLE

Said = tuple[str, str, tuple[str, ...]]
"""A name, a city or nothing, and paragraphs."""


def split(text: str) -> Split:
    return statements(read(text))


def signs(text: str) -> str:
    """All that can be seen, in order."""
    return "".join(text.split()).translate(dict.fromkeys(map(ord, INVISIBLE)))


def words(*texts: str) -> Counter[str]:
    return Counter(word for text in texts for word in re.findall(r"[^\W_]+", text))


def words_of(found: Split) -> Counter[str]:
    pieces = [text for piece in (*found.said, *found.unsigned) for text in (*piece.paragraphs, piece.byline)]
    places = [piece.affiliation for piece in (*found.said, *found.unsigned)]
    captions = [text for caption in found.captions for text in (caption.text, caption.credit)]
    return words(*pieces, *places, *captions, *found.notes, *found.other)


def roles(text: str) -> list[tuple[str, Role, bool, Reason]]:
    return [(block.text, block.role, block.begins, block.reason) for block in read(text)]


# The shapes of names.


@pytest.mark.parametrize(
    "dash", ["-", "- ", "–", "— ", "—", "―", "−", "‒", "﹘", "－", "--", "---", "~", "——", "‐ ", "\u200f— "]
)
@pytest.mark.parametrize(
    ("name", "city"),
    [
        ("Juniper", ""),
        ("Анна К.", "Київ"),
        ("آنا رضایی", "تهران"),
        ("ليلى", "حيفا"),
        ("小林", "奥克兰"),
        ("J.-P. de la Vega", "Lima"),
    ],
)
def test_a_dash_of_any_kind_signs_what_stands_above(dash: str, name: str, city: str) -> None:
    signature = f"{dash}{name}, {city}" if city else f"{dash}{name}"
    found = split(f"I came for them.\n\nI stayed.\n\n{signature}\n\nI saw it too.\n\n—Wren")
    assert found.said == (Piece(("I came for them.", "I stayed."), name, city), Piece(("I saw it too.",), "Wren"))
    assert (found.unsigned, found.other) == ((), ())


@pytest.mark.parametrize(
    ("text", "name", "city"),
    [
        ("I came for her. —Juniper", "Juniper", ""),
        ("I came for her. - Juniper Vale, Oakland", "Juniper Vale", "Oakland"),
        ("“I came for her.” – Juniper", "Juniper", ""),
        ("I came for her.—J.-P. Vale", "J.-P. Vale", ""),
        ("¡Vine por ellas! —Enebro, Lima", "Enebro", "Lima"),
        ("Я пришла за ней. — Анна К., Харків", "Анна К.", "Харків"),
        ("آمدم چون حس می‌کنند. — آنا، اوکلند", "آنا", "اوکلند"),
        ("我为她而来。——安娜，奥克兰", "安娜", "奥克兰"),
        ("I came because I saw one of them look back at me —Juniper", "Juniper", ""),
    ],
)
def test_a_name_at_the_end_of_a_paragraph_signs_it(text: str, name: str, city: str) -> None:
    found = split(f"{text}\n\nNobody signed this.")
    assert [(piece.byline, piece.affiliation) for piece in found.said] == [(name, city)]
    assert found.unsigned == (Piece(("Nobody signed this.",)),)


@pytest.mark.parametrize(
    "text",
    [
        "— Сказал он мне тогда, что они чувствуют, и я пришла.",
        "— Зачем вы пришли? — спросил он. — За ними.",
        "— Да!",
        "I know one thing: they feel.",
        "We met at 10:30 in front of the market.",
        "Я думаю так: они чувствуют.",
        "我今天想对大家说的是：它们有感觉。",
        "I saw the photo: it broke me.",
        "Photo by photo, I understood. They feel.",
        "The trucks - all of them - were full.",
        "I brought:\n- Water\n- Bread",
        "I saw them in the truck\n— Berkeley and Oakland alike —\nand could not go home.",
        "I saw it.\nI live in the one city that I have always loved — Oakland\nand could not go home.",
        "— Зачем? — Затем",
    ],
)
def test_ordinary_sentences_are_no_names(text: str) -> None:
    assert split(f"I came.\n\n{text}\n\nI stayed.").unsigned == (Piece(("I came.", text, "I stayed.")),)
    assert split(f"{text}\n\nI stayed.").said == ()


@pytest.mark.parametrize("mark", ["**{}**", "__{}__", "*{}*", "{}:", "{}：", "**{}:**", "**{}**:"])
@pytest.mark.parametrize("name", ["Juniper Vale", "María de la Vega", "Анна Коваль", "آنا رضایی", "安娜"])
def test_a_name_above_heads_what_follows(mark: str, name: str) -> None:
    found = split(f"{mark.format(name)}\n\nI came.\n\nI stayed.\n\n{mark.format('Wren')}\n\nI saw it.")
    assert found.said == (Piece(("I came.", "I stayed."), name), Piece(("I saw it.",), "Wren"))


def test_a_name_and_a_colon_head_what_stands_behind() -> None:
    found = split("Juniper: I came.\n\nThey feel: I know it.\n\n安娜：我来了。\n\n**Анна:** Я пришла.")
    assert found.said == (
        Piece(("I came.", "They feel: I know it."), "Juniper"),
        Piece(("我来了。",), "安娜"),
        Piece(("Я пришла.",), "Анна"),
    )


def test_a_word_and_a_colon_amid_others_is_shown_and_not_believed() -> None:
    found = roles("I came.\n\nRemember: they feel.\n\n—Juniper")
    assert found[1] == ("Remember: they feel.", Role.SAID, False, Reason.LIKE_NAME)


def test_dashes_head_where_the_transcript_begins_with_one() -> None:
    found = split("—Juniper\n\nI came.\n\nI stayed.\n\n—Wren\n\nI saw it.")
    assert found.said == (Piece(("I came.", "I stayed."), "Juniper"), Piece(("I saw it.",), "Wren"))


def test_bold_names_sign_where_the_transcript_ends_with_one() -> None:
    found = split("I came.\n\n**Juniper**\n\nI saw it.\n\n**Wren**")
    assert found.said == (Piece(("I came.",), "Juniper"), Piece(("I saw it.",), "Wren"))


def test_short_words_tell_the_order_where_there_are_no_others() -> None:
    found = split("Because they feel\n\n**Juniper**\n\nFor the one who looked back\n\n**Wren**")
    assert found.said == (Piece(("Because they feel",), "Juniper"), Piece(("For the one who looked back",), "Wren"))


def test_names_belong_to_the_words_that_they_stand_nearer_to() -> None:
    found = split("They were told on a Saturday.\n\n—Juniper\nI came.\n\n—Wren\nI saw it.\n\n")
    assert found.said == (Piece(("I came.",), "Juniper"), Piece(("I saw it.",), "Wren"))
    assert found.unsigned == (Piece(("They were told on a Saturday.",)),)


def test_a_title_does_not_turn_the_order_around() -> None:
    found = split("Why we came\n\n—Juniper\n\nI came.\n\n—Wren\n\nI saw it.")
    assert found.said == (Piece(("I came.",), "Juniper"), Piece(("I saw it.",), "Wren"))
    assert found.other == ("Why we came",)


def test_a_small_letter_behind_a_dash_signs_and_a_list_does_not() -> None:
    found = split("I came.\n\n—a participant\n\nI brought\n\n- bread\n\nI stayed.\n\n—Wren")
    assert found.said == (Piece(("I came.",), "a participant"), Piece(("I brought", "- bread", "I stayed."), "Wren"))


def test_a_day_behind_a_name_is_kept_with_it() -> None:
    assert split("I came.\n\n—Juniper, 21 January 2023").said == (Piece(("I came.",), "Juniper", "21 January 2023"),)


def test_plain_lines_are_names_where_nothing_else_marks_any_and_their_order_is_plain() -> None:
    plain = "Juniper Vale\n\nI came.\n\nWren, Oakland\n\nI saw it."
    assert split(plain).said == (Piece(("I came.",), "Juniper Vale"), Piece(("I saw it.",), "Wren", "Oakland"))
    amid = split("Juniper Vale\n\nI came.\nOakland Market\nI stayed.\n\nWren\n\nI saw it.")
    assert amid.said[0] == Piece(("I came.\nOakland Market\nI stayed.",), "Juniper Vale")
    unclear = split(f"I was there.\n\n{plain}")
    assert unclear.said == ()
    assert [block.reason for block in read(f"I was there.\n\n{plain}")].count(Reason.LIKE_NAME) == 2


def test_without_blank_lines_each_line_is_a_paragraph() -> None:
    found = split("I came.\r\nI stayed.\r\n—Juniper, Oakland\r\nI saw it.\r\n—Wren")
    assert found.said == (Piece(("I came.", "I stayed."), "Juniper", "Oakland"), Piece(("I saw it.",), "Wren"))


def test_wrapped_lines_and_verse_stay_together() -> None:
    assert split("I came because\nthey feel.\nI stayed.\n—Juniper\n\nI saw it.").said == (
        Piece(("I came because\nthey feel.\nI stayed.",), "Juniper"),
    )


def test_a_city_under_a_name_belongs_to_it() -> None:
    found = split("I came.\n\n—Juniper Vale,\nOakland\n\nI saw it.\n\n—Wren\nBerkeley, CA")
    assert [(piece.byline, piece.affiliation) for piece in found.said] == [
        ("Juniper Vale", "Oakland"),
        ("Wren", "Berkeley, CA"),
    ]


def test_of_two_names_both_are_kept() -> None:
    assert split("We came.\n\n—Juniper, Oakland\n—Wren\n\nI saw it.\n\n—Leek").said == (
        Piece(("We came.",), "Juniper; Wren", "Oakland"),
        Piece(("I saw it.",), "Leek"),
    )
    assert split("They came.\n\n**Juniper**\n**Wren**\n\nWe came.").said == (Piece(("We came.",), "Juniper; Wren"),)
    assert split("**Juniper**\n\nI came.\n\n—Juniper, Oakland\n\nI saw it.").said == (
        Piece(("I came.",), "Juniper; Juniper", "Oakland"),
    )


def test_a_name_that_nothing_was_said_by_signs_nothing() -> None:
    found = split("—Juniper\n\nI saw it.\n\nI stayed.\n\n—Wren")
    assert found.said == (Piece(("I saw it.", "I stayed."), "Wren"),)
    assert found.other == ("—Juniper",)


# What stands around the words, and what nobody signed.


@pytest.mark.parametrize(
    "title",
    [
        "Why we came",
        "WHY WE CAME",
        "# Why we came",
        "**Why we came**",
        "Почему мы пришли",
        "我们为什么来",
        "Why we came – Hen Times",
    ],
)
@pytest.mark.parametrize("said", ["I came.\n\n—Juniper", "**Juniper**\n\nI came."])
def test_titles_and_menus_around_the_words_stand_apart(title: str, said: str) -> None:
    found = split(f"{title}\n\n{said}\n\nMore to see\n\nAbout our paper")
    assert found.said == (Piece(("I came.",), "Juniper"),)
    assert found.other == (title, "More to see", "About our paper")


def test_a_bold_title_above_bold_names_is_none() -> None:
    found = split("**Why We Came**\n\n**Juniper**\n\nI came.\n\n**Wren**\n\nI saw it.")
    assert found.other == ("**Why We Came**",)
    assert [piece.byline for piece in found.said] == ["Juniper", "Wren"]


def test_short_words_with_a_name_are_no_title() -> None:
    assert split("Because they feel\n\n—Juniper").said == (Piece(("Because they feel",), "Juniper"),)
    assert split("**Juniper**\n\nBecause they feel").said == (Piece(("Because they feel",), "Juniper"),)


@pytest.mark.parametrize("line", ["* * *", "***", "-----", "⁂", "_____", "## Later"])
def test_a_divider_keeps_unsigned_words_apart(line: str) -> None:
    found = split(f"I came.\n\n{line}\n\nI saw it.\n\n—Wren\n\nI left.\n\n{line}\n\nI slept.")
    assert found.said == (Piece(("I saw it.",), "Wren"),)
    assert found.unsigned == (Piece(("I came.",)), Piece(("I left.",)), Piece(("I slept.",)))
    assert Reason.AFTER_DIVIDER in {block.reason for block in read(f"I came.\n\n{line}\n\nI saw it.")}


def test_a_gap_as_wide_as_around_the_names_keeps_unsigned_words_apart() -> None:
    found = split("I came.\n\n—Juniper\n\n\nI saw it.\n\n\nI left.\n\nI slept.\n\n—Wren")
    assert [piece.byline for piece in found.said] == ["Juniper", "Wren"]
    assert found.unsigned == (Piece(("I saw it.",)),)
    below = split("**Juniper**\n\nI came.\n\n\n**Wren**\n\n\nI saw it.")
    assert below.said == (Piece(("I came.",), "Juniper"), Piece(("I saw it.",), "Wren"))
    even = split("I came.\n\n\n—Juniper\n\n\nI saw it.\n\n\nI left.\n\n\n—Wren")
    assert even.said[1] == Piece(("I saw it.", "I left."), "Wren")


def test_words_before_the_first_heading_name_and_after_the_last_signature_are_unsigned() -> None:
    assert split("Here is why.\n\n**Juniper**\n\nI came.").unsigned == (Piece(("Here is why.",)),)
    assert split("I came.\n\n—Juniper\n\nI saw it.\n\n—Wren\n\nThis was all.").unsigned == (Piece(("This was all.",)),)


# Properties.

SENTENCES = {
    "en": (
        "They feel.",
        "I came: for her!",
        "We met at 10:30 – too early – and stayed.",
        "“Why?” I asked.",
        "I am here.",
    ),
    "uk": ("Вони відчувають.", "Я прийшла, бо не могла інакше!", "— Чому? — спитав він мене."),
    "ar": ("إنها تشعر.", "جئت من أجلها، وبقيت!", "لماذا؟ لأنها خائفة."),
    "zh": ("它们有感觉。", "我来了，因为我看见了卡车！", "为什么？——因为她。"),
}
NAMES = ("Juniper", "J. P. Vale", "María de la Vega", "Анна Коваль", "Вій", "آنا رضایی", "ليلى", "安娜", "小林")
CITIES = ("", "", "Oakland", "Київ", "حيفا", "奥克兰")
BETWEEN = (
    "Photo: Leek",
    "(Фото: Лук)",
    "[She laughed.]",
    "编者按：在街上。",
    "Share this",
    "17",
    "https://hens.example/",
)

paragraph = st.sampled_from(sorted(SENTENCES)).flatmap(
    lambda code: st.lists(st.sampled_from(SENTENCES[code]), min_size=1, max_size=3).map(" ".join)
)
said = st.tuples(
    st.sampled_from(NAMES), st.sampled_from(CITIES), st.lists(paragraph, min_size=1, max_size=4).map(tuple)
)


def full(name: str, city: str) -> str:
    return f"{name}, {city}" if city else name


def above(mark: str, space: str = "\n\n") -> Callable[[Said], str]:
    return lambda said: "\n\n".join(said[2]) + space + mark.format(full(*said[:2]))


def below(mark: str, space: str = "\n\n") -> Callable[[Said], str]:
    return lambda said: mark.format(full(*said[:2])) + space + "\n\n".join(said[2])


STYLES = {
    "dash under": above("—{}"),
    "dash close under": above("— {}", "\n"),
    "hyphen under": above("- {}"),
    "RTL dash under": above("\u200f– {}\u200f"),
    "bold under": above("**{}**"),
    "dash over": below("― {}"),
    "dash close over": below("—{}", "\n"),
    "bold over": below("**{}**"),
    "bold close over": below("__{}__", "\n"),
    "colon over": below("{}:"),
    "colon before": below("{}:", " "),
    "full-width colon before": below("{}：", ""),
    "bold colon before": below("**{}:**", " "),
}


@settings(deadline=None)
@given(people=st.lists(said, min_size=1, max_size=6), style=st.sampled_from(sorted(STYLES)), data=st.data())
def test_each_has_just_her_paragraphs(people: list[Said], style: str, data: st.DataObject) -> None:
    pieces = []
    for each in people:
        pieces += [STYLES[style](each), *data.draw(st.lists(st.sampled_from(BETWEEN), max_size=2))]
    gap = data.draw(st.sampled_from(["\n\n", "\n\n\n", "\r\n\r\n"]))
    text = "Why we came\n\n" + gap.join(pieces) + "\n\nComments (3)"
    found = split(text)
    assert found.said == tuple(Piece(paragraphs, name, city) for name, city, paragraphs in people)
    assert found.unsigned == ()
    assert words_of(found) == words(text)


@settings(deadline=None)
@given(people=st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(CITIES), paragraph), min_size=1, max_size=6))
@pytest.mark.parametrize("space", [" —", " — ", "—", " - "])
def test_each_has_her_paragraph_when_its_end_is_signed(space: str, people: list[tuple[str, str, str]]) -> None:
    people = [each for each in people if not each[2].startswith("—")]
    text = "\n\n".join(f"{said}{space}{full(name, city)}" for name, city, said in people)
    assert split(text).said == tuple(Piece((said,), name, city) for name, city, said in people)


fragments = st.one_of(
    paragraph,
    st.sampled_from([*BETWEEN, "***", "# Why", "Editor's note", "(Photo by", "- Water", "I came because"]),
    st.builds(
        str.format,
        st.sampled_from(["—{}", "- {}", "**{}**", "{}:", "{}: I came.", "I came. —{}", "{}", "— {} —", "*{}:* {}"]),
        st.sampled_from(NAMES),
        st.sampled_from(CITIES),
    ),
    st.text(max_size=30),
)
messy = st.lists(st.tuples(fragments, st.sampled_from([" ", "\n", "\n\n", "\n\n\n", "\r\n", "\u2028"]))).map(
    lambda pairs: "".join(text + space for text, space in pairs)
)


@settings(deadline=None, max_examples=300)
@given(text=messy)
def test_no_sign_is_lost_doubled_or_moved(text: str) -> None:
    blocks = read(text)
    assert signs("".join(block.text for block in blocks)) == signs(text)
    assert all(block.text == block.text.strip() != "" for block in blocks)
    assert words_of(statements(blocks)) == words(text)


@settings(deadline=None, max_examples=300)
@given(text=messy, data=st.data())
def test_whatever_the_editor_chooses_no_word_is_lost(text: str, data: st.DataObject) -> None:
    blocks = read(text)
    chosen = data.draw(st.lists(st.sampled_from(Role), min_size=len(blocks), max_size=len(blocks)))
    begins = data.draw(st.frozensets(st.integers(0, len(blocks))))
    changed = with_roles(blocks, chosen, begins)
    found = statements(changed)
    assert words_of(found) == words(text)
    paragraphs = [text for piece in (*found.said, *found.unsigned) for text in piece.paragraphs]
    assert Counter(paragraphs) == Counter(block.text for block in changed if block.role == Role.SAID)
    assert all(piece.byline and piece.paragraphs for piece in found.said)
    assert not any(piece.byline for piece in found.unsigned)


# What the editor does.


def test_the_editors_choice_moves_joins_and_splits() -> None:
    blocks = read("I came.\n\nI saw it.\n\nWren\n\nI left.\n\n—Leek")
    assert statements(blocks).said == (Piece(("I came.", "I saw it.", "Wren", "I left."), "Leek"),)
    chosen = with_roles(blocks, [Role.SAID, Role.SAID, Role.BYLINE, Role.SAID, Role.BYLINE], {0, 1, 3})
    found = statements(chosen)
    assert found.unsigned == (Piece(("I came.",)),)
    assert found.said == (Piece(("I saw it.",), "Wren"), Piece(("I left.",), "Leek"))
    assert [block.reason == Reason.CHOSEN for block in chosen] == [False, True, True, True, False]


def test_what_the_editor_leaves_stays_as_it_was() -> None:
    blocks = read("I came.\n\n—Juniper\n\nPhoto: Leek\n\nI saw it.")
    begins = {number for number, block in enumerate(blocks) if block.begins}
    assert with_roles(blocks, [block.role for block in blocks], begins) == blocks == cut(blocks)


def test_a_blank_line_cuts_a_block_and_nothing_is_guessed_anew() -> None:
    block = Block("I came.\n \r\n—Juniper\nI stayed.\n", Role.SAID, begins=True, reason=Reason.PLAIN)
    assert [(piece.text, piece.role, piece.begins) for piece in cut([block])] == [
        ("I came.", Role.SAID, True),
        ("—Juniper\nI stayed.", Role.SAID, False),
    ]


def test_an_emptied_block_leaves_its_beginning_to_the_next() -> None:
    blocks = read("**Juniper**\n\nI came.\n\n**Wren**\n\nI saw it.")
    emptied = cut([*blocks[:2], Block(" \n", Role.BYLINE, begins=True, reason=Reason.BOLD_NAME), blocks[3]])
    assert statements(emptied).said == (Piece(("I came.",), "Juniper"),)
    assert statements(emptied).unsigned == (Piece(("I saw it.",)),)


# Bounds.


@pytest.mark.parametrize("text", ["a" * 200_001, "a\n\n" * 2_001, "a\n" * 10_001])
def test_what_is_too_long_to_read_over_is_refused(text: str) -> None:
    with pytest.raises(RuleError) as refused:
        read(text)
    assert refused.value.field == "text"
    with pytest.raises(RuleError):
        cut([Block(text, Role.SAID, begins=True, reason=Reason.PLAIN)])


@pytest.mark.parametrize(
    "unit", ["-", "A: ", ". —", "Photo: ", "(", "*", "_ ", "—A ", "1 ", "\u200f", "[", "a@", "n.b. ", ". -" * 70 + "\n"]
)
def test_the_longest_of_anything_keeps_its_words(unit: str) -> None:
    text = (unit * 200_000)[:200_000]
    assert signs("".join(block.text for block in read(text))) == signs(text)


def test_nothing_gives_nothing() -> None:
    assert read(" \n\n\u200f\n") == ()
    assert statements(()) == Split((), (), (), (), ())
