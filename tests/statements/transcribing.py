"""Transcripts for tests: read, counted word by word, and made up of any shape."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

from hypothesis import strategies as st

from organizer.statements.cues import Reason, Role
from organizer.statements.transcript import Split, read, statements
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
