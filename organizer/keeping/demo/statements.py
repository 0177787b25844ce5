"""What people say on the demo's past actions. All of it is invented, the names too."""

from __future__ import annotations

from organizer.keeping.demo.past import OAKLAND, SAN_FRANCISCO
from organizer.keeping.demo.scenes import Scene
from organizer.statements.rules import BylineKind, StatementDetails


def _said(
    text: str, byline_kind: BylineKind = BylineKind.NONE, byline: str = "", language: str = "en"
) -> StatementDetails:
    """A statement whose paragraphs are parted by empty lines; other line breaks are none."""
    paragraphs = (" ".join(paragraph.split()) for paragraph in text.split("\n\n"))
    return StatementDetails("\n\n".join(paragraphs), language, byline_kind, byline)


STATEMENTS: tuple[tuple[Scene, StatementDetails], ...] = (
    (
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
    (
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
        ),
    ),
    (
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
    ),
    (
        SAN_FRANCISCO,
        _said(
            """
            Я пришёл молчать рядом с теми, кому сейчас тяжелее, чем мне. А потом мне дали подержать край
            чужого флага, и молчать стало легче.
            """,
            language="ru",
        ),
    ),
    (
        SAN_FRANCISCO,
        _said(
            """
            A year is a long time to be afraid for someone. Today I was afraid in company, and that is
            better.
            """,
        ),
    ),
    (
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
            byline="Rowan, for a letter-writing circle",
        ),
    ),
)
