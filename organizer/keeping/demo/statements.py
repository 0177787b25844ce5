"""What people say on the demo's past actions. All of it is invented, the names too."""

from __future__ import annotations

from dataclasses import dataclass

from organizer.keeping.demo.past import OAKLAND, SAN_FRANCISCO
from organizer.keeping.demo.scenes import Scene
from organizer.statements.rules import BylineKind, StatementDetails, TranslationDetails


@dataclass(frozen=True)
class Telling:
    """A statement, and what editors did with it as its author allows.

    `mended` is the text after a light edit; `has_photo` puts its action's photo beside it.
    """

    scene: Scene
    details: StatementDetails
    quotes: tuple[str, ...] = ()
    mended: str = ""
    translation: TranslationDetails | None = None
    has_photo: bool = False


def _paragraphs(text: str) -> str:
    """Paragraphs parted by empty lines; other line breaks are none."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.split("\n\n"))


def _said(
    text: str,
    byline_kind: BylineKind = BylineKind.NONE,
    byline: str = "",
    affiliation: str = "",
    language: str = "en",
) -> StatementDetails:
    return StatementDetails(_paragraphs(text), language, byline_kind, byline, affiliation)


STATEMENTS = (
    Telling(
        OAKLAND,
        _said(
            """
            I came because it was close and because it was short. Three hours between the oranges and the
            honey is something I can do.

            Most people walked past, and that is fine. One man read the leaflet to the end, folded it twice
            and put it into his hat.
            """,
        ),
    ),
    Telling(
        OAKLAND,
        _said(
            """
            My grandmother kept a suitcase under her bed all her life. Nobody in the family asked what was
            in it. When she died we found two sweaters, soap and a list of addresses.

            I think of that suitcase when I hear that someone was taken from her kitchen for a sentence she
            wrote. The people on our leaflet packed theirs too, or had no time to.

            I do not know whether a leaflet on a market in another country helps them. I know that a letter
            does, because some of them have said so when they came out. So that is what I asked people for:
            not an opinion, a postcard. Eleven took one.
            """,
            byline_kind=BylineKind.FIRST_NAME,
            byline="Tamsin",
            affiliation="Oakland",
        ),
        quotes=("So that is what I asked people for: not an opinion, a postcard.",),
        has_photo=True,
    ),
    Telling(
        OAKLAND,
        _said(
            """
            I speak Russian with my parents and English with everyone else, and for most of a year I spoke
            neither of them about the war. It was easier to talk about the weather in both.

            At the table I had to. A woman with a pram asked me straight out: are you from there? I said
            that I was born there, and then I said the rest, for about ten minutes, while her coffee went
            cold. That there are people who stood alone on a square with a sheet of paper. That they knew
            what it would cost. That they are my age.

            She took two leaflets, one for herself and one for her building.

            I am not brave. I am here because somebody who is brave cannot be, and because it would be a
            shame if the only people talking about them were the ones who lock them up.
            """,
            byline_kind=BylineKind.PSEUDONYM,
            byline="Marigold",
        ),
        quotes=("I am not brave. I am here because somebody who is brave cannot be",),
    ),
    Telling(
        SAN_FRANCISCO,
        _said(
            """
            Я пришёл молчать рядом с теми, кому сейчас тяжелее, чем мне. А потом мне дали подержать край
            чужого флага, и молчать стало легче.
            """,
            language="ru",
        ),
        translation=TranslationDetails(
            "en",
            "I came to be silent beside those for whom it is harder now than for me. Then somebody gave me a corner of "
            "a flag to hold that was not mine, and it became easier to be silent.",
            "Sorrel",
        ),
    ),
    Telling(
        SAN_FRANCISCO,
        _said(
            """
            A year is a long time to be afriad for someone. Today I was afraid in company, and that is
            better.
            """,
        ),
        mended="A year is a long time to be afraid for someone. Today I was afraid in company, and that is better.",
    ),
    Telling(
        SAN_FRANCISCO,
        _said(
            """
            We carried no banner of our own. We are a circle of nine people who meet in a laundry after it
            closes, and write to prisoners until the machines have cooled down.

            What I saw on Sunday was many griefs that did not compete. There were flags whose governments do
            not speak to one another, and under them people who shared a thermos. Someone taught us a song
            in a language that I cannot name; we sang it badly and everybody was polite about it.

            People asked us what letters are for while cities are being shelled. It is a fair question. A
            letter does not stop a shell. But those who refused to have it fired in their name are in
            prison, and the guards count the letters. A person who gets many is not alone, and a person who
            is not alone is treated with a little more care.

            So we ask for one thing. Take an address from the table, or from any campaign that you trust.
            Write about your street, your dog, the rain. Say that you know why she is there. Then come again
            next week: the machines are warm and there is a chair.
            """,
            byline_kind=BylineKind.PSEUDONYM,
            byline="Rowan",
            affiliation="for a letter-writing circle",
        ),
        quotes=("A letter does not stop a shell.", "the machines are warm and there is a chair"),
        has_photo=True,
    ),
)
