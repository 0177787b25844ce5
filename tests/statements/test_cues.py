"""Captions, editor's notes and a web page's residue are known in every language, and take no words with them."""

from __future__ import annotations

import pytest

from organizer.statements.transcript import Caption, Piece, Split, read, statements


def split(text: str) -> Split:
    return statements(read(text))


@pytest.mark.parametrize(
    ("line", "text", "credit"),
    [
        ("Photo: Leek", "", "Photo: Leek"),
        ("[Photo: Leek]", "", "[Photo: Leek]"),
        ("(Photo by Leek Green)", "", "(Photo by Leek Green)"),
        ("Hens behind wire. Photo: Leek", "Hens behind wire.", "Photo: Leek"),
        ("Hens behind wire (Photo: Leek / Collective)", "Hens behind wire", "(Photo: Leek / Collective)"),
        ("Hens behind wire\nPhoto credit: Leek", "Hens behind wire", "Photo credit: Leek"),
        ("Credit: Leek", "", "Credit: Leek"),
        ("Foto: Puerro", "", "Foto: Puerro"),
        ("Foto de Puerro", "", "Foto de Puerro"),
        ("Куры за сеткой. Фото: Лук", "Куры за сеткой.", "Фото: Лук"),
        ("Світлина: Цибуля", "", "Світлина: Цибуля"),
        ("عکس: پیازچه", "", "عکس: پیازچه"),
        ("\u200fتصوير: كراث", "\u200f", "تصوير: كراث"),
        ("图：小葱", "", "图：小葱"),
        ("笼子里的母鸡。照片：小葱", "笼子里的母鸡。", "照片：小葱"),
        ("摄影/小葱", "", "摄影/小葱"),
    ],
)
def test_captions_stand_apart_with_their_credits(line: str, text: str, credit: str) -> None:
    found = split(f"I came.\n\n{line}\n\nI stayed.\n\n—Juniper")
    assert found.captions == (Caption(text, credit),)
    assert found.said == (Piece(("I came.", "I stayed."), "Juniper"),)


def test_a_credit_behind_many_words_takes_none_of_them() -> None:
    long = "I came because I saw one of them look back at me. " * 5
    found = split(f"{long}(Photo: Leek)\n\n—Juniper")
    assert found.captions == (Caption("", "(Photo: Leek)"),)
    assert found.said == (Piece((long.strip(),), "Juniper"),)


@pytest.mark.parametrize(
    "note",
    [
        "Editor's note: They were told on the street.",
        "[Editor’s note: They were told on the street.]",
        "Ed. note: told on the street.",
        "From the Editors: they were told on the street.",
        "N.B. They were told on the street.",
        "[She showed a picture.]",
        "Nota de la redacción: se contaron en la calle.",
        "От редакции: это рассказали на улице.",
        "Примечание редакции. Это рассказали на улице.",
        "Від редакції: це розповіли на вулиці.",
        "یادداشت سردبیر: در خیابان گفته شد.",
        "ملاحظة المحرر: قيلت في الشارع.",
        "编者按：这些话是在街上说的。",
        "【编者注：这些话是在街上说的。】",
        "Editor's note: They were told\non the street. We thank all.",
    ],
)
def test_editors_notes_stand_apart(note: str) -> None:
    found = split(f"{note}\n\nI came.\n\n{note}\n\nI stayed.\n\n—Juniper")
    assert found.notes == (note, note)
    assert found.said == (Piece(("I came.", "I stayed."), "Juniper"),)


def test_the_paragraph_below_an_announced_note_is_the_note() -> None:
    found = split("**От редакции**\n\nЭто рассказали на улице.\n\nЯ пришла.\n\n—Анна")
    assert found.notes == ("**От редакции**", "Это рассказали на улице.")
    assert found.said == (Piece(("Я пришла.",), "Анна"),)


def test_a_remark_in_brackets_takes_no_words_with_it() -> None:
    for note in ("[Laughter]", "[Editor's note: she laughed.]"):
        found = split(f"{note}\nI came.\n\n—Juniper")
        assert (found.notes, found.said) == ((note,), (Piece(("I came.",), "Juniper"),))


RESIDUE = [
    *(
        "Share this",
        "Share on Chirper",
        "Subscribe",
        "Subscribe to our newsletter",
        "Read more »",
        "Comments (3)",
        "3 comments",
    ),
    *("https://hens.example/why?page=2", "www.hens.example", "editor@hens.example", "2023-01-21", "January 21, 2023"),
    *(
        "Saturday, January 21, 2023",
        "21 de enero de 2023",
        "21 января 2023 г.",
        "21.01.2023",
        "۱ بهمن ۱۴۰۱",
        "2023年1月21日",
    ),
    *(
        "Posted on January 21, 2023",
        "17",
        "— 3 —",
        "Page 3 of 12",
        "Стр. 4",
        "صفحه ۳",
        "第3页",
        "© 2023 Hens",
        "5 min read",
    ),
    *(
        "Leer más",
        "Comentarios (2)",
        "Поделиться",
        "Читать далее",
        "Коментарі",
        "ادامه مطلب",
        "اقرأ المزيد",
        "阅读更多",
        "分享到朋友圈",
    ),
]


@pytest.mark.parametrize("line", RESIDUE)
def test_what_a_web_page_leaves_behind_stands_apart(line: str) -> None:
    found = split(f"{line}\n\nI came.\n\n{line}\n\nI stayed.\n\n—Juniper\n\n{line}")
    assert found.other == (line, line, line)
    assert found.said == (Piece(("I came.", "I stayed."), "Juniper"),)
