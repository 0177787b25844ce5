"""The shapes of names in a transcript, and whose words they sign."""

from __future__ import annotations

import pytest

from organizer.statements.cues import Reason, Role
from organizer.statements.transcript import Piece, read
from tests.statements.transcribing import roles, split


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
